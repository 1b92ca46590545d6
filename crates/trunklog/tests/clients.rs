//! Runs the programs of `tests/clients` against the real binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;
use trunklog_odata::Instant;
use trunklog_testkit::{Application, Binary, RunningServer};

pub(crate) const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const ROWS: u32 = 2_500;
pub(crate) const FROM: &str = "2026-03-01";
pub(crate) const TO: &str = "2026-04-01";

/// A server with rows, and what the programs are told of it.
pub(crate) struct Site {
    server: RunningServer,
    application: Application,
    data: PathBuf,
    ids: PathBuf,
    // Last: the server goes before its folder.
    _folder: TempDir,
}

impl Site {
    pub(crate) fn open() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
        let calls = folder.path().join("calls.ndjson");
        binary.write_demo(&calls, ROWS, 1, FROM, TO);
        let (finished, _) = binary.import(TENANT, &calls);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        let ids = folder.path().join("ids.txt");
        fs::write(&ids, ids_by_time(&fs::read_to_string(&calls).unwrap())).unwrap();
        let application = binary.add_application(TENANT, "clients");
        let server = binary.serve(&[]);
        let data = binary.data().to_owned();
        Site { server, application, data, ids, _folder: folder }
    }

    /// Runs a program, which must end with 0.
    pub(crate) fn run(&self, interpreter: &Path, program: &Path) {
        let settings = [
            ("TRUNKLOG_LOGIN", root(&self.server)),
            ("TRUNKLOG_TENANT", self.application.tenant.clone()),
            ("TRUNKLOG_CLIENT_ID", self.application.client_id.clone()),
            ("TRUNKLOG_CLIENT_SECRET", self.application.client_secret.clone()),
            ("TRUNKLOG_ROWS", ROWS.to_string()),
            ("TRUNKLOG_IDS", self.ids.to_str().unwrap().to_owned()),
        ];
        run(interpreter, program, (&self.server, &self.data), settings);
    }
}

fn root(server: &RunningServer) -> String {
    format!("https://localhost:{}", server.https.port())
}

/// Runs a program, which must end with 0, beside a server with rows from [`FROM`] to [`TO`]
/// and its data folder; gives what it says.
pub(crate) fn run(
    interpreter: &Path,
    program: &Path,
    (server, data): (&RunningServer, &Path),
    settings: impl IntoIterator<Item = (&'static str, String)>,
) -> String {
    let output = Command::new(interpreter)
        .arg(program)
        .current_dir(program.parent().unwrap())
        .env("TRUNKLOG_URL", root(server))
        .env("TRUNKLOG_CA", data.join("tls/ca.pem"))
        .env("TRUNKLOG_BINARY", env!("CARGO_BIN_EXE_trunklog"))
        .env("TRUNKLOG_DATA_DIR", data)
        .env("TRUNKLOG_FROM", FROM)
        .env("TRUNKLOG_TO", TO)
        .envs(settings)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{stdout}");
    assert!(output.status.success(), "{}: {stdout}\n{stderr}", program.display());
    assert!(stdout.contains("ok "), "{} proved nothing: {stdout}", program.display());
    stdout.into_owned()
}

/// What a variable says that `cargo xtask test` sets.
pub(crate) fn environment(variable: &str) -> PathBuf {
    let value = std::env::var_os(variable);
    PathBuf::from(value.unwrap_or_else(|| {
        panic!("{variable} is not set: run `cargo xtask test`, which makes the clients' environments")
    }))
}

/// The ids, one a line, by start time, then id.
fn ids_by_time(lines: &str) -> String {
    let mut keys: Vec<(Instant, String)> = lines
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let start = Instant::parse(row["startDateTime"].as_str().unwrap()).unwrap();
            (start, row["id"].as_str().unwrap().to_owned())
        })
        .collect();
    keys.sort();
    keys.into_iter().fold(String::new(), |text, (_, id)| text + &id + "\n")
}
