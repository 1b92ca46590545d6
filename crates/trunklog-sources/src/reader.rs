//! What every format does: it reads an input record by record.
//!
//! A format knows how records are laid out in its inputs and what they mean. All that is
//! the same for every format is the [`pipeline`](crate::pipeline)'s: batches,
//! appending, retries, files of rejected records, progress, the summary, and
//! keeping positions.

use std::borrow::Cow;
use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};
use trunklog_records::{Log, RowBuilder, RowNotes};

/// Why a record is not a row: in words that hold no value of it, so that they can
/// be counted and logged.
pub type Reason = Cow<'static, str>;

/// One input that is being read.
///
/// It holds a bounded amount of memory, goes on after what it cannot read, and
/// never panics.
pub trait RecordReader {
    /// Reads on to the next record; None at the end. If it is a row, the reader
    /// has added it to `rows`: one row, to the rows of one log.
    ///
    /// # Errors
    /// Only those of the input. What came before them has been given out.
    fn next_record(&mut self, rows: &mut dyn RowTarget) -> io::Result<Option<Record<'_>>>;

    /// The place after what was read so far, as a text that the same format
    /// understands: a reader of the same input that is opened with it gives out
    /// what this one still would. None where reading cannot go on from here.
    fn position(&self) -> Option<String>;

    /// The line on which it went on, from 1, where it was opened with a position;
    /// None where it is read from its start.
    fn resumed_on(&self) -> Option<u64>;

    /// Whether there was nothing in the input so far.
    fn is_blank(&self) -> bool;
}

/// What a reader came across.
#[derive(Debug, Clone, PartialEq)]
pub enum Record<'a> {
    /// A row, which was added to the rows of its log.
    Row {
        /// Its log.
        log: &'static Log,
        /// The line on which it starts, from 1.
        line: u64,
        /// What is to be known of it.
        notes: RowNotes,
    },
    /// Text that is not a row.
    Rejected {
        /// The line on which it starts, from 1.
        line: u64,
        /// Why it is none.
        reason: Reason,
        /// The text, or its start where it is long.
        text: &'a [u8],
    },
    /// Something else is where rows should be, which are missing now.
    Missing {
        /// The line on which it starts, from 1.
        line: u64,
        /// What it is.
        missing: Gap,
    },
    /// Something between rows of which the format took note.
    Between,
}

/// What is where rows should be. Holds nothing of the input but names, so
/// it can be shown and logged. Printed, it is what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// In words: "an error (status 429)".
    pub what: String,
    /// The status of HTTP, where that was saved.
    pub status: Option<u16>,
    /// The code of an error, where it is fit to be shown.
    pub code: Option<String>,
}

/// Takes the rows of a reader.
pub trait RowTarget {
    /// The rows of a log, to which one is to be added.
    ///
    /// # Errors
    /// Why rows of that log are not taken.
    fn rows_of(&mut self, log: &'static Log) -> Result<&mut RowBuilder, Reason>;
}

/// A place in an input from which reading can go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The name of the format that understands it.
    pub format: String,
    /// What its reader said.
    pub at: String,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}
