//! Segments of a good size, with their rows in order.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use duckdb::Connection;
use trunklog_odata::Instant;

use crate::catalog::{self, discard_counts, drop_segment, move_segment};
use crate::columns::late_properties;
use crate::instance::Instance;
use crate::log_table::{Counts, LogTable, Place, Segment};
use crate::sql::{self, ROW_GROUP_SIZE, quoted};
use crate::time_index::TimeIndex;
use crate::transaction::Outcome;
use crate::write::complete::complete;

/// How many row groups may, on average, hold rows of one moment before a
/// segment is worth writing anew. A page reads about this many groups.
const MAX_OVERLAP: u64 = 4;

/// A segment that has more rows than this many usual ones is split by taking
/// parts from it, one at a time, so that nobody has to wait for long.
const CARVED_FROM: u64 = 4;

/// Splits one of the segments of a log that have become too large, and tells
/// whether there was one.
///
/// `huge` says whether it may be one from which parts are taken, which writes
/// nothing of the rest anew.
pub(crate) fn split_one(instance: &Instance, table: &LogTable, huge: Huge) -> duckdb::Result<bool> {
    let rows = instance.segment_rows();
    let is_large = |place: &Place| {
        let known = place.segment.counts().index.as_ref().map(TimeIndex::rows);
        known.or(place.segment.counts().stored_rows).is_none_or(|known| known > 2 * rows)
    };
    // Most often there is none, and nobody has to wait to find that out.
    if !table.state().layout.places.iter().any(is_large) {
        return Ok(false);
    }
    let writer = instance.writer();
    let layout = table.state().layout.clone();
    for (at, place) in layout.places.iter().enumerate() {
        let segment = &place.segment;
        let has = segment.rows(&writer, table)?;
        if has <= 2 * rows || !segment.index(&writer, table, TimeIndex::is_whole)? {
            continue;
        }
        let cuts = cuts(&writer, table, place, has, rows)?;
        if cuts.is_empty() {
            // All rows have nearly the same time.
            continue;
        }
        if has <= CARVED_FROM * rows {
            tracing::info!(log = table.log.name, rows = has, "splitting a segment of a log");
            rewrite(instance, &writer, table, at, &cuts)?;
        } else if huge == Huge::Too {
            tracing::info!(log = table.log.name, rows_left = has, "bringing a log's rows into segments");
            carve(instance, &writer, table, at, cuts[0])?;
        } else {
            continue;
        }
        return Ok(true);
    }
    Ok(false)
}

/// Adds columns to one of the segments of a log that lack some for properties, and
/// tells whether there was one: until then, who reads such a property has to look for
/// it among those that were unknown. Where rows can lie in no such place, nothing is
/// gained. What is huge gets them when parts are taken from it.
pub(crate) fn complete_one(instance: &Instance, table: &LogTable) -> duckdb::Result<bool> {
    let is_slow = |place: &Place| !late_properties(table.log, &place.segment.lacking()).is_empty();
    if !table.state().layout.places.iter().any(is_slow) {
        return Ok(false);
    }
    let writer = instance.writer();
    let places = table.state().layout.places.clone();
    for place in places.iter().filter(|place| is_slow(place)) {
        let segment = &place.segment;
        let is_huge = segment.rows(&writer, table)? > CARVED_FROM * instance.segment_rows();
        if !is_huge && segment.index(&writer, table, TimeIndex::is_whole)? {
            complete(instance, &writer, table, std::slice::from_ref(segment))?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether segments are split that take long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Huge {
    /// They are.
    Too,
    /// They are left.
    Not,
}

/// Instants that cut a segment into parts of about `rows` rows.
fn cuts(
    writer: &Connection,
    table: &LogTable,
    place: &Place,
    has: u64,
    rows: u64,
) -> duckdb::Result<Vec<Instant>> {
    let parts = (has / rows.max(1)).max(2);
    let each = has.div_ceil(parts);
    place.segment.index(writer, table, |index| {
        let mut cuts = Vec::new();
        let mut from = place.start;
        for _ in 1..parts {
            let Some(edge) = index.window(from, each).edge else { break };
            if edge >= index.end().unwrap_or(Instant::MAX) {
                break;
            }
            cuts.push(edge);
            from = edge;
        }
        cuts
    })
}

/// Writes a segment anew, in order, if it can be read whole.
pub(crate) fn write_anew(instance: &Instance, table: &LogTable, number: u32) -> duckdb::Result<()> {
    let writer = instance.writer();
    let layout = table.state().layout.clone();
    let Some(at) = layout.places.iter().position(|place| place.segment.number == number) else {
        return Ok(());
    };
    if layout.places[at].segment.index(&writer, table, TimeIndex::is_whole)? {
        rewrite(instance, &writer, table, at, &[])?;
    }
    Ok(())
}

/// Writes a segment anew, in order, as one that starts where it does and one for
/// each cut.
fn rewrite(
    instance: &Instance,
    writer: &Connection,
    table: &LogTable,
    at: usize,
    cuts: &[Instant],
) -> duckdb::Result<()> {
    let layout = table.state().layout.clone();
    let old = &layout.places[at];
    let mut number = layout.largest_number();
    let starts = std::iter::once(old.start).chain(cuts.iter().copied());
    let places: Vec<Place> = starts
        .map(|start| {
            number += 1;
            let segment = Segment::new(number, table.table_of(number), Counts::default());
            Place { start, segment: Arc::new(segment) }
        })
        .collect();
    let ((), state) = instance.move_rows(
        writer,
        || table.change(),
        |writer| {
            for (part, place) in places.iter().enumerate() {
                let end = places.get(part + 1).map(|next| next.start);
                copy(writer, table, &old.segment, place, end)?;
            }
            drop_segment(writer, table.tenant, table.log, old.segment.number)?;
            Ok(Outcome::Keep(()))
        },
    )?;
    let mut all = layout.places.to_vec();
    all.splice(at..=at, places);
    if let Some(mut state) = state {
        state.layout.replace(all);
    }
    Ok(())
}

/// Takes the rows before a cut out of a segment and makes them one of their own.
fn carve(
    instance: &Instance,
    writer: &Connection,
    table: &LogTable,
    at: usize,
    cut: Instant,
) -> duckdb::Result<()> {
    let layout = table.state().layout.clone();
    let old = &layout.places[at];
    let number = layout.largest_number() + 1;
    let segment = Arc::new(Segment::new(number, table.table_of(number), Counts::default()));
    let place = Place { start: old.start, segment };
    old.segment.counts_mut().version += 1;
    let ((), state) = instance.move_rows(
        writer,
        || table.change(),
        |writer| {
            copy(writer, table, &old.segment, &place, Some(cut))?;
            let time = quoted(table.log.time);
            writer
                .execute(&format!("DELETE FROM {} WHERE {time} < {}", old.segment.table, cut.ticks()), [])?;
            discard_counts(writer, table, &old.segment)?;
            move_segment(writer, table.tenant, table.log, old.segment.number, cut)?;
            Ok(Outcome::Keep(()))
        },
    )?;
    let mut all = layout.places.to_vec();
    all[at].start = cut;
    all.insert(at, place);
    old.segment.forget_counts();
    if let Some(mut state) = state {
        state.layout.replace(all);
    }
    Ok(())
}

/// Copies rows of a segment, in order, to a new one.
fn copy(
    writer: &Connection,
    table: &LogTable,
    old: &Segment,
    new: &Place,
    end: Option<Instant>,
) -> duckdb::Result<()> {
    catalog::create_segment(writer, table.tenant, table.log, new.segment.number, new.start)?;
    let (columns, time) = (sql::all_columns(table.log), quoted(table.log.time));
    let until = end.map_or(String::new(), |end| format!(" AND {time} < {}", end.ticks()));
    writer.execute_batch(&format!(
        "INSERT INTO {} ({columns}) SELECT {columns} FROM {} WHERE {time} >= {}{until} ORDER BY {time}, id",
        new.segment.table,
        old.source(table.log),
        new.start.ticks()
    ))
}

/// Writes those segments of a log anew whose rows of one time lie far apart, as
/// after an import of many files in no order.
pub(crate) fn reorder(instance: &Instance, table: &LogTable) -> duckdb::Result<()> {
    let writer = instance.writer();
    let numbers: Vec<u32> = {
        let state = table.state();
        let touched =
            state.layout.places.iter().filter(|place| place.segment.is_touched.load(Ordering::Relaxed));
        touched.map(|place| place.segment.number).collect()
    };
    for number in numbers {
        let layout = table.state().layout.clone();
        let Some(at) = layout.places.iter().position(|place| place.segment.number == number) else {
            continue;
        };
        let segment = &layout.places[at].segment;
        // A page of few rows is cheap in any order, and of one that cannot be
        // read whole nothing may be moved.
        if segment.index(&writer, table, TimeIndex::is_whole)?
            && overlap(&writer, table, segment)? > MAX_OVERLAP
        {
            tracing::info!(log = table.log.name, "putting the rows of a segment in order");
            rewrite(instance, &writer, table, at, &[])?;
        }
        segment.is_touched.store(false, Ordering::Relaxed);
    }
    Ok(())
}

/// How many row groups hold rows around the same time, on average.
fn overlap(writer: &Connection, table: &LogTable, segment: &Segment) -> duckdb::Result<u64> {
    let time = quoted(table.log.time);
    let mut statement = writer.prepare(&format!(
        "SELECT min({time}), max({time}) FROM {} GROUP BY rowid // {ROW_GROUP_SIZE}",
        segment.table
    ))?;
    let spans = statement
        .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?
        .collect::<duckdb::Result<Vec<_>>>()?;
    Ok(average_depth(&spans))
}

/// How many spans cover the middle of a span, on average.
fn average_depth(spans: &[(i64, i64)]) -> u64 {
    let mut starts: Vec<_> = spans.iter().map(|(start, _)| *start).collect();
    let mut ends: Vec<_> = spans.iter().map(|(_, end)| *end).collect();
    starts.sort_unstable();
    ends.sort_unstable();
    let depth = |at: i64| {
        let begun = starts.partition_point(|start| *start <= at);
        let over = ends.partition_point(|end| *end < at);
        (begun - over) as u64
    };
    let sum: u64 = spans.iter().map(|(start, end)| depth(start / 2 + end / 2)).sum();
    sum / (spans.len() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_tells_order_from_disorder() {
        let ordered: Vec<_> = (0..100).map(|at| (at * 10, at * 10 + 10)).collect();
        assert!(average_depth(&ordered) <= 1);
        let shuffled: Vec<_> = (0..100).map(|at| (at, 1_000 - at)).collect();
        assert_eq!(average_depth(&shuffled), 100);
        assert_eq!(average_depth(&[]), 0);
    }
}
