//! A time in which no connection can be accepted, such as when the table of
//! open files is full.
//!
//! It ends some quiet time after the last failure: where files come and go, one
//! accept may do well between two that fail.

use std::time::Duration;

use tokio::time::Instant;

/// How long to wait after a failure. It passes when others close something.
const PAUSE: Duration = Duration::from_millis(100);
const QUIET: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(super) struct Outage(Option<OpenSpell>);

#[derive(Debug, Clone, Copy)]
struct OpenSpell {
    begun: Instant,
    last: Instant,
    failures: u64,
}

/// An outage that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spell {
    pub(super) failures: u64,
    pub(super) lasted: Duration,
}

/// Whether a failure is the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    First,
    Again,
}

impl Outage {
    pub(super) fn failed(&mut self, now: Instant) -> Failure {
        match &mut self.0 {
            None => {
                self.0 = Some(OpenSpell { begun: now, last: now, failures: 1 });
                Failure::First
            }
            Some(lasting) => {
                lasting.last = now;
                lasting.failures = lasting.failures.saturating_add(1);
                Failure::Again
            }
        }
    }

    /// When to try again, if there was a failure.
    pub(super) fn resumes(&self) -> Option<Instant> {
        self.0.map(|lasting| lasting.last + PAUSE)
    }

    /// When it is over unless it fails again; None when there is no outage.
    pub(super) fn ends(&self) -> Option<Instant> {
        self.0.map(|lasting| lasting.last + QUIET)
    }

    /// It is over.
    pub(super) fn end(&mut self) -> Option<Spell> {
        let OpenSpell { begun, last, failures } = self.0.take()?;
        Some(Spell { failures, lasted: last.duration_since(begun) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_told_once_and_ends_after_a_quiet_time() {
        let begun = Instant::now();
        let mut outage = Outage::default();
        assert_eq!((outage.ends(), outage.resumes(), outage.end()), (None, None, None));
        assert_eq!(outage.failed(begun), Failure::First);
        for at in 1..=100_u32 {
            assert_eq!(outage.failed(begun + PAUSE * at), Failure::Again);
        }
        let last = begun + PAUSE * 100;
        assert_eq!((outage.resumes(), outage.ends()), (Some(last + PAUSE), Some(last + QUIET)));
        assert_eq!(outage.end(), Some(Spell { failures: 101, lasted: PAUSE * 100 }));
        assert_eq!(outage.failed(last), Failure::First);
    }
}
