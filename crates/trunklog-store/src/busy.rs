//! Busy channels: how many calls went on at once, and for how long.
//!
//! A call keeps a channel of its trunk busy for a time, [from, to). When that is
//! says the one who defines the cubes ([`CubeSet::spans`]); here times are only
//! counted. A channel is busy at each instant that its time contains, so a call
//! that ends when another starts does not overlap it, and one that ends when a
//! bucket starts is not busy in it. A time of no length contains no instant: it
//! counts nowhere. Calls that began before a bucket and last into it count in it.
//!
//! The answer can be made in two ways, which give the same: from rows, by a sweep
//! over them in the order of time, and from sums and shapes of minutes
//! ([`minutes`]), which an engine may keep.

mod by_scan;
pub mod minutes;
mod sweep;

use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_odata::expr::Expr;
use trunklog_records::TimeRange;

use crate::cube::{CubeSet, SumSource};
use crate::error::{Error, ErrorKind, Result};
use crate::selection::Selection;
use crate::watermark::Watermark;

pub(crate) use by_scan::by_scan;
pub use by_scan::{BusyCount, busy_by_scan};

/// The longest that a channel is busy with one call, and how far from its row's
/// time it may be so, in units of 100 ns: 24 hours. What has to be known of a
/// bucket is in the rows of its time and of as much around it.
pub const MAX_SPAN: i64 = Instant::TICKS_PER_DAY;

/// When a call kept a channel busy. Times are in units of 100 ns since 1970, from
/// the first up to and without the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span<'a> {
    /// The time of its row.
    pub at: i64,
    /// The series that it belongs to: the trunk.
    pub series: Option<&'a str>,
    /// 1 for a call that came in, 2 for one that went out,
    /// [`NO_KEY`](crate::cube::NO_KEY) where that is unknown.
    pub direction: i64,
    /// When the channel was occupied.
    pub occupied: Option<(i64, i64)>,
    /// When it was talked over.
    pub talking: Option<(i64, i64)>,
}

/// A question about busy channels.
#[derive(Debug, Clone)]
pub struct BusyQuery {
    /// Says when channels are busy.
    pub set: &'static CubeSet,
    /// Buckets of time: strictly ascending, at least two edges. Bucket `n`,
    /// counted from 0, has the instants from `edges[n]` to before `edges[n + 1]`.
    pub edges: Arc<[Instant]>,
    /// What the rows must satisfy, over the log's properties.
    pub filter: Option<Expr>,
    /// Only these series.
    pub series: Option<Vec<Option<String>>>,
    /// Only this direction.
    pub direction: Option<i64>,
    /// Whether the channels of each series are counted apart.
    pub by_series: bool,
}

/// What is known of busy channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusyAnswer {
    /// The groups in which a channel was busy, by the number of the bucket and
    /// then by the series, the one without a name first.
    pub groups: Vec<BusyGroup>,
    /// Where it comes from. Rows are counted with those around the buckets.
    pub source: SumSource,
    /// The commit up to which rows count.
    pub watermark: Watermark,
}

/// The busy channels of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusyGroup {
    /// The number of the bucket.
    pub bucket: usize,
    /// The series, where they are counted apart.
    pub series: Option<String>,
    /// The channels that were occupied.
    pub occupied: Load,
    /// Those that were talked over.
    pub talking: Load,
}

/// How busy channels were within a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// The most that were busy at once.
    pub peak: i64,
    /// The first instant of the bucket at which so many were: its start, where
    /// the calls of before were the most.
    pub peak_at: Instant,
    /// For how long each was busy within the bucket, all together, in units of
    /// 100 ns. Divided by the length of the bucket it is erlangs.
    pub ticks: i64,
}

impl BusyQuery {
    /// A question about all calls, as one series.
    pub fn all(set: &'static CubeSet, edges: Arc<[Instant]>) -> BusyQuery {
        BusyQuery { set, edges, filter: None, series: None, direction: None, by_series: false }
    }

    /// Checks what the types of the fields leave open, as
    /// [`Selection::check`] does.
    pub fn check(&self) -> Result<()> {
        if self.edges.len() < 2 || !self.edges.is_sorted_by(|a, b| a < b) {
            return Err(Error::new(ErrorKind::Other, "the edges of buckets do not ascend"));
        }
        self.selection().check()
    }

    /// The rows whose channels may be busy in a bucket.
    pub fn selection(&self) -> Selection {
        let mut range = TimeRange::ALL;
        if let (Some(first), Some(last)) = (self.edges.first(), self.edges.last()) {
            range = range.since(first.saturating_add_ticks(-MAX_SPAN));
            range = range.until(last.saturating_add_ticks(MAX_SPAN));
        }
        Selection {
            filter: self.filter.clone(),
            columns: self.set.columns(),
            ..Selection::all(self.set.log, range)
        }
    }

    /// Whether a call is of a series and a direction that are asked for.
    pub fn takes(&self, span: &Span<'_>) -> bool {
        self.direction.is_none_or(|direction| direction == span.direction)
            && self
                .series
                .as_ref()
                .is_none_or(|asked| asked.iter().any(|series| series.as_deref() == span.series))
    }
}

impl Load {
    /// No channel busy in a bucket that starts then.
    pub fn none(start: Instant) -> Load {
        Load { peak: 0, peak_at: start, ticks: 0 }
    }

    /// Adds that so many channels were busy from an instant on. What is added
    /// comes in the order of time.
    fn hold(&mut self, channels: i64, from: Instant, ticks: i64) {
        if channels > self.peak {
            (self.peak, self.peak_at) = (channels, from);
        }
        self.ticks = self.ticks.saturating_add(channels.saturating_mul(ticks));
    }
}

/// The part of a [`Span`] that counts: a time that has a length, which is no
/// longer than [`MAX_SPAN`].
///
/// ```
/// use trunklog_store::busy::{MAX_SPAN, counted};
///
/// assert_eq!(counted(Some((5, 7))), Some((5, 7)));
/// assert_eq!(counted(Some((5, 5))), None);
/// assert_eq!(counted(Some((0, MAX_SPAN + 1))), None);
/// ```
pub fn counted(time: Option<(i64, i64)>) -> Option<(i64, i64)> {
    time.filter(|(from, to)| from < to && to.saturating_sub(*from) <= MAX_SPAN)
}

#[cfg(test)]
mod brute_force;
#[cfg(test)]
mod tests;
