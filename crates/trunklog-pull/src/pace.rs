//! Politeness: how many requests a function gets in a minute.

use std::collections::VecDeque;
use std::time::Duration;

use trunklog_odata::Instant;

use crate::time::{after, until};

const MINUTE: Duration = Duration::from_mins(1);

/// Keeps the requests to one function below a number in any minute. Microsoft
/// permits 50, and one that waited for the limit also counts for all others who
/// ask for the same tenant.
#[derive(Debug)]
pub struct Pace {
    most: usize,
    sent: VecDeque<Instant>,
}

impl Pace {
    /// At most so many a minute, at least one.
    pub fn new(per_minute: u32) -> Pace {
        Pace { most: usize::try_from(per_minute).unwrap_or(usize::MAX).max(1), sent: VecDeque::new() }
    }

    /// How long to wait before the next request; nothing when it may be sent now.
    pub fn wait(&mut self, now: Instant) -> Duration {
        // A clock that was set back leaves times of the future.
        while self.sent.front().is_some_and(|sent| after(*sent, MINUTE) <= now || *sent > now) {
            self.sent.pop_front();
        }
        match self.sent.front() {
            Some(first) if self.sent.len() >= self.most => until(now, after(*first, MINUTE)),
            _ => Duration::ZERO,
        }
    }

    /// Notes that a request was sent.
    pub fn note(&mut self, now: Instant) {
        self.sent.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_clock_that_was_set_back_does_not_stop_it() {
        let now = Instant::parse("2026-11-24T08:00:00Z").unwrap();
        let mut pace = Pace::new(1);
        pace.note(now);
        assert_eq!(pace.wait(now), MINUTE);
        assert_eq!(pace.wait(now.saturating_add_ticks(-1)), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn no_minute_has_too_many(most in 1_u32..60, gaps in proptest::collection::vec(0_u64..5_000, 1..300)) {
            let mut now = Instant::parse("2026-11-24T08:00:00Z").unwrap();
            let mut pace = Pace::new(most);
            let mut sent = Vec::new();
            for gap in gaps {
                now = after(now, Duration::from_millis(gap));
                now = after(now, pace.wait(now));
                prop_assert_eq!(pace.wait(now), Duration::ZERO);
                pace.note(now);
                sent.push(now);
            }
            for (at, first) in sent.iter().enumerate() {
                let within = sent[at..].iter().take_while(|later| **later < after(*first, MINUTE)).count();
                prop_assert!(within <= usize::try_from(most).unwrap());
            }
        }
    }
}
