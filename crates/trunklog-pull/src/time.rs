//! What the time is, and waiting; both replaceable by tests.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant as Moment};

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use trunklog_odata::Instant;

/// How often a wait looks whether it is to end.
const LOOK: Duration = Duration::from_millis(100);

/// Tells the time and lets it pass.
pub trait Time: Send + Sync {
    /// What the clock says.
    fn now(&self) -> Instant;

    /// Waits that long, or until `stop` is set.
    fn wait(&self, pause: Duration, stop: &AtomicBool);
}

/// The time of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemTime;

impl Time for SystemTime {
    fn now(&self) -> Instant {
        of_timestamp(Timestamp::now())
    }

    fn wait(&self, pause: Duration, stop: &AtomicBool) {
        let began = Moment::now();
        while !stop.load(Ordering::Relaxed) {
            let Some(left) = pause.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) else {
                return;
            };
            thread::sleep(left.min(LOOK));
        }
    }
}

/// A timestamp as an instant.
pub fn of_timestamp(at: Timestamp) -> Instant {
    let ticks = at.as_microsecond().saturating_mul(Instant::TICKS_PER_MICROSECOND);
    Instant::from_ticks(ticks).unwrap_or(Instant::MAX)
}

/// Reads a date as HTTP has it (RFC 9110, section 5.6.7).
pub fn http_date(text: &str) -> Option<Instant> {
    DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok().map(of_timestamp)
}

/// How long it is from one instant to a later one; nothing when it is not later.
pub fn until(now: Instant, later: Instant) -> Duration {
    let ticks = u64::try_from(later.ticks().saturating_sub(now.ticks())).unwrap_or(0);
    Duration::from_micros(ticks.div_ceil(Instant::TICKS_PER_MICROSECOND.unsigned_abs()))
}

/// The instant that much later.
pub fn after(now: Instant, pause: Duration) -> Instant {
    let ticks = i64::try_from(pause.as_micros()).unwrap_or(i64::MAX);
    now.saturating_add_ticks(ticks.saturating_mul(Instant::TICKS_PER_MICROSECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_added_and_measured() {
        let now = Instant::parse("2026-11-24T08:00:00Z").unwrap();
        let later = after(now, Duration::from_millis(200));
        assert_eq!(later.to_string(), "2026-11-24T08:00:00.2Z");
        assert_eq!(until(now, later), Duration::from_millis(200));
        assert_eq!(until(later, now), Duration::ZERO);
        assert_eq!(after(now, Duration::MAX), Instant::MAX);
    }

    #[test]
    fn a_wait_ends_when_it_is_to_stop() {
        let stop = AtomicBool::new(true);
        SystemTime.wait(Duration::from_hours(1), &stop);
    }
}
