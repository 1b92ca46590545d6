//! The matrix of failures: SIP code by Microsoft's subcode.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::Store;

use super::busy::{MIXED_COMMITS, of_one_commit};
use super::figures;
use super::groups::{Counted, Ranked, count, filled, ranked};
use super::reasons::{KEYS, Reason};
use super::seen_days::{Seen, SeenDays, Which};
use super::shared::{Told, figures as figure_columns};
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::calendar::{clock, local_date};
use crate::classes::Ner;
use crate::cubes::calls;
use crate::kpi::Unit;
use crate::plan::{CALLS, Group};
use crate::report::{Level, Report, Takes};
use crate::table::{Answer, Column, Kind, Table, Value};

/// What failed, and what of it is new.
pub(crate) static FAILURES: Report = Report {
    key: "failures",
    log: &DIRECT_ROUTING_CALLS,
    level: Level::Aggregate,
    takes: Takes { filter: true, compare: true, top: Some(TOP), ..Takes::NOTHING },
    columns,
    run,
};

const TOP: usize = 100;

/// The days that a week has, the last one of the range among them.
const WEEK_DAYS: i32 = 7;

/// What is told of a reason.
#[derive(Default)]
struct Failures {
    rows: i64,
    trunks: BTreeSet<String>,
}

fn columns() -> Vec<Column> {
    let mut columns = Reason::columns().to_vec();
    columns.extend(figure_columns(&["failed"]));
    columns.extend([
        Column::of("share", Kind::Figure(Unit::Ratio)),
        Column::of("trunks", Kind::Count),
        Column::of("firstSeen", Kind::Date),
        Column::of("isNew", Kind::Flag),
    ]);
    columns
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let first = Seen { family: CALLS, keys: &KEYS, which: Which::First, clock: ask.days.clone() };
    let ((rows, totals, seen, source), commit, is_mixed) = of_one_commit(|| {
        let Counted { now, before, commit, mut source } =
            count(store, ask, &[CALLS], &[Dimension::Trunk], &KEYS)?;
        let (now, before) = (failures(now), before.map(failures));
        let total = |of: &BTreeMap<Reason, Failures>| of.values().map(|failures| failures.rows).sum::<i64>();
        let totals = (total(&now), before.as_ref().map_or(0, total));
        let rows = ranked(now, before, ask.top.or(Some(TOP)), |failures| failures.rows);
        let groups = rows.iter().flat_map(|row| row.key.groups()).collect();
        let seen = first.find(store, ask, &groups, &mut source)?;
        let commits = seen.commits.iter().copied().chain([commit]).collect();
        Ok(((rows, totals, seen, source), commits))
    })?;
    let (mut table, mut compared) = (Table::new(columns()), Table::new(columns()));
    let earlier = figures::earlier(ask);
    for Ranked { key, now, before } in rows {
        table.rows.push(row(ask, key, (&now, totals.0), &seen, ask.range.end()));
        if let (Some(before), Some(earlier)) = (before, earlier) {
            compared.rows.push(row(ask, key, (&before, totals.1), &seen, earlier.end()));
        }
    }
    let compared = ask.compare.map(|_| compared);
    let notes = is_mixed.then_some(MIXED_COMMITS).into_iter().collect();
    figures::answer(ask, FAILURES.key, Told { table, compared, source, commit, notes })
}

/// Groups that neither an answer nor users ended.
fn failures(groups: Vec<Group>) -> BTreeMap<Reason, Failures> {
    let mut failures = BTreeMap::<Reason, Failures>::new();
    for group in groups {
        let reason = Reason::of_group(&group.keys);
        if reason.class.ner() == Ner::Effective {
            continue;
        }
        let of_reason = failures.entry(reason).or_default();
        of_reason.rows += group.sums[calls::ROWS];
        of_reason.trunks.extend(group.by.first().and_then(filled).map(str::to_owned));
    }
    failures
}

/// What is told of a reason, of all failures of a range that ends then.
fn row(
    ask: &Ask,
    reason: Reason,
    (failures, total): (&Failures, i64),
    seen: &SeenDays,
    end: Instant,
) -> Vec<Value> {
    let first = reason.groups().iter().filter_map(|key| seen.days.get(key)).min().copied();
    let trunks = i64::try_from(failures.trunks.len()).unwrap_or(i64::MAX);
    let counted = [
        Value::Int(failures.rows),
        figures::share(failures.rows, total),
        Value::Int(trunks),
        Value::maybe_text(first.map(|day| local_date(&ask.days, day))),
        first.map_or(Value::Null, |day| Value::Bool(is_new(day, end, &ask.days))),
    ];
    reason.values(ask.texts).into_iter().chain(counted).collect()
}

/// Whether a day is one of the last seven before an instant, in a zone. Of an earlier range
/// the day may be later than all of it.
fn is_new(day: Instant, end: Instant, zone: &TimeZone) -> bool {
    let last = clock(zone, end.saturating_add_ticks(-1)).date();
    let apart = last - clock(zone, day).date();
    (0..WEEK_DAYS).contains(&apart.get_days())
}

#[cfg(test)]
mod tests;
