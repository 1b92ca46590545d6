//! Windows of time, which are read one at a time.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_records::Log;

/// A range of time that is asked for at once. Its end is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Where it starts.
    pub from: Instant,
    /// Where it ends.
    pub to: Instant,
}

/// How many days a window has at most. Graph refuses more than 90 for most logs,
/// and a window is also what has to be read again when a walk ends early.
pub const MOST_DAYS: u32 = 28;

/// About how many rows a window should have: some twenty pages.
const ROWS_WANTED: u64 = 20_000;

impl Window {
    /// The window of that many days before `to`, which starts at a midnight and not
    /// before `floor`. None when nothing is left of it.
    pub fn before(to: Instant, days: u32, floor: Instant) -> Option<Window> {
        let last_day = midnight(to.saturating_add_ticks(-1));
        let from = days_before(last_day, days.max(1) - 1).max(floor);
        (from < to).then_some(Window { from, to })
    }

    /// How many days it touches.
    pub fn days(self) -> u32 {
        let ticks = midnight_after(self.to).ticks() - midnight(self.from).ticks();
        u32::try_from(ticks / Instant::TICKS_PER_DAY).unwrap_or(u32::MAX).max(1)
    }

    /// The end to ask for.
    ///
    /// A window that ends within a day is the newest one. The whole day is asked
    /// for, since this clock may be slow. Rows that show no time sum up what was
    /// asked for, so that a day must not have the first moment of the next one.
    pub fn end_to_ask(self, log: &Log) -> Instant {
        let end = midnight_after(self.to);
        if log.shows_time() { end } else { end.saturating_add_ticks(-1) }
    }
}

/// How many days the next window has, after one of so many days had so many rows.
pub fn next_width(days: u32, rows: u64) -> u32 {
    if rows > ROWS_WANTED {
        (days / 2).max(1)
    } else if rows.saturating_mul(2) <= ROWS_WANTED {
        days.saturating_mul(2).clamp(1, MOST_DAYS)
    } else {
        days.clamp(1, MOST_DAYS)
    }
}

/// The midnight (UTC) at or before an instant.
pub fn midnight(at: Instant) -> Instant {
    at.saturating_add_ticks(-at.ticks().rem_euclid(Instant::TICKS_PER_DAY))
}

/// The midnight (UTC) at or after an instant.
pub fn midnight_after(at: Instant) -> Instant {
    let before = midnight(at);
    if before == at { at } else { before.saturating_add_ticks(Instant::TICKS_PER_DAY) }
}

/// The instant so many days earlier.
pub fn days_before(at: Instant, days: u32) -> Instant {
    at.saturating_add_ticks(-i64::from(days).saturating_mul(Instant::TICKS_PER_DAY))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_ONLINE_MEETING_DIALOUT};

    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn windows_start_at_midnight() {
        let floor = at("2026-01-01T00:00:00Z");
        let today = Window::before(at("2026-11-24T08:00:00Z"), 1, floor).unwrap();
        assert_eq!(today.from, at("2026-11-24T00:00:00Z"));
        assert_eq!(today.days(), 1);
        let day_before = Window::before(today.from, 1, floor).unwrap();
        assert_eq!((day_before.from, day_before.to), (at("2026-11-23T00:00:00Z"), today.from));
        let week = Window::before(today.from, 7, floor).unwrap();
        assert_eq!((week.from, week.days()), (at("2026-11-17T00:00:00Z"), 7));
        let rest = Window::before(at("2026-01-02T00:00:00Z"), 28, floor).unwrap();
        assert_eq!(rest.from, floor);
        assert_eq!(Window::before(floor, 28, floor), None);
    }

    #[test]
    fn the_newest_day_is_asked_for_as_a_whole() {
        let window = Window { from: at("2026-11-24T00:00:00Z"), to: at("2026-11-24T08:00:00Z") };
        assert_eq!(window.end_to_ask(&DIRECT_ROUTING_CALLS), at("2026-11-25T00:00:00Z"));
        let day = Window { from: at("2026-11-23T00:00:00Z"), to: at("2026-11-24T00:00:00Z") };
        assert_eq!(day.end_to_ask(&DIRECT_ROUTING_CALLS), day.to);
        assert_eq!(day.end_to_ask(&PSTN_ONLINE_MEETING_DIALOUT), at("2026-11-23T23:59:59.9999999Z"));
    }

    #[test]
    fn widths_follow_the_rows() {
        for (days, rows, next) in [
            (1, 0, 2),
            (1, 10_000, 2),
            (1, 15_000, 1),
            (1, 900_000, 1),
            (8, 20_001, 4),
            (28, 3, 28),
            (20, 3, 28),
        ] {
            assert_eq!(next_width(days, rows), next, "{days} days with {rows} rows");
        }
    }

    proptest! {
        /// Windows one before the other leave nothing out down to the floor.
        #[test]
        fn windows_are_without_gaps(hours in 0_i64..4_000, widths in proptest::collection::vec(1_u32..40, 200)) {
            let floor = at("2026-06-27T00:00:00Z");
            let mut end = floor.saturating_add_ticks(hours * Instant::TICKS_PER_HOUR);
            for width in widths {
                let Some(window) = Window::before(end, width, floor) else { break };
                prop_assert_eq!(window.to, end);
                prop_assert!(window.from < window.to && window.days() <= width);
                prop_assert_eq!(window.from, midnight(window.from));
                end = window.from;
            }
            prop_assert!(end >= floor);
        }
    }
}
