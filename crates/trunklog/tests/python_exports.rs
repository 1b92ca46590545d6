//! The files that people take out of `/usage`, opened by pandas, openpyxl and pyarrow.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use trunklog_testkit::Binary;

use crate::clients::environment;

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const PASSWORD: &str = "correct horse battery";
const FROM: &str = "2026-03-01";
const TO: &str = "2026-04-01";

/// As many as fill each report; the program adds rows that are hard to write.
const ROWS: &str = "1200";

/// Makes an account that can sign in at once: its name, and what its app is told.
fn account(binary: &Binary, name: &str, roles: &[&str]) -> Value {
    let mut words = Vec::from(["user", "add", "--app", "--json", name].map(str::to_owned));
    for role in roles {
        words.extend(["--role".to_owned(), format!("{role}@{TENANT}")]);
    }
    let added = binary.run_with_input(&words, format!("{PASSWORD}\n").as_bytes());
    assert_eq!(added.code, Some(0), "{}", added.stderr);
    let told: Value = serde_json::from_str(&added.stdout).unwrap();
    json!({ "name": name, "app": told["app"] })
}

#[test]
fn python_opens_every_file_that_people_take_out() {
    let python = environment("TRUNKLOG_TEST_PYTHON");
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
    binary.ok(&["demo", "--quiet", "--rows", ROWS, "--tenant", TENANT, "--from", FROM, "--to", TO]);
    let people = json!({
        "full": account(&binary, "ada@contoso.example", &["calls", "full-numbers", "export"]),
        "masked": account(&binary, "ben@contoso.example", &["calls", "export"]),
    });
    let server = binary.serve(&[]);
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/python/exported_files.py");
    let output = Command::new(python)
        .arg(&program)
        .current_dir(program.parent().unwrap())
        .env("TRUNKLOG_URL", format!("https://localhost:{}", server.https.port()))
        .env("TRUNKLOG_CA", binary.data().join("tls/ca.pem"))
        .env("TRUNKLOG_TENANT", TENANT)
        .env("TRUNKLOG_FROM", FROM)
        .env("TRUNKLOG_TO", TO)
        .env("TRUNKLOG_BINARY", env!("CARGO_BIN_EXE_trunklog"))
        .env("TRUNKLOG_DATA_DIR", binary.data())
        .env("TRUNKLOG_PASSWORD", PASSWORD)
        .env("TRUNKLOG_PEOPLE", people.to_string())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{stdout}");
    assert!(output.status.success(), "{stdout}\n{stderr}");
    assert_eq!(stdout.lines().filter(|line| line.starts_with("ok ")).count(), 6, "{stdout}");
}
