//! The forms in which rows are written.

use std::io::Write;
use std::mem;

use anyhow::Result;
use comfy_table::ContentArrangement;
use trunklog_exports::{Encoder, Format, encoder};
use trunklog_odata::envelope::context_url;
use trunklog_odata::{Version, json};
use trunklog_records::json::RowEncoder;
use trunklog_records::{Cell, Column, Log, Rows};

use super::destination::Destination;
use crate::output::{counted, table};

/// Writes rows.
pub(super) trait RowWriter {
    /// Writes the next rows.
    fn write(&mut self, rows: &Rows) -> Result<()>;

    /// Writes what comes after the last row, and makes all of it final.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// Properties in a table, with their headings; those that a log has.
const TELLING: [(&str, &str); 24] = [
    ("startDateTime", "start"),
    ("sentDateTime", "sent"),
    ("blockDateTime", "blocked"),
    ("callType", "type"),
    ("smsType", "type"),
    ("userBlockMode", "state"),
    ("callerNumber", "caller"),
    ("calleeNumber", "callee"),
    ("sourceNumber", "from"),
    ("destinationNumber", "to"),
    ("userTelephoneNumber", "number"),
    ("userDisplayName", "user"),
    ("blockReason", "reason"),
    ("smsUnits", "units"),
    ("duration", "secs"),
    ("finalSipCode", "SIP"),
    ("callEndSubReason", "subcode"),
    ("trunkFullyQualifiedDomainName", "trunk"),
    ("totalCalls", "calls"),
    ("totalCallSeconds", "secs"),
    ("charge", "charge"),
    ("totalCallCharge", "charge"),
    ("callCharge", "charge"),
    ("currency", "currency"),
];

/// How many rows a table has. Its columns fit all of them.
const TABLE_ROWS: usize = 1_000;

/// Tables for people.
pub(super) struct Table {
    columns: Vec<(usize, &'static str)>,
    out: Destination,
    /// The rows of the table in progress.
    lines: Vec<Vec<String>>,
    rows: usize,
}

/// CSV, NDJSON, Arrow or Parquet.
pub(super) struct Export {
    encoder: Box<dyn Encoder>,
    rows_at_a_time: usize,
    out: Destination,
    buffer: Vec<u8>,
}

/// One object with all rows in `value`.
pub(super) struct Json {
    encoder: RowEncoder,
    out: Destination,
    buffer: Vec<u8>,
    is_first: bool,
}

/// The indices of a log's most telling properties.
pub(super) fn telling(log: &'static Log) -> Vec<usize> {
    let mut columns: Vec<usize> = TELLING.iter().filter_map(|(name, _)| log.index_of(name)).collect();
    let time = log.time_index();
    if !columns.contains(&time) {
        columns.insert(0, time);
    }
    columns
}

/// What is above a property; None above those that the log does not know.
fn heading(log: &'static Log, at: usize) -> Option<&'static str> {
    let name = log.properties.get(at)?.name;
    let heading = TELLING.iter().find(|(telling, _)| *telling == name);
    Some(heading.map_or(name, |(_, heading)| heading))
}

impl Table {
    pub(super) fn new(log: &'static Log, layout: &[usize], out: Destination) -> Table {
        let columns = layout.iter().filter_map(|at| Some((*at, heading(log, *at)?))).collect();
        Table { columns, out, lines: Vec::new(), rows: 0 }
    }

    /// Writes the table in progress.
    fn draw(&mut self) -> Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        self.rows += self.lines.len();
        let mut table = table(self.columns.iter().map(|(_, heading)| *heading));
        // Without a terminal its width is unknown and nothing is cut.
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.add_rows(mem::take(&mut self.lines));
        for line in table.lines() {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }
}

impl RowWriter for Table {
    fn write(&mut self, rows: &Rows) -> Result<()> {
        let columns: Vec<Column<'_>> = self.columns.iter().map(|(at, _)| rows.column(*at)).collect();
        let text = |cell: Option<Cell<'_>>| cell.map(|cell| cell.to_string()).unwrap_or_default();
        for row in 0..rows.len() {
            self.lines.push(columns.iter().map(|column| text(column.value(row))).collect());
            if self.lines.len() == TABLE_ROWS {
                self.draw()?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.draw()?;
        writeln!(self.out, "{}", counted(self.rows, "row"))?;
        self.out.finish()
    }
}

impl Export {
    pub(super) fn new(
        format: Format,
        log: &'static Log,
        layout: &[usize],
        out: Destination,
    ) -> Result<Export> {
        let encoder = encoder(format, log, layout);
        let rows_at_a_time = format.rows_at_a_time();
        let mut exported = Export { encoder, rows_at_a_time, out, buffer: Vec::new() };
        exported.encoder.begin(&mut exported.buffer)?;
        exported.pass_on()?;
        Ok(exported)
    }

    /// Writes what was encoded.
    fn pass_on(&mut self) -> Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

impl RowWriter for Export {
    fn write(&mut self, rows: &Rows) -> Result<()> {
        let mut begin = 0;
        while begin < rows.len() {
            let len = self.rows_at_a_time.min(rows.len() - begin);
            self.encoder.rows(&rows.slice(begin, len), &mut self.buffer)?;
            self.pass_on()?;
            begin += len;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.encoder.finish(&mut self.buffer)?;
        self.pass_on()?;
        self.out.finish()
    }
}

impl Json {
    /// `selected` are the names of the properties, when they were chosen.
    pub(super) fn new(
        log: &'static Log,
        version: Version,
        root: &str,
        layout: &[usize],
        selected: Option<&[&str]>,
        mut out: Destination,
    ) -> Result<Json> {
        let mut head = b"{\"@odata.context\":".to_vec();
        json::write_string(&context_url(root, version, log.row_type, selected), &mut head);
        head.extend_from_slice(b",\"value\":[");
        out.write_all(&head)?;
        Ok(Json { encoder: RowEncoder::of(log, layout), out, buffer: Vec::new(), is_first: true })
    }
}

impl RowWriter for Json {
    fn write(&mut self, rows: &Rows) -> Result<()> {
        let bound = self.encoder.bind(rows);
        for row in 0..rows.len() {
            self.buffer.clear();
            if !self.is_first {
                self.buffer.push(b',');
            }
            self.is_first = false;
            bound.write(row, &mut self.buffer);
            self.out.write_all(&self.buffer)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.out.write_all(b"]}\n")?;
        self.out.finish()
    }
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::{LOGS, PSTN_BLOCKED_USERS, SMS};

    use super::*;

    fn headings(log: &'static Log) -> Vec<&'static str> {
        telling(log).into_iter().map(|at| heading(log, at).unwrap()).collect()
    }

    #[test]
    fn a_table_shows_when_what_and_who() {
        assert_eq!(headings(&SMS), ["sent", "type", "from", "to", "user", "units", "charge", "currency"]);
        assert_eq!(headings(&PSTN_BLOCKED_USERS), ["blocked", "state", "number", "user", "reason"]);
    }

    #[test]
    fn no_two_columns_have_one_heading() {
        for log in LOGS {
            let mut headings = headings(log);
            let count = headings.len();
            headings.sort_unstable();
            headings.dedup();
            assert_eq!(headings.len(), count, "{}: {headings:?}", log.name);
        }
    }
}
