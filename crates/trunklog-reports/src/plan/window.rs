//! The time that an answer is about, in buckets.

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;

use crate::ReportError;
use crate::ask::Ask;
use crate::calendar::{Bucket, Comparison};

/// A range and its buckets, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Window {
    range: TimeRange,
    /// Strictly ascending, from the range's start to its end; none where the range
    /// has no length.
    edges: Vec<Instant>,
}

/// The time of an answer, and that of what it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Times {
    /// How long the buckets are; None where there is one, the range.
    pub(crate) bucket: Option<Bucket>,
    /// The zone of the buckets.
    pub(crate) zone: TimeZone,
    /// The range that was asked for.
    pub(crate) now: Window,
    /// What it is compared with.
    pub(crate) earlier: Option<Earlier>,
}

/// An earlier time beside another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Earlier {
    pub(crate) comparison: Comparison,
    pub(crate) window: Window,
    /// For each bucket of the range the number of the one beside it.
    pub(crate) places: Vec<Option<usize>>,
}

impl Window {
    /// A range as one bucket.
    pub(crate) fn whole(range: TimeRange) -> Window {
        let edges = if range.from() < range.end() { vec![range.from(), range.end()] } else { Vec::new() };
        Window { range, edges }
    }

    /// The buckets between edges, which are strictly ascending. What has no bucket
    /// is a range without a length.
    pub(crate) fn of(range: TimeRange, edges: Vec<Instant>) -> Window {
        match (edges.first(), edges.last()) {
            (Some(from), Some(end)) if from < end => {
                Window { range: TimeRange::ALL.since(*from).until(*end), edges }
            }
            _ => Window { range: range.until(range.from()), edges: Vec::new() },
        }
    }

    pub(crate) fn range(&self) -> TimeRange {
        self.range
    }

    pub(crate) fn edges(&self) -> &[Instant] {
        &self.edges
    }

    /// How many buckets there are.
    pub(crate) fn len(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// The range of a bucket.
    pub(crate) fn bucket(&self, number: usize) -> Option<TimeRange> {
        let (from, end) = (self.edges.get(number)?, self.edges.get(number + 1)?);
        Some(TimeRange::ALL.since(*from).until(*end))
    }

    /// Some of its buckets, from one to before another.
    pub(crate) fn part(&self, from: usize, until: usize) -> Window {
        let edges = self.edges.get(from..=until).unwrap_or_default().to_vec();
        Window::of(self.range, edges)
    }

    /// The edges within a range, without those at its ends.
    pub(super) fn within(&self, range: TimeRange) -> &[Instant] {
        let from = self.edges.partition_point(|edge| *edge <= range.from());
        let end = self.edges.partition_point(|edge| *edge < range.end());
        self.edges.get(from..end).unwrap_or_default()
    }

    /// The number of the bucket that holds an instant of the range.
    pub(crate) fn bucket_of(&self, at: Instant) -> usize {
        self.edges.partition_point(|edge| *edge <= at).saturating_sub(1)
    }
}

impl Times {
    /// The time of an answer with such buckets.
    pub(crate) fn of(ask: &Ask, bucket: Option<Bucket>) -> Result<Times, ReportError> {
        let zone = ask.zone.clone();
        let bucket = bucket.map(|bucket| bucket.suited(ask.range));
        let now = match bucket {
            None => Window::whole(ask.range),
            Some(bucket) => Window::of(ask.range, bucket.edges(ask.range, &zone)?),
        };
        let earlier = ask.compare.map(|comparison| {
            let range = comparison.range(ask.range, &zone);
            if bucket.is_none() {
                return Earlier { comparison, window: Window::whole(range), places: vec![Some(0)] };
            }
            let compared = comparison.buckets(ask.range, now.edges(), &zone);
            Earlier { comparison, window: Window::of(range, compared.edges), places: compared.places }
        });
        Ok(Times { bucket, zone, now, earlier })
    }

    /// How many buckets there are. Without buckets that are asked for it is one,
    /// even where the range has no length.
    pub(crate) fn len(&self) -> usize {
        if self.bucket.is_none() { 1 } else { self.now.len() }
    }

    /// The range that it is compared with.
    pub(crate) fn comparison(&self) -> Option<(Comparison, TimeRange)> {
        self.earlier.as_ref().map(|earlier| (earlier.comparison, earlier.window.range()))
    }
}
