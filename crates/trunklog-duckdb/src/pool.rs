//! DuckDB's pool of blocks, which it keeps for the next query, up to its memory
//! limit. Nobody who asks for a page now and then gains by blocks of hours ago,
//! and the machine has others to serve: when nobody has read or written for a
//! while, the pool is emptied down to a small rest. The operating system still
//! has the file's pages, so the next read takes a few milliseconds more.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, TryLockError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use duckdb::Connection;

use crate::gap::Gap;

/// How often a thread looks whether the store was used.
const LOOK: Duration = Duration::from_secs(1);

/// After how many looks without a use the pool is emptied.
const QUIET_LOOKS: u32 = 5;

/// What stays in the pool, in MiB: the newest rows' blocks, and the catalog's.
const REST_MIB: u32 = 16;

/// Empties the pool of an instance. Its thread ends with it.
pub(crate) struct Pool {
    ended: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread needs of the instance.
pub(crate) struct Pooled {
    /// The writer: while memory is short, nobody may write.
    pub(crate) writer: Arc<Mutex<Connection>>,
    /// Nor may anybody read.
    pub(crate) gap: Arc<Gap>,
    /// Connections that wait for readers, with the statements that they prepared.
    pub(crate) readers: Arc<Mutex<Vec<Connection>>>,
    /// How often the store was used.
    pub(crate) uses: Arc<AtomicU64>,
    /// The usual limit, in MiB.
    pub(crate) limit_mib: u32,
}

impl Pool {
    /// Watches an instance.
    pub(crate) fn new(of: Pooled) -> Pool {
        let ended = Arc::new((Mutex::new(false), Condvar::new()));
        let watched = Arc::clone(&ended);
        let thread = thread::Builder::new()
            .name("pool".to_owned())
            .spawn(move || of.look(&watched.0, &watched.1))
            .ok();
        if thread.is_none() {
            tracing::warn!("no thread to be had, so the store keeps its memory while nobody uses it");
        }
        Pool { ended, thread }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        *self.ended.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.ended.1.notify_all();
        if let Some(thread) = self.thread.take() {
            // It has nothing to say.
            let _ = thread.join();
        }
    }
}

impl Pooled {
    fn look(&self, ended: &Mutex<bool>, changed: &Condvar) {
        let mut seen = self.uses.load(Ordering::Acquire);
        let (mut quiet_looks, mut is_full) = (0, true);
        let mut is_over = ended.lock().unwrap_or_else(PoisonError::into_inner);
        while !*is_over {
            is_over = changed.wait_timeout(is_over, LOOK).unwrap_or_else(PoisonError::into_inner).0;
            let uses = self.uses.load(Ordering::Acquire);
            if uses != seen {
                (seen, quiet_looks, is_full) = (uses, 0, true);
                continue;
            }
            quiet_looks += 1;
            if is_full && !*is_over && quiet_looks >= QUIET_LOOKS {
                is_full = !self.empty();
            }
        }
    }

    /// Empties the pool, unless somebody uses the store; tells whether it did.
    fn empty(&self) -> bool {
        let writer = match self.writer.try_lock() {
            Ok(writer) => writer,
            Err(TryLockError::Poisoned(writer)) => writer.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        let Some(_quiet) = self.gap.quiet(Duration::ZERO) else { return false };
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        // Where more than the rest is in use, the limit stays as it was.
        let emptied = writer.execute_batch(&format!("SET memory_limit = '{REST_MIB}MiB'"));
        if let Err(error) = writer.execute_batch(&format!("SET memory_limit = '{}MiB'", self.limit_mib)) {
            tracing::error!(error = %error, "the store's memory limit stays low after an idle time");
        }
        if let Err(error) = emptied {
            tracing::debug!(error = %error, "the store's memory is in use");
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use duckdb::Config;

    use super::*;

    fn cached(connection: &Connection) -> i64 {
        let sql = "SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory()";
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// A file of about 60 MB, all of which is in the pool.
    fn full(file: &std::path::Path) -> Pooled {
        let config = Config::default().with("memory_limit", "300MiB").unwrap();
        let writer = Connection::open_in_memory_with_flags(config).unwrap();
        writer
            .execute_batch(&format!(
                "ATTACH '{}' AS store; USE store;
                 CREATE TABLE noise AS SELECT hash(range) AS a, hash(range + 1) AS b FROM range(4000000);
                 CHECKPOINT; SELECT sum(a & 1), sum(b & 1) FROM noise;",
                file.display()
            ))
            .unwrap();
        let writer = Arc::new(Mutex::new(writer));
        Pooled { writer, gap: Arc::default(), readers: Arc::default(), uses: Arc::default(), limit_mib: 300 }
    }

    #[test]
    fn it_is_emptied_only_while_nobody_uses_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let pooled = full(&folder.path().join("a.duckdb"));
        let (writer, gap) = (Arc::clone(&pooled.writer), Arc::clone(&pooled.gap));
        let before = cached(&writer.lock().unwrap());
        assert!(before > 48 << 20, "{before}");
        let writing = writer.lock().unwrap();
        assert!(!pooled.empty());
        drop(writing);
        let reading = gap.read();
        assert!(!pooled.empty());
        drop(reading);
        assert_eq!(cached(&writer.lock().unwrap()), before);
        assert!(pooled.empty());
        let connection = writer.lock().unwrap();
        assert!(cached(&connection) <= i64::from(REST_MIB) << 20);
        // What needs much memory gets it again.
        let sql = "SELECT count(*) FROM (SELECT DISTINCT a FROM store.noise)";
        assert_eq!(connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(), 4_000_000);
        let limit = "SELECT current_setting('memory_limit')";
        let limit: String = connection.query_row(limit, [], |row| row.get(0)).unwrap();
        assert_eq!(limit, "300.0 MiB");
    }

    #[test]
    fn a_store_that_is_not_used_gives_memory_back() {
        let folder = tempfile::tempdir().unwrap();
        let pooled = full(&folder.path().join("a.duckdb"));
        let writer = Arc::clone(&pooled.writer);
        let pool = Pool::new(pooled);
        let end = Instant::now() + Duration::from_mins(1);
        while cached(&writer.lock().unwrap()) > i64::from(REST_MIB) << 20 {
            assert!(Instant::now() < end);
            thread::sleep(Duration::from_millis(50));
        }
        // It does not wait for the next look.
        drop(pool);
    }
}
