//! Watched folders, rejected records and `status`, with the real binary.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use trunklog_testkit::{Binary, Outcome, ids_in};

use crate::crash::{Moments, kills};

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const FROM: &str = "2026-03-01";
const TO: &str = "2026-04-01";

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// A folder that is watched by whoever serves.
struct Bench {
    folder: TempDir,
    binary: Binary,
    config: PathBuf,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
        fs::create_dir(folder.path().join("in")).unwrap();
        let config = folder.path().join("trunklog.toml");
        let text = format!(
            "[[source]]\nkind = \"folder\"\nname = \"sbc1\"\npath = \"in\"\ntenant = \"{TENANT}\"\n\
             poll_secs = 1\nquiet_secs = 0\npattern = \"*.ndjson\"\nexpect_minutes = 60\n"
        );
        fs::write(&config, text).unwrap();
        Bench { folder, binary, config }
    }

    fn within(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Made-up calls, which are moved into the folder when they are whole. Gives
    /// their ids.
    fn put(&self, name: &str, rows: u32, seed: u32) -> Vec<String> {
        let hidden = self.within("new");
        self.binary.write_demo(&hidden, rows, seed, FROM, TO);
        let ids = ids_in(&fs::read_to_string(&hidden).unwrap());
        fs::rename(hidden, self.within("in").join(name)).unwrap();
        ids
    }

    fn run(&self, words: &[&str]) -> Outcome {
        let mut all = words.to_vec();
        all.extend(["--config", self.config.to_str().unwrap()]);
        self.binary.run(&all)
    }

    fn serve(&self) -> trunklog_testkit::RunningServer {
        self.binary.serve(&["--config", self.config.to_str().unwrap()])
    }
}

/// Files in a folder that are no reports.
fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".ndjson")).collect()
}

/// Waits until something is so.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_server_takes_files_once_and_status_tells() {
    let bench = Bench::new();
    let ids = bench.put("a.ndjson", 300, 1);
    fs::copy(bench.within("in/a.ndjson"), bench.within("in/b.ndjson")).unwrap();
    fs::write(bench.within("in/c.ndjson"), "{\"id\":\"x\",\"callType\":\"ByotIn\"}\n").unwrap();
    let server = bench.serve();
    until("the files are not taken", || files(&bench.within("in/done")).len() == 2);
    until("the file does not fail", || files(&bench.within("in/failed")).len() == 1);
    let outcome = |file: &str| -> Value {
        serde_json::from_slice(&fs::read(bench.within(&format!("in/{file}.report.json"))).unwrap()).unwrap()
    };
    until("there is no report", || bench.within("in/failed/c.ndjson.report.json").exists());
    until("there is no report", || bench.within("in/done/b.ndjson.report.json").exists());
    let (first, second) = (outcome("done/a.ndjson"), outcome("done/b.ndjson"));
    assert_eq!((&first["outcome"], &first["new"]), (&"stored".into(), &300.into()), "{first}");
    assert_eq!(second["outcome"], "readBefore", "{second}");
    assert_eq!(outcome("failed/c.ndjson")["outcome"], "failed");
    assert!(files(&bench.within("in")).is_empty());

    let status = bench.run(&["status", "--json", "--hours", "2"]);
    let json: Value = serde_json::from_str(&status.stdout).unwrap_or_else(|_| panic!("{status:?}"));
    let source = &json["tenants"][0]["sources"][0];
    assert_eq!((&source["source"], &source["isConfigured"]), (&"folder/sbc1".into(), &true.into()), "{json}");
    assert_eq!((&source["total"]["new"], &source["total"]["rejected"]), (&300.into(), &1.into()), "{json}");
    assert_eq!(source["total"]["deliveries"], 3, "{json}");
    let until_then = &json["tenants"][0]["completeUntil"]["directRoutingCalls"];
    assert!(until_then.as_str().is_some_and(|text| text.starts_with("2026-03-")), "{json}");
    let text = bench.run(&["status"]).stdout;
    assert!(text.contains("folder/sbc1") && text.contains("directRoutingCalls is complete until"), "{text}");

    // Reports say the same.
    let report = bench.run(&["report", "kpis", "--from", FROM, "--to", TO, "--format", "json"]);
    let report: Value = serde_json::from_str(&report.stdout).unwrap_or_else(|_| panic!("{report:?}"));
    assert_eq!(&report["completeUntil"], until_then);
    assert_eq!(server.terminate(), Some(0));
    let mut stored = bench.binary.ids(TENANT, FROM, TO);
    stored.sort();
    let mut ids = ids;
    ids.sort();
    assert_eq!(stored, ids);
}

#[test]
fn kills_at_any_moment_lose_and_double_nothing() {
    const ROWS: u32 = 8_000;
    let bench = Bench::new();
    let mut all = BTreeSet::new();
    // How long it takes to take a file, where nobody disturbs.
    all.extend(bench.put("first.ndjson", ROWS, 99));
    let server = bench.serve();
    let began = Instant::now();
    until("the file is not taken", || bench.within("in/done/first.ndjson.report.json").exists());
    let longest = began.elapsed() * 11 / 10;
    println!("a file takes up to {longest:?}");
    assert_eq!(server.terminate(), Some(0));
    let (mut moments, kills) = (Moments::new(), kills(10));
    for round in 0..kills {
        all.extend(bench.put(&format!("{round}.ndjson"), ROWS, 100 + round));
        let server = bench.serve();
        thread::sleep(moments.below(longest));
        server.kill();
    }
    let server = bench.serve();
    let [within, working] = ["in", "in/working"].map(|folder| bench.within(folder));
    until("files are left", || files(&within).is_empty() && files(&working).is_empty());
    assert_eq!(server.terminate(), Some(0));
    let stored = bench.binary.ids(TENANT, FROM, TO);
    assert_eq!(stored.len(), all.len(), "rows are missing or doubled");
    assert!(stored.into_iter().collect::<BTreeSet<_>>() == all, "other rows than were put there");
    assert_eq!(files(&bench.within("in/done")).len(), usize::try_from(kills + 1).unwrap());
    assert!(!bench.within("in/failed").exists());
}

#[test]
fn a_folder_that_is_not_there_is_told_with_what_to_do() {
    let bench = Bench::new();
    fs::remove_dir(bench.within("in")).unwrap();
    let check = bench.run(&["check"]);
    assert!(check.stdout.contains("failed  sources: cannot look at"), "{check:?}");
    let server = bench.serve();
    let mut status = bench.run(&["status"]);
    until("the failure is not told", || {
        status = bench.run(&["status"]);
        status.stdout.contains("folder/sbc1 fails since")
    });
    assert_eq!(status.code, Some(3), "{status:?}");
    assert!(status.stdout.contains("is its disk or share there?"), "{status:?}");
    // Once it is there, it is watched.
    fs::create_dir(bench.within("in")).unwrap();
    bench.put("a.ndjson", 10, 1);
    until("it is not taken", || bench.within("in/done/a.ndjson.report.json").exists());
    let status = bench.run(&["status"]);
    assert!(!status.stdout.contains("fails since"), "{status:?}");
    let (code, metrics) = server.get_ops("/metrics").unwrap();
    assert_eq!(code, 200);
    assert!(metrics.contains("trunklog_resident_memory_bytes"), "{metrics}");
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn rejected_records_are_listed_replayed_and_dropped() {
    let bench = Bench::new();
    let file = bench.within("mixed.ndjson");
    bench.binary.write_demo(&file, 5, 1, FROM, TO);
    let rows = fs::read_to_string(&file).unwrap();
    let (first, rest) = rows.split_once('\n').unwrap();
    fs::write(&file, format!("{rest}{{\"id\":\"x\"}}\n{{\"id\":\"y\"}}\n")).unwrap();
    let (imported, summary) = bench.binary.import(TENANT, &file);
    assert_eq!((imported.code, &summary["rejected"]), (Some(3), &2.into()), "{imported:?}");
    let list: Value = serde_json::from_str(&bench.binary.ok(&["rejects", "list", "--json"])).unwrap();
    let name = list[0]["file"].as_str().unwrap();
    assert_eq!((&list[0]["records"], &list[0]["replayable"]), (&2.into(), &2.into()), "{list}");
    assert_eq!(list[0]["sources"][0], "import/files", "{list}");
    let shown = bench.binary.ok(&["rejects", "show", name]);
    assert!(shown.contains("mixed.ndjson:5: ") && shown.contains("{\"id\":\"x\"}"), "{shown}");

    // As if this version read what the one before did not.
    let path = bench.binary.data().join("rejected").join(name);
    let text = fs::read_to_string(&path).unwrap();
    let lines = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if line["record"] == "{\"id\":\"x\"}" {
            line["record"] = first.into();
        }
        line.to_string() + "\n"
    });
    fs::write(&path, lines.collect::<String>()).unwrap();
    let replayed = bench.binary.run(&["rejects", "replay", name, "--json"]);
    assert_eq!(replayed.code, Some(3), "{replayed:?}");
    let outcome: Value = serde_json::from_str(&replayed.stdout).unwrap();
    assert_eq!((&outcome[0]["new"], &outcome[0]["rejected"]), (&1.into(), &1.into()), "{outcome}");
    assert_eq!(bench.binary.ids(TENANT, FROM, TO).len(), 5);
    let list: Value = serde_json::from_str(&bench.binary.ok(&["rejects", "list", "--json"])).unwrap();
    assert_eq!(list[0]["records"], 1, "{list}");
    assert_eq!(bench.binary.run(&["rejects", "drop", "../trunklog.duckdb"]).code, Some(1));
    bench.binary.ok(&["rejects", "drop", "--all"]);
    assert_eq!(bench.binary.ok(&["rejects", "list", "--json"]).trim(), "[]");
    assert!(!path.exists());
    assert_eq!(bench.binary.run(&["rejects", "drop"]).code, Some(2), "it says which");
}

#[test]
fn the_disk_is_told_with_and_without_a_server() {
    let bench = Bench::new();
    let nothing = bench.binary.ok(&["status"]);
    assert_eq!(nothing.trim(), "nothing is stored yet");
    let file = bench.within("calls.ndjson");
    bench.binary.write_demo(&file, 2_000, 1, FROM, TO);
    assert_eq!(bench.binary.import(TENANT, &file).0.code, Some(0));
    let of_logs = |status: &Outcome| -> Option<u64> {
        let json: Value = serde_json::from_str(&status.stdout).unwrap_or_else(|_| panic!("{status:?}"));
        json["disk"]["parts"]["directRoutingCalls"].as_u64()
    };
    assert!(of_logs(&bench.binary.run(&["status", "--json"])).unwrap() > 0);
    let server = bench.binary.serve(&[]);
    until("the disk is not measured", || {
        let status = bench.binary.run(&["status", "--json"]);
        of_logs(&status).is_some_and(|bytes| bytes > 0)
    });
    let text = bench.binary.run(&["status"]).stdout;
    assert!(text.contains("import/files") && text.contains(" free; "), "{text}");
    assert_eq!(server.terminate(), Some(0));
}
