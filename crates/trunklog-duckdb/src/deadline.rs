//! The end of reads that take too long: one thread looks at all that run and
//! interrupts what is over its time. Without it, a filter that is dear enough
//! would keep a worker for minutes.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use duckdb::{Connection, InterruptHandle};

/// How often the thread looks, at most and at least.
const LOOKS: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(5)];

/// Watches reads. The thread ends with it.
pub(crate) struct Deadlines {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    limit: Duration,
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
    due: Instant,
    handle: Arc<InterruptHandle>,
}

impl Deadlines {
    /// Reads may take so long.
    pub(crate) fn new(limit: Duration) -> Deadlines {
        let shared = Arc::new(Shared { limit, watch: Mutex::default(), ended: Condvar::new() });
        let watched = Arc::clone(&shared);
        let thread = thread::Builder::new().name("deadlines".to_owned()).spawn(move || watched.look()).ok();
        if thread.is_none() {
            tracing::warn!("no thread to be had, so reads of the store have no time limit");
        }
        Deadlines { shared, thread }
    }

    /// Watches what the connection does until the guard is dropped.
    pub(crate) fn watch(&self, connection: &Connection) -> Guard<'_> {
        let mut watch = self.shared.watch();
        let number = watch.next;
        watch.next += 1;
        let due = Instant::now() + self.shared.limit;
        watch.running.push(Read { number, due, handle: connection.interrupt_handle() });
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
        let pause = (self.limit / 20).clamp(least, most);
        let mut watch = self.watch();
        while !watch.ended {
            let now = Instant::now();
            // Again at each look: an interrupt between two statements of one
            // read is lost.
            for read in watch.running.iter().filter(|read| read.due <= now) {
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
        let deadlines = Deadlines::new(Duration::from_millis(100));
        let answer = |sql: &str| {
            let _guard = deadlines.watch(&connection);
            connection.query_row(sql, [], |row| row.get::<_, f64>(0))
        };
        let error = answer(FOREVER).unwrap_err().to_string();
        assert!(error.contains("INTERRUPT"), "{error}");
        assert_eq!(answer("SELECT 1"), Ok(1.0));
    }
}
