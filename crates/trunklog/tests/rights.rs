//! A person's rights, holds and tenants, as people use them: with and without a server,
//! with kills between, and with all that comes later.

mod erasing;
mod returning;
mod tenants;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use trunklog_testkit::Binary;

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const OTHER: &str = "7e570000-0000-4000-8000-000000000002";
const NUMBER: &str = "+4930987654321";

/// A binary with a folder for files.
struct Bench {
    folder: TempDir,
    binary: Binary,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
        Bench { folder, binary }
    }

    /// A file of that many calls, a minute apart. Each tenth is of the number, in one of
    /// several forms, or of its user.
    fn calls(&self, name: &str, count: u32) -> PathBuf {
        let path = self.folder.path().join(name);
        let lines: String = (0..count).map(|number| call(number).to_string() + "\n").collect();
        fs::write(&path, lines).unwrap();
        path
    }

    fn import(&self, tenant: &str, file: &Path) -> Value {
        let (outcome, summary) = self.binary.import(tenant, file);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        summary
    }

    fn json(&self, words: &[&str]) -> Value {
        serde_json::from_str(&self.binary.ok(words)).unwrap()
    }

    /// All rows of a tenant, as text.
    fn rows(&self, tenant: &str) -> String {
        let range = ["--from", "2000-01-01", "--to", "2100-01-01", "--format", "ndjson"];
        let words: Vec<&str> = ["calls", "--tenant", tenant].into_iter().chain(range).collect();
        self.binary.ok(&words)
    }
}

/// A call; each tenth is of the number.
fn call(number: u32) -> Value {
    let (day, hour, minute) = (1 + number / 1_440, number / 60 % 24, number % 60);
    let mut call = json!({
        "id": format!("call-{number:06}"),
        "startDateTime": format!("2026-10-{day:02}T{hour:02}:{minute:02}:00Z"),
        "callType": "ByotIn",
        "callerNumber": format!("+33{}", 100_000_000 + number),
        "calleeNumber": format!("+49{}", 200_000_000 + number % 50),
        "userPrincipalName": format!("user{}@contoso.com", number % 50),
        "userId": format!("11111111-1111-4111-8111-{:012}", number % 50),
        "successfulCall": !number.is_multiple_of(7),
        "duration": number % 600,
        "trunkFullyQualifiedDomainName": "sbc.contoso.com",
        "finalSipCode": 200,
    });
    if number.is_multiple_of(10) {
        let form =
            ["+4930987654321", "tel:+49-30-987654321", "sip:+4930987654321@sbc.contoso.com;user=phone"];
        call["callerNumber"] = json!(form[usize::try_from(number / 10 % 3).unwrap()]);
    }
    call
}

/// Whether any form of the number is in a text.
fn has_number(text: &str) -> bool {
    ["30987654321", "30-987654321"].iter().any(|form| text.contains(form))
}
