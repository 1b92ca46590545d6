//! The files that people take out of `/usage`, opened by pandas, openpyxl and pyarrow.

use serde_json::{Value, json};
use trunklog_testkit::Binary;

use crate::clients::{FROM, TENANT, TO, environment, run};
use crate::python_clients::program;

const PASSWORD: &str = "correct horse battery";

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
    let settings = [
        ("TRUNKLOG_TENANT", TENANT.to_owned()),
        ("TRUNKLOG_PASSWORD", PASSWORD.to_owned()),
        ("TRUNKLOG_PEOPLE", people.to_string()),
    ];
    let stdout = run(&python, &program("exported_files.py"), (&server, binary.data()), settings);
    assert_eq!(stdout.lines().filter(|line| line.starts_with("ok ")).count(), 6, "{stdout}");
}
