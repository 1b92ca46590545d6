//! What is open around the next value.

use trunklog_records::RowKind;

use super::container::{Extent, Inside};
use crate::graph_json::others::Others;
use crate::graph_json::page::Page;
use crate::graph_json::response::Response;

/// The most levels around a row. PowerShell adds some; no tool adds that many.
pub(super) const MAX_LEVELS: usize = 16;

/// Something that was opened and not closed yet.
#[derive(Debug)]
pub(super) struct Level {
    /// The line on which its object starts.
    pub(super) line: u64,
    pub(super) holds: Holds,
    pub(super) extent: Extent,
}

/// What is in a level.
#[derive(Debug)]
pub(super) enum Holds {
    /// Rows or pages, in an array that is by itself.
    Elements,
    /// What a page has as its `value`: rows or pages.
    Rows(Page),
    /// What the answer to a batch has as its `responses`, and what else that
    /// answer has.
    Responses(Others),
    /// What one of those has as its `body`.
    Body(Response),
}

impl Holds {
    /// What starts after `head`, the start of an object.
    pub(super) fn of_head(inside: Inside, head: &[u8]) -> Holds {
        match inside {
            Inside::Rows => Holds::Rows(Page::from_head(head)),
            Inside::Responses => Holds::Responses(Others::from_head(head)),
            Inside::Body => Holds::Body(Response::from_head(head)),
        }
    }

    /// Adds the end of the object.
    pub(super) fn add_tail(&mut self, tail: &[u8]) {
        match self {
            Holds::Elements => {}
            Holds::Rows(page) => page.add_tail(tail),
            Holds::Responses(others) => others.add_tail(tail),
            Holds::Body(response) => response.add_tail(tail),
        }
    }

    /// Whether the object is a row by its other members.
    pub(super) fn tells_row(&self) -> bool {
        match self {
            Holds::Elements => false,
            Holds::Rows(page) => page.others.tell_row(),
            Holds::Responses(others) => others.tell_row(),
            Holds::Body(response) => response.others.tell_row(),
        }
    }
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
