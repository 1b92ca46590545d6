//! `calls`: what is written, and where to.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;

use arrow::array::AsArray;
use arrow::ipc::reader::StreamReader;
use arrow::record_batch::RecordBatch;
use flate2::read::GzDecoder;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use trunklog_testkit::ids_in;

use super::{Bench, MARCH, TENANT};

/// The byte-order mark of UTF-8.
const MARK: &str = "\u{feff}";

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

fn ids_of(batches: impl Iterator<Item = RecordBatch>) -> Vec<String> {
    let column = |batch: RecordBatch| -> Vec<String> {
        let ids = batch.column_by_name("id").unwrap().as_string::<i32>();
        ids.iter().map(|id| id.unwrap().to_owned()).collect()
    };
    batches.flat_map(column).collect()
}
