//! Key figures in the plainest way: formulas over lists of calls, without cubes,
//! totals or bins.

use std::collections::BTreeSet;

use super::calls::{Also, Call, DAY, MS, Ner, SEC};
use super::{float, whole};

/// What a key figure should come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Expected {
    /// This number, of that many rows where it is a ratio or a mean.
    Exactly(Option<f64>, i64),
    /// A quantile: the middle of a bin that holds this many milliseconds.
    Near(Option<i64>, i64),
}

impl Call {
    fn is_answered(&self) -> bool {
        self.how.successful == Some(true)
    }

    fn over(&self) -> Option<i64> {
        self.end.or(self.failure)
    }

    fn held(&self) -> Option<i64> {
        self.over().map(|over| over - self.invite.unwrap_or(self.start))
    }

    fn rung(&self) -> Option<i64> {
        self.invite.map(|invite| self.start - invite)
    }

    fn talked(&self) -> Option<i64> {
        self.end.filter(|_| self.is_answered()).map(|end| end - self.start)
    }

    /// Held, talked, rung or said to have lasted less than nothing or more than a
    /// day, or never over.
    fn is_odd(&self) -> bool {
        let lengths =
            [self.held(), self.talked(), self.rung(), self.duration.map(|secs| i64::from(secs) * SEC)];
        self.over().is_none() || lengths.into_iter().flatten().any(|length| !(0..=DAY).contains(&length))
    }

    fn can_be_compared(&self) -> bool {
        self.duration.is_some() && self.end.is_some()
    }

    fn disagrees(&self) -> bool {
        let (Some(secs), Some(end)) = (self.duration, self.end) else { return false };
        let is_off = |from: i64| (i64::from(secs) * SEC - (end - from)).abs() > SEC;
        is_off(self.start) && self.invite.is_none_or(is_off)
    }

    fn is_missed(&self) -> bool {
        self.kind.direction == "inbound"
            && !self.kind.is_leg
            && !self.is_answered()
            && self.how.is_user_behaviour
    }

    /// When it held a channel, or was talked over it.
    pub(super) fn busy(&self, talking: bool) -> Option<(i64, i64)> {
        let from = if talking { self.start } else { self.invite.unwrap_or(self.start) };
        let until = if talking { self.end.filter(|_| self.is_answered())? } else { self.over()? };
        (!self.is_odd() && from < until).then_some((from, until))
    }
}

/// What each key figure of some calls should come to.
pub(super) fn figures(calls: &[&Call]) -> Vec<(&'static str, Expected)> {
    let count = |holds: &dyn Fn(&Call) -> bool| whole(calls.iter().filter(|call| holds(call)).count());
    let rows = count(&|_| true);
    let answered = count(&Call::is_answered);
    let effective = count(&|call| call.how.ner == Ner::Effective);
    let left_out = count(&|call| call.how.ner == Ner::LeftOut);
    let redirected = count(&|call| call.how.also == Also::Redirected);
    // Milliseconds of those that are not odd, and have some.
    let millis = |ticks: &dyn Fn(&Call) -> Option<i64>| -> Vec<i64> {
        let sound = calls.iter().filter(|call| !call.is_odd());
        let mut millis: Vec<i64> = sound.filter_map(|call| ticks(call)).map(|ticks| ticks / MS).collect();
        millis.sort_unstable();
        millis
    };
    let talks = millis(&Call::talked);
    let delays = millis(&|call| {
        let shows = call.is_answered() && call.kind.direction == "outbound";
        call.rung().filter(|_| shows)
    });
    let lasted =
        millis(&|call| call.duration.filter(|_| call.is_answered()).map(|secs| i64::from(secs) * SEC));
    let held = millis(&Call::held);

    let number = |count: i64| Expected::Exactly(Some(float(count)), rows);
    let ratio = |part: i64, of: i64| Expected::Exactly((of > 0).then(|| float(part) / float(of)), of);
    let mean = |millis: &[i64]| {
        let n = whole(millis.len());
        let mean = (n > 0).then(|| float(millis.iter().sum()) / 1_000.0 / float(n));
        Expected::Exactly(mean, n)
    };
    let minutes =
        |millis: &[i64]| Expected::Exactly(Some(float(millis.iter().sum()) / 60_000.0), whole(millis.len()));
    vec![
        ("attempts", number(rows)),
        ("answered", number(answered)),
        ("calls", number(count(&|call| !call.kind.is_leg))),
        ("missed", number(count(&Call::is_missed))),
        ("failed", number(rows - effective)),
        ("asr", ratio(answered, rows)),
        ("ner", ratio(effective, rows)),
        ("nerAdjusted", ratio(effective, rows - left_out)),
        ("seer", ratio(count(&|call| call.how.is_delivered), rows - redirected)),
        ("isa", ratio(count(&|call| call.how.is_ineffective_attempt), rows)),
        ("ser", ratio(answered, rows - redirected)),
        ("scr", ratio(count(&|call| call.how.also == Also::NormalEnd), rows)),
        ("acd", mean(&lasted)),
        ("minutes", minutes(&lasted)),
        ("talkTimeMean", mean(&talks)),
        ("talkTimeP50", quantile(&talks, 50)),
        ("talkTimeP95", quantile(&talks, 95)),
        ("talkMinutes", minutes(&talks)),
        ("answerDelayMean", mean(&delays)),
        ("answerDelayP50", quantile(&delays, 50)),
        ("answerDelayP95", quantile(&delays, 95)),
        ("occupiedMinutes", minutes(&held)),
        ("oddRows", number(count(&Call::is_odd))),
        ("durationDisagreement", ratio(count(&Call::disagrees), count(&Call::can_be_compared))),
    ]
}

/// The value that so many of a hundred do not exceed.
fn quantile(sorted: &[i64], percent: usize) -> Expected {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    Expected::Near(sorted.get(rank - 1).copied(), whole(sorted.len()))
}

/// The most calls at once within [from, to), and the first instant of so many.
pub(super) fn peak(times: &[(i64, i64)], from: i64, to: i64) -> (usize, i64) {
    let starts = times.iter().map(|time| time.0).filter(|start| from < *start && *start < to);
    let instants: BTreeSet<i64> = starts.chain([from]).collect();
    let at_once = |at: i64| times.iter().filter(|time| time.0 <= at && at < time.1).count();
    let mut peak = (0, from);
    for at in instants {
        if at_once(at) > peak.0 {
            peak = (at_once(at), at);
        }
    }
    peak
}

/// For how long all were busy within [from, to), together.
pub(super) fn ticks(times: &[(i64, i64)], from: i64, to: i64) -> i64 {
    times.iter().map(|time| (time.1.min(to) - time.0.max(from)).max(0)).sum()
}
