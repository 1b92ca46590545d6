//! Comparing shapes, and the stretches that follow from them, with the rows.

use std::collections::{BTreeSet, HashMap};

use duckdb::Connection;
use trunklog_store::cube::CubeSet;

use super::super::minutes::MINUTES;
use super::super::stretches;
use super::super::tables::{ALL_SERIES, Tables};
use super::{NotedHour, Series, of_rows, runs, shaped};
use crate::hours::{hour_of, start_of_hour};
use crate::view::View;

/// Compares the shapes of the hours from one to before another, where they are made,
/// with the rows, and tells how many there are and how many of them are wrong.
pub(in crate::cubes) fn compare(
    view: &View<'_>,
    tables: &Tables,
    set: &CubeSet,
    (first, after): (i64, i64),
) -> duckdb::Result<(u64, u64)> {
    let hours = shaped(view.connection, tables, (first, after))?;
    let names = names(view.connection, tables, set)?;
    let (mut compared, mut wrong) = (0, 0);
    for run in runs(view.connection, tables, set, &hours)? {
        let (mut right, _) = of_rows(view, set, &run, || Ok(()))?;
        compared += right.len() as u64;
        let meant: BTreeSet<i64> = run.iter().map(|hour| hour.hour).collect();
        let shape = |series: i32, line, minute| {
            let series = if series == ALL_SERIES { &Series::All } else { names.get(&series)? };
            right.get(&(series.clone(), line, minute)).copied()
        };
        let stretches = stretches::of_minutes(view.connection, tables, set, &meant, shape)?;
        let (others, wrong_others) = stretches::compare(view.connection, tables, &meant, &stretches)?;
        compared += others;
        wrong += wrong_others;
        for (key, (peak, at)) in stored(view.connection, tables, &run)? {
            if !meant.contains(&hour_of(key.2)) {
                continue;
            }
            match right.remove(&key) {
                Some(shape) if (shape.peak, shape.at) == (peak, at) => {}
                Some(_) => wrong += 1,
                None => {
                    compared += 1;
                    wrong += 1;
                }
            }
        }
        wrong += right.len() as u64;
    }
    Ok((compared, wrong))
}

/// The series that there may be, by their ids.
fn names(connection: &Connection, tables: &Tables, set: &CubeSet) -> duckdb::Result<HashMap<i32, Series>> {
    let mut statement = connection.prepare(&format!(
        "SELECT id, text FROM {} WHERE id IN (SELECT DISTINCT k0 FROM {})",
        tables.texts,
        tables.cubes[set.cubes.len() + MINUTES]
    ))?;
    let named = |row: &duckdb::Row<'_>| -> duckdb::Result<(i32, Series)> {
        let name: Option<String> = row.get(1)?;
        Ok((row.get(0)?, Series::One(name.map(Into::into))))
    };
    statement.query_map([], named)?.collect()
}

/// The peaks that are stored of the hours of a run and between them, and when they
/// are.
fn stored(
    connection: &Connection,
    tables: &Tables,
    run: &[NotedHour],
) -> duckdb::Result<Vec<((Series, i64, i64), (i64, i64))>> {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT s.series, t.text, s.line, s.slot, s.peak, s.reached FROM {} AS s LEFT JOIN {} AS t ON t.id = s.series
             WHERE s.slot >= {} AND s.slot < {}",
        tables.shapes,
        tables.texts,
        start_of_hour(first.hour),
        start_of_hour(last.hour + 1)
    );
    let mut statement = connection.prepare(&sql)?;
    let found = statement.query_map([], |row| {
        let name: Option<String> = row.get(1)?;
        let series = match row.get::<_, i32>(0)? {
            ALL_SERIES => Series::All,
            _ => Series::One(name.map(Into::into)),
        };
        let whole = |at: usize| row.get::<_, i64>(at);
        Ok(((series, whole(2)?, whole(3)?), (whole(4)?, whole(5)?)))
    })?;
    found.collect()
}
