//! Cases about taking rows away, or values from them.

use trunklog_odata::expr::Comparison;
use trunklog_records::TimeRange;
use trunklog_records::schema::{PSTN_CALLS, SMS};
use trunklog_store::evaluate::{Cell, Row};
use trunklog_store::{ChangedBuckets, Columns, Erase, Erasure, PageQuery, Selection, Store, Watermark};

use super::Fixture;
use super::expressions::{compare, descending, int, property, text};
use super::rows::{
    CALLS, Draft, HOUR, SEC, all, append, appended, assert_same, in_order, newest, one_a_second, page, range,
    row_of, rows_of, shuffled, since, store, stored, tenant, together, walk,
};

fn erase(store: &dyn Store, selection: Selection, what: Erase) -> u64 {
    store.erase(&Erasure { selection, what }).expect("what is stored can be erased")
}

fn index(name: &str) -> usize {
    CALLS.index_of(name).expect("the cases name properties of their log")
}

/// Rows of several durations, one a second.
fn drafts(count: u32) -> Vec<Draft> {
    let mut drafts = one_a_second(count);
    for (draft, number) in drafts.iter_mut().zip(0..) {
        draft.duration = Some(number % 5);
    }
    drafts
}

/// Calls of one duration, in a range.
fn of_duration(duration: i64, range: TimeRange) -> Selection {
    let filter = compare(Comparison::Equal, property(CALLS, "duration"), int(duration));
    Selection { filter: Some(filter), ..Selection::all(CALLS, range) }
}

/// The rows of a selection are gone, and no others: not those of another log or
/// tenant.
pub fn erased_rows_are_gone(fixture: &dyn Fixture) {
    let (mut left, other) = (drafts(200), one_a_second(50));
    {
        let engine = fixture.open();
        let (store, other_tenant) = (store(&engine), engine.tenant(tenant(2)));
        append(&*store, &shuffled(&left, 231));
        append(&*other_tenant, &other);
        store.append(&rows_of(&PSTN_CALLS, &other)).expect("the rows can be stored");
        let part = range(20 * SEC, 120 * SEC);
        // Neither order nor columns matter.
        let selection = Selection {
            order: vec![descending(property(CALLS, "duration"))],
            columns: Columns::Only(vec![]),
            ..of_duration(2, part)
        };
        assert_eq!(erase(&*store, selection.clone(), Erase::Rows), 20);
        left.retain(|draft| !(part.contains(draft.time) && draft.duration == Some(2)));
        assert_same(&stored(&*store), &in_order(&left), "what is left");
        assert_eq!(erase(&*store, selection, Erase::Rows), 0, "the same again");
        assert_eq!(erase(&*store, Selection::all(CALLS, range(150 * SEC, 160 * SEC)), Erase::Rows), 10);
        left.retain(|draft| !range(150 * SEC, 160 * SEC).contains(draft.time));
        assert_eq!(store.count(&Selection::all(&PSTN_CALLS, TimeRange::ALL), None).expect("a count"), 50);
        assert_eq!(stored(&*other_tenant).len(), 50);
    }
    let engine = fixture.open();
    let store = store(&engine);
    for _ in 0..2 {
        assert_same(&walk(&*store, all(7)), &in_order(&left), "what is left after opening again");
        let count = store.count(&Selection::all(CALLS, TimeRange::ALL), None).expect("rows can be counted");
        assert_eq!(count, left.len() as u64);
        engine.tidy().expect("the store can be tidied");
    }
    assert_eq!(erase(&*store, Selection::all(CALLS, TimeRange::ALL), Erase::Rows), left.len() as u64);
    assert!(stored(&*store).is_empty(), "rows after all were erased");
}

/// Named values become null, also the unknown properties; the count is that of
/// rows that had one. What comes later fills them again.
pub fn erased_values_are_null(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let mut drafts = drafts(60);
    for draft in drafts.iter_mut().step_by(3) {
        draft.dynamic = Some("\"later\":1".to_owned());
    }
    for draft in drafts.iter_mut().step_by(4) {
        draft.name = None;
    }
    append(&*store, &drafts);
    let given = drafts.clone();
    let whole = || Selection::all(CALLS, TimeRange::ALL);
    let unknown = CALLS.properties.len();
    assert_eq!(erase(&*store, whole(), Erase::Properties(vec![unknown])), 20);
    for draft in &mut drafts {
        draft.dynamic = None;
    }
    assert_same(&stored(&*store), &in_order(&drafts), "without unknown properties");
    let (name, duration) = (index("userDisplayName"), index("duration"));
    let had_name = drafts.iter().filter(|d| d.duration == Some(3) && d.name.is_some()).count() as u64;
    let names = Erase::Properties(vec![name]);
    assert_eq!(erase(&*store, of_duration(3, TimeRange::ALL), names.clone()), had_name);
    assert_eq!(erase(&*store, of_duration(3, TimeRange::ALL), names), 0, "the same again");
    for draft in drafts.iter_mut().filter(|draft| draft.duration == Some(3)) {
        draft.name = None;
    }
    assert_same(&stored(&*store), &in_order(&drafts), "without some names");
    let mut both = vec![name, duration];
    both.sort_unstable();
    let part = range(10 * SEC, 30 * SEC);
    assert_eq!(erase(&*store, Selection::all(CALLS, part), Erase::Properties(both)), 20);
    for draft in drafts.iter_mut().filter(|draft| part.contains(draft.time)) {
        (draft.name, draft.duration) = (None, None);
    }
    assert_same(&stored(&*store), &in_order(&drafts), "without two values");
    let count = store.count(&of_duration(3, part), None).expect("rows can be counted");
    assert_eq!(count, 0, "rows with a value that was erased");
    let changed = append(&*store, &given);
    assert!(changed.new == 0 && changed.updated > 20, "{changed:?}");
    assert_same(&stored(&*store), &in_order(&given), "after the rows came again");
}

/// A row that was erased is new when it comes again, for new walks alone.
pub fn erased_rows_may_come_again(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = drafts(40);
    append(&*store, &drafts);
    let before = newest(&*store);
    assert_eq!(erase(&*store, Selection::all(CALLS, range(0, 10 * SEC)), Erase::Rows), 10);
    assert_eq!(append(&*store, &drafts), appended(10, 0, 30));
    assert_eq!(append(&*store, &drafts), appended(0, 0, 40));
    assert_same(&stored(&*store), &in_order(&drafts), "after the rows came again");
    assert_same(&walk(&*store, since(before, all(9))), &in_order(&drafts)[10..], "the walk from before");
    engine.tidy().expect("the store can be tidied");
    assert_same(&stored(&*store), &in_order(&drafts), "after tidying");
}

/// A walk that is under way sees nothing of what was erased since, neither the
/// rows nor the values, nor rows that had given way to others.
pub fn walks_do_not_see_what_was_erased(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let mut drafts = drafts(50);
    append(&*store, &drafts);
    let exported = row_of(CALLS, HOUR, "exported", &[("correlationId", "c"), ("recordedBy", "export")]);
    let of_graph = row_of(CALLS, HOUR + 1, "graph", &[("correlationId", "c")]);
    store.append(&together(CALLS, &[exported])).expect("the row can be stored");
    let query = all(10);
    let first_page = page(&*store, &query);
    store.append(&together(CALLS, std::slice::from_ref(&of_graph))).expect("the row can be stored");
    assert_eq!(erase(&*store, Selection::all(CALLS, range(20 * SEC, 30 * SEC)), Erase::Rows), 10);
    let names = Erase::Properties(vec![index("userDisplayName")]);
    assert_eq!(erase(&*store, Selection::all(CALLS, range(30 * SEC, 40 * SEC)), names), 10);
    let call = compare(Comparison::Equal, property(CALLS, "correlationId"), text("c"));
    let call = Selection { filter: Some(call), ..Selection::all(CALLS, TimeRange::ALL) };
    erase(&*store, call, Erase::Rows);
    for draft in &mut drafts[30..40] {
        draft.name = None;
    }
    let left = [&drafts[10..20], &drafts[30..]].concat();
    let rest = query.after(&first_page).expect("50 rows are more than a page");
    assert_same(&walk(&*store, rest), &in_order(&left), "the walk from before");
    let selection = Selection::all(CALLS, TimeRange::ALL);
    let count = store.count(&selection, Some(first_page.watermark)).expect("rows can be counted");
    assert_eq!(count, 40, "the count at the walk's watermark");
    let graph = store.row(CALLS, of_graph.key.time, &of_graph.key.id).expect("a row can be looked for");
    assert!(graph.is_none(), "a row that was erased");
}

/// All of an erasure is one commit, however many rows and hours it touches.
pub fn an_erasure_is_one_commit(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let rows: Vec<Row> = (0..30).map(|hour| row_of(CALLS, hour * HOUR, "x", &[("userId", "u")])).collect();
    store.append(&together(CALLS, &rows)).expect("the rows can be stored");
    for what in [Erase::Properties(vec![index("userId")]), Erase::Rows] {
        let before = newest(&*store);
        assert_eq!(erase(&*store, Selection::all(CALLS, TimeRange::ALL), what.clone()), 30);
        let after = newest(&*store);
        assert!(after > before, "{what:?} takes no number");
        let changed = store.changed_buckets(CALLS, before).expect("changed buckets are known");
        let expected: Vec<_> = rows.iter().map(|row| (row.key.time, after)).collect();
        assert_eq!(changed, ChangedBuckets::These(expected), "{what:?}");
        let left = walk(&*store, all(100));
        assert_eq!(left.len(), if what == Erase::Rows { 0 } else { 30 });
        assert!(left.iter().all(|row| row.cells[index("userId")] == Cell::Null));
    }
    // A walk that started with the last row sees as little.
    assert!(walk(&*store, since(Watermark(1), all(100))).is_empty());
}

/// A tenant whose rows are all erased is none any more, until it has rows again.
pub fn a_tenant_without_rows_is_none(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let tenants = || engine.tenants().expect("tenants can be listed");
    let (first, second) = (store(&engine), engine.tenant(tenant(2)));
    append(&*first, &drafts(5));
    append(&*second, &drafts(5));
    first.append(&rows_of(&SMS, &drafts(3))).expect("the rows can be stored");
    assert_eq!(tenants(), [tenant(1), tenant(2)]);
    assert_eq!(erase(&*first, Selection::all(CALLS, TimeRange::ALL), Erase::Rows), 5);
    assert_eq!(tenants(), [tenant(1), tenant(2)], "a tenant with rows of another log");
    assert_eq!(erase(&*first, Selection::all(&SMS, TimeRange::ALL), Erase::Rows), 3);
    assert_eq!(tenants(), [tenant(2)], "a tenant without rows");
    engine.tidy().expect("the store can be tidied");
    assert_eq!(tenants(), [tenant(2)], "a tenant without rows, after tidying");
    append(&*first, &drafts(1));
    assert_eq!(tenants(), [tenant(1), tenant(2)], "a tenant that has rows again");
}

/// What does not fit the log is an error and changes nothing.
pub fn odd_erasures_are_refused(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = drafts(5);
    append(&*store, &drafts);
    let before = newest(&*store);
    let whole = Selection::all(CALLS, TimeRange::ALL);
    let (name, duration) = (index("userDisplayName"), index("duration"));
    let unknown = CALLS.properties.len();
    let refused = [
        vec![],
        vec![CALLS.id_index()],
        vec![CALLS.time_index()],
        vec![CALLS.id_index(), name],
        vec![unknown + 1],
        vec![name, name],
        vec![name.max(duration), name.min(duration)],
    ];
    for properties in refused {
        let erasure = Erasure { selection: whole.clone(), what: Erase::Properties(properties.clone()) };
        assert!(store.erase(&erasure).is_err(), "the properties {properties:?} can be erased");
    }
    let misfit = Selection { filter: Some(property(CALLS, "duration")), ..whole.clone() };
    let columns = Selection { columns: Columns::Only(vec![unknown + 1]), ..whole };
    for selection in [misfit, columns] {
        let what = Erase::Rows;
        assert!(store.erase(&Erasure { selection, what }).is_err(), "a selection that does not fit");
    }
    assert_eq!(newest(&*store), before);
    assert_same(&walk(&*store, PageQuery::first(CALLS, TimeRange::ALL, 10)), &in_order(&drafts), "all rows");
}
