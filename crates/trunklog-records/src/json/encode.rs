//! From columns to the JSON of rows.

use arrow::array::{Array, BooleanArray, Int32Array, Int64Array, StringArray};
use trunklog_odata::edm::EdmType;
use trunklog_odata::{Instant, Version, json};

use crate::rows::Rows;
use crate::schema::Log;

/// Writes rows of one log as one version of the API shows them.
#[derive(Debug)]
pub struct RowEncoder {
    log: &'static Log,
    /// The property's column, and its name as `,"name":`.
    members: Vec<(usize, Vec<u8>)>,
}

/// Rows with their columns resolved, ready to be written.
pub struct BoundRows<'a> {
    members: Vec<(&'a [u8], Column<'a>)>,
    dynamic: &'a StringArray,
}

enum Column<'a> {
    /// Text that becomes a JSON string.
    Text(&'a StringArray),
    /// Text that is JSON already: decimals and collections.
    Json(&'a StringArray),
    Instant(&'a Int64Array),
    Int(&'a Int32Array),
    Bool(&'a BooleanArray),
}

impl RowEncoder {
    /// An encoder for rows of `log` on `version`.
    pub fn new(log: &'static Log, version: Version) -> RowEncoder {
        let member = |(place, at): (usize, usize)| {
            let mut name = if place == 0 { Vec::new() } else { b",".to_vec() };
            json::write_string(log.properties[at].name, &mut name);
            name.push(b':');
            (at, name)
        };
        RowEncoder { log, members: log.layout(version).into_iter().enumerate().map(member).collect() }
    }

    /// Appends all rows, separated by commas.
    pub fn encode(&self, rows: &Rows, out: &mut Vec<u8>) {
        let bound = self.bind(rows);
        for row in 0..rows.len() {
            if row > 0 {
                out.push(b',');
            }
            bound.write(row, out);
        }
    }

    /// Resolves the columns of `rows`, which must belong to the encoder's log.
    pub fn bind<'a>(&'a self, rows: &'a Rows) -> BoundRows<'a> {
        assert_eq!(self.log, rows.log(), "rows are written by their own log's encoder");
        let column = |at: usize| match self.log.properties[at].edm {
            EdmType::String | EdmType::Enum(_) => Column::Text(rows.text(at)),
            EdmType::Decimal | EdmType::Collection(_) => Column::Json(rows.text(at)),
            EdmType::DateTimeOffset => Column::Instant(rows.int64(at)),
            EdmType::Int32 => Column::Int(rows.int32(at)),
            EdmType::Boolean => Column::Bool(rows.boolean(at)),
        };
        BoundRows {
            members: self.members.iter().map(|(at, name)| (name.as_slice(), column(*at))).collect(),
            dynamic: rows.text(self.log.properties.len()),
        }
    }
}

impl BoundRows<'_> {
    /// Appends one row as a JSON object. Nulls are written out, as Graph does.
    pub fn write(&self, row: usize, out: &mut Vec<u8>) {
        out.push(b'{');
        for (name, column) in &self.members {
            out.extend_from_slice(name);
            column.write(row, out);
        }
        if self.dynamic.is_valid(row) {
            if !self.members.is_empty() {
                out.push(b',');
            }
            out.extend_from_slice(self.dynamic.value(row).as_bytes());
        }
        out.push(b'}');
    }
}

impl Column<'_> {
    fn write(&self, row: usize, out: &mut Vec<u8>) {
        match self {
            Column::Text(column) if column.is_valid(row) => json::write_string(column.value(row), out),
            Column::Json(column) if column.is_valid(row) => {
                out.extend_from_slice(column.value(row).as_bytes());
            }
            Column::Instant(column) if column.is_valid(row) => {
                out.push(b'"');
                Instant::from_ticks(column.value(row)).unwrap_or(Instant::ABSENT).write(out);
                out.push(b'"');
            }
            Column::Int(column) if column.is_valid(row) => json::write_int(column.value(row), out),
            Column::Bool(column) if column.is_valid(row) => {
                out.extend_from_slice(if column.value(row) { b"true" } else { b"false" });
            }
            _ => out.extend_from_slice(b"null"),
        }
    }
}
