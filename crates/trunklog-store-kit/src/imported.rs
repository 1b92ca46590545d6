//! Cases about imported rows of a log that is computed.

use std::collections::BTreeSet;

use trunklog_records::schema::PSTN_CALLS;
use trunklog_store::evaluate::take_apart;
use trunklog_store::{PageQuery, Selection};

use super::Fixture;
use super::computed::{
    REPORT, call, calls, check, decoded, domestic, international, period, report, store_rows,
};
use super::dice::Dice;
use super::rows::{SEC, assert_same, at, complete, page, store, tenant, walk};

/// A row of the report that sums up the seconds `from..to`, or all from `from`
/// on.
fn imported(from: i64, to: Option<i64>) -> String {
    numbered(from, to, 0)
}

/// The same for rows that have the same period.
fn numbered(from: i64, to: Option<i64>, number: usize) -> String {
    let end = to.map_or_else(String::new, |to| format!(r#","periodEndDateTime":"{}""#, at(to * SEC)));
    let id = format!("imported {from} {number:03}");
    report(from, &id, &format!(r#""userId":"u9","totalCalls":7{end}"#))
}

/// A call out of a meeting.
fn dial_out(secs: i64) -> String {
    call(secs, r#""callType":"conf_out","userId":"u1","currency":"EUR","duration":1"#)
}

/// The report's row of `count` such calls, in a range that starts at `from`.
fn summed_up(from: i64, count: usize) -> String {
    let sums = format!(r#""totalCalls":{count},"totalCallCharge":0.00,"totalCallSeconds":{count}"#);
    let members = format!(r#""userId":"u1","currency":"EUR",{sums}"#);
    report(from, "u1\\u001f\\u001f\\u001fEUR", &members)
}

fn selection(from: i64, to: i64) -> Selection {
    Selection::all(REPORT, period(from, to))
}

/// Imported rows without an end of their period are the report's where no call
/// can be summed up that started with them or later.
pub fn imported_rows_stand_in_for_calls(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    let rows = [5, 18, 200, 201].map(|secs| imported(secs, None));
    store_rows(&*store, REPORT, &rows);
    check(&*store, &selection(0, 300), &rows, "a report without calls");
    store_rows(&*store, &PSTN_CALLS, &calls());
    let [first, second, third] = domestic(10);
    let both = [first, second, third, rows[1].clone()];
    check(&*store, &selection(10, 19), &both, "an imported row after the calls of its range");
    check(&*store, &selection(18, 19), &rows[1..2], "an imported row between the calls");
    check(&*store, &selection(16, 18), &rows[1..2], "an imported row beside calls that do not count");
    check(&*store, &selection(18, 20), &[international(18)], "a call after an imported row");
    let [first, second, third] = domestic(0);
    check(&*store, &selection(0, 100), &[first, second, international(0), third], "calls after both");
    check(&*store, &selection(100, 300), &rows[2..], "imported rows after the calls");
    let early = store.forget(REPORT, at(201 * SEC)).expect("rows can be forgotten");
    assert_eq!(early, 3, "imported rows that were forgotten");
    check(&*store, &selection(100, 300), &rows[3..], "imported rows that are left");
    check(&*store, &selection(10, 19), &domestic(10), "calls after imported rows were forgotten");
}

/// What was imported for one month is beside the calls of the next, and
/// nothing is counted twice.
pub fn imported_periods_are_beside_other_calls(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    let october = imported(100, Some(200));
    store_rows(&*store, REPORT, std::slice::from_ref(&october));
    store_rows(&*store, &PSTN_CALLS, &[dial_out(200), dial_out(250)]);
    let both = [october.clone(), summed_up(100, 2)];
    check(&*store, &selection(100, 300), &both, "a period and the calls after it");
    check(&*store, &selection(100, 199), &both[..1], "a period alone");
    check(&*store, &selection(100, 150), &both[..1], "a period that ends after the range");
    check(&*store, &selection(101, 300), &[summed_up(101, 2)], "a period that starts before the range");
    check(&*store, &selection(200, 200), &[summed_up(200, 1)], "the first moment after the period");
    store_rows(&*store, &PSTN_CALLS, &[dial_out(160)]);
    check(&*store, &selection(100, 300), &[summed_up(100, 3)], "a call within the period");
    check(&*store, &selection(100, 159), &both[..1], "a call within the period and after the range");
    check(&*store, &selection(100, 160), &[summed_up(100, 1)], "a call at the end of the range");
}

/// A period has its start and not its end; one without an end never ends.
pub fn imported_periods_are_half_open(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let ends = [Some(200), None];
    let secs = [99, 100, 101, 199, 200, 201, 5_000];
    let pairs = ends.into_iter().flat_map(|end| secs.map(|secs| (end, secs)));
    for ((end, secs), number) in pairs.zip(1..) {
        let store = engine.tenant(tenant(number));
        store_rows(&*store, REPORT, &[imported(100, end)]);
        store_rows(&*store, &PSTN_CALLS, &[dial_out(secs)]);
        let mut expected = vec![summed_up(50, 1)];
        if secs < 100 || end.is_some_and(|end| secs >= end) {
            expected.push(imported(100, end));
        }
        check(&*store, &selection(50, 9_000), &expected, &format!("100 to {end:?}, a call at {secs}"));
    }
}

/// Each imported row goes by its own period, also where periods overlap.
pub fn imported_periods_may_overlap(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    let rows = [
        numbered(100, Some(200), 1),
        numbered(100, Some(400), 2),
        numbered(150, Some(250), 3),
        numbered(200, Some(300), 4),
        numbered(300, None, 5),
    ];
    store_rows(&*store, REPORT, &rows);
    check(&*store, &selection(100, 400), &rows, "no calls");
    store_rows(&*store, &PSTN_CALLS, &[dial_out(220)]);
    let left = [rows[0].clone(), summed_up(100, 1), rows[4].clone()];
    check(&*store, &selection(100, 400), &left, "a call in three periods");
    check(&*store, &selection(100, 210), &rows[..4], "a range before the call");
    store_rows(&*store, &PSTN_CALLS, &[dial_out(120)]);
    let left = [summed_up(100, 2), rows[4].clone()];
    check(&*store, &selection(100, 400), &left, "a call in each period but the last");
    store_rows(&*store, &PSTN_CALLS, &[dial_out(300)]);
    check(&*store, &selection(100, 400), &[summed_up(100, 3)], "a call in each period");
}

/// The end of a period may become known later.
pub fn an_end_that_comes_later_counts(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    store_rows(&*store, REPORT, &[imported(100, None)]);
    store_rows(&*store, &PSTN_CALLS, &[dial_out(250)]);
    check(&*store, &selection(100, 300), &[summed_up(100, 1)], "a period without an end");
    let ended = imported(100, Some(200));
    store_rows(&*store, REPORT, std::slice::from_ref(&ended));
    store_rows(&*store, REPORT, &[imported(100, None)]);
    check(&*store, &selection(100, 300), &[ended, summed_up(100, 1)], "a period that got its end");
}

/// A walk sees neither imported rows nor calls that came after it started, and
/// so keeps the rows whose place such calls take.
pub fn imported_rows_keep_their_walk(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    let rows = [imported(200, Some(210)), imported(204, Some(300)), imported(208, None)];
    store_rows(&*store, REPORT, &rows);
    let query = PageQuery::first(REPORT, period(200, 300), 1);
    let first_page = page(&*store, &query);
    store_rows(&*store, REPORT, &[imported(202, None), imported(206, Some(207))]);
    store_rows(&*store, &PSTN_CALLS, &[dial_out(210), dial_out(250)]);
    let mut walked = take_apart(&first_page.rows);
    walked.extend(walk(&*store, query.after(&first_page).expect("three rows are more than a page")));
    assert_same(&walked, &take_apart(&decoded(REPORT, &rows)), "the walk that started before");
    let count = store.count(&query.selection, Some(first_page.watermark)).expect("rows can be counted");
    assert_eq!(count, 3, "the count at the walk's watermark");
    let left = [rows[0].clone(), summed_up(200, 2), imported(206, Some(207))];
    check(&*store, &query.selection, &left, "a new walk");
}

/// Hundreds of periods beside calls, against the rule said plainly.
pub fn many_imported_periods_are_told_apart(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    let mut dice = Dice(113);
    let mut below = |end| i64::try_from(dice.below(end)).expect("the cases' numbers are small");
    let called: BTreeSet<i64> = (0..30).map(|_| below(1_000)).collect();
    let periods: Vec<(i64, Option<i64>)> = (0..200)
        .map(|_| {
            let (from, length) = (below(1_000), below(60));
            (from, (length > 0).then_some(from + length))
        })
        .collect();
    let of_period = |number: usize| numbered(periods[number].0, periods[number].1, number);
    store_rows(&*store, REPORT, &(0..periods.len()).map(of_period).collect::<Vec<_>>());
    store_rows(&*store, &PSTN_CALLS, &called.iter().map(|secs| dial_out(*secs)).collect::<Vec<_>>());
    for (from, to) in [(0, 1_000), (200, 700), (990, 999)] {
        let counted: Vec<i64> = called.range(from..=to).copied().collect();
        let is_told = |(start, end): (i64, Option<i64>)| {
            counted.iter().any(|secs| start <= *secs && end.is_none_or(|end| *secs < end))
        };
        // Their ids are before the computed row's, and in the order of numbers.
        let mut left: Vec<(i64, usize)> = (0..periods.len())
            .map(|number| (periods[number].0, number))
            .filter(|(start, number)| (from..=to).contains(start) && !is_told(periods[*number]))
            .collect();
        left.sort_unstable();
        let of_start = left.partition_point(|(start, _)| *start == from);
        let mut expected: Vec<String> = left.into_iter().map(|(_, number)| of_period(number)).collect();
        if !counted.is_empty() {
            expected.insert(of_start, summed_up(from, counted.len()));
        }
        check(&*store, &selection(from, to), &expected, &format!("{from} to {to}"));
    }
}
