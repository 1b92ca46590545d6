//! How much was called, bucket after bucket.

use trunklog_records::TimeRange;
use trunklog_store::Store;

use super::counts::{Counts, Slice};
use super::shared::{self, Told, answer, figures};
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::calendar::Bucket;
use crate::plan::{BY_COUNTRY, CALLS, Times};
use crate::report::{Buckets, Level, Report, Takes};
use crate::table::{Answer, Column};
use crate::totals::Totals;

/// Usage by bucket.
pub(crate) static SERIES: Report =
    Report { key: "series", level: Level::Aggregate, takes: TAKES, columns, run };

const TAKES: Takes = Takes {
    buckets: Buckets::Always(Bucket::Auto),
    by: &Dimension::ALL,
    filter: true,
    compare: true,
    top: None,
    extras: &[],
    call: false,
};

/// What is told of each bucket.
const FIGURES: [&str; 8] = ["attempts", "answered", "asr", "failed", "ner", "missed", "minutes", "acd"];

const SLICES: &[Slice] = &[Slice::All, Slice::Effective, Slice::Missed];

fn columns() -> Vec<Column> {
    shared::columns(&TAKES, figures(&FIGURES))
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let times = Times::of(ask, Some(ask.bucket.unwrap_or(Bucket::Auto)))?;
    let by = ask.by.as_slice();
    let families = &[CALLS, BY_COUNTRY];
    let counts = Counts { ask, times: &times, by, families, slices: SLICES, bins: false };
    let totals = counts.run(store)?;
    let tell = |group: &Totals, _: TimeRange| shared::figure_values(&FIGURES, group);
    let (table, compared) =
        shared::tables(&TAKES, &times, by, figures(&FIGURES), &totals.now, totals.before.as_ref(), tell)?;
    let (source, commit) = (totals.source, totals.commit);
    Ok(answer(SERIES.key, ask, &times, by, Told { table, compared, source, commit, notes: Vec::new() }))
}
