//! Key figures in the plainest way: one row after the other, without cubes, facts
//! or totals.

use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_store::values_of_bin;

use crate::facts::sample::{CALL_TYPES, Call};
use crate::{Class, Ner, Value, classify};

const DAY: i64 = 864_000_000_000;

/// The key of its direction.
pub(super) fn direction(call: &Call) -> Option<i64> {
    CALL_TYPES.iter().find(|of| Some(of.0) == call.call_type).and_then(|of| of.1)
}

pub(super) fn is_leg(call: &Call) -> bool {
    CALL_TYPES.iter().any(|of| Some(of.0) == call.call_type && of.2)
}

pub(super) fn class(call: &Call) -> Class {
    classify(call.successful, call.codes.0, call.codes.1)
}

pub(super) fn starts_in(call: &Call, range: TimeRange) -> bool {
    (range.from().ticks()..range.end().ticks()).contains(&call.start)
}

fn there(ticks: Option<i64>) -> Option<i64> {
    ticks.filter(|ticks| *ticks != Instant::ABSENT.ticks())
}

fn is_answered(call: &Call) -> bool {
    call.successful == Some(true)
}

fn ended(call: &Call) -> Option<i64> {
    there(call.end).or(there(call.failure))
}

fn held(call: &Call) -> Option<i64> {
    ended(call).map(|end| end - there(call.invite).unwrap_or(call.start))
}

fn setup(call: &Call) -> Option<i64> {
    there(call.invite).map(|invite| call.start - invite)
}

fn talk(call: &Call) -> Option<i64> {
    there(call.end).filter(|_| is_answered(call)).map(|end| end - call.start)
}

fn is_odd(call: &Call) -> bool {
    held(call).is_none()
        || [held(call), setup(call), talk(call)].iter().flatten().any(|ticks| *ticks < 0 || *ticks > DAY)
        || call.duration.is_some_and(|secs| !(0..=86_400).contains(&secs))
}

fn is_comparable(call: &Call) -> bool {
    call.duration.is_some() && there(call.end).is_some()
}

fn disagrees(call: &Call) -> bool {
    let (Some(duration), Some(end)) = (call.duration, there(call.end)) else { return false };
    [Some(call.start), there(call.invite)].into_iter().flatten().all(|from| {
        let apart = i64::from(duration) * 10_000_000 - (end - from);
        !(-10_000_000..=10_000_000).contains(&apart)
    })
}

/// When it occupied a channel, and when it was talked over.
pub(super) fn spans(call: &Call) -> [Option<(i64, i64)>; 2] {
    let span =
        |from: i64, to: Option<i64>| to.map(|to| (from, to)).filter(|(from, to)| from < to && !is_odd(call));
    let occupied = span(there(call.invite).unwrap_or(call.start), ended(call));
    let talking = span(call.start, there(call.end).filter(|_| is_answered(call)));
    [occupied, talking]
}

#[allow(clippy::cast_precision_loss)]
pub(super) fn divided(part: i64, by: i64) -> f64 {
    part as f64 / by as f64
}

/// A mean or a ratio, None of nothing.
fn mean(sum: i64, per: i64, n: i64) -> Value {
    Value::Ratio { value: (n > 0).then(|| divided(sum, n * per)), n }
}

fn quantile(millis: &mut [i64], per_mille: usize) -> Value {
    millis.sort_unstable();
    let rank = (millis.len() * per_mille).div_ceil(1_000).max(1);
    let value = millis.get(rank - 1).map(|millis| {
        let bin = (0..10_000).find(|bin| *millis <= values_of_bin(*bin).1).unwrap();
        let (from, until) = values_of_bin(bin);
        divided(from + (until - from) / 2, 1_000)
    });
    Value::Ratio { value, n: i64::try_from(millis.len()).unwrap() }
}

/// The key figure of that key.
pub(super) fn figure(key: &str, calls: &[&Call]) -> Value {
    let rows = |holds: &dyn Fn(&Call) -> bool| {
        i64::try_from(calls.iter().filter(|call| holds(call)).count()).unwrap()
    };
    let all = rows(&|_| true);
    let answered = rows(&is_answered);
    let effective = rows(&|call| class(call).ner() == Ner::Effective);
    let left_out = rows(&|call| class(call).ner() == Ner::LeftOut);
    let is_sip = |call: &Call, codes: &[i32]| call.codes.0.is_some_and(|sip| codes.contains(&sip));
    let redirected =
        rows(&|call| !is_answered(call) && call.codes.0.is_some_and(|sip| (300..400).contains(&sip)));
    // Of rows that are not odd, those that have it.
    let some = |of: &dyn Fn(&Call) -> Option<i64>| -> Vec<i64> {
        calls.iter().filter(|call| !is_odd(call)).filter_map(|call| of(call)).collect()
    };
    let durations = some(&|call| call.duration.filter(|_| is_answered(call)).map(i64::from));
    let mut talks = some(&|call| talk(call).map(|ticks| ticks / 10_000));
    let is_outbound = |call: &Call| is_answered(call) && direction(call) == Some(2);
    let mut answers = some(&|call| setup(call).filter(|_| is_outbound(call)).map(|ticks| ticks / 10_000));
    let helds = some(&|call| held(call).map(|ticks| ticks / 10_000));
    let n = |values: &[i64]| i64::try_from(values.len()).unwrap();
    let sum = |values: &[i64]| values.iter().sum::<i64>();
    match key {
        "attempts" => Value::Int(all),
        "answered" => Value::Int(answered),
        "calls" => Value::Int(rows(&|call| !is_leg(call))),
        "missed" => Value::Int(rows(&|call| {
            direction(call) == Some(1)
                && !is_leg(call)
                && !is_answered(call)
                && class(call).is_user_behaviour()
        })),
        "failed" => Value::Int(all - effective),
        "asr" => mean(answered, 1, all),
        "ner" => mean(effective, 1, all),
        "nerAdjusted" => mean(effective, 1, all - left_out),
        "seer" => {
            let delivered = rows(&|call| is_answered(call) || is_sip(call, &[480, 486, 600, 603]));
            mean(delivered, 1, all - redirected)
        }
        "isa" => mean(rows(&|call| !is_answered(call) && is_sip(call, &[408, 500, 503, 504])), 1, all),
        "ser" => mean(answered, 1, all - redirected),
        "scr" => {
            let is_normal = |call: &Call| {
                is_answered(call) && is_sip(call, &[0]) && matches!(call.codes.1, Some(540_000 | 560_000))
            };
            mean(rows(&is_normal), 1, all)
        }
        "acd" => mean(sum(&durations), 1, n(&durations)),
        "minutes" => Value::Number(divided(sum(&durations), 60)),
        "talkTimeMean" => mean(sum(&talks), 1_000, n(&talks)),
        "talkTimeP50" => quantile(&mut talks, 500),
        "talkTimeP95" => quantile(&mut talks, 950),
        "talkMinutes" => Value::Number(divided(sum(&talks), 60_000)),
        "answerDelayMean" => mean(sum(&answers), 1_000, n(&answers)),
        "answerDelayP50" => quantile(&mut answers, 500),
        "answerDelayP95" => quantile(&mut answers, 950),
        "occupiedMinutes" => Value::Number(divided(sum(&helds), 60_000)),
        "oddRows" => Value::Int(rows(&is_odd)),
        "durationDisagreement" => mean(rows(&disagrees), 1, rows(&is_comparable)),
        other => panic!("nothing is known of {other}"),
    }
}
