//! Cases about what a query may see: ranges, logs and tenants.

use trunklog_odata::Instant;
use trunklog_records::schema::{LOGS, PSTN_CALLS};
use trunklog_records::{Log, TimeRange};
use trunklog_store::{Key, PageQuery, Selection, Start, Store, Watermark};

use super::Fixture;
use super::rows::{
    CALLS, Draft, HOUR, SEC, YEAR, all, append, appended, assert_same, at, draft, draft_at, in_order,
    one_a_second, page, range, rows_of, store, stored, tenant, walk,
};

fn ids(store: &dyn Store, log: &'static Log, range: TimeRange) -> Vec<String> {
    let found: Vec<String> =
        walk(store, PageQuery::first(log, range, 2)).into_iter().map(|row| row.key.id).collect();
    assert_eq!(count(store, log, range), found.len() as u64, "the count is that of a walk");
    found
}

fn count(store: &dyn Store, log: &'static Log, range: TimeRange) -> u64 {
    store.count(&Selection::all(log, range), None).expect("rows can be counted")
}

/// Without rows, everything is empty and nothing fails.
pub fn an_empty_store_answers(fixture: &dyn Fixture) {
    let engine = fixture.open();
    engine.check().expect("an empty store can serve");
    engine.tidy().expect("an empty store can be tidied");
    assert_eq!(engine.tenants().expect("tenants can be listed"), []);
    let store = store(&engine);
    for log in LOGS {
        for start in [Start::Skip(0), Start::Skip(1), Start::After(Key::new(at(0), "x"))] {
            let query = PageQuery { start, ..PageQuery::first(log, TimeRange::ALL, 10) };
            let page = page(&*store, &query);
            assert!(page.rows.is_empty() && page.next.is_none(), "{} has rows", log.name);
        }
        assert_eq!(count(&*store, log, TimeRange::ALL), 0);
    }
    // A walk that started before the first row stays empty.
    let watermark = page(&*store, &all(10)).watermark;
    append(&*store, &one_a_second(5));
    let query = PageQuery { watermark: Some(watermark), ..all(10) };
    assert!(page(&*store, &query).rows.is_empty(), "a walk sees a row that came after it started");
    let query = PageQuery { watermark: Some(Watermark(0)), ..all(10) };
    assert!(page(&*store, &query).rows.is_empty(), "the watermark of nothing sees rows");
    engine.check().expect("a store with rows can serve");
}

/// `from` belongs to a range and `to` does not, in steps of 100 ns.
pub fn bounds_hold_to_the_instant(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    append(
        &*store,
        &[
            draft(-1, "-1"),
            draft(0, "0"),
            draft(1, "1"),
            draft(SEC - 1, "s-1"),
            draft(SEC, "s"),
            draft(SEC + 1, "s+1"),
        ],
    );
    for (from, to, expected) in [
        (0, 0, &[][..]),
        (0, 1, &["0"]),
        (-1, 1, &["-1", "0"]),
        (1, 2, &["1"]),
        (1, SEC - 1, &["1"]),
        (1, SEC, &["1", "s-1"]),
        (2, SEC + 1, &["s-1", "s"]),
        (SEC, SEC + 2, &["s", "s+1"]),
        (SEC + 1, SEC + 1, &[]),
        (SEC + 2, YEAR, &[]),
        (-YEAR, -1, &[]),
        (-YEAR, YEAR, &["-1", "0", "1", "s-1", "s", "s+1"]),
    ] {
        assert_eq!(ids(&*store, CALLS, range(from, to)), expected, "from {from} to {to}");
    }
}

/// A row at `to` belongs to a range of PSTN calls.
pub fn pstn_ranges_include_their_upper_bound(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let log = &PSTN_CALLS;
    let rows = rows_of(log, &[draft(-1, "-1"), draft(0, "0"), draft(1, "1"), draft(2, "2")]);
    store.append(&rows).expect("the rows can be stored");
    for (from, to, expected) in [
        (0, 0, &["0"][..]),
        (0, 1, &["0", "1"]),
        (-5, -1, &["-1"]),
        (-5, -2, &[]),
        (2, 9, &["2"]),
        (3, 9, &[]),
    ] {
        let range = TimeRange::of(log, at(from), at(to)).expect("the range starts before it ends");
        assert_eq!(ids(&*store, log, range), expected, "from {from} to {to}");
    }
}

/// Tenants with the same ids do not see or change each other's rows.
pub fn tenants_are_kept_apart(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let (first, second, third) =
        (engine.tenant(tenant(9)), engine.tenant(tenant(2)), engine.tenant(tenant(5)));
    let drafts = one_a_second(40);
    let others: Vec<_> =
        drafts[10..].iter().map(|draft| Draft { duration: Some(1), ..draft.clone() }).collect();
    assert_eq!(append(&*first, &drafts), appended(40, 0, 0));
    assert_eq!(append(&*second, &others), appended(30, 0, 0));
    assert_same(&stored(&*first), &in_order(&drafts), "the first tenant");
    assert_same(&stored(&*second), &in_order(&others), "the second tenant");
    assert!(stored(&*third).is_empty(), "a tenant without rows has rows");
    assert_eq!(count(&*second, CALLS, TimeRange::ALL), 30);
    assert_eq!(engine.tenants().expect("tenants can be listed"), [tenant(2), tenant(9)]);
}

/// Logs with the same ids do not see or change each other's rows.
pub fn logs_are_kept_apart(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    for (log, count) in LOGS.into_iter().zip(1..) {
        let rows = rows_of(log, &one_a_second(count));
        assert_eq!(store.append(&rows).expect("the rows can be stored"), appended(u64::from(count), 0, 0));
    }
    for (log, count) in LOGS.into_iter().zip(1..) {
        assert_eq!(ids(&*store, log, TimeRange::ALL).len(), count, "{}", log.name);
    }
    assert_eq!(engine.tenants().expect("tenants can be listed"), [tenant(1)]);
}

/// Counts agree with what was stored, before and after updates.
pub fn counts_are_exact(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = one_a_second(100);
    append(&*store, &drafts);
    append(&*store, &[Draft { duration: None, name: Some("n".to_owned()), ..drafts[3].clone() }]);
    let watermark = page(&*store, &all(1)).watermark;
    append(&*store, &[draft(10 * HOUR, "far"), draft(10 * SEC + 1, "near")]);
    let before = store.count(&Selection::all(CALLS, TimeRange::ALL), Some(watermark));
    assert_eq!(before.expect("rows can be counted"), 100, "at the watermark before");
    for (from, to, expected) in [
        (0, 100 * SEC, 101),
        (0, 10 * SEC, 10),
        (0, 10 * SEC + 1, 11),
        (0, 10 * SEC + 2, 12),
        (HOUR, YEAR, 1),
    ] {
        assert_eq!(count(&*store, CALLS, range(from, to)), expected, "from {from} to {to}");
    }
}

/// Instants at both ends of the calendar are kept and found.
pub fn years_1_and_9999_are_reached(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    // No range contains the very last instant, as ranges end before their end.
    let last = Instant::MAX.saturating_add_ticks(-1);
    let drafts = [
        draft_at(last, "last"),
        draft_at(Instant::ABSENT, "first"),
        draft(0, "now"),
        draft_at(Instant::ABSENT.saturating_add_ticks(1), "second"),
        draft_at(Instant::ABSENT, "also first"),
    ];
    assert_eq!(append(&*store, &drafts), appended(5, 0, 0));
    assert_eq!(append(&*store, &drafts), appended(0, 0, 5));
    for limit in [1, 2, 10] {
        assert_same(&walk(&*store, all(limit)), &in_order(&drafts), "over all of time");
    }
    for (skip, id) in [(0, "also first"), (1, "first"), (2, "second"), (3, "now"), (4, "last")] {
        let page = page(&*store, &PageQuery { start: Start::Skip(skip), ..all(1) });
        assert_eq!(page.rows.id(0), id, "after {skip} rows");
    }
    let until = |to| TimeRange::of(CALLS, Instant::ABSENT, to).expect("nothing is before the first instant");
    assert_eq!(ids(&*store, CALLS, until(Instant::ABSENT)), [""; 0]);
    assert_eq!(ids(&*store, CALLS, until(Instant::ABSENT.saturating_add_ticks(1))), ["also first", "first"]);
    let end = TimeRange::of(CALLS, last, Instant::MAX).expect("the last instant is before the end");
    assert_eq!(ids(&*store, CALLS, end), ["last"]);
}
