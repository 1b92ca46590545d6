//! From words to a range of time.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;

use super::{at_clock, clock};
use crate::ReportError;

/// The range of who says nothing.
pub const DEFAULT_RANGE: &str = "7d";

/// The most days or hours that a relative range may have.
const MOST: i64 = 100_000;

/// What a relative range up to now ends at the next multiple of, so that cubes
/// answer. Nothing has happened yet between now and then.
const QUARTER: i64 = 15 * 60 * Instant::TICKS_PER_SEC;

/// The range between two moments: from the first up to and without the second.
///
/// A moment is a date (its first instant), a date with a time, both of the
/// zone, or a time that says its distance from UTC. Without `to` the range ends
/// now; without both it is the [`DEFAULT_RANGE`].
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_reports::calendar::{range, zone};
///
/// let (kolkata, now) = (zone("Asia/Kolkata")?, Instant::ABSENT);
/// let morning = range(Some("2026-11-30"), Some("2026-11-30T12:00+05:30"), &kolkata, now)?;
/// assert_eq!(morning.from().to_string(), "2026-11-29T18:30:00Z");
/// assert_eq!(morning.end().to_string(), "2026-11-30T06:30:00Z");
/// assert!(range(Some("2026-11-31"), None, &kolkata, now).is_err());
/// # Ok::<(), trunklog_reports::ReportError>(())
/// ```
pub fn range(
    from: Option<&str>,
    to: Option<&str>,
    zone: &TimeZone,
    now: Instant,
) -> Result<TimeRange, ReportError> {
    let (from, to) = match (from, to) {
        (None, None) => return relative(DEFAULT_RANGE, zone, now),
        (None, Some(_)) => {
            let hint = "give from, too, or a range such as 7d without to";
            return Err(ReportError::asked("from", "it is missing beside to", hint));
        }
        (Some(from), None) => (moment("from", from, zone)?, next_quarter(now)),
        (Some(from), Some(to)) => (moment("from", from, zone)?, moment("to", to, zone)?),
    };
    between(from, to)
}

/// A range that ends now, at the next quarter of an hour: so many hours (`24h`)
/// or days of the zone's clock (`7d`), `today` or `thisMonth`; or `yesterday` or
/// `lastMonth`, which are over.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_reports::calendar::{relative, zone};
///
/// // Clocks went back in between: the same time of day, and an hour more.
/// let now = Instant::parse("2026-10-26T11:50:00Z").unwrap();
/// let range = relative("2d", &zone("Europe/Berlin")?, now)?;
/// assert_eq!(range.from().to_string(), "2026-10-24T11:00:00Z");
/// assert_eq!(range.end().to_string(), "2026-10-26T12:00:00Z");
/// # Ok::<(), trunklog_reports::ReportError>(())
/// ```
pub fn relative(text: &str, zone: &TimeZone, now: Instant) -> Result<TimeRange, ReportError> {
    let end = next_quarter(now);
    let today = clock(zone, now).date();
    let start = |date: Option<Date>| date.and_then(|date| at_clock(zone, date.into())).unwrap_or(end);
    let (from, to) = match text {
        "today" => (start(Some(today)), end),
        "yesterday" => (start(today.yesterday().ok()), start(Some(today))),
        "thisMonth" => (start(Some(today.first_of_month())), end),
        "lastMonth" => {
            let last = today.first_of_month().checked_sub(1.month()).ok();
            (start(last), start(Some(today.first_of_month())))
        }
        _ => {
            let (count, unit) = text.split_at(text.len().saturating_sub(usize::from(text.is_ascii())));
            let count = is_count(count).then(|| count.parse::<i64>().ok()).flatten();
            match (count.filter(|count| (1..=MOST).contains(count)), unit) {
                (Some(hours), "h") => (end.saturating_add_ticks(-hours * Instant::TICKS_PER_HOUR), end),
                (Some(days), "d") => (shifted(zone, end, days), end),
                _ => return Err(unknown_range()),
            }
        }
    };
    between(from, to)
}

/// The instant at which the zone's clock shows the same, so many days before.
pub(super) fn shifted(zone: &TimeZone, at: Instant, days: i64) -> Instant {
    let before = |days: Span| at_clock(zone, clock(zone, at).checked_sub(days).ok()?);
    before(days.days()).unwrap_or_else(|| at.saturating_add_ticks(-days * Instant::TICKS_PER_DAY))
}

fn is_count(text: &str) -> bool {
    (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn unknown_range() -> ReportError {
    let hint =
        "take hours or days up to now, such as 24h or 28d, or today, yesterday, thisMonth or lastMonth";
    ReportError::asked("range", "there is no such range", hint)
}

fn between(from: Instant, to: Instant) -> Result<TimeRange, ReportError> {
    TimeRange::of(&DIRECT_ROUTING_CALLS, from, to)
        .map_err(|error| ReportError::asked("from", error.to_string(), "give from before to"))
}

fn next_quarter(now: Instant) -> Instant {
    let after = now.ticks().rem_euclid(QUARTER);
    if after == 0 { now } else { now.saturating_add_ticks(QUARTER - after) }
}

/// Reads a moment.
fn moment(parameter: &'static str, text: &str, zone: &TimeZone) -> Result<Instant, ReportError> {
    if let Ok(at) = Instant::parse(text) {
        return Ok(at);
    }
    // Written as if it were UTC, what a clock shows is read by the same rules.
    let shown = Instant::parse(&format!("{text}Z")).or_else(|_| Instant::parse(&format!("{text}T00:00Z")));
    shown.ok().and_then(|shown| at_clock(zone, clock(&TimeZone::UTC, shown))).ok_or_else(|| {
        let hint = "write a date (2026-11-30), a local time (2026-11-30T08:00) or a time with its \
                    distance from UTC (2026-11-30T08:00:00Z)";
        ReportError::asked(parameter, "it is no moment", hint)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::zone;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn berlin() -> TimeZone {
        zone("Europe/Berlin").unwrap()
    }

    fn told(range: TimeRange) -> (String, String) {
        (range.from().to_string(), range.end().to_string())
    }

    #[test]
    fn moments_are_read_by_the_clock_of_the_zone() {
        for (text, expected) in [
            ("2026-11-30", "2026-11-29T23:00:00Z"),
            ("2026-11-30T08:00", "2026-11-30T07:00:00Z"),
            ("2026-11-30T08:00:01.5", "2026-11-30T07:00:01.5Z"),
            ("2026-07-01T08:00", "2026-07-01T06:00:00Z"),
            ("2026-11-30T08:00:00Z", "2026-11-30T08:00:00Z"),
            ("2026-11-30T08:00-03:30", "2026-11-30T11:30:00Z"),
            // The hour that is skipped, and the one that comes twice.
            ("2026-03-29T02:30", "2026-03-29T01:30:00Z"),
            ("2026-10-25T02:30", "2026-10-25T00:30:00Z"),
        ] {
            assert_eq!(moment("from", text, &berlin()).unwrap().to_string(), expected, "{text}");
        }
        for text in
            ["", "now", "2026-11-31", "2026-11-30T25:00", "30.11.2026", "2026-11-30 08:00", "ü", "T00:00Z"]
        {
            assert!(moment("from", text, &berlin()).is_err(), "{text}");
        }
    }

    #[test]
    fn relative_ranges_end_at_the_next_quarter() {
        let now = at("2026-11-30T10:07:00Z");
        for (text, from, to) in [
            ("1h", "2026-11-30T09:15:00Z", "2026-11-30T10:15:00Z"),
            ("24h", "2026-11-29T10:15:00Z", "2026-11-30T10:15:00Z"),
            ("7d", "2026-11-23T10:15:00Z", "2026-11-30T10:15:00Z"),
            // 90 days ago was summer.
            ("90d", "2026-09-01T09:15:00Z", "2026-11-30T10:15:00Z"),
            ("today", "2026-11-29T23:00:00Z", "2026-11-30T10:15:00Z"),
            ("yesterday", "2026-11-28T23:00:00Z", "2026-11-29T23:00:00Z"),
            ("thisMonth", "2026-10-31T23:00:00Z", "2026-11-30T10:15:00Z"),
            ("lastMonth", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"),
        ] {
            let range = relative(text, &berlin(), now).unwrap();
            assert_eq!(told(range), (from.to_owned(), to.to_owned()), "{text}");
        }
        for text in
            ["", "h", "0h", "-1h", "7", "d7", "7w", "7 d", "1000000d", "100001d", "7é", "Today", "+7d"]
        {
            assert!(relative(text, &berlin(), now).is_err(), "{text}");
        }
        let on_the_quarter = relative("1h", &berlin(), at("2026-11-30T10:15:00Z")).unwrap();
        assert_eq!(on_the_quarter.end(), at("2026-11-30T10:15:00Z"));
    }

    #[test]
    fn ranges_may_be_empty_and_not_turned() {
        let now = at("2026-11-30T10:07:00Z");
        let read = |from, to| range(from, to, &berlin(), now);
        let empty = read(Some("2026-11-30"), Some("2026-11-30")).unwrap();
        assert_eq!(empty.from(), empty.end());
        assert!(read(Some("2026-11-30"), Some("2026-11-29")).is_err());
        assert!(read(None, Some("2026-11-29")).is_err());
        assert_eq!(read(Some("2026-11-30"), None).unwrap().end(), at("2026-11-30T10:15:00Z"));
        assert_eq!(read(None, None).unwrap(), relative("7d", &berlin(), now).unwrap());
    }
}
