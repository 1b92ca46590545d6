//! All key figures: of all rows, by what they are told apart by, and by bucket.

use trunklog_store::Store;

use super::busy::{self, MIXED_COMMITS, busy, of_one_commit};
use super::counts::{Counts, Slice};
use super::shared::{self, Groups, Told, answer, figure, figure_value};
use crate::ReportError;
use crate::ask::{Ask, Dimension, Extra};
use crate::kpi;
use crate::plan::{CALLS, Times};
use crate::report::{Buckets, Level, Report, Takes};
use crate::table::{Answer, Column, Value};
use crate::totals::Totals;

/// The key figures.
pub(crate) static KPIS: Report = Report { key: "kpis", level: Level::Aggregate, takes: TAKES, columns, run };

const TAKES: Takes = Takes {
    buckets: Buckets::Asked,
    by: &Dimension::ALL,
    filter: true,
    compare: true,
    top: None,
    extras: &[Extra::Channels],
    call: false,
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
}

fn columns() -> Vec<Column> {
    shared::columns(&TAKES, counted(true))
}

/// What is counted, with or without busy channels.
fn counted(channels: bool) -> Vec<Column> {
    let mut columns: Vec<Column> = kpi::KPIS.iter().map(|kpi| figure(&kpi.definition)).collect();
    if channels {
        columns.extend(busy::columns().into_iter().map(Column::when_asked));
    }
    columns
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let times = Times::of(ask, ask.bucket)?;
    let by = ask.by.as_slice();
    let channels = ask.wants(Extra::Channels);
    let counts =
        Counts { ask, times: &times, by, families: &[CALLS], slices: Slice::OF_ALL_KPIS, bins: true };
    let ((totals, busy_now, busy_before), commit, is_mixed) = of_one_commit(|| {
        let totals = counts.run(store)?;
        let mut commits = vec![totals.commit];
        let mut of = |window| -> Result<Option<busy::Busy>, ReportError> {
            if !channels {
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
        Ok(((totals, now, before), commits))
    })?;
    let mut source = totals.source;
    for found in [&busy_now, &busy_before].into_iter().flatten() {
        for part in &found.sources {
            source.add(*part);
        }
    }
    let now = rows(totals.now, busy_now);
    let before = totals.before.map(|before| rows(before, busy_before));
    let mut notes = Vec::new();
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
        if channels {
            values.extend(row.channels.values(range));
        }
        values
    };
    let (table, compared) =
        shared::tables(&TAKES, &times, by, counted(channels), &now, before.as_ref(), tell)?;
    Ok(answer(KPIS.key, ask, &times, by, Told { table, compared, source, commit, notes }))
}

/// What was counted of rows and of channels, together.
fn rows(totals: Groups<Totals>, busy: Option<busy::Busy>) -> Groups<Row> {
    let mut rows = Groups::new();
    for (key, totals) in totals {
        rows.insert(key, Row { totals, ..Row::default() });
    }
    for (key, channels) in busy.into_iter().flat_map(|busy| busy.groups) {
        rows.entry(key).or_default().channels = channels;
    }
    rows
}
