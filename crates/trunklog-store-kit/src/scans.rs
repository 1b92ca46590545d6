//! Cases about reading many rows at once, and only some of their columns.

use std::ops::ControlFlow;

use trunklog_odata::expr::Comparison;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, Rows, TimeRange};
use trunklog_store::evaluate::{Cell, Row, take_apart};
use trunklog_store::{Columns, PageQuery, ScanQuery, Selection, Store};

use super::Fixture;
use super::dice::Dice;
use super::expressions::{compare, descending, int, property};
use super::odd_rows::odd_rows;
use super::rows::{
    CALLS, Draft, SEC, append, assert_same, draft, in_order, one_a_second, page, range, shuffled, store, walk,
};

fn scan_of(selection: Selection) -> ScanQuery {
    ScanQuery { selection, skip: 0, limit: None, watermark: None }
}

/// All rows of a scan.
fn scanned(store: &dyn Store, query: &ScanQuery) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut each = |batch: Rows| -> ControlFlow<()> {
        rows.extend(take_apart(&batch));
        ControlFlow::Continue(())
    };
    store.scan(query, &mut each).expect("the rows can be scanned");
    rows
}

/// Selections with and without a filter and an order.
fn selections() -> [Selection; 4] {
    let all = Selection::all(CALLS, TimeRange::ALL);
    let long = Some(compare(Comparison::Greater, property(CALLS, "duration"), int(3)));
    let order = vec![descending(property(CALLS, "duration"))];
    [
        all.clone(),
        Selection { range: range(100 * SEC, 1_900 * SEC), ..all.clone() },
        Selection { filter: long.clone(), ..all.clone() },
        Selection { filter: long, order, ..all },
    ]
}

fn drafts() -> Vec<Draft> {
    let mut drafts = one_a_second(2_500);
    for (draft, number) in drafts.iter_mut().zip(0..) {
        draft.duration = (number % 5 != 0).then_some(number % 9);
    }
    drafts
}

/// A scan gives the rows of a walk, from any place and as many as asked for.
pub fn scans_give_what_walks_give(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = shuffled(&drafts(), 91);
    append(&*store, &drafts[..1_500]);
    let watermark = page(&*store, &PageQuery::first(CALLS, TimeRange::ALL, 1)).watermark;
    append(&*store, &drafts[1_500..]);
    for selection in selections() {
        let walked = walk(&*store, PageQuery::of(selection.clone(), 900));
        let scan = scan_of(selection.clone());
        assert_same(&scanned(&*store, &scan), &walked, "a whole scan");
        let len = walked.len();
        for (skip, limit) in [(0, 0), (0, 1), (7, 100), (len - 1, 5), (len, 5), (len + 9, 5), (100, len)] {
            let scan = ScanQuery { skip: skip as u64, limit: Some(limit as u64), ..scan.clone() };
            let start = skip.min(len);
            let expected = &walked[start..(start + limit).min(len)];
            assert_same(&scanned(&*store, &scan), expected, &format!("{limit} rows after {skip}"));
        }
        let old = ScanQuery { watermark: Some(watermark), ..scan };
        let query = PageQuery { watermark: Some(watermark), ..PageQuery::of(selection, 900) };
        assert_same(&scanned(&*store, &old), &walk(&*store, query), "a scan at an older watermark");
    }
    let nothing = Selection::all(CALLS, range(-9 * SEC, -SEC));
    assert!(scanned(&*store, &scan_of(nothing)).is_empty(), "an empty range has rows");
}

/// A scan that is told to break off gives no further batch, and the store
/// serves on.
pub fn scans_stop_when_told(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    append(&*store, &drafts());
    for selection in selections() {
        let mut batches = 0;
        let mut each = |_: Rows| -> ControlFlow<()> {
            batches += 1;
            ControlFlow::Break(())
        };
        store.scan(&scan_of(selection), &mut each).expect("breaking off is not an error");
        assert_eq!(batches, 1, "batches until the scan broke off");
    }
    append(&*store, &[draft(-SEC, "after")]);
    assert_eq!(walk(&*store, PageQuery::first(CALLS, TimeRange::ALL, 1_000)).len(), 2_501);
}

/// While a batch is worked on, rows can be appended; the scan does not see
/// them.
pub fn scans_let_others_write(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = drafts();
    append(&*store, &drafts);
    let mut rows = Vec::new();
    let mut new = 0;
    let mut each = |batch: Rows| -> ControlFlow<()> {
        let late = draft(2_400 * SEC + 1 + new, format!("late {new}"));
        append(&*store, &[late, draft(9_000 * SEC + new, format!("after {new}"))]);
        new += 1;
        rows.extend(take_apart(&batch));
        ControlFlow::Continue(())
    };
    let all = scan_of(Selection::all(CALLS, TimeRange::ALL));
    store.scan(&all, &mut each).expect("the rows can be scanned");
    assert_same(&rows, &in_order(&drafts), "the scan beside a writer");
    assert!(new > 0, "the scan gave no batch");
}

/// Columns that were not asked for are null, whatever filter and order need;
/// time and id are always there.
pub fn only_the_columns_asked_for_are_there(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    for (log, seed) in LOGS.into_iter().zip(92..) {
        store.append(&odd_rows(log, 40, &mut Dice(seed))).expect("the rows can be stored");
        let unknown = log.properties.len();
        let every_third = (0..=unknown).step_by(3).collect();
        let plain = Selection::all(log, TimeRange::ALL);
        let ordered = Selection {
            filter: Some(compare(Comparison::NotEqual, property(log, "id"), property(log, "userId"))),
            order: vec![descending(property(log, "userDisplayName"))],
            ..plain.clone()
        };
        let sets = [vec![], vec![1], vec![unknown], every_third, (0..=unknown).collect()];
        for selection in [plain, ordered] {
            let whole = walk(&*store, PageQuery::of(selection.clone(), 50));
            for columns in &sets {
                let what = format!("columns {columns:?} of {}", log.name);
                let some = Selection { columns: Columns::Only(columns.clone()), ..selection.clone() };
                let expected = with_columns(log, columns, &whole);
                assert_same(&walk(&*store, PageQuery::of(some.clone(), 17)), &expected, &what);
                assert_same(&scanned(&*store, &scan_of(some)), &expected, &what);
            }
        }
    }
}

/// Rows without the columns that were not asked for.
fn with_columns(log: &Log, columns: &[usize], rows: &[Row]) -> Vec<Row> {
    let always = [log.time_index(), log.id_index()];
    let mut rows = rows.to_vec();
    for row in &mut rows {
        for (at, cell) in row.cells.iter_mut().enumerate() {
            if !columns.contains(&at) && !always.contains(&at) {
                *cell = Cell::Null;
            }
        }
    }
    rows
}
