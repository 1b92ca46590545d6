//! An hour of the week, as a heat map has it.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use trunklog_odata::Instant;
use trunklog_records::TimeRange;

/// The days as reports call them, Monday first.
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The most weeks that are looked at: filters hold only so many parts.
const MOST_WEEKS: i64 = 110;

/// An hour of the week, by the clock of the reader's zone.
///
/// ```
/// use trunklog_web::state::HourOfWeek;
///
/// let hour = HourOfWeek::read("monday-8").unwrap();
/// assert_eq!((hour.weekday(), hour.hour()), ("monday", 8));
/// assert_eq!(hour.to_string(), "monday-8");
/// assert!(HourOfWeek::read("monday-24").is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourOfWeek {
    /// From Monday on.
    day: usize,
    hour: i8,
}

impl HourOfWeek {
    /// The hour of a weekday, which is called as reports call it.
    pub fn of(weekday: &str, hour: i64) -> Option<HourOfWeek> {
        let day = DAYS.iter().position(|day| *day == weekday)?;
        let hour = i8::try_from(hour).ok().filter(|hour| (0..24).contains(hour))?;
        Some(HourOfWeek { day, hour })
    }

    /// Reads it as an address has it.
    pub fn read(text: &str) -> Option<HourOfWeek> {
        let (day, hour) = text.split_once('-')?;
        if hour.len() > 2 || !hour.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        HourOfWeek::of(day, hour.parse().ok()?)
    }

    /// The weekday as reports call it.
    pub fn weekday(self) -> &'static str {
        DAYS[self.day]
    }

    /// The key of the text that names the weekday.
    pub fn name(self) -> String {
        format!("weekday-{}", self.weekday())
    }

    /// The hour that the clock shows.
    pub fn hour(self) -> i8 {
        self.hour
    }

    /// The condition that a filter has for it: each such hour of a range, and one
    /// that the clock repeats with the one that it repeats.
    pub fn condition(self, range: TimeRange, zone: &TimeZone) -> String {
        let mut hours = Vec::new();
        for (from, until) in self.hours(range, zone) {
            hours.push(format!("(startDateTime ge {from} and startDateTime lt {until})"));
        }
        match hours.as_slice() {
            // No call is before and after the same moment.
            [] => "(startDateTime lt 0001-01-01T00:00:00Z)".to_owned(),
            [only] => only.clone(),
            all => format!("({})", all.join(" or ")),
        }
    }

    /// The hours of a range.
    fn hours(self, range: TimeRange, zone: &TimeZone) -> Vec<(Instant, Instant)> {
        let first = zone.to_datetime(timestamp(range.from())).date();
        let to_monday = i64::from(first.weekday().to_monday_zero_offset());
        let day = i64::try_from(self.day).unwrap_or(0);
        let mut hours = Vec::new();
        for week in 0..=MOST_WEEKS {
            let days = 7 * week + day - to_monday;
            let Ok(date) = first.checked_add(days.days()) else { break };
            let shown = date.at(self.hour, 0, 0, 0);
            let Some((from, until)) = HourOfWeek::of_date(shown, zone) else { continue };
            if from >= range.end() {
                break;
            }
            let part = range.since(from).until(until);
            if part.from() < part.end() && part.from() >= from && part.end() <= until {
                hours.push((part.from(), part.end()));
            }
        }
        hours
    }

    /// From when until when the clock shows that hour on a day; None where it is
    /// skipped.
    fn of_date(shown: DateTime, zone: &TimeZone) -> Option<(Instant, Instant)> {
        let next = shown.checked_add(1.hour()).ok()?;
        let first = |shown: DateTime| zone.to_ambiguous_timestamp(shown).compatible().ok();
        let last = |shown: DateTime| zone.to_ambiguous_timestamp(shown).later().ok();
        let from = first(shown)?;
        // Of a repeated hour the second one ends it.
        let until = last(shown)?.checked_add(1.hour()).ok()?.max(first(next)?);
        // Skipped: the clock shows something else then.
        if zone.to_datetime(from).hour() != shown.hour() {
            return None;
        }
        Some((instant(from)?, instant(until)?))
    }
}

impl fmt::Display for HourOfWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.weekday(), self.hour)
    }
}

fn timestamp(at: Instant) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(at.ticks()) * 100).unwrap_or(Timestamp::MAX)
}

fn instant(at: Timestamp) -> Option<Instant> {
    Instant::from_ticks(i64::try_from(at.as_nanosecond().div_euclid(100)).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::Weekday;
    use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    use trunklog_reports::calendar::zone;

    use super::*;

    fn condition(hour: &str, from: &str, to: &str) -> String {
        let at = |text: &str| Instant::parse(text).unwrap();
        let range = TimeRange::of(&DIRECT_ROUTING_CALLS, at(from), at(to)).unwrap();
        HourOfWeek::read(hour).unwrap().condition(range, &zone("Europe/Berlin").unwrap())
    }

    #[test]
    fn each_such_hour_of_a_range_is_there() {
        let told = condition("monday-8", "2026-11-16T00:00:00Z", "2026-11-30T07:30:00Z");
        assert_eq!(
            told,
            "((startDateTime ge 2026-11-16T07:00:00Z and startDateTime lt 2026-11-16T08:00:00Z) or \
             (startDateTime ge 2026-11-23T07:00:00Z and startDateTime lt 2026-11-23T08:00:00Z) or \
             (startDateTime ge 2026-11-30T07:00:00Z and startDateTime lt 2026-11-30T07:30:00Z))"
        );
        // The first day of the range is of the week before.
        let told = condition("sunday-8", "2026-11-22T07:10:00Z", "2026-11-23T00:00:00Z");
        assert_eq!(told, "(startDateTime ge 2026-11-22T07:10:00Z and startDateTime lt 2026-11-22T08:00:00Z)");
        let none = condition("sunday-8", "2026-11-23T07:10:00Z", "2026-11-24T00:00:00Z");
        assert_eq!(none, "(startDateTime lt 0001-01-01T00:00:00Z)");
    }

    #[test]
    fn an_hour_that_the_clock_repeats_is_there_twice() {
        let told = condition("sunday-2", "2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z");
        assert_eq!(told, "(startDateTime ge 2026-10-25T00:00:00Z and startDateTime lt 2026-10-25T02:00:00Z)");
        let told = condition("sunday-2", "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z");
        assert_eq!(told, "(startDateTime lt 0001-01-01T00:00:00Z)", "it is skipped");
    }

    #[test]
    fn days_are_from_monday_on() {
        for (at, day) in DAYS.iter().enumerate() {
            let weekday = Weekday::Monday.wrapping_add(i64::try_from(at).unwrap());
            assert_eq!(format!("{weekday:?}").to_lowercase(), *day);
        }
    }
}
