//! The end of reads that take too long, or for which nobody waits any more: one thread
//! looks at all that run and interrupts these. Without it, a filter that is dear enough
//! would keep a worker for minutes.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use duckdb::{Connection, InterruptHandle};
use trunklog_store::Asker;

/// How often the thread looks, at most and at least.
const LOOKS: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(5)];

/// Watches reads. The thread ends with it.
pub(crate) struct Deadlines {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    /// None for any time.
    limit: Option<Duration>,
    watch: Mutex<Watch>,
    ended: Condvar,
}

#[derive(Default)]
struct Watch {
    running: Vec<Read>,
    next: u64,
    ended: bool,
}

struct Read {
    number: u64,
    due: Option<Instant>,
    /// Who waits for it.
    asker: Option<Asker>,
    handle: Arc<InterruptHandle>,
}

impl Read {
    fn is_over(&self, now: Instant) -> bool {
        self.due.is_some_and(|due| due <= now) || self.asker.as_ref().is_some_and(Asker::has_left)
    }
}

impl Deadlines {
    /// Reads may take so long; None for any time.
    pub(crate) fn new(limit: Option<Duration>) -> Deadlines {
        let shared = Arc::new(Shared { limit, watch: Mutex::default(), ended: Condvar::new() });
        let watched = Arc::clone(&shared);
        let thread = thread::Builder::new().name("deadlines".to_owned()).spawn(move || watched.look()).ok();
        if thread.is_none() {
            tracing::warn!("no thread to be had, so reads of the store end when they are done, however late");
        }
        Deadlines { shared, thread }
    }

    /// Watches what the connection does until the guard is dropped.
    pub(crate) fn watch(&self, connection: &Connection) -> Guard<'_> {
        let mut watch = self.shared.watch();
        let number = watch.next;
        watch.next += 1;
        let due = self.shared.limit.map(|limit| Instant::now() + limit);
        let (asker, handle) = (Asker::current(), connection.interrupt_handle());
        watch.running.push(Read { number, due, asker, handle });
        Guard { shared: &self.shared, number }
    }
}

impl Drop for Deadlines {
    fn drop(&mut self) {
        self.shared.watch().ended = true;
        self.shared.ended.notify_all();
        if let Some(thread) = self.thread.take() {
            // It has nothing to say.
            let _ = thread.join();
        }
    }
}

/// A read that is watched.
pub(crate) struct Guard<'a> {
    shared: &'a Shared,
    number: u64,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        // An interrupt happens under this lock, so none comes afterwards.
        self.shared.watch().running.retain(|read| read.number != self.number);
    }
}

impl Shared {
    fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) {
        let [most, least] = LOOKS;
        let pause = self.limit.map_or(most, |limit| (limit / 20).clamp(least, most));
        let mut watch = self.watch();
        while !watch.ended {
            let now = Instant::now();
            // Again at each look: an interrupt between two statements of one
            // read is lost.
            for read in watch.running.iter().filter(|read| read.is_over(now)) {
                read.handle.interrupt();
            }
            watch = self.ended.wait_timeout(watch, pause).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOREVER: &str = "SELECT sum(a.range * b.range) FROM range(100000000) a, range(100000) b";

    #[test]
    fn long_reads_end_and_short_ones_are_left_alone() {
        let connection = Connection::open_in_memory().unwrap();
        let deadlines = Deadlines::new(Some(Duration::from_millis(100)));
        let answer = |sql: &str| {
            let _guard = deadlines.watch(&connection);
            connection.query_row(sql, [], |row| row.get::<_, f64>(0))
        };
        let error = answer(FOREVER).unwrap_err().to_string();
        assert!(error.contains("INTERRUPT"), "{error}");
        assert_eq!(answer("SELECT 1"), Ok(1.0));
    }

    #[test]
    fn a_read_ends_when_who_asked_has_left() {
        let connection = Connection::open_in_memory().unwrap();
        let deadlines = Deadlines::new(None);
        let answer = |sql: &str| {
            let _guard = deadlines.watch(&connection);
            connection.query_row(sql, [], |row| row.get::<_, f64>(0))
        };
        let (stays, leaves) = (Asker::default(), Asker::default());
        let leaving = thread::spawn({
            let leaves = leaves.clone();
            move || leaves.leave()
        });
        let error = leaves.during(|| answer(FOREVER)).unwrap_err().to_string();
        assert!(error.contains("INTERRUPT"), "{error}");
        leaving.join().unwrap();
        assert_eq!(stays.during(|| answer("SELECT 1")), Ok(1.0));
    }
}
