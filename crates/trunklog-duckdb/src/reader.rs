//! Reading a table window by window, in the order of time and id.
//!
//! A query is narrowed to a window of time that, by the table's index, holds
//! enough rows. The index may count rows that the walk does not see, because
//! they came later or do not satisfy the filter; then more rows come from the
//! next window.

use std::sync::PoisonError;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use duckdb::Connection;
use trunklog_odata::Instant;
use trunklog_records::schema::ID;
use trunklog_records::{Rows, TimeRange};
use trunklog_store::{Key, Selection, Start, Watermark};

use crate::append::conversion;
use crate::instance::Table;
use crate::select::{Projection, Select, in_order, sorted};
use crate::source::{seen, within};
use crate::sql::{Parameters, quoted};

/// How many pages' rows the first window of a filtered page holds. The index
/// does not know how many of them the filter lets pass.
const FILTERED_PAGES: u64 = 32;

/// The least rows that are worth a query when it is not known how many of them
/// are seen: those of two row groups.
const LEAST_ROWS: u64 = 32_768;

/// Rows that a scan reads at a time. Enough to keep all threads busy, few
/// enough to hold.
const SCANNED_ROWS: u64 = 131_072;

/// The most rows that are read for a page, to be sorted here. A bucket of the
/// index may hold far more of which only the last are wanted.
const SORTED_ROWS: u64 = 262_144;

/// Reads one selection of one table.
pub(crate) struct Reader<'a> {
    connection: &'a Connection,
    table: &'a Table,
    selection: &'a Selection,
    projection: Projection,
    watermark: Watermark,
}

/// Where the rows begin that are still to be read.
#[derive(Debug, Clone)]
pub(crate) struct Position {
    from: Instant,
    /// Set when rows at `from` up to this id were read before.
    behind_id: Option<String>,
    /// Rows to pass over from there.
    skip: u64,
}

impl Position {
    fn at(from: Instant, skip: u64) -> Position {
        Position { from, behind_id: None, skip }
    }

    /// Behind a key; nothing lies before the begin of the range.
    fn behind(key: &Key, range: TimeRange) -> Position {
        if key.time < range.from() {
            return Position::at(range.from(), 0);
        }
        Position { from: key.time, behind_id: Some(key.id.clone()), skip: 0 }
    }
}

/// A part of a scan.
pub(crate) struct Scanned {
    /// Rows in order.
    pub(crate) batches: Vec<Rows>,
    /// Where the next part begins; None behind the last.
    pub(crate) next: Option<Position>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        connection: &'a Connection,
        table: &'a Table,
        selection: &'a Selection,
        watermark: Watermark,
    ) -> Reader<'a> {
        let projection = Projection::of(selection.log, &selection.columns);
        Reader { connection, table, selection, projection, watermark }
    }

    /// Where reading begins; None when that is behind the last row.
    pub(crate) fn begin(&self, start: &Start) -> duckdb::Result<Option<Position>> {
        let from = self.selection.range.from();
        let skip = match start {
            Start::After(key) => return Ok(Some(Position::behind(key, self.selection.range))),
            Start::Skip(0) => return Ok(Some(Position::at(from, 0))),
            Start::Skip(skip) => *skip,
        };
        let state = self.table.state.read().unwrap_or_else(PoisonError::into_inner);
        let is_whole = state.index.is_whole();
        if is_whole && skip >= state.index.rows() {
            return Ok(None);
        }
        if self.filtered() {
            // Only reading tells how many rows the filter lets pass.
            return Ok(Some(Position::at(from, skip)));
        }
        if !is_whole || self.watermark < Watermark(state.sequence) {
            drop(state);
            // The index counts rows that this walk does not see, or not all.
            return self.nth_key(skip);
        }
        // The index counts whole buckets, and the range may begin within one.
        let floor = state.index.floor(from);
        let before = if floor < from { self.count_between(floor, from)? } else { 0 };
        let found = state.index.seek(floor, skip + before);
        Ok(found.map(|(bucket, rest)| {
            if bucket == floor && floor < from {
                Position::at(from, rest - before.min(rest))
            } else {
                Position::at(bucket, rest)
            }
        }))
    }

    /// Reads up to `need` rows from a position on.
    pub(crate) fn rows(&self, mut position: Position, need: usize) -> duckdb::Result<Rows> {
        let filtered = self.filtered();
        let mut batches: Vec<RecordBatch> = Vec::new();
        let mut have = 0;
        let (mut step, growth) = match need as u64 {
            need if filtered => ((need * FILTERED_PAGES).max(LEAST_ROWS), 4),
            need => (need, 2),
        };
        let end = self.selection.range.end();
        while have < need && position.from < end {
            let left = (need - have) as u64;
            let wanted = if filtered { left } else { left + position.skip };
            let (until, read) = self.window(position.from, wanted.max(step));
            // Rows that are not seen thin the windows out, so look further.
            step = step.saturating_mul(growth);
            let (rows, passed) = if !filtered && read <= wanted.saturating_mul(4).min(SORTED_ROWS) {
                // Sorting a few rows here is cheaper than DuckDB's sort; of
                // many rows only DuckDB should see all.
                let rows = sorted(self.projection.joined(&self.all(&position, until)?)?)?;
                let passed = position.skip.min(rows.len() as u64);
                position = Position::at(until, position.skip - passed);
                (rows, passed)
            } else {
                if position.skip > 0 {
                    let count = self.count_in(&position, until)?;
                    if count <= position.skip {
                        position = Position::at(until, position.skip - count);
                        continue;
                    }
                }
                // DuckDB passes over the rows that are to be skipped.
                let rows = self.first(&position, until, left, position.skip)?;
                position = Position::at(until, 0);
                (rows, 0)
            };
            let first = usize::try_from(passed).unwrap_or(usize::MAX);
            let rows = rows.slice(first, (rows.len() - first).min(need - have));
            have += rows.len();
            if !rows.is_empty() {
                batches.push(rows.into_batch());
            }
        }
        match batches.len() {
            0 => Ok(self.projection.none()),
            1 => Rows::new(self.selection.log, batches.swap_remove(0)).map_err(conversion),
            _ => concat_batches(&batches[0].schema(), &batches)
                .map_err(conversion)
                .and_then(|batch| Rows::new(self.selection.log, batch).map_err(conversion)),
        }
    }

    /// Reads the next part of a scan, at most `most` rows.
    pub(crate) fn scan(&self, position: &Position, most: u64) -> duckdb::Result<Scanned> {
        let wanted = if self.filtered() {
            SCANNED_ROWS
        } else {
            most.saturating_add(position.skip).clamp(LEAST_ROWS, SCANNED_ROWS)
        };
        let (until, read) = self.window(position.from, wanted);
        let (mut batches, next) = if read <= 2 * SCANNED_ROWS {
            (self.in_order(&self.all(position, until)?)?, until)
        } else {
            // So many rows have nearly the same time that they are not held at
            // once.
            let rows = self.first(position, until, SCANNED_ROWS, 0)?;
            if rows.len() as u64 == SCANNED_ROWS {
                let (time, id) = rows.key(rows.len() - 1);
                let behind_id = Some(id.to_owned());
                return Ok(self.cut(
                    vec![rows],
                    Position { from: time, behind_id, skip: position.skip },
                    most,
                ));
            }
            (vec![rows], until)
        };
        batches.retain(|rows| !rows.is_empty());
        Ok(self.cut(batches, Position::at(next, position.skip), most))
    }

    /// Takes away the rows to skip and those behind the most wanted.
    fn cut(&self, batches: Vec<Rows>, mut next: Position, most: u64) -> Scanned {
        let mut kept = Vec::with_capacity(batches.len());
        let mut left = usize::try_from(most).unwrap_or(usize::MAX);
        for rows in batches {
            let passed = usize::try_from(next.skip).unwrap_or(usize::MAX).min(rows.len());
            next.skip -= passed as u64;
            let taken = (rows.len() - passed).min(left);
            left -= taken;
            if taken > 0 {
                kept.push(rows.slice(passed, taken));
            }
        }
        let more = left > 0 && next.from < self.selection.range.end();
        Scanned { batches: kept, next: more.then_some(next) }
    }

    /// Batches in the order of time and id: as they came, when they came so.
    fn in_order(&self, batches: &[RecordBatch]) -> duckdb::Result<Vec<Rows>> {
        let rows =
            batches.iter().map(|batch| self.projection.rows(batch)).collect::<duckdb::Result<Vec<_>>>()?;
        let ends_meet = rows.windows(2).all(|pair| {
            let (before, behind) = (&pair[0], &pair[1]);
            before.is_empty() || behind.is_empty() || before.key(before.len() - 1) <= behind.key(0)
        });
        let ordered = ends_meet && rows.iter().all(in_order);
        if ordered { Ok(rows) } else { Ok(vec![sorted(self.projection.joined(batches)?)?]) }
    }

    fn filtered(&self) -> bool {
        self.selection.filter.is_some()
    }

    /// Where to stop reading to find `rows` rows, and how many will be read.
    fn window(&self, from: Instant, rows: u64) -> (Instant, u64) {
        let end = self.selection.range.end();
        let state = self.table.state.read().unwrap_or_else(PoisonError::into_inner);
        let (until, read) = state.index.window(from, rows);
        (until.map_or(end, |until| until.min(end)), read)
    }

    /// The rows from a position to an instant, in no certain order. Nothing is
    /// passed over.
    fn all(&self, position: &Position, until: Instant) -> duckdb::Result<Vec<RecordBatch>> {
        self.between(position, until).batches(self.connection, &self.projection.list(), "")
    }

    /// The first of them, in order.
    fn first(&self, position: &Position, until: Instant, limit: u64, offset: u64) -> duckdb::Result<Rows> {
        let time = quoted(self.selection.log.time);
        let tail = format!(" ORDER BY {time}, {ID} LIMIT {limit} OFFSET {offset}");
        let select = self.between(position, until);
        self.projection.joined(&select.batches(self.connection, &self.projection.list(), &tail)?)
    }

    /// How many there are.
    fn count_in(&self, position: &Position, until: Instant) -> duckdb::Result<u64> {
        self.between(position, until).row(self.connection, "count(*)", "", |row| row.get(0))
    }

    /// A statement that reads from a position to an instant.
    fn between(&self, position: &Position, until: Instant) -> Select {
        let time = quoted(self.selection.log.time);
        let mut select = self.window_of(position.from, until);
        let (behind_time, behind_id) = match &position.behind_id {
            Some(id) => (position.from.ticks(), id.clone()),
            None => (position.from.ticks().saturating_sub(1), String::new()),
        };
        select.require(|parameters| {
            let (behind_time, behind_id) = (parameters.bind(behind_time), parameters.bind(behind_id));
            format!("({time} > {behind_time} OR {ID} > {behind_id})")
        });
        select.require_filter(self.selection);
        select
    }

    fn window_of(&self, from: Instant, until: Instant) -> Select {
        let time = quoted(self.selection.log.time);
        let mut select = Select::new(self.table.name.as_str(), Parameters::default());
        select.require(|parameters| {
            let (from, until) = (parameters.bind(from.ticks()), parameters.bind(until.ticks()));
            format!("{time} >= {from} AND {time} < {until}")
        });
        select.require(|parameters| seen(self.watermark.0, parameters));
        select
    }

    /// The position behind the first `skip` rows, found by reading keys.
    fn nth_key(&self, skip: u64) -> duckdb::Result<Option<Position>> {
        let time = quoted(self.selection.log.time);
        let mut select = Select::new(self.table.name.as_str(), Parameters::default());
        select.require(|parameters| within(self.selection.log, self.selection.range, parameters));
        select.require(|parameters| seen(self.watermark.0, parameters));
        let offset = select.parameters.bind(i64::try_from(skip - 1).unwrap_or(i64::MAX));
        let key = select.row(
            self.connection,
            &format!("{time}, {ID}"),
            &format!(" ORDER BY {time}, {ID} LIMIT 1 OFFSET {offset}"),
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
        );
        match key {
            Ok((ticks, id)) => {
                let from = Instant::from_ticks(ticks).map_err(conversion)?;
                Ok(Some(Position { from, behind_id: Some(id), skip: 0 }))
            }
            Err(duckdb::Error::QueryReturnedNoRows) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn count_between(&self, from: Instant, to: Instant) -> duckdb::Result<u64> {
        self.window_of(from, to).row(self.connection, "count(*)", "", |row| row.get(0))
    }
}
