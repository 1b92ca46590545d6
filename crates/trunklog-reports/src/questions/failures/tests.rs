use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;

use super::*;
use crate::facts::sample::{Call, calls as some_calls};
use crate::questions::testing::{
    at, chosen, class, filter, filters_and_countries, is_whole, number, range, ranges, stored, text, zones,
};

/// The date of an instant in a zone.
fn date_of(ticks: i64, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_nanosecond(i128::from(ticks) * 100).unwrap();
    zone.to_datetime(at).date().to_string()
}

proptest! {
    #[test]
    fn failures_are_counted_as_rows_are(
        calls in some_calls(40),
        range in ranges(),
        days in zones(),
        choice in filters_and_countries(),
    ) {
        let ask = Ask { filter: filter(choice.0), days, ..Ask::of(range) };
        let answer = FAILURES.answer(&*stored(&calls), &ask).unwrap();
        let table = &answer.table;
        prop_assert!(is_whole(table));
        let is_failure = |call: &Call| class(call).ner() != Ner::Effective;
        let failed: Vec<&Call> =
            chosen(&calls, range, choice).map(|(_, call)| call).filter(|call| is_failure(call)).collect();
        let reason = |call: &Call| (call.codes, class(call));
        let reasons: BTreeSet<_> = failed.iter().map(|call| reason(call)).collect();
        prop_assert_eq!(table.rows.len(), reasons.len());
        let mut total = 0;
        for row in 0..table.rows.len() {
            let code = |column| match table.value(row, column) {
                Some(Value::Int(code)) => Some(i32::try_from(*code).unwrap()),
                _ => None,
            };
            let codes = (code("sipCode"), code("subcode"));
            let of_row = text(table, row, "class").unwrap();
            let is_it = |call: &&Call| call.codes == codes && class(call).key() == of_row;
            let these: Vec<&Call> = failed.iter().copied().filter(is_it).collect();
            prop_assert_eq!(number(table, row, "failed"), i64::try_from(these.len()).unwrap());
            total += these.len();
            let trunks: BTreeSet<_> =
                these.iter().filter_map(|call| call.trunk).filter(|trunk| !trunk.is_empty()).collect();
            prop_assert_eq!(number(table, row, "trunks"), i64::try_from(trunks.len()).unwrap());
            // Whatever the filter and the range.
            let first = calls.iter().filter(is_it).map(|call| call.start).min().unwrap();
            prop_assert_eq!(text(table, row, "firstSeen"), Some(date_of(first, &ask.days)));
        }
        prop_assert_eq!(total, failed.len());
    }
}

#[test]
fn what_came_first_within_the_last_week_is_new() {
    let end = at("2026-11-30T12:00:00Z");
    for (day, expected) in [
        ("2026-11-30T00:00:00Z", true),
        ("2026-11-24T00:00:00Z", true),
        ("2026-11-23T00:00:00Z", false),
        ("2018-01-01T00:00:00Z", false),
    ] {
        assert_eq!(is_new(at(day), end, &TimeZone::UTC), expected, "{day}");
    }
    // A range that ends at midnight does not have the day that starts then.
    let midnight = at("2026-12-01T00:00:00Z");
    let is_new_at_midnight = |day: &str| is_new(at(day), midnight, &TimeZone::UTC);
    assert!(is_new_at_midnight("2026-11-24T00:00:00Z") && !is_new_at_midnight("2026-11-23T00:00:00Z"));
    // Where it is tomorrow by then, it has.
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    assert!(is_new(at("2026-11-24T23:00:00Z"), midnight, &berlin));
    assert!(!is_new(at("2026-11-23T23:00:00Z"), midnight, &berlin));
    assert!(!is_new(at("2026-11-30T00:00:00Z"), Instant::MAX, &TimeZone::UTC));
}

#[test]
fn first_days_are_those_that_the_store_still_has() {
    let call =
        |day: &str| Call { start: at(day).ticks(), codes: (Some(503), Some(560_503)), ..Call::default() };
    let calls = [call("2024-02-29T23:59:59Z"), call("2026-11-29T08:00:00Z"), call("2026-11-30T08:00:00Z")];
    let store = stored(&calls);
    let week = Ask::of(range("2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z"));
    let first = || {
        let answer = FAILURES.answer(&*store, &week).unwrap();
        let is_new = answer.table.value(0, "isNew").cloned();
        (text(&answer.table, 0, "firstSeen").unwrap(), is_new)
    };
    assert_eq!(first(), ("2024-02-29".to_owned(), Some(Value::Bool(false))));
    store.forget(&DIRECT_ROUTING_CALLS, at("2026-01-01T00:00:00Z")).unwrap();
    assert_eq!(first(), ("2026-11-29".to_owned(), Some(Value::Bool(true))));
}

#[test]
fn a_row_whose_start_is_a_mistake_was_not_first() {
    let call = |start: Instant| Call { start: start.ticks(), codes: (Some(503), None), ..Call::default() };
    let calls = [call(Instant::ABSENT), call(at("1999-01-01T00:00:00Z")), call(at("2026-11-30T08:00:00Z"))];
    let answer = FAILURES.answer(&*stored(&calls), &Ask::of(TimeRange::ALL)).unwrap();
    assert_eq!(number(&answer.table, 0, "failed"), 3);
    assert_eq!(text(&answer.table, 0, "firstSeen").as_deref(), Some("2026-11-30"));
}
