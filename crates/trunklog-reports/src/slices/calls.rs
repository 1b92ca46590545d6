//! Slices of calls, from the sums by trunk, call type and codes.

use std::collections::BTreeMap;

use trunklog_records::call_types::{Direction, direction, is_second_leg};
use trunklog_store::busy::BusyQuery;
use trunklog_store::cube::SumQuery;
use trunklog_store::{Store, Watermark};

use super::{Group, Slice, SliceRow, Slices, Slots, direction_word, minutes, seconds, sums};
use crate::ReportError;
use crate::calendar::{Bucket, clock};
use crate::classes::{Class, Ner, classify};
use crate::codes::explain;
use crate::cubes::{DAYS, DIRECT_ROUTING, QUARTERS, calls};
use crate::kpi::Unit;
use crate::questions::of_one_commit;
use crate::report::Level;
use crate::table::{Column, Kind, Value};
use crate::texts::Texts;

/// Columns with those of [`Sum::values`] among them.
macro_rules! with_sums {
    ([$($before:expr),* $(,)?], [$($after:expr),* $(,)?]) => {
        &[
            $($before,)*
            Column::of("attempts", Kind::Count),
            Column::of("calls", Kind::Count),
            Column::of("answered", Kind::Count),
            Column::of("effective", Kind::Count),
            Column::of("leftOut", Kind::Count),
            Column::of("missed", Kind::Count),
            Column::of("minutes", Kind::Figure(Unit::Minutes)),
            Column::of("durationCalls", Kind::Count),
            Column::of("talkSeconds", Kind::Figure(Unit::Seconds)),
            Column::of("talkCalls", Kind::Count),
            Column::of("answerDelaySeconds", Kind::Figure(Unit::Seconds)),
            Column::of("answerDelayCalls", Kind::Count),
            Column::of("oddRows", Kind::Count),
            $($after,)*
        ]
    };
}

/// The calls of each trunk by hour, and how many of its channels were busy.
pub(super) static TRUNK_HOURS: Slice = Slice {
    key: "trunkHours",
    level: Level::Aggregate,
    bucket: Bucket::Hour,
    columns: with_sums!(
        [Column::of("localHour", Kind::Code), Column::key("trunk", Kind::Text)],
        [
            Column::of("inbound", Kind::Count),
            Column::of("outbound", Kind::Count),
            Column::of("peakChannels", Kind::Count),
            Column::of("peakTalkingChannels", Kind::Count),
            Column::of("busySeconds", Kind::Figure(Unit::Seconds)),
        ]
    ),
    tell: trunk_hours,
};

/// The calls by day, direction and call type.
pub(super) static USAGE_BY_DAY: Slice = Slice {
    key: "usageByDay",
    level: Level::Aggregate,
    bucket: Bucket::Day,
    columns: with_sums!([Column::key("direction", Kind::Text), Column::key("callType", Kind::Text)], []),
    tell: usage_by_day,
};

/// Why calls ended, by day and trunk.
pub(super) static END_REASONS: Slice = Slice {
    key: "endReasons",
    level: Level::Aggregate,
    bucket: Bucket::Day,
    columns: &[
        Column::key("finalSipCode", Kind::Code),
        Column::key("callEndSubReason", Kind::Code),
        Column::key("class", Kind::Text),
        Column::key("trunk", Kind::Text),
        Column::of("side", Kind::Text),
        Column::of("cause", Kind::Text),
        Column::of("action", Kind::Text),
        Column::of("attempts", Kind::Count),
    ],
    tell: end_reasons,
};

/// What is added up of calls.
#[derive(Default)]
struct Sum {
    attempts: i64,
    calls: i64,
    answered: i64,
    effective: i64,
    left_out: i64,
    missed: i64,
    duration_s: i64,
    duration_n: i64,
    talk_ms: i64,
    talk_n: i64,
    answer_ms: i64,
    answer_n: i64,
    odd: i64,
    inbound: i64,
    outbound: i64,
}

impl Sum {
    /// Adds the calls of a call type that ended in one way.
    fn add(&mut self, group: &Group, call_type: Option<&str>, class: Class) {
        let rows = group.sum(calls::ROWS);
        let when = |holds: bool| if holds { rows } else { 0 };
        let way = call_type.and_then(direction);
        let is_leg = call_type.is_some_and(is_second_leg);
        let is_missed = way == Some(Direction::Inbound) && !is_leg && class.is_user_behaviour();
        self.attempts += rows;
        self.calls += when(!is_leg);
        self.answered += when(class == Class::Answered);
        self.effective += when(class.ner() == Ner::Effective);
        self.left_out += when(class.ner() == Ner::LeftOut);
        self.missed += when(is_missed);
        self.duration_s += group.sum(calls::DURATION_S);
        self.duration_n += group.sum(calls::DURATION_N);
        self.talk_ms += group.sum(calls::TALK_MS);
        self.talk_n += group.sum(calls::TALK_N);
        self.answer_ms += group.sum(calls::ANSWER_MS);
        self.answer_n += group.sum(calls::ANSWER_N);
        self.odd += group.sum(calls::ODD);
        self.inbound += when(way == Some(Direction::Inbound));
        self.outbound += when(way == Some(Direction::Outbound));
    }

    /// The columns from `attempts` to `oddRows`.
    fn values(&self) -> [Value; 13] {
        [
            Value::Int(self.attempts),
            Value::Int(self.calls),
            Value::Int(self.answered),
            Value::Int(self.effective),
            Value::Int(self.left_out),
            Value::Int(self.missed),
            minutes(self.duration_s),
            Value::Int(self.duration_n),
            seconds(self.talk_ms),
            Value::Int(self.talk_n),
            seconds(self.answer_ms),
            Value::Int(self.answer_n),
            Value::Int(self.odd),
        ]
    }
}

/// The places of keys in the groups of [`call_sums`], where all are asked for.
const CALL_TYPE: usize = 0;
const SIP: usize = 1;
const SUB: usize = 2;
const SUCCESSFUL: usize = 3;
const TRUNK: usize = 4;

/// Sums by slot, call type and codes, and by trunk if that is asked for.
fn call_sums(
    store: &dyn Store,
    slots: &Slots,
    by_trunk: Trunks,
) -> Result<(Vec<Group>, Watermark), ReportError> {
    let mut by = vec![calls::CALL_TYPE, calls::SIP, calls::SUB, calls::SUCCESSFUL];
    if by_trunk == Trunks::Apart {
        by.push(calls::TRUNK);
    }
    let days = slots.query(DAYS, &by);
    let query = if days.fits_cube() { days } else { SumQuery { cube: QUARTERS, ..days } };
    sums(store, query)
}

/// Whether trunks are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trunks {
    Apart,
    Together,
}

/// How the calls of a group ended.
fn class_of(group: &Group) -> Class {
    let successful = group.number(SUCCESSFUL).map(|successful| successful == 1);
    classify(successful, group.code(SIP), group.code(SUB))
}

fn trunk_hours(store: &dyn Store, slots: &Slots) -> Result<Slices, ReportError> {
    let query = BusyQuery { by_series: true, ..BusyQuery::all(&DIRECT_ROUTING, slots.edges.clone()) };
    let ((groups, busy), commit, _) = of_one_commit(|| {
        let (groups, commit) = call_sums(store, slots, Trunks::Apart)?;
        let busy = store.busy(&query)?;
        Ok(((groups, busy.groups), vec![commit, busy.watermark]))
    })?;
    let mut hours = BTreeMap::<(usize, Option<String>), (Sum, [i64; 3])>::new();
    for group in &groups {
        let trunk = group.text(TRUNK).map(str::to_owned);
        let (sum, _) = hours.entry((group.slot(), trunk)).or_default();
        sum.add(group, group.text(CALL_TYPE), class_of(group));
    }
    // A call may last into an hour in which none starts.
    for group in busy {
        let (_, busy) = hours.entry((group.bucket, group.series)).or_default();
        *busy = [group.occupied.peak, group.talking.peak, group.occupied.ticks];
    }
    let row = |((slot, trunk), (sum, busy)): ((usize, Option<String>), (Sum, [i64; 3]))| {
        let start = *slots.starts().get(slot)?;
        let [peak, talking_peak, ticks] = busy;
        let hour = i64::from(clock(&slots.zone, start).hour());
        let id = trunk.clone().map_or_else(String::new, |trunk| format!("|{trunk}"));
        let mut values = vec![Value::Int(hour), Value::maybe_text(trunk)];
        values.extend(sum.values());
        values.extend([Value::Int(sum.inbound), Value::Int(sum.outbound)]);
        values.extend([Value::Int(peak), Value::Int(talking_peak)]);
        values.push(seconds(ticks / trunklog_odata::Instant::TICKS_PER_MS));
        Some(SliceRow { start, id, values })
    };
    Ok(Slices { rows: hours.into_iter().filter_map(row).collect(), commit })
}

fn usage_by_day(store: &dyn Store, slots: &Slots) -> Result<Slices, ReportError> {
    let (groups, commit) = call_sums(store, slots, Trunks::Together)?;
    let mut days = BTreeMap::<(usize, Option<&str>), Sum>::new();
    for group in &groups {
        let call_type = group.text(CALL_TYPE);
        days.entry((group.slot(), call_type)).or_default().add(group, call_type, class_of(group));
    }
    let row = |((slot, call_type), sum): ((usize, Option<&str>), Sum)| {
        let start = *slots.starts().get(slot)?;
        let way = direction_word(call_type.and_then(direction));
        let id = call_type.map_or_else(String::new, |call_type| format!("|{call_type}"));
        let mut values = vec![Value::text(way), Value::maybe_text(call_type)];
        values.extend(sum.values());
        Some(SliceRow { start, id, values })
    };
    Ok(Slices { rows: days.into_iter().filter_map(row).collect(), commit })
}

fn end_reasons(store: &dyn Store, slots: &Slots) -> Result<Slices, ReportError> {
    type Key<'a> = (usize, Option<i32>, Option<i32>, Class, Option<&'a str>);
    let (groups, commit) = call_sums(store, slots, Trunks::Apart)?;
    let mut days = BTreeMap::<Key<'_>, i64>::new();
    for group in &groups {
        let key = (group.slot(), group.code(SIP), group.code(SUB), class_of(group), group.text(TRUNK));
        *days.entry(key).or_default() += group.sum(calls::ROWS);
    }
    let texts = Texts::english();
    let row = |((slot, sip, sub, class, trunk), attempts): (Key<'_>, i64)| {
        let start = *slots.starts().get(slot)?;
        let explained = explain(sip, sub);
        // What was established ended well, whatever its codes say by themselves.
        let is_so = class == explained.class;
        let side = if is_so { explained.side } else { class.side() };
        let cause = if is_so { explained.cause_text(texts) } else { texts.text(class.name(), &[]) };
        let action = if is_so { explained.action_text(texts) } else { None };
        let code = |code: Option<i32>| code.map_or_else(String::new, |code| code.to_string());
        let trunk_id = trunk.map_or_else(String::new, |trunk| format!("|{trunk}"));
        let id = format!("|{}|{}|{}{trunk_id}", code(sip), code(sub), class.key());
        let values = vec![
            Value::maybe_int(sip.map(i64::from)),
            Value::maybe_int(sub.map(i64::from)),
            Value::text(class.key()),
            Value::maybe_text(trunk),
            Value::text(side.key()),
            Value::text(cause),
            Value::maybe_text(action),
            Value::Int(attempts),
        ];
        Some(SliceRow { start, id, values })
    };
    Ok(Slices { rows: days.into_iter().filter_map(row).collect(), commit })
}
