//! Deleting what is too old to be kept.

use std::sync::PoisonError;

use duckdb::{Connection, params};
use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId};

use crate::instance::Instance;
use crate::sql::{self, quoted};

/// Deletes the rows of a log before an instant, and tells how many there were.
pub(crate) fn forget(
    instance: &Instance,
    tenant: TenantId,
    log: &'static Log,
    before: Instant,
) -> duckdb::Result<u64> {
    let Some(table) = instance.table(tenant, log)? else { return Ok(0) };
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
