//! Ranges and buckets of time by the clock of a place.
//!
//! Rows have instants in UTC. People ask for days and hours of their own zone,
//! where a day may have 23 or 25 hours and an hour may start at half past one of
//! UTC. All that is settled here, once: whoever counts gets edges in UTC.
//!
//! Nothing here reads a clock: whoever asks says what time it is.
//!
//! ```
//! use trunklog_odata::Instant;
//! use trunklog_reports::calendar::{Bucket, range, zone};
//!
//! let berlin = zone("Europe/Berlin")?;
//! let day = range(Some("2026-10-25"), Some("2026-10-26"), &berlin, Instant::ABSENT)?;
//! assert_eq!(day.from().to_string(), "2026-10-24T22:00:00Z");
//! assert_eq!(Bucket::Hour.edges(day, &berlin)?.len(), 25 + 1);
//! # Ok::<(), trunklog_reports::ReportError>(())
//! ```

mod bucket;
mod comparison;
mod range;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use trunklog_odata::Instant;

use crate::ReportError;

pub use bucket::{Bucket, MAX_BUCKETS};
pub use comparison::{Compared, Comparison};
pub use range::{DEFAULT_RANGE, range, relative};

/// The zone of that name, as the IANA database has it, letter case ignored.
///
/// ```
/// use trunklog_reports::calendar::zone;
///
/// assert!(zone("asia/kolkata").is_ok());
/// assert!(zone("Berlin").is_err());
/// ```
pub fn zone(name: &str) -> Result<TimeZone, ReportError> {
    let unknown = || {
        let hint = "take a name of the IANA database, such as Europe/Berlin, or UTC";
        ReportError::asked("zone", "there is no such time zone", hint)
    };
    match TimeZone::get(name) {
        Ok(zone) if !zone.is_unknown() => Ok(zone),
        Ok(_) | Err(_) => Err(unknown()),
    }
}

/// What a zone is called: its name in the IANA database, or else its distance
/// from UTC, where that never changes.
///
/// ```
/// use jiff::tz::TimeZone;
/// use trunklog_reports::calendar::zone_name;
///
/// assert_eq!(zone_name(&TimeZone::UTC), "UTC");
/// ```
pub fn zone_name(zone: &TimeZone) -> String {
    match (zone.iana_name(), zone.to_fixed_offset()) {
        (Some(name), _) => name.to_owned(),
        (None, Ok(offset)) => offset.to_string(),
        (None, Err(_)) => "local".to_owned(),
    }
}

/// What the clock of a zone shows at an instant, with its distance from UTC.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_reports::calendar::{local_text, zone};
///
/// let at = Instant::parse("2026-11-30T07:00:00Z").unwrap();
/// assert_eq!(local_text(&zone("Asia/Kolkata")?, at), "2026-11-30T12:30:00+05:30");
/// # Ok::<(), trunklog_reports::ReportError>(())
/// ```
pub fn local_text(zone: &TimeZone, at: Instant) -> String {
    let at = timestamp(at);
    at.display_with_offset(zone.to_offset(at)).to_string()
}

/// The date that the calendar of a zone shows at an instant: `2026-11-30`.
pub fn local_date(zone: &TimeZone, at: Instant) -> String {
    clock(zone, at).date().to_string()
}

/// What the clock of a zone shows at an instant.
pub(crate) fn clock(zone: &TimeZone, at: Instant) -> DateTime {
    zone.to_datetime(timestamp(at))
}

/// When the clock of a zone shows that. What it shows twice counts the first
/// time; what it skips is as much later as it skips. None outside the calendar.
pub(crate) fn at_clock(zone: &TimeZone, shown: DateTime) -> Option<Instant> {
    let at = zone.to_timestamp(shown).ok()?;
    // A tick is 100 ns; clocks change at whole seconds.
    Instant::from_ticks(i64::try_from(at.as_nanosecond().div_euclid(100)).ok()?).ok()
}

/// The last hours of the year 9999 are beyond what zones know.
pub(crate) fn timestamp(at: Instant) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(at.ticks()) * 100).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_names() {
        for name in ["UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"] {
            assert_eq!(zone_name(&zone(name).unwrap()), name);
        }
        assert_eq!(zone_name(&TimeZone::fixed(jiff::tz::offset(2))), "+02");
        for name in ["", "Berlin", "Etc/Unknown", "../UTC", "+01:00"] {
            assert!(zone(name).is_err(), "{name}");
        }
    }

    #[test]
    fn the_ends_of_time_have_a_clock() {
        let kolkata = zone("Asia/Kolkata").unwrap();
        for end in [Instant::ABSENT, Instant::MAX] {
            assert!(!local_text(&kolkata, end).is_empty());
            assert!(local_date(&kolkata, end).len() >= 10);
        }
    }
}
