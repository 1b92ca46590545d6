use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::*;

fn file(folder: &Path) -> RejectFile {
    RejectFile::new(folder, Instant::parse("2026-11-24T08:15:00.7Z").unwrap())
}

fn lines(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_file_comes_with_the_first_record() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(file(folder.path()).finish().unwrap(), None);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    let mut rejects = file(folder.path());
    rejects.reject("a.json", 3, "not valid JSON", b"{\"x\": \"\xff\n");
    rejects.reject("b.json", 7, "id is missing", b"{}");
    let path = rejects.finish().unwrap().unwrap();
    assert_eq!(path, folder.path().join("rejected-20261124-081500.ndjson"));
    assert_eq!(
        lines(&path),
        [
            json!({"file": "a.json", "line": 3, "reason": "not valid JSON", "record": "{\"x\": \"\u{fffd}\n"}),
            json!({"file": "b.json", "line": 7, "reason": "id is missing", "record": "{}"}),
        ]
    );
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn no_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let write = || {
        let mut rejects = file(folder.path());
        rejects.reject("a", 1, "b", b"c");
        rejects.finish().unwrap().unwrap()
    };
    let (first, second) = (write(), write());
    assert_eq!(second, folder.path().join("rejected-20261124-081500-2.ndjson"));
    assert_eq!(lines(&first).len(), 1);
}

#[test]
fn long_records_are_cut_between_characters() {
    let folder = tempfile::tempdir().unwrap();
    let mut rejects = file(folder.path());
    let long = format!("x{}", "é".repeat(MAX_RECORD_TEXT));
    rejects.reject("a", 1, "b", long.as_bytes());
    rejects.reject("a", 2, "b", "y".repeat(MAX_RECORD_TEXT).as_bytes());
    let lines = lines(&rejects.finish().unwrap().unwrap());
    let kept = lines[0]["record"].as_str().unwrap();
    assert!(long.starts_with(kept) && kept.len() == MAX_RECORD_TEXT - 1);
    assert_eq!(lines[0]["truncated"], true);
    assert_eq!(lines[1].get("truncated"), None);
}

#[test]
fn failures_are_told_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let occupied = folder.path().join("file");
    fs::write(&occupied, "").unwrap();
    let mut rejects = file(&occupied);
    rejects.reject("a", 1, "b", b"c");
    rejects.reject("a", 2, "b", b"c");
    assert_eq!(rejects.path(), None);
    rejects.finish().unwrap_err();
}
