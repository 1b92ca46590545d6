//! Reading everything, to find what cannot be read before somebody asks for
//! it; and a little of it, to see whether the engine works.

use std::sync::PoisonError;

use duckdb::Connection;
use trunklog_odata::Instant;
use trunklog_records::schema::ID;
use trunklog_records::{Log, TenantId};
use trunklog_store::{Fault, Verified};

use crate::error::is_damage;
use crate::instance::{Instance, Table};
use crate::sql::{ROW_GROUP_SIZE, quoted};

/// Rows that are read at a time.
const PART: u64 = 64 * ROW_GROUP_SIZE as u64;

/// The most tables that a probe looks into.
const PROBED: usize = 16;

/// Reads one value of a late row of each of some tables in use, which costs
/// little; what is wrong elsewhere shows in requests.
pub(crate) fn probe(instance: &Instance) -> duckdb::Result<()> {
    for table in instance.known_tables().into_iter().take(PROBED) {
        reads_late_row(instance, &table)?;
    }
    instance.read(|connection| connection.query_row("SELECT 1", [], |_| Ok(())))
}

/// Reads a value of a row near the end of a table, and tells whether there was
/// one.
fn reads_late_row(instance: &Instance, table: &Table) -> duckdb::Result<bool> {
    let rows = table.state.read().unwrap_or_else(PoisonError::into_inner).index.rows();
    let Some(last) = rows.checked_sub(1) else { return Ok(false) };
    // Where rows were deleted, the places of the others are higher than their
    // count, and this one may be empty.
    let sql = format!("SELECT {ID} FROM {} WHERE rowid >= {last} LIMIT 1", table.name);
    instance.read(|connection| connection.prepare(&sql)?.exists([]))
}

/// Reads the rows of a log from a place in its table on: a part of them.
pub(crate) fn part(
    instance: &Instance,
    tenant: TenantId,
    log: &'static Log,
    from: u64,
) -> duckdb::Result<Verified> {
    let table = match instance.table(tenant, log) {
        Ok(Some(table)) => table,
        Ok(None) => return Ok(Verified::default()),
        // Not even the table's own description can be read.
        Err(error) if is_damage(&error) => {
            return Ok(Verified { faults: vec![unreadable(0, None)], ..Verified::default() });
        }
        Err(error) => return Err(error),
    };
    let places = instance.read(|connection| {
        let sql = format!("SELECT coalesce(max(rowid) + 1, 0) FROM {}", table.name);
        connection.query_row(&sql, [], |row| row.get::<_, u64>(0))
    })?;
    let end = places.min(from.saturating_add(PART));
    let mut verified = instance.read(|connection| {
        let reading = Reading { connection, table: &table, log, values: values(connection, &table)? };
        reading.rows(from, end)
    })?;
    if end < places {
        verified.next = Some(end);
        return Ok(verified);
    }
    verified.faults.extend(miscounted(instance, &table)?);
    verified.faults.extend(doubled(instance, &table, log)?);
    Ok(verified)
}

struct Reading<'a> {
    connection: &'a Connection,
    table: &'a Table,
    log: &'static Log,
    /// All columns of the table as a list.
    values: String,
}

impl Reading<'_> {
    /// Reads all values of the rows between two places. What cannot be read is
    /// narrowed down to row groups.
    fn rows(&self, from: u64, end: u64) -> duckdb::Result<Verified> {
        let mut verified = Verified::default();
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
        let (name, values) = (&self.table.name, &self.values);
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
        let (name, time) = (&self.table.name, quoted(self.log.time));
        // Only bounds keep the engine from reading what lies outside.
        let sql =
            format!("SELECT min({time}), max({time}) FROM {name} WHERE rowid >= {from} AND rowid < {end}");
        let ends: (Option<i64>, Option<i64>) =
            self.connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
        Some((Instant::from_ticks(ends.0?).ok()?, Instant::from_ticks(ends.1?).ok()?))
    }
}

/// The columns that the table really has: an older store may lack some.
fn values(connection: &Connection, table: &Table) -> duckdb::Result<String> {
    let mut statement =
        connection.prepare(&format!("SELECT name FROM pragma_table_info('{}')", table.name))?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    let names: Vec<String> = names.collect::<duckdb::Result<_>>()?;
    Ok(names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
}

fn unreadable(rows: u64, times: Option<(Instant, Instant)>) -> Fault {
    Fault { what: "cannot be read, their blocks on disk are damaged".to_owned(), rows, times }
}

/// Whether the index in memory counts other rows than there are.
fn miscounted(instance: &Instance, table: &Table) -> duckdb::Result<Option<Fault>> {
    // The index follows a commit, and no commit may fall between the counts.
    let writer = instance.writer();
    let stored: u64 =
        writer.query_row(&format!("SELECT count(*) FROM {}", table.name), [], |row| row.get(0))?;
    let (counted, is_whole) = {
        let state = table.state.read().unwrap_or_else(PoisonError::into_inner);
        (state.index.rows(), state.index.is_whole())
    };
    // What could not be counted is a fault of its own.
    if stored == counted || !is_whole {
        return Ok(None);
    }
    let what = format!("are counted wrongly: the index has {counted}, the table {stored}");
    Ok(Some(Fault { what, rows: stored.abs_diff(counted), times: None }))
}

/// Rows that are stored more than once.
fn doubled(instance: &Instance, table: &Table, log: &Log) -> duckdb::Result<Option<Fault>> {
    let (name, time) = (&table.name, quoted(log.time));
    let mut doubled = 0;
    let mut from = Some(Instant::ABSENT);
    while let Some(begin) = from {
        let (end, _) = {
            let state = table.state.read().unwrap_or_else(PoisonError::into_inner);
            state.index.window(begin, PART)
        };
        let before = end.map_or(String::new(), |end| format!(" AND {time} < {}", end.ticks()));
        let found = instance.read(|connection| {
            let sql = format!(
                "SELECT coalesce(sum(times - 1), 0)::BIGINT FROM (
                     SELECT count(*) AS times FROM {name} WHERE {time} >= {}{before}
                     GROUP BY {time}, id HAVING count(*) > 1
                 )",
                begin.ticks()
            );
            connection.query_row(&sql, [], |row| row.get::<_, u64>(0))
        });
        match found {
            Ok(found) => doubled += found,
            // That is a fault of its own.
            Err(error) if is_damage(&error) => {}
            Err(error) => return Err(error),
        }
        from = end.filter(|end| *end > begin);
    }
    let what = "are stored more than once".to_owned();
    Ok((doubled > 0).then_some(Fault { what, rows: doubled, times: None }))
}

#[cfg(test)]
mod tests {
    use trunklog_records::RowBuilder;
    use trunklog_records::json::RowDecoder;
    use trunklog_records::schema::SMS;

    use super::*;
    use crate::engine::Options;
    use crate::instance::Access;
    use crate::{append, forget};

    #[test]
    fn a_probe_reads_a_row_as_long_as_there_is_one() {
        let tenant: TenantId = "7e570000-0000-4000-8000-000000000001".parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let instance =
            Instance::open(&folder.path().join("log.duckdb"), &Options::default(), Access::Write).unwrap();
        let at = |secs: i64| Instant::from_unix_secs(secs).unwrap();
        let mut rows = RowBuilder::new(&SMS);
        for number in 0..100 {
            let row = format!(r#"{{"id":"{number}","sentDateTime":"{}"}}"#, at(number));
            RowDecoder::new(&SMS).decode(row.as_bytes(), &mut rows).unwrap();
        }
        append::append(&instance, tenant, &rows.finish()).unwrap();
        let table = instance.table(tenant, &SMS).unwrap().unwrap();
        for (before, is_left) in [(0, true), (60, true), (99, true), (100, false)] {
            forget::forget(&instance, tenant, &SMS, at(before)).unwrap();
            assert_eq!(reads_late_row(&instance, &table).unwrap(), is_left, "without the first {before}");
        }
        probe(&instance).unwrap();
    }
}
