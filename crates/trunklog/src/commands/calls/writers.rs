//! The forms in which rows are written.

use std::io::{self, Write};

use anyhow::Result;
use comfy_table::{ContentArrangement, presets};
use trunklog_odata::edm::NAMESPACE;
use trunklog_odata::{Version, json};
use trunklog_records::json::RowEncoder;
use trunklog_records::{Log, Rows};

use crate::cells::Cells;
use crate::output::{self, Output};

/// Writes rows to standard output.
pub(super) trait RowWriter {
    /// Writes the next rows.
    fn write(&mut self, rows: &Rows) -> Result<()>;

    /// Writes what comes after the last row.
    fn finish(&mut self) -> Result<()>;
}

/// Properties in a table, with their headings; those that a log has.
const TELLING: [(&str, &str); 12] = [
    ("startDateTime", "start"),
    ("sentDateTime", "sent"),
    ("callType", "type"),
    ("callerNumber", "caller"),
    ("calleeNumber", "callee"),
    ("userDisplayName", "user"),
    ("duration", "secs"),
    ("finalSipCode", "SIP"),
    ("callEndSubReason", "subcode"),
    ("trunkFullyQualifiedDomainName", "trunk"),
    ("charge", "charge"),
    ("currency", "currency"),
];

/// A table for people, one for each page.
pub(super) struct Table {
    columns: Vec<(usize, &'static str)>,
    out: Output,
    rows: usize,
}

/// Comma-separated values.
pub(super) struct Csv {
    columns: Vec<usize>,
    writer: csv::Writer<Output>,
    cell: Vec<u8>,
}

/// A JSON object a line.
pub(super) struct Ndjson {
    encoder: RowEncoder,
    out: Output,
    line: Vec<u8>,
}

/// One object with all rows in `value`.
pub(super) struct Json {
    encoder: RowEncoder,
    out: Output,
    buffer: Vec<u8>,
    is_first: bool,
}

impl Table {
    pub(super) fn new(log: &'static Log) -> Table {
        let mut columns: Vec<(usize, &str)> =
            TELLING.iter().filter_map(|(name, heading)| Some((log.index_of(name)?, *heading))).collect();
        let time = log.time_index();
        if columns.iter().all(|(at, _)| *at != time) {
            columns.insert(0, (time, log.time));
        }
        Table { columns, out: output::stdout(), rows: 0 }
    }
}

impl RowWriter for Table {
    fn write(&mut self, rows: &Rows) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut table = comfy_table::Table::new();
        table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
        // Without a terminal its width is unknown and nothing is cut.
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(self.columns.iter().map(|(_, heading)| *heading).collect::<Vec<&str>>());
        let cells: Vec<Cells<'_>> = self.columns.iter().map(|(at, _)| Cells::of(rows, *at)).collect();
        for row in 0..rows.len() {
            table.add_row(cells.iter().map(|column| column.text(row)).collect::<Vec<String>>());
        }
        for line in table.lines() {
            writeln!(self.out, "{line}")?;
        }
        self.rows += rows.len();
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        writeln!(self.out, "{} rows", self.rows)?;
        self.out.flush()?;
        Ok(())
    }
}

impl Csv {
    pub(super) fn new(log: &'static Log, version: Version) -> Result<Csv> {
        let columns = log.layout(version);
        let mut writer = csv::Writer::from_writer(output::stdout());
        writer.write_record(columns.iter().map(|at| log.properties[*at].name)).map_err(plain)?;
        Ok(Csv { columns, writer, cell: Vec::new() })
    }
}

impl RowWriter for Csv {
    fn write(&mut self, rows: &Rows) -> Result<()> {
        let cells: Vec<Cells<'_>> = self.columns.iter().map(|at| Cells::of(rows, *at)).collect();
        for row in 0..rows.len() {
            for column in &cells {
                column.write(row, &mut self.cell);
                self.writer.write_field(&self.cell).map_err(plain)?;
            }
            self.writer.write_record(None::<&[u8]>).map_err(plain)?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.writer.flush()?;
        Ok(())
    }
}

impl Ndjson {
    pub(super) fn new(log: &'static Log, version: Version) -> Ndjson {
        Ndjson { encoder: RowEncoder::new(log, version), out: output::stdout(), line: Vec::new() }
    }
}

impl RowWriter for Ndjson {
    fn write(&mut self, rows: &Rows) -> Result<()> {
        let bound = self.encoder.bind(rows);
        for row in 0..rows.len() {
            self.line.clear();
            bound.write(row, &mut self.line);
            self.line.push(b'\n');
            self.out.write_all(&self.line)?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.out.flush()?;
        Ok(())
    }
}

impl Json {
    pub(super) fn new(log: &'static Log, version: Version, root: &str) -> Result<Json> {
        let context =
            format!("{root}/{}/$metadata#Collection({NAMESPACE}.{})", version.segment(), log.row_type);
        let mut head = b"{\"@odata.context\":".to_vec();
        json::write_string(&context, &mut head);
        head.extend_from_slice(b",\"value\":[");
        let mut out = output::stdout();
        out.write_all(&head)?;
        Ok(Json { encoder: RowEncoder::new(log, version), out, buffer: Vec::new(), is_first: true })
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

    fn finish(&mut self) -> Result<()> {
        self.out.write_all(b"]}\n")?;
        self.out.flush()?;
        Ok(())
    }
}

/// The error beneath, so that a closed output is recognised.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
