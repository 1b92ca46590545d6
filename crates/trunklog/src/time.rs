//! Times on the command line.

use jiff::Timestamp;
use trunklog_odata::{Instant, date_time_offset};

/// Reads a date, which means midnight UTC, or a date with time and zone.
pub(crate) fn parse(text: &str) -> Result<Instant, String> {
    date_time_offset(text, 0, text)
        .map_err(|error| error.hint_text().unwrap_or_else(|| error.message()).to_owned())
}

/// The moment, in whole seconds.
pub(crate) fn now() -> Instant {
    Instant::from_unix_secs(Timestamp::now().as_second()).unwrap_or(Instant::MAX)
}

/// The last midnight UTC.
pub(crate) fn today() -> Instant {
    let now = now();
    now.saturating_add_ticks(-now.ticks().rem_euclid(Instant::TICKS_PER_DAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_read() {
        assert_eq!(parse("2026-11-01"), Ok(Instant::from_date(2026, 11, 1).unwrap()));
        assert!(parse("2026-11-01T08:00:00Z").is_ok());
        assert!(parse("2026-11-01T08:00:00").unwrap_err().contains("zone"));
        assert!(parse("yesterday").is_err());
    }

    #[test]
    fn today_is_a_midnight() {
        assert_eq!(today().ticks() % Instant::TICKS_PER_DAY, 0);
        assert!(today() <= now());
    }
}
