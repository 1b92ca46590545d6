//! Entering and leaving what is around rows.

use std::io::{self, Read};
use std::ops::Range;

use super::container::{Extent, Inside};
use super::item::Flaw;
use super::level::{Holds, Level, MAX_LEVELS};
use super::state::{Piece, Splitter};
use super::texts::AHEAD;
use super::window::Mark;
use crate::graph_json::page::Page;

impl<R: Read> Splitter<R> {
    /// Whether the bracket here starts an array whose elements are rows or
    /// pages. Such arrays are in each other where a tool collected several; but
    /// one of numbers or texts is an element like any other.
    pub(super) fn opens_elements(&mut self) -> io::Result<bool> {
        if self.levels.is_empty() {
            return Ok(true);
        }
        let is_in_arrays = self.levels.iter().all(|level| matches!(level.holds, Holds::Elements));
        if !is_in_arrays || self.levels.len() >= MAX_LEVELS {
            return Ok(false);
        }
        let inside = self.window.ahead(AHEAD)?.iter().skip(1);
        let first = inside.copied().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        Ok(first.is_none_or(|byte| matches!(byte, b'{' | b'[' | b']')))
    }

    /// What starts here in an object, by the object's start.
    pub(super) fn held_by(&self, inside: Inside) -> Holds {
        Holds::of_head(inside, self.window.text(self.window.held_range()))
    }

    /// Enters what an object holds that is not a row.
    pub(super) fn open(&mut self, holds: Holds, extent: Extent, start: Mark) -> Option<Piece> {
        let level = Level { line: start.line, holds, extent };
        // Lists wrapped by PowerShell may hold pages, but no page of Graph's
        // holds another: then the end of the first was cut off.
        let is_second = level.is_page_with_context() && self.levels.iter().any(Level::is_page_with_context);
        let is_misplaced = is_second || self.levels.len() == MAX_LEVELS;
        if is_misplaced {
            self.leave_containers();
            self.lost_at = Some(start.column());
        }
        if matches!(level.holds, Holds::Rows(_)) {
            self.note_page();
        }
        self.levels.push(level);
        let text = self.window.held_range();
        let text = text.start..text.start;
        is_misplaced.then_some(Piece::Rejected { line: start.line, flaw: Flaw::PageInPage, text })
    }

    /// Notes that what is open holds a page or list.
    pub(super) fn note_page(&mut self) {
        if let Some(Level { holds: Holds::Rows(outer), .. }) = self.levels.last_mut() {
            outer.holds_pages = true;
        }
    }

    /// Notes that a value of the innermost level is over.
    pub(super) fn pass_value(&mut self) {
        if let Some(level) = self.levels.last_mut()
            && level.extent == Extent::One
        {
            level.extent = Extent::OneRead;
        }
    }

    /// Leaves the innermost level, whose object ends with `tail`.
    pub(super) fn close(&mut self, tail: Range<usize>) -> Option<Piece> {
        let Level { line, mut holds, .. } = self.levels.pop()?;
        holds.add_tail(self.window.text(tail.clone()));
        let found = if holds.tells_row() {
            Some(Piece::Rejected { line, flaw: Flaw::RowAround, text: tail })
        } else {
            match holds {
                Holds::Elements | Holds::Responses(_) => None,
                Holds::Rows(page) => self.end_of_page(line, page),
                Holds::Body(response) => response.missing().map(|page| Piece::Missing { line, page }),
            }
        };
        self.pass_value();
        found
    }

    /// What there is to say at the end of a page that starts on `line`.
    ///
    /// A list that PowerShell wrapped says nothing of how a walk goes on where
    /// it is the `value` of a page, or where its elements are not rows.
    pub(super) fn end_of_page(&mut self, line: u64, page: Page) -> Option<Piece> {
        let is_list_of_another = self.levels.last().is_some_and(|level| match level.holds {
            Holds::Rows(_) => level.extent == Extent::One,
            Holds::Responses(_) => true,
            Holds::Elements | Holds::Body(_) => false,
        });
        let is_list = is_list_of_another || page.holds_pages;
        let is_page = page.has_context || page.next_link.is_some() || !is_list;
        let end = is_page.then_some(Piece::PageEnd(page.next_link));
        let missing = page.failure.and_then(|failure| self.missing(line, failure));
        self.both(end, missing)
    }

    /// Gives out one of them now, and the other with the next call. Neither may
    /// have a text.
    pub(super) fn both(&mut self, first: Option<Piece>, then: Option<Piece>) -> Option<Piece> {
        if first.is_none() {
            return then;
        }
        self.later = then;
        first
    }

    pub(super) fn leave_containers(&mut self) {
        self.levels.clear();
    }
}
