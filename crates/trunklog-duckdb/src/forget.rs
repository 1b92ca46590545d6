//! Deleting what is too old to be kept.

use std::sync::PoisonError;

use duckdb::{Connection, params};
use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId};
use trunklog_store::Forgettable;

use crate::instance::{Instance, Table};
use crate::sql::{self, quoted};

/// About how many rows are deleted at a time. Whoever appends waits meanwhile,
/// and at the end whoever reads.
const ROWS_AT_A_TIME: u64 = 250_000;

/// Deletes the rows of a log before an instant, and tells how many there were.
/// When it fails, some may be gone already, the oldest first.
pub(crate) fn forget(
    instance: &Instance,
    tenant: TenantId,
    log: &'static Log,
    before: Instant,
) -> duckdb::Result<u64> {
    in_parts(instance, tenant, log, before, ROWS_AT_A_TIME)
}

/// What [`forget`] would delete.
pub(crate) fn forgettable(
    instance: &Instance,
    tenant: TenantId,
    log: &'static Log,
    before: Instant,
) -> duckdb::Result<Forgettable> {
    let Some(table) = instance.table(tenant, log)? else { return Ok(Forgettable::default()) };
    let of = rows_of(&table)?;
    let (name, time) = (&table.name, quoted(log.time));
    let sql = format!("SELECT count(*), min({time}) FROM {name} WHERE {time} < ?");
    let (rows, oldest): (u64, Option<i64>) = instance.read(|connection| {
        connection.query_row(&sql, params![before.ticks()], |row| Ok((row.get(0)?, row.get(1)?)))
    })?;
    Ok(Forgettable { rows, of, oldest: oldest.and_then(|ticks| Instant::from_ticks(ticks).ok()) })
}

/// How many rows there are, which must be known before any is deleted.
fn rows_of(table: &Table) -> duckdb::Result<u64> {
    let state = table.state.read().unwrap_or_else(PoisonError::into_inner);
    state.index.check()?;
    Ok(state.index.rows())
}

fn in_parts(
    instance: &Instance,
    tenant: TenantId,
    log: &'static Log,
    before: Instant,
    rows: u64,
) -> duckdb::Result<u64> {
    let Some(table) = instance.table(tenant, log)? else { return Ok(0) };
    rows_of(&table)?;
    let mut deleted = 0;
    let mut reached = Instant::ABSENT;
    while reached < before {
        let (end, _) = {
            let state = table.state.read().unwrap_or_else(PoisonError::into_inner);
            state.index.window(Instant::ABSENT, rows)
        };
        // Rows may have come again behind the part that was deleted last.
        let end = end.filter(|end| reached < *end && *end < before).unwrap_or(before);
        deleted += part(instance, tenant, log, &table, end)?;
        reached = end;
    }
    Ok(deleted)
}

/// Deletes rows in one transaction.
fn part(
    instance: &Instance,
    tenant: TenantId,
    log: &'static Log,
    table: &Table,
    before: Instant,
) -> duckdb::Result<u64> {
    let (name, time) = (&table.name, quoted(log.time));
    let writer = instance.writer();
    // Only the writer changes the index, so it stays as it is until the commit.
    let (floor, sequence) = {
        let state = table.state.read().unwrap_or_else(PoisonError::into_inner);
        (state.index.floor(before), state.sequence)
    };
    let in_bucket: u64 = writer.query_row(
        &format!("SELECT count(*) FROM {name} WHERE {time} >= ? AND {time} < ?"),
        params![floor.ticks(), before.ticks()],
        |row| row.get(0),
    )?;
    writer.execute_batch("BEGIN")?;
    let deleted = delete(&writer, name, log, before).and_then(|deleted| {
        if deleted > 0 {
            keep_sequence(&writer, tenant, log, sequence)?;
        }
        Ok(deleted)
    });
    // Readers begin with the index, so none may begin between the commit and
    // its change.
    let mut state = table.state.write().unwrap_or_else(PoisonError::into_inner);
    let deleted = match deleted.and_then(|deleted| writer.execute_batch("COMMIT").map(|()| deleted)) {
        Ok(deleted) => deleted,
        Err(error) => {
            // As in an append, the first error tells more.
            let _ = writer.execute_batch("ROLLBACK");
            return Err(error);
        }
    };
    instance.acknowledge();
    if deleted > 0 {
        state.index.remove_before(before, in_bucket);
    }
    Ok(deleted as u64)
}

fn delete(writer: &Connection, table: &str, log: &Log, before: Instant) -> duckdb::Result<usize> {
    writer.execute(&format!("DELETE FROM {table} WHERE {} < ?", quoted(log.time)), params![before.ticks()])
}

/// Keeps the sequence of the newest commit, whose rows may be deleted: counted
/// anew from the rest, numbers would come twice, and a walk that began before
/// would see rows that came later.
fn keep_sequence(writer: &Connection, tenant: TenantId, log: &Log, sequence: u64) -> duckdb::Result<()> {
    let table = sql::sequences(tenant);
    writer.execute_batch(&format!("CREATE TABLE IF NOT EXISTS {table} (log VARCHAR, sequence BIGINT)"))?;
    writer.execute(&format!("DELETE FROM {table} WHERE log = ?"), params![log.name])?;
    writer.execute(&format!("INSERT INTO {table} VALUES (?, ?)"), params![log.name, sequence])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use trunklog_records::json::RowDecoder;
    use trunklog_records::schema::SMS;
    use trunklog_records::{RowBuilder, TimeRange};
    use trunklog_store::Selection;

    use super::*;
    use crate::engine::Options;
    use crate::instance::Access;
    use crate::{append, page};

    #[test]
    fn many_rows_are_deleted_in_parts() {
        let tenant: TenantId = "7e570000-0000-4000-8000-000000000001".parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let instance =
            Instance::open(&folder.path().join("log.duckdb"), &Options::default(), Access::Write).unwrap();
        let at = |secs: i64| Instant::from_unix_secs(secs).unwrap();
        let mut rows = RowBuilder::new(&SMS);
        for number in 0..100 {
            // Ten rows of each second.
            let row = format!(r#"{{"id":"{number}","sentDateTime":"{}"}}"#, at(number / 10));
            RowDecoder::new(&SMS).decode(row.as_bytes(), &mut rows).unwrap();
        }
        append::append(&instance, tenant, &rows.finish()).unwrap();
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
        let table = instance.table(tenant, &SMS).unwrap().unwrap();
        assert_eq!(table.state.read().unwrap().index.rows(), 10);
        assert_eq!(forget(&instance, tenant, &SMS, Instant::MAX).unwrap(), 10);
        assert_eq!(left(), 0);
    }
}
