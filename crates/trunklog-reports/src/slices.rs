//! Sums by slot of time, row by row: what tools read that add up themselves.
//!
//! A [`Report`](crate::Report) answers a question about a range. A slice has a row
//! for each hour or day and what is told apart within it, always the same whatever
//! range is read: so a tool can keep the rows that it has, read those of new days
//! beside them, and add up any of them. That is why slices have sums and no ratios;
//! each ratio can be made of two sums.
//!
//! ```
//! use trunklog_reports::SLICES;
//!
//! let keys: Vec<&str> = SLICES.iter().map(|slice| slice.key).collect();
//! assert_eq!(keys, ["trunkHours", "usageByDay", "endReasons", "destinations", "users"]);
//! ```

mod calls;
mod destinations;
mod users;

use std::sync::Arc;

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::call_types::Direction;
use trunklog_store::cube::{SumAnswers, SumQuery, Sums};
use trunklog_store::{GroupRow, ReportValue, Store, Watermark};

use crate::ReportError;
use crate::calendar::Bucket;
use crate::cubes::DIRECT_ROUTING;
use crate::report::Level;
use crate::table::{Column, Value};

/// Sums by slot of time.
///
/// ```
/// use trunklog_reports::calendar::Bucket;
/// use trunklog_reports::{Level, SLICES};
///
/// let users = SLICES.iter().find(|slice| slice.key == "users").unwrap();
/// assert_eq!((users.bucket, users.level), (Bucket::Day, Level::Personal));
/// ```
#[derive(Debug)]
pub struct Slice {
    /// What it is called; it never changes.
    pub key: &'static str,
    /// Who may read it.
    pub level: Level,
    /// How long its slots are, by the clock of a zone.
    pub bucket: Bucket,
    /// What a row tells beside its slot. A new column goes to the end.
    pub columns: &'static [Column],
    tell: fn(&dyn Store, &Slots) -> Result<Slices, ReportError>,
}

/// The slices.
pub static SLICES: [&Slice; 5] = [
    &calls::TRUNK_HOURS,
    &calls::USAGE_BY_DAY,
    &calls::END_REASONS,
    &destinations::DESTINATIONS,
    &users::USERS,
];

/// Slots of time one after the other.
///
/// ```
/// use jiff::tz::TimeZone;
/// use trunklog_odata::Instant;
/// use trunklog_reports::{SLICES, Slots};
///
/// let at = |text| Instant::parse(text).unwrap();
/// let (from, end) = (at("2026-11-30T05:00:00Z"), at("2026-12-02T00:00:00Z"));
/// let days = Slots::of(SLICES[1].bucket, (from, end), 10, &TimeZone::UTC)?.unwrap();
/// // The first day that starts in the range is the 1st of December.
/// assert_eq!((days.starts(), days.end()), (&[at("2026-12-01T00:00:00Z")][..], end));
/// # Ok::<(), trunklog_reports::ReportError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Slots {
    edges: Arc<[Instant]>,
    zone: TimeZone,
}

/// Rows of a slice.
#[derive(Debug, Clone, PartialEq)]
pub struct Slices {
    /// The rows, by their start and then by their ids. Slots without calls have
    /// none.
    pub rows: Vec<SliceRow>,
    /// The commit that they show.
    pub commit: Watermark,
}

/// A row of a slice.
#[derive(Debug, Clone, PartialEq)]
pub struct SliceRow {
    /// When its slot starts.
    pub start: Instant,
    /// What tells it from the other rows of the slot, made of its keys.
    pub id: String,
    /// One for each of the [`Slice::columns`].
    pub values: Vec<Value>,
}

impl Slice {
    /// The rows of some slots. More than
    /// [`MAX_GROUPS`](trunklog_store::MAX_GROUPS) groups are an error of the store:
    /// then ask for fewer slots at a time.
    ///
    /// # Errors
    /// When the store fails.
    pub fn rows(&self, store: &dyn Store, slots: &Slots) -> Result<Slices, ReportError> {
        let mut told = (self.tell)(store, slots)?;
        told.rows.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
        Ok(told)
    }
}

/// The longest that slots may be longer than they are called: clocks that go back.
const SLACK: i64 = 2 * Instant::TICKS_PER_DAY;

impl Slots {
    /// The slots that start in a time, at most about as many; None without any. The
    /// last one may end after it.
    ///
    /// # Errors
    /// For more than [`MAX_BUCKETS`](crate::calendar::MAX_BUCKETS) at a time.
    pub fn of(
        bucket: Bucket,
        (from, end): (Instant, Instant),
        most: u32,
        zone: &TimeZone,
    ) -> Result<Option<Slots>, ReportError> {
        let width = if bucket == Bucket::Hour { Instant::TICKS_PER_HOUR } else { Instant::TICKS_PER_DAY };
        let end = end.min(from.saturating_add_ticks(i64::from(most).saturating_mul(width)));
        // From just before, so that a slot that starts then has its edge within.
        let around =
            TimeRange::ALL.since(from.saturating_add_ticks(-1)).until(end.saturating_add_ticks(SLACK));
        let edges = bucket.edges(around, zone)?;
        let starts = edges.iter().skip(1).take_while(|edge| **edge < end).count();
        if starts == 0 || edges.len() < starts + 2 {
            return Ok(None);
        }
        Ok(Some(Slots { edges: edges[1..starts + 2].into(), zone: zone.clone() }))
    }

    /// When each of them starts.
    pub fn starts(&self) -> &[Instant] {
        &self.edges[..self.edges.len() - 1]
    }

    /// When the last one ends.
    pub fn end(&self) -> Instant {
        self.edges[self.edges.len() - 1]
    }

    /// When they start and end, all together.
    fn range(&self) -> TimeRange {
        TimeRange::ALL.since(self.edges[0]).until(self.end())
    }

    /// A question about sums by slot and keys.
    fn query(&self, cube: usize, by: &[usize]) -> SumQuery {
        SumQuery {
            edges: Some(Arc::clone(&self.edges)),
            by: by.to_vec(),
            zone: self.zone.clone(),
            ..SumQuery::all(&DIRECT_ROUTING, cube, self.range())
        }
    }
}

/// The answer to one question.
fn sums(store: &dyn Store, query: SumQuery) -> Result<(Vec<Group>, Watermark), ReportError> {
    let SumAnswers { sums, watermark } = store.sums(&[query])?;
    let groups = sums.into_iter().next().map(|Sums { groups, .. }| groups).unwrap_or_default();
    Ok((groups.into_iter().map(Group).collect(), watermark))
}

/// The sums of a slot and some keys.
struct Group(GroupRow);

impl Group {
    /// The number of its slot.
    fn slot(&self) -> usize {
        self.int(None).and_then(|slot| usize::try_from(slot).ok()).unwrap_or(usize::MAX)
    }

    /// A key that is a whole number; None where rows have none.
    fn number(&self, key: usize) -> Option<i64> {
        self.int(Some(key))
    }

    /// The same as codes are.
    fn code(&self, key: usize) -> Option<i32> {
        self.number(key).and_then(|number| i32::try_from(number).ok())
    }

    /// A key that is a text; None where rows have none.
    fn text(&self, key: usize) -> Option<&str> {
        match self.0.by.get(key + 1) {
            Some(ReportValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A sum.
    fn sum(&self, measure: usize) -> i64 {
        match self.0.measures.get(measure) {
            Some(ReportValue::Int(sum)) => *sum,
            _ => 0,
        }
    }

    fn int(&self, key: Option<usize>) -> Option<i64> {
        match self.0.by.get(key.map_or(0, |key| key + 1)) {
            Some(ReportValue::Int(value)) => Some(*value),
            _ => None,
        }
    }
}

/// What a direction is called, as in filters of reports.
fn direction_word(direction: Option<Direction>) -> &'static str {
    match direction {
        Some(Direction::Inbound) => "inbound",
        Some(Direction::Outbound) => "outbound",
        None => "unknown",
    }
}

/// A sum of milliseconds in seconds.
#[expect(clippy::cast_precision_loss, reason = "sums of times are far below 2^53")]
fn seconds(millis: i64) -> Value {
    Value::Number(millis as f64 / 1_000.0)
}

/// A sum of seconds in minutes.
#[expect(clippy::cast_precision_loss, reason = "sums of times are far below 2^53")]
fn minutes(seconds: i64) -> Value {
    Value::Number(seconds as f64 / 60.0)
}

#[cfg(test)]
mod tests;
