//! Cases about the numbers of commits, in one sequence for all logs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use trunklog_odata::Instant;
use trunklog_records::schema::{LOGS, PSTN_BLOCKED_USERS, PSTN_CALLS, SMS};
use trunklog_records::{Log, TimeRange};
use trunklog_store::{Erase, Erasure, PageQuery, Selection, Store, Watermark};

use super::Fixture;
use super::rows::{
    CALLS, Draft, SEC, append, at, draft, newest, one_a_second, page, range, row_of, rows_of, since, store,
    tenant, together, walk,
};

fn all_of(log: &'static Log) -> Selection {
    Selection::all(log, TimeRange::ALL)
}

fn count(store: &dyn Store, log: &'static Log, watermark: Watermark) -> u64 {
    store.count(&all_of(log), Some(watermark)).expect("rows can be counted")
}

/// Each commit takes a number above all before, whatever its log; a walk over
/// any log starts at the newest, and each number stays what it was.
pub fn commits_of_all_logs_have_one_sequence(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    assert_eq!(newest(&*store), Watermark(0), "before the first commit");
    let mut last = Watermark(0);
    let mut seen: Vec<(Watermark, BTreeMap<&str, u64>)> = Vec::new();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for round in 0..3 {
        for log in LOGS {
            let drafts = [draft(round * SEC, format!("{round} a")), draft(-round, format!("{round} b"))];
            store.append(&rows_of(log, &drafts)).expect("the rows can be stored");
            let now = newest(&*store);
            assert!(now > last, "the commit of {} in round {round} has no new number", log.name);
            last = now;
            *counts.entry(log.name).or_default() += 2;
            seen.push((now, counts.clone()));
            for other in LOGS {
                let first = page(&*store, &PageQuery::first(other, TimeRange::ALL, 1));
                assert_eq!(first.watermark, now, "a walk over {}", other.name);
            }
        }
    }
    for (watermark, counts) in seen {
        for log in LOGS {
            let expected = counts.get(log.name).copied().unwrap_or(0);
            assert_eq!(count(&*store, log, watermark), expected, "{} at {watermark:?}", log.name);
            let walked = walk(&*store, since(watermark, PageQuery::first(log, TimeRange::ALL, 4)));
            assert_eq!(walked.len() as u64, expected, "a walk over {} at {watermark:?}", log.name);
        }
    }
    let other = engine.tenant(tenant(2));
    assert_eq!(newest(&*other), Watermark(0), "the number of another tenant");
    append(&*other, &one_a_second(2));
    assert_eq!(newest(&*store), last, "after a commit of another tenant");
}

/// What changes nothing that readers see takes no number.
pub fn what_changes_nothing_takes_no_number(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = one_a_second(20);
    append(&*store, &drafts);
    let of_graph = row_of(CALLS, 0, "graph", &[("correlationId", "c")]);
    store.append(&together(CALLS, &[of_graph])).expect("the row can be stored");
    let before = newest(&*store);
    let unchanged = |what: &str| assert_eq!(newest(&*store), before, "{what} takes a number");
    append(&*store, &[]);
    unchanged("an append without rows");
    append(&*store, &drafts);
    unchanged("an append of the same rows");
    let bare = Draft { name: None, duration: None, ..drafts[3].clone() };
    append(&*store, &[bare.clone(), bare]);
    unchanged("an update with nulls");
    let other = row_of(CALLS, 1, "other", &[("correlationId", "c"), ("recordedBy", "export")]);
    store.append(&together(CALLS, &[other])).expect("the row can be given");
    unchanged("a row that gives way at once");
    for before in [at(0), Instant::ABSENT] {
        assert_eq!(store.forget(CALLS, before).expect("rows can be forgotten"), 0);
    }
    assert_eq!(store.forget(&SMS, Instant::MAX).expect("rows can be forgotten"), 0);
    unchanged("forgetting nothing");
    let nothing = Selection::all(CALLS, range(-9 * SEC, -SEC));
    let erasures = [
        (nothing.clone(), Erase::Rows),
        (nothing, Erase::Properties(vec![CALLS.properties.len()])),
        (all_of(CALLS), Erase::Properties(vec![CALLS.properties.len()])),
        (all_of(&SMS), Erase::Rows),
    ];
    for (selection, what) in erasures {
        assert_eq!(store.erase(&Erasure { selection, what }).expect("nothing can be erased"), 0);
    }
    unchanged("erasing nothing");
    assert!(engine.exchange_state("kit/mark", None, Some("1")).expect("states can be set"));
    unchanged("a state");
    engine.tidy().expect("the store can be tidied");
    unchanged("tidying");
    assert_eq!(append(&*store, &[draft(1, "new")]).new, 1);
    assert!(newest(&*store) > before, "a new row takes no number");
}

/// While several logs are written at the same time, one who reads a number has
/// seen all rows up to it: none comes later.
pub fn commits_become_visible_in_order(fixture: &dyn Fixture) {
    const APPENDS: i64 = 12;
    let engine = fixture.open();
    let store = store(&engine);
    let store: &dyn Store = &*store;
    let written: [&'static Log; 3] = [CALLS, &PSTN_CALLS, &PSTN_BLOCKED_USERS];
    let done = AtomicUsize::new(0);
    let counts_at = |watermark| written.map(|log| count(store, log, watermark));
    let mut seen = Vec::new();
    thread::scope(|scope| {
        let done = &done;
        for log in written {
            scope.spawn(move || {
                for number in 0..APPENDS {
                    let drafts = [draft(number * SEC, format!("{number}")), draft(-number * SEC, "back")];
                    // A reader must not wait for a writer that failed.
                    let stored = store.append(&rows_of(log, &drafts));
                    if number + 1 == APPENDS || stored.is_err() {
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                    stored.expect("the rows can be stored");
                }
            });
        }
        loop {
            let is_last = done.load(Ordering::Relaxed) == written.len();
            let watermark = newest(store);
            seen.push((watermark, counts_at(watermark)));
            if is_last {
                break;
            }
            thread::yield_now();
        }
    });
    assert!(seen.is_sorted_by_key(|(watermark, _)| *watermark), "the newest number went back");
    assert!(seen.iter().any(|(watermark, _)| *watermark > Watermark(0)), "nothing was seen");
    seen.dedup();
    for (watermark, counts) in seen {
        assert_eq!(counts_at(watermark), counts, "rows up to {watermark:?} came after it was read");
    }
}
