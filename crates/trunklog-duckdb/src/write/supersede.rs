//! Rows that give way to others of the same call.

use std::collections::HashSet;

use arrow::array::Array;
use arrow::compute::concat_batches;
use duckdb::Connection;
use trunklog_records::Rows;
use trunklog_records::schema::Supersession;
use trunklog_store::each_once;

use super::append::clear;
use super::commit::{Commit, hour_in_sql};
use super::staging::{NUMBER, STAGING};
use crate::error::conversion;
use crate::log_table::{LogState, LogTable, Place};
use crate::rows::pick;
use crate::sql::{SUPERSEDED, quoted};

/// The rows of an append, each once.
pub(super) struct Batch {
    /// Ordered by time and id.
    pub(super) rows: Rows,
    /// Whether some were recorded by others than Graph.
    pub(super) has_marked: bool,
    /// How many such rows have the time and id of one that Graph recorded.
    pub(super) outdone: u64,
}

impl Batch {
    pub(super) fn of(rows: &Rows) -> duckdb::Result<Batch> {
        let once = |rows: &Rows| each_once(rows).map_err(conversion);
        let mark = rows.log().supersession.and_then(|supersession| rows.log().index_of(supersession.marked_by));
        let Some(mark) = mark.filter(|mark| rows.batch().column(*mark).null_count() < rows.len()) else {
            return Ok(Batch { rows: once(rows)?, has_marked: false, outdone: 0 });
        };
        // One that Graph did not record must not fill in what Graph left out.
        let marks = rows.batch().column(mark);
        let (mut marked, mut others) = (Vec::new(), Vec::new());
        for row in 0..u32::try_from(rows.len()).map_err(conversion)? {
            if marks.is_valid(row as usize) { marked.push(row) } else { others.push(row) }
        }
        let (marked, others) = (once(&pick(rows, marked)?)?, once(&pick(rows, others)?)?);
        let known: HashSet<_> = (0..others.len()).map(|row| others.key(row)).collect();
        let left: Vec<u32> =
            (0..).take(marked.len()).filter(|row| !known.contains(&marked.key(*row as usize))).collect();
        let outdone = (marked.len() - left.len()) as u64;
        let has_marked = !left.is_empty();
        let left = pick(&marked, left)?;
        let batch = concat_batches(&others.batch().schema(), [others.batch(), left.batch()]).map_err(conversion)?;
        let rows = Rows::new(rows.log(), batch).map_err(conversion)?;
        Ok(Batch { rows: once(&rows)?, has_marked, outdone })
    }

    /// The segments that may hold rows of the same calls.
    fn near<'s>(&self, state: &'s LogState, supersession: &Supersession) -> &'s [Place] {
        let within = supersession.within_ticks;
        let first = self.rows.time(0).saturating_add_ticks(-within);
        let last = self.rows.time(self.rows.len() - 1).saturating_add_ticks(within + 1);
        state.layout.between(first, last)
    }
}

/// The condition that row `g` gives way to row `k`.
fn same_call(batch: &Batch, supersession: &Supersession) -> String {
    let time = quoted(batch.rows.log().time);
    let within = supersession.within_ticks;
    let mut conditions: Vec<_> = supersession
        .same
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let name = quoted(name);
            if at == 0 {
                format!("g.{name} = k.{name}")
            } else {
                format!("(g.{name} IS NULL OR g.{name} = k.{name})")
            }
        })
        .collect();
    conditions.push(format!("g.{time} BETWEEN k.{time} - {within} AND k.{time} + {within}"));
    conditions.join(" AND ")
}

/// A condition that leaves out what lies too far from all rows of a batch.
fn is_near(batch: &Batch, supersession: &Supersession) -> String {
    let (rows, within) = (&batch.rows, supersession.within_ticks);
    let (first, last) = (rows.time(0).ticks(), rows.time(rows.len() - 1).ticks());
    let time = quoted(rows.log().time);
    format!("{time} BETWEEN {} AND {}", first.saturating_sub(within), last.saturating_add(within))
}

/// Finds the given rows that give way to others, stored or given. They are not
/// new, and change nothing. Tells how many there are.
pub(super) fn outdone(
    writer: &Connection,
    state: &LogState,
    batch: &Batch,
    supersession: &Supersession,
    is_new: &mut [bool],
) -> duckdb::Result<u64> {
    if !batch.has_marked {
        return Ok(0);
    }
    let (mark, time) = (quoted(supersession.marked_by), quoted(batch.rows.log().time));
    let mut columns: Vec<_> = supersession.same.iter().map(|name| quoted(name)).collect();
    columns.push(time);
    let columns = columns.join(", ");
    let mut parts = vec![format!("SELECT {columns} FROM {STAGING} WHERE {mark} IS NULL")];
    let near = is_near(batch, supersession);
    for place in batch.near(state, supersession) {
        parts.push(format!("SELECT {columns} FROM {} WHERE {mark} IS NULL AND {near}", place.segment.table));
    }
    writer.execute_batch(&format!(
        "CREATE OR REPLACE TEMP TABLE outdone AS
         SELECT DISTINCT g.{NUMBER} AS given FROM {STAGING} g JOIN ({}) k ON {} WHERE g.{mark} IS NOT NULL;
         DELETE FROM temp.main.matched WHERE given IN (SELECT given FROM temp.main.outdone)",
        parts.join(" UNION ALL "),
        same_call(batch, supersession)
    ))?;
    let outdone = clear(writer, "SELECT given FROM temp.main.outdone", is_new)?;
    writer.execute_batch("DROP TABLE temp.main.outdone")?;
    Ok(outdone)
}

/// Lets stored rows give way to given ones, and tells whether any did.
pub(super) fn give_way(
    writer: &Connection,
    table: &LogTable,
    state: &LogState,
    batch: &Batch,
    supersession: &Supersession,
    commit: &mut Commit,
) -> duckdb::Result<bool> {
    if !state.has_marked {
        return Ok(false);
    }
    let (mark, time) = (quoted(supersession.marked_by), quoted(table.log.time));
    let near = is_near(batch, supersession);
    let places = batch.near(state, supersession);
    let parts: Vec<_> = places
        .iter()
        .map(|place| {
            format!(
                "SELECT DISTINCT {} AS segment, g.rowid AS stored, g.{time}, g.id FROM {} g JOIN {STAGING} k ON {}
                 WHERE g.{mark} IS NOT NULL AND k.{mark} IS NULL AND g.{SUPERSEDED} IS NULL AND g.{near}
                     AND NOT EXISTS (SELECT 1 FROM {STAGING} s WHERE s.{mark} IS NULL AND s.{time} = g.{time}
                                     AND s.id = g.id)",
                place.segment.number,
                place.segment.table,
                same_call(batch, supersession)
            )
        })
        .collect();
    if parts.is_empty() {
        return Ok(false);
    }
    writer.execute_batch(&format!(
        "CREATE OR REPLACE TEMP TABLE given_way AS {}",
        parts.join(" UNION ALL ")
    ))?;
    let hours = {
        let hour = hour_in_sql(&time);
        let mut statement = writer.prepare(&format!("SELECT DISTINCT {hour} FROM temp.main.given_way"))?;
        statement.query_map([], |row| row.get::<_, i64>(0))?.collect::<duckdb::Result<Vec<_>>>()?
    };
    let any = !hours.is_empty();
    if any {
        commit.touch_hours(hours.into_iter());
        commit.keep_ids(writer, table, "temp.main.given_way")?;
        for place in places {
            writer.execute_batch(&format!(
                "UPDATE {} SET {SUPERSEDED} = {} WHERE rowid IN
                     (SELECT stored FROM temp.main.given_way WHERE segment = {})",
                place.segment.table, commit.number, place.segment.number
            ))?;
        }
    }
    writer.execute_batch("DROP TABLE temp.main.given_way")?;
    Ok(any)
}
