//! What a format has to say of itself.

use std::io;

use trunklog_records::Log;

use crate::input::Input;
use crate::period::Period;
use crate::reader::RecordReader;

/// A form in which rows are kept. One entry of
/// [`FORMATS`](crate::formats::FORMATS) each.
pub struct Format {
    /// Names it in positions, which outlive the program: it never changes.
    pub name: &'static str,
    /// How surely a file with this start is of the format; None when it is not.
    pub recognise: fn(&Start<'_>) -> Option<Confidence>,
    /// Starts its part in an import.
    pub begin: fn(Premise) -> Box<dyn Session>,
}

/// The start of an input.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// What the input is called: a file's path. Names are a hint and no more,
    /// since people rename files.
    pub name: &'a str,
    /// The first bytes of its text.
    pub bytes: &'a [u8],
    /// Whether the input could not be read on from there.
    pub is_cut: bool,
}

/// How surely an input is of a format. Of several formats the surest reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// It could be, unless it is known to be something else.
    Possible,
    /// It is.
    Certain,
}

/// What the one who imports says of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Premise {
    /// The log that all of them have to belong to; None takes rows of every log.
    pub log: Option<&'static Log>,
    /// The period that rows sum up which show no time as Graph returns them.
    /// Without it, such rows are rejected.
    pub period: Option<Period>,
}

/// A format's part in one import: it opens the inputs of its format, one after
/// the other, and knows what only all of them together show.
pub trait Session {
    /// Starts to read an input, from a position that a reader of this format
    /// gave, or from its start. A text that is no such position, of another
    /// version of the program perhaps, means the start, too.
    ///
    /// # Errors
    /// When the input cannot be read up to that position.
    fn open(&mut self, input: Input, from: Option<&str>) -> io::Result<Box<dyn RecordReader + '_>>;

    /// What there is to say when all inputs were read to their end, from their
    /// start.
    fn finish(&mut self) -> Findings;
}

/// What the inputs of a format show together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// How many more parts such as pages are missing at least, by what the
    /// inputs say of each other.
    pub parts_not_given: u64,
    /// What looks wrong, though nothing failed.
    pub warnings: Vec<String>,
}
