//! Storing rows.
//!
//! An append is one transaction. Rows whose seconds hold no stored row are
//! certainly new and go straight into the table; others go through a temporary
//! table, where SQL compares them with what is stored.

use std::sync::{Arc, PoisonError};

use arrow::array::{ArrayRef, Int64Array, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::RecordBatch;
use duckdb::Connection;
use trunklog_records::{Log, Rows, TenantId};
use trunklog_store::{Appended, each_once};

use crate::instance::{Instance, Table};
use crate::sql::{self, DATABASE, SEQUENCE, Update, quoted};

/// Where given rows wait to be compared with stored ones.
const STAGING: &str = "temp.main.staging";

/// The column with a given row's number in its batch.
const NUMBER: &str = "number";

/// Stores rows of one tenant; they are durable when it returns.
pub(crate) fn append(instance: &Instance, tenant: TenantId, rows: &Rows) -> duckdb::Result<Appended> {
    let given = rows.len() as u64;
    let rows = each_once(rows).map_err(conversion)?;
    let writer = instance.writer();
    let table = instance.table_for_append(&writer, tenant, rows.log())?;
    let (sequence, known) = {
        let state = table.state.read().unwrap_or_else(PoisonError::into_inner);
        state.index.check()?;
        (state.sequence + 1, state.index.touches(times(&rows)))
    };
    writer.execute_batch("BEGIN")?;
    let stored = if known {
        merge(&writer, &table, &rows, sequence)
    } else {
        insert(&writer, tenant, &rows, sequence).map(|()| Merged { new: Some(rows.clone()), updated: 0 })
    };
    let stored = stored.and_then(|merged| writer.execute_batch("COMMIT").map(|()| merged));
    let merged = match stored {
        Ok(merged) => merged,
        Err(error) => {
            // The first error tells more than a failing rollback would; a
            // connection that cannot roll back is fatal in itself.
            let _ = writer.execute_batch("ROLLBACK");
            return Err(error);
        }
    };
    instance.acknowledge();
    let mut state = table.state.write().unwrap_or_else(PoisonError::into_inner);
    let new = merged.new.as_ref().map_or(0, Rows::len) as u64;
    if let Some(new) = &merged.new {
        state.index.add(times(new));
        state.sequence = sequence;
    }
    Ok(Appended { new, updated: merged.updated, unchanged: given - new - merged.updated })
}

/// Folds the write-ahead log into the file.
pub(crate) fn checkpoint(instance: &Instance) -> duckdb::Result<()> {
    let writer = instance.writer();
    writer.execute_batch(&format!("CHECKPOINT {DATABASE}"))?;
    instance.acknowledge();
    Ok(())
}

struct Merged {
    new: Option<Rows>,
    updated: u64,
}

/// Some rows, in the order of their numbers.
pub(crate) fn pick(rows: &Rows, numbers: Vec<u32>) -> duckdb::Result<Rows> {
    take_record_batch(rows.batch(), &UInt32Array::from(numbers))
        .map_err(conversion)
        .and_then(|batch| Rows::new(rows.log(), batch).map_err(conversion))
}

/// An error in handling columns, as DuckDB's crate reports its own.
pub(crate) fn conversion(error: impl std::error::Error + Send + Sync + 'static) -> duckdb::Error {
    duckdb::Error::ToSqlConversionFailure(Box::new(error))
}

fn times(rows: &Rows) -> impl Iterator<Item = trunklog_odata::Instant> {
    (0..rows.len()).map(|row| rows.time(row))
}

/// Adds rows that are certainly new.
fn insert(writer: &Connection, tenant: TenantId, rows: &Rows, sequence: u64) -> duckdb::Result<()> {
    let sequence = i64::try_from(sequence).map_err(conversion)?;
    let batch = prefixed(rows, SEQUENCE, vec![sequence; rows.len()])?;
    let names: Vec<&str> =
        std::iter::once(SEQUENCE).chain(sql::row_columns(rows.log()).map(|(name, _)| name)).collect();
    let mut appender = writer.appender_with_columns_to_catalog_and_db(
        rows.log().name,
        DATABASE,
        &sql::schema(tenant),
        &names,
    )?;
    appender.append_record_batch(batch)?;
    appender.flush()
}

/// Compares rows with the stored ones, updates those that differ and adds
/// those that are new.
fn merge(writer: &Connection, table: &Table, rows: &Rows, sequence: u64) -> duckdb::Result<Merged> {
    let log = rows.log();
    let name = &table.name;
    stage(writer, rows)?;
    let Update { same_row, changes, assignments } = Update::of(log);
    // Both are ordered, so these are the ends of the range to look at.
    let (first, last) = (rows.time(0).ticks(), rows.time(rows.len() - 1).ticks());
    let near = format!("t.{} BETWEEN {first} AND {last}", quoted(log.time));
    writer.execute_batch(&format!(
        "CREATE OR REPLACE TEMP TABLE matched AS
         SELECT s.{NUMBER} AS given, t.rowid AS stored, ({changes}) AS changed
         FROM {name} t JOIN {STAGING} s ON {same_row} WHERE {near}"
    ))?;
    let (matched, updated): (u64, u64) =
        writer.query_row("SELECT count(*), count(*) FILTER (changed) FROM temp.main.matched", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    if updated > 0 {
        writer.execute_batch(&format!(
            "UPDATE {name} t SET {assignments} FROM {STAGING} s JOIN temp.main.matched m ON m.given = s.{NUMBER}
             WHERE m.changed AND t.rowid = m.stored"
        ))?;
    }
    let mut new = None;
    if matched < rows.len() as u64 {
        let numbers = unmatched(writer, rows.len())?;
        writer.execute_batch(&format!(
            "INSERT INTO {name} ({SEQUENCE}, {columns}) SELECT {sequence}, {columns} FROM {STAGING}
             WHERE {NUMBER} NOT IN (SELECT given FROM temp.main.matched) ORDER BY {NUMBER}",
            columns = sql::column_list(log, ""),
        ))?;
        new = Some(pick(rows, numbers)?);
    }
    writer.execute_batch(&format!("DROP TABLE temp.main.matched; DROP TABLE {STAGING}"))?;
    Ok(Merged { new, updated })
}

/// The numbers of the given rows that are not stored.
fn unmatched(writer: &Connection, len: usize) -> duckdb::Result<Vec<u32>> {
    let mut is_new = vec![true; len];
    let mut statement = writer.prepare("SELECT given FROM temp.main.matched")?;
    let given = statement.query_map([], |row| row.get::<_, usize>(0))?;
    for row in given {
        if let Some(is_new) = is_new.get_mut(row?) {
            *is_new = false;
        }
    }
    let numbers = is_new.into_iter().zip(0..).filter_map(|(is_new, row): (bool, u32)| is_new.then_some(row));
    Ok(numbers.collect())
}

/// Puts rows into a temporary table, with their numbers: the `rowid` of rows
/// that are not committed yet counts from elsewhere.
pub(crate) fn stage(writer: &Connection, rows: &Rows) -> duckdb::Result<()> {
    let log: &Log = rows.log();
    let columns: Vec<_> = sql::row_columns(log).map(|(name, of)| format!("{} {of}", quoted(name))).collect();
    writer.execute_batch(&format!(
        "CREATE OR REPLACE TEMP TABLE staging ({NUMBER} BIGINT, {})",
        columns.join(", ")
    ))?;
    let mut appender = writer.appender_to_catalog_and_db("staging", "temp", "main")?;
    appender.append_record_batch(prefixed(rows, NUMBER, (0..).take(rows.len()).collect())?)?;
    appender.flush()
}

/// The rows' columns behind one more.
fn prefixed(rows: &Rows, name: &str, values: Vec<i64>) -> duckdb::Result<RecordBatch> {
    let mut columns: Vec<ArrayRef> = vec![Arc::new(Int64Array::from(values))];
    columns.extend(rows.batch().columns().iter().cloned());
    let mut fields = vec![Arc::new(Field::new(name, DataType::Int64, false))];
    fields.extend(rows.batch().schema_ref().fields().iter().cloned());
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(conversion)
}
