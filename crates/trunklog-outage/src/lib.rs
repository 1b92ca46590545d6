//! A time in which no connection can be accepted, such as when the table of
//! open files is full.
//!
//! Every try fails then, many a second. So an outage is told once, and once
//! more when it is over: some quiet time after the last failure, since where
//! files come and go, one accept may do well between two that fail.
//!
//! This crate must not know who listens, nor how it waits or logs: it is told
//! what time it is.

use std::ops::{Add, Sub};
use std::time::Duration;

/// How long to wait after a failure. It passes when others close something.
pub const PAUSE: Duration = Duration::from_millis(100);

/// How long no failure may come until an outage is over.
pub const QUIET: Duration = Duration::from_secs(10);

/// Whether an outage lasts, by a clock whose instants are `I`.
///
/// ```
/// use std::time::Instant;
/// use trunklog_outage::{Failure, Outage, QUIET};
///
/// let now = Instant::now();
/// let mut outage = Outage::<Instant>::default();
/// assert_eq!(outage.failed(now), Failure::First);
/// assert_eq!(outage.ends(), Some(now + QUIET));
/// assert_eq!(outage.end().map(|spell| spell.failures), Some(1));
/// assert_eq!(outage.ends(), None);
/// ```
#[derive(Debug)]
pub struct Outage<I>(Option<OpenSpell<I>>);

#[derive(Debug, Clone, Copy)]
struct OpenSpell<I> {
    begun: I,
    last: I,
    failures: u64,
}

/// An outage that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// How often it failed.
    pub failures: u64,
    /// From the first failure to the last.
    pub lasted: Duration,
}

/// Whether a failure is the first one of its outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It is, and is to be told.
    First,
    /// It was told already.
    Again,
}

impl<I> Default for Outage<I> {
    fn default() -> Outage<I> {
        Outage(None)
    }
}

impl<I: Copy + Add<Duration, Output = I> + Sub<Output = Duration>> Outage<I> {
    /// Takes note of a failure.
    pub fn failed(&mut self, now: I) -> Failure {
        match &mut self.0 {
            None => {
                self.0 = Some(OpenSpell { begun: now, last: now, failures: 1 });
                Failure::First
            }
            Some(spell) => {
                spell.last = now;
                spell.failures = spell.failures.saturating_add(1);
                Failure::Again
            }
        }
    }

    /// When to try again, if there was a failure.
    pub fn resumes(&self) -> Option<I> {
        self.0.map(|spell| spell.last + PAUSE)
    }

    /// When it is over unless it fails again; None when there is no outage.
    pub fn ends(&self) -> Option<I> {
        self.0.map(|spell| spell.last + QUIET)
    }

    /// It is over.
    pub fn end(&mut self) -> Option<Spell> {
        let OpenSpell { begun, last, failures } = self.0.take()?;
        Some(Spell { failures, lasted: last - begun })
    }

    /// It is over if it was quiet for long enough.
    pub fn end_by(&mut self, now: I) -> Option<Spell>
    where
        I: PartialOrd,
    {
        if self.ends()? <= now { self.end() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn an_outage_is_told_once_and_ends_after_a_quiet_time() {
        let begun = Instant::now();
        let mut outage = Outage::<Instant>::default();
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

    #[test]
    fn one_that_does_well_between_two_that_fail_is_not_the_end() {
        let begun = Instant::now();
        let at = |secs| begun + Duration::from_secs(secs);
        let mut outage = Outage::<Instant>::default();
        assert_eq!(outage.end_by(begun), None);
        assert_eq!(outage.failed(begun), Failure::First);
        for secs in [1, 9, 18] {
            assert_eq!(outage.end_by(at(secs)), None);
            assert_eq!(outage.failed(at(secs)), Failure::Again);
        }
        assert_eq!(outage.end_by(at(27)), None);
        assert_eq!(outage.end_by(at(28)), Some(Spell { failures: 4, lasted: Duration::from_secs(18) }));
        assert_eq!((outage.ends(), outage.end_by(at(60))), (None, None));
        assert_eq!(outage.failed(at(61)), Failure::First);
    }
}
