//! Reading pages.
//!
//! A query is narrowed to a window of time that, by the table's index, holds
//! enough rows. The index may count rows that the walk does not see, because
//! they came later; then the page is filled from the next window.

use std::sync::PoisonError;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use duckdb::{Connection, params};
use trunklog_odata::Instant;
use trunklog_records::schema::ID;
use trunklog_records::{Log, RowBuilder, Rows, TenantId, TimeRange};
use trunklog_store::{Key, Page, PageQuery, Start, Watermark};

use crate::append::{conversion, pick};
use crate::instance::{Instance, Table};
use crate::sql::{self, SEQUENCE, quoted};

/// Reads one page.
pub(crate) fn page(instance: &Instance, tenant: TenantId, query: &PageQuery) -> duckdb::Result<Page> {
    let Some(table) = instance.table(tenant, query.log)? else {
        let rows = RowBuilder::new(query.log).finish();
        return Ok(Page { rows, next: None, watermark: query.watermark.unwrap_or(Watermark(0)) });
    };
    instance.read(|connection| Reader { connection, table: &table, query }.page())
}

/// Counts the rows of a range.
pub(crate) fn count(
    instance: &Instance,
    tenant: TenantId,
    log: &'static Log,
    range: TimeRange,
) -> duckdb::Result<u64> {
    let Some(table) = instance.table(tenant, log)? else { return Ok(0) };
    let time = quoted(log.time);
    let sql = format!("SELECT count(*) FROM {} WHERE {time} >= ? AND {time} < ?", table.name);
    instance.read(|connection| {
        connection
            .prepare_cached(&sql)?
            .query_row(params![range.from().ticks(), range.end().ticks()], |row| row.get(0))
    })
}

struct Reader<'a> {
    connection: &'a Connection,
    table: &'a Table,
    query: &'a PageQuery,
}

/// Where the rows begin that are still to be read.
#[derive(Clone)]
struct Position {
    from: Instant,
    /// Set when rows at `from` up to this id belong to earlier pages.
    behind_id: Option<String>,
    /// Rows to pass over from there.
    skip: u64,
}

impl Reader<'_> {
    fn page(&self) -> duckdb::Result<Page> {
        let (watermark, position) = self.begin()?;
        let limit = usize::try_from(self.query.limit).unwrap_or(usize::MAX);
        let rows = match position {
            Some(position) => self.rows(position, watermark, limit + 1)?,
            None => RowBuilder::new(self.query.log).finish(),
        };
        if rows.len() <= limit {
            return Ok(Page { rows, next: None, watermark });
        }
        let rows = rows.slice(0, limit);
        let (time, id) = rows.key(limit - 1);
        let next = Some(Key { time, id: id.to_owned() });
        Ok(Page { rows, next, watermark })
    }

    /// The walk's watermark, and where the page begins; None when that is
    /// behind the last row.
    fn begin(&self) -> duckdb::Result<(Watermark, Option<Position>)> {
        let state = self.table.state.read().unwrap_or_else(PoisonError::into_inner);
        let newest = Watermark(state.sequence);
        let watermark = self.query.watermark.unwrap_or(newest);
        let from = self.query.range.from();
        let skip = match &self.query.start {
            Start::After(key) => {
                let behind_id = Some(key.id.clone());
                return Ok((watermark, Some(Position { from: key.time, behind_id, skip: 0 })));
            }
            Start::Skip(0) => return Ok((watermark, Some(Position { from, behind_id: None, skip: 0 }))),
            Start::Skip(skip) => *skip,
        };
        if skip >= state.index.rows() {
            return Ok((watermark, None));
        }
        if watermark < newest {
            drop(state);
            // The index counts rows that this walk does not see.
            return Ok((watermark, self.nth_key(skip, watermark)?));
        }
        // The index counts whole buckets, and the range may begin within one.
        let floor = state.index.floor(from);
        let before = if floor < from { self.count_between(floor, from, watermark)? } else { 0 };
        let found = state.index.seek(floor, skip + before);
        Ok((
            watermark,
            found.map(|(bucket, rest)| {
                if bucket == floor && floor < from {
                    Position { from, behind_id: None, skip: rest - before.min(rest) }
                } else {
                    Position { from: bucket, behind_id: None, skip: rest }
                }
            }),
        ))
    }

    /// Reads up to `need` rows from a position on.
    fn rows(&self, mut position: Position, watermark: Watermark, need: usize) -> duckdb::Result<Rows> {
        let mut batches: Vec<RecordBatch> = Vec::new();
        let mut have = 0;
        let mut step = need as u64;
        let end = self.query.range.end();
        while have < need && position.from < end {
            let wanted = (need - have) as u64 + position.skip;
            let (until, read) = self.window(position.from, wanted.max(step), end);
            let rows = self.fetch(&position, until, watermark, wanted, read)?;
            let passed = position.skip.min(rows.len() as u64);
            position = Position { from: until, behind_id: None, skip: position.skip - passed };
            let first = usize::try_from(passed).unwrap_or(usize::MAX);
            let rows = rows.slice(first, (rows.len() - first).min(need - have));
            have += rows.len();
            if !rows.is_empty() {
                batches.push(rows.into_batch());
            }
            // Rows that came later thin the windows out, so look further.
            step = step.saturating_mul(2);
        }
        joined(self.query.log, batches)
    }

    /// Where to stop reading to find `rows` rows, and how many will be read.
    fn window(&self, from: Instant, rows: u64, end: Instant) -> (Instant, u64) {
        let state = self.table.state.read().unwrap_or_else(PoisonError::into_inner);
        match state.index.window(from, rows) {
            Some((until, read)) => (until.min(end), read),
            None => (end, u64::MAX),
        }
    }

    /// Reads the first `limit` rows of a window, in order.
    fn fetch(
        &self,
        position: &Position,
        until: Instant,
        watermark: Watermark,
        limit: u64,
        read: u64,
    ) -> duckdb::Result<Rows> {
        let log = self.query.log;
        let time = quoted(log.time);
        let columns = sql::column_list(log, "");
        let mut sql = format!(
            "SELECT {columns} FROM {} WHERE {time} >= ? AND {time} < ? AND {SEQUENCE} <= ? AND ({time} > ? OR {ID} > ?)",
            self.table.name
        );
        // Sorting a few rows here is cheaper than DuckDB's sort; of many rows
        // only DuckDB should see all.
        let sort_here = read <= limit.saturating_mul(4);
        if !sort_here {
            sql.push_str(&format!(" ORDER BY {time}, {ID} LIMIT {limit}"));
        }
        let (behind_time, behind_id) = match &position.behind_id {
            Some(id) => (position.from.ticks(), id.as_str()),
            None => (position.from.ticks().saturating_sub(1), ""),
        };
        let mut statement = self.connection.prepare_cached(&sql)?;
        drop(statement.query_arrow(params![
            position.from.ticks(),
            until.ticks(),
            bound(watermark),
            behind_time,
            behind_id
        ])?);
        let mut batches = Vec::new();
        while let Some(batch) = statement.step()? {
            batches.push(RecordBatch::from(&batch));
        }
        let rows = joined(log, batches)?;
        if sort_here { sorted(rows) } else { Ok(rows) }
    }

    /// The position behind the first `skip` rows, found by reading keys.
    fn nth_key(&self, skip: u64, watermark: Watermark) -> duckdb::Result<Option<Position>> {
        let time = quoted(self.query.log.time);
        let sql = format!(
            "SELECT {time}, {ID} FROM {} WHERE {time} >= ? AND {time} < ? AND {SEQUENCE} <= ?
             ORDER BY {time}, {ID} LIMIT 1 OFFSET ?",
            self.table.name
        );
        let offset = i64::try_from(skip - 1).unwrap_or(i64::MAX);
        let range = self.query.range;
        let mut statement = self.connection.prepare_cached(&sql)?;
        let key = statement
            .query_row(params![range.from().ticks(), range.end().ticks(), bound(watermark), offset], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            });
        match key {
            Ok((ticks, id)) => {
                let from = Instant::from_ticks(ticks).map_err(conversion)?;
                Ok(Some(Position { from, behind_id: Some(id), skip: 0 }))
            }
            Err(duckdb::Error::QueryReturnedNoRows) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn count_between(&self, from: Instant, to: Instant, watermark: Watermark) -> duckdb::Result<u64> {
        let time = quoted(self.query.log.time);
        let sql = format!(
            "SELECT count(*) FROM {} WHERE {time} >= ? AND {time} < ? AND {SEQUENCE} <= ?",
            self.table.name
        );
        self.connection
            .prepare_cached(&sql)?
            .query_row(params![from.ticks(), to.ticks(), bound(watermark)], |row| row.get(0))
    }
}

/// Batches of a log, one behind the other.
fn joined(log: &'static Log, mut batches: Vec<RecordBatch>) -> duckdb::Result<Rows> {
    let batch = match batches.len() {
        0 => return Ok(RowBuilder::new(log).finish()),
        1 => batches.swap_remove(0),
        _ => concat_batches(&batches[0].schema(), &batches).map_err(conversion)?,
    };
    Rows::new(log, batch).map_err(conversion)
}

/// A watermark as SQL takes it.
fn bound(watermark: Watermark) -> i64 {
    i64::try_from(watermark.0).unwrap_or(i64::MAX)
}

/// Orders rows by time and id; mostly they are already.
fn sorted(rows: Rows) -> duckdb::Result<Rows> {
    if (1..rows.len()).all(|row| rows.key(row - 1) <= rows.key(row)) {
        return Ok(rows);
    }
    let mut numbers: Vec<u32> = (0..u32::try_from(rows.len()).map_err(conversion)?).collect();
    numbers.sort_unstable_by(|a, b| rows.key(*a as usize).cmp(&rows.key(*b as usize)));
    pick(&rows, numbers)
}
