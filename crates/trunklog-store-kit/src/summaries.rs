//! A case that compares computed logs with a naive sum.

use std::collections::BTreeMap;

use trunklog_odata::expr::Comparison;
use trunklog_records::schema::{Origin, PSTN_CALLS};
use trunklog_records::{Rows, TimeRange};
use trunklog_store::evaluate::{Cell, Place, Row, take_apart};
use trunklog_store::{PageQuery, Selection, Store};

use super::Fixture;
use super::computed::REPORT;
use super::dice::Dice;
use super::expressions::{compare, descending, int, property};
use super::rows::{SEC, assert_same, at, complete, row_of, store, together, walk};
use super::summary::SourceRows;

/// Calls of every kind, with charges of every scale.
pub(super) fn calls(dice: &mut Dice) -> Rows {
    let duration = PSTN_CALLS.index_of("duration").expect("calls have a duration");
    let rows: Vec<Row> = (0..250)
        .map(|number: i64| {
            let secs = i64::try_from(dice.below(500)).expect("it is small");
            let mut texts =
                vec![("callType", dice.one_of(&["conf_out", "oc_conf_out", "conf_in", "user_out"]))];
            for (name, values) in [
                ("userId", ["u1", "u2", "ü3", ""]),
                ("usageCountryCode", ["DE", "FR", "", "DE"]),
                ("destinationContext", ["Domestic", "International", "Domestic", "x"]),
                ("currency", ["EUR", "USD", "EUR", "EUR"]),
                ("userDisplayName", ["Ann", "Änn", "ann", "Bob"]),
                ("charge", ["0.10", "1", "-0.005", "123456789012345678.12"]),
            ] {
                if dice.chance(80) {
                    texts.push((name, dice.one_of(&values)));
                }
            }
            let mut row = row_of(&PSTN_CALLS, secs * SEC, &number.to_string(), &texts);
            if dice.chance(80) {
                row.cells[duration] = Cell::Int(dice.one_of(&[0, 1, 59, 3_600, i32::MAX]));
            }
            row
        })
        .collect();
    together(&PSTN_CALLS, &rows)
}

/// Rows that sum up a period, of which some have no end.
pub(super) fn imported(dice: &mut Dice) -> Rows {
    let end = REPORT.period_end_index().expect("the rows sum up a period");
    let rows: Vec<Row> = (0..60)
        .map(|number: i64| {
            let from = i64::try_from(dice.below(500)).expect("it is small");
            let length = i64::try_from(dice.below(4)).expect("it is small");
            let user = dice.one_of(&["u1", "u9"]);
            let mut row = row_of(REPORT, from * SEC, &format!("imported {number}"), &[("userId", user)]);
            if length > 0 {
                row.cells[end] = Cell::Ticks(at((from + length) * SEC).ticks());
            }
            row
        })
        .collect();
    together(REPORT, &rows)
}

/// The rows of the report in a range, summed up in the plainest way.
pub(super) fn summed_up(range: TimeRange, calls: &[Row], imported: &[Row]) -> Vec<Row> {
    let Origin::Computed(summary) = REPORT.origin else { panic!("the report is computed") };
    let called = calls.iter().filter(|row| range.contains(row.key.time));
    let selected = SourceRows::of(REPORT, summary, called.map(|row| (&row.key, row.cells.as_slice())));
    let kept = imported.iter().filter(|row| range.contains(row.key.time));
    let kept = kept.filter(|row| !selected.replace(&row.key, &row.cells));
    let mut rows: BTreeMap<Place, Vec<Cell>> = selected.summarized(range.from());
    rows.extend(kept.map(|row| (row.key.clone(), row.cells.clone())));
    rows.into_iter().map(|(key, cells)| Row { key, cells }).collect()
}

/// Computed rows beside imported ones, in every range, filtered and ordered,
/// and at an older watermark.
pub fn computed_rows_agree_with_a_naive_sum(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    let mut dice = Dice(291);
    let first = calls(&mut dice);
    let told = imported(&mut dice);
    store.append(&first).expect("the rows can be stored");
    store.append(&told).expect("the rows can be stored");
    let watermark = store.newest().expect("the newest commit is known");
    let later: Vec<Row> = take_apart(&calls(&mut dice))
        .into_iter()
        .map(|mut row| {
            row.key.id = format!("later {}", row.key.id);
            row.cells[PSTN_CALLS.id_index()] = Cell::Text(row.key.id.clone());
            row
        })
        .collect();
    store.append(&together(&PSTN_CALLS, &later)).expect("the rows can be stored");
    let (first, told) = (take_apart(&first), take_apart(&told));
    let all: Vec<Row> = [first.clone(), later].concat();
    let secs = |from: i64, to: i64| {
        TimeRange::of(REPORT, at(from * SEC), at(to * SEC)).expect("the range starts before it ends")
    };
    let mut ranges = vec![TimeRange::ALL, secs(0, 500), secs(-9, 0), secs(600, 700), secs(499, 499)];
    ranges.extend((0..12).map(|_| {
        let from = i64::try_from(dice.below(500)).expect("it is small");
        secs(from, from + i64::try_from(dice.below(60)).expect("it is small"))
    }));
    for range in ranges {
        let what = format!("{} to {}", range.from(), range.end());
        let expected = summed_up(range, &all, &told);
        let selection = Selection::all(REPORT, range);
        assert_same(&walk(&*store, PageQuery::of(selection.clone(), 20)), &expected, &what);
        let count = store.count(&selection, None).expect("rows can be counted");
        assert_eq!(count, expected.len() as u64, "{what}: the count");
        let before = summed_up(range, &first, &told);
        let query = PageQuery { watermark: Some(watermark), ..PageQuery::of(selection.clone(), 20) };
        assert_same(&walk(&*store, query), &before, &format!("{what}: the older watermark"));
        check_parts(&*store, &selection, expected, &what);
    }
}

/// Filters and orders the rows.
fn check_parts(store: &dyn Store, selection: &Selection, expected: Vec<Row>, what: &str) {
    let total = REPORT.index_of("totalCalls").expect("the report has the number of calls");
    let count = |row: &Row| match row.cells[total] {
        Cell::Int(count) => Some(count),
        _ => None,
    };
    let several = compare(Comparison::Greater, property(REPORT, "totalCalls"), int(1));
    let order = vec![descending(property(REPORT, "totalCalls"))];
    let selection = Selection { filter: Some(several), order, ..selection.clone() };
    let mut expected: Vec<Row> = expected.into_iter().filter(|row| count(row) > Some(1)).collect();
    expected.sort_by_key(|row| (std::cmp::Reverse(count(row)), row.key.clone()));
    assert_same(&walk(store, PageQuery::of(selection, 5)), &expected, &format!("{what}: in parts"));
}
