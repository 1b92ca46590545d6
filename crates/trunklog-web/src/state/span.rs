//! Ranges of time as an address has them.

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_reports::ReportError;
use trunklog_reports::calendar::{self, DEFAULT_RANGE};

/// The ranges that the filter bar offers, and the keys of the texts that name them.
pub const PRESETS: [(&str, &str); 8] = [
    ("24h", "range-24h"),
    ("7d", "range-7d"),
    ("28d", "range-28d"),
    ("90d", "range-90d"),
    ("today", "range-today"),
    ("yesterday", "range-yesterday"),
    ("thisMonth", "range-this-month"),
    ("lastMonth", "range-last-month"),
];

/// A range of time.
///
/// ```
/// use jiff::tz::TimeZone;
/// use trunklog_odata::Instant;
/// use trunklog_web::state::Span;
///
/// let now = Instant::parse("2026-11-30T08:00:00Z").unwrap();
/// let range = Span::default().range(&TimeZone::UTC, now).unwrap();
/// assert_eq!(range.from().to_string(), "2026-11-23T08:00:00Z");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Up to now, such as `24h` or `7d`, or a whole day or month by its name.
    Last(String),
    /// From one moment up to another, or else up to now. A moment without a
    /// distance from UTC is one of the zone.
    Between {
        /// The first moment.
        from: String,
        /// The first moment after it.
        to: Option<String>,
    },
}

impl Default for Span {
    fn default() -> Span {
        Span::Last(DEFAULT_RANGE.to_owned())
    }
}

impl Span {
    /// From one instant up to another.
    pub fn of(range: TimeRange) -> Span {
        Span::Between { from: range.from().to_string(), to: Some(range.end().to_string()) }
    }

    /// The range.
    ///
    /// # Errors
    /// When it makes no sense.
    pub fn range(&self, zone: &TimeZone, now: Instant) -> Result<TimeRange, ReportError> {
        match self {
            Span::Last(last) => calendar::relative(last, zone, now),
            Span::Between { from, to } => calendar::range(Some(from.as_str()), to.as_deref(), zone, now),
        }
    }

    /// The range's name, if it has one.
    pub fn last(&self) -> Option<&str> {
        match self {
            Span::Last(last) => Some(last),
            Span::Between { .. } => None,
        }
    }
}
