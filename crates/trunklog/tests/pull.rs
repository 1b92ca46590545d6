//! `trunklog pull` from another Trunklog, with the real binary on both sides.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use trunklog_testkit::{Binary, Outcome, RunningServer};

use crate::crash::{Moments, kill, kills};

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const FROM: &str = "2026-03-01";
const TO: &str = "2026-04-01";

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server with calls, and a folder to pull them into.
struct Bench {
    folder: TempDir,
    source: Binary,
    server: RunningServer,
    target: Binary,
    config: PathBuf,
    /// What it says.
    text: String,
}

impl Bench {
    fn new(rows: u32) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let binary = |name: &str| Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join(name));
        let (source, target) = (binary("source"), binary("target"));
        let file = folder.path().join("calls.ndjson");
        source.write_demo(&file, rows, 1, FROM, TO);
        let application = source.add_application(TENANT, "puller");
        assert_eq!(source.import(TENANT, &file).0.code, Some(0));
        let server = source.serve(&[]);
        fs::write(folder.path().join("secret"), &application.client_secret).unwrap();
        let config = folder.path().join("trunklog.toml");
        let text = format!(
            r#"
            [[pull]]
            name = "other"
            tenant = "{TENANT}"
            client_id = "{}"
            secret_file = "secret"
            url = "http://{}"
            requests_per_minute = 100000
            "#,
            application.client_id, server.http
        );
        fs::write(&config, &text).unwrap();
        Bench { folder, source, server, target, config, text }
    }

    /// Gives the section another name, under which everything is read again.
    fn rename(&self, name: &str) {
        fs::write(&self.config, self.text.replace("\"other\"", &format!("\"{name}\""))).unwrap();
    }

    fn pull(&self, more: &[&str]) -> Outcome {
        let mut words = vec!["pull", "--quiet", "--config", self.config.to_str().unwrap()];
        words.extend(more);
        self.target.run(&words)
    }

    fn assert_equal(&self) {
        let [there, here] = [&self.source, &self.target].map(|binary| binary.ids(TENANT, FROM, TO));
        assert!(!there.is_empty());
        assert_eq!(there, here);
    }
}

#[test]
fn everything_is_pulled_and_told() {
    let bench = Bench::new(3_000);
    let checked = bench.pull(&["--check"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.stdout.contains("consent: CallRecords.Read.All"), "{checked:?}");
    let pulled = bench.pull(&["--json"]);
    assert_eq!(pulled.code, Some(0), "{pulled:?}");
    bench.assert_equal();
    let reports: Value = serde_json::from_str(&pulled.stdout).unwrap();
    let calls = &reports[0]["logs"][0];
    assert_eq!((&calls["log"], &calls["new"]), (&"directRoutingCalls".into(), &3_000.into()));
    assert_eq!(calls["followsChanges"], true);
    let status = bench.pull(&["--status", "--json"]);
    assert_eq!(status.code, Some(0), "{status:?}");
    let again: Value = serde_json::from_str(&status.stdout).unwrap();
    assert_eq!(again[0]["logs"][0]["new"], 3_000);
    let told = bench.target.run(&["status", "--json", "--config", bench.config.to_str().unwrap()]);
    let told: Value = serde_json::from_str(&told.stdout).unwrap_or_else(|_| panic!("{told:?}"));
    let source = &told["tenants"][0]["sources"][0];
    assert_eq!((&source["source"], &source["isConfigured"]), (&"pull/other".into(), &true.into()), "{told}");
    assert_eq!((&source["total"]["new"], &source["failure"]), (&3_000.into(), &Value::Null), "{told}");
    assert!(told["tenants"][0]["completeUntil"]["directRoutingCalls"].is_string(), "{told}");
    // Nothing is due, so nobody is asked.
    let Bench { folder: _folder, server, target, config, .. } = bench;
    assert_eq!(server.terminate(), Some(0));
    let idle = target.run(&["pull", "--quiet", "--config", config.to_str().unwrap()]);
    assert_eq!(idle.code, Some(0), "{idle:?}");
}

#[test]
fn a_running_server_takes_the_rows() {
    let bench = Bench::new(2_000);
    let server = bench.target.serve(&[]);
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, Some(0), "{pulled:?}");
    bench.assert_equal();
    assert_eq!(server.terminate(), Some(0));
    bench.assert_equal();
}

#[test]
fn a_server_pulls_by_itself() {
    let bench = Bench::new(2_000);
    let server = bench.target.serve(&["--config", bench.config.to_str().unwrap()]);
    let expected = bench.source.ids(TENANT, FROM, TO);
    for _ in 0..600 {
        if bench.target.ids(TENANT, FROM, TO).len() == expected.len() {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    bench.assert_equal();
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn pulls_that_are_killed_lose_and_double_nothing() {
    let bench = Bench::new(10_000);
    let words = ["pull", "--quiet", "--config", bench.config.to_str().unwrap()];
    // How long a pull takes that nobody disturbs.
    let undisturbed = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &bench.folder.path().join("undisturbed"));
    let began = Instant::now();
    undisturbed.ok(&words);
    let longest = began.elapsed() * 11 / 10;
    println!("a pull takes up to {longest:?}");
    let (mut moments, kills) = (Moments::new(), kills(12));
    let (mut killed, mut rounds) = (0, 0);
    while killed < kills {
        if kill(&bench.target, &words, moments.below(longest)) {
            killed += 1;
        } else {
            bench.rename(&format!("other-{rounds}"));
        }
        rounds += 1;
        assert!(rounds < 4 * kills, "pulls are done before they can be killed");
    }
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, Some(0), "{pulled:?}");
    bench.assert_equal();
}

#[test]
fn what_files_brought_is_one_row_with_what_is_pulled() {
    const ROWS: u32 = 2_000;
    let bench = Bench::new(ROWS);
    let file = bench.folder.path().join("calls.ndjson");
    let (imported, summary) = bench.target.import(TENANT, &file);
    assert_eq!((imported.code, &summary["new"]), (Some(0), &ROWS.into()), "{imported:?}");
    let pulled = bench.pull(&["--json"]);
    let reports: Value = serde_json::from_str(&pulled.stdout).unwrap_or_else(|_| panic!("{pulled:?}"));
    let calls = &reports[0]["logs"][0];
    let found = (&calls["rows"], &calls["new"], &calls["updated"]);
    assert_eq!(found, (&ROWS.into(), &0.into(), &0.into()), "{reports}");
    bench.assert_equal();

    // By a watched folder, too, from a server that pulls.
    let within = bench.folder.path().join("in");
    fs::create_dir(&within).unwrap();
    let source = format!(
        "[[source]]\nkind = \"folder\"\nname = \"a\"\npath = \"in\"\ntenant = \"{TENANT}\"\npoll_secs = 1\n\
         quiet_secs = 0\n"
    );
    fs::write(&bench.config, format!("{}\n{source}", bench.text)).unwrap();
    fs::rename(&file, within.join("again.ndjson")).unwrap();
    let server = bench.target.serve(&["--config", bench.config.to_str().unwrap()]);
    let report = within.join("done/again.ndjson.report.json");
    let began = Instant::now();
    while !report.exists() {
        assert!(began.elapsed() < PATIENCE, "the file is not taken");
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(server.terminate(), Some(0));
    let report: Value = serde_json::from_slice(&fs::read(&report).unwrap()).unwrap();
    assert_eq!((&report["new"], &report["unchanged"]), (&0.into(), &ROWS.into()), "{report}");
    bench.assert_equal();
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let bench = Bench::new(100);
    fs::write(bench.folder.path().join("secret"), "wrong").unwrap();
    let checked = bench.pull(&["--check"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    assert!(checked.stdout.contains("AADSTS7000215"), "{checked:?}");
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, Some(3), "{pulled:?}");
    assert!(pulled.stdout.contains("make a new one"), "{pulled:?}");
    let status = bench.target.run(&["status", "--config", bench.config.to_str().unwrap()]);
    assert_eq!(status.code, Some(3), "{status:?}");
    assert!(status.stdout.contains("pull/other fails since"), "{status:?}");
    let unknown = bench.pull(&["--name", "another"]);
    assert!(unknown.stderr.contains("use one of other"), "{unknown:?}");
    let none = bench.target.run(&["pull"]);
    assert!(none.stderr.contains("docs/pull.md"), "{none:?}");
}
