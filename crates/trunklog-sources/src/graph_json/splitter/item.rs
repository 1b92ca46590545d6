//! What is found in an input.

use trunklog_records::Log;

use crate::graph_json::NextLink;

/// What a splitter finds.
#[derive(Debug, Clone, PartialEq)]
pub enum Item<'a> {
    /// An object that should be a row.
    Row {
        /// The line on which it begins, from 1.
        line: u64,
        /// Its text: brackets and texts fit together, the rest is unchecked.
        json: &'a [u8],
        /// The log that its page's `@odata.context` names.
        log: Option<&'static Log>,
    },
    /// Text that is no row.
    Rejected {
        /// The line on which it begins, from 1.
        line: u64,
        /// Why it is none.
        flaw: Flaw,
        /// The text, at most [`MAX_RECORD`](super::MAX_RECORD) bytes of it.
        text: &'a [u8],
    },
    /// A page ends here.
    PageEnd {
        /// Where it says that the next page is.
        next_link: Option<NextLink>,
    },
}

/// Why a piece of an input is no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A byte that JSON does not have there.
    #[error("not valid JSON")]
    Syntax,
    /// A line break inside a text, mostly because its end is missing.
    #[error("a text does not end on its line")]
    OpenText,
    /// A bracket without its counterpart, or where none can stand.
    #[error("the brackets do not match")]
    Brackets,
    /// More than [`MAX_DEPTH`](super::MAX_DEPTH) levels.
    #[error("nested deeper than 128 levels")]
    TooDeep,
    /// More than [`MAX_RECORD`](super::MAX_RECORD) bytes.
    #[error("record is larger than 1 MiB")]
    TooLarge,
    /// An element of an array that is no object.
    #[error("not a JSON object")]
    NotAnObject,
    /// Text before, between or behind records.
    #[error("text that belongs to no record")]
    Stray,
    /// The input is cut off within a record.
    #[error("the file ends inside a record")]
    EndsInRecord,
    /// The input is cut off between two records.
    #[error("the file ends before its array is closed")]
    EndsInArray,
}
