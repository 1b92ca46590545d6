//! The earlier range that a range is compared with.

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;

use super::clock;
use super::range::shifted;
use crate::ReportError;
use crate::error::one_of;

/// What a range is compared with. By the zone's clock: the same times of day, so
/// that eight o'clock is compared with eight o'clock, whatever clocks did in
/// between.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_reports::calendar::{Comparison, range, zone};
///
/// // Clocks went back between these two Mondays.
/// let berlin = zone("Europe/Berlin")?;
/// let monday = range(Some("2026-10-26"), Some("2026-10-27"), &berlin, Instant::ABSENT)?;
/// assert_eq!(monday.from().to_string(), "2026-10-25T23:00:00Z");
/// let before = Comparison::Week.range(monday, &berlin);
/// assert_eq!(before.from().to_string(), "2026-10-18T22:00:00Z");
/// assert_eq!(before.end().to_string(), "2026-10-19T22:00:00Z");
/// # Ok::<(), trunklog_reports::ReportError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// What came just before, as long as the range: as many days, where the clock
    /// shows the same at both ends of it.
    Previous,
    /// A week before.
    Week,
    /// Four weeks before.
    FourWeeks,
    /// 364 days before: the same day of the week, a year ago.
    Year,
}

/// Buckets of an earlier range, each beside one of the range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Their edges, strictly ascending; none where the range has no length.
    pub edges: Vec<Instant>,
    /// For each bucket of the range the number of the earlier one. None where the
    /// earlier one has no length, since the clock did not show its time then, or
    /// shows the range's a second time.
    pub places: Vec<Option<usize>>,
}

/// How far back.
enum Shift {
    Days(i64),
    Ticks(i64),
}

impl Comparison {
    /// All.
    pub const ALL: [Comparison; 4] =
        [Comparison::Previous, Comparison::Week, Comparison::FourWeeks, Comparison::Year];

    /// What it is called where it is asked for.
    pub fn key(self) -> &'static str {
        match self {
            Comparison::Previous => "previous",
            Comparison::Week => "week",
            Comparison::FourWeeks => "fourWeeks",
            Comparison::Year => "year",
        }
    }

    /// The one of that key, letter case ignored.
    pub fn by_key(key: &str) -> Option<Comparison> {
        Comparison::ALL.into_iter().find(|comparison| comparison.key().eq_ignore_ascii_case(key))
    }

    /// Reads what was asked for.
    pub fn read(text: &str) -> Result<Comparison, ReportError> {
        Comparison::by_key(text).ok_or_else(|| {
            let hint = format!("take {}", one_of(Comparison::ALL.map(Comparison::key)));
            ReportError::asked("compare", "there is no such comparison", hint)
        })
    }

    /// The earlier range.
    pub fn range(self, range: TimeRange, zone: &TimeZone) -> TimeRange {
        let shift = self.shift(range, zone);
        let from = shift.of(range.from(), zone);
        // Where the clock repeats an hour, a later instant may show an earlier time.
        let to = shift.of(range.end(), zone).max(from);
        TimeRange::of(&DIRECT_ROUTING_CALLS, from, to).unwrap_or(range)
    }

    /// The earlier buckets beside those of a range, which are given by their
    /// edges. Each edge moves by itself, and nothing of the earlier range is left
    /// out: an hour that the range skips is part of the bucket before it there.
    pub fn buckets(self, range: TimeRange, edges: &[Instant], zone: &TimeZone) -> Compared {
        let shift = self.shift(range, zone);
        let mut compared = Compared { edges: Vec::new(), places: Vec::new() };
        for edge in edges {
            let edge = shift.of(*edge, zone);
            match compared.edges.last() {
                None => compared.edges.push(edge),
                Some(last) if *last < edge => {
                    compared.places.push(Some(compared.edges.len() - 1));
                    compared.edges.push(edge);
                }
                Some(_) => compared.places.push(None),
            }
        }
        if compared.edges.len() < 2 {
            compared.edges.clear();
        }
        compared
    }

    fn shift(self, range: TimeRange, zone: &TimeZone) -> Shift {
        let days = match self {
            Comparison::Previous => return Shift::before(range, zone),
            Comparison::Week => 7,
            Comparison::FourWeeks => 28,
            Comparison::Year => 364,
        };
        Shift::Days(days)
    }
}

impl Shift {
    /// As far as the range is long.
    fn before(range: TimeRange, zone: &TimeZone) -> Shift {
        let (from, to) = (clock(zone, range.from()), clock(zone, range.end()));
        let apart = from.date().until(to.date()).map_or(0, |apart| i64::from(apart.get_days()));
        match apart {
            1.. if from.time() == to.time() => Shift::Days(apart),
            _ => Shift::Ticks(range.end().ticks() - range.from().ticks()),
        }
    }

    fn of(&self, at: Instant, zone: &TimeZone) -> Instant {
        match self {
            Shift::Days(days) => shifted(zone, at, *days),
            Shift::Ticks(ticks) => at.saturating_add_ticks(-ticks),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Bucket, range, zone};

    fn berlin() -> TimeZone {
        zone("Europe/Berlin").unwrap()
    }

    fn read(from: &str, to: &str) -> TimeRange {
        range(Some(from), Some(to), &berlin(), Instant::ABSENT).unwrap()
    }

    fn compared(comparison: Comparison, from: &str, to: &str) -> TimeRange {
        comparison.range(read(from, to), &berlin())
    }

    #[test]
    fn keys_find_their_comparison() {
        for comparison in Comparison::ALL {
            assert_eq!(Comparison::read(comparison.key()).unwrap(), comparison);
        }
        assert!(Comparison::read("yesterday").is_err());
    }

    #[test]
    fn the_previous_range_ends_where_the_range_starts() {
        for (from, to, before) in [
            ("2026-11-30", "2026-12-01", "2026-11-29"),
            // 31 days before a November of 30 days, one of which has 25 hours.
            ("2026-11-01", "2026-12-01", "2026-10-02"),
            ("2026-10-25", "2026-10-26", "2026-10-24"),
            ("2026-11-30T08:00", "2026-11-30T12:00", "2026-11-30T04:00"),
            ("2026-10-25T00:00", "2026-10-25T04:00", "2026-10-24T19:00"),
        ] {
            assert_eq!(compared(Comparison::Previous, from, to), read(before, from), "{from}");
        }
    }

    #[test]
    fn the_same_time_of_day_is_compared_over_daylight_changes() {
        let eight = ("2026-10-26T08:00", "2026-10-26T09:00");
        let week = compared(Comparison::Week, eight.0, eight.1);
        assert_eq!(week, read("2026-10-19T08:00", "2026-10-19T09:00"));
        let weeks = compared(Comparison::FourWeeks, eight.0, eight.1);
        assert_eq!(weeks, read("2026-09-28T08:00", "2026-09-28T09:00"));
        let year = compared(Comparison::Year, eight.0, eight.1);
        assert_eq!(year, read("2025-10-27T08:00", "2025-10-27T09:00"));
    }

    #[test]
    fn a_day_with_25_hours_beside_one_with_24() {
        let day = read("2026-10-25", "2026-10-26");
        let edges = Bucket::Hour.edges(day, &berlin()).unwrap();
        assert_eq!(edges.len(), 26);
        let compared = Comparison::Week.buckets(day, &edges, &berlin());
        assert_eq!((compared.edges.len(), compared.places.len()), (25, 25));
        // Two o'clock comes twice: once there is nothing beside it.
        assert_eq!(compared.places[1..5], [Some(1), None, Some(2), Some(3)]);
        assert_eq!(*compared.edges.last().unwrap(), read("2026-10-18", "2026-10-19").end());
    }

    #[test]
    fn a_day_with_23_hours_beside_one_with_24() {
        let day = read("2026-03-29", "2026-03-30");
        let edges = Bucket::Hour.edges(day, &berlin()).unwrap();
        assert_eq!(edges.len(), 24);
        let compared = Comparison::Week.buckets(day, &edges, &berlin());
        assert!(compared.places.iter().enumerate().all(|(at, place)| *place == Some(at)));
        // What is skipped belongs to the hour before it: one and two o'clock.
        assert_eq!(compared.edges[2].ticks() - compared.edges[1].ticks(), 2 * Instant::TICKS_PER_HOUR);
    }

    #[test]
    fn short_buckets_of_a_repeated_hour_stay_in_order() {
        let night = read("2026-10-25T01:00", "2026-10-25T04:00");
        let edges = Bucket::FiveMinutes.edges(night, &berlin()).unwrap();
        assert_eq!(edges.len(), 49);
        let compared = Comparison::Week.buckets(night, &edges, &berlin());
        assert!(compared.edges.is_sorted_by(|a, b| a < b));
        assert_eq!(compared.places.len(), 48);
        let before = Comparison::Week.range(night, &berlin());
        assert_eq!(
            (compared.edges.first(), compared.edges.last()),
            (Some(&before.from()), Some(&before.end()))
        );
        // An hour of the four has nothing beside it.
        assert_eq!(compared.places.iter().filter(|place| place.is_none()).count(), 12);
    }

    #[test]
    fn nothing_and_everything_can_be_compared() {
        let empty = read("2026-11-30", "2026-11-30");
        for comparison in Comparison::ALL {
            let before = comparison.range(empty, &berlin());
            assert_eq!(before.from(), before.end());
            let none = Compared { edges: Vec::new(), places: Vec::new() };
            assert_eq!(comparison.buckets(empty, &[], &berlin()), none);
            let all = comparison.range(TimeRange::ALL, &berlin());
            assert!(all.from() <= all.end());
        }
    }
}
