//! Deleting what is too old to be kept.

use duckdb::{Connection, params};
use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId};
use trunklog_store::OldRows;

use super::commit::Commit;
use crate::catalog::{Tenant, discard_counts, drop_segment, move_segment};
use crate::cubes::{self, Booking, Sign};
use crate::hours::hour_in_sql;
use crate::instance::Instance;
use crate::log_table::{LogTable, Place};
use crate::sql::{SUPERSEDED, quoted};
use crate::transaction::Outcome;
use crate::view::read;

/// About how many rows are deleted at a time. Whoever appends waits meanwhile.
const ROWS_AT_A_TIME: u64 = 250_000;

/// Deletes the rows of a log before an instant, and tells how many there were.
/// When it fails, some may be gone already, the oldest first.
pub(crate) fn forget(
    instance: &Instance,
    id: TenantId,
    log: &'static Log,
    before: Instant,
) -> duckdb::Result<u64> {
    in_parts(instance, id, log, before, ROWS_AT_A_TIME)
}

/// What [`forget`] would delete.
pub(crate) fn forgettable(
    instance: &Instance,
    id: TenantId,
    log: &'static Log,
    before: Instant,
) -> duckdb::Result<OldRows> {
    let found = read(instance, id, log, |view| {
        let (connection, table, state) = (view.connection, view.table, view.state);
        let mut found = OldRows::default();
        for place in state.layout.places.iter() {
            place.segment.index(connection, table, crate::time_index::TimeIndex::check)??;
            found.of += place.segment.rows(connection, table)?;
        }
        let time = quoted(log.time);
        let mut superseded = 0_u64;
        for (at, place) in state.layout.places.iter().enumerate() {
            let name = place.segment.source(log);
            if state.has_superseded {
                let sql = format!("SELECT count(*) FROM {name} WHERE {SUPERSEDED} IS NOT NULL");
                superseded += connection.query_row(&sql, [], |row| row.get::<_, u64>(0))?;
            }
            if place.start >= before {
                continue;
            }
            let is_old_whole =
                state.layout.end_of(at).is_some_and(|end| end <= before) && !state.has_superseded;
            if is_old_whole && found.oldest.is_some() {
                found.rows += place.segment.rows(connection, table)?;
                continue;
            }
            let sql =
                format!("SELECT count(*), min({time}) FROM {name} WHERE {time} < ? AND {SUPERSEDED} IS NULL");
            let (rows, oldest): (u64, Option<i64>) =
                connection.query_row(&sql, params![before.ticks()], |row| Ok((row.get(0)?, row.get(1)?)))?;
            found.rows += rows;
            found.oldest = found.oldest.or(oldest.and_then(|ticks| Instant::from_ticks(ticks).ok()));
        }
        found.of -= superseded;
        Ok(found)
    })?;
    Ok(found.unwrap_or_default())
}

fn in_parts(
    instance: &Instance,
    id: TenantId,
    log: &'static Log,
    before: Instant,
    rows: u64,
) -> duckdb::Result<u64> {
    let Some((tenant, table)) = instance.log(id, log)? else { return Ok(0) };
    instance.read(|connection| {
        // Where not all rows could be counted, none is deleted.
        let places = table.state().layout.places.clone();
        places.iter().take_while(|place| place.start <= before).try_for_each(|place| {
            place.segment.index(connection, &table, crate::time_index::TimeIndex::check)?
        })
    })?;
    let mut deleted = 0;
    let next = || next_part(instance, (&tenant, &table), before, rows);
    while let Some(more) = cubes::or_without(instance, id, log, next)? {
        deleted += more;
    }
    drop_empty(instance, &table)?;
    Ok(deleted)
}

/// Deletes the oldest rows, about so many, and tells how many could be seen; None
/// when there are none left before the instant.
fn next_part(
    instance: &Instance,
    (tenant, table): (&Tenant, &LogTable),
    before: Instant,
    rows: u64,
) -> duckdb::Result<Option<u64>> {
    let writer = instance.writer();
    let state = table.state().clone();
    let Some((at, from)) = oldest(&writer, table, &state.layout.places, before)? else { return Ok(None) };
    let place = &state.layout.places[at];
    let end = state.layout.end_of(at).map_or(before, |end| end.min(before));
    let window = place.segment.index(&writer, table, |index| -> duckdb::Result<_> {
        index.check()?;
        Ok(index.window(from, rows))
    })??;
    let end = window.edge.map_or(end, |edge| edge.min(end));
    part(instance, &writer, tenant, table, place, end).map(Some)
}

/// The first segment that has rows before an instant, and the time of its first
/// row.
fn oldest(
    writer: &Connection,
    table: &LogTable,
    places: &[Place],
    before: Instant,
) -> duckdb::Result<Option<(usize, Instant)>> {
    let time = quoted(table.log.time);
    for (at, place) in places.iter().enumerate() {
        if place.start >= before {
            return Ok(None);
        }
        if place.segment.rows(writer, table)? == 0 {
            place.segment.index(writer, table, crate::time_index::TimeIndex::check)??;
            continue;
        }
        let sql = format!("SELECT min({time}) FROM {} WHERE {time} < ?", place.segment.table);
        let first: Option<i64> = writer.query_row(&sql, params![before.ticks()], |row| row.get(0))?;
        if let Some(first) = first.and_then(|ticks| Instant::from_ticks(ticks).ok()) {
            return Ok(Some((at, first)));
        }
    }
    Ok(None)
}

/// Deletes the rows of a segment before an instant in one transaction, and tells
/// how many of them could be seen.
fn part(
    instance: &Instance,
    writer: &Connection,
    tenant: &Tenant,
    table: &LogTable,
    place: &Place,
    before: Instant,
) -> duckdb::Result<u64> {
    let (segment, time) = (&place.segment, quoted(table.log.time));
    let (name, source) = (&segment.table, segment.source(table.log));
    let floor = segment.index(writer, table, |index| index.floor(before))?;
    let in_bucket: u64 = writer.query_row(
        &format!("SELECT count(*) FROM {name} WHERE {time} >= ? AND {time} < ?"),
        params![floor.ticks(), before.ticks()],
        |row| row.get(0),
    )?;
    let mut commit = Commit::next(instance, tenant)?;
    let mut booking = Booking::of(instance, writer, tenant, table)?;
    // Whoever counts the segment meanwhile counts it again.
    segment.counts_mut().version += 1;
    let seen = instance.transaction(writer, |writer| {
        let hour = hour_in_sql(&time);
        let mut statement = writer.prepare(&format!(
            "SELECT {hour} AS hour, count(*) FILTER (WHERE {SUPERSEDED} IS NULL) FROM {source}
                 WHERE {time} < ? GROUP BY hour"
        ))?;
        let hours = statement
            .query_map(params![before.ticks()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u64>(1)?)))?
            .collect::<duckdb::Result<Vec<_>>>()?;
        if hours.is_empty() {
            return Ok(Outcome::Leave(None));
        }
        commit.touch_hours(hours.iter().map(|(hour, _)| *hour));
        let is_old = format!("{time} < {}", before.ticks());
        let seen = format!("{source} WHERE {is_old} AND {SUPERSEDED} IS NULL");
        commit.keep_ids(writer, table, &seen)?;
        booking.read(writer, Sign::Minus, &seen)?;
        writer.execute(&format!("DELETE FROM {name} WHERE {is_old}"), [])?;
        discard_counts(writer, table, segment)?;
        booking.write(writer, table, commit.sequence())?;
        commit.write(writer, table)?;
        Ok(Outcome::Keep(Some(hours.iter().map(|(_, seen)| seen).sum())))
    })?;
    let Some(seen) = seen else { return Ok(0) };
    booking.publish();
    commit.publish(tenant, table, |_| {
        let mut counts = segment.counts_mut();
        counts.version += 1;
        counts.stored_rows = None;
        if let Some(index) = &mut counts.index {
            index.remove_before(before, in_bucket);
        }
    });
    Ok(seen)
}

/// Drops segments that have no rows left, all but one.
pub(crate) fn drop_empty(instance: &Instance, table: &LogTable) -> duckdb::Result<()> {
    let writer = instance.writer();
    let places = table.state().layout.places.to_vec();
    let mut kept = Vec::with_capacity(places.len());
    let mut empty = Vec::new();
    for place in places {
        let is_empty = place.segment.rows(&writer, table)? == 0
            && place.segment.index(&writer, table, crate::time_index::TimeIndex::is_whole)?;
        if is_empty { empty.push(place) } else { kept.push(place) }
    }
    if kept.is_empty() {
        kept.extend(empty.pop());
    }
    if empty.is_empty() {
        return Ok(());
    }
    let first = kept.first().map(|place| place.segment.number);
    let ((), state) = instance.move_rows(
        &writer,
        || table.change(),
        |writer| {
            for place in &empty {
                drop_segment(writer, table.tenant, table.log, place.segment.number)?;
            }
            if let Some(number) = first {
                move_segment(writer, table.tenant, table.log, number, Instant::ABSENT)?;
            }
            Ok(Outcome::Keep(()))
        },
    )?;
    if let Some(first) = kept.first_mut() {
        first.start = Instant::ABSENT;
    }
    if let Some(mut state) = state {
        state.layout.replace(kept);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use trunklog_records::json::RowDecoder;
    use trunklog_records::schema::SMS;
    use trunklog_records::{RowBuilder, TimeRange};
    use trunklog_store::Selection;

    use super::*;
    use crate::Options;
    use crate::opening;
    use crate::options::Access;
    use crate::read::page;
    use crate::write::append;

    #[test]
    fn many_rows_are_deleted_in_parts() {
        for segment_rows in [1 << 21, 20] {
            let tenant: TenantId = "7e570000-0000-4000-8000-000000000001".parse().unwrap();
            let folder = tempfile::tempdir().unwrap();
            let options = Options { segment_rows, ..Options::default() };
            let instance = opening::open(&folder.path().join("log.duckdb"), &options, Access::Write).unwrap();
            let at = |secs: i64| Instant::from_unix_secs(secs).unwrap();
            for second in 0..10 {
                let mut rows = RowBuilder::new(&SMS);
                // Ten rows of each second.
                for number in 0..10 {
                    let row = format!(r#"{{"id":"{second}{number}","sentDateTime":"{}"}}"#, at(second));
                    RowDecoder::new(&SMS).decode(row.as_bytes(), &mut rows).unwrap();
                }
                append::append(&instance, tenant, &rows.finish()).unwrap();
            }
            let (_, table) = instance.log(tenant, &SMS).unwrap().unwrap();
            assert_eq!(table.state().layout.places.len() > 1, segment_rows == 20);
            let left = || {
                let all = Selection::all(&SMS, TimeRange::ALL);
                page::count(&instance, tenant, &all, None).unwrap()
            };
            assert_eq!(in_parts(&instance, tenant, &SMS, at(5).saturating_add_ticks(-1), 7).unwrap(), 50);
            assert_eq!(left(), 50);
            assert_eq!(in_parts(&instance, tenant, &SMS, at(5), 7).unwrap(), 0);
            for (rows, deleted) in [(15, 40), (1, 0)] {
                assert_eq!(in_parts(&instance, tenant, &SMS, at(9), rows).unwrap(), deleted);
                assert_eq!(left(), 10);
            }
            let places = table.state().layout.places.clone();
            assert_eq!((places.len(), places[0].start), (1, Instant::ABSENT));
            let rows = instance.read(|connection| places[0].segment.rows(connection, &table)).unwrap();
            assert_eq!(rows, 10);
            assert_eq!(forget(&instance, tenant, &SMS, Instant::MAX).unwrap(), 10);
            assert_eq!(left(), 0);
        }
    }
}
