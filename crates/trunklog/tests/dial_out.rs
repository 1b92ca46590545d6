//! Importing the dial-out report, whose rows say nothing of the time.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use trunklog_testkit::{Binary, Outcome};

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const LOG: &str = "pstnOnlineMeetingDialout";

/// A folder with a saved report of two organisers, and the binary.
struct Bench {
    // Kept for as long as its files are used.
    _folder: TempDir,
    binary: Binary,
    report: PathBuf,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
        let report = folder.path().join("report.json");
        let row = |user: &str, calls: u32| {
            format!(
                r#"{{"userId":"{user}","userPrincipalName":"{user}@contoso.example","userDisplayName":"{user}","usageLocation":"DE","destinationContext":"Domestic","currency":"EUR","totalCalls":{calls},"totalCallCharge":12.83,"totalCallSeconds":600}}"#
            )
        };
        let page = format!(
            r#"{{"@odata.context":"https://graph.microsoft.com/beta/$metadata#Collection(microsoft.graph.callRecords.pstnOnlineMeetingDialoutReport)","@odata.count":2,"value":[{},{}]}}"#,
            row("anna", 4),
            row("bert", 7)
        );
        fs::write(&report, page).unwrap();
        Bench { _folder: folder, binary, report }
    }

    fn import(&self, more: &[&str]) -> (Outcome, Value) {
        self.import_file(&self.report, more)
    }

    /// Imports dial-out calls of the first organiser that started at those times.
    fn import_calls(&self, starts: &[&str]) {
        let rows: Vec<String> = starts
            .iter()
            .map(|start| {
                format!(
                    r#"{{"id":"{start}","startDateTime":"{start}","callType":"conf_out","userId":"anna","userPrincipalName":"anna@contoso.example","userDisplayName":"anna","usageCountryCode":"DE","destinationContext":"Domestic","currency":"EUR","charge":0.10,"duration":30}}"#
                )
            })
            .collect();
        let file = self.report.with_file_name("calls.ndjson");
        fs::write(&file, rows.join("\n")).unwrap();
        let (finished, summary) = self.import_file(&file, &["--log", "pstnCalls"]);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert_eq!(summary["new"], starts.len());
    }

    fn import_file(&self, file: &Path, more: &[&str]) -> (Outcome, Value) {
        let mut words = vec!["import", "--quiet", "--json", "--tenant", TENANT];
        words.extend(more);
        words.push(file.to_str().unwrap());
        let finished = self.binary.run(&words);
        let summary = serde_json::from_str(&finished.stdout).unwrap_or(Value::Null);
        (finished, summary)
    }

    /// The report of a range.
    fn rows(&self, from: &str, to: &str) -> Vec<Value> {
        let words =
            ["calls", "--tenant", TENANT, "--log", LOG, "--from", from, "--to", to, "--format", "ndjson"];
        let lines = self.binary.ok(&words);
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The calls in total of each row of the report in a range.
    fn totals(&self, from: &str, to: &str) -> Vec<i64> {
        let mut totals: Vec<i64> =
            self.rows(from, to).iter().map(|row| row["totalCalls"].as_i64().unwrap()).collect();
        totals.sort_unstable();
        totals
    }
}

#[test]
fn without_the_begin_of_their_period_rows_are_rejected() {
    let bench = Bench::new();
    let (finished, summary) = bench.import(&[]);
    assert_eq!(finished.code, Some(3), "{finished:?}");
    assert_eq!((&summary["new"], &summary["rejected"]), (&Value::from(0), &Value::from(2)));
    let (reason, count) = summary["rejectedByReason"].as_object().unwrap().iter().next().unwrap();
    assert!(reason.contains(LOG) && reason.contains("--period-start"), "{reason}");
    assert_eq!(count, 2);
}

#[test]
fn the_begin_of_their_period_is_the_time_of_rows() {
    let bench = Bench::new();
    let october = ["--period-start", "2026-10-01"];
    let (finished, summary) = bench.import(&october);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(summary["new"], 2);
    let (_, again) = bench.import(&october);
    assert_eq!((&again["new"], &again["unchanged"]), (&Value::from(0), &Value::from(2)));
    assert_eq!(bench.totals("2026-10-01", "2026-11-01"), [4, 7]);
    assert!(bench.totals("2026-09-01", "2026-09-30").is_empty());
    // The same organisers in another period are other rows.
    let (_, september) = bench.import(&["--period-start", "2026-09-01T00:00:00Z"]);
    assert_eq!(september["new"], 2);
    assert_eq!(bench.totals("2026-09-01", "2026-09-30"), [4, 7]);
}

#[test]
fn what_was_imported_for_a_period_stands_beside_the_calls_behind_it() {
    let bench = Bench::new();
    let october = ["--period-start", "2026-10-01", "--period-end", "2026-11-01"];
    let (finished, summary) = bench.import(&october);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!((&summary["new"], &summary["warnings"]), (&Value::from(2), &Value::from(Vec::<Value>::new())));
    bench.import_calls(&["2026-11-01T00:00:00Z", "2026-11-12T09:30:00Z"]);
    let both = ("2026-10-01", "2026-11-30");
    assert_eq!(bench.totals("2026-10-01", "2026-10-31"), [4, 7]);
    assert_eq!(bench.totals("2026-11-01", "2026-11-30"), [2]);
    assert_eq!(bench.totals(both.0, both.1), [2, 4, 7]);
    let rows = bench.rows(both.0, both.1);
    let sum = |name: &str| rows.iter().map(|row| row[name].as_f64().unwrap()).sum::<f64>();
    assert_eq!(format!("{:.2}", sum("totalCallCharge")), "25.86");
    assert_eq!(format!("{:.0}", sum("totalCallSeconds")), "1260");
    assert!(rows.iter().all(|row| row.as_object().unwrap().len() == 9), "{rows:?}");
    // A call of October itself is not counted beside October's rows.
    bench.import_calls(&["2026-10-31T23:59:59Z"]);
    assert_eq!(bench.totals(both.0, both.1), [3]);
    assert_eq!(bench.totals("2026-10-01", "2026-10-30"), [4, 7]);
}

#[test]
fn a_period_may_get_its_end_later() {
    let bench = Bench::new();
    let october = ["--period-start", "2026-10-01"];
    let (_, summary) = bench.import(&october);
    let warning = summary["warnings"][0].as_str().unwrap();
    assert!(warning.contains("2026-10-01T00:00:00Z") && warning.contains("--period-end"), "{warning}");
    bench.import_calls(&["2026-11-01T00:00:00Z"]);
    assert_eq!(bench.totals("2026-10-01", "2026-11-30"), [1]);
    let (_, summary) = bench.import(&[october[0], october[1], "--period-end", "2026-11-01"]);
    assert_eq!((&summary["new"], &summary["updated"]), (&Value::from(0), &Value::from(2)));
    assert_eq!(bench.totals("2026-10-01", "2026-11-30"), [1, 4, 7]);
}

#[test]
fn a_period_has_to_end_behind_its_begin() {
    let bench = Bench::new();
    for end in ["2026-10-01", "2026-09-30"] {
        let (finished, _) = bench.import(&["--period-start", "2026-10-01", "--period-end", end]);
        assert_eq!(finished.code, Some(1), "{finished:?}");
        assert!(finished.stderr.contains("--period-end must be later"), "{finished:?}");
    }
    let (finished, _) = bench.import(&["--period-end", "2026-11-01"]);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(finished.stderr.contains("--period-start"), "{finished:?}");
}

#[test]
fn a_period_makes_no_sense_for_calls() {
    let bench = Bench::new();
    let (finished, _) = bench.import(&["--log", "pstnCalls", "--period-start", "2026-10-01"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("--period-start") && finished.stderr.contains(LOG), "{finished:?}");
}
