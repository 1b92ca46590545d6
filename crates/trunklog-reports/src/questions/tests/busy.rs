use jiff::tz::TimeZone;
use proptest::prelude::*;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;

use super::plain::{divided, spans};
use super::{ask, cases, check};
use crate::calendar::Bucket;
use crate::erlang::channels_needed;
use crate::facts::sample::{Call, calls};
use crate::questions::testing::stored;
use crate::questions::{CONCURRENCY, HEAT_MAP, KPIS};
use crate::{Dimension, Extra, Value};

/// The part of a time within a range, in ticks.
fn within(span: (i64, i64), range: TimeRange) -> i64 {
    (span.1.min(range.end().ticks()) - span.0.max(range.from().ticks())).max(0)
}

/// The most at once and the first instant of it: by asking at each instant at which
/// one starts.
fn peak(spans: &[(i64, i64)], range: TimeRange) -> (i64, Option<i64>) {
    let starts = spans.iter().map(|span| span.0.max(range.from().ticks()));
    let mut instants: Vec<i64> = starts.filter(|at| *at < range.end().ticks()).collect();
    instants.sort_unstable();
    let mut peak = (0, None);
    for at in instants {
        let busy = spans.iter().filter(|span| span.0 <= at && at < span.1).count();
        let busy = i64::try_from(busy).unwrap();
        if busy > peak.0 {
            peak = (busy, Some(at));
        }
    }
    peak
}

/// What the columns of busy channels are.
fn channels(calls: &[&Call], range: TimeRange, zone: &TimeZone) -> Vec<Value> {
    let [occupied, talking] =
        [0, 1].map(|of| calls.iter().filter_map(|call| spans(call)[of]).collect::<Vec<(i64, i64)>>());
    let length = range.end().ticks() - range.from().ticks();
    let busy = |range: TimeRange| occupied.iter().map(|span| within(*span, range)).sum::<i64>();
    let (most, at) = peak(&occupied, range);
    let hours = Bucket::Hour.edges(range, zone).unwrap();
    let erlangs = hours.windows(2).map(|hour| {
        let hour = TimeRange::ALL.since(hour[0]).until(hour[1]);
        let ticks = hour.end().ticks() - hour.from().ticks();
        divided(busy(hour), ticks.max(length.min(Instant::TICKS_PER_HOUR)))
    });
    let busiest = erlangs.fold(0.0, f64::max);
    let needed = |blocked| Value::maybe_int(channels_needed(busiest, blocked).map(i64::from));
    let traffic = divided(busy(range) / 10_000, length / 10_000);
    vec![
        Value::Int(most),
        Value::maybe_instant(at.map(|at| Instant::from_ticks(at).unwrap())),
        Value::Int(peak(&talking, range).0),
        Value::maybe_number((length >= 10_000).then_some(traffic)),
        Value::Number(busiest),
        needed(0.01),
        needed(0.001),
    ]
}

/// Whether a call keeps a channel busy within a range.
fn is_busy(call: &Call, range: TimeRange) -> bool {
    spans(call).into_iter().flatten().any(|span| within(span, range) > 0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn busy_channels_are_what_asking_at_each_start_finds(
        calls in calls(50),
        mut case in cases(&[Dimension::Trunk, Dimension::Direction]),
    ) {
        let length = case.ask.range.end().ticks() - case.ask.range.from().ticks();
        if length > 30 * Instant::TICKS_PER_DAY {
            // The hours of so long a range are too many rows.
            case.ask.bucket = case.ask.bucket.or(Some(Bucket::Day));
        }
        let answer = ask(&CONCURRENCY, &calls, &case);
        let bucket = match case.ask.bucket {
            Some(bucket) => bucket,
            None if length <= 25 * Instant::TICKS_PER_HOUR => Bucket::Minute,
            None => Bucket::Hour,
        };
        prop_assert_eq!(answer.bucket, Some(bucket));
        check(&answer, &calls, &case, Some(bucket), is_busy, |calls, range| {
            channels(calls, range, &case.ask.zone)
        });
    }

    #[test]
    fn key_figures_tell_busy_channels_when_asked(
        calls in calls(50),
        mut case in cases(&[Dimension::Trunk, Dimension::Direction]),
    ) {
        case.ask.extras = vec![Extra::Channels];
        let answer = ask(&KPIS, &calls, &case);
        let is_within = |call: &Call, range| super::plain::starts_in(call, range) || is_busy(call, range);
        let keys: Vec<&str> = crate::kpi::KPIS.iter().map(|kpi| kpi.definition.key).collect();
        check(&answer, &calls, &case, case.ask.bucket, is_within, |calls, range| {
            let started: Vec<&Call> =
                calls.iter().copied().filter(|call| super::plain::starts_in(call, range)).collect();
            let mut values: Vec<Value> =
                keys.iter().map(|key| super::plain::figure(key, &started)).collect();
            values.extend(channels(calls, range, &case.ask.zone));
            values
        });
    }

    #[test]
    fn the_heat_map_tells_busy_channels_when_asked(calls in calls(40), mut case in cases(&[])) {
        case.ask.bucket = None;
        case.ask.compare = None;
        case.ask.extras = vec![Extra::Channels];
        let answer = ask(&HEAT_MAP, &calls, &case);
        let counted: Vec<&Call> = calls.iter().filter(|call| (case.holds)(call)).collect();
        let all = channels(&counted, case.ask.range, &case.ask.zone);
        let peaks = answer.table.rows.iter().enumerate().map(|(at, _)| {
            let cell = |key| answer.table.value(at, key).unwrap().clone();
            (cell("occupiedChannels"), cell("occupiedPeakAt"))
        });
        // The largest of the week is the largest of the range, at the first time.
        let is_larger = |one: &Value, other: &Value| match (one, other) {
            (Value::Int(one), Value::Int(other)) => one > other,
            _ => panic!("{one:?} {other:?}"),
        };
        let largest = peaks.clone().fold(Value::Int(0), |largest, (peak, _)| {
            if is_larger(&peak, &largest) { peak } else { largest }
        });
        prop_assert_eq!(&largest, &all[0]);
        let at_peak = peaks.filter(|(peak, _)| *peak == largest).map(|(_, at)| at);
        let mut instants: Vec<Instant> =
            at_peak.filter_map(|at| match at { Value::Instant(at) => Some(at), _ => None }).collect();
        instants.sort_unstable();
        prop_assert_eq!(Value::maybe_instant(instants.first().copied()), all[1].clone());
    }
}

#[test]
fn a_call_that_ends_when_a_minute_starts_is_not_busy_in_it() {
    let at = |text: &str| Instant::parse(text).unwrap().ticks();
    let call = Call {
        start: at("2026-11-30T08:00:10Z"),
        end: Some(at("2026-11-30T08:02:00Z")),
        successful: Some(true),
        ..Call::default()
    };
    let range = TimeRange::ALL
        .since(Instant::parse("2026-11-30T08:00:00Z").unwrap())
        .until(Instant::parse("2026-11-30T08:04:00Z").unwrap());
    let answer = CONCURRENCY.answer(&*stored(&[call]), &crate::Ask::of(range)).unwrap();
    let column = |key| (0..4).map(|row| answer.table.value(row, key).unwrap().clone()).collect::<Vec<_>>();
    assert_eq!(column("occupiedChannels"), [1, 1, 0, 0].map(Value::Int));
    assert_eq!(column("talkingChannels"), [1, 1, 0, 0].map(Value::Int));
    assert_eq!(column("traffic"), [50.0 / 60.0, 1.0, 0.0, 0.0].map(Value::Number));
    assert_eq!(answer.source.key(), "rows");
}
