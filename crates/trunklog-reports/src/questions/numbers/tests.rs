use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::select;
use trunklog_records::TimeRange;
use trunklog_records::masking::{Mask, masked};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;

use super::*;
use crate::facts::sample::{Call, calls as some_calls};
use crate::filter::Filter;
use crate::questions::testing::{
    at, chosen, direction, filter, filters, filters_and_countries, is_answered, is_missed, is_whole, number,
    outside_number, own_number, range, ranges, stored, text, zones,
};

/// What is plainly true of a number: attempts, answered, missed, in and out.
#[derive(Default, Debug, PartialEq)]
struct Plain {
    counts: [i64; 5],
    last: [Option<i64>; 2],
}

impl Plain {
    fn add(&mut self, call: &Call) {
        let holds = [
            true,
            is_answered(call),
            is_missed(call),
            direction(call) == Some(1),
            direction(call) == Some(2),
        ];
        for (count, holds) in self.counts.iter_mut().zip(holds) {
            *count += i64::from(holds);
        }
        self.see(call);
    }

    fn see(&mut self, call: &Call) {
        match direction(call) {
            Some(1) => self.last[0] = self.last[0].max(Some(call.start)),
            Some(2) => self.last[1] = self.last[1].max(Some(call.start)),
            _ => {}
        }
    }
}

/// All numbers of a table are these, the most used first.
fn check(table: &Table, plain: &BTreeMap<String, Plain>, clock: &TimeZone) -> Result<(), TestCaseError> {
    let mut order: Vec<(Reverse<i64>, &String)> =
        plain.iter().map(|(number, plain)| (Reverse(plain.counts[0]), number)).collect();
    order.sort_unstable();
    prop_assert_eq!(table.rows.len(), order.len());
    prop_assert!(is_whole(table));
    for (row, (_, of_row)) in order.into_iter().enumerate() {
        let plain = &plain[of_row];
        prop_assert_eq!(text(table, row, "number"), Some(of_row.clone()));
        let counts = ["attempts", "answered", "missed", "inbound", "outbound"];
        prop_assert_eq!(counts.map(|column| number(table, row, column)), plain.counts);
        let day = |at: i64| local_date(clock, Instant::from_ticks(at).unwrap());
        let last = ["lastIn", "lastOut"].map(|column| text(table, row, column));
        prop_assert_eq!(last, plain.last.map(|at| at.map(day)));
    }
    Ok(())
}

proptest! {
    #[test]
    fn own_numbers_are_counted_as_rows_are(
        calls in some_calls(40),
        range in ranges(),
        days in zones(),
        choice in filters_and_countries(),
    ) {
        let ask = Ask { filter: filter(choice.0), days: days.clone(), ..Ask::of(range) };
        let answer = NUMBERS.answer(&*stored(&calls), &ask).unwrap();
        let mut plain = BTreeMap::<String, Plain>::new();
        for (_, call) in chosen(&calls, range, choice) {
            if let Some(number) = own_number(call) {
                plain.entry(number.to_owned()).or_default().add(call);
            }
        }
        let mut ever = BTreeMap::<String, Plain>::new();
        for (_, call) in chosen(&calls, TimeRange::ALL.until(range.end()), ("", |_| true)) {
            if let Some(number) = own_number(call) {
                ever.entry(number.to_owned()).or_default().see(call);
            }
        }
        for (number, seen) in ever {
            match plain.get_mut(&number) {
                // Whatever the filter.
                Some(plain) => plain.last = seen.last,
                None if choice.0.is_empty() => {
                    plain.insert(number, seen);
                }
                None => {}
            }
        }
        check(&answer.table, &plain, &days)?;
        for row in 0..answer.table.rows.len() {
            let is_unused = match answer.table.value(row, "isUnused") {
                Some(Value::Bool(is_unused)) => Some(*is_unused),
                _ => None,
            };
            let expected = choice.0.is_empty().then(|| number(&answer.table, row, "attempts") == 0);
            prop_assert_eq!(is_unused, expected);
        }
    }

    #[test]
    fn numbers_outside_are_counted_as_the_reader_sees_them(
        calls in some_calls(40),
        range in ranges(),
        zone in zones(),
        choice in filters(),
        digits in select(vec![0, 3, 4, 7, 15]),
    ) {
        let ask = Ask {
            filter: filter(choice.0),
            zone: zone.clone(),
            mask: Mask::hiding(digits),
            extras: vec![Extra::Outside],
            ..Ask::of(range)
        };
        let answer = NUMBERS.answer(&*stored(&calls), &ask).unwrap();
        let mut plain = BTreeMap::<String, Plain>::new();
        for (_, call) in chosen(&calls, range, choice) {
            if let Some(number) = outside_number(call) {
                plain.entry(masked(number, digits).into_owned()).or_default().add(call);
            }
        }
        check(&answer.table, &plain, &zone)?;
    }

    /// Two stores that differ only in hidden digits look the same, whatever is asked.
    #[test]
    fn no_hidden_digit_is_told(
        places in proptest::collection::vec((0..4_usize, 0..3_usize, any::<bool>(), any::<bool>()), 1..30),
        ends in (0..1_000_u16, 0..1_000_u16),
        question in select(vec![
            "",
            "callerNumber eq '+4930123456'",
            "startswith(callerNumber,'+49301234')",
            "endswith(calleeNumber,'6')",
            "callerNumber lt '+4930123500' or calleeNumber lt '+4930123500'",
            "contains(callerNumber,'***')",
        ]),
        top in 1..5_usize,
    ) {
        let mask = Mask::hiding(3);
        let answer = |change: bool| {
            let (first, second) = if change { (&ends.0, &ends.1) } else { (&ends.1, &ends.0) };
            let starts = ["+4930123", "+4930124", "+33612345", "+1416555"];
            let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
            let calls = places.iter().enumerate().map(|(at, (start, other, is_in, is_first))| {
                let end = if *is_first { first } else { second };
                let outside = leak(format!("{}{end:03}", starts[*start]));
                let own = ["+49891", "+49892", "+49893"][*other];
                let (caller, callee) = if *is_in { (outside, own) } else { (own, outside) };
                Call {
                    start: 17_900_000_000_000_000 + i64::try_from(at).unwrap(),
                    call_type: Some(if *is_in { "ByotIn" } else { "ByotOut" }),
                    caller: Some(caller),
                    callee: Some(callee),
                    ..Call::default()
                }
            });
            let ask = Ask {
                filter: if question.is_empty() {
                    Filter::default()
                } else {
                    Filter::read(question, mask).unwrap()
                },
                mask,
                top: Some(top),
                extras: vec![Extra::Outside],
                ..Ask::of(TimeRange::ALL)
            };
            NUMBERS.answer(&*stored(&calls.collect::<Vec<Call>>()), &ask).unwrap().table
        };
        prop_assert_eq!(answer(true), answer(false));
    }
}

#[test]
fn unused_numbers_are_told_with_their_last_days() {
    let call = |text: &str, call_type, caller, callee| Call {
        start: at(text).ticks(),
        call_type: Some(call_type),
        caller: Some(caller),
        callee: Some(callee),
        ..Call::default()
    };
    let calls = [
        call("2026-01-05T23:30:00Z", "ByotIn", "+33123456789", "+493011"),
        call("2026-03-01T08:00:00Z", "ByotOut", "+493011", "+33123456789"),
        call("2026-11-30T08:00:00Z", "ByotIn", "+33123456789", "+493012"),
        call("2026-12-30T08:00:00Z", "ByotIn", "+33123456789", "+493013"),
    ];
    let store = stored(&calls);
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let ask = Ask { days: berlin, ..Ask::of(range("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")) };
    let numbers = |store: &dyn Store| {
        let table = NUMBERS.answer(store, &ask).unwrap().table;
        let row = |row| {
            let unused = table.value(row, "isUnused") == Some(&Value::Bool(true));
            (
                text(&table, row, "number").unwrap(),
                text(&table, row, "lastIn"),
                text(&table, row, "lastOut"),
                unused,
            )
        };
        (0..table.rows.len()).map(row).collect::<Vec<_>>()
    };
    let day = |day: &str| Some(day.to_owned());
    let used = ("+493012".to_owned(), day("2026-11-30"), None, false);
    let unused = ("+493011".to_owned(), day("2026-01-06"), day("2026-03-01"), true);
    // What is only used after the range is not there yet.
    assert_eq!(numbers(&*store), [used.clone(), unused]);
    // What was forgotten was never used.
    store.forget(&DIRECT_ROUTING_CALLS, at("2026-02-01T00:00:00Z")).unwrap();
    let unused = ("+493011".to_owned(), None, day("2026-03-01"), true);
    assert_eq!(numbers(&*store), [used.clone(), unused]);
    store.forget(&DIRECT_ROUTING_CALLS, at("2026-04-01T00:00:00Z")).unwrap();
    assert_eq!(numbers(&*store), [used]);
}

#[test]
fn numbers_that_look_the_same_are_one() {
    let call =
        |start, caller| Call { start, call_type: Some("ByotIn"), caller: Some(caller), ..Call::default() };
    let start = at("2026-11-30T08:00:00Z").ticks();
    let calls = [call(start, "+4930123456"), call(start + 1, "+4930123457"), call(start + 2, "+4930124000")];
    let seen = |digits| {
        let extras = vec![Extra::Outside];
        let ask = Ask { mask: Mask::hiding(digits), extras, ..Ask::of(TimeRange::ALL) };
        let table = NUMBERS.answer(&*stored(&calls), &ask).unwrap().table;
        let rows = 0..table.rows.len();
        rows.map(|row| (text(&table, row, "number").unwrap(), number(&table, row, "attempts")))
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(seen(0).len(), 3);
    let of_masked = [("+4930123***".to_owned(), 2), ("+4930124***".to_owned(), 1)];
    assert_eq!(seen(3), BTreeSet::from(of_masked));
}
