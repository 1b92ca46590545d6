//! `import`.

use std::fs::{self, File};
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_store::{Engine, Watermark};

use super::{Bench, MARCH, TENANT, counts};

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
fn commits_have_as_many_rows_as_are_asked_for() {
    let bench = Bench::with(1_234);
    let calls = bench.calls.to_str().unwrap();
    let import = |rows: &str| {
        bench.binary.run(&["import", "--quiet", "--tenant", TENANT, "--batch-rows", rows, calls])
    };
    assert_eq!(import("0").code, Some(2), "no commit has no rows");
    let finished = import("100");
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let file = bench.binary.data().join("trunklog.duckdb");
    let engine = DuckDbEngine::open_read_only(&file, Options::default()).unwrap();
    let store = engine.tenant(TENANT.parse().unwrap());
    assert_eq!(store.newest().unwrap(), Watermark(13));
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
fn one_is_counted_in_the_singular() {
    let bench = Bench::with(1);
    let stored = bench.binary.ok(&["demo", "--quiet", "--rows", "1", "--log", "directRoutingCalls"]);
    assert!(stored.starts_with("stored 1 row of tenant "), "{stored}");
    let check = bench.binary.ok(&["check"]);
    assert!(check.contains("ok      store: opened, 1 tenant\n"), "{check}");
    let table = bench.binary.ok(&["calls", "--from", "2020-01-01"]);
    assert!(table.ends_with("\n1 row\n"), "{table}");
}
