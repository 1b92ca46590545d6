//! Taking rows away, or values from them.

use std::sync::Arc;

use duckdb::{Connection, params_from_iter};
use trunklog_records::TenantId;
use trunklog_store::{Erase, Erasure};

use super::commit::Commit;
use super::complete::complete;
use crate::catalog::discard_counts;
use crate::cubes::{self, Booking, Sign};
use crate::expression;
use crate::hours::hour_in_sql;
use crate::instance::Instance;
use crate::log_table::{LogTable, Place, Segment};
use crate::sql::{self, CHANGED, Parameters, SUPERSEDED, quoted, within};
use crate::transaction::Outcome;

/// Erases, and tells of how many rows that could be seen.
///
/// Rows that gave way to others are erased with them: nobody asked for them to
/// be kept.
pub(crate) fn erase(instance: &Instance, id: TenantId, erasure: &Erasure) -> duckdb::Result<u64> {
    cubes::or_without(instance, id, erasure.selection.log, || erase_once(instance, id, erasure))
}

fn erase_once(instance: &Instance, id: TenantId, erasure: &Erasure) -> duckdb::Result<u64> {
    let selection = &erasure.selection;
    let Some((tenant, table)) = instance.log(id, selection.log)? else { return Ok(0) };
    let writer = instance.writer();
    let state = table.state().clone();
    let places = state.layout.between(selection.range.from(), selection.range.end());
    if places.is_empty() {
        return Ok(0);
    }
    for place in places {
        place.segment.index(&writer, &table, crate::time_index::TimeIndex::check)??;
        place.segment.counts_mut().version += 1;
    }
    loop {
        let mut commit = Commit::next(instance, &tenant)?;
        let mut booking = Booking::of(instance, &writer, &tenant, &table)?;
        booking.is_erasure();
        match once(instance, &writer, &table, places, erasure, (&mut commit, &mut booking))? {
            Erased::Nothing => return Ok(0),
            Erased::Incomplete(segments) => complete(instance, &writer, &table, &segments)?,
            Erased::Rows { seen, changed } => {
                booking.publish();
                commit.publish(&tenant, &table, |_| {
                    if erasure.what == Erase::Rows {
                        for place in changed {
                            place.segment.forget_counts();
                        }
                    }
                });
                return Ok(seen);
            }
        }
    }
}

/// How an erasure ended.
enum Erased<'a> {
    /// There was nothing to erase.
    Nothing,
    /// Nothing was done: these segments lack columns that have to be written.
    Incomplete(Vec<Arc<Segment>>),
    /// So many rows were erased that could be seen, and these segments have changed.
    Rows { seen: u64, changed: Vec<&'a Place> },
}

/// Erases as one transaction.
fn once<'a>(
    instance: &Instance,
    writer: &Connection,
    table: &LogTable,
    places: &'a [Place],
    erasure: &Erasure,
    (commit, booking): (&mut Commit, &mut Booking),
) -> duckdb::Result<Erased<'a>> {
    instance.transaction(writer, |writer| {
        find(writer, places, erasure)?;
        let (rows, seen): (u64, u64) = writer.query_row(
            "SELECT count(*), count(*) FILTER (is_seen) FROM temp.main.erased",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if rows == 0 {
            return Ok(Outcome::Leave(Erased::Nothing));
        }
        if erasure.what != Erase::Rows {
            let incomplete = incomplete(writer, places)?;
            if !incomplete.is_empty() {
                return Ok(Outcome::Leave(Erased::Incomplete(incomplete)));
            }
        }
        let hours = {
            let hour = hour_in_sql(&quoted(table.log.time));
            let mut statement = writer.prepare(&format!("SELECT DISTINCT {hour} FROM temp.main.erased"))?;
            statement.query_map([], |row| row.get::<_, i64>(0))?.collect::<duckdb::Result<Vec<_>>>()?
        };
        commit.touch_hours(hours.into_iter());
        if erasure.what == Erase::Rows {
            commit.keep_ids(writer, table, "temp.main.erased WHERE is_seen")?;
        }
        let mut changed = Vec::new();
        for place in places {
            // What the sums do not depend on is not booked.
            let is_booked = match &erasure.what {
                Erase::Rows => true,
                Erase::Properties(properties) => booking.depends_on(properties),
            };
            if is_booked {
                book(writer, table, place, Sign::Minus, commit, booking)?;
            }
            if change(writer, table, place, erasure, commit)? > 0 {
                changed.push(place);
            }
            if is_booked && erasure.what != Erase::Rows {
                book(writer, table, place, Sign::Plus, commit, booking)?;
            }
        }
        booking.write(writer, table, commit.sequence())?;
        commit.write(writer, table)?;
        writer.execute_batch("DROP TABLE temp.main.erased")?;
        Ok(Outcome::Keep(Erased::Rows { seen, changed }))
    })
}

/// So many rows are booked before what they bring may be written.
const BOOKED_AT_A_TIME: u64 = 100_000;

/// Books the rows of one segment that were found and can be seen.
fn book(
    writer: &Connection,
    table: &LogTable,
    place: &Place,
    sign: Sign,
    commit: &Commit,
    booking: &mut Booking,
) -> duckdb::Result<()> {
    if booking.is_idle() {
        return Ok(());
    }
    let (segment, number) = (&place.segment, place.segment.number);
    let sql = format!(
        "SELECT coalesce(min(number), 0), coalesce(max(number) + 1, 0) FROM temp.main.erased WHERE segment = {number}"
    );
    let (mut from, end): (u64, u64) = writer.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    while from < end {
        let after = end.min(from + BOOKED_AT_A_TIME);
        let found = format!(
            "SELECT stored FROM temp.main.erased
                 WHERE segment = {number} AND is_seen AND number >= {from} AND number < {after}"
        );
        let rows = format!("{} WHERE rowid IN ({found})", segment.source(table.log));
        booking.read(writer, sign, &rows)?;
        booking.relieve(writer, table, commit.sequence())?;
        from = after;
    }
    Ok(())
}

/// The segments with rows that were found which lack columns.
fn incomplete(writer: &Connection, places: &[Place]) -> duckdb::Result<Vec<Arc<Segment>>> {
    let lacking: Vec<_> = places.iter().filter(|place| !place.segment.is_complete()).collect();
    if lacking.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = writer.prepare("SELECT DISTINCT segment FROM temp.main.erased")?;
    let found = statement.query_map([], |row| row.get::<_, u32>(0))?.collect::<duckdb::Result<Vec<_>>>()?;
    let found = lacking.into_iter().filter(|place| found.contains(&place.segment.number));
    Ok(found.map(|place| Arc::clone(&place.segment)).collect())
}

/// Puts the rows that are meant into a temporary table.
fn find(writer: &Connection, places: &[Place], erasure: &Erasure) -> duckdb::Result<()> {
    let selection = &erasure.selection;
    let mut parameters = Parameters::default();
    let mut conditions = vec![within(selection.log, selection.range, &mut parameters)];
    if let Some(filter) = &selection.filter {
        conditions.push(expression::condition(filter, selection.log, &mut parameters));
    }
    if let Erase::Properties(properties) = &erasure.what {
        let is_there = names(erasure, properties).map(|name| format!("{name} IS NOT NULL"));
        conditions.push(format!("({})", is_there.collect::<Vec<_>>().join(" OR ")));
    }
    let conditions = conditions.join(" AND ");
    let time = quoted(selection.log.time);
    let columns = format!("rowid AS stored, {time}, id, {SUPERSEDED} IS NULL AS is_seen");
    let parts = places.iter().map(|place| {
        let segment = &place.segment;
        let source = segment.source(selection.log);
        format!("SELECT {} AS segment, {columns} FROM {source} WHERE {conditions}", segment.number)
    });
    let parts: Vec<_> = parts.collect();
    let sql = format!(
        "CREATE OR REPLACE TEMP TABLE erased AS SELECT row_number() OVER () AS number, * FROM ({})",
        parts.join(" UNION ALL ")
    );
    writer.execute(&sql, params_from_iter(parameters.values()))?;
    Ok(())
}

/// The columns of properties.
fn names<'a>(erasure: &'a Erasure, properties: &'a [usize]) -> impl Iterator<Item = String> + 'a {
    let columns: Vec<_> = sql::row_columns(erasure.selection.log).map(|(name, _)| name).collect();
    properties.iter().filter_map(move |at| columns.get(*at).map(|name| quoted(name)))
}

/// Erases the rows of one segment that were found, and tells how many there
/// were.
fn change(
    writer: &Connection,
    table: &LogTable,
    place: &Place,
    erasure: &Erasure,
    commit: &Commit,
) -> duckdb::Result<usize> {
    let segment = &place.segment;
    let rows = format!("rowid IN (SELECT stored FROM temp.main.erased WHERE segment = {})", segment.number);
    match &erasure.what {
        Erase::Rows => {
            let deleted = writer.execute(&format!("DELETE FROM {} WHERE {rows}", segment.table), [])?;
            if deleted > 0 {
                discard_counts(writer, table, segment)?;
            }
            Ok(deleted)
        }
        Erase::Properties(properties) => {
            let values: Vec<_> = names(erasure, properties).map(|name| format!("{name} = NULL")).collect();
            let sql = format!(
                "UPDATE {} SET {}, {CHANGED} = {} WHERE {rows}",
                segment.table,
                values.join(", "),
                commit.number
            );
            writer.execute(&sql, [])
        }
    }
}
