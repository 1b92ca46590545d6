//! Storing rows.
//!
//! An append is one transaction. Rows whose buckets of time hold no stored row
//! are certainly new and go straight into their segments; others go through a
//! temporary table, where SQL compares them with what is stored.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::Array;
use duckdb::Connection;
use trunklog_odata::Instant;
use trunklog_records::schema::Supersession;
use trunklog_records::{Log, Rows, TenantId};
use trunklog_store::AppendCounts;

use super::commit::Commit;
use super::complete::complete;
use super::staging::{NUMBER, STAGING, clear, prefixed, stage};
use super::supersede::{self, Batch};
use crate::catalog::{Tenant, create_segment, discard_counts, store_flags};
use crate::cubes::{self, Booking, Sign};
use crate::error::conversion;
use crate::instance::Instance;
use crate::log_table::{Counts, LogState, LogTable, Place, Segment};
use crate::rows::{pick, times};
use crate::sql::{self, CHANGED, DATABASE, SEQUENCE, SUPERSEDED, Update, quoted};
use crate::transaction::Outcome;

/// Stores rows of one tenant; they are durable when it returns.
pub(crate) fn append(instance: &Instance, id: TenantId, rows: &Rows) -> duckdb::Result<AppendCounts> {
    let given = rows.len() as u64;
    let batch = Batch::of(rows)?;
    let stored = cubes::or_without(instance, id, rows.log(), || store(instance, id, &batch))?;
    let superseded = stored.superseded + batch.outdone;
    let unchanged = given - stored.rows() - stored.updated - superseded;
    Ok(AppendCounts {
        new: stored.rows(),
        updated: stored.updated,
        unchanged,
        superseded,
        ambiguous: stored.ambiguous,
        ..AppendCounts::default()
    })
}

/// Stores the rows of a batch as one commit.
fn store(instance: &Instance, id: TenantId, batch: &Batch) -> duckdb::Result<AppendOutcome> {
    let rows = &batch.rows;
    let writer = instance.writer();
    let (tenant, table) = instance.log_for_append(&writer, id, rows.log())?;
    // Only the writer changes it, so it stays as it is until the commit.
    let state = table.state().clone();
    let plan = Plan::of(&writer, &table, &state, rows, instance.segment_rows())?;
    let appending = AppendJob { table: &table, state: &state, batch, plan: &plan };
    let (commit, booking, stored) = loop {
        let mut commit = Commit::next(instance, &tenant)?;
        let mut booking = Booking::of(instance, &writer, &tenant, &table)?;
        let stored = instance.transaction(&writer, |writer| {
            let stored = appending.store(writer, &mut commit, &mut booking)?;
            if stored.is_nothing() || !stored.incomplete.is_empty() {
                return Ok(Outcome::Leave(stored));
            }
            booking.write(writer, &table, commit.sequence())?;
            commit.write(writer, &table)?;
            Ok(Outcome::Keep(stored))
        })?;
        if stored.incomplete.is_empty() {
            break (commit, booking, stored);
        }
        complete(instance, &writer, &table, &stored.incomplete)?;
    };
    if !stored.is_nothing() {
        booking.publish();
        publish(&tenant, &table, &commit, &plan, &stored);
    }
    Ok(stored)
}

/// Lets readers see what was stored.
fn publish(tenant: &Tenant, table: &LogTable, commit: &Commit, plan: &Plan, stored: &AppendOutcome) {
    commit.publish(tenant, table, |state| {
        for (slice, rows) in plan.slices.iter().zip(&stored.new) {
            if let Some(rows) = rows {
                slice.segment.add(times(rows));
            }
        }
        if let Some(opened) = &plan.opened {
            let mut places = state.layout.places.to_vec();
            places.push(opened.clone());
            state.layout.replace(places);
        }
        state.has_marked |= stored.has_marked;
        state.has_superseded |= stored.gave_way;
    });
}

/// So many times as many stored rows as given ones are many.
const SPARSE: u64 = 8;

/// Which rows of a batch go to which segment.
struct Plan {
    slices: Vec<Slice>,
    /// A segment that has to be made for some of them.
    opened: Option<Place>,
}

/// Rows of a batch that lie in one segment.
struct Slice {
    segment: Arc<Segment>,
    /// Their numbers in the batch.
    rows: Range<usize>,
    /// Whether some of them may be stored already.
    is_known: bool,
}

impl Plan {
    fn of(
        writer: &Connection,
        table: &LogTable,
        state: &LogState,
        rows: &Rows,
        segment_rows: u64,
    ) -> duckdb::Result<Plan> {
        let layout = &state.layout;
        let mut plan = Plan { slices: Vec::new(), opened: None };
        let mut next = 0;
        while next < rows.len() {
            let at = layout.at(rows.time(next));
            let segment = &layout.places[at].segment;
            let mut end = layout.end_of(at);
            let full = segment.index(writer, table, |index| -> duckdb::Result<Option<Instant>> {
                index.check()?;
                Ok((index.rows() >= segment_rows).then(|| index.end()).flatten())
            })??;
            if end.is_none() {
                // The last segment is full: what lies after all of its rows
                // opens the next one.
                end = full;
            }
            if end.is_some_and(|end| end <= rows.time(next)) {
                let number = layout.largest_number() + 1;
                let counts = Counts { index: Some(crate::time_index::TimeIndex::new()), ..Counts::default() };
                let segment = Arc::new(Segment::new(number, table.table_of(number), counts));
                let start = end.unwrap_or(Instant::ABSENT);
                plan.opened = Some(Place { start, segment: Arc::clone(&segment) });
                plan.slices.push(Slice { segment, rows: next..rows.len(), is_known: false });
                break;
            }
            let after = end.map_or(rows.len(), |end| first_from(rows, next, end));
            let is_known = segment
                .index(writer, table, |index| index.touches((next..after).map(|row| rows.time(row))))?;
            plan.slices.push(Slice { segment: Arc::clone(segment), rows: next..after, is_known });
            next = after;
        }
        Ok(plan)
    }
}

/// The number of the first row, from one on, that does not lie before an
/// instant.
fn first_from(rows: &Rows, from: usize, instant: Instant) -> usize {
    let (mut low, mut high) = (from, rows.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if rows.time(middle) < instant { low = middle + 1 } else { high = middle }
    }
    low
}

struct AppendJob<'a> {
    table: &'a LogTable,
    state: &'a LogState,
    batch: &'a Batch,
    plan: &'a Plan,
}

/// What an append did.
struct AppendOutcome {
    /// The new rows of each slice.
    new: Vec<Option<Rows>>,
    updated: u64,
    /// Given rows that give way to others.
    superseded: u64,
    /// Rows of other sources that stay beside one of Graph that may tell of the same
    /// call.
    ambiguous: u64,
    /// Whether stored rows gave way.
    gave_way: bool,
    /// Whether some of the new rows were recorded by others than Graph.
    has_marked: bool,
    /// Segments that lack columns which have to be written. Where there are any, not
    /// all was done, and nothing may be kept.
    incomplete: Vec<Arc<Segment>>,
}

impl AppendOutcome {
    fn rows(&self) -> u64 {
        self.new.iter().flatten().map(|rows| rows.len() as u64).sum()
    }

    fn is_nothing(&self) -> bool {
        self.updated == 0 && !self.gave_way && self.new.iter().all(Option::is_none)
    }
}

impl AppendJob<'_> {
    fn store(
        &self,
        writer: &Connection,
        commit: &mut Commit,
        booking: &mut Booking,
    ) -> duckdb::Result<AppendOutcome> {
        let AppendJob { table, state, batch, plan } = self;
        if let Some(Place { start, segment }) = &plan.opened {
            create_segment(writer, table.tenant, table.log, segment.number, *start)?;
        }
        let supersession = self.supersession();
        let mut stored = AppendOutcome {
            new: vec![None; plan.slices.len()],
            updated: 0,
            superseded: 0,
            ambiguous: 0,
            gave_way: false,
            has_marked: batch.has_marked,
            incomplete: Vec::new(),
        };
        let mut is_new = vec![true; batch.rows.len()];
        let is_staged = supersession.is_some() || plan.slices.iter().any(|slice| slice.is_known);
        if is_staged {
            stage(writer, &batch.rows)?;
            self.compare(writer, supersession, &mut is_new)?;
            if let Some(supersession) = supersession {
                stored.superseded = supersede::outdone(writer, state, batch, supersession, &mut is_new)?;
            }
            stored.updated = self.update(writer, supersession, (commit, booking), &mut stored.incomplete)?;
        }
        for (slice, new) in plan.slices.iter().zip(&mut stored.new) {
            let is_new = &is_new[slice.rows.clone()];
            let rows = if is_new.iter().all(|is_new| *is_new) {
                batch.rows.slice(slice.rows.start, slice.rows.len())
            } else {
                let first = u32::try_from(slice.rows.start).map_err(conversion)?;
                let numbers = is_new.iter().zip(first..).filter_map(|(is_new, row)| is_new.then_some(row));
                pick(&batch.rows, numbers.collect())?
            };
            if rows.is_empty() {
                continue;
            }
            if has_values_of(&rows, &slice.segment.lacking()) {
                stored.incomplete.push(Arc::clone(&slice.segment));
                continue;
            }
            insert(writer, table, &slice.segment, &rows, commit)?;
            discard_counts(writer, table, &slice.segment)?;
            booking.postpone(writer, &rows)?;
            booking.add(Sign::Plus, &rows)?;
            commit.touch(times(&rows));
            *new = Some(rows);
        }
        stored.has_marked = batch.has_marked && !stored.new.iter().all(Option::is_none);
        if is_staged {
            if let Some(supersession) = supersession {
                stored.gave_way = supersede::give_way(
                    writer,
                    table,
                    (state, plan.opened.as_ref()),
                    batch,
                    supersession,
                    (commit, booking),
                    &mut stored.incomplete,
                )?;
                if stored.new.iter().any(Option::is_some) && stored.incomplete.is_empty() {
                    let opened = plan.opened.as_ref();
                    stored.ambiguous =
                        supersede::staying_beside(writer, (state, opened), batch, supersession, commit)?;
                }
            }
            writer.execute_batch(&format!(
                "DROP TABLE IF EXISTS temp.main.same; DROP TABLE temp.main.matched; DROP TABLE {STAGING}"
            ))?;
        }
        let is_first = (stored.gave_way && !state.has_superseded) || (stored.has_marked && !state.has_marked);
        if is_first {
            let has_superseded = state.has_superseded || stored.gave_way;
            let has_marked = state.has_marked || stored.has_marked;
            store_flags(writer, table, &LogState { has_superseded, has_marked, ..(*state).clone() })?;
        }
        Ok(stored)
    }

    /// When rows of the log give way, if any that do are stored or given.
    fn supersession(&self) -> Option<&'static Supersession> {
        let is_needed = self.batch.has_marked || self.state.has_marked;
        self.table.log.supersession.as_ref().filter(|_| is_needed)
    }

    /// Finds the given rows that are stored.
    fn compare(
        &self,
        writer: &Connection,
        supersession: Option<&Supersession>,
        is_new: &mut [bool],
    ) -> duckdb::Result<()> {
        let (log, rows) = (self.table.log, &self.batch.rows);
        let update = Update::of(log, supersession.map(|supersession| supersession.marked_by));
        writer.execute_batch(
            "CREATE OR REPLACE TEMP TABLE matched (given BIGINT, segment BIGINT, stored BIGINT, changed BOOLEAN)",
        )?;
        // Together they would need memory for the given rows as often as there are
        // segments.
        for slice in self.plan.slices.iter().filter(|slice| slice.is_known) {
            let Range { start, end } = slice.rows;
            let staged = format!("(FROM {STAGING} WHERE {NUMBER} BETWEEN {start} AND {})", end - 1);
            // Both are ordered, so these are the ends of the range to look at.
            let (first, last) = (rows.time(start), rows.time(end - 1));
            let stored = slice.segment.source(log);
            let range = format!("t.{} BETWEEN {} AND {}", quoted(log.time), first.ticks(), last.ticks());
            let number = slice.segment.number;
            let within = slice.segment.index(writer, self.table, |index| index.rows_within(first, last))?;
            // Where few rows are given for many stored ones, few are the same, and
            // it pays to find these by their keys alone.
            let sparse = if within > SPARSE * slice.rows.len() as u64 {
                writer.execute_batch(&format!(
                    "CREATE OR REPLACE TEMP TABLE same AS SELECT s.{NUMBER} AS given, t.rowid AS stored
                     FROM {stored} t JOIN {staged} s ON {} WHERE {range}",
                    update.same_row
                ))?;
                let same = writer
                    .query_row("SELECT count(*) FROM temp.main.same", [], |row| row.get::<_, u64>(0))?;
                if same == 0 {
                    continue;
                }
                " AND t.rowid IN (SELECT stored FROM temp.main.same)"
            } else {
                ""
            };
            writer.execute_batch(&format!(
                "INSERT INTO temp.main.matched SELECT s.{NUMBER}, {number}, t.rowid, coalesce({}, false)
                 FROM {stored} t JOIN {staged} s ON {} WHERE {range}{sparse}",
                update.changes, update.same_row
            ))?;
        }
        clear(writer, "SELECT given FROM temp.main.matched", is_new).map(|_| ())
    }

    /// Updates the stored rows that differ, and tells how many there were. Segments
    /// with such rows that lack columns become part of `incomplete`.
    fn update(
        &self,
        writer: &Connection,
        supersession: Option<&Supersession>,
        (commit, booking): (&mut Commit, &mut Booking),
        incomplete: &mut Vec<Arc<Segment>>,
    ) -> duckdb::Result<u64> {
        let rows = &self.batch.rows;
        let update = Update::of(self.table.log, supersession.map(|supersession| supersession.marked_by));
        let mut statement = writer
            .prepare("SELECT given, segment FROM temp.main.matched WHERE changed ORDER BY segment, given")?;
        let changed = statement
            .query_map([], |row| Ok((row.get::<_, usize>(0)?, row.get::<_, u32>(1)?)))?
            .collect::<duckdb::Result<Vec<_>>>()?;
        commit.touch(changed.iter().map(|(row, _)| rows.time(*row)));
        for slice in &self.plan.slices {
            let number = slice.segment.number;
            if !changed.iter().any(|(_, segment)| *segment == number) {
                continue;
            }
            if !slice.segment.is_complete() {
                incomplete.push(Arc::clone(&slice.segment));
                continue;
            }
            let (first, last) = (rows.time(slice.rows.start).ticks(), rows.time(slice.rows.end - 1).ticks());
            let updated = format!(
                "{} WHERE {} BETWEEN {first} AND {last} AND {SUPERSEDED} IS NULL AND rowid IN
                     (SELECT stored FROM temp.main.matched WHERE changed AND segment = {number})",
                slice.segment.table,
                quoted(self.table.log.time)
            );
            booking.read(writer, Sign::Minus, &updated)?;
            writer.execute_batch(&format!(
                "UPDATE {} t SET {}, {CHANGED} = {}
                 FROM {STAGING} s JOIN temp.main.matched m ON m.given = s.{NUMBER}
                 WHERE m.changed AND m.segment = {number} AND t.rowid = m.stored",
                slice.segment.table, update.assignments, commit.number
            ))?;
            booking.read(writer, Sign::Plus, &updated)?;
        }
        Ok(changed.len() as u64)
    }
}

/// Whether rows have a value in one of these columns.
fn has_values_of(rows: &Rows, names: &[&str]) -> bool {
    let mut columns = names.iter().filter_map(|name| rows.batch().column_by_name(name));
    columns.any(|column| column.null_count() < rows.len())
}

/// Adds rows that are certainly new, and have no value in a column that the
/// segment's table lacks.
fn insert(
    writer: &Connection,
    table: &LogTable,
    segment: &Segment,
    rows: &Rows,
    commit: &Commit,
) -> duckdb::Result<()> {
    let log: &Log = table.log;
    let batch = prefixed(rows, SEQUENCE, vec![commit.sequence(); rows.len()])?;
    let lacking = segment.lacking();
    let (at, names): (Vec<usize>, Vec<&str>) = std::iter::once(SEQUENCE)
        .chain(sql::row_columns(log).map(|(name, _)| name))
        .enumerate()
        .filter(|(_, name)| !lacking.contains(name))
        .unzip();
    let batch = batch.project(&at).map_err(conversion)?;
    let mut appender = writer.appender_with_columns_to_catalog_and_db(
        &sql::segment(log, segment.number),
        DATABASE,
        &sql::schema(table.tenant),
        &names,
    )?;
    appender.append_record_batch(batch)?;
    appender.flush()
}
