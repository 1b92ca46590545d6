//! The gap between readers in which a checkpoint is written.
//!
//! While DuckDB 1.5 writes a checkpoint, a query that runs beside it may miss
//! rows of the newest row group without an error. So no query runs meanwhile:
//! a checkpoint waits for those that run and keeps new ones waiting, for a
//! moment. Where one runs for longer, the checkpoint is left for another time;
//! all commits are in the write-ahead log.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many read, and whether a checkpoint waits for them or is being written.
#[derive(Debug, Default)]
pub(crate) struct Gap {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    readers: usize,
    is_closed: bool,
}

/// Somebody reads as long as it is there.
#[derive(Debug)]
pub(crate) struct Reading<'a>(&'a Gap);

/// Nobody reads as long as it is there.
#[derive(Debug)]
pub(crate) struct Quiet<'a>(&'a Gap);

impl Gap {
    /// Starts to read, after a checkpoint that is on its way.
    pub(crate) fn read(&self) -> Reading<'_> {
        let mut state = self.state();
        while state.is_closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.readers += 1;
        Reading(self)
    }

    /// Waits until nobody reads, at most for `patience`; None when somebody still
    /// does. New readers wait meanwhile. Only who holds the writer may ask, so
    /// there is one at a time.
    pub(crate) fn quiet(&self, patience: Duration) -> Option<Quiet<'_>> {
        let end = Instant::now() + patience;
        let mut state = self.state();
        state.is_closed = true;
        while state.readers > 0 {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.is_closed = false;
                drop(state);
                self.changed.notify_all();
                return None;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Some(Quiet(self))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.readers -= 1;
        if state.readers == 0 && state.is_closed {
            drop(state);
            self.0.changed.notify_all();
        }
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        self.0.state().is_closed = false;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn nobody_reads_in_the_gap() {
        let gap = Gap::default();
        let (reading, is_quiet, done) = (AtomicUsize::new(0), AtomicBool::new(false), AtomicBool::new(false));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !done.load(Ordering::SeqCst) {
                        let _reading = gap.read();
                        reading.fetch_add(1, Ordering::SeqCst);
                        assert!(!is_quiet.load(Ordering::SeqCst), "somebody reads in the gap");
                        thread::yield_now();
                        reading.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
            for _ in 0..500 {
                // Steady readers do not keep it from coming.
                let quiet = gap.quiet(Duration::from_mins(1)).unwrap();
                is_quiet.store(true, Ordering::SeqCst);
                assert_eq!(reading.load(Ordering::SeqCst), 0);
                thread::yield_now();
                is_quiet.store(false, Ordering::SeqCst);
                drop(quiet);
            }
            done.store(true, Ordering::SeqCst);
        });
    }

    #[test]
    fn a_long_read_is_not_waited_for() {
        let gap = Gap::default();
        let long = gap.read();
        assert!(gap.quiet(Duration::from_millis(1)).is_none());
        // Others read on.
        drop(gap.read());
        drop(long);
        drop(gap.quiet(Duration::ZERO).unwrap());
        drop(gap.read());
    }
}
