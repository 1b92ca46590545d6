//! Comma-separated values. Source: RFC 4180.

use trunklog_odata::json;
use trunklog_records::formulas::disarmed;
use trunklog_records::schema::DYNAMIC_PROPERTIES;
use trunklog_records::{Cell, Column, Log, Rows};

use crate::{Encoder, Error};

/// By which Excel knows UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(crate) struct CsvEncoder {
    log: &'static Log,
    layout: Vec<usize>,
    readers: Readers,
}

/// Its readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// They take values as they are.
    Programs,
    /// They guess what values mean, and calculate.
    Spreadsheets,
}

impl CsvEncoder {
    pub(crate) fn new(log: &'static Log, layout: &[usize], readers: Readers) -> CsvEncoder {
        CsvEncoder { log, layout: layout.to_vec(), readers }
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
        let columns: Vec<Column<'_>> = self.layout.iter().map(|at| rows.column(*at)).collect();
        for row in 0..rows.len() {
            let begin = out.len();
            for (place, column) in columns.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_cell(column, row, self.readers, out);
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

/// Appends a row's value; nothing where it is null. Only text and JSON may need
/// quotes.
fn write_cell(column: &Column<'_>, row: usize, readers: Readers, out: &mut Vec<u8>) {
    match column.value(row) {
        Some(Cell::Text(text) | Cell::Collection(text)) => write_text(text, readers, out),
        Some(Cell::Members(members)) => match readers {
            Readers::Programs => write_quoted(&[b"{", members.as_bytes(), b"}"], out),
            Readers::Spreadsheets => write_text(&format!("{{{members}}}"), readers, out),
        },
        Some(Cell::Decimal(digits)) => out.extend_from_slice(digits.as_bytes()),
        Some(Cell::Instant(instant)) => instant.write(out),
        Some(Cell::Int(value)) => json::write_int(value, out),
        Some(Cell::Bool(value)) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        None => {}
    }
}

/// Appends a text, in quotes where it needs them.
pub(crate) fn write_text(text: &str, readers: Readers, out: &mut Vec<u8>) {
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
