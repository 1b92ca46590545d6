//! Rows for the tests of reports, and what is plainly true of them.

use std::sync::Arc;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::masking::Mask;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::Store;
use trunklog_store_kit::{Fixture, MemoryEngine};

use crate::classes::{Class, classify};
use crate::facts::sample::{CALL_TYPES, Call, PHONES, SAID, rows};
use crate::filter::Filter;
use crate::table::{Table, Value};

/// A store with these rows.
pub(crate) fn stored(calls: &[Call]) -> Arc<dyn Store> {
    let store = empty();
    store.append(&rows(calls)).unwrap();
    store
}

/// A store without rows.
pub(crate) fn empty() -> Arc<dyn Store> {
    MemoryEngine::new().open().tenant("11111111-2222-3333-4444-555555555555".parse().unwrap())
}

pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub(super) fn range(from: &str, to: &str) -> TimeRange {
    TimeRange::of(&DIRECT_ROUTING_CALLS, at(from), at(to)).unwrap()
}

/// Ranges that cut rows, hours and days, and some that do not.
pub(super) fn ranges() -> impl Strategy<Value = TimeRange> {
    select(vec![
        TimeRange::ALL,
        range("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        range("2026-03-01T10:07:00Z", "2026-11-30T00:00:00.0000001Z"),
        range("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        range("2026-11-29T18:30:00Z", "2026-11-30T18:30:00Z"),
        range("2026-11-29T22:58:30Z", "2026-11-30T03:31:00Z"),
        range("2026-11-30T00:00:00Z", "2026-11-30T00:00:00Z"),
    ])
}

pub(super) fn zones() -> impl Strategy<Value = TimeZone> {
    let names = vec!["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Santiago", "America/St_Johns"];
    select(names).prop_map(|name| TimeZone::get(name).unwrap())
}

/// A filter, and whether a row satisfies it.
pub(super) type Choice = (&'static str, fn(&Call) -> bool);

pub(super) fn filters() -> impl Strategy<Value = Choice> {
    let all: [Choice; 8] = [
        ("", |_| true),
        ("direction eq 'inbound'", |call| direction(call) == Some(1)),
        ("direction in ('outbound','unknown')", |call| direction(call) != Some(1)),
        ("isLeg", is_leg),
        ("class eq 'sbcFault'", |call| class(call) == Class::SbcFault),
        ("trunkFullyQualifiedDomainName eq 'sbc1.contoso.com'", |call| {
            call.trunk == Some("sbc1.contoso.com")
        }),
        ("duration gt 30", |call| call.duration.is_some_and(|secs| secs > 30)),
        ("direction eq 'outbound' and not isLeg and duration le 30", |call| {
            direction(call) == Some(2) && !is_leg(call) && call.duration.is_some_and(|secs| secs <= 30)
        }),
    ];
    select(all.to_vec())
}

/// The same, and some by country, for who sees whole numbers.
pub(super) fn filters_and_countries() -> impl Strategy<Value = Choice> {
    let countries: [Choice; 3] = [
        ("country in ('DE','GG')", |call| matches!(country(call), Some("DE" | "GG"))),
        ("country eq 'CA' and direction eq 'outbound'", |call| {
            country(call) == Some("CA") && direction(call) == Some(2)
        }),
        ("country eq null and duration gt 30", |call| {
            country(call).is_none() && call.duration.is_some_and(|secs| secs > 30)
        }),
    ];
    prop_oneof![2 => filters(), 1 => select(countries.to_vec())]
}

/// The country of the party outside.
pub(super) fn country(call: &Call) -> Option<&'static str> {
    let said = SAID.iter().find(|said| Some(said.0) == call.other_country).and_then(|said| said.1);
    let number = outside_number(call);
    said.or_else(|| PHONES.iter().find(|phone| Some(phone.0) == number).and_then(|phone| phone.1))
}

pub(super) fn filter(text: &str) -> Filter {
    if text.is_empty() { Filter::default() } else { Filter::read(text, Mask::NONE).unwrap() }
}

/// The rows of a range that are asked for, with their ids.
pub(super) fn chosen(
    calls: &[Call],
    range: TimeRange,
    choice: Choice,
) -> impl Iterator<Item = (String, &Call)> {
    let with_ids = calls.iter().enumerate().map(|(at, call)| (at.to_string(), call));
    with_ids.filter(move |(_, call)| {
        (range.from().ticks()..range.end().ticks()).contains(&call.start) && choice.1(call)
    })
}

/// 1 in, 2 out.
pub(super) fn direction(call: &Call) -> Option<i64> {
    of_type(call).and_then(|of| of.1)
}

pub(super) fn is_leg(call: &Call) -> bool {
    of_type(call).is_some_and(|of| of.2)
}

fn of_type(call: &Call) -> Option<&'static (&'static str, Option<i64>, bool, bool)> {
    CALL_TYPES.iter().find(|of| Some(of.0) == call.call_type)
}

pub(super) fn class(call: &Call) -> Class {
    classify(call.successful, call.codes.0, call.codes.1)
}

pub(super) fn is_answered(call: &Call) -> bool {
    call.successful == Some(true)
}

pub(super) fn is_missed(call: &Call) -> bool {
    direction(call) == Some(1) && !is_leg(call) && !is_answered(call) && class(call).is_user_behaviour()
}

/// The organisation's own number.
pub(super) fn own_number(call: &Call) -> Option<&'static str> {
    let (_, direction, _, has_own) = of_type(call)?;
    let number = match direction {
        Some(1) if *has_own => call.callee,
        Some(2) if *has_own => call.caller,
        _ => None,
    };
    number.filter(|number| !number.is_empty())
}

/// The number outside.
pub(super) fn outside_number(call: &Call) -> Option<&'static str> {
    let number = match direction(call)? {
        1 => call.caller,
        _ => call.callee,
    };
    number.filter(|number| !number.is_empty())
}

/// The user, by id or else principal name.
pub(super) fn user(call: &Call) -> Option<&'static str> {
    let filled = |text: Option<&'static str>| text.filter(|text| !text.is_empty());
    filled(call.user_id).or(filled(call.principal_name))
}

/// Microsoft's duration where it counts: of answered rows that are not odd.
pub(super) fn counted_secs(call: &Call) -> Option<i64> {
    const DAY: i64 = 864_000_000_000;
    let there = |ticks: Option<i64>| ticks.filter(|ticks| *ticks != Instant::ABSENT.ticks());
    let (invite, end) = (there(call.invite), there(call.end));
    let ended = end.or(there(call.failure))?;
    let mut times = vec![ended - invite.unwrap_or(call.start)];
    times.extend(invite.map(|invite| call.start - invite));
    times.extend(end.filter(|_| is_answered(call)).map(|end| end - call.start));
    let secs = i64::from(call.duration?);
    let is_odd = times.iter().any(|ticks| !(0..=DAY).contains(ticks)) || !(0..=86_400).contains(&secs);
    (!is_odd && is_answered(call)).then_some(secs)
}

/// A whole number of a table; 0 where there is none.
pub(super) fn number(table: &Table, row: usize, column: &str) -> i64 {
    match table.value(row, column) {
        Some(Value::Int(number)) => *number,
        _ => 0,
    }
}

/// A text of a table.
pub(super) fn text(table: &Table, row: usize, column: &str) -> Option<String> {
    match table.value(row, column) {
        Some(Value::Text(text)) => Some(text.clone()),
        Some(Value::Word { key, .. }) => Some((*key).to_owned()),
        _ => None,
    }
}

/// The part that a ratio tells, and of how many.
pub(super) fn ratio(table: &Table, row: usize, column: &str) -> (Option<f64>, i64) {
    match table.value(row, column) {
        Some(Value::Ratio { value, n }) => (*value, *n),
        other => panic!("{column}: {other:?}"),
    }
}

/// Whether each row of a table has a value of each column.
pub(super) fn is_whole(table: &Table) -> bool {
    table.rows.iter().all(|row| row.len() == table.columns.len())
}
