//! Old rows, which are deleted on the operator's word alone.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;
use trunklog_testkit::{Binary, Outcome};

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const OTHER: &str = "7e570000-0000-4000-8000-000000000002";

/// Long past any retention.
const OLD: [&str; 2] = ["2020-01-01", "2020-02-01"];

/// Rows from the future, which never get old here.
const NEW: [&str; 2] = ["2999-01-01", "2999-02-01"];

struct Bench {
    folder: TempDir,
    binary: Binary,
    config: String,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
        let file = folder.path().join("trunklog.toml");
        fs::write(&file, "[retention]\ndirectRoutingCalls = 730\n").unwrap();
        let config = file.to_str().unwrap().to_owned();
        Bench { folder, binary, config }
    }

    fn import(&self, tenant: &str, rows: u32, seed: u32, [from, to]: [&str; 2]) -> PathBuf {
        let file = self.folder.path().join(format!("{seed}.ndjson"));
        self.binary.write_demo(&file, rows, seed, from, to);
        let (finished, _) = self.binary.import(tenant, &file);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        file
    }

    fn count(&self, tenant: &str, [from, to]: [&str; 2]) -> usize {
        self.binary.ids(tenant, from, to).len()
    }

    fn run(&self, words: &[&str]) -> Outcome {
        let words = [&["retention", "--config", self.config.as_str()][..], words].concat();
        self.binary.run(&words)
    }

    /// How many rows are due, and whether they wait, log by log.
    fn due(&self) -> Vec<(String, u64, bool)> {
        let finished = self.run(&["--json"]);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        let listed: Vec<Value> = serde_json::from_str(&finished.stdout).unwrap();
        let row = |row: &Value| {
            let tenant = row["tenant"].as_str().unwrap().to_owned();
            (tenant, row["rows"].as_u64().unwrap(), row["waits"].as_bool().unwrap())
        };
        listed.iter().map(row).collect()
    }
}

fn due(tenant: &str, rows: u64, waits: bool) -> (String, u64, bool) {
    (tenant.to_owned(), rows, waits)
}

#[test]
fn old_rows_are_shown_and_go_when_the_operator_says_so() {
    let bench = Bench::new();
    bench.import(TENANT, 3_000, 1, OLD);
    bench.import(TENANT, 500, 2, NEW);
    bench.import(OTHER, 40, 3, OLD);

    let finished = bench.run(&["approve"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("nothing waits"), "{finished:?}");

    let shown = bench.run(&[]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    for part in [TENANT, OTHER, "directRoutingCalls", "730 days", "3,000", "3,500", "retention approve"] {
        assert!(shown.stdout.contains(part), "{part} in {}", shown.stdout);
    }
    assert_eq!(bench.due(), [due(TENANT, 3_000, true), due(OTHER, 40, true)]);
    assert_eq!((bench.count(TENANT, OLD), bench.count(OTHER, OLD)), (3_000, 40));
    let check = bench.binary.ok(&["check", "--config", &bench.config]);
    let says = "directRoutingCalls 730 days, then deleted; 3,040 rows to be deleted on your word";
    assert!(check.contains(says), "{check}");

    // What came after it was shown is not covered by the word.
    let late = bench.import(TENANT, 10, 4, ["2020-03-01", "2020-04-01"]);
    let finished = bench.run(&["approve", "--tenant", TENANT]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stdout.contains("more rows are due than were shown"), "{finished:?}");
    assert_eq!(bench.count(TENANT, OLD), 3_000);

    assert_eq!(bench.due(), [due(TENANT, 3_010, true), due(OTHER, 40, true)]);
    let finished = bench.run(&["approve", "--tenant", TENANT, "--log", "directRoutingCalls"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(finished.stdout.starts_with("deleted 3,010 rows of directRoutingCalls"), "{finished:?}");
    assert_eq!((bench.count(TENANT, OLD), bench.count(TENANT, NEW)), (0, 500));
    assert_eq!(bench.count(OTHER, OLD), 40, "the other tenant's rows were not approved");

    // Few old rows are usual from now on, many are not.
    assert_eq!(bench.binary.import(TENANT, &late).0.code, Some(0));
    assert_eq!(bench.due(), [due(TENANT, 10, false), due(OTHER, 40, true)]);
    bench.import(TENANT, 2_000, 5, OLD);
    assert_eq!(bench.due(), [due(TENANT, 2_010, true), due(OTHER, 40, true)]);
}

#[test]
fn the_word_is_given_through_a_running_server_and_outlives_it() {
    let bench = Bench::new();
    bench.import(TENANT, 1_500, 1, OLD);
    bench.import(TENANT, 100, 2, NEW);
    let server = bench.binary.serve(&["--config", &bench.config]);
    assert_eq!(bench.due(), [due(TENANT, 1_500, true)]);
    assert_eq!(server.terminate(), Some(0));

    let server = bench.binary.serve(&["--config", &bench.config]);
    let finished = bench.run(&["approve", "--json"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let outcome: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(outcome[0]["deleted"], 1_500, "{outcome}");
    assert_eq!((bench.count(TENANT, OLD), bench.count(TENANT, NEW)), (0, 100));
    assert!(bench.due().is_empty());
    server.kill();
    assert!(bench.due().is_empty());
    assert_eq!((bench.count(TENANT, OLD), bench.count(TENANT, NEW)), (0, 100));
}

#[test]
fn without_a_retention_nothing_is_due() {
    let bench = Bench::new();
    bench.import(TENANT, 100, 1, OLD);
    let shown = bench.binary.ok(&["retention"]);
    assert!(shown.contains("no retention is set"), "{shown}");
    assert!(bench.binary.run(&["retention", "approve"]).stderr.contains("nothing waits"));
    assert_eq!(bench.count(TENANT, OLD), 100);
}
