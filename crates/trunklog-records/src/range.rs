//! Ranges of time over a log.

use trunklog_odata::Instant;

use crate::schema::Log;

/// The instants from `from` up to and without `end`.
///
/// Whether a log's own upper bound is inclusive has been settled when the
/// range was made, so nobody after it needs to ask again.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_records::TimeRange;
/// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
///
/// let day = |day| Instant::from_date(2026, 11, day).unwrap();
/// let range = TimeRange::of(&DIRECT_ROUTING_CALLS, day(1), day(2))?;
/// assert!(range.contains(day(1)) && !range.contains(day(2)));
/// assert_eq!(range.since(day(2)).from(), range.end());
/// # Ok::<(), trunklog_records::RangeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    from: Instant,
    end: Instant,
}

/// `from` is after `to`.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_records::schema::SMS;
/// use trunklog_records::{RangeError, TimeRange};
///
/// let [from, to] = [2, 1].map(|day| Instant::from_date(2026, 11, day).unwrap());
/// assert_eq!(TimeRange::of(&SMS, from, to), Err(RangeError { from, to }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the range starts at {from}, after it ends at {to}")]
pub struct RangeError {
    /// The later instant, given as the start.
    pub from: Instant,
    /// The earlier instant, given as the end.
    pub to: Instant,
}

impl TimeRange {
    /// The range that a client of `log` means by `from` and `to`.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::TimeRange;
    /// use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
    ///
    /// let day = |day| Instant::from_date(2026, 11, day).unwrap();
    /// let has_its_end = |log| TimeRange::of(log, day(1), day(2)).map(|range| range.contains(day(2)));
    /// assert_eq!(has_its_end(&SMS), Ok(true));
    /// assert_eq!(has_its_end(&DIRECT_ROUTING_CALLS), Ok(false));
    /// ```
    pub fn of(log: &Log, from: Instant, to: Instant) -> Result<TimeRange, RangeError> {
        if from > to {
            Err(RangeError { from, to })
        } else {
            Ok(TimeRange { from, end: log.end_of_range(to) })
        }
    }

    /// What of the range is at `earliest` or later; nothing when it ends
    /// before.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::TimeRange;
    /// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    ///
    /// let day = |day| Instant::from_date(2026, 11, day).unwrap();
    /// let range = TimeRange::of(&DIRECT_ROUTING_CALLS, day(10), day(20))?;
    /// let part = range.since(day(15));
    /// assert_eq!((part.from(), part.end()), (day(15), day(20)));
    /// let nothing = range.since(day(25));
    /// assert_eq!(nothing.from(), nothing.end());
    /// # Ok::<(), trunklog_records::RangeError>(())
    /// ```
    #[must_use]
    pub fn since(self, earliest: Instant) -> TimeRange {
        TimeRange { from: self.from.max(earliest).min(self.end), end: self.end }
    }

    /// What of the range is before `latest`; nothing when it starts then or
    /// later.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::TimeRange;
    /// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    ///
    /// let day = |day| Instant::from_date(2026, 11, day).unwrap();
    /// let range = TimeRange::of(&DIRECT_ROUTING_CALLS, day(10), day(20))?;
    /// let part = range.until(day(15));
    /// assert_eq!((part.from(), part.end()), (day(10), day(15)));
    /// let nothing = range.until(day(5));
    /// assert_eq!(nothing.from(), nothing.end());
    /// # Ok::<(), trunklog_records::RangeError>(())
    /// ```
    #[must_use]
    pub fn until(self, latest: Instant) -> TimeRange {
        TimeRange { from: self.from, end: self.end.min(latest).max(self.from) }
    }

    /// All of time.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::TimeRange;
    ///
    /// assert!(TimeRange::ALL.contains(Instant::ABSENT));
    /// ```
    pub const ALL: TimeRange = TimeRange { from: Instant::ABSENT, end: Instant::MAX };

    /// The first instant of the range.
    pub fn from(self) -> Instant {
        self.from
    }

    /// The first instant after the range.
    pub fn end(self) -> Instant {
        self.end
    }

    /// Whether an instant is in the range.
    pub fn contains(self, instant: Instant) -> bool {
        self.from <= instant && instant < self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::DIRECT_ROUTING_CALLS;

    #[test]
    fn a_range_begins_no_earlier_than_it_is_told() {
        let day = |day| Instant::from_date(2026, 11, day).unwrap();
        let range = TimeRange::of(&DIRECT_ROUTING_CALLS, day(10), day(20)).unwrap();
        for (earliest, from) in [(5, 10), (10, 10), (15, 15), (20, 20), (25, 20)] {
            let since = range.since(day(earliest));
            assert_eq!((since.from(), since.end()), (day(from), day(20)), "since {earliest}");
        }
        assert!(!range.since(day(25)).contains(day(20)));
    }

    #[test]
    fn a_range_ends_no_later_than_it_is_told() {
        let day = |day| Instant::from_date(2026, 11, day).unwrap();
        let range = TimeRange::of(&DIRECT_ROUTING_CALLS, day(10), day(20)).unwrap();
        for (latest, end) in [(25, 20), (20, 20), (15, 15), (10, 10), (5, 10)] {
            let until = range.until(day(latest));
            assert_eq!((until.from(), until.end()), (day(10), day(end)), "until {latest}");
        }
        assert!(!range.until(day(5)).contains(day(10)));
    }
}
