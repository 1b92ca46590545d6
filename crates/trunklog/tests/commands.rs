//! The commands, as people and scripts use them.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use arrow::array::AsArray;
use arrow::ipc::reader::StreamReader;
use arrow::record_batch::RecordBatch;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use tempfile::TempDir;
use trunklog_testkit::{Binary, ids_in};

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const MARCH: [&str; 2] = ["2026-03-01", "2026-04-01"];
/// The byte-order mark of UTF-8.
const MARK: &str = "\u{feff}";

/// A folder with a file of calls, and the binary.
struct Bench {
    folder: TempDir,
    binary: Binary,
    calls: PathBuf,
}

impl Bench {
    fn with(rows: u32) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
        let calls = folder.path().join("calls.ndjson");
        binary.write_demo(&calls, rows, 1, MARCH[0], MARCH[1]);
        Bench { folder, binary, calls }
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.calls).unwrap()
    }

    fn calls(&self, more: &[&str]) -> String {
        let mut words = vec!["calls", "--tenant", TENANT, "--from", MARCH[0], "--to", MARCH[1]];
        words.extend(more);
        self.binary.ok(&words)
    }
}

#[test]
fn the_same_import_again_changes_nothing() {
    let bench = Bench::with(1_234);
    let (first, summary) = bench.binary.import(TENANT, &bench.calls);
    assert_eq!(first.code, Some(0), "{first:?}");
    assert_eq!(counts(&summary), [1_234, 0, 0, 0]);
    let (second, summary) = bench.binary.import(TENANT, &bench.calls);
    assert_eq!(second.code, Some(0), "{second:?}");
    assert_eq!(counts(&summary), [0, 0, 1_234, 0]);
}

#[test]
fn rejected_records_are_written_down_and_the_rest_is_stored() {
    let bench = Bench::with(10);
    let mut text = bench.text();
    text.push_str("{\"id\":\"x\",\"callType\":\"ByotIn\"}\n");
    text.push_str("{\"id\":\"y\",\"callType\":\"ByotIn\",\"startDateTime\":\"yesterday\"}\n");
    fs::write(&bench.calls, text).unwrap();
    let (finished, summary) = bench.binary.import(TENANT, &bench.calls);
    assert_eq!(finished.code, Some(3), "{finished:?}");
    assert_eq!(counts(&summary), [10, 0, 0, 2]);
    let rejected = fs::read_to_string(summary["rejectsFile"].as_str().unwrap()).unwrap();
    assert_eq!(rejected.lines().count(), 2, "{rejected}");
    for line in rejected.lines() {
        assert!(serde_json::from_str::<Value>(line).unwrap().is_object(), "{line}");
    }
    assert!(rejected.contains("startDateTime"), "{rejected}");
}

#[test]
fn gzip_folders_and_standard_input_are_read() {
    let bench = Bench::with(90);
    let text = bench.text();
    let lines: Vec<&str> = text.lines().collect();
    let folder = bench.folder.path().join("exports");
    fs::create_dir(&folder).unwrap();
    let mut packed = GzEncoder::new(File::create(folder.join("a.ndjson.gz")).unwrap(), Compression::fast());
    packed.write_all(lines[..30].join("\n").as_bytes()).unwrap();
    packed.finish().unwrap();
    let page = format!(
        r#"{{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#Collection(microsoft.graph.callRecords.directRoutingLogRow)","@odata.count":30,"value":[{}]}}"#,
        lines[30..60].join(",")
    );
    fs::write(folder.join("b.json"), page).unwrap();
    let (finished, summary) = bench.binary.import(TENANT, &folder);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(counts(&summary), [60, 0, 0, 0]);

    let array = format!("[{}]", lines[60..].join(",\n"));
    let words = ["import", "--json", "--quiet", "--tenant", TENANT, "-"];
    let finished = bench.binary.run_with_input(&words, array.as_bytes());
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(counts(&serde_json::from_str(&finished.stdout).unwrap()), [30, 0, 0, 0]);
    assert_eq!(bench.binary.ids(TENANT, MARCH[0], MARCH[1]).len(), 90);
}

#[test]
fn what_is_not_there_cannot_be_imported() {
    let bench = Bench::with(1);
    let missing = bench.folder.path().join("missing.json");
    let (finished, _) = bench.binary.import(TENANT, &missing);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("missing.json"), "{finished:?}");
}

#[test]
fn calls_are_written_in_all_formats() {
    let bench = Bench::with(25);
    assert_eq!(bench.binary.import(TENANT, &bench.calls).0.code, Some(0));
    let expected = bench.binary.ids(TENANT, MARCH[0], MARCH[1]);
    assert_eq!(expected.len(), 25);

    let json: Value = serde_json::from_str(&bench.calls(&["--format", "json"])).unwrap();
    let ids: Vec<&str> =
        json["value"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, expected);

    let csv = bench.calls(&["--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.headers().unwrap().get(0), Some("id"));
    let ids: Vec<String> = reader.records().map(|record| record.unwrap()[0].to_owned()).collect();
    assert_eq!(ids, expected);

    let table = bench.calls(&["--format", "table"]);
    // Headings with a rule below, a line a row, and their number.
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!((lines.len(), lines[27]), (28, "25 rows"), "{table}");
    assert!(lines[0].contains("caller"), "{table}");
    let is_rule = |line: &&&str| line.chars().all(|sign| sign == '─');
    assert_eq!(lines.iter().filter(is_rule).collect::<Vec<_>>(), [&lines[1]], "{table}");

    let slice = ids_in(&bench.calls(&["--format", "ndjson", "--skip", "5", "--limit", "7"]));
    assert_eq!(slice, expected[5..12]);
    let plain = bench.calls(&["--format", "ndjson", "--version", "v1.0", "--limit", "1"]);
    assert!(!plain.contains("userCountryCode"), "{plain}");
}

#[test]
fn files_are_whole_and_for_their_owner_alone() {
    let bench = Bench::with(300);
    assert_eq!(bench.binary.import(TENANT, &bench.calls).0.code, Some(0));
    let expected = bench.binary.ids(TENANT, MARCH[0], MARCH[1]);
    let folder = bench.folder.path().join("out");
    fs::create_dir(&folder).unwrap();
    let write = |name: &str| {
        let path = folder.join(name);
        assert_eq!(bench.calls(&["--output", path.to_str().unwrap()]), "");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        File::open(path).unwrap()
    };
    let parquet = ParquetRecordBatchReaderBuilder::try_new(write("march.parquet")).unwrap().build().unwrap();
    assert_eq!(ids_of(parquet.map(Result::unwrap)), expected);
    let arrow = StreamReader::try_new(write("march.arrows"), None).unwrap();
    assert_eq!(ids_of(arrow.map(Result::unwrap)), expected);
    let mut csv = csv::Reader::from_reader(write("march.CSV"));
    let ids: Vec<String> = csv.records().map(|record| record.unwrap()[0].to_owned()).collect();
    assert_eq!(ids, expected);
    let json: Value = serde_json::from_reader(write("march.json")).unwrap();
    assert_eq!(json["value"].as_array().unwrap().len(), 300);

    // What fails leaves nothing behind.
    let nowhere = folder.join("missing").join("march.csv");
    let words = ["calls", "--tenant", TENANT, "--output", nowhere.to_str().unwrap()];
    let finished = bench.binary.run(&words);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("missing"), "{finished:?}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 4);
}

#[test]
fn what_ends_with_gz_is_compressed() {
    let bench = Bench::with(200);
    assert_eq!(bench.binary.import(TENANT, &bench.calls).0.code, Some(0));
    for format in ["csv", "ndjson", "json"] {
        let path = bench.folder.path().join(format!("march.{format}.gz"));
        assert_eq!(bench.calls(&["--output", path.to_str().unwrap()]), "");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{format}");
        let mut text = String::new();
        GzDecoder::new(File::open(&path).unwrap()).read_to_string(&mut text).unwrap();
        let mark = if format == "csv" { MARK } else { "" };
        assert_eq!(text, format!("{mark}{}", bench.calls(&["--format", format])));
    }
}

#[test]
fn csv_files_open_in_a_spreadsheet() {
    const NAMES: [&str; 3] = ["=HYPERLINK(\"https://evil.example\")", "@Ünal", "+49 30 123456"];
    let bench = Bench::with(3);
    let rows: Vec<String> = bench
        .text()
        .lines()
        .zip(NAMES)
        .map(|(line, name)| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            row["userDisplayName"] = name.into();
            row.to_string()
        })
        .collect();
    fs::write(&bench.calls, rows.join("\n")).unwrap();
    assert_eq!(bench.binary.import(TENANT, &bench.calls).0.code, Some(0));
    let path = bench.folder.path().join("march.csv");
    let written = |more: &[&str]| {
        let mut words = vec!["--select", "userDisplayName", "--output", path.to_str().unwrap()];
        words.extend(more);
        bench.calls(&words);
        fs::read_to_string(&path).unwrap()
    };
    let names = |text: &str| -> Vec<String> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut names: Vec<String> = reader.records().map(|record| record.unwrap()[0].to_owned()).collect();
        names.sort_unstable();
        names
    };
    let people = written(&[]);
    assert!(people.starts_with(&format!("{MARK}userDisplayName\n")), "{people}");
    assert_eq!(names(&people), ["'=HYPERLINK(\"https://evil.example\")", "'@Ünal", "+49 30 123456"]);
    let programs = written(&["--no-bom"]);
    assert!(programs.starts_with("userDisplayName\n"), "{programs}");
    let mut expected = NAMES.map(str::to_owned);
    expected.sort_unstable();
    assert_eq!(names(&programs), expected);
    assert_eq!(programs, bench.calls(&["--select", "userDisplayName", "--format", "csv"]));
}

#[test]
fn a_file_whose_name_tells_no_format_is_not_written() {
    let bench = Bench::with(1);
    let cases = [
        ("march.xlsx", ".csv, .csv.gz, "),
        ("march", "--format"),
        ("march.gz", ".ndjson.gz"),
        ("march.parquet.gz", "leave out .gz"),
    ];
    for (name, told) in cases {
        let path = bench.folder.path().join(name);
        let finished = bench.binary.run(&["calls", "--tenant", TENANT, "--output", path.to_str().unwrap()]);
        assert_eq!(finished.code, Some(1), "{finished:?}");
        assert!(finished.stderr.contains(name) && finished.stderr.contains(told), "{finished:?}");
        assert!(!path.exists() && !bench.binary.data().exists(), "{name}");
    }
    assert_eq!(bench.binary.import(TENANT, &bench.calls).0.code, Some(0));
    let path = bench.folder.path().join("march.xlsx");
    bench.calls(&["--format", "csv", "--output", path.to_str().unwrap()]);
    assert!(fs::read_to_string(path).unwrap().starts_with(&format!("{MARK}id,")));
}

#[test]
fn filters_orders_and_selections_apply() {
    let bench = Bench::with(200);
    assert_eq!(bench.binary.import(TENANT, &bench.calls).0.code, Some(0));
    let all: Vec<Value> = bench
        .calls(&["--format", "ndjson"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let failed: Vec<&str> = all
        .iter()
        .filter(|row| row["successfulCall"] == false)
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    assert!(!failed.is_empty() && failed.len() < 200);
    let filter = ["--filter", "successfulCall eq false", "--format", "ndjson"];
    assert_eq!(ids_in(&bench.calls(&filter)), failed);

    let words = ["--orderby", "duration desc", "--select", "duration", "--limit", "9", "--format", "csv"];
    let mut durations: Vec<i64> = all.iter().map(|row| row["duration"].as_i64().unwrap()).collect();
    durations.sort_unstable_by(|one, other| other.cmp(one));
    let expected: Vec<String> = durations[..9].iter().map(ToString::to_string).collect();
    let csv = bench.calls(&words);
    assert_eq!(csv.lines().next(), Some("duration"));
    assert_eq!(csv.lines().skip(1).collect::<Vec<_>>(), expected);

    let json = bench.calls(&["--select", "callType", "--limit", "1", "--format", "json"]);
    assert!(json.contains("directRoutingLogRow)(callType)\",\"value\":[{\"callType\":"), "{json}");
    let table = bench.calls(&["--select", "mediaPathLocation,duration", "--limit", "1"]);
    assert!(table.contains("mediaPathLocation") && !table.contains("caller"), "{table}");

    let future = bench.binary.run(&["calls", "--tenant", TENANT, "--from", "2999-01-01"]);
    assert_eq!(future.code, Some(1), "{future:?}");
    assert!(future.stderr.trim_end().ends_with("(--to, now unless given)"), "{future:?}");
    let turned = bench.binary.run(&["calls", "--from", MARCH[1], "--to", MARCH[0]]);
    assert!(turned.code == Some(1) && !turned.stderr.contains("unless given"), "{turned:?}");

    for (flag, text) in
        [("--filter", "duration eq 'x'"), ("--orderby", "nothing desc"), ("--select", "id,nothing")]
    {
        let finished = bench.binary.run(&["calls", "--tenant", TENANT, flag, text]);
        assert_eq!(finished.code, Some(1), "{finished:?}");
        assert!(finished.stderr.contains(&format!("error: {flag}: ")), "{finished:?}");
    }
}

#[test]
fn applications_come_and_go() {
    let bench = Bench::with(1);
    let application = bench.binary.add_application(TENANT, "Billing");
    let list = bench.binary.ok(&["app", "list", "--json"]);
    assert!(list.contains(&application.client_id) && list.contains("CallRecords.Read.All"), "{list}");
    assert!(!list.contains(&application.client_secret));
    let rotated: Value = serde_json::from_str(&bench.binary.ok(&[
        "app",
        "rotate",
        &application.client_id,
        "--keep-old-hours",
        "1",
        "--json",
    ]))
    .unwrap();
    assert_ne!(rotated["clientSecret"], application.client_secret);
    assert_eq!(rotated["secrets"].as_array().unwrap().len(), 2);
    bench.binary.ok(&["app", "remove", &application.client_id]);
    assert_eq!(bench.binary.ok(&["app", "list", "--json"]).trim(), "[]");
    assert_eq!(bench.binary.run(&["app", "remove", &application.client_id]).code, Some(1));
}

#[test]
fn a_check_prints_a_line_a_check() {
    let bench = Bench::with(1);
    let text = bench.binary.ok(&["check"]);
    assert!(text.contains("ok      answers: as Graph, and more (cloud global)\n"), "{text}");
    assert!(text.contains("ok      retention: forever\n"), "{text}");
    assert!(text.contains("ok      changes: the ids of deleted rows are kept for 90 days\n"), "{text}");
    for name in ["configuration", "load", "data folder", "store", "applications", "certificates", "memory"] {
        assert!(text.contains(&format!("ok      {name}: ")), "{text}");
    }
}

#[test]
fn a_check_only_looks() {
    let bench = Bench::with(1);
    let data = bench.binary.data();
    let check = |nothing_yet: &[&str]| {
        let text = bench.binary.ok(&["check"]);
        let lines: Vec<&str> = text.lines().filter(|line| line.contains("nothing stored yet")).collect();
        assert_eq!(lines.len(), nothing_yet.len(), "{text}");
        for (line, name) in lines.iter().zip(nothing_yet) {
            assert!(line.starts_with(&format!("ok      {name}: ")), "{text}");
        }
    };
    let names = || {
        let entries = fs::read_dir(data).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    check(&["data folder", "store"]);
    assert!(!data.exists());

    fs::create_dir(data).unwrap();
    fs::set_permissions(data, Permissions::from_mode(0o700)).unwrap();
    check(&["store"]);
    assert!(names().is_empty(), "{:?}", names());

    assert_eq!(bench.binary.import(TENANT, &bench.calls).0.code, Some(0));
    let before = names();
    check(&[]);
    assert_eq!(names(), before);

    fs::set_permissions(data, Permissions::from_mode(0o750)).unwrap();
    let finished = bench.binary.run(&["check"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stdout.contains("failed  data folder: others can get into"), "{finished:?}");
}

#[test]
fn a_check_beside_a_server_says_whose_settings_it_shows() {
    let bench = Bench::with(1);
    assert!(!bench.binary.ok(&["check"]).contains("running server"));
    let server = bench.binary.serve(&[]);
    let text = bench.binary.ok(&["check"]);
    let configuration = text.lines().next().unwrap();
    assert!(configuration.starts_with("ok      configuration: "), "{text}");
    let whose = format!("this command's own, not those of the running server (process {})", server.pid());
    assert!(configuration.contains(&whose), "{text}");
    let store = format!(
        "ok      store: process {} (serve) answers for it, 0 tenants: it is new, or empty\n",
        server.pid()
    );
    assert!(text.contains(&store), "{text}");
}

#[test]
fn one_is_counted_in_the_singular() {
    let bench = Bench::with(1);
    let stored = bench.binary.ok(&["demo", "--quiet", "--rows", "1", "--log", "directRoutingCalls"]);
    assert!(stored.starts_with("stored 1 row of tenant "), "{stored}");
    let check = bench.binary.ok(&["check"]);
    assert!(check.contains("ok      store: opened, 1 tenant\n"), "{check}");
    let table = bench.binary.ok(&["calls", "--from", "2020-01-01"]);
    assert!(table.ends_with("\n1 row\n"), "{table}");
}

#[test]
fn a_demo_fills_all_logs() {
    let bench = Bench::with(1);
    let summary = bench.binary.ok(&["demo", "--quiet", "--rows", "400"]);
    let rows = |log: &str| -> Vec<Value> {
        let words = ["calls", "--from", "2020-01-01", "--log", log, "--format", "ndjson"];
        bench.binary.ok(&words).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    for (log, count) in
        [("directRoutingCalls", 400), ("pstnCalls", 100), ("pstnBlockedUsers", 24), ("sms", 48)]
    {
        assert_eq!(rows(log).len(), count, "{log}");
        let said = format!("{count} new, 0 updated, 0 unchanged");
        let line = summary.lines().find(|line| line.trim_start().starts_with(log)).unwrap();
        assert!(line.ends_with(&said), "{summary}");
        // As a table for people, too.
        let table = bench.binary.ok(&["calls", "--from", "2020-01-01", "--log", log]);
        assert!(table.ends_with(&format!("\n{count} rows\n")), "{table}");
    }

    // The report of dial-out says the same as the calls that it sums up.
    let (calls, report) = (rows("pstnCalls"), rows("pstnOnlineMeetingDialout"));
    let number = |row: &Value, name: &str| row[name].as_f64().unwrap();
    let expected = grouped(
        calls.iter().filter(|call| call["callType"] == "conf_out"),
        ["userId", "usageCountryCode", "destinationContext", "currency"],
        |call| [1.0, number(call, "duration"), number(call, "charge")],
    );
    let reported =
        grouped(report.iter(), ["userId", "usageLocation", "destinationContext", "currency"], |row| {
            ["totalCalls", "totalCallSeconds", "totalCallCharge"].map(|name| number(row, name))
        });
    assert!(!reported.is_empty());
    assert_eq!(reported.len(), report.len());
    assert_eq!(reported, expected);
}

/// The sums of each group of rows, a line a group.
fn grouped<'a>(
    rows: impl Iterator<Item = &'a Value>,
    group: [&str; 4],
    numbers: impl Fn(&Value) -> [f64; 3],
) -> Vec<String> {
    let mut groups: BTreeMap<[String; 4], [f64; 3]> = BTreeMap::new();
    for row in rows {
        let group = group.map(|name| row[name].as_str().unwrap().to_owned());
        let sums = groups.entry(group).or_default();
        for (sum, number) in sums.iter_mut().zip(numbers(row)) {
            *sum += number;
        }
    }
    groups.into_iter().map(|(group, sums)| format!("{group:?} {sums:.4?}")).collect()
}

#[test]
fn a_demo_can_be_of_some_logs() {
    let bench = Bench::with(1);
    let lines = bench.binary.ok(&["demo", "--quiet", "--rows", "400", "--ndjson", "-", "--log", "sms"]);
    assert_eq!(lines.lines().count(), 48);
    assert!(lines.lines().all(|line| line.contains(r#""smsType":"sms_"#)), "{lines}");

    // A file of a log holds what is stored, so it changes nothing.
    let stored =
        bench.binary.ok(&["demo", "--quiet", "--rows", "400", "--log", "pstnBlockedUsers", "--log", "sms"]);
    assert!(stored.contains("sms") && !stored.contains("pstnCalls"), "{stored}");
    for (log, count) in [("sms", 48), ("pstnBlockedUsers", 24)] {
        let file = bench.folder.path().join(log);
        let path = file.to_str().unwrap();
        bench.binary.ok(&["demo", "--quiet", "--rows", "400", "--ndjson", path, "--log", log]);
        let text = bench.binary.ok(&["import", "--quiet", "--json", "--log", log, path]);
        assert_eq!(counts(&serde_json::from_str(&text).unwrap()), [0, 0, count, 0], "{log}");
    }

    let two = bench.binary.run(&["demo", "--ndjson", "-", "--log", "sms", "--log", "pstnCalls"]);
    assert!(two.code == Some(1) && two.stderr.contains("--log"), "{two:?}");
    let computed = bench.binary.run(&["demo", "--log", "pstnOnlineMeetingDialout"]);
    assert!(computed.code == Some(2) && computed.stderr.contains("pstnBlockedUsers"), "{computed:?}");
}

#[test]
fn unknown_keys_are_errors() {
    let bench = Bench::with(1);
    let config = bench.folder.path().join("trunklog.toml");
    fs::write(&config, "strict = false\n\n[listen]\nhttsp = \"127.0.0.1:1\"\n").unwrap();
    let config = config.to_str().unwrap();
    let finished = bench.binary.run(&["calls", "--config", config]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("trunklog.toml:4") && finished.stderr.contains("httsp"), "{finished:?}");
    let check = bench.binary.run(&["check", "--config", config]);
    assert_eq!(check.code, Some(1));
    assert!(check.stdout.contains("failed  configuration"), "{check:?}");
}

#[test]
fn completions_and_help_are_printed() {
    let bench = Bench::with(1);
    for shell in ["bash", "zsh", "fish"] {
        assert!(bench.binary.ok(&["completions", shell]).contains("trunklog"), "{shell}");
    }
    for command in ["serve", "import", "calls", "demo", "app", "check"] {
        let help = bench.binary.ok(&[command, "--help"]);
        assert!(help.contains("Usage: trunklog"), "{help}");
        // Flags of every command are after those of this one.
        let (own, everywhere) = help.split_once("\nEverywhere:\n").unwrap();
        for flag in ["--config", "--data-dir", "--log-format", "--log-level"] {
            assert!(!own.contains(&format!("{flag} <")) && everywhere.contains(flag), "{flag}: {help}");
        }
        assert!(own.contains("-h, --help"), "{help}");
    }
}

fn ids_of(batches: impl Iterator<Item = RecordBatch>) -> Vec<String> {
    let column = |batch: RecordBatch| -> Vec<String> {
        let ids = batch.column_by_name("id").unwrap().as_string::<i32>();
        ids.iter().map(|id| id.unwrap().to_owned()).collect()
    };
    batches.flat_map(column).collect()
}

/// New, updated, unchanged and rejected rows of a summary.
fn counts(summary: &Value) -> [u64; 4] {
    ["new", "updated", "unchanged", "rejected"].map(|name| summary[name].as_u64().unwrap())
}
