//! What is found in an input.

use trunklog_records::{Log, RowKind};

use crate::graph_json::missing::MissingPage;
use crate::graph_json::page::NextLink;

/// What a splitter finds.
#[derive(Debug, Clone, PartialEq)]
pub enum Item<'a> {
    /// An object that should be a row.
    Row {
        /// The line on which it starts, from 1.
        line: u64,
        /// Its text: brackets and texts fit together, the rest is unchecked.
        json: &'a [u8],
        /// What the `@odata.context` around it says that it is.
        of: RowsOf<'a>,
    },
    /// Text that is not a row.
    Rejected {
        /// The line on which it starts, from 1.
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
    /// An answer without rows is where a page should.
    MissingPage {
        /// The line on which it starts, from 1.
        line: u64,
        /// What it is.
        page: MissingPage,
    },
}

/// What a page says that its rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowsOf<'a> {
    /// It does not say.
    Unknown,
    /// Rows of that log.
    Log(&'static Log),
    /// No rows of a log: the name of their type.
    Other(&'a str),
}

impl<'a> RowsOf<'a> {
    pub(super) fn kind(kind: Option<&'a RowKind>) -> RowsOf<'a> {
        match kind {
            None => RowsOf::Unknown,
            Some(RowKind::Log(log)) => RowsOf::Log(log),
            Some(RowKind::Other(name)) => RowsOf::Other(name),
        }
    }
}

impl<'a> Item<'a> {
    /// The same, found on another line.
    pub(super) fn on_line(self, line: u64) -> Item<'a> {
        match self {
            Item::Row { json, of, .. } => Item::Row { line, json, of },
            Item::Rejected { flaw, text, .. } => Item::Rejected { line, flaw, text },
            Item::MissingPage { page, .. } => Item::MissingPage { line, page },
            end @ Item::PageEnd { .. } => end,
        }
    }
}

/// Why a piece of an input is not a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A byte that JSON does not have there.
    #[error("not valid JSON")]
    Syntax,
    /// A line break inside a text, mostly because its end is missing.
    #[error("a text does not end on its line")]
    OpenText,
    /// A bracket without its counterpart, or where none can be.
    #[error("the brackets do not match")]
    Brackets,
    /// More than [`MAX_DEPTH`](super::MAX_DEPTH) levels.
    #[error("nested deeper than 128 levels")]
    TooDeep,
    /// More than [`MAX_RECORD`](super::MAX_RECORD) bytes.
    #[error("record is larger than 1 MiB")]
    TooLarge,
    /// The response of a batch has more than [`MAX_BODY`](super::MAX_BODY)
    /// bytes and cannot be read in pieces.
    #[error("the response of a batch is larger than 4 MiB")]
    BodyTooLarge,
    /// An element of an array that is no object.
    #[error("not a JSON object")]
    NotAnObject,
    /// A page or row of which PowerShell kept only a text.
    #[error("a page or row that was cut at a depth: save it again with ConvertTo-Json -Depth 10")]
    CutAtDepth,
    /// A text that holds rows or pages, written as JSON twice.
    #[error("JSON within a text: unwrap it, with jq's fromjson or PowerShell's ConvertFrom-Json")]
    JsonInText,
    /// A list of rows or responses with nothing in it, in an object that is
    /// neither a row nor an answer of Graph.
    #[error("an empty list beside members that no page has: neither a page nor a row")]
    NoPage,
    /// A row around a list, as pages and batches have it, whose elements were
    /// taken by themselves.
    #[error("a row around its own value, responses or body: rename that member")]
    RowAround,
    /// A page starts inside another, or too many levels of pages do.
    #[error("a page starts before the one around it is closed")]
    PageInPage,
    /// Text before, between or after records.
    #[error("text that belongs to no record")]
    Stray,
    /// The input is cut off within a record.
    #[error("the file ends inside a record")]
    EndsInRecord,
    /// The input is cut off between two records.
    #[error("the file ends before its array is closed")]
    EndsInArray,
}
