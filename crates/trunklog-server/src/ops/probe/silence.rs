//! A time in which the store does not answer at all, such as when its disk
//! hangs. It is told when it starts and when it ends, however often somebody
//! asks meanwhile.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub(super) struct Silence(Mutex<Option<Instant>>);

impl Silence {
    /// No answer came in time. Tells whether that is news.
    pub(super) fn begin(&self, now: Instant) -> bool {
        let mut since = self.since();
        let is_new = since.is_none();
        since.get_or_insert(now);
        is_new
    }

    /// An answer came. Tells how long there was none, if there was none.
    pub(super) fn end(&self, now: Instant) -> Option<Duration> {
        self.since().take().map(|since| now.saturating_duration_since(since))
    }

    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_and_end_are_told_once() {
        let silence = Silence::default();
        let begun = Instant::now();
        let at = |secs| begun + Duration::from_secs(secs);
        assert_eq!(silence.end(at(0)), None);
        for round in [0, 100] {
            assert!(silence.begin(at(round)));
            for later in 1..50 {
                assert!(!silence.begin(at(round + later)));
            }
            assert_eq!(silence.end(at(round + 60)), Some(Duration::from_mins(1)));
            assert_eq!(silence.end(at(round + 61)), None);
        }
    }
}
