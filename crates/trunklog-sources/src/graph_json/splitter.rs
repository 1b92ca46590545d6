//! Cuts a stream of JSON into the rows in it.
//!
//! The splitter follows brackets and texts and leaves the grammar to the
//! decoder of rows. So it is fast, and it can go on behind what is broken.

mod item;
mod recovery;
mod scan;
mod window;

use std::io::{self, Read};
use std::mem;
use std::ops::Range;

use trunklog_records::Log;

use super::page::Page;
use recovery::Search;
use scan::{Scan, Step, Target};
use window::Window;

pub use item::{Flaw, Item};

/// The largest record, in bytes. Graph's rows have less than one thousand.
pub const MAX_RECORD: usize = 1024 * 1024;

/// The deepest nesting inside a record.
pub const MAX_DEPTH: u32 = 128;

/// Yields the rows of saved Graph answers, whatever shape they have, and says
/// what is not a row.
///
/// Holds at most twice [`MAX_RECORD`] bytes, whatever the input's size.
#[derive(Debug)]
pub struct Splitter<R> {
    window: Window<R>,
    state: State,
    /// Inside an array of rows or pages.
    in_array: bool,
    /// The page whose rows are being read.
    page: Option<Page>,
    /// The log that the last page's context names.
    log: Option<&'static Log>,
    /// Where in its line the record stood behind which the structure was lost.
    /// From then on, closing brackets and texts between records are remains.
    lost_at: Option<u64>,
}

/// What the next call has to do.
#[derive(Debug)]
enum State {
    /// Look for a value.
    Between,
    /// Get behind a value that is too large, which began in that column.
    Skipping(Scan, u64),
    /// Look for a place where a record can begin.
    Lost(Search),
    /// Nothing: the input is at its end.
    Done,
}

/// An [`Item`] whose text is still named by its place in the window.
enum Found {
    Row { line: u64, text: Range<usize> },
    Rejected { line: u64, flaw: Flaw, text: Range<usize> },
    PageEnd(Page),
}

impl<R: Read> Splitter<R> {
    /// A splitter of what `reader` yields.
    pub fn new(reader: R) -> Splitter<R> {
        Splitter {
            window: Window::new(reader),
            state: State::Between,
            in_array: false,
            page: None,
            log: None,
            lost_at: None,
        }
    }

    /// The next row, or what stands in its place; None at the end.
    ///
    /// # Errors
    /// Only those of the reader. What came before them has been given out.
    pub fn next_item(&mut self) -> io::Result<Option<Item<'_>>> {
        let Some(found) = self.advance()? else { return Ok(None) };
        Ok(Some(match found {
            Found::Row { line, text } => Item::Row { line, json: self.window.text(text), log: self.log },
            Found::Rejected { line, flaw, text } => {
                Item::Rejected { line, flaw, text: self.window.text(text) }
            }
            Found::PageEnd(page) => Item::PageEnd { next_link: page.next_link },
        }))
    }

    fn advance(&mut self) -> io::Result<Option<Found>> {
        loop {
            let found = match mem::replace(&mut self.state, State::Between) {
                State::Between => self.between()?,
                State::Skipping(scan, column) => self.skip(scan, column)?,
                State::Lost(search) => self.search(search)?,
                State::Done => {
                    self.state = State::Done;
                    return Ok(None);
                }
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Goes to the next value and reads it. Commas are not insisted on: their
    /// absence between lines is what makes NDJSON.
    fn between(&mut self) -> io::Result<Option<Found>> {
        let byte = loop {
            self.window.release();
            match self.window.peek()? {
                None => return Ok(self.finish()),
                Some(b' ' | b'\t' | b'\r' | b'\n' | b',') => self.window.step(),
                Some(byte) => break byte,
            }
        };
        match byte {
            b'{' => self.value(Target::Object),
            b'[' if !self.is_inside() => {
                self.window.step();
                self.in_array = true;
                Ok(None)
            }
            b']' if self.page.is_some() => {
                self.window.step();
                self.window.release();
                self.value(Target::Tail)
            }
            b']' if self.in_array => {
                self.window.step();
                self.in_array = false;
                Ok(None)
            }
            _ if self.is_inside() => self.value(Target::Element),
            _ => match self.lost_at {
                Some(column) if matches!(byte, b'"' | b':' | b']' | b'}') => self.pass_remains(column),
                _ => self.stray(),
            },
        }
    }

    fn is_inside(&self) -> bool {
        self.in_array || self.page.is_some()
    }

    /// Reads the value that begins here.
    fn value(&mut self, target: Target) -> io::Result<Option<Found>> {
        let start = self.window.mark();
        let mut scan = Scan::new(target);
        loop {
            let (held, from) = self.window.held(MAX_RECORD);
            let is_limit = held.len() == MAX_RECORD;
            let progress = scan.run(held, from);
            self.window.consume(&progress);
            match progress.step {
                Step::More if is_limit => {
                    scan.stop_watching_names();
                    self.state = State::Skipping(scan, start.column());
                    let text = self.window.held_range();
                    return Ok(Some(Found::Rejected { line: start.line, flaw: Flaw::TooLarge, text }));
                }
                Step::More => {
                    if !self.window.fill()? {
                        return self.lose(Flaw::EndsInRecord, target, start);
                    }
                }
                Step::Ended => return Ok(Some(self.ended(target, start.line))),
                Step::Page => {
                    let page = Page::from_head(self.window.text(self.window.held_range()));
                    self.log = page.log;
                    if self.page.replace(page).is_some() {
                        // A page among another page's rows: the other was cut off.
                        self.in_array = false;
                        self.lost_at = Some(start.column());
                    }
                    return Ok(None);
                }
                Step::Broken(flaw) => return self.lose(flaw, target, start),
            }
        }
    }

    /// What a value that ended well is.
    fn ended(&mut self, target: Target, line: u64) -> Found {
        let text = self.window.held_range();
        match target {
            Target::Object | Target::Opaque => Found::Row { line, text },
            Target::Element => {
                let text = self.window.without_space_behind(text);
                Found::Rejected { line, flaw: Flaw::NotAnObject, text }
            }
            Target::Tail => {
                self.log = None;
                let mut page = self.page.take().unwrap_or_default();
                page.add_tail(self.window.text(text));
                Found::PageEnd(page)
            }
        }
    }

    /// Gets behind a value that is too large to be held and was reported.
    fn skip(&mut self, mut scan: Scan, column: u64) -> io::Result<Option<Found>> {
        loop {
            self.window.release();
            let (held, from) = self.window.held(MAX_RECORD);
            let is_limit = held.len() == MAX_RECORD;
            let progress = scan.run(held, from);
            self.window.consume(&progress);
            match progress.step {
                Step::More => {
                    if !is_limit && !self.window.fill()? {
                        return Ok(self.finish());
                    }
                }
                Step::Ended if scan.target() == Target::Tail => {
                    self.log = None;
                    return Ok(self.page.take().map(Found::PageEnd));
                }
                Step::Ended => return Ok(None),
                Step::Page | Step::Broken(_) => {
                    self.forget_page_behind(scan.target());
                    return self.pass_remains(column);
                }
            }
        }
    }

    /// Text that belongs to nothing, up to where its line ends or an object
    /// begins.
    fn stray(&mut self) -> io::Result<Option<Found>> {
        let line = self.window.mark().line;
        self.window.step();
        while self.window.held_range().len() < MAX_RECORD {
            match self.window.peek()? {
                None | Some(b'\n' | b'{') => break,
                Some(_) => self.window.step(),
            }
        }
        let text = self.window.without_space_behind(self.window.held_range());
        Ok(Some(Found::Rejected { line, flaw: Flaw::Stray, text }))
    }

    /// The end of the input between two values.
    fn finish(&mut self) -> Option<Found> {
        self.state = State::Done;
        let was_inside = self.is_inside();
        self.leave_containers();
        self.window.release();
        was_inside.then(|| Found::Rejected {
            line: self.window.mark().line,
            flaw: Flaw::EndsInArray,
            text: self.window.held_range(),
        })
    }

    fn leave_containers(&mut self) {
        self.in_array = false;
        self.page = None;
    }
}

#[cfg(test)]
mod tests;
