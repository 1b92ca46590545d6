//! Rows that give way to others of the same call.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::Array;
use arrow::compute::concat_batches;
use duckdb::Connection;
use trunklog_records::Rows;
use trunklog_records::schema::Supersession;
use trunklog_store::each_once;

use super::commit::Commit;
use super::staging::{NUMBER, STAGING, clear};
use crate::cubes::{Booking, Sign};
use crate::error::conversion;
use crate::hours::hour_in_sql;
use crate::log_table::{LogState, LogTable, Place, Segment};
use crate::rows::pick;
use crate::sql::{SEQUENCE, SUPERSEDED, quoted};

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
        let mark =
            rows.log().supersession.and_then(|supersession| rows.log().index_of(supersession.marked_by));
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
        let batch =
            concat_batches(&others.batch().schema(), [others.batch(), left.batch()]).map_err(conversion)?;
        let rows = Rows::new(rows.log(), batch).map_err(conversion)?;
        Ok(Batch { rows: once(&rows)?, has_marked, outdone })
    }

    /// The segments that may hold rows of the same calls, with one that was opened
    /// for some of them.
    fn near(&self, state: &LogState, opened: Option<&Place>, supersession: &Supersession) -> Vec<Place> {
        let within = supersession.within_ticks;
        let first = self.rows.time(0).saturating_add_ticks(-within);
        let last = self.rows.time(self.rows.len() - 1).saturating_add_ticks(within + 1);
        state.layout.between(first, last).iter().chain(opened).cloned().collect()
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
    // As `Supersession::are_alike`.
    conditions.extend(supersession.alike.iter().map(|name| {
        let name = quoted(name);
        format!(
            "(g.{name} IS NULL OR k.{name} IS NULL \
             OR starts_with(k.{name}, split_part(g.{name}, '*', 1)) \
             OR starts_with(g.{name}, split_part(k.{name}, '*', 1)))"
        )
    }));
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

/// Finds the given rows that give way to others, stored or given, and those that gave
/// way before. They are not new and change nothing; where they are stored, they give way
/// there ([`give_way`]). Tells how many there are.
pub(super) fn outdone(
    writer: &Connection,
    state: &LogState,
    batch: &Batch,
    supersession: &Supersession,
    is_new: &mut [bool],
) -> duckdb::Result<u64> {
    let opened = None;
    writer.execute_batch(
        "CREATE OR REPLACE TEMP TABLE given_way (segment INTEGER, stored BIGINT);
         CREATE OR REPLACE TEMP TABLE outdone (given BIGINT)",
    )?;
    if !batch.has_marked {
        return Ok(0);
    }
    let mark = quoted(supersession.marked_by);
    let columns = compared(batch, supersession);
    let near = is_near(batch, supersession);
    let time = quoted(batch.rows.log().time);
    let mut parts = vec![format!("SELECT {columns} FROM {STAGING} WHERE {mark} IS NULL")];
    let mut known = Vec::new();
    let places = &batch.near(state, opened, supersession);
    for place in places {
        let source = place.segment.source(batch.rows.log());
        parts.push(format!("SELECT {columns} FROM {source} WHERE {mark} IS NULL AND {near}"));
        known.push(format!(
            "SELECT {time}, id FROM {source} WHERE ({mark} IS NULL OR {SUPERSEDED} IS NOT NULL) AND {near}"
        ));
    }
    // An erasure may have taken from a row what it has in common with the one that took
    // its place; so what gave way is also known by time and id, as is what Graph recorded.
    writer.execute_batch(&format!(
        "INSERT INTO temp.main.outdone
         SELECT g.{NUMBER} FROM {STAGING} g JOIN ({}) k ON {} WHERE g.{mark} IS NOT NULL
         UNION
         SELECT g.{NUMBER} FROM {STAGING} g JOIN ({}) k ON g.{time} = k.{time} AND g.id = k.id
         WHERE g.{mark} IS NOT NULL",
        parts.join(" UNION ALL "),
        same_call(batch, supersession),
        known.join(" UNION ALL ")
    ))?;
    for place in places {
        writer.execute_batch(&format!(
            "INSERT INTO temp.main.given_way
             SELECT m.segment, m.stored FROM temp.main.matched m JOIN temp.main.outdone USING (given)
             JOIN {} t ON t.rowid = m.stored
             WHERE m.segment = {} AND t.{mark} IS NOT NULL AND t.{SUPERSEDED} IS NULL",
            place.segment.source(batch.rows.log()),
            place.segment.number
        ))?;
    }
    writer.execute_batch(
        "DELETE FROM temp.main.matched WHERE given IN (SELECT given FROM temp.main.outdone)",
    )?;
    clear(writer, "SELECT given FROM temp.main.outdone", is_new)
}

/// What is compared to find rows of the same call.
fn compared(batch: &Batch, supersession: &Supersession) -> String {
    let time = batch.rows.log().time;
    let told_by = supersession.same.iter().chain(supersession.alike).copied();
    told_by.chain([time]).map(quoted).collect::<Vec<_>>().join(", ")
}

/// Lets stored rows give way, when the given ones are stored, and tells whether
/// any did. What counts is what is stored by now: an update may have told of
/// which call a row is. Segments with such rows that lack columns become part of
/// `incomplete`, and nothing is done there.
pub(super) fn give_way(
    writer: &Connection,
    table: &LogTable,
    (state, opened): (&LogState, Option<&Place>),
    batch: &Batch,
    supersession: &Supersession,
    (commit, booking): (&mut Commit, &mut Booking),
    incomplete: &mut Vec<Arc<Segment>>,
) -> duckdb::Result<bool> {
    let (mark, time) = (quoted(supersession.marked_by), quoted(table.log.time));
    let near = is_near(batch, supersession);
    let places = &batch.near(state, opened, supersession);
    let columns = compared(batch, supersession);
    let same_call = same_call(batch, supersession);
    let of_graph: Vec<_> = places
        .iter()
        .map(|place| {
            let source = place.segment.source(table.log);
            format!("SELECT {columns}, id FROM {source} WHERE {mark} IS NULL AND {near}")
        })
        .collect();
    let of_graph = of_graph.join(" UNION ALL ");
    // One of the two was given: the others met before.
    let is_given = |row: &str| {
        format!("EXISTS (SELECT 1 FROM {STAGING} s WHERE s.{time} = {row}.{time} AND s.id = {row}.id)")
    };
    let mut pairs = vec![is_given("k")];
    if batch.has_marked {
        pairs.push(is_given("g"));
    }
    for place in places {
        for is_given in &pairs {
            writer.execute_batch(&format!(
                "INSERT INTO temp.main.given_way
                 SELECT DISTINCT {}, g.rowid FROM {} g JOIN ({of_graph}) k ON {same_call}
                 WHERE g.{mark} IS NOT NULL AND g.{SUPERSEDED} IS NULL AND g.{near} AND {is_given}",
                place.segment.number,
                place.segment.source(table.log)
            ))?;
        }
    }
    let mut any = false;
    for place in places {
        let rows = format!(
            "{} WHERE rowid IN (SELECT stored FROM temp.main.given_way WHERE segment = {})",
            place.segment.table, place.segment.number
        );
        let hours = {
            let hour = hour_in_sql(&time);
            let mut statement = writer.prepare(&format!("SELECT DISTINCT {hour} FROM {rows}"))?;
            statement.query_map([], |row| row.get::<_, i64>(0))?.collect::<duckdb::Result<Vec<_>>>()?
        };
        if hours.is_empty() {
            continue;
        }
        any = true;
        if !place.segment.is_complete() {
            incomplete.push(Arc::clone(&place.segment));
            continue;
        }
        commit.touch_hours(hours.into_iter());
        commit.keep_ids(writer, table, &rows)?;
        booking.read(writer, Sign::Minus, &rows)?;
        let (from, condition) = rows.split_once(" WHERE ").unwrap_or((&rows, "false"));
        writer.execute_batch(&format!(
            "UPDATE {from} SET {SUPERSEDED} = {} WHERE {condition}",
            commit.number
        ))?;
    }
    writer.execute_batch("DROP TABLE temp.main.given_way; DROP TABLE temp.main.outdone")?;
    Ok(any)
}

/// How many rows of other sources stay beside one of Graph that may tell of the same
/// call, since a commit brought the one or the other: they agree in what comes first and
/// in their times, and those that give way have done so.
pub(super) fn staying_beside(
    writer: &Connection,
    (state, opened): (&LogState, Option<&Place>),
    batch: &Batch,
    supersession: &Supersession,
    commit: &Commit,
) -> duckdb::Result<u64> {
    let [first, more @ ..] = supersession.same else { return Ok(0) };
    if more.is_empty() && supersession.alike.is_empty() {
        // Whatever agrees in it is one call.
        return Ok(0);
    }
    let log = batch.rows.log();
    let (mark, time, first) = (quoted(supersession.marked_by), quoted(log.time), quoted(first));
    let within = supersession.within_ticks;
    // What is near to a given row may have stood beside one of Graph on its other side.
    let wider = Supersession { within_ticks: 2 * within, ..*supersession };
    let near = is_near(batch, &wider);
    let places = batch.near(state, opened, &wider);
    let rows = |condition: &str| {
        let part = |place: &Place| {
            format!(
                "SELECT {} AS segment, rowid AS stored, {first} AS same, {time} AS ticks, {SEQUENCE} AS brought
                 FROM {} WHERE {near} AND {condition}",
                place.segment.number,
                place.segment.source(log)
            )
        };
        places.iter().map(part).collect::<Vec<_>>().join(" UNION ALL ")
    };
    let others = rows(&format!("{mark} IS NOT NULL AND {SUPERSEDED} IS NULL"));
    let of_graph = rows(&format!("{mark} IS NULL"));
    let sql = format!(
        "SELECT count(*) FROM (
             SELECT g.segment FROM ({others}) g JOIN ({of_graph}) k
             ON g.same = k.same AND g.ticks BETWEEN k.ticks - {within} AND k.ticks + {within}
             GROUP BY g.segment, g.stored, g.brought
             HAVING greatest(g.brought, min(k.brought)) = {})",
        commit.sequence()
    );
    writer.query_row(&sql, [], |row| row.get(0))
}
