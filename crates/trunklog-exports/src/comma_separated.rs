//! Comma-separated values. Source: RFC 4180.

mod formulas;

use arrow::array::{Array, AsArray, BooleanArray, Int32Array, Int64Array, StringArray};
use arrow::datatypes::{Int32Type, Int64Type};
use trunklog_odata::edm::EdmType;
use trunklog_odata::{Instant, json};
use trunklog_records::schema::DYNAMIC_PROPERTIES;
use trunklog_records::{Log, Rows};

use self::formulas::disarmed;
use crate::{Encoder, Error};

/// By which Excel knows UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(crate) struct CsvEncoder {
    log: &'static Log,
    layout: Vec<usize>,
    readers: Readers,
}

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// They take values as they are.
    Programs,
    /// They guess what values mean, and calculate.
    Spreadsheets,
}

/// One property of all rows of a batch.
enum Cells<'a> {
    /// Any text, which may need quotes.
    Text(&'a StringArray),
    /// Members of a JSON object, which needs them.
    Members(&'a StringArray),
    /// Decimals, which never do, as all that follows.
    Digits(&'a StringArray),
    Instant(&'a Int64Array),
    Int(&'a Int32Array),
    Bool(&'a BooleanArray),
}

impl CsvEncoder {
    pub(crate) fn new(log: &'static Log, layout: &[usize], readers: Readers) -> CsvEncoder {
        CsvEncoder { log, layout: layout.to_vec(), readers }
    }

    fn cells<'a>(&self, rows: &'a Rows, at: usize) -> Cells<'a> {
        let column = rows.batch().column(at);
        let Some(property) = self.log.properties.get(at) else {
            return Cells::Members(column.as_string::<i32>());
        };
        match property.edm {
            EdmType::String | EdmType::Enum(_) | EdmType::Collection(_) => {
                Cells::Text(column.as_string::<i32>())
            }
            EdmType::Decimal => Cells::Digits(column.as_string::<i32>()),
            EdmType::DateTimeOffset => Cells::Instant(column.as_primitive::<Int64Type>()),
            EdmType::Int32 => Cells::Int(column.as_primitive::<Int32Type>()),
            EdmType::Boolean => Cells::Bool(column.as_boolean()),
        }
    }
}

impl Encoder for CsvEncoder {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        if self.readers == Readers::Spreadsheets {
            out.extend_from_slice(BYTE_ORDER_MARK);
        }
        for (place, at) in self.layout.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            let name = self.log.properties.get(*at).map_or(DYNAMIC_PROPERTIES, |property| property.name);
            write_text(name, self.readers, out);
        }
        out.push(b'\n');
        Ok(())
    }

    fn rows(&mut self, rows: &Rows, out: &mut Vec<u8>) -> Result<(), Error> {
        assert_eq!(self.log, rows.log(), "rows are written by their own log's encoder");
        let columns: Vec<Cells<'_>> = self.layout.iter().map(|at| self.cells(rows, *at)).collect();
        for row in 0..rows.len() {
            let begin = out.len();
            for (place, cells) in columns.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                cells.write(row, self.readers, out);
            }
            // Readers pass over empty lines.
            if out.len() == begin {
                out.extend_from_slice(b"\"\"");
            }
            out.push(b'\n');
        }
        Ok(())
    }

    fn finish(&mut self, _: &mut Vec<u8>) -> Result<(), Error> {
        Ok(())
    }
}

impl Cells<'_> {
    /// Appends a row's value; nothing where it is null.
    fn write(&self, row: usize, readers: Readers, out: &mut Vec<u8>) {
        match self {
            Cells::Text(column) if column.is_valid(row) => write_text(column.value(row), readers, out),
            Cells::Members(column) if column.is_valid(row) => {
                let members = column.value(row);
                match readers {
                    Readers::Programs => write_quoted(&[b"{", members.as_bytes(), b"}"], out),
                    Readers::Spreadsheets => write_text(&format!("{{{members}}}"), readers, out),
                }
            }
            Cells::Digits(column) if column.is_valid(row) => {
                out.extend_from_slice(column.value(row).as_bytes());
            }
            Cells::Instant(column) if column.is_valid(row) => {
                Instant::from_ticks(column.value(row)).unwrap_or(Instant::ABSENT).write(out);
            }
            Cells::Int(column) if column.is_valid(row) => json::write_int(column.value(row), out),
            Cells::Bool(column) if column.is_valid(row) => {
                out.extend_from_slice(if column.value(row) { b"true" } else { b"false" });
            }
            _ => {}
        }
    }
}

fn write_text(text: &str, readers: Readers, out: &mut Vec<u8>) {
    // Nearly all text goes without quotes. Looking at every byte without
    // stopping lets the compiler look at many at once.
    let is_marked = match readers {
        Readers::Programs => text.bytes().fold(false, |marked, byte| marked | needs_quotes(byte)),
        Readers::Spreadsheets => {
            if let Some(disarmed) = disarmed(text) {
                write_quoted(&[disarmed.as_bytes()], out);
                return;
            }
            text.bytes().fold(false, |marked, byte| marked | may_need_quotes(byte))
        }
    };
    if is_marked || text.is_empty() {
        write_quoted(&[text.as_bytes()], out);
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

/// Appends the parts as one field in quotes.
fn write_quoted(parts: &[&[u8]], out: &mut Vec<u8>) {
    out.push(b'"');
    for part in parts {
        for (at, piece) in part.split(|byte| *byte == b'"').enumerate() {
            if at > 0 {
                out.extend_from_slice(b"\"\"");
            }
            out.extend_from_slice(piece);
        }
    }
    out.push(b'"');
}

fn needs_quotes(byte: u8) -> bool {
    matches!(byte, b'"' | b',' | b'\n' | b'\r')
}

/// What separates fields for any spreadsheet, whatever its country.
fn may_need_quotes(byte: u8) -> bool {
    needs_quotes(byte) || matches!(byte, b';' | b'\t')
}
