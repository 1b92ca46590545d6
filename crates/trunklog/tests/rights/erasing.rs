//! Erasing, exporting and holding.

use std::fs;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;
use trunklog_downloads::{Downloads, Limits, NewDownload};
use uuid::Uuid;

use super::{Bench, NUMBER, OTHER, TENANT, has_number};

const ROWS: u32 = 2_000;

fn count(value: &Value, log: &str, name: &str) -> Option<u64> {
    value["logs"].as_array().unwrap().iter().find(|of| of["log"] == log)?[name].as_u64()
}

/// Each file below a folder, as text.
fn texts(folder: &std::path::Path) -> String {
    let mut texts = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.push_str(&self::texts(&path));
        } else {
            texts.push_str(&String::from_utf8_lossy(&fs::read(path).unwrap_or_default()));
        }
    }
    texts
}

#[test]
fn who_is_erased_does_not_come_back_with_an_import() {
    let bench = Bench::new();
    let calls = bench.calls("calls.ndjson", ROWS);
    for tenant in [TENANT, OTHER] {
        bench.import(tenant, &calls);
    }
    // A record that was rejected names the number, too.
    let broken = bench.folder.path().join("broken.ndjson");
    fs::write(&broken, format!("{{\"odd\":\"{NUMBER}\"}}\n{{\"odd\":\"y\"}}\n")).unwrap();
    assert_eq!(bench.binary.import(TENANT, &broken).0.code, Some(3));

    let of = ["erase", "--tenant", TENANT, "--number", "0049 30 987654321", "--json"];
    let plan = bench.json(&of);
    assert_eq!(count(&plan, "directRoutingCalls", "found"), Some(u64::from(ROWS) / 10));
    assert_eq!((&plan["receipt"], &plan["elsewhere"][0]["items"]), (&Value::Null, &Value::from(1)));
    assert!(has_number(&bench.rows(TENANT)), "it was only said what would be done");
    let undecided = bench.binary.run(&["erase", "--tenant", TENANT, "--number", NUMBER, "--yes"]);
    assert_eq!(undecided.code, Some(1));
    assert!(undecided.stderr.contains("--rows") && undecided.stderr.contains("--blank"), "{undecided:?}");

    let words: Vec<&str> = of.into_iter().chain(["--rows", "--yes"]).collect();
    let receipt = bench.json(&words);
    assert_eq!(count(&receipt, "directRoutingCalls", "erased"), Some(u64::from(ROWS) / 10));
    assert!(receipt["notReached"].as_array().unwrap().len() >= 3, "{receipt}");
    let left = bench.rows(TENANT);
    assert_eq!(left.lines().count(), 1_800);
    assert!(!has_number(&left));
    let kept = texts(&bench.binary.data().join("rights")) + &texts(&bench.binary.data().join("rejected"));
    assert!(!has_number(&kept) && kept.contains(r#"\"y\""#), "{kept}");

    let again = bench.import(TENANT, &calls);
    assert_eq!(
        (&again["new"], &again["unchanged"], &again["withheld"]),
        (&0.into(), &1_800.into(), &200.into())
    );
    assert_eq!(bench.rows(TENANT), left);
    assert_eq!(bench.rows(OTHER).lines().count(), 2_000, "another tenant erased nobody");
    // Sums are right.
    let checked = bench.binary.ok(&["check", "--reports"]);
    assert!(!checked.contains("failed "), "{checked}");
    assert_eq!(bench.json(&["erase", "list", "--json"]).as_array().unwrap().len(), 1);
    bench.binary.ok(&["erase", "lift", "--tenant", TENANT, "--number", NUMBER]);
    assert_eq!(bench.import(TENANT, &calls)["new"], 200);
}

#[test]
fn it_works_through_a_server_as_well() {
    let bench = Bench::new();
    let calls = bench.calls("calls.ndjson", ROWS);
    bench.import(TENANT, &calls);
    let server = bench.binary.serve(&[]);
    let user = "USER7@contoso.com";
    let receipt = bench.json(&["erase", "--user", user, "--blank", "--yes", "--json"]);
    assert_eq!(receipt["knownBy"], 2, "{receipt}");
    // A row is one row, in however many places it named the person.
    assert_eq!(count(&receipt, "directRoutingCalls", "erased"), Some(2_000 / 50), "{receipt}");
    let left = bench.rows(TENANT);
    assert_eq!(left.lines().count(), 2_000);
    let gone = ["user7@contoso.com", "11111111-1111-4111-8111-000000000007", "+49200000007"];
    assert!(gone.iter().all(|text| !left.contains(text)));
    let again = bench.import(TENANT, &calls);
    assert_eq!((&again["new"], &again["updated"], &again["withheld"]), (&0.into(), &0.into(), &0.into()));
    assert_eq!(bench.rows(TENANT), left, "through the server");
    assert_eq!(server.terminate(), Some(0));
    bench.import(TENANT, &calls);
    assert_eq!(bench.rows(TENANT), left, "without it");
}

/// Files that people ordered hold rows of many, packed in ways that nobody can search.
#[test]
fn exports_that_were_ordered_go_with_who_is_erased() {
    let bench = Bench::new();
    bench.import(TENANT, &bench.calls("calls.ndjson", 20));
    let of_tenants: [Uuid; 2] = [TENANT, OTHER].map(|tenant| tenant.parse().unwrap());
    let folder = bench.binary.data().join("exports");
    let downloads = Downloads::open(&folder, Limits::default(), Arc::new(Timestamp::now)).unwrap();
    for (id, tenant) in (1..).zip(of_tenants) {
        let new = NewDownload {
            id: Uuid::from_u128(id),
            tenant,
            owner: "ada".to_owned(),
            log: "directRoutingCalls".to_owned(),
            form: "csv".to_owned(),
            range: ["2026-10-01", "2026-11-01"].map(str::to_owned),
            hidden_digits: 0,
            file_name: "calls.csv".to_owned(),
        };
        let mut draft = downloads.order(new).unwrap();
        draft.write(NUMBER.as_bytes()).unwrap();
        draft.finish(1).unwrap();
    }
    let items = |receipt: &Value| {
        let mut places = receipt["elsewhere"].as_array().unwrap().iter();
        let of_exports = places.find(|of| of["place"].as_str().unwrap().starts_with("exports")).unwrap();
        of_exports["items"].as_u64()
    };
    let counts = || of_tenants.map(|tenant| downloads.count_of(tenant).unwrap());
    let of = ["erase", "--tenant", TENANT, "--number", NUMBER, "--json"];
    assert_eq!((items(&bench.json(&of)), counts()), (Some(1), [1, 1]), "it was only said");
    let words: Vec<&str> = of.into_iter().chain(["--rows", "--yes"]).collect();
    assert_eq!((items(&bench.json(&words)), counts()), (Some(1), [0, 1]), "another tenant's stay");
}

#[test]
fn a_killed_erasure_is_finished() {
    let bench = Bench::new();
    let calls = bench.calls("calls.ndjson", 10_000);
    bench.import(TENANT, &calls);
    let words = ["erase", "--number", NUMBER, "--rows", "--yes", "--json"];
    let mut pause = Duration::from_millis(20);
    loop {
        let began = Instant::now();
        let mut erasing = bench
            .binary
            .command(&words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while began.elapsed() < pause && erasing.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        let has_ended = erasing.try_wait().unwrap().is_some();
        let _ = erasing.kill();
        erasing.wait().unwrap();
        let listed = bench.json(&["erase", "list", "--json"]);
        if listed.as_array().unwrap().iter().any(|entry| entry["isDone"] == true) {
            break;
        }
        assert!(listed.as_array().unwrap().is_empty(), "opening the store finished it: {listed}");
        assert!(!has_ended, "it ended and is not on the list");
        pause += pause / 5;
    }
    let left = bench.rows(TENANT);
    assert_eq!(left.lines().count(), 9_000);
    assert!(!has_number(&left));
    assert_eq!(bench.import(TENANT, &calls)["new"], 0);
}

#[test]
fn a_backup_that_is_put_back_brings_nobody_back() {
    let bench = Bench::new();
    let calls = bench.calls("calls.ndjson", ROWS);
    bench.import(TENANT, &calls);
    let store = bench.binary.data().join("trunklog.duckdb");
    let backup = bench.folder.path().join("backup.duckdb");
    fs::copy(&store, &backup).unwrap();
    bench.binary.ok(&["erase", "--number", NUMBER, "--rows", "--yes"]);
    for file in ["trunklog.duckdb", "trunklog.duckdb.wal", "trunklog.commit"] {
        let _ = fs::remove_file(bench.binary.data().join(file));
    }
    fs::copy(&backup, &store).unwrap();
    let left = bench.rows(TENANT);
    assert_eq!(left.lines().count(), 1_800);
    assert!(!has_number(&left));
    assert_eq!(bench.import(TENANT, &calls)["withheld"], 200);
}

#[test]
fn nothing_is_left_on_the_disk_after_scrubbing() {
    let bench = Bench::new();
    bench.import(TENANT, &bench.calls("calls.ndjson", 20_000));
    bench.binary.ok(&["erase", "--number", NUMBER, "--rows", "--yes"]);
    bench.binary.ok(&["erase", "--user", "user7@contoso.com", "--blank", "--yes"]);
    bench.binary.ok(&["erase", "scrub"]);
    let left = texts(bench.binary.data());
    assert!(!has_number(&left) && !left.contains("user7@contoso.com"));
    assert_eq!(bench.rows(TENANT).lines().count(), 18_000);
    let checked = bench.binary.ok(&["check", "--deep", "--reports"]);
    assert!(!checked.contains("failed "), "{checked}");
}

#[test]
fn a_hold_keeps_rows_until_it_is_removed() {
    let bench = Bench::new();
    bench.import(TENANT, &bench.calls("calls.ndjson", ROWS));
    bench.binary.ok(&["hold", "add", "case-7", "--number", NUMBER, "--reason", "a case"]);
    let listed = bench.json(&["hold", "list", "--json"]);
    assert_eq!((&listed[0]["name"], &listed[0]["reason"]), (&"case-7".into(), &"a case".into()));
    let words = ["erase", "--number", NUMBER, "--rows", "--yes"];
    for is_served in [false, true] {
        let server = is_served.then(|| bench.binary.serve(&[]));
        let refused = bench.binary.run(&words);
        assert_eq!(refused.code, Some(1));
        assert!(refused.stderr.contains("the hold case-7 keeps 200"), "{refused:?}");
        drop(server);
    }
    assert_eq!(bench.json(&["erase", "list", "--json"]).as_array().unwrap().len(), 0);
    let twice = bench.binary.run(&["hold", "add", "case-7", "--from", "2026-01-01"]);
    assert!(twice.code == Some(1) && twice.stderr.contains("already"), "{twice:?}");
    bench.binary.ok(&["hold", "remove", "case-7"]);
    bench.binary.ok(&words);
    assert!(!has_number(&bench.rows(TENANT)));
}

#[test]
fn a_person_gets_all_rows() {
    let bench = Bench::new();
    bench.import(TENANT, &bench.calls("calls.ndjson", ROWS));
    let folder = bench.folder.path().join("rows");
    let zip = bench.folder.path().join("rows.zip");
    for target in [&folder, &zip] {
        let words = ["export", "--number", NUMBER, "--output", target.to_str().unwrap()];
        let said = bench.binary.ok(&words);
        assert!(said.starts_with("200 rows of the number "), "{said}");
        assert_eq!(bench.binary.run(&words).code, Some(1), "nothing is replaced");
    }
    let lines = fs::read_to_string(folder.join("directRoutingCalls.ndjson")).unwrap();
    assert_eq!(lines.lines().count(), 200);
    assert!(lines.lines().all(has_number));
    let csv = fs::read_to_string(folder.join("directRoutingCalls.csv")).unwrap();
    assert_eq!(csv.lines().count(), 201);
    assert!(!folder.join("sms.csv").exists(), "there are no messages of the number");
    assert!(fs::read_to_string(folder.join("README.md")).unwrap().contains("directRoutingCalls: 200 rows"));
    let packed = fs::read(&zip).unwrap();
    assert!(packed.starts_with(b"PK\x03\x04"));
    assert_eq!(packed[packed.len() - 12..packed.len() - 10], 3_u16.to_le_bytes(), "three files");
}
