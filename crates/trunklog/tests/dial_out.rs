//! Importing the dial-out report, whose rows say nothing of the time.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;
use trunklog_testkit::{Binary, Finished};

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

    fn import(&self, more: &[&str]) -> (Finished, Value) {
        let mut words = vec!["import", "--quiet", "--json", "--tenant", TENANT];
        words.extend(more);
        words.push(self.report.to_str().unwrap());
        let finished = self.binary.run(&words);
        let summary = serde_json::from_str(&finished.stdout).unwrap_or(Value::Null);
        (finished, summary)
    }

    /// The calls in total of each row of the report in a range.
    fn totals(&self, from: &str, to: &str) -> Vec<i64> {
        let words =
            ["calls", "--tenant", TENANT, "--log", LOG, "--from", from, "--to", to, "--format", "ndjson"];
        let lines = self.binary.ok(&words);
        let mut totals: Vec<i64> = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["totalCalls"].as_i64().unwrap())
            .collect();
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
fn a_period_makes_no_sense_for_calls() {
    let bench = Bench::new();
    let (finished, _) = bench.import(&["--log", "pstnCalls", "--period-start", "2026-10-01"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("--period-start") && finished.stderr.contains(LOG), "{finished:?}");
}
