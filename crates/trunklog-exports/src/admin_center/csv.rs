//! The admin centre's table as CSV.

use trunklog_odata::json;
use trunklog_records::{Column, Log, Rows};

use super::cells::{ReportCell, cell};
use super::columns::{self, ReportColumn};
use crate::comma_separated::{BYTE_ORDER_MARK, Readers, write_text};
use crate::{Encoder, Error};

/// Writes the table of a log.
pub(super) struct ReportCsv {
    log: &'static Log,
    columns: Vec<ReportColumn>,
}

impl ReportCsv {
    pub(super) fn new(log: &'static Log) -> ReportCsv {
        ReportCsv { log, columns: columns::of(log) }
    }
}

impl Encoder for ReportCsv {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        out.extend_from_slice(BYTE_ORDER_MARK);
        for (place, column) in self.columns.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            write_text(column.name, Readers::Spreadsheets, out);
        }
        out.extend_from_slice(b"\r\n");
        Ok(())
    }

    fn rows(&mut self, rows: &Rows, out: &mut Vec<u8>) -> Result<(), Error> {
        assert_eq!(self.log, rows.log(), "rows are written by their own log's encoder");
        let values: Vec<Column<'_>> = self.columns.iter().map(|column| rows.column(column.at)).collect();
        for row in 0..rows.len() {
            for (place, (column, values)) in self.columns.iter().zip(&values).enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                match cell(values, column.form, row) {
                    ReportCell::Text(text) if !text.is_empty() => {
                        write_text(&text, Readers::Spreadsheets, out);
                    }
                    ReportCell::Nothing | ReportCell::Text(_) => {}
                    ReportCell::Number(value) => json::write_int(value, out),
                    ReportCell::Decimal(digits) => out.extend_from_slice(digits.as_bytes()),
                    ReportCell::Time(time) => time.write(out),
                }
            }
            out.extend_from_slice(b"\r\n");
        }
        Ok(())
    }

    fn finish(&mut self, _: &mut Vec<u8>) -> Result<(), Error> {
        Ok(())
    }
}
