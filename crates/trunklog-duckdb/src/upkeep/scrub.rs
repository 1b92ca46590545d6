//! Leaving nothing of what was deleted in the file.
//!
//! DuckDB deletes a row by a mark: its values stay in their block until the row group is
//! written anew, and a block that is no longer used keeps its content until it is used
//! again. So all tables are written anew first, and then blocks are used up until all
//! that were free are overwritten.

use trunklog_records::{Log, TenantId};

use super::segments;
use crate::instance::Instance;
use crate::sql::{DATABASE, GUARD, quoted};
use crate::tables::stored_logs;
use crate::transaction::Outcome;

/// The table that takes up unused blocks, for a moment.
const FILLER: &str = "filler";

/// Blocks beside the free ones that are filled, as some of the first are used for other
/// things.
const SPARE_BLOCKS: u64 = 16;

/// How many bytes a row of the filler takes: it cannot be compressed.
const ROW_BYTES: u64 = 8;

/// Writes the segments of a log anew, each as one transaction. Those that cannot be read
/// whole are left.
pub(crate) fn segments(instance: &Instance, id: TenantId, log: &'static Log) -> duckdb::Result<()> {
    let Some((_, table)) = instance.log(id, log)? else { return Ok(()) };
    let numbers: Vec<u32> = table.state().layout.places.iter().map(|place| place.segment.number).collect();
    for number in numbers {
        segments::write_anew(instance, &table, number)?;
    }
    Ok(())
}

/// Writes all other tables anew: each is emptied and filled again.
pub(crate) fn others(instance: &Instance) -> duckdb::Result<()> {
    let logs: Vec<&str> = instance.read(stored_logs)?.into_iter().map(|(_, log)| log.name).collect();
    let tables: Vec<(String, String)> = instance.read(|connection| {
        let mut statement = connection.prepare(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY ALL",
        )?;
        let tables = statement.query_map([DATABASE], |row| Ok((row.get(0)?, row.get(1)?)))?;
        tables.collect()
    })?;
    let is_segment = |table: &str| {
        table
            .split_once('~')
            .is_some_and(|(log, rest)| logs.contains(&log) && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    // What keeps programs of before away cannot be read.
    let is_guard = |schema: &str| schema == GUARD;
    for (schema, table) in tables.iter().filter(|(schema, table)| !is_segment(table) && !is_guard(schema)) {
        let writer = instance.writer();
        let name = format!("{DATABASE}.{}.{}", quoted(schema), quoted(table));
        instance.transaction(&writer, |writer| {
            writer.execute_batch(&format!(
                "CREATE OR REPLACE TEMP TABLE kept AS SELECT * FROM {name} ORDER BY rowid;
                 DELETE FROM {name};
                 INSERT INTO {name} SELECT * FROM temp.main.kept;
                 DROP TABLE temp.main.kept"
            ))?;
            Ok(Outcome::Keep(()))
        })?;
    }
    Ok(())
}

/// Uses up all blocks that are free.
pub(crate) fn fill(instance: &Instance) -> duckdb::Result<()> {
    let writer = instance.writer();
    let sql = "SELECT CAST(block_size AS BIGINT), CAST(free_blocks AS BIGINT) FROM pragma_database_size()
                   WHERE database_name = ?";
    let (block_bytes, free): (u64, u64) =
        writer.query_row(sql, [DATABASE], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows = (free + SPARE_BLOCKS) * block_bytes / ROW_BYTES;
    instance.transaction(&writer, |writer| {
        writer.execute_batch(&format!(
            "CREATE OR REPLACE TABLE {DATABASE}.main.{FILLER} AS SELECT hash(range) AS noise FROM range({rows})"
        ))?;
        Ok(Outcome::Keep(()))
    })
}

/// Gives them back.
pub(crate) fn empty(instance: &Instance) -> duckdb::Result<()> {
    let writer = instance.writer();
    instance.transaction(&writer, |writer| {
        writer.execute_batch(&format!("DROP TABLE IF EXISTS {DATABASE}.main.{FILLER}"))?;
        Ok(Outcome::Keep(()))
    })
}
