//! What the engine knows of its own health, kept so that asking never waits
//! for a read, an append or the reopening of the file.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use trunklog_store::{Error, ErrorKind, Result};

/// So many requests in a row that fail are no accident.
const TOO_MANY: u32 = 3;

/// After such a time failures are forgotten: nobody may ask any more because
/// of them, so no success would ever be seen.
const FORGOTTEN: Duration = Duration::from_secs(30);

/// Who failed last, and whether there is an instance at all. The lock is held
/// for the moment of a look or a note, never while anything is done.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<Observations>);

#[derive(Debug, Default)]
struct Observations {
    /// Why there is no instance.
    closed: Option<ErrorKind>,
    /// How many failed since one succeeded.
    failures: u32,
    /// When the last one failed, and how.
    last: Option<(Instant, ErrorKind)>,
}

impl Health {
    /// Notes how something ended that was asked of the engine.
    pub(crate) fn note<T>(&self, outcome: &Result<T>) {
        let mut known = self.known();
        match outcome {
            Ok(_) => {
                known.failures = 0;
                known.last = None;
            }
            Err(error) if tells_of_engine(error.kind()) => {
                known.failures = known.failures.saturating_add(1);
                known.last = Some((Instant::now(), error.kind()));
            }
            Err(_) => {}
        }
    }

    /// Notes that there is no instance.
    pub(crate) fn closed(&self, why: ErrorKind) {
        self.known().closed = Some(why);
    }

    /// Notes that there is a new one.
    pub(crate) fn opened(&self) {
        *self.known() = Observations::default();
    }

    /// An error when requests would most likely fail.
    pub(crate) fn check(&self) -> Result<()> {
        let known = self.known();
        if let Some(kind) = known.closed {
            return Err(Error::new(kind, "the store is not open: it is being opened again"));
        }
        match known.last {
            Some((at, kind)) if known.failures >= TOO_MANY && at.elapsed() < FORGOTTEN => {
                Err(Error::new(kind, format!("the last {} requests of the store failed", known.failures)))
            }
            _ => Ok(()),
        }
    }

    fn known(&self) -> MutexGuard<'_, Observations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an error says something of the engine. The others also come of what
/// was asked, so that whoever may ask could make the server look ill; and what
/// has no space to write can still read.
fn tells_of_engine(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::Recovering | ErrorKind::InUse | ErrorKind::Corrupt | ErrorKind::Moved => true,
        ErrorKind::DiskFull
        | ErrorKind::OutOfMemory
        | ErrorKind::TooSlow
        | ErrorKind::Gone
        | ErrorKind::TooMany
        | ErrorKind::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(kind: ErrorKind) -> Result<()> {
        Err(Error::new(kind, "it failed"))
    }

    #[test]
    fn failures_in_a_row_are_told_and_a_success_ends_them() {
        let health = Health::default();
        for _ in 0..2 {
            health.note(&failure(ErrorKind::Corrupt));
        }
        health.note(&failure(ErrorKind::TooSlow));
        health.check().unwrap();
        health.note(&Ok(()));
        for _ in 0..2 {
            health.note(&failure(ErrorKind::Corrupt));
        }
        health.check().unwrap();
        health.note(&failure(ErrorKind::Corrupt));
        assert_eq!(health.check().unwrap_err().kind(), ErrorKind::Corrupt);
        health.note(&Ok(()));
        health.check().unwrap();
    }

    #[test]
    fn failures_are_forgotten() {
        let health = Health::default();
        for _ in 0..TOO_MANY {
            health.note(&failure(ErrorKind::Corrupt));
        }
        assert!(health.check().is_err());
        let long_ago = Instant::now().checked_sub(FORGOTTEN).expect("the machine runs for longer");
        health.known().last = Some((long_ago, ErrorKind::Corrupt));
        health.check().unwrap();
    }

    #[test]
    fn a_store_that_is_not_open_is_told_until_it_is() {
        let health = Health::default();
        health.closed(ErrorKind::Moved);
        assert_eq!(health.check().unwrap_err().kind(), ErrorKind::Moved);
        health.note(&Ok(()));
        assert!(health.check().is_err());
        health.opened();
        health.check().unwrap();
    }
}
