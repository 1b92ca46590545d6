//! A clock that cases turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use trunklog_odata::Instant;
use trunklog_store::Clock;

use super::rows::{HOUR, at};

/// A clock that stands still until it is turned.
#[derive(Debug)]
pub(super) struct TurnedClock(Arc<AtomicI64>);

impl TurnedClock {
    /// A clock at the start of the cases' time.
    pub(super) fn new() -> TurnedClock {
        TurnedClock(Arc::new(AtomicI64::new(0)))
    }

    /// What an engine reads it by.
    pub(super) fn reader(&self) -> Clock {
        let ticks = Arc::clone(&self.0);
        Clock::of(move || -> Instant { at(ticks.load(Ordering::Relaxed)) })
    }

    /// Lets hours pass.
    pub(super) fn turn(&self, hours: i64) {
        self.0.fetch_add(hours * HOUR, Ordering::Relaxed);
    }
}
