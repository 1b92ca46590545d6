//! A client that follows changes, killed and started again while the log
//! changes. Erasure has no command; the store's kit has it.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tempfile::TempDir;
use trunklog_testkit::{Application, Binary, RunningServer};

use crate::clients::environment;

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";

/// All calls here.
const RANGE: [&str; 2] = ["2000-01-01", "3000-01-01"];

/// Past any retention.
const OLD: [&str; 2] = ["2020-01-01", "2020-02-01"];

/// Rows from the future, which never get old here.
const NEW: [&str; 2] = ["2999-01-01", "2999-02-01"];

const FIRST_ROWS: u32 = 1_500;
const MORE_ROWS: u32 = 800;
const OLD_ROWS: u32 = 600;

/// How often the client is killed at least, and its most steps until then.
const KILLS: u32 = 12;
const MOST_STEPS: u64 = 90;

struct Bench {
    python: PathBuf,
    binary: Binary,
    application: Application,
    server: RunningServer,
    // Last: the server goes before its folder.
    folder: TempDir,
}

impl Bench {
    fn open() -> Bench {
        let python = environment("TRUNKLOG_TEST_PYTHON");
        let folder = tempfile::tempdir().unwrap();
        let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
        fs::write(folder.path().join("trunklog.toml"), "[retention]\ndirectRoutingCalls = 730\n").unwrap();
        let application = binary.add_application(TENANT, "follower");
        // It shows rows of any age; only the command below deletes old ones.
        let server = binary.serve(&[]);
        Bench { python, binary, application, server, folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Made-up calls in a file.
    fn calls(&self, rows: u32, seed: u32, [from, to]: [&str; 2]) -> PathBuf {
        let file = self.file(&format!("{seed}.ndjson"));
        self.binary.write_demo(&file, rows, seed, from, to);
        file
    }

    fn import(&self, file: &Path) {
        let (finished, _) = self.binary.import(TENANT, file);
        assert_eq!(finished.code, Some(0), "{finished:?}");
    }

    /// Changes the duration of each call of a file whose number leaves that rest
    /// when divided by three.
    fn update(&self, file: &Path, rest: usize) {
        let text = fs::read_to_string(file).unwrap();
        let updated = text.lines().enumerate().filter(|(number, _)| number % 3 == rest).map(|(_, line)| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            row["duration"] = json!(row["duration"].as_i64().unwrap_or(0) + 1);
            row.to_string() + "\n"
        });
        let path = self.file("updated.ndjson");
        fs::write(&path, updated.collect::<String>()).unwrap();
        self.import(&path);
    }

    fn delete_old_rows(&self) {
        let config = self.file("trunklog.toml");
        for words in [&["--json"][..], &["approve"]] {
            let words = [&["retention", "--config", config.to_str().unwrap()][..], words].concat();
            let finished = self.binary.run(&words);
            assert_eq!(finished.code, Some(0), "{finished:?}");
        }
    }

    /// The client, which dies after so many steps or else follows to the end.
    fn follower(&self, steps: Option<u64>) -> Command {
        let program =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/python/follow_changes.py");
        let url = format!("https://localhost:{}", self.server.https.port());
        let mut command = Command::new(&self.python);
        command
            .arg(program)
            .env("TRUNKLOG_URL", &url)
            .env("TRUNKLOG_LOGIN", &url)
            .env("TRUNKLOG_TENANT", &self.application.tenant)
            .env("TRUNKLOG_CLIENT_ID", &self.application.client_id)
            .env("TRUNKLOG_CLIENT_SECRET", &self.application.client_secret)
            .env("TRUNKLOG_CA", self.binary.data().join("tls/ca.pem"))
            .env("TRUNKLOG_FROM", RANGE[0])
            .env("TRUNKLOG_TO", RANGE[1])
            .env("TRUNKLOG_TABLE", self.file("table.sqlite"))
            .stdin(Stdio::null());
        if let Some(steps) = steps {
            command.env("TRUNKLOG_STEPS", steps.to_string());
        }
        command
    }

    /// Lets the client follow to the end, which compares its table with the log;
    /// gives what it says.
    fn follow_to_the_end(&self) -> String {
        let output = self.follower(None).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{complained}");
        println!("{said}");
        said
    }
}

#[test]
fn python_follower_keeps_a_table_equal_to_the_log() {
    let bench = Bench::open();
    let first = bench.calls(FIRST_ROWS, 1, NEW);
    bench.import(&first);
    let said = bench.follow_to_the_end();
    assert!(said.contains(&format!("{FIRST_ROWS} rows; told {FIRST_ROWS} rows, 0 removals")), "{said}");

    let mut seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() | 1;
    println!("seed {seed}");
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            bench.update(&first, 0);
            // Back-dated: before all that the client has.
            bench.import(&bench.calls(OLD_ROWS, 2, OLD));
            bench.import(&bench.calls(MORE_ROWS, 3, NEW));
            bench.update(&first, 1);
            bench.delete_old_rows();
            // What was updated is as it was, and the rest stays.
            bench.import(&first);
            bench.update(&first, 2);
        });
        let mut kills = 0;
        while kills < KILLS || !writer.is_finished() {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let output = bench.follower(Some(1 + seed % MOST_STEPS)).output().unwrap();
            assert_eq!(output.status.signal(), Some(9), "{}", String::from_utf8_lossy(&output.stderr));
            kills += 1;
        }
        println!("killed {kills} times");
        writer.join().unwrap();
    });

    let said = bench.follow_to_the_end();
    let rows = FIRST_ROWS + MORE_ROWS;
    assert!(said.contains(&format!("{rows} rows;")), "{said}");
    assert!(said.contains(&format!(" {OLD_ROWS} removals")), "{said}");
    assert_eq!(bench.binary.ids(TENANT, RANGE[0], RANGE[1]).len(), usize::try_from(rows).unwrap());
}
