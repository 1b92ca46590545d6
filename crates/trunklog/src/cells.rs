//! The values of rows as plain text, for tables.

use std::io::Write;

use arrow::array::{Array, AsArray, BooleanArray, Int32Array, Int64Array, StringArray};
use arrow::datatypes::{Int32Type, Int64Type};
use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;
use trunklog_records::Rows;

/// One property of all rows of a batch.
pub(crate) enum Cells<'a> {
    Text(&'a StringArray),
    Instant(&'a Int64Array),
    Int(&'a Int32Array),
    Bool(&'a BooleanArray),
}

impl<'a> Cells<'a> {
    /// The property with that index in the log's table.
    pub(crate) fn of(rows: &'a Rows, property: usize) -> Cells<'a> {
        let column = rows.batch().column(property);
        match rows.log().properties[property].edm {
            EdmType::DateTimeOffset => Cells::Instant(column.as_primitive::<Int64Type>()),
            EdmType::Int32 => Cells::Int(column.as_primitive::<Int32Type>()),
            EdmType::Boolean => Cells::Bool(column.as_boolean()),
            EdmType::String | EdmType::Decimal | EdmType::Enum(_) | EdmType::Collection(_) => {
                Cells::Text(column.as_string::<i32>())
            }
        }
    }

    /// Appends a row's value; nothing where it is null.
    fn write(&self, row: usize, out: &mut Vec<u8>) {
        match self {
            Cells::Text(column) if column.is_valid(row) => {
                out.extend_from_slice(column.value(row).as_bytes());
            }
            Cells::Instant(column) if column.is_valid(row) => {
                Instant::from_ticks(column.value(row)).unwrap_or(Instant::ABSENT).write(out);
            }
            // Writing to memory cannot fail.
            Cells::Int(column) if column.is_valid(row) => drop(write!(out, "{}", column.value(row))),
            Cells::Bool(column) if column.is_valid(row) => drop(write!(out, "{}", column.value(row))),
            _ => {}
        }
    }

    /// A row's value.
    pub(crate) fn text(&self, row: usize) -> String {
        let mut out = Vec::new();
        self.write(row, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }
}
