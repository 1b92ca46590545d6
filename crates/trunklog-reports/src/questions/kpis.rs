//! All key figures: of all rows, by what they are told apart by, and by bucket.

use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::Store;

use super::busy::{self, MIXED_COMMITS, busy, of_one_commit};
use super::counts::{Counts, Slice};
use super::distinct::Users;
use super::shared::{self, Groups, Told, answer, figure, figure_value};
use crate::ReportError;
use crate::ask::{Ask, Dimension, Extra};
use crate::kpi;
use crate::plan::{CALLS, Times};
use crate::report::{Buckets, Level, Report, Takes};
use crate::table::{Answer, Column, Value};
use crate::totals::Totals;

/// The key figures.
pub(crate) static KPIS: Report =
    Report { key: "kpis", log: &DIRECT_ROUTING_CALLS, level: Level::Aggregate, takes: TAKES, columns, run };

const TAKES: Takes = Takes {
    buckets: Buckets::Asked,
    by: &Dimension::OF_TRUNKS,
    filter: true,
    compare: true,
    extras: &[Extra::Channels, Extra::Users],
    ..Takes::NOTHING
};

/// The figures that need bins.
const QUANTILES: [&str; 4] = ["talkTimeP50", "talkTimeP95", "answerDelayP50", "answerDelayP95"];

/// The note of an answer without quantiles.
pub(super) const NO_QUANTILES: &str = "note-quantiles";

/// What a row is made of.
#[derive(Debug, Default)]
struct Row {
    totals: Totals,
    channels: busy::Channels,
    users: i64,
}

/// What is told besides the figures of calls.
#[derive(Debug, Clone, Copy)]
struct More {
    channels: bool,
    users: bool,
}

fn columns() -> Vec<Column> {
    shared::columns(&TAKES, counted(More { channels: true, users: true }))
}

/// What is counted.
fn counted(more: More) -> Vec<Column> {
    let mut columns: Vec<Column> = kpi::KPIS.iter().map(|kpi| figure(&kpi.definition)).collect();
    if more.channels {
        columns.extend(busy::columns().into_iter().map(Column::when_asked));
    }
    columns.extend(more.users.then_some(shared::USERS));
    columns
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let times = Times::of(ask, ask.bucket)?;
    let by = ask.by.as_slice();
    let more = More { channels: ask.wants(Extra::Channels), users: ask.wants(Extra::Users) };
    let counts =
        Counts { ask, times: &times, by, families: &[CALLS], slices: Slice::OF_ALL_KPIS, bins: true };
    let ((totals, busy_now, busy_before, users), commit, is_mixed) = of_one_commit(|| {
        let totals = counts.run(store)?;
        let mut commits = vec![totals.commit];
        let mut of = |window| -> Result<Option<busy::Busy>, ReportError> {
            if !more.channels {
                return Ok(None);
            }
            let found = busy(store, ask, window, by)?;
            commits.extend(found.commits.iter().copied());
            Ok(Some(found))
        };
        let now = of(&times.now)?;
        let before = match &times.earlier {
            Some(earlier) => of(&earlier.window)?,
            None => None,
        };
        let users = if more.users { Some(Users::count(store, ask, &times, by)?) } else { None };
        commits.extend(users.iter().flat_map(|users| users.commits.iter().copied()));
        Ok(((totals, now, before, users), commits))
    })?;
    let mut source = totals.source;
    for found in [&busy_now, &busy_before].into_iter().flatten() {
        for part in &found.sources {
            source.add(*part);
        }
    }
    let mut notes: Vec<&'static str> = users.as_ref().map(Users::note).into_iter().collect();
    let users = users.unwrap_or_default();
    source.join(users.source);
    let now = rows(totals.now, busy_now, users.now);
    let before = totals.before.map(|before| rows(before, busy_before, users.before.unwrap_or_default()));
    if !totals.has_bins {
        notes.push(NO_QUANTILES);
    }
    if is_mixed {
        notes.push(MIXED_COMMITS);
    }
    let tell = |row: &Row, range| {
        let of_totals = kpi::KPIS.iter().map(|kpi| {
            let of = &kpi.definition;
            let is_known = totals.has_bins || !QUANTILES.contains(&of.key);
            if is_known { figure_value(of.unit, kpi.of(&row.totals)) } else { Value::Null }
        });
        let mut values: Vec<Value> = of_totals.collect();
        if more.channels {
            values.extend(row.channels.values(range));
        }
        values.extend(more.users.then_some(Value::Int(row.users)));
        values
    };
    let (table, compared) = shared::tables(&TAKES, &times, by, counted(more), &now, before.as_ref(), tell)?;
    Ok(answer(KPIS.key, ask, &times, by, Told { table, compared, source, commit, notes }))
}

/// What was counted of rows, of channels and of users, together.
fn rows(totals: Groups<Totals>, busy: Option<busy::Busy>, users: Groups<i64>) -> Groups<Row> {
    let mut rows = Groups::<Row>::new();
    for (key, totals) in totals {
        rows.insert(key, Row { totals, ..Row::default() });
    }
    for (key, channels) in busy.into_iter().flat_map(|busy| busy.groups) {
        rows.entry(key).or_default().channels = channels;
    }
    for (key, users) in users {
        rows.entry(key).or_default().users = users;
    }
    rows
}
