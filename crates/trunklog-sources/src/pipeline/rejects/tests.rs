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

/// Lines with a record, by reason, and how many were left out by the last line.
fn kept(path: &Path) -> (Vec<String>, Option<u64>) {
    let mut reasons = Vec::new();
    let mut left_out = None;
    for line in lines(path) {
        assert_eq!(left_out, None, "nothing comes after the end");
        left_out = line["leftOut"].as_u64();
        if left_out.is_none() {
            reasons.push(line["reason"].as_str().unwrap().to_owned());
        }
    }
    (reasons, left_out)
}

#[test]
fn the_file_has_a_limit_and_keeps_the_first_of_each_reason() {
    const MAX: u64 = 1024 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let mut rejects = file(folder.path()).with_max_bytes(MAX);
    let record = "x".repeat(1_000);
    for line in 0..5_000 {
        rejects.reject("a.json", line, "the common reason", record.as_bytes());
    }
    for line in 0..50 {
        rejects.reject("a.json", line, "a later reason", record.as_bytes());
    }
    // What is large comes late, too.
    for _ in 0..20 {
        rejects.reject("a.json", 1, "a large one", &b"y".repeat(200_000));
    }
    rejects.reject("a.json", 1, "the last reason", record.as_bytes());
    let left_out = rejects.left_out();
    let path = rejects.finish().unwrap().unwrap();
    assert!(fs::metadata(&path).unwrap().len() <= MAX);
    let (reasons, told) = kept(&path);
    assert_eq!(told, Some(left_out));
    assert_eq!(u64::try_from(reasons.len()).unwrap() + left_out, 5_071);
    let count = |reason: &str| reasons.iter().filter(|kept| *kept == reason).count();
    assert_eq!(count("a later reason"), 20);
    assert!(count("the common reason") >= 450);
    assert!(count("a large one") >= 1 && count("the last reason") == 1, "{reasons:?}");
}

#[test]
fn any_number_of_reasons_stays_within_the_limit() {
    const MAX: u64 = 256 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let mut rejects = file(folder.path()).with_max_bytes(MAX);
    for line in 0..20_000 {
        // Each byte becomes six.
        rejects.reject("a.json", line, &format!("reason {line}"), &[1; 500]);
    }
    let path = rejects.finish().unwrap().unwrap();
    assert!(fs::metadata(&path).unwrap().len() <= MAX);
    let (reasons, told) = kept(&path);
    assert_eq!(u64::try_from(reasons.len()).unwrap() + told.unwrap(), 20_000);
}

#[test]
fn below_the_limit_nothing_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut rejects = file(folder.path());
    for line in 0..2_000 {
        rejects.reject("a.json", line, "reason", b"{}");
    }
    assert_eq!(rejects.left_out(), 0);
    let (reasons, told) = kept(&rejects.finish().unwrap().unwrap());
    assert_eq!((reasons.len(), told), (2_000, None));
}

#[test]
fn the_oldest_files_make_room_for_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    for day in 0..1_001 {
        let name = format!("rejected-2025{day:04}-000000.ndjson");
        fs::write(folder.path().join(name), "{}").unwrap();
    }
    let mut rejects = file(folder.path());
    assert_eq!(rejects.deleted(), 0);
    rejects.reject("a", 1, "b", b"c");
    assert_eq!(rejects.deleted(), 2);
    let path = rejects.finish().unwrap().unwrap();
    assert!(path.exists());
    assert!(!folder.path().join("rejected-20250001-000000.ndjson").exists());
    assert!(folder.path().join("rejected-20250002-000000.ndjson").exists());
}

#[test]
fn what_is_settled_is_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut rejects = file(folder.path());
    rejects.settle().unwrap();
    assert_eq!(rejects.path(), None, "there is nothing to settle");
    rejects.reject("a", 1, "b", b"c");
    rejects.settle().unwrap();
    let path = rejects.path().unwrap().to_owned();
    assert_eq!(lines(&path).len(), 1);
    rejects.reject("a", 2, "b", b"d");
    assert_eq!(rejects.finish().unwrap().as_deref(), Some(path.as_path()));
    assert_eq!(lines(&path).len(), 2);
}
