//! What the server does for its store from time to time: it deletes what is
//! too old, tidies, and compares sums with rows.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant as Moment, SystemTime};

use trunklog_errors::with_causes;
use trunklog_records::Retentions;
use trunklog_store::Engine;

use super::night::Nights;
use crate::deletion::{self, Place, WaitingDeletion};
use crate::time;

/// How often the store is looked after.
const PAUSE: Duration = Duration::from_hours(1);

/// The pause before the first time, in which a machine that has just started
/// gets the right time.
const FIRST_PAUSE: Duration = Duration::from_mins(5);

/// How far the clock may be off what passed during a pause.
const MOST_OFF: Duration = Duration::from_mins(1);

/// After how many times the operator is told again of what waits: once a day.
const REMINDER: u32 = 24;

/// Looks after the store until the other end of the channel is gone.
///
/// What was deleted is gone, so a clock that was set meanwhile is believed only
/// after it ran evenly for a whole pause: somebody may set it right again.
pub(super) fn look_after(engine: &dyn Engine, retentions: &Retentions, ends: &Receiver<()>) {
    let mut pause = FIRST_PAUSE;
    let mut before = Times::now();
    let mut reminder = Reminder::default();
    let mut nights = Nights::default();
    let is_ending = || ends.try_recv() == Err(TryRecvError::Disconnected);
    while ends.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        if before.agree_with(Times::now()) {
            match deletion::pass(engine, retentions, time::now()) {
                Ok(waiting) if reminder.is_due(&waiting) => warn(&waiting),
                Ok(_) => {}
                Err(error) => {
                    let error = with_causes(error.as_ref());
                    tracing::warn!(%error, "old rows are left; this is tried again in an hour");
                }
            }
        } else if retentions.is_limited() {
            tracing::warn!(
                "the clock was set or stood still; no row is deleted for an hour, in case it is wrong"
            );
        }
        if let Err(error) = engine.tidy() {
            let error = with_causes(&error);
            tracing::warn!(%error, "the store could not be tidied; this is tried again in an hour");
        }
        nights.pass(engine, time::now(), &is_ending);
        pause = PAUSE;
        before = Times::now();
    }
}

/// Says what waits for the operator's word, a line for each log and reason.
fn warn(waiting: &[(Place, WaitingDeletion)]) {
    let mut lines: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
    for (place, waiting) in waiting {
        let (tenants, rows) = lines.entry((place.log.name, waiting.why.text())).or_default();
        *tenants += 1;
        *rows += waiting.rows;
    }
    for ((log, why), (tenants, rows)) in lines {
        tracing::warn!(
            log,
            tenants,
            rows,
            why,
            "old rows wait for your word: look with trunklog retention, then run trunklog retention approve"
        );
    }
}

/// When the operator was told of what waits.
#[derive(Default)]
struct Reminder {
    told: Vec<Place>,
    times_since: u32,
}

impl Reminder {
    /// Whether to tell now: when something waits that did not before, and once
    /// a day as long as anything does.
    fn is_due(&mut self, waiting: &[(Place, WaitingDeletion)]) -> bool {
        self.times_since += 1;
        self.told.retain(|told| waiting.iter().any(|(place, _)| place == told));
        let is_new = waiting.iter().any(|(place, _)| !self.told.contains(place));
        if !is_new && (waiting.is_empty() || self.times_since < REMINDER) {
            return false;
        }
        self.told = waiting.iter().map(|(place, _)| *place).collect();
        self.times_since = 0;
        true
    }
}

/// What the clock says, and a moment by which the passing of time is told
/// whatever the clock is set to.
#[derive(Debug, Clone, Copy)]
struct Times {
    clock: SystemTime,
    moment: Moment,
}

impl Times {
    fn now() -> Times {
        Times { clock: SystemTime::now(), moment: Moment::now() }
    }

    /// Whether as much time passed until `later` by the clock as really did.
    fn agree_with(self, later: Times) -> bool {
        let passed = later.moment.saturating_duration_since(self.moment);
        let Some(expected) = self.clock.checked_add(passed) else { return false };
        let off = later.clock.duration_since(expected).unwrap_or_else(|behind| behind.duration());
        off <= MOST_OFF
    }
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Instant;
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};

    use super::*;
    use crate::deletion::{Stage, Why};

    #[test]
    fn a_clock_that_was_set_is_noticed() {
        let hour = Duration::from_hours(1);
        let before = Times::now();
        let after = |clock: SystemTime| Times { clock, moment: before.moment + hour };
        let right = before.clock + hour;
        for off in [Duration::ZERO, Duration::from_secs(59)] {
            assert!(before.agree_with(after(right + off)), "{off:?} ahead");
            assert!(before.agree_with(after(right - off)), "{off:?} behind");
        }
        for off in [Duration::from_secs(61), 24 * hour, 365 * 24 * hour] {
            assert!(!before.agree_with(after(right + off)), "{off:?} ahead");
            assert!(!before.agree_with(after(right - off)), "{off:?} behind");
        }
    }

    #[test]
    fn the_operator_is_told_at_once_and_then_daily() {
        let tenant = "7e570000-0000-4000-8000-000000000001".parse().unwrap();
        let at = Instant::ABSENT;
        let waiting = |log| {
            let place = Place { tenant, log };
            let waiting = WaitingDeletion {
                before: at,
                days: 30,
                rows: 1,
                of: 1,
                oldest: None,
                why: Why::First,
                since: at,
                noted: at,
                stage: Stage::Noted,
            };
            (place, waiting)
        };
        let calls = [waiting(&DIRECT_ROUTING_CALLS)];
        let both = [waiting(&DIRECT_ROUTING_CALLS), waiting(&SMS)];
        let mut reminder = Reminder::default();
        for _ in 0..30 {
            assert!(!reminder.is_due(&[]));
        }
        assert!(reminder.is_due(&calls), "at once");
        let told = (0..2 * REMINDER).filter(|_| reminder.is_due(&calls)).count();
        assert_eq!(told, 2, "in two days");
        assert!(reminder.is_due(&both), "another log");
        assert!(!reminder.is_due(&calls), "one less");
        assert!(reminder.is_due(&both), "it waits again");
    }
}
