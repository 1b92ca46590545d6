//! One opened DuckDB: its connections and what is known of its tables.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use duckdb::{Config, Connection};
use trunklog_records::{Log, TenantId};
use trunklog_store::cube::CubeSettings;
use trunklog_store::{Asker, Clock, Error, ErrorKind};

use crate::catalog::{self, Tenant};
use crate::deadline::Deadlines;
use crate::error::{is_busy, refusal};

use crate::expression;
use crate::files::mark::Mark;
use crate::gap::Gap;
use crate::log_table::LogTable;
use crate::options::{Access, Options};
use crate::pool::{Pool, Pooled};
use crate::sql::{DATABASE, ROW_GROUP_SIZE};
use crate::transaction::{self, Outcome};

/// Readers that stay open between queries.
const IDLE_READERS: usize = 8;

/// How long the first write after a start waits for its checkpoint, at most: for
/// the longest read that there may be.
const FIRST_CHECKPOINT: Duration = Duration::from_secs(65);

/// Statements that a connection keeps prepared.
const PREPARED_STATEMENTS: usize = 128;

/// The version of files that are made: the first whose write-ahead log names
/// its database and checkpoint, so that no other log is taken for it. A file
/// that is there keeps its version: brought to this one it would get a name
/// without sense, and its next log would be refused (DuckDB 1.5,
/// `SingleFileBlockManager::WriteHeader`).
const NEW_FILES: &str = "v1.4.0";

/// The bytes of a block in files that are made. A page anywhere reads a block of
/// each column. Half of DuckDB's usual 256 KiB is read and kept in less time and
/// memory, and rows are stored about as fast; a quarter would make that a sixth
/// slower. A file that is there keeps its own.
const BLOCK_BYTES: u32 = 128 << 10;

/// An opened file. Dropping it closes the file.
pub(crate) struct Instance {
    /// It must be the first field: its thread ends before the rest goes.
    _pool: Pool,
    writer: Arc<Mutex<Connection>>,
    /// Runs nothing itself. Whoever needs one more connection gets it from this
    /// one, and so never waits for a long append.
    source: Mutex<Connection>,
    readers: Arc<Mutex<Vec<Connection>>>,
    /// No checkpoint is written while somebody reads.
    gap: Arc<Gap>,
    /// How often somebody read or wrote.
    uses: Arc<AtomicU64>,
    deadlines: Deadlines,
    tenants: RwLock<HashMap<TenantId, Arc<Tenant>>>,
    clock: Clock,
    segment_rows: u64,
    deletions_kept_ticks: i64,
    cubes: CubeSettings,
    leaves_days: bool,
    /// Whether the write-ahead log would still name the checkpoint that copies
    /// of the closed file name, too.
    shares_checkpoint: AtomicBool,
    /// None where nothing is written. It must be the last field: see there.
    mark: Option<Mark>,
}

impl Instance {
    /// Opens a file that was examined.
    pub(crate) fn attach(file: &Path, options: &Options, access: Access) -> duckdb::Result<Instance> {
        let config = Config::default()
            .enable_autoload_extension(false)?
            .with("threads", options.threads.to_string())?
            .with("memory_limit", format!("{}MiB", options.memory_mib))?
            .with("temp_directory", file.with_extension("spill").to_string_lossy())?;
        let writer = Connection::open_in_memory_with_flags(config)?;
        expression::register(&writer)?;
        let path = file.to_string_lossy().replace('\'', "''");
        let how = match access {
            Access::Read => "READ_ONLY".to_owned(),
            Access::Write if matches!(file.try_exists(), Ok(false)) => {
                format!(
                    "ROW_GROUP_SIZE {ROW_GROUP_SIZE}, STORAGE_VERSION '{NEW_FILES}', BLOCK_SIZE {BLOCK_BYTES}"
                )
            }
            Access::Write | Access::Reopen => format!("ROW_GROUP_SIZE {ROW_GROUP_SIZE}"),
        };
        // Without threads of its own, the allocator inside DuckDB gives memory
        // back only while queries run, and keeps what the last ones needed.
        //
        // DuckDB 1.5 plans with what it knows of the values that there are: a filter
        // that they all satisfy is left out, and a largest value is looked up once.
        // A prepared statement keeps such a plan when other values come. It also
        // leaves out row groups in which, by their counts, the first rows of an
        // order cannot lie. While rows come to a group that was written before,
        // its counts are wrong, and all rows may be left out.
        writer.execute_batch(&format!(
            "ATTACH '{path}' AS {DATABASE} ({how});
             SET allocator_background_threads = true;
             SET checkpoint_threshold = '1TB';
             SET preserve_insertion_order = true;
             SET disabled_optimizers = 'statistics_propagation,row_group_pruner';"
        ))?;
        let source = Mutex::new(writer.try_clone()?);
        let writer = Arc::new(Mutex::new(writer));
        let (gap, readers, uses) = (Arc::<Gap>::default(), Arc::default(), Arc::<AtomicU64>::default());
        let pool = Pool::new(Pooled {
            writer: Arc::clone(&writer),
            gap: Arc::clone(&gap),
            readers: Arc::clone(&readers),
            uses: Arc::clone(&uses),
            limit_mib: options.memory_mib,
        });
        Ok(Instance {
            _pool: pool,
            writer,
            source,
            readers,
            gap,
            uses,
            deadlines: Deadlines::new(options.query_limit),
            tenants: RwLock::default(),
            clock: options.clock.clone(),
            segment_rows: options.segment_rows.max(1),
            deletions_kept_ticks: i64::try_from(options.deletions_kept.as_nanos() / 100).unwrap_or(i64::MAX),
            cubes: options.cubes.clone(),
            leaves_days: options.leaves_days,
            shares_checkpoint: AtomicBool::new(false),
            mark: None,
        })
    }

    /// Notes where commits are acknowledged from now on, and whether the
    /// write-ahead log would still name the checkpoint of a copy of the file.
    pub(crate) fn hold(&mut self, mark: Mark, shares_checkpoint: bool) {
        self.mark = Some(mark);
        self.shares_checkpoint = AtomicBool::new(shares_checkpoint);
    }

    /// Takes other settings of cubes, before anybody uses them.
    pub(crate) fn count_by(&mut self, cubes: CubeSettings) {
        self.cubes = cubes;
    }

    /// Has to come before a commit. A copy of the file that was made before it
    /// was opened, such as a backup, has the number of its last checkpoint. A
    /// commit that follows the same one would fit that copy by its name, though
    /// it may speak of blocks that the copy does not have. So whoever writes
    /// starts with a checkpoint of his own.
    pub(crate) fn begin_writing(&self) -> duckdb::Result<()> {
        if !self.shares_checkpoint.load(Ordering::Acquire) {
            return Ok(());
        }
        self.begin_writing_on(&self.writer())
    }

    /// The same for a caller that holds the writer.
    pub(crate) fn begin_writing_on(&self, writer: &Connection) -> duckdb::Result<()> {
        if self.shares_checkpoint.load(Ordering::Acquire) {
            // Without a change its number would stay the same. An update, or a
            // table that is made anew, would keep the checkpoint from being
            // written while somebody reads.
            writer.execute_batch(&format!(
                "CREATE TABLE IF NOT EXISTS {DATABASE}.main.opening (id UUID);
                 BEGIN;
                 DELETE FROM {DATABASE}.main.opening;
                 INSERT INTO {DATABASE}.main.opening VALUES (uuid());
                 COMMIT"
            ))?;
            #[cfg(test)]
            crate::steps::reached("a change for the first checkpoint")?;
            if !self.checkpoint_on(writer, FIRST_CHECKPOINT)? {
                let text = "storing: reads that take long keep the store from being written: try again";
                return Err(refusal(Error::new(ErrorKind::TooSlow, text)));
            }
            #[cfg(test)]
            crate::steps::reached("the first checkpoint")?;
            self.shares_checkpoint.store(false, Ordering::Release);
        }
        Ok(())
    }

    /// Folds the write-ahead log into the file in a gap between readers, and tells
    /// whether there was one: it waits at most for `patience`. The caller holds
    /// the writer.
    pub(crate) fn checkpoint_on(&self, writer: &Connection, patience: Duration) -> duckdb::Result<bool> {
        let Some(_quiet) = self.gap.quiet(patience) else { return Ok(false) };
        match writer.execute_batch(&format!("CHECKPOINT {DATABASE}")) {
            Ok(()) => {
                self.acknowledge();
                Ok(true)
            }
            Err(error) if is_busy(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Notes beside the store that a commit is durable. The caller holds the
    /// writer, so that no other commit is under way.
    pub(crate) fn acknowledge(&self) {
        if let Some(mark) = &self.mark {
            mark.acknowledge();
        }
    }

    /// Runs `work` as one transaction of the writer, which the caller holds.
    pub(crate) fn transaction<T>(
        &self,
        writer: &Connection,
        work: impl FnOnce(&Connection) -> duckdb::Result<Outcome<T>>,
    ) -> duckdb::Result<T> {
        transaction::run(writer, || self.acknowledge(), work)
    }

    /// The same for what moves rows: readers that look whether rows were moved
    /// wait from before the commit until the guard that `lock` gives is dropped,
    /// and so do not take what they read meanwhile for whole.
    pub(crate) fn move_rows<T, G>(
        &self,
        writer: &Connection,
        lock: impl FnOnce() -> G,
        work: impl FnOnce(&Connection) -> duckdb::Result<Outcome<T>>,
    ) -> duckdb::Result<(T, Option<G>)> {
        transaction::run_guarded(writer, lock, || self.acknowledge(), work)
    }

    /// Whether the file that is open is the one at the store's place.
    pub(crate) fn is_in_place(&self) -> bool {
        self.mark.as_ref().is_none_or(Mark::is_in_place)
    }

    /// What tells the time.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// About how many rows a segment has.
    pub(crate) fn segment_rows(&self) -> u64 {
        self.segment_rows
    }

    /// How long the ids of deleted rows are kept, in units of 100 ns.
    pub(crate) fn deletions_kept_ticks(&self) -> i64 {
        self.deletions_kept_ticks
    }

    /// Whether days with many first rows are left to be built.
    pub(crate) fn leaves_days(&self) -> bool {
        self.leaves_days
    }

    /// What is kept of sums of rows.
    pub(crate) fn cubes(&self) -> &CubeSettings {
        &self.cubes
    }

    /// The logs that were used so far for whose cubes there is something to do.
    pub(crate) fn logs_with_due_cubes(&self) -> Vec<(TenantId, &'static Log)> {
        let tenants: Vec<_> =
            self.tenants.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        let mut due = Vec::new();
        for tenant in tenants {
            let books = tenant.known_books();
            let are_due = books.iter().filter(|book| self.cubes.of(book.log).is_some() && book.is_due());
            due.extend(are_due.map(|book| (tenant.id, book.log)));
        }
        due
    }

    /// The logs that were used so far.
    pub(crate) fn known_logs(&self) -> Vec<Arc<LogTable>> {
        let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        tenants.values().flat_map(|tenant| tenant.known_logs()).collect()
    }

    /// The one connection that writes.
    pub(crate) fn writer(&self) -> MutexGuard<'_, Connection> {
        self.uses.fetch_add(1, Ordering::AcqRel);
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `read` on a connection that no one else uses meanwhile, for as long
    /// as reads may take and somebody waits for it.
    ///
    /// No read starts another one: it would wait for a checkpoint that waits for
    /// the first.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> duckdb::Result<T>) -> duckdb::Result<T> {
        Asker::check().map_err(refusal)?;
        self.read_until(Some(&self.deadlines), read)
    }

    /// The same for what nobody waits for: it may take as long as it does.
    pub(crate) fn read_at_leisure<T>(
        &self,
        read: impl FnOnce(&Connection) -> duckdb::Result<T>,
    ) -> duckdb::Result<T> {
        self.read_until(None, read)
    }

    fn read_until<T>(
        &self,
        deadlines: Option<&Deadlines>,
        read: impl FnOnce(&Connection) -> duckdb::Result<T>,
    ) -> duckdb::Result<T> {
        self.uses.fetch_add(1, Ordering::AcqRel);
        let _reading = self.gap.read();
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = if let Some(connection) = idle {
            connection
        } else {
            let connection = self.source.lock().unwrap_or_else(PoisonError::into_inner).try_clone()?;
            connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
            connection
        };
        let guard = deadlines.map(|deadlines| deadlines.watch(&connection));
        let result = read(&connection);
        drop(guard);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        result
    }

    /// The number of a tenant's newest commit, 0 before the first.
    pub(crate) fn head(&self, id: TenantId) -> duckdb::Result<u64> {
        Ok(self.tenant(id)?.map_or(0, |tenant| tenant.head()))
    }

    /// A tenant; None when nothing of his was ever stored.
    pub(crate) fn tenant(&self, id: TenantId) -> duckdb::Result<Option<Arc<Tenant>>> {
        let known = self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(tenant) = self.read(|connection| catalog::load_tenant(connection, id))? else {
            return Ok(None);
        };
        Ok(Some(self.keep(tenant)))
    }

    /// Keeps what is known of a tenant, unless somebody was faster.
    fn keep(&self, tenant: Tenant) -> Arc<Tenant> {
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(tenants.entry(tenant.id).or_insert_with(|| Arc::new(tenant)))
    }

    /// A tenant's log; None when it has no rows and never had.
    pub(crate) fn log(
        &self,
        id: TenantId,
        log: &'static Log,
    ) -> duckdb::Result<Option<(Arc<Tenant>, Arc<LogTable>)>> {
        let Some(tenant) = self.tenant(id)? else { return Ok(None) };
        let table = self.read(|connection| tenant.log(connection, log))?;
        Ok(table.map(|table| (tenant, table)))
    }

    /// The same for the writer, who makes what is missing.
    pub(crate) fn log_for_append(
        &self,
        writer: &Connection,
        id: TenantId,
        log: &'static Log,
    ) -> duckdb::Result<(Arc<Tenant>, Arc<LogTable>)> {
        for _ in 0..2 {
            let known = self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
            let tenant = match known {
                Some(tenant) => Some(tenant),
                None => catalog::load_tenant(writer, id)?.map(|tenant| self.keep(tenant)),
            };
            if let Some(tenant) = tenant
                && let Some(table) = tenant.log(writer, log)?
            {
                return Ok((tenant, table));
            }
            self.transaction(writer, |writer| {
                catalog::create_tenant(writer, id)?;
                catalog::create_log(writer, id, log)?;
                Ok(Outcome::Keep(()))
            })?;
        }
        let text = format!("storing rows: {} was made and cannot be found", log.name);
        Err(refusal(Error::new(ErrorKind::Other, text)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};

    use super::*;
    use crate::opening;

    #[test]
    fn readers_do_not_wait_for_the_writer() {
        let tenant: TenantId = "7e570000-0000-4000-8000-000000000001".parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let instance =
            opening::open(&folder.path().join("log.duckdb"), &Options::default(), Access::Write).unwrap();
        let instance = Arc::new(instance);
        let writer = instance.writer();
        instance.log_for_append(&writer, tenant, &DIRECT_ROUTING_CALLS).unwrap();
        let (done, waited) = mpsc::channel();
        thread::spawn({
            let instance = Arc::clone(&instance);
            move || {
                let stored = instance.log(tenant, &DIRECT_ROUTING_CALLS).unwrap().is_some();
                let missing = instance.log(tenant, &SMS).unwrap().is_none();
                let rows = crate::read::row::any(&instance, tenant, &DIRECT_ROUTING_CALLS).unwrap();
                done.send((stored, missing, rows)).unwrap();
            }
        });
        assert_eq!(waited.recv_timeout(Duration::from_mins(1)), Ok((true, true, false)));
        drop(writer);
    }
}
