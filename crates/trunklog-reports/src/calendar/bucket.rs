//! Buckets of time by the clock of a zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use trunklog_odata::Instant;
use trunklog_records::TimeRange;

use super::{at_clock, clock, timestamp};
use crate::ReportError;
use crate::error::one_of;

/// The most buckets that a range may have.
pub const MAX_BUCKETS: usize = 10_000;

/// How long the buckets of a range are.
///
/// ```
/// use trunklog_reports::calendar::Bucket;
///
/// assert_eq!(Bucket::by_key("quarterhour"), Some(Bucket::QuarterHour));
/// assert_eq!(Bucket::Hour.key(), "hour");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// Minutes.
    Minute,
    /// Five minutes.
    FiveMinutes,
    /// Quarters of an hour.
    QuarterHour,
    /// Hours, which start when the zone's clock shows a full one.
    Hour,
    /// Days of the zone.
    Day,
    /// Weeks, which start on Mondays.
    Week,
    /// Months.
    Month,
    /// What suits the range: up to six hours five minutes, up to two days hours,
    /// up to 92 days days, up to two years weeks, else months.
    Auto,
}

impl Bucket {
    /// All, from the shortest on.
    pub const ALL: [Bucket; 8] = [
        Bucket::Minute,
        Bucket::FiveMinutes,
        Bucket::QuarterHour,
        Bucket::Hour,
        Bucket::Day,
        Bucket::Week,
        Bucket::Month,
        Bucket::Auto,
    ];

    /// What it is called where it is asked for.
    pub fn key(self) -> &'static str {
        match self {
            Bucket::Minute => "minute",
            Bucket::FiveMinutes => "fiveMinutes",
            Bucket::QuarterHour => "quarterHour",
            Bucket::Hour => "hour",
            Bucket::Day => "day",
            Bucket::Week => "week",
            Bucket::Month => "month",
            Bucket::Auto => "auto",
        }
    }

    /// The one of that key, letter case ignored.
    pub fn by_key(key: &str) -> Option<Bucket> {
        Bucket::ALL.into_iter().find(|bucket| bucket.key().eq_ignore_ascii_case(key))
    }

    /// Reads what was asked for.
    pub fn read(text: &str) -> Result<Bucket, ReportError> {
        Bucket::by_key(text).ok_or_else(|| {
            let hint = format!("take {}", one_of(Bucket::ALL.map(Bucket::key)));
            ReportError::asked("bucket", "there is no such bucket", hint)
        })
    }

    /// The bucket itself, and of [`Bucket::Auto`] the one that suits a range.
    #[must_use]
    pub fn suited(self, range: TimeRange) -> Bucket {
        if self != Bucket::Auto {
            return self;
        }
        // An hour more than the days have: clocks may have gone back.
        let ticks = range.end().ticks() - range.from().ticks();
        let up_to = |hours: i64| ticks <= hours * Instant::TICKS_PER_HOUR;
        match () {
            () if up_to(6) => Bucket::FiveMinutes,
            () if up_to(2 * 24 + 1) => Bucket::Hour,
            () if up_to(92 * 24 + 1) => Bucket::Day,
            () if up_to(731 * 24 + 1) => Bucket::Week,
            () => Bucket::Month,
        }
    }

    /// The edges of a range's buckets, strictly ascending: the range's start, each
    /// instant within it at which the zone's clock starts another bucket, and its
    /// end. So the first and the last bucket may be shorter than others. A range
    /// without a length has none.
    ///
    /// Where clocks change, an hour that is repeated has a bucket each time, and
    /// one that is skipped has none.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_reports::calendar::{Bucket, range, zone};
    ///
    /// let kolkata = zone("Asia/Kolkata")?;
    /// let hours = range(Some("2026-11-30T08:20"), Some("2026-11-30T10:00"), &kolkata, Instant::ABSENT)?;
    /// let edges = Bucket::Hour.edges(hours, &kolkata)?;
    /// let edges: Vec<String> = edges.iter().map(ToString::to_string).collect();
    /// assert_eq!(edges, ["2026-11-30T02:50:00Z", "2026-11-30T03:30:00Z", "2026-11-30T04:30:00Z"]);
    /// # Ok::<(), trunklog_reports::ReportError>(())
    /// ```
    pub fn edges(self, range: TimeRange, zone: &TimeZone) -> Result<Vec<Instant>, ReportError> {
        if range.from() >= range.end() {
            return Ok(Vec::new());
        }
        let minutes = |minutes: i64| minutes * 60 * Instant::TICKS_PER_SEC;
        match self.suited(range) {
            Bucket::Minute => by_clock(minutes(1), range, zone),
            Bucket::FiveMinutes => by_clock(minutes(5), range, zone),
            Bucket::QuarterHour => by_clock(minutes(15), range, zone),
            Bucket::Hour => by_clock(minutes(60), range, zone),
            Bucket::Day => by_date(Some, |n| n.days(), range, zone),
            Bucket::Week => {
                let monday = |date: Date| {
                    date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).ok()
                };
                by_date(monday, |n| n.weeks(), range, zone)
            }
            Bucket::Month | Bucket::Auto => {
                by_date(|date| Some(date.first_of_month()), |n| n.months(), range, zone)
            }
        }
    }
}

fn too_many() -> ReportError {
    let problem = format!("the range has more than {MAX_BUCKETS} of them");
    ReportError::asked("bucket", problem, "take longer buckets, or a shorter range")
}

/// Adds an edge.
fn push(edges: &mut Vec<Instant>, edge: Instant) -> Result<(), ReportError> {
    if edges.len() > MAX_BUCKETS {
        return Err(too_many());
    }
    edges.push(edge);
    Ok(())
}

/// Edges where the clock shows a multiple of a width, and where it changes.
fn by_clock(width: i64, range: TimeRange, zone: &TimeZone) -> Result<Vec<Instant>, ReportError> {
    let end = range.end();
    let mut edges = vec![range.from()];
    let mut from = range.from();
    loop {
        let at = timestamp(from);
        let offset = zone.to_offset(at);
        let change = zone.following(at).find(|change| change.offset() != offset);
        let until = change.and_then(|change| {
            let ticks = i64::try_from(change.timestamp().as_nanosecond().div_euclid(100)).ok()?;
            Instant::from_ticks(ticks).ok()
        });
        let until = until.map_or(end, |until| until.min(end));
        let offset = i64::from(offset.seconds()) * Instant::TICKS_PER_SEC;
        let shown = from.ticks() + offset;
        let mut edge = from.saturating_add_ticks(width - shown.rem_euclid(width));
        while edge < until {
            push(&mut edges, edge)?;
            edge = edge.saturating_add_ticks(width);
        }
        push(&mut edges, until)?;
        if until >= end {
            return Ok(edges);
        }
        from = until;
    }
}

/// Edges at the first instants of dates: of the one that `first` makes of the
/// range's first date, and of those that are so many steps after it.
fn by_date(
    first: impl Fn(Date) -> Option<Date>,
    steps: impl Fn(i64) -> Span,
    range: TimeRange,
    zone: &TimeZone,
) -> Result<Vec<Instant>, ReportError> {
    let end = range.end();
    let mut edges = vec![range.from()];
    let mut last = range.from();
    let first = first(clock(zone, range.from()).date());
    for n in 1.. {
        let date = first.and_then(|first| first.checked_add(steps(n)).ok());
        // Beyond the calendar there are no more.
        let edge = date.and_then(|date| at_clock(zone, date.into())).unwrap_or(end);
        if edge >= end {
            break;
        }
        // A date that a zone skipped starts when the next one does.
        if edge > last {
            push(&mut edges, edge)?;
            last = edge;
        }
    }
    push(&mut edges, end)?;
    Ok(edges)
}

#[cfg(test)]
mod tests;
