//! Rows of small tables, as columns.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use arrow::datatypes::{Field, Schema};
use arrow::record_batch::RecordBatch;
use duckdb::Connection;
use trunklog_records::TenantId;

use crate::error::conversion;
use crate::sql::{self, DATABASE};

/// Rows on their way into a table, with all its columns in their order.
#[derive(Default)]
pub(super) struct NewRows {
    fields: Vec<Field>,
    columns: Vec<ArrayRef>,
}

impl NewRows {
    /// Another column.
    pub(super) fn with(mut self, name: &str, column: ArrayRef) -> NewRows {
        self.fields.push(Field::new(name, column.data_type().clone(), true));
        self.columns.push(column);
        self
    }

    /// Another column, of whole numbers.
    pub(super) fn with_whole(self, name: &str, values: Vec<i64>) -> NewRows {
        self.with(name, Arc::new(Int64Array::from(values)))
    }

    /// Adds them to a table of a tenant, as a part of a transaction.
    pub(super) fn append(self, writer: &Connection, id: TenantId, table: &str) -> duckdb::Result<()> {
        self.append_to(writer, table, DATABASE, &sql::schema(id))
    }

    /// Adds them to any table.
    pub(super) fn append_to(
        self,
        writer: &Connection,
        table: &str,
        catalog: &str,
        schema: &str,
    ) -> duckdb::Result<()> {
        let batch =
            RecordBatch::try_new(Arc::new(Schema::new(self.fields)), self.columns).map_err(conversion)?;
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let mut appender = writer.appender_to_catalog_and_db(table, catalog, schema)?;
        appender.append_record_batch(batch)?;
        appender.flush()
    }
}
