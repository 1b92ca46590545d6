//! The commands, as people and scripts use them.

mod calls;
mod check;
mod demo;
mod import;
mod report;
mod user;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;
use trunklog_testkit::Binary;

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const MARCH: [&str; 2] = ["2026-03-01", "2026-04-01"];

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
    for command in ["serve", "import", "calls", "report", "demo", "app", "check", "status"] {
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

/// New, updated, unchanged and rejected rows of a summary.
fn counts(summary: &Value) -> [u64; 4] {
    ["new", "updated", "unchanged", "rejected"].map(|name| summary[name].as_u64().unwrap())
}
