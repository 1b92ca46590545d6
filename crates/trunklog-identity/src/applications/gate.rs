//! How many secrets may be hashed at the same time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How many may wait for each one that is computing. More are turned away, so
/// that a flood of wrong secrets fills neither the memory (19 MiB a hash) nor
/// the blocking pool the callers share with the store.
const WAITING_PER_RUNNING: usize = 16;

/// Lets a few through at a time.
pub(super) struct Gate {
    running_max: usize,
    waiting_max: usize,
    counts: Mutex<Counts>,
    freed: Condvar,
}

#[derive(Default)]
struct Counts {
    running: usize,
    waiting: usize,
}

impl Gate {
    /// One hash at a time for each processor.
    pub(super) fn for_this_machine() -> Gate {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Gate::new(processors, processors * WAITING_PER_RUNNING)
    }

    fn new(running_max: usize, waiting_max: usize) -> Gate {
        Gate { running_max, waiting_max, counts: Mutex::default(), freed: Condvar::new() }
    }

    /// Waits for a place. `None` if too many wait already.
    pub(super) fn enter(&self) -> Option<Permit<'_>> {
        let mut counts = self.lock();
        if counts.running >= self.running_max {
            if counts.waiting >= self.waiting_max {
                return None;
            }
            counts.waiting += 1;
            counts = self
                .freed
                .wait_while(counts, |counts| counts.running >= self.running_max)
                .unwrap_or_else(PoisonError::into_inner);
            counts.waiting -= 1;
        }
        counts.running += 1;
        Some(Permit(self))
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place at the gate, given back when dropped.
pub(super) struct Permit<'g>(&'g Gate);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.lock().running -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests;
