//! Who was erased does not come back by any source, and leaves the places beside the
//! store.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trunklog_testkit::Binary;

use super::{Bench, NUMBER, OTHER, TENANT, call, has_number};

const ROWS: u32 = 500;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until something is so.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// What was found or erased in a place beside the store.
fn items(receipt: &Value, place: &str) -> u64 {
    let places = receipt["elsewhere"].as_array().unwrap();
    places.iter().find(|of| of["place"] == place).unwrap()["items"].as_u64().unwrap()
}

#[test]
fn who_is_erased_does_not_come_back_by_a_pull() {
    let bench = Bench::new();
    let source = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &bench.folder.path().join("source"));
    let application = source.add_application(TENANT, "puller");
    let imported = source.import(TENANT, &bench.calls("calls.ndjson", ROWS));
    assert_eq!(imported.0.code, Some(0), "{imported:?}");
    let server = source.serve(&[]);
    fs::write(bench.folder.path().join("secret"), &application.client_secret).unwrap();
    let config = bench.folder.path().join("trunklog.toml");
    // Under another name, everything is read again.
    let pull = |name: &str| -> Value {
        let text = format!(
            "[[pull]]\nname = \"{name}\"\ntenant = \"{TENANT}\"\nclient_id = \"{}\"\nsecret_file = \"secret\"\n\
             url = \"http://{}\"\nlogs = [\"directRoutingCalls\"]\nrequests_per_minute = 100000\n",
            application.client_id, server.http
        );
        fs::write(&config, text).unwrap();
        bench.json(&["pull", "--quiet", "--json", "--config", config.to_str().unwrap()])
    };
    let first = pull("first");
    assert_eq!(first[0]["logs"][0]["new"], ROWS, "{first}");
    bench.binary.ok(&["erase", "--number", NUMBER, "--rows", "--yes"]);
    bench.binary.ok(&["erase", "--user", "user7@contoso.com", "--blank", "--yes"]);
    let left = bench.rows(TENANT);
    assert_eq!(left.lines().count(), 450);
    assert!(!has_number(&left) && !left.contains("user7@contoso.com"));
    let again = pull("again");
    let calls = &again[0]["logs"][0];
    assert_eq!(
        (&calls["rows"], &calls["new"], &calls["updated"]),
        (&ROWS.into(), &0.into(), &0.into()),
        "{again}"
    );
    assert_eq!(bench.rows(TENANT), left);
    // Nor to a server that runs.
    let target = bench.binary.serve(&[]);
    assert_eq!(pull("once-more")[0]["logs"][0]["new"], 0);
    assert_eq!(bench.rows(TENANT), left);
    assert_eq!(target.terminate(), Some(0));
    assert_eq!(server.terminate(), Some(0));
}

/// The one file of rejected records.
fn rejected(bench: &Bench) -> PathBuf {
    let folder = bench.binary.data().join("rejected");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

#[test]
fn who_is_erased_does_not_come_back_by_replayed_records() {
    let bench = Bench::new();
    bench.import(TENANT, &bench.calls("calls.ndjson", ROWS));
    bench.binary.ok(&["erase", "--number", NUMBER, "--rows", "--yes"]);
    let left = bench.rows(TENANT);
    let broken = bench.folder.path().join("broken.ndjson");
    fs::write(&broken, "{\"odd\":1}\n{\"odd\":2}\n{\"odd\":3}\n").unwrap();
    assert_eq!(bench.binary.import(TENANT, &broken).0.code, Some(3));
    // As if this version read what the one before did not: one call of the number, one of
    // somebody else, and one that is still none.
    let file = rejected(&bench);
    let mut records = [call(10), call(9_001)].into_iter();
    let lines: String = fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            if let Some(record) = records.next() {
                line["record"] = record.to_string().into();
            }
            line.to_string() + "\n"
        })
        .collect();
    assert!(has_number(&lines));
    fs::write(&file, lines).unwrap();
    let replayed = bench.binary.run(&["rejects", "replay", "--all", "--json"]);
    assert_eq!(replayed.code, Some(3), "{replayed:?}");
    let outcome: Value = serde_json::from_str(&replayed.stdout).unwrap();
    assert_eq!(
        (&outcome[0]["rows"], &outcome[0]["new"], &outcome[0]["withheld"], &outcome[0]["rejected"]),
        (&2.into(), &1.into(), &1.into(), &1.into()),
        "{outcome}"
    );
    let now = bench.rows(TENANT);
    assert_eq!(now.lines().count(), left.lines().count() + 1);
    assert!(!has_number(&now) && now.contains("call-009001"));
    assert!(!has_number(&fs::read_to_string(&file).unwrap()), "the record left the file with its person");
}

#[test]
fn records_of_another_tenant_stay() {
    let bench = Bench::new();
    bench.import(TENANT, &bench.calls("calls.ndjson", 20));
    let broken = bench.folder.path().join("broken.ndjson");
    fs::write(&broken, json!({"odd": NUMBER}).to_string() + "\n").unwrap();
    assert_eq!(bench.binary.import(OTHER, &broken).0.code, Some(3));
    let of = ["erase", "--tenant", TENANT, "--number", NUMBER, "--rows", "--yes", "--json"];
    assert_eq!(items(&bench.json(&of), "rejected records"), 0);
    assert!(has_number(&fs::read_to_string(rejected(&bench)).unwrap()));
    let of = ["erase", "--tenant", OTHER, "--number", NUMBER, "--rows", "--yes", "--json"];
    assert_eq!(items(&bench.json(&of), "rejected records"), 1);
    assert_eq!(fs::read_dir(bench.binary.data().join("rejected")).unwrap().count(), 0);
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".ndjson")).collect();
    names.sort();
    names
}

#[test]
fn files_that_were_taken_go_and_new_ones_bring_nobody_back() {
    let bench = Bench::new();
    let within = bench.folder.path().join("in");
    fs::create_dir(&within).unwrap();
    let config = bench.folder.path().join("trunklog.toml");
    let text = format!(
        "[[source]]\nkind = \"folder\"\nname = \"a\"\npath = \"in\"\ntenant = \"{TENANT}\"\npoll_secs = 1\n\
         quiet_secs = 0\n"
    );
    fs::write(&config, text).unwrap();
    let config = config.to_str().unwrap();
    let put = |name: &str, text: String| {
        let hidden = bench.folder.path().join("new");
        fs::write(&hidden, text).unwrap();
        fs::rename(hidden, within.join(name)).unwrap();
    };
    let calls =
        |numbers: Range<u32>| -> String { numbers.map(|number| call(number).to_string() + "\n").collect() };
    put("with.ndjson", calls(0..20));
    put("without.ndjson", calls(21..29));
    let server = bench.binary.serve(&["--config", config]);
    let is_done = |name: &str| within.join(format!("done/{name}.report.json")).exists();
    until("the files are not taken", || is_done("with.ndjson") && is_done("without.ndjson"));
    put("broken.ndjson", json!({"odd": NUMBER}).to_string() + "\n");
    let is_failed = || within.join("failed/broken.ndjson.report.json").exists();
    until("the file does not fail", is_failed);

    let of = ["erase", "--tenant", TENANT, "--number", NUMBER, "--json", "--config", config];
    assert_eq!(items(&bench.json(&of), "files of watched folders"), 1);
    assert_eq!(names(&within.join("done")), ["with.ndjson", "without.ndjson"], "it was only said");
    let words: Vec<&str> = of.into_iter().chain(["--rows", "--yes"]).collect();
    let erased = bench.binary.run(&words);
    // What nothing could be used of is the operator's.
    assert_eq!(erased.code, Some(1), "{erased:?}");
    let receipt: Value = serde_json::from_str(&erased.stdout).unwrap();
    assert_eq!(items(&receipt, "files of watched folders"), 1, "{receipt}");
    let not_reached = receipt["notReached"].to_string();
    assert!(not_reached.contains("1 file in ") && not_reached.contains("/in/failed"), "{receipt}");
    assert_eq!(names(&within.join("done")), ["without.ndjson"]);
    assert!(!is_done("with.ndjson"));
    fs::remove_dir_all(within.join("failed")).unwrap();
    bench.binary.ok(&words);

    let left = bench.rows(TENANT);
    assert!(!has_number(&left));
    put("again.ndjson", calls(0..25));
    until("the file is not taken", || is_done("again.ndjson"));
    let report = fs::read(within.join("done/again.ndjson.report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!((&report["rows"], &report["withheld"]), (&25.into(), &3.into()), "{report}");
    assert!(!has_number(&bench.rows(TENANT)));
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn what_the_audit_trail_says_of_a_person_is_nobodys_any_more() {
    let bench = Bench::new();
    bench.import(TENANT, &bench.calls("calls.ndjson", 20));
    bench.binary.ok(&["hold", "add", "case-7", "--number", NUMBER, "--reason", "a case"]);
    let zip = bench.folder.path().join("rows.zip");
    bench.binary.ok(&["export", "--number", NUMBER, "--output", zip.to_str().unwrap()]);
    bench.binary.ok(&["hold", "remove", "case-7"]);
    let keys = || {
        let entries = fs::read_dir(bench.binary.data().join("audit/keys")).unwrap();
        entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap_or_default()).collect::<String>()
    };
    assert!(has_number(&keys()));
    let of = ["erase", "--number", NUMBER, "--rows", "--yes", "--json"];
    assert_eq!(items(&bench.json(&of), "keys of the audit trail"), 1);
    assert!(!has_number(&keys()));
    let text = bench.binary.ok(&["audit", "export"]);
    let entries: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let whats: Vec<&str> = entries.iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    assert_eq!(
        whats,
        [
            "trail.started",
            "calls.import",
            "person.hold",
            "person.export",
            "person.export",
            "person.hold",
            "trail.forgot",
            "person.erase",
            "audit.export",
        ]
    );
    let subjects: Vec<&Value> = entries.iter().map(|entry| &entry["subject"]).collect();
    assert!(subjects[2].is_string() && subjects[2..6].iter().all(|subject| *subject == subjects[2]));
    assert!(subjects[7].is_null(), "an erasure leaves no new trace: {text}");
    assert_eq!((&entries[7]["rows"], &entries[7]["details"]["step"]), (&2.into(), &"rows".into()));
    bench.binary.ok(&["audit", "verify"]);
}
