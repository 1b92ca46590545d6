//! Cases about deleting what is old.

use trunklog_odata::Instant;
use trunklog_odata::expr::Comparison;
use trunklog_records::TimeRange;
use trunklog_records::schema::{PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};
use trunklog_store::{OldRows, PageQuery, Selection, Start, Store};

use super::Fixture;
use super::expressions::{compare, int, property};
use super::rows::{
    CALLS, Draft, SEC, all, append, appended, assert_same, at, draft, in_order, one_a_second, page, rows_of,
    shuffled, store, stored, tenant, walk,
};

fn forget(store: &dyn Store, before: Instant) -> u64 {
    store.forget(CALLS, before).expect("rows can be forgotten")
}

/// Compares pages, counts and skips with the rows that should be left.
fn check(store: &dyn Store, left: &[Draft]) {
    let expected = in_order(left);
    assert_same(&stored(store), &expected, "what is left");
    assert_same(&walk(store, all(7)), &expected, "what is left, in small pages");
    let selection = Selection::all(CALLS, TimeRange::ALL);
    assert_eq!(store.count(&selection, None).expect("rows can be counted"), expected.len() as u64);
    for skip in (0..expected.len()).step_by(13).chain([expected.len()]) {
        let found = page(store, &PageQuery { start: Start::Skip(skip as u64), ..all(1) });
        let id = (!found.rows.is_empty()).then(|| found.rows.id(0));
        assert_eq!(id, expected.get(skip).map(|row| row.key.id.as_str()), "after {skip} rows");
    }
    let long = Some(compare(Comparison::Greater, property(CALLS, "duration"), int(5)));
    let long = Selection { filter: long, ..selection };
    let count = left.iter().filter(|draft| draft.duration > Some(5)).count();
    assert_eq!(store.count(&long, None).expect("rows can be counted"), count as u64);
}

/// What is older is deleted, to the instant, and nothing else: not the rows of
/// another log or tenant.
pub fn what_is_older_is_forgotten(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let (store, other) = (store(&engine), engine.tenant(tenant(2)));
    assert_eq!(forget(&*store, at(0)), 0, "a store without rows forgets some");
    let mut drafts = one_a_second(300);
    drafts.extend((0..20).map(|n| Draft { duration: Some(9), ..draft(100 * SEC, format!("same {n}")) }));
    drafts.push(draft(100 * SEC - 1, "just before"));
    append(&*store, &shuffled(&drafts, 101));
    append(&*other, &drafts[..50]);
    let pstn = rows_of(&PSTN_CALLS, &drafts[..30]);
    store.append(&pstn).expect("the rows can be stored");

    assert_eq!(forget(&*store, at(-1)), 0);
    assert_eq!(forget(&*store, at(0)), 0, "a row at the instant itself is not older");
    for (before, gone) in [(1, 1), (100 * SEC, 100), (100 * SEC, 0), (100 * SEC + 1, 21)] {
        assert_eq!(forget(&*store, at(before)), gone, "before {before}");
        let left: Vec<Draft> = drafts.iter().filter(|draft| draft.time >= at(before)).cloned().collect();
        check(&*store, &left);
    }
    let count = |store: &dyn Store, log| {
        store.count(&Selection::all(log, TimeRange::ALL), None).expect("rows can be counted")
    };
    assert_eq!(count(&*other, CALLS), 50, "another tenant's rows");
    assert_eq!(count(&*store, &PSTN_CALLS), 30, "another log's rows");
    assert_eq!(forget(&*store, Instant::MAX), 199);
    check(&*store, &[]);
}

/// What would be deleted is what is deleted afterwards, and asking deletes
/// nothing.
pub fn what_would_be_forgotten_is_counted(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let forgettable = |before| store.forgettable(CALLS, before).expect("old rows can be counted");
    assert_eq!(forgettable(Instant::MAX), OldRows::default(), "of a store without rows");
    let mut drafts = one_a_second(300);
    drafts.push(draft(-1, "the oldest"));
    append(&*store, &shuffled(&drafts, 103));
    // What is computed from these rows is not stored, and cannot be forgotten.
    store.append(&rows_of(&PSTN_CALLS, &drafts[..30])).expect("the rows can be stored");
    let report = store.forgettable(&PSTN_ONLINE_MEETING_DIALOUT, Instant::MAX);
    assert_eq!(report.expect("old rows can be counted"), OldRows::default());

    let mut of = 301;
    for (before, rows) in [(-1, 0), (0, 1), (1, 1), (100 * SEC, 99), (100 * SEC + 1, 1), (1_000 * SEC, 199)] {
        let oldest = drafts.iter().map(|draft| draft.time).filter(|time| *time < at(before)).min();
        let expected = OldRows { rows, of, oldest };
        for _ in 0..2 {
            assert_eq!(forgettable(at(before)), expected, "before {before}");
        }
        assert_eq!(forget(&*store, at(before)), rows, "before {before}");
        drafts.retain(|draft| draft.time >= at(before));
        of -= rows;
        assert_eq!(forgettable(at(before)), OldRows { rows: 0, of, oldest: None }, "before {before}");
    }
}

/// A row that was forgotten is new when it comes again, and rows that follow
/// are stored as ever.
pub fn what_was_forgotten_may_come_again(fixture: &dyn Fixture) {
    let drafts = one_a_second(200);
    {
        let engine = fixture.open();
        let store = store(&engine);
        append(&*store, &drafts);
        assert_eq!(forget(&*store, at(120 * SEC)), 120);
        assert_eq!(append(&*store, &drafts[100..140]), appended(20, 0, 20));
        check(&*store, &drafts[100..]);
        let later = draft(500 * SEC, "later");
        assert_eq!(append(&*store, &[later.clone()]), appended(1, 0, 0));
        check(&*store, &[&drafts[100..], &[later]].concat());
        assert_eq!(forget(&*store, at(110 * SEC)), 10);
    }
    let engine = fixture.open();
    let store = store(&engine);
    let expected = [&drafts[110..], &[draft(500 * SEC, "later")]].concat();
    check(&*store, &expected);
    engine.tidy().expect("the store can be tidied");
    check(&*store, &expected);
    assert_eq!(append(&*store, &expected), appended(0, 0, 91));
}

/// A walk that is under way goes on with the rows that are left.
pub fn walks_go_on_after_forgetting(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = one_a_second(100);
    append(&*store, &drafts);
    let query = all(10);
    let first_page = page(&*store, &query);
    let rest = query.after(&first_page).expect("100 rows are more than a page");
    assert_eq!(forget(&*store, at(5 * SEC)), 5);
    assert_same(&walk(&*store, rest.clone()), &in_order(&drafts)[10..], "rows after those forgotten");
    assert_eq!(forget(&*store, at(50 * SEC)), 45);
    append(&*store, &drafts[..5]);
    assert_same(&walk(&*store, rest), &in_order(&drafts)[50..], "rows of which some were forgotten");
}
