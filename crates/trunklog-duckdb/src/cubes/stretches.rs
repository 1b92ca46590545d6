//! Quarters and hours of minutes: what starts and ends in each, and by how much the
//! count of busy channels rises within it.
//!
//! They follow from minutes and their shapes, and so they are true as long as the
//! shapes of their hour are. They are written with these. A question about months
//! reads a sixtieth of the rows by them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, Int32Array, Int64Array};
use arrow::record_batch::RecordBatch;
use duckdb::Connection;
use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_store::busy::minutes::{MinuteSums, Shape, Stretch};
use trunklog_store::cube::CubeSet;

use super::minutes::MINUTES;
use super::new_rows::NewRows;
use super::tables::{ALL_SERIES, Tables, stretches_name, sum_of};
use crate::error::conversion;
use crate::hours::{hour_of, start_of_hour};
use crate::read::select::Select;
use crate::sql::Parameters;

/// The widths that are kept, from the widest. Offsets of zones are whole quarters.
pub(super) const WIDTHS: [i64; 2] = [Instant::TICKS_PER_HOUR, Instant::TICKS_PER_HOUR / 4];

/// Stretches by their width, series and line, in their order.
pub(super) type Stretches = BTreeMap<(i64, i32, i64), Vec<Stretch>>;

/// The columns that [`read`] reads: series, line, start, sums, peak, and when it is.
const COLUMNS: [&str; 9] = ["series", "line", "slot", "s0", "s1", "s2", "s3", "peak", "reached"];

/// What the minutes of some hours come to, with shapes by series, line and minute.
/// What has no shape never rises.
pub(super) fn of_minutes(
    connection: &Connection,
    tables: &Tables,
    set: &CubeSet,
    hours: &BTreeSet<i64>,
    shape: impl Fn(i32, i64, i64) -> Option<Shape>,
) -> duckdb::Result<Stretches> {
    let (Some(first), Some(last)) = (hours.first(), hours.last()) else { return Ok(Stretches::new()) };
    let within = within((*first, last + 1));
    let by = |series: &str| {
        format!(
            "SELECT *, 0::BIGINT AS peak, slot AS reached FROM ({}) AS m",
            minutes(tables, set, series, &within)
        )
    };
    let from =
        format!("({} UNION ALL {}) AS minutes ORDER BY series, line, slot", by("k0"), by(&all_series()));
    let mut minutes: BTreeMap<(i32, i64), Vec<Stretch>> = BTreeMap::new();
    read(connection, from, &mut |(series, line), mut minute| {
        if hours.contains(&hour_of(minute.start)) {
            minute.shape = shape(series, line, minute.start).unwrap_or(minute.shape);
            minutes.entry((series, line)).or_default().push(minute);
        }
        Ok(())
    })?;
    let mut stretches = Stretches::new();
    for ((series, line), minutes) in minutes {
        for width in WIDTHS {
            stretches.insert((width, series, line), Stretch::joined(width, minutes.iter().copied()));
        }
    }
    Ok(stretches)
}

/// Minutes that satisfy a condition, with what `series` tells of them: the columns of
/// [`COLUMNS`] up to the sums.
pub(super) fn minutes(tables: &Tables, set: &CubeSet, series: &str, condition: &str) -> String {
    let sums: Vec<_> = (0..4).map(|at| format!("{} AS s{at}", sum_of(&format!("m{at}")))).collect();
    format!(
        "SELECT {series} AS series, k2 AS line, slot, {} FROM {} WHERE {condition}
             GROUP BY ALL HAVING sum(m0) <> 0 OR sum(m2) <> 0",
        sums.join(", "),
        tables.cubes[set.cubes.len() + MINUTES]
    )
}

/// All series together, in SQL.
pub(super) fn all_series() -> String {
    format!("CAST({ALL_SERIES} AS INTEGER)")
}

/// The condition that something is within the hours from one to before another.
fn within((first, after): (i64, i64)) -> String {
    format!("slot >= {} AND slot < {}", start_of_hour(first), start_of_hour(after))
}

/// Reads stretches from a relation that has [`COLUMNS`].
pub(super) fn read(
    connection: &Connection,
    from: String,
    each: &mut dyn FnMut((i32, i64), Stretch) -> duckdb::Result<()>,
) -> duckdb::Result<()> {
    let mut select = Select::new(from, Parameters::default());
    select.is_rare();
    select.stream(connection, &COLUMNS.join(", "), |batch| read_batch(batch, each))
}

fn read_batch(
    batch: &RecordBatch,
    each: &mut dyn FnMut((i32, i64), Stretch) -> duckdb::Result<()>,
) -> duckdb::Result<()> {
    let series = batch.column(0).as_any().downcast_ref::<Int32Array>();
    let whole = |at: usize| batch.column(at).as_any().downcast_ref::<Int64Array>();
    let columns: Option<Vec<_>> = (1..COLUMNS.len()).map(whole).collect();
    let (Some(series), Some(columns)) = (series, columns) else {
        return Err(conversion(std::io::Error::other("minutes have columns of other types")));
    };
    for row in 0..batch.num_rows() {
        let value = |at: usize| columns[at].value(row);
        let sums =
            MinuteSums { starts: value(2), start_offsets: value(3), ends: value(4), end_offsets: value(5) };
        let shape = Shape { net: sums.net(), peak: value(6), at: value(7) };
        each((series.value(row), value(0)), Stretch { start: value(1), sums, shape })?;
    }
    Ok(())
}

/// Takes the stretches of some hours away, as a part of a transaction.
pub(super) fn delete(writer: &Connection, tables: &Tables, hours: &BTreeSet<i64>) -> duckdb::Result<()> {
    let mut from = hours.iter().copied().peekable();
    while let Some(first) = from.next() {
        // Hours after each other go at once.
        let mut after = first + 1;
        while from.next_if_eq(&after).is_some() {
            after += 1;
        }
        forget(writer, tables, (first, after))?;
    }
    Ok(())
}

/// Takes those of the hours from one to before another away.
pub(super) fn forget(writer: &Connection, tables: &Tables, hours: (i64, i64)) -> duckdb::Result<()> {
    writer.execute_batch(&format!("DELETE FROM {} WHERE {}", tables.stretches, within(hours)))
}

/// Adds stretches, as a part of a transaction.
pub(super) fn append(
    writer: &Connection,
    id: TenantId,
    set: &CubeSet,
    stretches: &Stretches,
) -> duckdb::Result<()> {
    let mut rows: Vec<_> = stretches
        .iter()
        .flat_map(|((width, series, line), of)| {
            of.iter().map(move |stretch| (*width, *series, *line, *stretch))
        })
        .collect();
    rows.sort_unstable_by_key(|(width, series, line, stretch)| (*width, stretch.start, *series, *line));
    let column = |value: fn(&Stretch) -> i64| rows.iter().map(|(.., stretch)| value(stretch)).collect();
    let series: Int32Array = rows.iter().map(|(_, series, ..)| Some(*series)).collect();
    NewRows::default()
        .with_whole("width", rows.iter().map(|(width, ..)| *width).collect())
        .with_whole("slot", column(|stretch| stretch.start))
        .with("series", Arc::new(series))
        .with_whole("line", rows.iter().map(|(_, _, line, _)| *line).collect())
        .with_whole("m0", column(|stretch| stretch.sums.starts))
        .with_whole("m1", column(|stretch| stretch.sums.start_offsets))
        .with_whole("m2", column(|stretch| stretch.sums.ends))
        .with_whole("m3", column(|stretch| stretch.sums.end_offsets))
        .with_whole("peak", column(|stretch| stretch.shape.peak))
        .with_whole("reached", column(|stretch| stretch.shape.at))
        .append(writer, id, &stretches_name(set.log))
}

/// Those that are stored where a condition holds, as [`read`] reads them.
pub(super) fn stored(tables: &Tables, condition: &str) -> String {
    format!(
        "SELECT series, line, slot, m0 AS s0, m1 AS s1, m2 AS s2, m3 AS s3, peak, reached FROM {} WHERE {condition}",
        tables.stretches
    )
}

/// Compares those that are stored of some hours, whose shapes are made, with what
/// their minutes come to, and tells how many there are and how many of them are wrong.
pub(super) fn compare(
    connection: &Connection,
    tables: &Tables,
    hours: &BTreeSet<i64>,
    right: &Stretches,
) -> duckdb::Result<(u64, u64)> {
    let (Some(first), Some(last)) = (hours.first(), hours.last()) else { return Ok((0, 0)) };
    // Which is stored is told by all of these, and then it is there once.
    let mut left: BTreeMap<(i64, i32, i64, i64), Stretch> = BTreeMap::new();
    for ((width, series, line), stretches) in right {
        left.extend(stretches.iter().map(|stretch| ((*width, *series, *line, stretch.start), *stretch)));
    }
    let (compared, mut wrong) = (left.len() as u64, 0);
    for width in WIDTHS {
        let condition = format!("width = {width} AND {}", within((*first, last + 1)));
        let from = format!("({}) AS stretches ORDER BY series, line, slot", stored(tables, &condition));
        read(connection, from, &mut |(series, line), stretch| {
            if hours.contains(&hour_of(stretch.start)) {
                let right = left.remove(&(width, series, line, stretch.start));
                wrong += u64::from(right != Some(stretch));
            }
            Ok(())
        })?;
    }
    Ok((compared, wrong + left.len() as u64))
}
