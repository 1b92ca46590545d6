//! Reading everything, to find what cannot be read before somebody asks for
//! it; and a little of it, to see whether the engine works.

use duckdb::Connection;
use trunklog_odata::Instant;
use trunklog_records::schema::ID;
use trunklog_records::{Log, TenantId};
use trunklog_store::{Fault, Verification};

use crate::catalog::{CHANGES, COMMITS, DELETIONS, FLAGS, SEGMENTS};
use crate::cubes;
use crate::error::is_damage;
use crate::format;
use crate::instance::Instance;
use crate::log_table::{Layout, LogTable, Place, Segment};
use crate::sql::{self, DATABASE, ROW_GROUP_SIZE, SUPERSEDED, quoted};
use crate::tables::has_table_in;
use crate::time_index::TimeIndex;

/// Rows that are read at a time.
const PART: u64 = 64 * ROW_GROUP_SIZE as u64;

/// The most segments that a probe looks into.
const PROBED: usize = 16;

/// A place in a log is the number of a segment and, in the lower bits, that of a
/// row in it.
const ROW_BITS: u32 = 40;

/// Reads one value of a late row of each of some segments in use, which costs
/// little; what is wrong elsewhere shows in requests.
pub(crate) fn probe(instance: &Instance) -> duckdb::Result<()> {
    let newest = |table: &LogTable| table.state().layout.places.last().cloned();
    for table in instance.known_logs().iter().take(PROBED) {
        while let Some(place) = newest(table) {
            let found = reads_late_row(instance, &place.segment);
            // Its rows may have been moved to another segment meanwhile.
            if newest(table).is_some_and(|now| now.segment.number == place.segment.number) {
                found?;
                break;
            }
        }
    }
    instance.read(|connection| connection.query_row("SELECT 1", [], |_| Ok(())))
}

/// Reads a value of a row near the end of a segment, and tells whether there was
/// one.
fn reads_late_row(instance: &Instance, segment: &Segment) -> duckdb::Result<bool> {
    let rows = {
        let counts = segment.counts();
        counts.index.as_ref().map(TimeIndex::rows).or(counts.stored_rows)
    };
    // What nobody counted yet is not in use.
    let Some(last) = rows.and_then(|rows| rows.checked_sub(1)) else { return Ok(false) };
    // Where rows were deleted, the places of the others are higher than their
    // count, and this one may be empty.
    let sql = format!("SELECT {ID} FROM {} WHERE rowid >= {last} LIMIT 1", segment.table);
    instance.read(|connection| connection.prepare(&sql)?.exists([]))
}

/// Reads the rows of a log from a place on: a part of them. When rows are moved
/// meanwhile, it is read again.
pub(crate) fn part(
    instance: &Instance,
    id: TenantId,
    log: &'static Log,
    from: u64,
) -> duckdb::Result<Verification> {
    loop {
        let version = |table: &LogTable| table.state().layout.version;
        let before = instance.log(id, log).ok().flatten().map(|(_, table)| version(&table));
        let found = part_once(instance, id, log, from);
        let after = instance.log(id, log).ok().flatten().map(|(_, table)| version(&table));
        if before == after || before.is_none() {
            return found;
        }
    }
}

fn part_once(
    instance: &Instance,
    id: TenantId,
    log: &'static Log,
    from: u64,
) -> duckdb::Result<Verification> {
    let table = match instance.log(id, log) {
        Ok(Some((_, table))) => table,
        Ok(None) => return Ok(Verification::default()),
        // Not even the log's own description can be read.
        Err(error) if is_damage(&error) => {
            return Ok(Verification { faults: vec![unreadable(0, None)], ..Verification::default() });
        }
        Err(error) => return Err(error),
    };
    let layout = table.state().layout.clone();
    let (number, row) = (from >> ROW_BITS, from & ((1 << ROW_BITS) - 1));
    let next_from = |number: u64| {
        let numbers = layout.places.iter().map(|place| u64::from(place.segment.number));
        numbers.filter(|other| *other >= number).min()
    };
    let Some(found) = next_from(number) else { return Ok(Verification::default()) };
    let Some(at) = layout.places.iter().position(|place| u64::from(place.segment.number) == found) else {
        return Ok(Verification::default());
    };
    let place = &layout.places[at];
    // The segment may have been written anew since the part before.
    let row = if found == number { row } else { 0 };
    let places = instance.read(|connection| {
        let sql = format!("SELECT coalesce(max(rowid) + 1, 0) FROM {}", place.segment.table);
        connection.query_row(&sql, [], |row| row.get::<_, u64>(0))
    })?;
    let end = places.min(row.saturating_add(PART));
    let mut verified = instance.read(|connection| {
        let reading =
            Reading { connection, segment: &place.segment, log, values: values(connection, &place.segment)? };
        reading.rows(row, end)
    })?;
    if end < places {
        verified.next = Some((found << ROW_BITS) | end);
        return Ok(verified);
    }
    verified.faults.extend(miscounted(instance, &table, place)?);
    verified.faults.extend(doubled(instance, &table, place)?);
    verified.faults.extend(misplaced(instance, &table, &layout, at)?);
    verified.next = next_from(found + 1).map(|number| number << ROW_BITS);
    if verified.next.is_none() {
        verified.faults.extend(unreadable_notes(instance, &table)?);
        verified.faults.extend(cubes::unreadable(instance, &table)?);
    }
    Ok(verified)
}

struct Reading<'a> {
    connection: &'a Connection,
    segment: &'a Segment,
    log: &'static Log,
    /// All columns of the table as a list.
    values: String,
}

impl Reading<'_> {
    /// Reads all values of the rows between two places. What cannot be read is
    /// narrowed down to row groups.
    fn rows(&self, from: u64, end: u64) -> duckdb::Result<Verification> {
        let mut verified = Verification::default();
        let mut damaged: Vec<(u64, u64)> = Vec::new();
        let mut waiting = vec![(from, end)];
        while let Some((from, end)) = waiting.pop() {
            if from >= end {
                continue;
            }
            match self.read(from, end) {
                Ok(rows) => verified.rows += rows,
                Err(error) if !is_damage(&error) => return Err(error),
                Err(_) if end - from > u64::from(ROW_GROUP_SIZE) => {
                    let groups = (end - from).div_ceil(u64::from(ROW_GROUP_SIZE));
                    let middle = from + groups / 2 * u64::from(ROW_GROUP_SIZE);
                    // The earlier one is on top, so that places come in order.
                    waiting.push((middle, end));
                    waiting.push((from, middle));
                }
                Err(_) => match damaged.last_mut() {
                    Some((_, last)) if *last == from => *last = end,
                    _ => damaged.push((from, end)),
                },
            }
        }
        for (from, end) in damaged {
            verified.faults.push(unreadable(end - from, self.times(from, end)));
        }
        Ok(verified)
    }

    /// Every value goes into a hash, so every block is read.
    fn read(&self, from: u64, end: u64) -> duckdb::Result<u64> {
        let (name, values) = (&self.segment.table, &self.values);
        let sql = format!(
            "SELECT count(*), bit_xor(hash({values})) FROM {name} WHERE rowid >= {from} AND rowid < {end}"
        );
        self.connection.query_row(&sql, [], |row| row.get(0))
    }

    /// The first and last time between two places, or else those of the rows
    /// around them, as far as they can be read.
    fn times(&self, from: u64, end: u64) -> Option<(Instant, Instant)> {
        self.times_within(from, end).or_else(|| {
            let before = from.checked_sub(1).and_then(|before| self.times_within(before, from));
            let after = self.times_within(end, end + 1);
            Some((before.or(after)?.0, after.or(before)?.1))
        })
    }

    fn times_within(&self, from: u64, end: u64) -> Option<(Instant, Instant)> {
        let (name, time) = (&self.segment.table, quoted(self.log.time));
        // Only bounds keep the engine from reading what lies outside.
        let sql =
            format!("SELECT min({time}), max({time}) FROM {name} WHERE rowid >= {from} AND rowid < {end}");
        let ends: (Option<i64>, Option<i64>) =
            self.connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
        Some((Instant::from_ticks(ends.0?).ok()?, Instant::from_ticks(ends.1?).ok()?))
    }
}

/// The columns that the table really has: an older store may lack some.
fn values(connection: &Connection, segment: &Segment) -> duckdb::Result<String> {
    let mut statement =
        connection.prepare(&format!("SELECT name FROM pragma_table_info('{}')", segment.table))?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    let names: Vec<String> = names.collect::<duckdb::Result<_>>()?;
    Ok(names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
}

fn unreadable(rows: u64, times: Option<(Instant, Instant)>) -> Fault {
    Fault { what: "cannot be read, their blocks on disk are damaged".to_owned(), rows, times }
}

/// What cannot be read of what the store remembers of a log beside its rows.
fn unreadable_notes(instance: &Instance, table: &LogTable) -> duckdb::Result<Vec<Fault>> {
    const NOTES: [(&str, &str); 5] = [
        (SEGMENTS, "where segments start"),
        (FLAGS, "what was removed"),
        (COMMITS, "the times of commits"),
        (CHANGES, "the hours that changed"),
        (DELETIONS, "the ids of deleted rows"),
    ];
    let mut faults = Vec::new();
    for (name, what) in NOTES {
        let name = sql::table(table.tenant, name);
        let found = instance.read(|connection| {
            if !has_table_in(connection, &sql::schema(table.tenant), COMMITS)? {
                return Ok(());
            }
            let sql = format!("SELECT bit_xor(hash(notes)) FROM {name} AS notes");
            connection.query_row(&sql, [], |_| Ok(()))
        });
        match found {
            Ok(()) => {}
            Err(error) if is_damage(&error) => {
                let what = format!("{what} cannot be read, their blocks on disk are damaged");
                faults.push(Fault { what, rows: 0, times: None });
            }
            Err(error) => return Err(error),
        }
    }
    // The store's own tables concern every log.
    let own = instance.read(|connection| {
        let mut statement = connection.prepare(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = 'main'",
        )?;
        let names = statement.query_map([DATABASE], |row| row.get::<_, String>(0))?;
        names.collect::<duckdb::Result<Vec<_>>>()
    })?;
    let mut own: Vec<_> = own.iter().map(|name| format!("{DATABASE}.main.{}", quoted(name))).collect();
    own.extend(instance.read(format::readable_guard)?);
    for name in own {
        let sql = format!("SELECT bit_xor(hash(notes)) FROM {name} AS notes");
        match instance.read(|connection| connection.query_row(&sql, [], |_| Ok(()))) {
            Ok(()) => {}
            Err(error) if is_damage(&error) => {
                let what = "what the store notes of itself cannot be read, its blocks on disk are damaged";
                faults.push(Fault { what: what.to_owned(), rows: 0, times: None });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(faults)
}

/// Whether other rows are counted than there are.
fn miscounted(instance: &Instance, table: &LogTable, place: &Place) -> duckdb::Result<Option<Fault>> {
    // The counts follow a commit, and no commit may fall between the two.
    let writer = instance.writer();
    let segment = &place.segment;
    let sql = format!("SELECT count(*) FROM {}", segment.table);
    let stored: u64 = writer.query_row(&sql, [], |row| row.get(0))?;
    let (counted, is_whole) = segment.index(&writer, table, |index| (index.rows(), index.is_whole()))?;
    // What could not be counted is a fault of its own.
    if stored == counted || !is_whole {
        return Ok(None);
    }
    let what = format!("are counted wrongly: the index has {counted}, the table {stored}");
    Ok(Some(Fault { what, rows: stored.abs_diff(counted), times: None }))
}

/// Rows that are stored more than once. One that gave way may be beside Graph's own with
/// its time and id.
fn doubled(instance: &Instance, table: &LogTable, place: &Place) -> duckdb::Result<Option<Fault>> {
    let (name, time) = (place.segment.source(table.log), quoted(table.log.time));
    let mut doubled = 0;
    let mut from = Some(Instant::ABSENT);
    while let Some(start) = from {
        let found = instance.read(|connection| {
            let window = place.segment.index(connection, table, |index| index.window(start, PART))?;
            let before = window.edge.map_or(String::new(), |end| format!(" AND {time} < {}", end.ticks()));
            let sql = format!(
                "SELECT coalesce(sum(times - 1), 0)::BIGINT FROM (
                     SELECT count(*) AS times FROM {name} WHERE {time} >= {}{before}
                     GROUP BY {time}, id, {SUPERSEDED} IS NULL HAVING count(*) > 1
                 )",
                start.ticks()
            );
            let found = match connection.query_row(&sql, [], |row| row.get::<_, u64>(0)) {
                Ok(found) => found,
                // That is a fault of its own.
                Err(error) if is_damage(&error) => 0,
                Err(error) => return Err(error),
            };
            Ok((found, window.edge))
        });
        let (found, end) = found?;
        doubled += found;
        from = end.filter(|end| *end > start);
    }
    let what = "are stored more than once".to_owned();
    Ok((doubled > 0).then_some(Fault { what, rows: doubled, times: None }))
}

/// Rows in a segment of another time, where nobody looks for them.
fn misplaced(
    instance: &Instance,
    table: &LogTable,
    layout: &Layout,
    at: usize,
) -> duckdb::Result<Option<Fault>> {
    let (place, time) = (&layout.places[at], quoted(table.log.time));
    let end = layout.end_of(at).map_or(i64::MAX, Instant::ticks);
    let sql = format!(
        "SELECT count(*) FROM {} WHERE {time} < {} OR {time} > {}",
        place.segment.table,
        place.start.ticks(),
        end.saturating_sub(1)
    );
    let rows = match instance.read(|connection| connection.query_row(&sql, [], |row| row.get::<_, u64>(0))) {
        Ok(rows) => rows,
        Err(error) if is_damage(&error) => 0,
        Err(error) => return Err(error),
    };
    let what = "are in the wrong segment".to_owned();
    Ok((rows > 0).then_some(Fault { what, rows, times: None }))
}

#[cfg(test)]
mod tests {
    use trunklog_records::RowBuilder;
    use trunklog_records::json::RowDecoder;
    use trunklog_records::schema::SMS;

    use super::*;
    use crate::Options;
    use crate::opening;
    use crate::options::Access;
    use crate::write::{append, forget};

    #[test]
    fn a_probe_reads_a_row_as_long_as_there_is_one() {
        let tenant: TenantId = "7e570000-0000-4000-8000-000000000001".parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let instance =
            opening::open(&folder.path().join("log.duckdb"), &Options::default(), Access::Write).unwrap();
        let at = |secs: i64| Instant::from_unix_secs(secs).unwrap();
        let mut rows = RowBuilder::new(&SMS);
        for number in 0..100 {
            let row = format!(r#"{{"id":"{number}","sentDateTime":"{}"}}"#, at(number));
            RowDecoder::new(&SMS).decode(row.as_bytes(), &mut rows).unwrap();
        }
        append::append(&instance, tenant, &rows.finish()).unwrap();
        let (_, table) = instance.log(tenant, &SMS).unwrap().unwrap();
        for (before, is_left) in [(0, true), (60, true), (99, true), (100, false)] {
            forget::forget(&instance, tenant, &SMS, at(before)).unwrap();
            assert_eq!(
                reads_late_row(&instance, &table.state().layout.places[0].segment).unwrap(),
                is_left,
                "without the first {before}"
            );
        }
        probe(&instance).unwrap();
    }
}
