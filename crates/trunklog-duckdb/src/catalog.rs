//! Which tenants and logs there are, and what a store remembers of them beside
//! their rows.
//!
//! A tenant has a schema of its own. Beside the segments of its logs it holds
//! five small tables:
//!
//! | table | holds |
//! | --- | --- |
//! | `segments` | where each segment of a log starts, and how many rows it has by time, as long as that is true |
//! | `logs` | what was removed from each log, and which kinds of rows it has |
//! | `commits` | the number of each commit, when it was, and the log that it changed |
//! | `changes` | which hours of a log each commit changed |
//! | `deletions` | the ids of deleted rows |
//!
//! The tables of cubes are those of `cubes`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use duckdb::{Connection, params};
use trunklog_odata::Instant;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, TenantId};
use trunklog_store::cube::CubeSettings;

use crate::columns::lacking;
use crate::cubes::Book;
use crate::error::{conversion, is_damage};
use crate::log_table::{Counts, Layout, LogState, LogTable, Place, Segment};
use crate::sql::{self, DATABASE};
use crate::tables::has_table;
use crate::time_index::TimeIndex;

pub(crate) const SEGMENTS: &str = "segments";
pub(crate) const FLAGS: &str = "logs";
pub(crate) const COMMITS: &str = "commits";
pub(crate) const CHANGES: &str = "changes";
pub(crate) const DELETIONS: &str = "deletions";

/// What is kept of a tenant in memory.
pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    /// The number of the newest commit that readers may see.
    head: AtomicU64,
    /// What DuckDB said where the newest commit cannot be told.
    damage: Option<String>,
    logs: RwLock<HashMap<&'static str, Arc<LogTable>>>,
    /// What is known of the logs' cubes.
    books: RwLock<HashMap<&'static str, Arc<Book>>>,
}

/// The newest commit where nobody knows it, and nothing is stored.
const NO_COMMIT_IS_NEWER: u64 = u64::MAX >> 1;

impl Tenant {
    /// The number of the newest commit.
    pub(crate) fn head(&self) -> u64 {
        self.head.load(Ordering::Acquire)
    }

    /// Lets readers see a commit. What it changed about its log is published
    /// already.
    pub(crate) fn publish(&self, commit: u64) {
        self.head.store(commit, Ordering::Release);
    }

    /// The number of the commit that comes next. Whoever asks holds the writer.
    pub(crate) fn next_commit(&self) -> duckdb::Result<u64> {
        match &self.damage {
            None => Ok(self.head() + 1),
            Some(damage) => Err(conversion(std::io::Error::other(damage.clone()))),
        }
    }

    /// Whether the newest commit can be told from what is stored.
    pub(crate) fn counts_commits(&self) -> bool {
        self.damage.is_none() && self.head() != NO_COMMIT_IS_NEWER
    }

    /// What is known of a log's cubes. The first use reads what the store says of
    /// them.
    pub(crate) fn book(
        &self,
        connection: &Connection,
        log: &'static Log,
        settings: &CubeSettings,
    ) -> duckdb::Result<Arc<Book>> {
        let known = self.books.read().unwrap_or_else(PoisonError::into_inner).get(log.name).cloned();
        if let Some(book) = known {
            return Ok(book);
        }
        let book = Book::load(connection, self.id, log, settings)?;
        let mut books = self.books.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody may have been faster, and a commit may have changed his.
        Ok(Arc::clone(books.entry(log.name).or_insert_with(|| Arc::new(book))))
    }

    /// What is known of the cubes of logs that were used so far.
    pub(crate) fn known_books(&self) -> Vec<Arc<Book>> {
        self.books.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The logs that were used so far.
    pub(crate) fn known_logs(&self) -> Vec<Arc<LogTable>> {
        self.logs.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// A log, None when it has no rows and never had. The first use reads what
    /// the store remembers of it.
    pub(crate) fn log(
        &self,
        connection: &Connection,
        log: &'static Log,
    ) -> duckdb::Result<Option<Arc<LogTable>>> {
        let known = self.logs.read().unwrap_or_else(PoisonError::into_inner).get(log.name).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(state) = load(connection, self.id, log)? else { return Ok(None) };
        let mut logs = self.logs.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody may have been faster, and a commit may have changed his.
        Ok(Some(logs.entry(log.name).or_insert_with(|| Arc::new(LogTable::new(self.id, log, state))).clone()))
    }
}

/// Reads what a store remembers of a tenant; None when it has no schema.
pub(crate) fn load_tenant(connection: &Connection, id: TenantId) -> duckdb::Result<Option<Tenant>> {
    let tenant = |head, damage| {
        let (logs, books) = (RwLock::default(), RwLock::default());
        Some(Tenant { id, head: AtomicU64::new(head), damage, logs, books })
    };
    if !has_table(connection, id, COMMITS)? {
        // A store of the first format that is only looked at.
        let has_logs = LOGS.iter().map(|log| has_table(connection, id, log.name));
        let has_logs = has_logs.collect::<duckdb::Result<Vec<_>>>()?;
        return Ok(if has_logs.contains(&true) { tenant(NO_COMMIT_IS_NEWER, None) } else { None });
    }
    let sql = format!("SELECT coalesce(max(sequence), 0) FROM {}", sql::table(id, COMMITS));
    match connection.query_row(&sql, [], |row| row.get::<_, u64>(0)) {
        Ok(head) => Ok(tenant(head, None)),
        // All that is there can be read, and nothing is stored from now on.
        Err(error) if is_damage(&error) => Ok(tenant(NO_COMMIT_IS_NEWER, Some(error.to_string()))),
        Err(error) => Err(error),
    }
}

/// Makes a tenant's schema, as a part of a transaction.
pub(crate) fn create_tenant(writer: &Connection, id: TenantId) -> duckdb::Result<()> {
    let table = |name| sql::table(id, name);
    writer.execute_batch(&format!(
        "CREATE SCHEMA IF NOT EXISTS {DATABASE}.{schema};
         CREATE TABLE IF NOT EXISTS {segments}
             (log VARCHAR NOT NULL, number INTEGER NOT NULL, start BIGINT NOT NULL, rows BIGINT, counts BLOB);
         CREATE TABLE IF NOT EXISTS {flags}
             (log VARCHAR NOT NULL, walks_from BIGINT NOT NULL, changes_from BIGINT NOT NULL,
              has_superseded BOOLEAN NOT NULL, has_marked BOOLEAN NOT NULL);
         CREATE TABLE IF NOT EXISTS {commits} (sequence BIGINT NOT NULL, made BIGINT NOT NULL, log VARCHAR NOT NULL);
         CREATE TABLE IF NOT EXISTS {changes} (log VARCHAR NOT NULL, hour BIGINT NOT NULL, sequence BIGINT NOT NULL);
         CREATE TABLE IF NOT EXISTS {deletions}
             (log VARCHAR NOT NULL, time BIGINT NOT NULL, id VARCHAR NOT NULL, sequence BIGINT NOT NULL,
              made BIGINT NOT NULL);",
        schema = sql::schema(id),
        segments = table(SEGMENTS),
        flags = table(FLAGS),
        commits = table(COMMITS),
        changes = table(CHANGES),
        deletions = table(DELETIONS),
    ))
}

/// Makes a log's first segment, as a part of a transaction.
pub(crate) fn create_log(writer: &Connection, id: TenantId, log: &'static Log) -> duckdb::Result<()> {
    create_segment(writer, id, log, 1, Instant::ABSENT)?;
    let sql = format!("INSERT INTO {} VALUES (?, 0, 0, false, false)", sql::table(id, FLAGS));
    writer.execute(&sql, params![log.name])?;
    Ok(())
}

/// Makes a segment, as a part of a transaction.
pub(crate) fn create_segment(
    writer: &Connection,
    id: TenantId,
    log: &'static Log,
    number: u32,
    start: Instant,
) -> duckdb::Result<()> {
    writer.execute_batch(&sql::create_table(&sql::table(id, &sql::segment(log, number)), log))?;
    let sql = format!("INSERT INTO {} VALUES (?, ?, ?, NULL, NULL)", sql::table(id, SEGMENTS));
    writer.execute(&sql, params![log.name, number, start.ticks()])?;
    Ok(())
}

/// Removes a segment, as a part of a transaction.
pub(crate) fn drop_segment(
    writer: &Connection,
    id: TenantId,
    log: &'static Log,
    number: u32,
) -> duckdb::Result<()> {
    writer.execute_batch(&format!("DROP TABLE {}", sql::table(id, &sql::segment(log, number))))?;
    let sql = format!("DELETE FROM {} WHERE log = ? AND number = ?", sql::table(id, SEGMENTS));
    writer.execute(&sql, params![log.name, number])?;
    Ok(())
}

/// Lets a segment start elsewhere, as a part of a transaction.
pub(crate) fn move_segment(
    writer: &Connection,
    id: TenantId,
    log: &'static Log,
    number: u32,
    start: Instant,
) -> duckdb::Result<()> {
    let sql = format!("UPDATE {} SET start = ? WHERE log = ? AND number = ?", sql::table(id, SEGMENTS));
    writer.execute(&sql, params![start.ticks(), log.name, number])?;
    Ok(())
}

/// Notes, as a part of a transaction, that the stored counts of a segment are no
/// longer true.
pub(crate) fn discard_counts(writer: &Connection, table: &LogTable, segment: &Segment) -> duckdb::Result<()> {
    if segment.counts().stored_rows.is_none() {
        return Ok(());
    }
    store_counts(writer, table, segment, None)
}

/// Stores how many rows a segment has by time, or that nobody knows. The note is
/// made anew: an update would keep a checkpoint from being written while somebody
/// reads.
pub(crate) fn store_counts(
    writer: &Connection,
    table: &LogTable,
    segment: &Segment,
    counts: Option<(u64, Vec<u8>)>,
) -> duckdb::Result<()> {
    let segments = sql::table(table.tenant, SEGMENTS);
    let place = params![table.log.name, segment.number];
    let sql = format!("SELECT start FROM {segments} WHERE log = ? AND number = ?");
    let start: i64 = writer.query_row(&sql, place, |row| row.get(0))?;
    writer.execute(&format!("DELETE FROM {segments} WHERE log = ? AND number = ?"), place)?;
    let (rows, counts) = counts.unzip();
    let sql = format!("INSERT INTO {segments} VALUES (?, ?, ?, ?, ?)");
    writer.execute(&sql, params![table.log.name, segment.number, start, rows, counts])?;
    Ok(())
}

/// Stores, as a part of a transaction, what a log's state says of itself.
pub(crate) fn store_flags(writer: &Connection, table: &LogTable, state: &LogState) -> duckdb::Result<()> {
    let flags = sql::table(table.tenant, FLAGS);
    writer.execute(&format!("DELETE FROM {flags} WHERE log = ?"), params![table.log.name])?;
    writer.execute(
        &format!("INSERT INTO {flags} VALUES (?, ?, ?, ?, ?)"),
        params![table.log.name, state.walks_from, state.changes_from, state.has_superseded, state.has_marked],
    )?;
    Ok(())
}

/// Reads what a store remembers of a log; None when it has no segments.
fn load(connection: &Connection, id: TenantId, log: &'static Log) -> duckdb::Result<Option<LogState>> {
    if !has_table(connection, id, SEGMENTS)? {
        // A store of the first format that is only looked at.
        if !has_table(connection, id, log.name)? {
            return Ok(None);
        }
        let lacking = lacking(connection, id, log)?.remove(log.name).unwrap_or_default();
        let segment = Segment::without(lacking, 0, sql::table(id, log.name), Counts::default());
        return Ok(Some(state_of(vec![Place { start: Instant::ABSENT, segment: Arc::new(segment) }])));
    }
    let mut lacking = lacking(connection, id, log)?;
    let mut statement = connection.prepare(&format!(
        "SELECT number, start, rows FROM {} WHERE log = ? ORDER BY start",
        sql::table(id, SEGMENTS)
    ))?;
    let found = statement.query_map([log.name], |row| {
        Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?, row.get::<_, Option<u64>>(2)?))
    })?;
    let mut places = Vec::new();
    for segment in found {
        let (number, start, stored_rows) = segment?;
        let counts = Counts { stored_rows, ..Counts::default() };
        let table = sql::segment(log, number);
        let lacking = lacking.remove(&table).unwrap_or_default();
        let segment = Segment::without(lacking, number, sql::table(id, &table), counts);
        let start = Instant::from_ticks(start).map_err(conversion)?;
        places.push(Place { start, segment: Arc::new(segment) });
    }
    if places.is_empty() {
        return Ok(None);
    }
    let mut state = state_of(places);
    let sql = format!(
        "SELECT walks_from, changes_from, has_superseded, has_marked FROM {} WHERE log = ?",
        sql::table(id, FLAGS)
    );
    (state.walks_from, state.changes_from, state.has_superseded, state.has_marked) =
        connection
            .query_row(&sql, [log.name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let sql = format!("SELECT coalesce(max(sequence), 0) FROM {} WHERE log = ?", sql::table(id, COMMITS));
    state.last = match connection.query_row(&sql, [log.name], |row| row.get(0)) {
        Ok(last) => last,
        // No walk then takes the counts for those of its rows.
        Err(error) if is_damage(&error) => u64::MAX >> 1,
        Err(error) => return Err(error),
    };
    Ok(Some(state))
}

fn state_of(places: Vec<Place>) -> LogState {
    LogState {
        layout: Layout::new(places),
        last: 0,
        has_superseded: false,
        has_marked: false,
        walks_from: 0,
        changes_from: 0,
    }
}

impl Segment {
    /// Looks at the counts of the segment's rows. They are read or counted when
    /// nobody needed them before.
    pub(crate) fn index<T>(
        &self,
        connection: &Connection,
        table: &LogTable,
        look: impl FnOnce(&TimeIndex) -> T,
    ) -> duckdb::Result<T> {
        loop {
            if let Some(index) = &self.counts().index {
                return Ok(look(index));
            }
            // One counts, and the others wait for what it finds.
            let _counting = self.counting();
            let version = {
                let counts = self.counts();
                if let Some(index) = &counts.index {
                    return Ok(look(index));
                }
                counts.version
            };
            let index = self.count(connection, table)?;
            let mut counts = self.counts_mut();
            // A commit that came meanwhile may be counted or not.
            if counts.index.is_none() && counts.version == version {
                counts.index = Some(index);
            }
        }
    }

    /// How many rows there are.
    pub(crate) fn rows(&self, connection: &Connection, table: &LogTable) -> duckdb::Result<u64> {
        let stored = self.counts().stored_rows;
        match stored {
            Some(rows) => Ok(rows),
            None => self.index(connection, table, TimeIndex::rows),
        }
    }

    fn count(&self, connection: &Connection, table: &LogTable) -> duckdb::Result<TimeIndex> {
        if self.number > 0 {
            let sql = format!(
                "SELECT counts FROM {} WHERE log = ? AND number = ? AND counts IS NOT NULL",
                sql::table(table.tenant, SEGMENTS)
            );
            let stored = connection
                .query_row(&sql, params![table.log.name, self.number], |row| row.get::<_, Vec<u8>>(0));
            match stored.map(|bytes| TimeIndex::from_bytes(&bytes)) {
                Ok(Some(index)) => return Ok(index),
                Ok(None) | Err(duckdb::Error::QueryReturnedNoRows) => {}
                Err(error) => return Err(error),
            }
        }
        let index = TimeIndex::load(connection, &self.table, table.log)?;
        if !index.is_whole() {
            tracing::warn!(
                log = table.log.name,
                "blocks on disk are damaged: until the store is restored, no row of their time is stored or deleted; \
                 trunklog check --deep says which rows cannot be read"
            );
        }
        Ok(index)
    }
}
