//! A time in which no command can connect, such as when the table of open files
//! is full. It is told once, and again when it is over: some quiet time after
//! the last failure, since between two that fail one may do well.

use std::time::{Duration, Instant};

const QUIET: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(crate) struct Outage(Option<Lasting>);

#[derive(Debug, Clone, Copy)]
struct Lasting {
    begun: Instant,
    last: Instant,
    failures: u64,
}

/// An outage that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) failures: u64,
    pub(crate) lasted: Duration,
}

/// Whether a failure is the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    First,
    Again,
}

impl Outage {
    pub(crate) fn failed(&mut self, now: Instant) -> Failure {
        match &mut self.0 {
            None => {
                self.0 = Some(Lasting { begun: now, last: now, failures: 1 });
                Failure::First
            }
            Some(lasting) => {
                lasting.last = now;
                lasting.failures = lasting.failures.saturating_add(1);
                Failure::Again
            }
        }
    }

    /// Whether it lasts: its end is still to be told.
    pub(crate) fn lasts(&self) -> bool {
        self.0.is_some()
    }

    /// Ends it if it was quiet for long enough.
    pub(crate) fn end(&mut self, now: Instant) -> Option<Ended> {
        let Lasting { begun, last, failures } =
            self.0.filter(|lasting| now.duration_since(lasting.last) >= QUIET)?;
        self.0 = None;
        Some(Ended { failures, lasted: last.duration_since(begun) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_told_once_and_ends_after_a_quiet_time() {
        let begun = Instant::now();
        let at = |secs| begun + Duration::from_secs(secs);
        let mut outage = Outage::default();
        assert_eq!((outage.lasts(), outage.end(begun)), (false, None));
        assert_eq!(outage.failed(begun), Failure::First);
        // One that does well between two that fail is not the end.
        for secs in [1, 9, 18] {
            assert_eq!((outage.lasts(), outage.end(at(secs))), (true, None));
            assert_eq!(outage.failed(at(secs)), Failure::Again);
        }
        assert_eq!(outage.end(at(27)), None);
        assert_eq!(outage.end(at(28)), Some(Ended { failures: 4, lasted: Duration::from_secs(18) }));
        assert_eq!((outage.lasts(), outage.end(at(60))), (false, None));
        assert_eq!(outage.failed(at(61)), Failure::First);
    }
}
