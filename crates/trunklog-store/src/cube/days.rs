//! Where the days of a zone start.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use trunklog_odata::Instant;

/// The days of a zone, of which the last one asked for is remembered: rows come
/// ordered by time.
#[derive(Debug, Clone)]
pub struct Days {
    zone: TimeZone,
    /// The start of a day and of the day after it, in ticks.
    last: (i64, i64),
}

impl Days {
    /// The days of a zone.
    pub fn new(zone: TimeZone) -> Days {
        Days { zone, last: (0, 0) }
    }

    /// The start of the day that holds an instant, both in ticks. Where a day
    /// starts without a midnight, it is the first instant of the day.
    pub fn start(&mut self, ticks: i64) -> i64 {
        if !(self.last.0 <= ticks && ticks < self.last.1) {
            self.last = self.day(ticks);
        }
        self.last.0
    }

    /// A day's start and end.
    fn day(&self, ticks: i64) -> (i64, i64) {
        let utc = || {
            let start = ticks - ticks.rem_euclid(TICKS_PER_DAY);
            (start, start + TICKS_PER_DAY)
        };
        let Ok(at) = Timestamp::from_nanosecond(i128::from(ticks) * 100) else { return utc() };
        let date = self.zone.to_datetime(at).date();
        let start = |date: Date| self.zone.to_timestamp(date.into()).ok().map(ticks_of);
        let next = date.checked_add(1.day()).ok().and_then(start);
        match (start(date), next) {
            (Some(start), Some(end)) if start <= ticks && ticks < end => (start, end),
            _ => utc(),
        }
    }
}

/// What a zone is called where cells are kept: the same text for the same zone.
pub fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().map_or_else(|| format!("{zone:?}"), ToOwned::to_owned)
}

const TICKS_PER_DAY: i64 = 86_400 * Instant::TICKS_PER_SEC;

/// Without its part below a tick, of which the start of a day has none.
fn ticks_of(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond().div_euclid(100)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn ticks(text: &str) -> i64 {
        Instant::parse(text).unwrap().ticks()
    }

    #[test]
    fn days_start_at_midnight_of_the_zone() {
        for (name, at, start) in [
            ("UTC", "2026-11-30T05:00:00Z", "2026-11-30T00:00:00Z"),
            ("Asia/Kolkata", "2026-11-30T18:29:59Z", "2026-11-29T18:30:00Z"),
            ("Asia/Kolkata", "2026-11-30T18:30:00Z", "2026-11-30T18:30:00Z"),
            // The day with 25 hours, and the one with 23.
            ("Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-24T22:00:00Z"),
            ("Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-28T23:00:00Z"),
            // Clocks go forward at midnight: the day starts at one.
            ("America/Santiago", "2026-09-06T04:00:00Z", "2026-09-06T04:00:00Z"),
            ("America/Santiago", "2026-09-06T03:59:59Z", "2026-09-05T04:00:00Z"),
        ] {
            let mut days = Days::new(zone(name));
            for _ in 0..2 {
                assert_eq!(days.start(ticks(at)), ticks(start), "{name} {at}");
            }
        }
    }

    #[test]
    fn zones_have_names() {
        assert_eq!(zone_name(&zone("Asia/Kolkata")), "Asia/Kolkata");
        let fixed = |hours| zone_name(&TimeZone::fixed(jiff::tz::offset(hours)));
        assert_ne!(fixed(1), fixed(2));
        assert_ne!(fixed(1), zone_name(&TimeZone::UTC));
    }

    #[test]
    fn an_instant_that_no_calendar_has_lies_in_a_day_of_utc() {
        let mut days = Days::new(zone("Asia/Kolkata"));
        let absent = Instant::ABSENT.ticks();
        assert!(days.start(absent) <= absent);
        let last = Instant::MAX.ticks();
        assert!(days.start(last) <= last);
    }
}
