//! Where given rows wait to be compared with stored ones.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::RecordBatch;
use duckdb::Connection;
use trunklog_records::{Log, Rows};

use crate::error::conversion;
use crate::sql::{self, quoted};

/// The temporary table.
pub(crate) const STAGING: &str = "temp.main.staging";

/// The column with a given row's number in its batch: the `rowid` of rows that
/// are not committed yet counts from elsewhere.
pub(crate) const NUMBER: &str = "number";

/// Puts rows into the temporary table, with their numbers.
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

/// The rows' columns after one more.
pub(crate) fn prefixed(rows: &Rows, name: &str, values: Vec<i64>) -> duckdb::Result<RecordBatch> {
    let mut columns: Vec<ArrayRef> = vec![Arc::new(Int64Array::from(values))];
    columns.extend(rows.batch().columns().iter().cloned());
    let mut fields = vec![Arc::new(Field::new(name, DataType::Int64, false))];
    fields.extend(rows.batch().schema_ref().fields().iter().cloned());
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(conversion)
}

/// Clears the marks of the rows whose numbers a query gives, and tells how many
/// there were.
pub(super) fn clear(writer: &Connection, query: &str, marks: &mut [bool]) -> duckdb::Result<u64> {
    let mut statement = writer.prepare(query)?;
    let numbers = statement.query_map([], |row| row.get::<_, usize>(0))?;
    let mut cleared = 0;
    for number in numbers {
        if let Some(mark) = marks.get_mut(number?) {
            *mark = false;
            cleared += 1;
        }
    }
    Ok(cleared)
}
