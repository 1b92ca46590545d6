//! Cases about a row by its time and id.

use trunklog_records::schema::{LOGS, SMS};
use trunklog_records::{Log, TimeRange};
use trunklog_store::evaluate::{Row, take_row};
use trunklog_store::{Erase, Erasure, PageQuery, Selection, Store};

use super::Fixture;
use super::dice::Dice;
use super::odd_rows::{odd_rows, texts};
use super::rows::{
    CALLS, Draft, HOUR, append, assert_same, at, draft, in_order, range, row_of, store, tenant, together,
    walk,
};

fn row(store: &dyn Store, log: &'static Log, ticks: i64, id: &str) -> Option<Row> {
    let rows = store.row(log, at(ticks), id).expect("a row can be looked for")?;
    assert_eq!((rows.log(), rows.len()), (log, 1), "what is found is one row of its log");
    Some(take_row(&rows, 0))
}

/// A row is found by its time and id, with all its values and in its newest
/// state, and by nothing else.
pub fn a_row_is_found_by_time_and_id(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    assert_eq!(row(&*store, CALLS, 0, "a"), None, "in an empty store");
    let mut drafts = [draft(5, "a"), draft(5, "b"), draft(6, "a"), draft(9 * HOUR, "far")];
    append(&*store, &drafts);
    drafts[1] = Draft { duration: Some(77), dynamic: Some("\"later\":1".to_owned()), ..drafts[1].clone() };
    append(&*store, &drafts[1..2]);
    for draft in &drafts {
        let found = store.row(CALLS, draft.time, &draft.id).expect("a row can be looked for");
        let found = found.expect("the row is stored");
        let expected = in_order(std::slice::from_ref(draft));
        assert_same(&[take_row(&found, 0)], &expected, &draft.id);
    }
    for (ticks, id) in [(4, "a"), (7, "a"), (6, "b"), (5, "A"), (5, ""), (5, "a "), (5, "a\u{0}"), (5, "%")] {
        assert_eq!(row(&*store, CALLS, ticks, id), None, "{id:?} at {ticks}");
    }
    assert_eq!(row(&*store, &SMS, 5, "a"), None, "in another log");
    assert_eq!(row(&*engine.tenant(tenant(2)), CALLS, 5, "a"), None, "of another tenant");
    let selection = Selection::all(CALLS, range(5, 6));
    assert_eq!(store.erase(&Erasure { selection, what: Erase::Rows }).expect("rows can be erased"), 2);
    assert_eq!(row(&*store, CALLS, 5, "a"), None, "after it was erased");
    assert!(row(&*store, CALLS, 6, "a").is_some(), "a row beside those that were erased");
    assert_eq!(store.forget(CALLS, at(HOUR)).expect("rows can be forgotten"), 1);
    assert_eq!(row(&*store, CALLS, 6, "a"), None, "after it was forgotten");
    append(&*store, &drafts[..1]);
    assert!(row(&*store, CALLS, 5, "a").is_some(), "after it came again");
}

/// Rows of all logs and with every odd id are found.
pub fn odd_rows_are_found(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    for (log, seed) in LOGS.into_iter().zip(211..) {
        store.append(&odd_rows(log, 12, &mut Dice(seed))).expect("the rows can be stored");
    }
    // An empty id is none: the row would get another.
    let ids: Vec<String> = texts().into_iter().filter(|id| !id.is_empty()).collect();
    let rows: Vec<Row> = ids.iter().map(|id| row_of(CALLS, 0, id, &[("userId", id.as_str())])).collect();
    store.append(&together(CALLS, &rows)).expect("the rows can be stored");
    for expected in &rows {
        assert_eq!(row(&*store, CALLS, 0, &expected.key.id).as_ref(), Some(expected));
    }
    for log in LOGS {
        let all = walk(&*store, PageQuery::first(log, TimeRange::ALL, 100));
        assert!(all.len() >= 12, "{} lost rows", log.name);
        for expected in all {
            let found = store.row(log, expected.key.time, &expected.key.id).expect("a row can be looked for");
            let found = found.map(|found| take_row(&found, 0));
            assert_eq!(found.as_ref(), Some(&expected), "{}", log.name);
        }
    }
}

/// A row that gave way to another is not found.
pub fn a_row_that_gave_way_is_not_found(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let exported = row_of(CALLS, 0, "exported", &[("correlationId", "c"), ("recordedBy", "export")]);
    store.append(&together(CALLS, std::slice::from_ref(&exported))).expect("the row can be stored");
    assert_eq!(row(&*store, CALLS, 0, "exported").as_ref(), Some(&exported));
    let of_graph = row_of(CALLS, 1, "graph", &[("correlationId", "c")]);
    store.append(&together(CALLS, std::slice::from_ref(&of_graph))).expect("the row can be stored");
    assert_eq!(row(&*store, CALLS, 0, "exported"), None);
    assert_eq!(row(&*store, CALLS, 1, "graph"), Some(of_graph));
}
