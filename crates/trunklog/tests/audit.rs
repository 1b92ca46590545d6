//! The audit trail of the real binary: what commands tell it, what a kill leaves,
//! and what verification finds.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use trunklog_testkit::{Binary, call_path};

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const KILLS: u64 = 12;

struct Bench {
    folder: TempDir,
    binary: Binary,
}

impl Bench {
    /// A store with some calls.
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
        let calls = folder.path().join("calls.ndjson");
        binary.write_demo(&calls, 200, 1, "2026-03-01", "2026-04-01");
        assert_eq!(binary.import(TENANT, &calls).0.code, Some(0));
        Bench { folder, binary }
    }

    /// The newest file of the trail.
    fn file(&self) -> PathBuf {
        let entries = fs::read_dir(self.binary.data().join("audit")).unwrap();
        let names = entries.map(|entry| entry.unwrap().path());
        names.filter(|path| path.extension().is_some_and(|ending| ending == "jsonl")).max().unwrap()
    }

    /// All entries, the oldest first.
    fn entries(&self) -> Vec<Value> {
        let text = self.binary.ok(&["audit", "export"]);
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn export(&self, to: &str) -> trunklog_testkit::Outcome {
        let file = self.folder.path().join(to);
        let range = ["--from", "2026-03-01", "--to", "2026-04-01"];
        let words = ["calls", "--tenant", TENANT, range[0], range[1], range[2], range[3], "--output"];
        self.binary.run(&[words.as_slice(), &[file.to_str().unwrap()]].concat())
    }
}

fn whats(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["what"].as_str().unwrap()).collect()
}

#[test]
fn commands_tell_what_they_do_and_no_names() {
    let bench = Bench::new();
    let application = bench.binary.add_application(TENANT, "Annas Billing");
    bench.binary.ok(&["app", "rotate", &application.client_id]);
    let all = ["calls", "--tenant", TENANT, "--from", "2026-03-01", "--to", "2026-04-01"];
    bench.binary.ok(&[all.as_slice(), &["--filter", "userId ne null"]].concat());
    assert_eq!(bench.export("calls.csv").code, Some(0));
    bench.binary.ok(&["report", "users", "--from", "2026-03-01", "--to", "2026-04-01"]);
    bench.binary.ok(&["app", "remove", &application.client_id]);
    let entries = bench.entries();
    assert_eq!(
        whats(&entries),
        [
            "trail.started",
            "calls.import",
            "application.add",
            "application.change",
            "calls.read",
            "calls.export",
            "calls.export",
            "report.read",
            "application.remove",
            "audit.export",
        ]
    );
    assert_eq!(entries[1]["details"]["new"], 200);
    assert_eq!(entries[2]["details"]["roles"][0], "CallRecords.Read.All");
    assert_eq!(entries[4]["filter"], "not(userId eq null)");
    assert_eq!((&entries[6]["rows"], &entries[6]["details"]["step"]), (&200.into(), &"end".into()));
    // All by one user of this machine, who is told as a pseudonym.
    let who = entries[1]["who"].as_str().unwrap();
    assert!(who.starts_with("local:") && entries[1..].iter().all(|entry| entry["who"] == who), "{entries:?}");
    let text = fs::read_to_string(bench.file()).unwrap();
    assert!(!text.contains("Annas") && !text.contains(&application.client_secret), "{text}");
    let named = bench.binary.ok(&["audit", "list", "--names", "--limit", "1", "--json"]);
    let named: Value = serde_json::from_str(&named).unwrap();
    assert!(named["names"][who].as_str().unwrap().contains("uid "), "{named}");
}

#[test]
fn a_changed_line_is_named_with_its_file() {
    let bench = Bench::new();
    assert_eq!(bench.export("calls.csv").code, Some(0));
    let verified: Value = serde_json::from_str(&bench.binary.ok(&["audit", "verify", "--json"])).unwrap();
    let mark = verified["last"].as_str().unwrap().to_owned();
    bench.binary.ok(&["audit", "verify", "--expect", &mark]);
    let file = bench.file();
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("\"new\":200", "\"new\":201", 1)).unwrap();
    let found = bench.binary.run(&["audit", "verify"]);
    assert_eq!(found.code, Some(1), "{found:?}");
    let place = format!("damage  {}, line 2: ", file.display());
    assert!(found.stdout.contains(&place) && found.stdout.contains("does not hold"), "{found:?}");
    fs::write(&file, &text).unwrap();
    bench.binary.ok(&["audit", "verify"]);
    // The last entry taken away, and the note of what there was with it.
    let shorter: Vec<&str> = text.lines().collect();
    fs::write(&file, shorter[..shorter.len() - 1].join("\n") + "\n").unwrap();
    fs::remove_file(file.with_file_name("audit.mark")).unwrap();
    assert_eq!(bench.binary.run(&["audit", "verify", "--expect", &mark]).code, Some(1));
}

#[test]
fn nothing_leaves_that_cannot_be_told() {
    let bench = Bench::new();
    let audit = bench.binary.data().join("audit");
    fs::remove_dir_all(&audit).unwrap();
    fs::write(&audit, "in the way").unwrap();
    let refused = bench.export("calls.csv");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("audit trail cannot be written"), "{refused:?}");
    assert!(!bench.folder.path().join("calls.csv").exists());
    // Who only looks may look.
    let all = ["calls", "--tenant", TENANT, "--from", "2026-03-01", "--to", "2026-04-01"];
    bench.binary.ok(&[all.as_slice(), &["--limit", "1"]].concat());
    fs::remove_file(&audit).unwrap();
    assert_eq!(bench.export("calls.csv").code, Some(0));
}

#[test]
fn a_kill_at_any_moment_leaves_a_chain_that_holds() {
    let bench = Bench::new();
    let mut acknowledged = 0;
    for kill in 0..KILLS {
        // A server that is read from, and a command beside it.
        let server = bench.binary.serve(&[]);
        let mut words = vec!["calls", "--tenant", TENANT, "--from", "2026-03-01", "--to", "2026-04-01"];
        words.extend(["--format", "ndjson"]);
        let mut command =
            bench.binary.command(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        assert!(server.get(&call_path("2026-03-01", "2026-04-01"), &[]).is_some());
        std::thread::sleep(Duration::from_millis(kill * 7));
        let _ = command.kill();
        command.wait().unwrap();
        server.kill();
        // What the kill of a machine leaves: the start of a line.
        if kill % 2 == 0 {
            let part = format!("{{\"n\":{},\"at\":\"2026-1", 4_711 + kill);
            let mut file = OpenOptions::new().append(true).open(bench.file()).unwrap();
            file.write_all(part.as_bytes()).unwrap();
        }
        assert_eq!(bench.export(&format!("{kill}.csv")).code, Some(0));
        acknowledged += 1;
        let verified = bench.binary.run(&["audit", "verify", "--json"]);
        assert_eq!(verified.code, Some(0), "{verified:?}");
    }
    let entries = bench.entries();
    let starts = |entry: &&Value| {
        entry["what"] == "calls.export"
            && entry["details"]["format"] == "csv"
            && entry["details"]["step"] == "start"
    };
    assert_eq!(entries.iter().filter(starts).count(), acknowledged, "{:?}", whats(&entries));
    // The kill itself may have cut a line, too.
    let mended = entries.iter().filter(|entry| entry["what"] == "trail.mended").count();
    assert!(mended >= usize::try_from(KILLS.div_ceil(2)).unwrap(), "{:?}", whats(&entries));
}
