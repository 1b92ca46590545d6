//! Tenants: names, merging, removing.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Bench, NUMBER, OTHER, TENANT};

fn ids(rows: &str) -> BTreeSet<&str> {
    rows.lines().map(|line| line.split('"').nth(3).unwrap()).collect()
}

fn view(bench: &Bench, tenant: &str) -> Value {
    let list = bench.json(&["tenant", "list", "--json"]);
    list.as_array().unwrap().iter().find(|of| of["tenant"] == tenant).cloned().unwrap_or_default()
}

#[test]
fn a_tenant_can_be_named() {
    let bench = Bench::new();
    bench.import(TENANT, &bench.calls("calls.ndjson", 10));
    assert_eq!(view(&bench, TENANT)["name"], Value::Null);
    bench.binary.ok(&["tenant", "rename", TENANT, "Contoso GmbH"]);
    let named = view(&bench, TENANT);
    assert_eq!((&named["name"], &named["rows"]), (&"Contoso GmbH".into(), &10.into()));
    bench.binary.ok(&["tenant", "rename", TENANT, ""]);
    assert_eq!(view(&bench, TENANT)["name"], Value::Null);
    assert_eq!(bench.binary.run(&["tenant", "rename", TENANT, "a\nb"]).code, Some(1));
}

#[test]
fn a_killed_merge_loses_and_doubles_nothing() {
    const ROWS: u32 = 40_000;
    let bench = Bench::new();
    let (all, half) = (bench.calls("all.ndjson", ROWS), bench.calls("half.ndjson", ROWS / 2));
    bench.import(TENANT, &all);
    bench.import(OTHER, &half);
    bench.binary.ok(&["hold", "add", "case-7", "--tenant", TENANT, "--to", "2026-10-02"]);
    let expected = bench.rows(TENANT);
    let plan = bench.json(&["tenant", "merge", TENANT, "--into", OTHER, "--json"]);
    assert_eq!((&plan["isDone"], &plan["logs"][0]["rows"]), (&false.into(), &ROWS.into()));
    assert_eq!(bench.rows(TENANT), expected, "it was only said what would be done");

    let words = ["tenant", "merge", TENANT, "--into", OTHER, "--yes", "--json"];
    let mut pause = Duration::from_millis(20);
    loop {
        let began = Instant::now();
        let mut merging = bench
            .binary
            .command(&words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while began.elapsed() < pause && merging.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        let has_ended = merging.try_wait().unwrap().is_some();
        let _ = merging.kill();
        merging.wait().unwrap();
        if has_ended {
            break;
        }
        // All rows are there all the time, in one of the two or in both.
        let (from, into) = (bench.rows(TENANT), bench.rows(OTHER));
        assert_eq!(ids(&from).union(&ids(&into)).count(), usize::try_from(ROWS).unwrap());
        pause += pause / 2;
    }
    bench.binary.ok(&words);
    assert_eq!(bench.rows(OTHER), expected);
    assert_eq!(bench.rows(TENANT), "");
    assert_eq!(view(&bench, TENANT)["state"], format!("merged into {OTHER}"));
    assert_eq!(bench.json(&["hold", "list", "--tenant", OTHER, "--json"])[0]["name"], "case-7");
    let checked = bench.binary.ok(&["check", "--reports"]);
    assert!(!checked.contains("failed "), "{checked}");

    // What still has the old id is told where the rows are.
    let (refused, _) = bench.binary.import(TENANT, &half);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains(&format!("was merged into {OTHER}")), "{refused:?}");
    bench.binary.ok(&["tenant", "reopen", TENANT]);
    assert_eq!(bench.import(TENANT, &half)["new"], ROWS / 2);
}

#[test]
fn who_was_erased_in_a_tenant_is_erased_after_merging() {
    let bench = Bench::new();
    let calls = bench.calls("calls.ndjson", 100);
    bench.import(TENANT, &calls);
    bench.binary.ok(&["erase", "--tenant", TENANT, "--number", NUMBER, "--rows", "--yes"]);
    bench.binary.ok(&["tenant", "merge", TENANT, "--into", OTHER, "--yes"]);
    assert_eq!(bench.rows(OTHER).lines().count(), 90);
    assert_eq!(bench.import(OTHER, &calls)["withheld"], 10);
}

/// Rows that are safe in one tenant may be too old for the other.
#[test]
fn rows_that_the_other_tenant_does_not_keep_are_told_before_merging() {
    let bench = Bench::new();
    bench.import(TENANT, &bench.calls("calls.ndjson", 100));
    let config = bench.folder.path().join("trunklog.toml");
    let keeps = format!("[tenants.\"{OTHER}\"]\nretention = {{ directRoutingCalls = 1 }}\n");
    std::fs::write(&config, keeps).unwrap();
    let config = config.to_str().unwrap();
    let words = ["tenant", "merge", TENANT, "--into", OTHER, "--config", config];
    let told = bench.binary.ok(&words);
    assert!(told.contains("100 rows of directRoutingCalls are older than the 1 day that "), "{told}");
    assert!(told.contains("which had no rows"), "{told}");
    // The other way round, they are kept.
    bench.import(OTHER, &bench.calls("calls.ndjson", 100));
    let told = bench.binary.ok(&["tenant", "merge", OTHER, "--into", TENANT, "--config", config]);
    assert!(!told.contains("are older") && !told.contains("had no rows"), "{told}");
}

#[test]
fn a_removed_tenant_leaves_others_alone() {
    let bench = Bench::new();
    let calls = bench.calls("calls.ndjson", 1_000);
    for tenant in [TENANT, OTHER] {
        bench.import(tenant, &calls);
    }
    bench.binary.add_application(TENANT, "Billing");
    bench.binary.ok(&["hold", "add", "case-7", "--tenant", TENANT, "--to", "2026-10-02"]);
    let held = bench.binary.run(&["tenant", "remove", TENANT, "--yes"]);
    assert!(held.code == Some(1) && held.stderr.contains("the hold case-7"), "{held:?}");
    bench.binary.ok(&["hold", "remove", "case-7", "--tenant", TENANT]);
    let plan = bench.json(&["tenant", "remove", TENANT, "--json"]);
    assert_eq!((&plan["logs"][0]["rows"], &plan["applications"]), (&1_000.into(), &1.into()));
    assert_eq!(bench.rows(TENANT).lines().count(), 1_000);
    let server = bench.binary.serve(&[]);
    bench.binary.ok(&["tenant", "remove", TENANT, "--yes"]);
    assert_eq!(bench.rows(TENANT), "");
    assert_eq!(bench.rows(OTHER).lines().count(), 1_000);
    assert_eq!(bench.binary.ok(&["app", "list", "--json"]).trim(), "[]");
    let (refused, _) = bench.binary.import(TENANT, &calls);
    assert!(refused.code == Some(1) && refused.stderr.contains("was removed"), "{refused:?}");
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(bench.binary.run(&["tenant", "remove", "7e570000-0000-4000-8000-000000000009"]).code, Some(1));
}
