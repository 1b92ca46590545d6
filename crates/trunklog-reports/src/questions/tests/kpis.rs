use std::collections::BTreeSet;

use proptest::prelude::*;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;

use super::plain::{figure, starts_in};
use super::{ask, cases, check};
use crate::calendar::{Bucket, Comparison, clock, range};
use crate::facts::sample::{Call, WORKED, calls};
use crate::questions::testing::{stored, user};
use crate::questions::{HEAT_MAP, KPIS, SERIES};
use crate::{Answer, Ask, Dimension, Extra, Filter, KeyFigures, Value, kpi};

/// What the rows of a bucket come to.
fn figures(keys: &[&str], calls: &[&Call], range: TimeRange) -> Vec<Value> {
    let within: Vec<&Call> = calls.iter().copied().filter(|call| starts_in(call, range)).collect();
    keys.iter().map(|key| figure(key, &within)).collect()
}

const OF_SERIES: [&str; 8] = ["attempts", "answered", "asr", "failed", "ner", "missed", "minutes", "acd"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn key_figures_are_what_rows_come_to(calls in calls(70), case in cases(&Dimension::OF_TRUNKS)) {
        let answer = ask(&KPIS, &calls, &case);
        prop_assert_eq!(answer.bucket, case.ask.bucket);
        prop_assert!(answer.notes.is_empty());
        let keys: Vec<&str> = kpi::KPIS.iter().map(|kpi| kpi.definition.key).collect();
        check(&answer, &calls, &case, case.ask.bucket, starts_in, |calls, range| figures(&keys, calls, range));
    }

    #[test]
    fn a_range_is_told_as_it_is_alone(
        calls in calls(70),
        mut case in cases(&Dimension::OF_TRUNKS),
        with_channels in any::<bool>(),
    ) {
        case.ask.bucket.get_or_insert(Bucket::Auto);
        case.ask.extras = if with_channels { vec![Extra::Channels] } else { Vec::new() };
        let store = stored(&calls);
        let answer = |bucket| KPIS.answer(&*store, &Ask { bucket, ..case.ask.clone() });
        let found = KeyFigures::of(&*store, &case.ask);
        match (found, answer(None), answer(case.ask.bucket)) {
            (Ok(found), Ok(whole), Ok(by_bucket)) => {
                prop_assert_eq!(Answer { source: whole.source, ..found.whole }, whole);
                prop_assert_eq!(found.by_bucket, by_bucket);
            }
            (found, whole, by_bucket) => {
                prop_assert!(found.is_err() && (whole.is_err() || by_bucket.is_err()));
            }
        }
    }

    #[test]
    fn series_are_what_rows_come_to(calls in calls(70), case in cases(&Dimension::OF_TRUNKS)) {
        let answer = ask(&SERIES, &calls, &case);
        let bucket = case.ask.bucket.unwrap_or(Bucket::Auto).suited(case.ask.range);
        prop_assert_eq!(answer.bucket, Some(bucket));
        check(&answer, &calls, &case, Some(bucket), starts_in, |calls, range| {
            figures(&OF_SERIES, calls, range)
        });
    }

    #[test]
    fn users_are_counted_once(calls in calls(70), mut case in cases(&Dimension::OF_TRUNKS)) {
        case.ask.extras = vec![Extra::Users];
        let users = |calls: &[&Call], range| {
            let within = calls.iter().filter(|call| starts_in(call, range));
            let users: BTreeSet<&str> = within.filter_map(|call| user(call)).collect();
            Value::Int(i64::try_from(users.len()).unwrap())
        };
        let answer = ask(&SERIES, &calls, &case);
        let bucket = case.ask.bucket.unwrap_or(Bucket::Auto).suited(case.ask.range);
        prop_assert_eq!(answer.notes.len(), 1);
        check(&answer, &calls, &case, Some(bucket), starts_in, |calls, range| {
            let mut values = figures(&OF_SERIES, calls, range);
            values.push(users(calls, range));
            values
        });
        let answer = ask(&KPIS, &calls, &case);
        let keys: Vec<&str> = kpi::KPIS.iter().map(|kpi| kpi.definition.key).collect();
        check(&answer, &calls, &case, case.ask.bucket, starts_in, |calls, range| {
            let mut values = figures(&keys, calls, range);
            values.push(users(calls, range));
            values
        });
    }

    #[test]
    fn the_heat_map_is_what_rows_come_to(calls in calls(70), mut case in cases(&[])) {
        case.ask.bucket = None;
        let answer = ask(&HEAT_MAP, &calls, &case);
        prop_assert_eq!(answer.table.rows.len(), 7 * 24);
        let (range, zone) = (case.ask.range, &case.ask.zone);
        let counted: Vec<&Call> = calls.iter().filter(|call| (case.holds)(call)).collect();
        let ranges = [Some((range, &answer.table)), case.ask.compare.map(|compare| {
            (compare.range(range, zone), answer.compared.as_ref().unwrap())
        })];
        for (range, table) in ranges.into_iter().flatten() {
            let mut hours = 0;
            for (at, row) in table.rows.iter().enumerate() {
                let within: Vec<&Call> = counted.iter().copied().filter(|call| {
                    let start = Instant::from_ticks(call.start).unwrap();
                    let shown = clock(zone, start);
                    let place = i64::from(shown.weekday().to_monday_zero_offset()) * 24 + i64::from(shown.hour());
                    starts_in(call, range) && usize::try_from(place).unwrap() == at
                }).collect();
                let keys = ["attempts", "answered", "asr", "failed", "ner"];
                let expected: Vec<Value> = keys.iter().map(|key| figure(key, &within)).collect();
                prop_assert_eq!(&row[3..], &expected[..], "{}", at);
                prop_assert_eq!(&row[1], &Value::Int(i64::try_from(at % 24).unwrap()));
                let Value::Int(of_hour) = row[2] else { panic!("{row:?}") };
                hours += of_hour;
            }
            let ticks = range.end().ticks() - range.from().ticks();
            let whole = ticks.div_euclid(Instant::TICKS_PER_HOUR);
            // Each place of the week may have one part of an hour that counts as one.
            prop_assert!(hours >= whole && hours <= whole + 7 * 24, "{} of {}", hours, whole);
        }
        prop_assert_eq!(answer.compared.is_some(), case.ask.compare.is_some());
    }
}

fn at(text: &str) -> i64 {
    Instant::parse(text).unwrap().ticks()
}

fn day(from: &str, to: &str) -> Ask {
    Ask::of(range(Some(from), Some(to), &jiff::tz::TimeZone::UTC, Instant::ABSENT).unwrap())
}

fn told(answer: &Answer, row: usize, key: &str) -> Value {
    answer.table.value(row, key).unwrap_or_else(|| panic!("no {key} of {row}")).clone()
}

#[test]
fn the_worked_vector_comes_to_what_is_published() {
    let start = at("2026-11-30T08:00:00Z");
    let calls: Vec<Call> = WORKED
        .into_iter()
        .map(|(successful, sip, sub)| Call {
            start,
            successful: Some(successful),
            codes: (Some(sip), Some(sub)),
            ..Call::default()
        })
        .collect();
    let store = stored(&calls);
    for bucket in [None, Some(Bucket::Hour)] {
        let question = Ask { bucket, ..day("2026-11-30T08:00", "2026-11-30T09:00") };
        let answer = KPIS.answer(&*store, &question).unwrap();
        for (key, part) in [("asr", 2.0), ("ner", 9.0), ("seer", 6.0), ("isa", 4.0)] {
            let expected = Value::Ratio { value: Some(part / 15.0), n: 15 };
            assert_eq!(told(&answer, 0, key), expected, "{key} of {bucket:?}");
        }
    }
}

#[test]
fn who_fell_silent_is_told_and_who_is_new() {
    let call = |start: &str, trunk| Call { start: at(start), trunk: Some(trunk), ..Call::default() };
    let calls = [call("2026-11-23T10:00:00Z", "silent"), call("2026-11-30T10:00:00Z", "new")];
    let question = Ask {
        by: vec![Dimension::Trunk],
        compare: Some(Comparison::Week),
        ..day("2026-11-30", "2026-12-01")
    };
    let answer = KPIS.answer(&*stored(&calls), &question).unwrap();
    let rows = |table: &crate::Table| {
        let row =
            |at| [table.value(at, "trunk").unwrap().clone(), table.value(at, "attempts").unwrap().clone()];
        (0..table.rows.len()).map(row).collect::<Vec<_>>()
    };
    let (new, silent) = (Value::text("new"), Value::text("silent"));
    assert_eq!(rows(&answer.table), [[new.clone(), Value::Int(1)], [silent.clone(), Value::Int(0)]]);
    assert_eq!(rows(answer.compared.as_ref().unwrap()), [[new, Value::Int(0)], [silent, Value::Int(1)]]);
}

#[test]
fn buckets_without_a_call_are_there() {
    let answer = SERIES.answer(&*stored(&[]), &day("2026-11-30", "2026-12-01")).unwrap();
    assert_eq!((answer.bucket, answer.table.rows.len()), (Some(Bucket::Hour), 24));
    assert_eq!(told(&answer, 23, "startLocal"), Value::text("2026-11-30T23:00:00+00:00"));
    assert_eq!(told(&answer, 23, "attempts"), Value::Int(0));
    assert_eq!(told(&answer, 23, "asr"), Value::Ratio { value: None, n: 0 });
}

/// Countries are only told by a cube that has no codes.
#[test]
fn a_country_is_told_by_sums_where_they_know_it_and_by_rows_elsewhere() {
    let call = |start: &str, caller, successful, codes: (i32, i32)| Call {
        start: at(start),
        caller: Some(caller),
        call_type: Some("ByotIn"),
        successful: Some(successful),
        codes: (Some(codes.0), Some(codes.1)),
        end: Some(at(start) + 90 * Instant::TICKS_PER_SEC),
        duration: Some(90),
        ..Call::default()
    };
    let calls = [
        call("2026-11-30T10:00:00Z", "+4930123456", true, (0, 560_000)),
        call("2026-11-30T10:10:00Z", "+4930123456", false, (486, 560_486)),
        call("2026-11-30T10:20:00Z", "+4930123456", false, (503, 560_503)),
        call("2026-11-30T10:30:00Z", "+14165550123", true, (0, 560_000)),
    ];
    let filter = Filter::read("country eq 'DE'", trunklog_records::masking::Mask::NONE).unwrap();
    // The range cuts through an hour, of which the cube's slots are.
    let question = Ask { filter, ..day("2026-11-30T09:30", "2026-11-30T11:00") };
    let store = stored(&calls);
    let answer = SERIES.answer(&*store, &Ask { bucket: Some(Bucket::Day), ..question.clone() }).unwrap();
    for (key, expected) in [
        ("attempts", Value::Int(3)),
        ("answered", Value::Int(1)),
        ("failed", Value::Int(1)),
        ("missed", Value::Int(1)),
        ("minutes", Value::Number(1.5)),
        ("ner", Value::Ratio { value: Some(2.0 / 3.0), n: 3 }),
    ] {
        assert_eq!(told(&answer, 0, key), expected, "{key}");
    }
    let heat = HEAT_MAP.answer(&*store, &question).unwrap();
    assert_eq!(told(&heat, 10, "attempts"), Value::Int(3));
    // No sums have its quantiles.
    let kpis = KPIS.answer(&*store, &question).unwrap();
    assert_eq!(told(&kpis, 0, "attempts"), Value::Int(3));
    assert_eq!(told(&kpis, 0, "ner"), Value::Ratio { value: Some(2.0 / 3.0), n: 3 });
    assert!(kpis.source.from_rows && !kpis.source.from_cube);
}
