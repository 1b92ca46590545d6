//! Tables as one of the formats.

use std::borrow::Cow;
use std::io;

use serde::{Deserialize, Serialize};
use trunklog_records::{Log, Oddity, RowNotes};

use super::columns::Table;
use super::fields::{self, Field};
use super::graph;
use super::head::{self, Head};
use super::records::{Piece, Records};
use crate::format::{Confidence, Findings, Format, Premise, Session, Start};
use crate::graph_json::{Router, RowsOf};
use crate::input::Input;
use crate::reader::{Reason, Record, RecordReader, RowTarget};

/// Exports of the admin centre, and tables with Graph's names.
pub const FORMAT: Format = Format { name: "table", recognise, begin };

const NO_NAMES: &str = "a table whose first line names no columns of an export of the Teams admin centre or of \
                        Graph: import it as it was exported, with its first line";
const NOT_UTF8: &str = "not UTF-8: the file was saved in the code page of a country, in which letters cannot be told; \
                        save it as CSV UTF-8";
const OTHER_COUNT: &str =
    "not as many values as there are columns: a separator without quotes, or a line that was cut";

fn recognise(start: &Start<'_>) -> Option<Confidence> {
    let is_told = head::read(start.bytes, false).is_some() || head::without_time(start.bytes).is_some();
    is_told.then_some(Confidence::Certain)
}

fn begin(premise: Premise) -> Box<dyn Session> {
    Box::new(Tables { router: Router::new(premise), json: Vec::new() })
}

/// The tables of an import.
#[derive(Debug)]
struct Tables {
    /// Tells the log of rows with Graph's names.
    router: Router,
    /// A record as JSON.
    json: Vec<u8>,
}

/// One of them.
struct TableReader<'s> {
    all: &'s mut Tables,
    records: Records<Input>,
    /// The columns; None where the first line names none.
    head: Option<Head>,
    /// The lines that say so, as they came: without them nobody could read a rejected
    /// record again.
    names: Vec<u8>,
    /// A record that was rejected, after the names of its columns.
    rejected: Vec<u8>,
    /// The log whose time it lacks, where that is why there are none.
    timeless: Option<&'static Log>,
    /// Whether the columns are those that the text starts with.
    is_first_head: bool,
    resumed_on: Option<u64>,
    is_blank: bool,
    /// Whether there is nothing more to read.
    is_done: bool,
}

/// A place between two records.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Place {
    /// Where in the text it is, in bytes.
    at: u64,
    /// Its line, from 1.
    line: u64,
}

/// What a record turned out to be.
enum Outcome {
    Row(&'static Log, RowNotes),
    /// Something between rows.
    Between,
    /// No row.
    Rejected(Reason),
}

impl Session for Tables {
    fn open(&mut self, mut input: Input, from: Option<&str>) -> io::Result<Box<dyn RecordReader + '_>> {
        if input.head().is_empty() {
            // What keeps it from looking is told when reading gets there.
            input.look(head::MAX_HEAD);
        }
        self.router.guess(None);
        let head = head::read(input.head(), input.has_mark());
        let timeless = if head.is_none() { head::without_time(input.head()) } else { None };
        let place: Option<Place> = from.and_then(|from| serde_json::from_str(from).ok());
        let (mut offset, mut line, mut separator) = (0, 1, b',');
        let mut names = Vec::new();
        let mut resumed_on = None;
        if let Some(head) = &head {
            separator = head.separator;
            if head.is_for_spreadsheets {
                // So that a rejected record is read again as it was.
                names.extend_from_slice(head::BYTE_ORDER_MARK);
            }
            let ends = usize::try_from(head.rows_at).unwrap_or(usize::MAX).min(input.head().len());
            names.extend_from_slice(&input.head()[..ends]);
            let place = place.filter(|place| place.at >= head.rows_at);
            resumed_on = place.map(|place| place.line);
            let start = place.unwrap_or(Place { at: head.rows_at, line: head.line });
            (offset, line) = (start.at, start.line);
            input.skip(offset)?;
        }
        Ok(Box::new(TableReader {
            all: self,
            records: Records::new(input, separator, offset, line),
            is_blank: head.is_none(),
            is_done: false,
            is_first_head: true,
            head,
            names,
            rejected: Vec::new(),
            timeless,
            resumed_on,
        }))
    }

    fn finish(&mut self) -> Findings {
        Findings::default()
    }
}

impl RecordReader for TableReader<'_> {
    fn next_record(&mut self, rows: &mut dyn RowTarget) -> io::Result<Option<Record<'_>>> {
        while !self.is_done {
            let Some(mut piece) = self.records.next_piece()? else { break };
            if self.records.text(piece).trim_ascii().is_empty() && piece.flaw.is_none() {
                continue;
            }
            self.is_blank = false;
            let line = piece.line;
            let outcome = match piece.flaw {
                Some(flaw) => Outcome::Rejected(Cow::Borrowed(flaw)),
                None => self.take(&mut piece, rows),
            };
            return Ok(Some(match outcome {
                Outcome::Row(log, notes) => Record::Row { log, line, notes },
                Outcome::Between => Record::Between,
                Outcome::Rejected(reason) => {
                    self.rejected.clone_from(&self.names);
                    self.rejected.extend_from_slice(self.records.text(piece));
                    Record::Rejected { line, reason, text: &self.rejected }
                }
            }));
        }
        Ok(None)
    }

    fn position(&self) -> Option<String> {
        if self.head.is_none() || !self.is_first_head {
            return None;
        }
        let (at, line) = self.records.place()?;
        serde_json::to_string(&Place { at, line }).ok()
    }

    fn resumed_on(&self) -> Option<u64> {
        self.resumed_on
    }

    fn is_blank(&self) -> bool {
        self.is_blank
    }
}

impl TableReader<'_> {
    /// Takes a record. Of one on several lines that is no row, only the first line
    /// is taken: a quote too many must not swallow others.
    fn take(&mut self, piece: &mut Piece, rows: &mut dyn RowTarget) -> Outcome {
        let Some(head) = &self.head else {
            self.is_done = true;
            return Outcome::Rejected(self.timeless.map_or(Cow::Borrowed(NO_NAMES), no_time));
        };
        let bytes = self.records.text(*piece);
        if head::is_before_names(bytes) || head::told_separator(bytes).is_some() {
            return Outcome::Between;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.records.take_back(piece);
            return Outcome::Rejected(Cow::Borrowed(NOT_UTF8));
        };
        let reason = match self.all.add(text, head, rows) {
            Ok((log, mut notes)) => {
                if !piece.is_ended {
                    notes.oddity = notes.oddity.or(Some(Oddity::NoLineEnd));
                }
                return Outcome::Row(log, notes);
            }
            Err(reason) => reason,
        };
        // Tables that were put together have further names between their rows.
        if let Some(next) = head::read(bytes, false) {
            if !head.has_names_of(&next) {
                self.names.clear();
                self.names.extend_from_slice(bytes);
                self.names.push(b'\n');
                self.is_first_head = false;
                self.records.separate_by(next.separator);
                self.head = Some(next);
            }
            return Outcome::Between;
        }
        self.records.take_back(piece);
        Outcome::Rejected(reason)
    }
}

/// Why nothing of a table is a row of its log.
fn no_time(log: &'static Log) -> Reason {
    Cow::Owned(format!(
        "a table of {} without the time of its rows, so that none of them is one: export it again with the column \
         {}, which exports of the Teams admin centre call Start time",
        log.name, log.time
    ))
}

impl Tables {
    /// Adds a record as a row, or nothing.
    ///
    /// # Errors
    /// Why it is none.
    fn add(
        &mut self,
        text: &str,
        head: &Head,
        rows: &mut dyn RowTarget,
    ) -> Result<(&'static Log, RowNotes), Reason> {
        let fields = fields::split(text, head.separator);
        if !fit(&fields, head.columns) {
            return Err(Cow::Borrowed(OTHER_COUNT));
        }
        match &head.table {
            Table::Export(table) => table.add(&fields, head.is_resaved, rows),
            Table::Graph(columns) => {
                graph::write(columns, &fields, head.is_for_spreadsheets, &mut self.json)?;
                self.router.route(&self.json, RowsOf::Unknown, rows)
            }
        }
    }
}

/// Whether there is a value for each column, and nothing after those.
fn fit(fields: &[Field<'_>], columns: usize) -> bool {
    fields.len() >= columns && fields[columns..].iter().all(|field| field.text.is_empty())
}
