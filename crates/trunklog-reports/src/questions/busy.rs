//! Busy channels, by bucket and dimension.

mod asked;

use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_store::busy::{BusyAnswer, BusyCount, BusyGroup, BusyQuery, Load};
use trunklog_store::cube::SumSource;
use trunklog_store::{ReportValue, Store, Watermark};

use super::scan::scan_rows;
use super::shared::{Groups, figure, figure_value};
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::calendar::{Bucket, MAX_BUCKETS};
use crate::filter::Countries;
use crate::kpi::{BUSY_KPIS, BusyTotals};
use crate::plan::{Window, plainly};
use crate::seen::of_countries;
use crate::table::{Column, Kind, Value};
use asked::Asked;

/// How busy channels were within a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Channels {
    peak: i64,
    /// The first instant at which so many were busy.
    peak_at: Option<Instant>,
    talking_peak: i64,
    /// For how long channels were occupied, all together.
    ticks: i64,
    /// The traffic of the busiest hour.
    busiest: f64,
}

/// What was found of a window.
pub(super) struct Busy {
    pub(super) groups: Groups<Channels>,
    pub(super) sources: Vec<SumSource>,
    /// The commits that it shows, one where all of it was asked at once.
    pub(super) commits: Vec<Watermark>,
}

/// The column that says when the most channels were busy.
pub(super) const PEAK_AT: Column = Column::of("occupiedPeakAt", Kind::Moment);

/// The columns of busy channels.
pub(super) fn columns() -> Vec<Column> {
    let mut columns: Vec<Column> = BUSY_KPIS.iter().map(|kpi| figure(&kpi.definition)).collect();
    columns.insert(1, PEAK_AT);
    columns
}

impl Channels {
    /// Their values for the columns, within a range.
    pub(super) fn values(&self, range: TimeRange) -> Vec<Value> {
        let totals = BusyTotals {
            peak: self.peak,
            talking_peak: self.talking_peak,
            occupied_ms: self.ticks / Instant::TICKS_PER_MS,
            range_ms: (range.end().ticks() - range.from().ticks()) / Instant::TICKS_PER_MS,
            busy_hour_erlangs: self.busiest,
            sessions: 0,
        };
        let value = |kpi: &crate::kpi::Kpi<BusyTotals>| figure_value(kpi.definition.unit, kpi.of(&totals));
        let mut values: Vec<Value> = BUSY_KPIS.iter().map(value).collect();
        values.insert(1, Value::maybe_instant(self.peak_at));
        values
    }

    /// The peak, when it was, and for how long channels were occupied within a range.
    pub(super) fn peak_and_traffic(&self, ticks: i64) -> [Value; 3] {
        let traffic = (ticks > 0).then(|| share(self.ticks, ticks));
        [Value::Int(self.peak), Value::maybe_instant(self.peak_at), Value::maybe_number(traffic)]
    }

    /// Adds a later part, and how long the hour is by which its traffic counts.
    fn add(&mut self, occupied: Load, talking: Load, hour: i64) {
        if occupied.peak > self.peak {
            (self.peak, self.peak_at) = (occupied.peak, Some(occupied.peak_at));
        }
        self.talking_peak = self.talking_peak.max(talking.peak);
        self.ticks = self.ticks.saturating_add(occupied.ticks);
        self.busiest = self.busiest.max(share(occupied.ticks, hour));
    }

    /// Adds what comes after it, of another bucket.
    pub(super) fn join(&mut self, later: &Channels) {
        if later.peak > self.peak {
            (self.peak, self.peak_at) = (later.peak, later.peak_at);
        }
        self.talking_peak = self.talking_peak.max(later.talking_peak);
        self.ticks = self.ticks.saturating_add(later.ticks);
        self.busiest = self.busiest.max(later.busiest);
    }
}

/// Asks for the busy channels of a window.
///
/// # Errors
/// When something is asked that spans do not tell, when the range is too long, or
/// when the store fails.
pub(super) fn busy(
    store: &dyn Store,
    ask: &Ask,
    window: &Window,
    by: &[Dimension],
) -> Result<Busy, ReportError> {
    let asked = Asked::of(ask, by)?;
    let (_, countries) = ask.filter.apart();
    let mut busy = Busy { groups: Groups::new(), sources: Vec::new(), commits: Vec::new() };
    let edges = with_hours(ask, window)?;
    if edges.len() < 2 {
        busy.commits.push(store.newest()?);
        return Ok(busy);
    }
    for (direction, query) in asked.queries(&edges, by) {
        let answer = if countries.is_all() {
            store.busy(&query).map_err(plainly)?
        } else {
            by_rows(store, &query, &countries, ask.mask.digits())?
        };
        busy.sources.push(answer.source);
        busy.commits.push(answer.watermark);
        add(&mut busy.groups, window, &query, answer.groups, |group| {
            let value = |dimension: &Dimension| match dimension {
                Dimension::Trunk => group.series.clone().map_or(ReportValue::Null, ReportValue::Text),
                _ => direction.map_or(ReportValue::Null, asked::direction_key),
            };
            by.iter().map(value).collect()
        });
    }
    if busy.commits.is_empty() {
        busy.commits.push(store.newest()?);
    }
    Ok(busy)
}

/// Answers a question as a store does, of the rows that are of some countries alone.
fn by_rows(
    store: &dyn Store,
    query: &BusyQuery,
    countries: &Countries,
    digits: u8,
) -> Result<BusyAnswer, ReportError> {
    let commit = store.newest()?;
    let mut count = BusyCount::new(query).map_err(plainly)?;
    let read = scan_rows(store, query.selection(), commit, &mut |rows| {
        count.add(&of_countries(rows, countries, digits)).map_err(plainly)
    })?;
    let answer = count.finish(commit).map_err(plainly)?;
    Ok(BusyAnswer { source: SumSource::Rows(read), ..answer })
}

/// Adds the groups of an answer to their buckets.
fn add(
    groups: &mut Groups<Channels>,
    window: &Window,
    query: &BusyQuery,
    found: Vec<BusyGroup>,
    values: impl Fn(&BusyGroup) -> Vec<ReportValue>,
) {
    for group in found {
        let edges = (query.edges.get(group.bucket), query.edges.get(group.bucket + 1));
        let (Some(from), Some(end)) = edges else { continue };
        let bucket = window.bucket_of(*from);
        let row = window.bucket(bucket).unwrap_or(window.range());
        // An hour of which a part is in the range counts as an hour all the same;
        // less than an hour counts as long as it is.
        let row_ticks = row.end().ticks() - row.from().ticks();
        let hour = (end.ticks() - from.ticks()).max(Instant::TICKS_PER_HOUR.min(row_ticks));
        groups.entry((bucket, values(&group))).or_default().add(group.occupied, group.talking, hour);
    }
}

/// A window's edges and those of the hours within it.
pub(super) fn with_hours(ask: &Ask, window: &Window) -> Result<Arc<[Instant]>, ReportError> {
    let hours = Bucket::Hour.edges(window.range(), &ask.zone).map_err(|_| {
        let problem = format!("it has more than {MAX_BUCKETS} hours, by which busy channels are counted");
        ReportError::asked("range", problem, "take a shorter range")
    })?;
    let mut edges: Vec<Instant> = window.edges().iter().copied().chain(hours).collect();
    edges.sort_unstable();
    edges.dedup();
    Ok(edges.into())
}

/// How often it is asked again, so that all of an answer is of one commit.
const ATTEMPTS: usize = 4;

/// The note that an answer has which is not.
pub(super) const MIXED_COMMITS: &str = "note-commits";

/// Asks until all of an answer is of one commit, a few times at most. Tells the
/// oldest of its commits, and whether there are others.
pub(crate) fn of_one_commit<T>(
    mut ask: impl FnMut() -> Result<(T, Vec<Watermark>), ReportError>,
) -> Result<(T, Watermark, bool), ReportError> {
    let mut attempt = 1;
    loop {
        let (found, commits) = ask()?;
        let oldest = commits.iter().copied().min().unwrap_or(Watermark(0));
        let is_mixed = commits.iter().any(|commit| *commit != oldest);
        if !is_mixed || attempt == ATTEMPTS {
            return Ok((found, oldest, is_mixed));
        }
        attempt += 1;
    }
}

/// A part of a time.
#[allow(clippy::cast_precision_loss)]
fn share(part: i64, of: i64) -> f64 {
    part as f64 / of as f64
}
