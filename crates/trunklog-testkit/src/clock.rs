//! A clock that shows what it is told.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use trunklog_identity::Clock;

/// Stands still until it is moved.
#[derive(Debug, Clone)]
pub struct FakeClock(Arc<Mutex<Timestamp>>);

impl FakeClock {
    /// A clock that shows `time`, such as `2026-11-24T08:00:00Z`.
    pub fn at(time: &str) -> FakeClock {
        FakeClock(Arc::new(Mutex::new(time.parse().unwrap())))
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    /// Moves it on.
    pub fn advance(&self, by: SignedDuration) {
        let mut time = self.0.lock().unwrap();
        *time = time.checked_add(by).unwrap();
    }

    /// The clock as the other crates take it.
    pub fn clock(&self) -> Clock {
        let time = Arc::clone(&self.0);
        Arc::new(move || *time.lock().unwrap())
    }
}
