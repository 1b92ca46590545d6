//! Tables as they come, and what becomes of them.

mod files;
mod one_call;
mod round_trip;

use std::io::Cursor;

use trunklog_odata::Version;
use trunklog_records::json::RowEncoder;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, RowBuilder, RowNotes, Rows};

use super::FORMAT;
use crate::format::{Premise, Start};
use crate::input::Input;
use crate::reader::{Reason, Record, RowTarget};

/// What was found in a file.
#[derive(Debug, Default)]
struct Found {
    rows: Taken,
    /// Line and notes of each row.
    notes: Vec<(u64, RowNotes)>,
    /// Line, reason and text of what is no row.
    rejected: Vec<(u64, String, String)>,
    /// The position after each record.
    positions: Vec<Option<String>>,
}

/// Takes rows of every log.
#[derive(Debug, Default)]
struct Taken(Vec<RowBuilder>);

impl RowTarget for Taken {
    fn rows_of(&mut self, log: &'static Log) -> Result<&mut RowBuilder, Reason> {
        let known = self.0.iter().position(|rows| rows.log() == log);
        let at = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push(RowBuilder::new(log));
        }
        Ok(&mut self.0[at])
    }
}

impl Found {
    fn rows_of(&mut self, log: &'static Log) -> Rows {
        self.rows.rows_of(log).unwrap().finish()
    }

    /// The rows of a log as beta shows them.
    fn json_of(&mut self, log: &'static Log) -> Vec<serde_json::Value> {
        let rows = self.rows_of(log);
        let encoder = RowEncoder::new(log, Version::Beta);
        let bound = encoder.bind(&rows);
        (0..rows.len())
            .map(|row| {
                let mut json = Vec::new();
                bound.write(row, &mut json);
                serde_json::from_slice(&json).unwrap()
            })
            .collect()
    }

    /// All rows as texts, in order, whatever order they came in.
    fn sorted(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        for log in LOGS {
            all.extend(self.json_of(log).into_iter().map(|row| format!("{} {row}", log.name)));
        }
        all.sort();
        all
    }
}

fn is_table(bytes: &[u8]) -> bool {
    (FORMAT.recognise)(&Start { name: "any", bytes, is_cut: false }).is_some()
}

/// Reads a file from a place on, or from its start.
fn read_from(bytes: &[u8], from: Option<&str>, premise: Premise) -> Found {
    let mut found = Found::default();
    let mut session = (FORMAT.begin)(premise);
    let input = Input::new("any", Cursor::new(bytes.to_vec())).unwrap();
    let mut reader = session.open(input, from).unwrap();
    loop {
        match reader.next_record(&mut found.rows).unwrap() {
            Some(Record::Row { line, notes, .. }) => found.notes.push((line, notes)),
            Some(Record::Rejected { line, reason, text }) => {
                let text = String::from_utf8_lossy(text).into_owned();
                found.rejected.push((line, reason.into_owned(), text));
            }
            Some(_) => {}
            None => return found,
        }
        found.positions.push(reader.position());
    }
}

fn read(bytes: impl AsRef<[u8]>) -> Found {
    read_from(bytes.as_ref(), None, Premise::default())
}

/// The reasons, without the lines.
fn reasons(found: &Found) -> Vec<&str> {
    found.rejected.iter().map(|(_, reason, _)| reason.as_str()).collect()
}
