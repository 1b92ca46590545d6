//! Going on after what is broken.
//!
//! Where brackets and texts do not fit together, the next place is looked for
//! at which a record can start. Two facts make that work. JSON permits no line
//! break in a text, so each line shows again what is text and what is not. And
//! where records have their own lines, none starts deeper than the one
//! before it.

use std::io::{self, Read};

use super::container::Extent;
use super::item::Flaw;
use super::limits::MAX_RECORD;
use super::scan::Target;
use super::state::{Piece, Search, Splitter, State};
use super::window::Mark;

impl<R: Read> Splitter<R> {
    /// Reports a record that is broken, and finds the next one.
    pub(super) fn lose(&mut self, flaw: Flaw, target: Target, start: Mark) -> io::Result<Option<Piece>> {
        self.forget_broken(target);
        let search = Search {
            flaw: Some(flaw),
            line: start.line,
            column: start.column(),
            from: start.offset + 1,
            broken_at: self.window.offset(),
            fresh: false,
            last: [0; 2],
        };
        self.window.rewind(start);
        self.search(search)
    }

    /// Silently finds the next record after the remains of a broken one, which
    /// was in that column.
    pub(super) fn pass_remains(&mut self, column: u64) -> io::Result<Option<Piece>> {
        let here = self.window.mark();
        self.search(Search {
            flaw: None,
            line: here.line,
            column,
            from: here.offset,
            broken_at: here.offset,
            fresh: here.column() == 0,
            last: [0; 2],
        })
    }

    pub(super) fn search(&mut self, mut search: Search) -> io::Result<Option<Piece>> {
        loop {
            match search.flaw {
                None => self.window.release(),
                Some(flaw) if self.window.held_range().len() >= MAX_RECORD => {
                    let found = self.broken(flaw, search.line);
                    self.state = State::Lost(Search { flaw: None, ..search });
                    return Ok(Some(found));
                }
                Some(_) => {}
            }
            let Some(byte) = self.window.peek()? else {
                self.leave_containers();
                break;
            };
            if byte == b'{' && self.can_begin(&search) {
                self.begin_at(&search);
                break;
            }
            match byte {
                b'\n' => search.fresh = true,
                b' ' | b'\t' | b'\r' => {}
                // Some put the comma in front of the next element.
                b',' if search.fresh => {}
                0xef if search.fresh && self.window.pass_mark()? => continue,
                _ => {
                    search.fresh = false;
                    search.last = [search.last[1], byte];
                }
            }
            self.window.step();
        }
        Ok(search.flaw.map(|flaw| self.broken(flaw, search.line)))
    }

    /// Whether the bracket here can start a record.
    fn can_begin(&self, search: &Search) -> bool {
        let here = self.window.mark();
        if here.offset < search.from {
            false
        } else if search.fresh {
            here.column() <= search.column || search.last[1] == b'}'
        } else {
            // Several records on one line are in an array. Otherwise a line
            // that is broken is left as a whole.
            let shares_line = self.is_inside() || search.column > 0;
            shares_line && here.offset >= search.broken_at && search.last == *b"},"
        }
    }

    /// Settles where the record is that starts here.
    fn begin_at(&mut self, search: &Search) {
        let column = if search.fresh { self.window.mark().column() } else { search.column };
        if !self.is_inside() || column != search.column {
            self.leave_containers();
            self.lost_at = Some(column);
        }
    }

    fn broken(&self, flaw: Flaw, line: u64) -> Piece {
        let text = self.window.without_space_behind(self.window.held_range());
        Piece::Rejected { line, flaw, text }
    }

    /// Leaves what ends with the broken value: the page whose tail it is, and
    /// all that have it as their only value.
    pub(super) fn forget_broken(&mut self, target: Target) {
        if target == Target::Tail {
            self.levels.pop();
        }
        while self.levels.last().is_some_and(|level| level.extent != Extent::Many) {
            self.levels.pop();
        }
    }
}
