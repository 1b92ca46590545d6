//! Users whose calls were blocked or unblocked: how often, how many, and why.

use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::schema::PSTN_BLOCKED_USERS as LOG;
use trunklog_store::{Aggregate, Group, Measure, Operand, ReportQuery, Selection, Store, Watermark};

use super::groups::int;
use super::shared::{self, Groups, Told, answer};
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::plan::{Times, Window, no_filter, plainly};
use crate::report::{Buckets, Level, Report, Takes};
use crate::table::{Answer, Column, Kind, Source, Value};

/// Blocks and unblocks by reason.
pub(crate) static BLOCKED_USERS: Report =
    Report { key: "blockedUsers", log: &LOG, level: Level::Aggregate, takes: TAKES, columns, run };

/// What rows are told apart by unless something else is asked for.
const BY: [Dimension; 2] = [Dimension::BlockMode, Dimension::BlockReason];

const TAKES: Takes =
    Takes { buckets: Buckets::Asked, by: &BY, filter: true, compare: true, ..Takes::NOTHING };

/// What is told of some rows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Blocks {
    rows: i64,
    users: i64,
    newest: Option<Instant>,
}

fn columns() -> Vec<Column> {
    shared::columns(&TAKES, counted())
}

fn counted() -> Vec<Column> {
    vec![
        Column::of("events", Kind::Count),
        Column::of("users", Kind::Count),
        Column::of("newest", Kind::Moment),
    ]
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let times = Times::of(ask, ask.bucket)?;
    let by = if ask.by.is_empty() { &BY[..] } else { ask.by.as_slice() };
    let commit = store.newest()?;
    let now = count(store, ask, by, &times.now, commit)?;
    let before = match &times.earlier {
        Some(earlier) => Some(count(store, ask, by, &earlier.window, commit)?),
        None => None,
    };
    let all = now.values().chain(before.iter().flat_map(Groups::values));
    let rows_read = all.map(|blocks| blocks.rows.unsigned_abs()).sum();
    let source = Source { from_rows: true, rows_read, ..Source::default() };
    let tell = |blocks: &Blocks, _: TimeRange| {
        vec![Value::Int(blocks.rows), Value::Int(blocks.users), Value::maybe_instant(blocks.newest)]
    };
    let (table, compared) = shared::tables(&TAKES, &times, by, counted(), &now, before.as_ref(), tell)?;
    Ok(answer(
        BLOCKED_USERS.key,
        ask,
        &times,
        by,
        Told { table, compared, source, commit, notes: Vec::new() },
    ))
}

/// What the store tells of a time.
fn count(
    store: &dyn Store,
    ask: &Ask,
    by: &[Dimension],
    window: &Window,
    commit: Watermark,
) -> Result<Groups<Blocks>, ReportError> {
    let mut found = Groups::new();
    if window.len() == 0 {
        return Ok(found);
    }
    let filter = ask.filter.expr().map_err(no_filter)?;
    let has_buckets = window.len() > 1;
    let buckets = || Group::Buckets { property: LOG.time_index(), edges: window.edges().to_vec().into() };
    let mut groups: Vec<Group> = has_buckets.then(buckets).into_iter().collect();
    let places = by.iter().filter_map(|dimension| LOG.index_of(dimension.property(&LOG)?));
    groups.extend(places.map(Group::Property));
    let users = LOG.index_of("userId").map(|at| Measure::of(Aggregate::Distinct(at)));
    let newest = Measure::of(Aggregate::Largest(Operand::Property(LOG.time_index())));
    let query = ReportQuery {
        selection: Selection { filter, ..Selection::all(&LOG, window.range()) },
        watermark: Some(commit),
        groups,
        measures: [Measure::ROWS, newest].into_iter().chain(users).collect(),
    };
    for group in store.report(&query).map_err(plainly)?.groups {
        let mut values = group.by;
        let bucket = if has_buckets { int(&values.remove(0)) } else { Some(0) };
        let Some(bucket) = bucket.and_then(|bucket| usize::try_from(bucket).ok()) else { continue };
        let measure = |at: usize| group.measures.get(at).and_then(int);
        let blocks = Blocks {
            rows: measure(0).unwrap_or(0),
            users: measure(2).unwrap_or(0),
            newest: measure(1).and_then(|ticks| Instant::from_ticks(ticks).ok()),
        };
        found.insert((bucket, values), blocks);
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
