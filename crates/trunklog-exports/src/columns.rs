//! A log's columns with the types that other programs know, for Arrow and
//! Parquet alike.

mod types;

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use trunklog_records::schema::DYNAMIC_PROPERTIES;
use trunklog_records::{Log, Rows};

use self::types::{data_type, shown};

/// Chosen columns of a log.
pub(crate) struct Columns {
    log: &'static Log,
    layout: Vec<usize>,
    schema: SchemaRef,
}

impl Columns {
    pub(crate) fn new(log: &'static Log, layout: &[usize]) -> Columns {
        let fields: Vec<Field> = layout.iter().map(|at| field(log, *at)).collect();
        let metadata = metadata(log).map(|(key, value)| (key.to_owned(), value.to_owned()));
        let schema = Arc::new(Schema::new_with_metadata(fields, HashMap::from(metadata)));
        Columns { log, layout: layout.to_vec(), schema }
    }

    pub(crate) fn log(&self) -> &'static Log {
        self.log
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The column at that place of the layout, as rows have it.
    pub(crate) fn stored<'a>(&self, rows: &'a Rows, place: usize) -> &'a ArrayRef {
        rows.batch().column(self.layout[place])
    }

    /// The column at that place of the layout, as the schema says.
    pub(crate) fn column(&self, rows: &Rows, place: usize) -> Result<ArrayRef, ArrowError> {
        assert_eq!(self.log, rows.log(), "rows are written by their own log's encoder");
        let stored = self.stored(rows, place);
        match self.log.properties.get(self.layout[place]) {
            Some(property) => shown(property.edm, stored),
            None => Ok(Arc::new(objects(stored.as_string::<i32>()))),
        }
    }

    /// All columns of rows.
    pub(crate) fn batch(&self, rows: &Rows) -> Result<RecordBatch, ArrowError> {
        let columns = (0..self.layout.len()).map(|place| self.column(rows, place));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
    }
}

/// What a file says about its rows as a whole.
pub(crate) fn metadata(log: &'static Log) -> [(&'static str, &'static str); 2] {
    [("trunklog.log", log.name), ("trunklog.rowType", log.row_type)]
}

fn field(log: &'static Log, at: usize) -> Field {
    match log.properties.get(at) {
        // All rows have a time and an id.
        Some(property) => {
            let nullable = at != log.time_index() && at != log.id_index();
            Field::new(property.name, data_type(property.edm), nullable)
        }
        None => Field::new(DYNAMIC_PROPERTIES, DataType::Utf8, true),
    }
}

/// Members of objects as objects.
fn objects(members: &StringArray) -> StringArray {
    members.iter().map(|members| members.map(|members| format!("{{{members}}}"))).collect()
}
