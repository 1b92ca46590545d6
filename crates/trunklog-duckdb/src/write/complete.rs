//! Adding the columns that a segment's table lacks.

use std::sync::Arc;
use std::time::Duration;

use duckdb::Connection;
use trunklog_records::schema::DYNAMIC_PROPERTIES;

use crate::columns::late_properties;
use crate::expression::late;
use crate::instance::Instance;
use crate::log_table::{LogTable, Segment};
use crate::sql::{self, quoted};
use crate::transaction::Outcome;

/// How long new readers wait so that the columns can be brought into the file.
const PATIENCE: Duration = Duration::from_secs(2);

/// Adds the columns that the tables of some segments lack, and moves values there
/// from where unknown properties are kept: a transaction for each, which costs by
/// the rows of the segment. The caller holds the writer.
pub(crate) fn complete(
    instance: &Instance,
    writer: &Connection,
    table: &LogTable,
    segments: &[Arc<Segment>],
) -> duckdb::Result<()> {
    let mut any = false;
    for segment in segments {
        let lacking = segment.lacking().clone();
        if lacking.is_empty() {
            continue;
        }
        any = true;
        tracing::info!(log = table.log.name, properties = ?lacking, "adding properties to a segment of a log");
        let ((), state) = instance.move_rows(
            writer,
            || table.change(),
            |writer| {
                add(writer, table, segment, &lacking)?;
                Ok(Outcome::Keep(()))
            },
        )?;
        segment.lacks_nothing();
        if let Some(mut state) = state {
            // Who took the state before may have read nulls in the place of what a
            // later commit brings.
            state.layout.version += 1;
        }
    }
    // After a crash, who opens the store would have to wait until the columns are
    // made again.
    if any && !instance.checkpoint_on(writer, PATIENCE)? {
        tracing::debug!("somebody reads, so the added columns are brought into the file later");
    }
    Ok(())
}

/// Adds columns as a part of a transaction.
fn add(
    writer: &Connection,
    table: &LogTable,
    segment: &Segment,
    lacking: &[&'static str],
) -> duckdb::Result<()> {
    let (log, name) = (table.log, &segment.table);
    let late = late_properties(log, lacking);
    let mut moved = Vec::new();
    for (column, of) in sql::columns(log).filter(|(column, _)| lacking.contains(column)) {
        writer.execute_batch(&format!("ALTER TABLE {name} ADD COLUMN {} {of}", quoted(column)))?;
        if late.contains(&column) {
            moved.push(format!("{} = {}", quoted(column), late::value(log, column, of)));
        }
    }
    if late.is_empty() {
        return Ok(());
    }
    moved.push(format!("{} = {}", quoted(DYNAMIC_PROPERTIES), late::unknown(log, &late)));
    writer.execute_batch(&format!("UPDATE {name} AS t SET {} WHERE {}", moved.join(", "), late::holds(&late)))
}
