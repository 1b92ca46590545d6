//! What is open around the next value.

use trunklog_records::RowKind;

use crate::graph_json::page::Page;
use crate::graph_json::response::Response;

/// The most levels around a row. PowerShell adds some; no tool adds that many.
pub(super) const MAX_LEVELS: usize = 16;

/// Something that was opened and not closed yet.
#[derive(Debug)]
pub(super) struct Level {
    /// The line on which its object begins.
    pub(super) line: u64,
    pub(super) holds: Holds,
    pub(super) extent: Extent,
}

/// What stands in a level.
#[derive(Debug)]
pub(super) enum Holds {
    /// Rows or pages, in an array that stands by itself.
    Elements,
    /// What a page has as its `value`: rows or pages.
    Rows(Page),
    /// What the answer to a batch has as its `responses`.
    Responses,
    /// What one of those has as its `body`.
    Body(Response),
}

/// How many values a level has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Any number, up to a closing bracket.
    Many,
    /// One, without a bracket around it.
    One,
    /// One, which was read.
    OneRead,
}

impl Level {
    /// What its context says that its rows are.
    pub(super) fn kind(&self) -> Option<&RowKind> {
        match &self.holds {
            Holds::Rows(page) => page.kind.as_ref(),
            _ => None,
        }
    }

    pub(super) fn is_page_with_context(&self) -> bool {
        matches!(&self.holds, Holds::Rows(page) if page.has_context)
    }
}
