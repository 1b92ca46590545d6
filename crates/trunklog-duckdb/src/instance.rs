//! One opened DuckDB: its connections and what is known of its tables.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use duckdb::{Config, Connection};
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, TenantId};
use trunklog_store::{Error, ErrorKind, Result};

use crate::deadline::Deadlines;
use crate::engine::Options;
use crate::error::{is_damage, opening_error};
use crate::expression;
use crate::files::mark::Mark;
use crate::files::{self, Files};
use crate::migrate;
use crate::sql::{self, DATABASE, ROW_GROUP_SIZE, SEQUENCE, SEQUENCES};
use crate::time_index::TimeIndex;

/// Readers that stay open between queries.
const IDLE_READERS: usize = 8;

/// Statements that a connection keeps prepared.
const PREPARED_STATEMENTS: usize = 64;

/// The version of files that are made: the first whose write-ahead log names
/// its database and checkpoint, so that no other log is taken for it. A file
/// that is there keeps its version: brought to this one it would get a name
/// without sense, and its next log would be refused (DuckDB 1.5,
/// `SingleFileBlockManager::WriteHeader`).
const NEW_FILES: &str = "v1.4.0";

/// What may be done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// It is made where it is missing.
    Write,
    /// The same, but it must be there.
    Reopen,
    /// Neither it nor its write-ahead log is changed.
    Read,
}

/// An opened file. Dropping it closes the file.
pub(crate) struct Instance {
    writer: Mutex<Connection>,
    /// Runs nothing itself. Whoever needs one more connection gets it from this
    /// one, and so never waits for a long append.
    source: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    /// None where reads may take as long as they like.
    deadlines: Option<Deadlines>,
    tables: RwLock<HashMap<(TenantId, &'static str), Arc<Table>>>,
    /// Whether the write-ahead log would still name the checkpoint that copies
    /// of the closed file name, too.
    shares_checkpoint: AtomicBool,
    /// None where nothing is written. It must be the last field: see there.
    mark: Option<Mark>,
}

/// A table's rows in numbers, kept in step with its commits.
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) state: RwLock<TableState>,
}

/// What an append changes about a table.
pub(crate) struct TableState {
    /// Counts of all rows up to `sequence`.
    pub(crate) index: TimeIndex,
    /// The number of the last commit.
    pub(crate) sequence: u64,
}

impl Instance {
    /// Opens the file. What a crash left of it is examined first. For writing
    /// its tables are brought up to the current schema.
    pub(crate) fn open(file: &Path, options: &Options, access: Access) -> Result<Instance> {
        let examined = files::examine(file, access)?;
        let mut instance = Instance::attach(file, options, access).map_err(opening_error)?;
        if access == Access::Read {
            return Ok(instance);
        }
        let mark = Mark::begin(&Files::of(file), examined.commits).map_err(|error| {
            let what = format!("opening the store: {} cannot be held open", file.display());
            Error::new(ErrorKind::Other, what).caused_by(error)
        })?;
        instance.mark = Some(mark);
        instance.shares_checkpoint = AtomicBool::new(examined.names_checkpoint);
        instance.bring_up_to_date().map_err(opening_error)?;
        Ok(instance)
    }

    fn attach(file: &Path, options: &Options, access: Access) -> duckdb::Result<Instance> {
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
                format!("ROW_GROUP_SIZE {ROW_GROUP_SIZE}, STORAGE_VERSION '{NEW_FILES}'")
            }
            Access::Write | Access::Reopen => format!("ROW_GROUP_SIZE {ROW_GROUP_SIZE}"),
        };
        // Without threads of its own, the allocator inside DuckDB gives memory
        // back only while queries run, and keeps what the last ones needed.
        writer.execute_batch(&format!(
            "ATTACH '{path}' AS {DATABASE} ({how});
             SET allocator_background_threads = true;
             SET checkpoint_threshold = '1TB';
             SET preserve_insertion_order = true;"
        ))?;
        let source = Mutex::new(writer.try_clone()?);
        Ok(Instance {
            writer: Mutex::new(writer),
            source,
            readers: Mutex::default(),
            deadlines: options.query_limit.map(Deadlines::new),
            tables: RwLock::default(),
            shares_checkpoint: AtomicBool::new(false),
            mark: None,
        })
    }

    fn bring_up_to_date(&self) -> duckdb::Result<()> {
        for (tenant, log) in self.stored_logs()? {
            migrate::bring_up_to_date(&self.writer(), &sql::table(tenant, log), log)?;
            self.acknowledge();
        }
        Ok(())
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
        let writer = self.writer();
        if self.shares_checkpoint.load(Ordering::Acquire) {
            // Without a change its number would stay the same.
            writer.execute_batch(&format!(
                "CREATE OR REPLACE TABLE {DATABASE}.main.opening AS SELECT uuid() AS id;
                 CHECKPOINT {DATABASE}"
            ))?;
            self.acknowledge();
            self.shares_checkpoint.store(false, Ordering::Release);
        }
        Ok(())
    }

    /// Notes beside the store that a commit is durable. The caller holds the
    /// writer, so that no other commit is under way.
    pub(crate) fn acknowledge(&self) {
        if let Some(mark) = &self.mark {
            mark.acknowledge();
        }
    }

    /// Whether the file that is open is the one at the store's place.
    pub(crate) fn is_in_place(&self) -> bool {
        self.mark.as_ref().is_none_or(Mark::is_in_place)
    }

    /// The tables that were used so far.
    pub(crate) fn known_tables(&self) -> Vec<Arc<Table>> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The one connection that writes.
    pub(crate) fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `read` on a connection that no one else uses meanwhile, for as long
    /// as reads may take.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> duckdb::Result<T>) -> duckdb::Result<T> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = if let Some(connection) = idle {
            connection
        } else {
            let connection = self.source.lock().unwrap_or_else(PoisonError::into_inner).try_clone()?;
            connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
            connection
        };
        let guard = self.deadlines.as_ref().map(|deadlines| deadlines.watch(&connection));
        let result = read(&connection);
        drop(guard);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        result
    }

    /// The tenants and logs that have a table.
    pub(crate) fn stored_logs(&self) -> duckdb::Result<Vec<(TenantId, &'static Log)>> {
        let writer = self.writer();
        let mut statement = writer.prepare(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY schema_name",
        )?;
        let names = statement
            .query_map([DATABASE], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let mut logs = Vec::new();
        for name in names {
            let (schema, table) = name?;
            let log = LOGS.into_iter().find(|log| log.name == table);
            if let (Some(tenant), Some(log)) = (sql::tenant_of(&schema), log) {
                logs.push((tenant, log));
            }
        }
        Ok(logs)
    }

    /// Whether a tenant's log, which has a table, has rows.
    pub(crate) fn has_rows(&self, tenant: TenantId, log: &Log) -> duckdb::Result<bool> {
        let sql = format!("SELECT 1 FROM {} LIMIT 1", sql::table(tenant, log));
        self.read(|connection| connection.prepare(&sql)?.exists([]))
    }

    /// A tenant's log, None when it has no table. The first use counts its
    /// rows, and so waits for the writer.
    pub(crate) fn table(&self, tenant: TenantId, log: &'static Log) -> duckdb::Result<Option<Arc<Table>>> {
        if let Some(table) = self.known_table(tenant, log) {
            return Ok(Some(table));
        }
        if !self.read(|connection| has_table(connection, tenant, log.name))? {
            return Ok(None);
        }
        let writer = self.writer();
        self.load_table(&writer, tenant, log)
    }

    /// The same for the writer, who makes the table where it is missing.
    pub(crate) fn table_for_append(
        &self,
        writer: &Connection,
        tenant: TenantId,
        log: &'static Log,
    ) -> duckdb::Result<Arc<Table>> {
        loop {
            if let Some(table) = self.known_table(tenant, log) {
                return Ok(table);
            }
            if let Some(table) = self.load_table(writer, tenant, log)? {
                return Ok(table);
            }
            writer.execute_batch(&format!(
                "BEGIN; CREATE SCHEMA IF NOT EXISTS {DATABASE}.{}; {}; COMMIT;",
                sql::schema(tenant),
                sql::create_table(&sql::table(tenant, log), log)
            ))?;
            self.acknowledge();
        }
    }

    fn known_table(&self, tenant: TenantId, log: &Log) -> Option<Arc<Table>> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner).get(&(tenant, log.name)).cloned()
    }

    /// Counts a table's rows. The caller holds the writer, so that no append
    /// falls between counting and publishing.
    fn load_table(
        &self,
        writer: &Connection,
        tenant: TenantId,
        log: &'static Log,
    ) -> duckdb::Result<Option<Arc<Table>>> {
        // Somebody may have counted while this thread waited for the writer.
        if let Some(table) = self.known_table(tenant, log) {
            return Ok(Some(table));
        }
        if !has_table(writer, tenant, log.name)? {
            return Ok(None);
        }
        let name = sql::table(tenant, log);
        let mut index = TimeIndex::load(writer, &name, log)?;
        let sequence = match last_sequence(writer, tenant, log) {
            Ok(sequence) => sequence,
            // Nothing is stored from now on, and no commit may be left out.
            Err(error) if is_damage(&error) => {
                index.note_damage(&error);
                u64::MAX
            }
            Err(error) => return Err(error),
        };
        if !index.is_whole() {
            tracing::warn!(
                log = log.name,
                "blocks on disk are damaged: until the store is restored, no row of this log is stored or deleted; \
                 trunklog check --deep says which rows cannot be read"
            );
        }
        let state = TableState { index, sequence };
        let table = Arc::new(Table { name, state: RwLock::new(state) });
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Some(tables.entry((tenant, log.name)).or_insert(table).clone()))
    }
}

/// The number of the last commit of a tenant's log.
fn last_sequence(writer: &Connection, tenant: TenantId, log: &Log) -> duckdb::Result<u64> {
    let sql = format!("SELECT max({SEQUENCE}) FROM {}", sql::table(tenant, log));
    let stored: Option<i64> = writer.query_row(&sql, [], |row| row.get(0))?;
    let mut sequence = stored.unwrap_or(0);
    if has_table(writer, tenant, SEQUENCES)? {
        let sql = format!("SELECT max({SEQUENCE}) FROM {} WHERE log = ?", sql::sequences(tenant));
        let kept: Option<i64> = writer.query_row(&sql, [log.name], |row| row.get(0))?;
        sequence = sequence.max(kept.unwrap_or(0));
    }
    Ok(u64::try_from(sequence).unwrap_or(0))
}

/// Whether a tenant's schema has a table of that name.
fn has_table(connection: &Connection, tenant: TenantId, table: &str) -> duckdb::Result<bool> {
    connection.query_row(
        "SELECT count(*) > 0 FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? AND table_name = ?",
        [DATABASE, &sql::schema(tenant), table],
        |row| row.get(0),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};

    use super::*;

    #[test]
    fn readers_do_not_wait_for_the_writer() {
        let tenant: TenantId = "7e570000-0000-4000-8000-000000000001".parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let instance =
            Instance::open(&folder.path().join("log.duckdb"), &Options::default(), Access::Write).unwrap();
        let instance = Arc::new(instance);
        let writer = instance.writer();
        instance.table_for_append(&writer, tenant, &DIRECT_ROUTING_CALLS).unwrap();
        let (done, waited) = mpsc::channel();
        thread::spawn({
            let instance = Arc::clone(&instance);
            move || {
                let stored = instance.table(tenant, &DIRECT_ROUTING_CALLS).unwrap().is_some();
                let missing = instance.table(tenant, &SMS).unwrap().is_none();
                let rows = instance.has_rows(tenant, &DIRECT_ROUTING_CALLS).unwrap();
                done.send((stored, missing, rows)).unwrap();
            }
        });
        assert_eq!(waited.recv_timeout(Duration::from_mins(1)), Ok((true, true, false)));
        drop(writer);
    }
}
