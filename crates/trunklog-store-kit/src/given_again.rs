//! Cases about rows that gave way to others and are given again.

use trunklog_odata::expr::Comparison;
use trunklog_records::TimeRange;
use trunklog_records::schema::RECORDED_BY;
use trunklog_store::evaluate::{Cell, Row, take_row};
use trunklog_store::{AppendCounts, ChangesQuery, Erase, Erasure, Selection, Store, Watermark};

use super::Fixture;
use super::clock::TurnedClock;
use super::expressions::{compare, property, text};
use super::rows::{CALLS, all, assert_same, newest, row_of, since, store, stored, tenant, together, walk};

/// What the rows of one call have in common.
const CALL: [(&str, &str); 4] = [
    ("correlationId", "c"),
    ("userId", "u"),
    ("callType", "ByotOutUserForwarding"),
    ("calleeNumber", "+49301234567"),
];

fn exported() -> Row {
    let texts = [CALL.as_slice(), &[(RECORDED_BY, "export")]].concat();
    row_of(CALLS, 1, "exported", &texts)
}

fn of_graph() -> Row {
    row_of(CALLS, 0, "graph", &CALL)
}

fn give(store: &dyn Store, row: Row) -> AppendCounts {
    store.append(&together(CALLS, &[row])).expect("the row can be stored")
}

fn indices(names: &[&str]) -> Vec<usize> {
    let index = |name: &&str| CALLS.index_of(name).expect("the cases name properties of their log");
    let mut indices: Vec<usize> = names.iter().map(index).collect();
    indices.sort_unstable();
    indices
}

/// A row without some values.
fn without(mut row: Row, names: &[&str]) -> Row {
    for at in indices(names) {
        row.cells[at] = Cell::Null;
    }
    row
}

/// What is taken from both rows of a call, and what storing the one that gave way does
/// once that is no longer kept.
struct Case {
    taken: &'static [&'static str],
    later: AppendCounts,
}

fn cases() -> Vec<Case> {
    let case = |taken: &'static [&'static str], later| Case { taken, later };
    let counts =
        |new, superseded, ambiguous| AppendCounts { new, superseded, ambiguous, ..AppendCounts::default() };
    vec![
        // Whether it is the same leg of the call is no longer known.
        case(&["userId"], counts(1, 0, 1)),
        case(&["callType"], counts(1, 0, 1)),
        case(&["correlationId"], counts(1, 0, 0)),
        case(&["correlationId", "userId", "callType", "calleeNumber"], counts(1, 0, 0)),
        case(&["calleeNumber"], counts(0, 1, 0)),
    ]
}

/// Asserts that the exported row stays gone when it is given again, and that what was
/// erased does not come back with it.
fn check_gone(store: &dyn Store, before: Watermark, left: &[Row], former: &[Row], what: &str) {
    let newest_before = newest(store);
    let expected = AppendCounts { superseded: 1, ..AppendCounts::default() };
    assert_eq!(give(store, exported()), expected, "{what}");
    assert_eq!(newest(store), newest_before, "{what}: it takes a number");
    assert_same(&stored(store), left, what);
    assert_same(&walk(store, since(before, all(5))), former, &format!("{what}: the walk from before"));
}

/// A row that gave way stays gone for as long as it is kept for older walks, also when an
/// erasure took from both rows what they had in common. Later, what is left of Graph's
/// row tells.
pub fn rows_that_gave_way_stay_gone_after_an_erasure(fixture: &dyn Fixture) {
    let clock = TurnedClock::new();
    let mut befores = Vec::new();
    for hours in [0, 23] {
        clock.turn(hours);
        let engine = fixture.open_with(clock.reader());
        for (case, number) in cases().into_iter().zip(1..) {
            let store = engine.tenant(tenant(number));
            if hours == 0 {
                give(&*store, exported());
                befores.push(newest(&*store));
                give(&*store, of_graph());
                let selection = Selection::all(CALLS, TimeRange::ALL);
                let erasure = Erasure { selection, what: Erase::Properties(indices(case.taken)) };
                assert_eq!(store.erase(&erasure).expect("values can be erased"), 1, "what can be seen");
            }
            let left = [without(of_graph(), case.taken)];
            let former = [without(exported(), case.taken)];
            let what = format!("without {:?}, after {hours} hours", case.taken);
            check_gone(&*store, befores[usize::from(number) - 1], &left, &former, &what);
        }
        engine.tidy().expect("the store can be tidied");
    }
    let engine = fixture.open_with(clock.reader());
    clock.turn(2);
    engine.tidy().expect("the store can be tidied");
    for (case, number) in cases().into_iter().zip(1..) {
        let store = engine.tenant(tenant(number));
        assert_eq!(give(&*store, exported()), case.later, "without {:?}, after a day", case.taken);
        let mut expected = vec![without(of_graph(), case.taken)];
        expected.extend((case.later.new == 1).then(exported));
        assert_same(&stored(&*store), &expected, &format!("without {:?}, after a day", case.taken));
    }
}

/// It also stays gone when Graph's row was erased as a whole.
pub fn rows_that_gave_way_stay_gone_without_graphs(fixture: &dyn Fixture) {
    let clock = TurnedClock::new();
    let engine = fixture.open_with(clock.reader());
    let store = store(&engine);
    give(&*store, exported());
    let before = newest(&*store);
    give(&*store, of_graph());
    let graphs = compare(Comparison::Equal, property(CALLS, "id"), text("graph"));
    let selection = Selection { filter: Some(graphs), ..Selection::all(CALLS, TimeRange::ALL) };
    assert_eq!(store.erase(&Erasure { selection, what: Erase::Rows }).expect("rows can be erased"), 1);
    check_gone(&*store, before, &[], &[exported()], "without Graph's row");
    clock.turn(25);
    engine.tidy().expect("the store can be tidied");
    assert_eq!(give(&*store, exported()).new, 1, "after a day");
    assert_same(&stored(&*store), &[exported()], "after a day");
}

/// A row of Graph with the time and id of one that gave way is stored: only the row of
/// the other source is gone.
pub fn graphs_row_is_stored_where_another_gave_way(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    give(&*store, exported());
    let before = newest(&*store);
    give(&*store, of_graph());
    let between = newest(&*store);
    let second = without(exported(), &[RECORDED_BY]);
    assert_eq!(give(&*store, second.clone()).new, 1, "Graph's row at the same place");
    let both = [of_graph(), second.clone()];
    check_gone(&*store, before, &both, &[exported()], "beside two rows of Graph");
    assert_same(&walk(&*store, since(between, all(5))), &both[..1], "the walk from between");
    let found = store.row(CALLS, second.key.time, &second.key.id).expect("a row can be looked for");
    assert_eq!(found.map(|found| take_row(&found, 0)), Some(second), "the row at the place");
    let mut from = Some(0);
    while let Some(at) = from {
        let part = store.verify(CALLS, at).expect("the log can be read");
        assert!(part.faults.is_empty(), "{:?}", part.faults);
        from = part.next;
    }
    let query = ChangesQuery::first(Selection::all(CALLS, TimeRange::ALL), before, 10);
    let changes = store.changes(&query).expect("changes are known");
    assert_eq!((changes.rows.len(), changes.removed), (2, vec![]), "what changed since");
}
