//! Cuts a stream of JSON into the rows in it.
//!
//! The splitter follows brackets and texts and leaves the grammar to the
//! decoder of rows. So it is fast, and it can go on after what is broken.

mod around;
mod body;
mod bookmark;
mod container;
mod item;
mod level;
mod limits;
mod markup;
mod odd;
mod recovery;
mod scan;
mod state;
mod texts;
mod window;

use std::io::{self, Cursor, Read};
use std::mem;
use std::ops::Range;

use trunklog_records::RowKind;

use container::Extent;
use level::{Holds, Level};
use scan::{Scan, Step, Target};
use state::{Piece, State};
use texts::{AHEAD, flaw_of_text};
use window::Window;

pub use bookmark::Bookmark;
pub use item::{Flaw, Item, RowsOf};
pub use limits::{MAX_BODY, MAX_DEPTH, MAX_RECORD};
pub use state::Splitter;

impl Splitter<Cursor<Vec<u8>>> {
    /// A splitter of a response's body.
    fn of_body(json: Vec<u8>) -> Splitter<Cursor<Vec<u8>>> {
        let len = json.len();
        Splitter { is_body: true, ..Splitter::of_window(Window::of_short(Cursor::new(json), len)) }
    }
}

impl<R: Read> Splitter<R> {
    /// A splitter of what `reader` yields.
    pub fn new(reader: R) -> Splitter<R> {
        Splitter::of_window(Window::new(reader))
    }

    fn of_window(window: Window<R>) -> Splitter<R> {
        Splitter {
            window,
            state: State::Between,
            levels: Vec::new(),
            entity: None,
            body: None,
            later: None,
            has_values: false,
            is_body: false,
            lost_at: None,
        }
    }

    /// The next row, or what is in its place; None at the end.
    ///
    /// # Errors
    /// Only those of the reader. What came before them has been given out.
    pub fn next_item(&mut self) -> io::Result<Option<Item<'_>>> {
        let Some(found) = self.advance()? else { return Ok(None) };
        Ok(Some(self.item(found)))
    }

    /// Whether there was nothing but space so far.
    pub fn is_blank(&self) -> bool {
        !self.has_values
    }

    fn item(&self, found: Piece) -> Item<'_> {
        match found {
            Piece::Row { line, text } => Item::Row { line, json: self.window.text(text), of: self.rows_of() },
            Piece::Rejected { line, flaw, text } => {
                let end = text.end.min(text.start + MAX_RECORD);
                Item::Rejected { line, flaw, text: self.window.text(text.start..end) }
            }
            Piece::PageEnd(next_link) => Item::PageEnd { next_link },
            Piece::Missing { line, page } => Item::MissingPage { line, page },
            Piece::InBody(found) => {
                let body = self.body.as_ref().expect("a body is open until its end was found");
                body.splitter.item(*found).on_line(body.line)
            }
        }
    }

    /// What the nearest context says that a row is.
    fn rows_of(&self) -> RowsOf<'_> {
        RowsOf::kind(self.entity.as_ref().or_else(|| self.page_kind()))
    }

    fn page_kind(&self) -> Option<&RowKind> {
        self.levels.iter().rev().find_map(Level::kind)
    }

    fn advance(&mut self) -> io::Result<Option<Piece>> {
        if let Some(found) = self.later.take() {
            return Ok(Some(found));
        }
        loop {
            let found = if self.body.is_some() {
                self.in_body()?
            } else {
                match mem::replace(&mut self.state, State::Between) {
                    State::Between => self.between()?,
                    State::Skipping(scan, column) => self.skip(scan, column)?,
                    State::Lost(search) => self.search(search)?,
                    State::Done => {
                        self.state = State::Done;
                        return Ok(None);
                    }
                }
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// The next item of the open body, or what there is to say at its end.
    fn in_body(&mut self) -> io::Result<Option<Piece>> {
        let Some(mut body) = self.body.take() else { return Ok(None) };
        let found = body.advance()?;
        if let Some(found) = found {
            self.body = Some(body);
            return Ok(Some(Piece::InBody(Box::new(found))));
        }
        let line = body.line;
        Ok(body.missing().map(|page| Piece::Missing { line, page }))
    }

    /// Goes to the next value and reads it. Commas are not insisted on: their
    /// absence between lines is what makes NDJSON.
    fn between(&mut self) -> io::Result<Option<Piece>> {
        if self.levels.last().is_some_and(|level| level.extent == Extent::OneRead) {
            self.window.release();
            return self.value(Target::Tail);
        }
        let byte = loop {
            self.window.release();
            match self.window.peek()? {
                None => return Ok(self.finish()),
                Some(b' ' | b'\t' | b'\r' | b'\n' | b',') => self.window.step(),
                Some(0xef) if self.window.pass_mark()? => {}
                Some(byte) => break byte,
            }
        };
        self.has_values = true;
        match byte {
            b'{' => {
                let target = self.object_target();
                self.value(target)
            }
            b'[' if self.opens_elements()? => {
                self.window.step();
                let line = self.window.mark().line;
                self.levels.push(Level { line, holds: Holds::Elements, extent: Extent::Many });
                Ok(None)
            }
            b']' if self.is_inside() => {
                self.window.step();
                if self.levels.last().is_some_and(|level| matches!(level.holds, Holds::Elements)) {
                    self.levels.pop();
                    return Ok(None);
                }
                self.window.release();
                self.value(Target::Tail)
            }
            _ if self.is_inside() => self.value(Target::Element),
            b'<' if self.is_web_page()? => self.web_page(),
            b'"' if self.lost_at.is_none() && flaw_of_text(self.window.ahead(AHEAD)?).is_some() => {
                self.value(Target::Text)
            }
            _ => match self.lost_at {
                Some(column) if matches!(byte, b'"' | b':' | b']' | b'}') => self.pass_remains(column),
                _ => self.stray(),
            },
        }
    }

    fn is_inside(&self) -> bool {
        !self.levels.is_empty()
    }

    /// What an object that starts here is looked through for.
    fn object_target(&self) -> Target {
        let holder = self.levels.iter().rev().find(|level| !matches!(level.holds, Holds::Rows(_)));
        match holder.map(|level| &level.holds) {
            Some(Holds::Responses(_)) => Target::Response,
            _ => Target::Object,
        }
    }

    /// Reads the value that starts here.
    fn value(&mut self, target: Target) -> io::Result<Option<Piece>> {
        let start = self.window.mark();
        let mut scan = Scan::new(target);
        loop {
            let max = scan.max_len();
            let (held, from) = self.window.held(max);
            let is_limit = held.len() == max;
            let progress = scan.run(held, from);
            self.window.consume(&progress);
            match progress.step {
                // More of it may be held than it seemed.
                Step::More if is_limit && scan.max_len() > max => {}
                Step::More => {
                    if !is_limit && self.window.fill()? {
                        continue;
                    }
                    // All that came after the bracket is space.
                    if let Some(inside) = scan.pending() {
                        let holds = self.held_by(inside);
                        return Ok(self.open(holds, Extent::Many, start));
                    }
                    if !is_limit {
                        return self.lose(Flaw::EndsInRecord, target, start);
                    }
                    let text = self.window.held_range();
                    let flaw = self.flaw_of_size(&scan, text.clone());
                    scan.stop_watching_names();
                    self.state = State::Skipping(scan, start.column());
                    return Ok(Some(Piece::Rejected { line: start.line, flaw, text }));
                }
                Step::Ended => return Ok(self.ended(&scan, start.line)),
                Step::Opens(inside, extent) => {
                    let holds = self.held_by(inside);
                    if !holds.tells_row() {
                        return Ok(self.open(holds, extent, start));
                    }
                    scan.decline();
                }
                Step::Broken(flaw) => return self.lose(flaw, target, start),
            }
        }
    }

    /// What a value that ended well is.
    fn ended(&mut self, scan: &Scan, line: u64) -> Option<Piece> {
        let text = self.window.held_range();
        if scan.target() == Target::Tail {
            return self.close(text);
        }
        self.entity = None;
        let found = match scan.target() {
            Target::Element | Target::Text => {
                let text = self.window.without_space_behind(text);
                let flaw = flaw_of_text(self.window.text(text.clone())).unwrap_or(Flaw::NotAnObject);
                Some(Piece::Rejected { line, flaw, text })
            }
            target if scan.is_odd() => self.odd(target, line, text),
            _ if self.is_in_failure() => None,
            _ => Some(Piece::Row { line, text }),
        };
        self.pass_value();
        found
    }

    /// Whether what is here came with an error.
    fn is_in_failure(&self) -> bool {
        self.levels.last().is_some_and(|level| match &level.holds {
            Holds::Body(response) => response.is_failure(),
            _ => false,
        })
    }

    fn flaw_of_size(&self, scan: &Scan, text: Range<usize>) -> Flaw {
        match scan.target() {
            Target::Text => flaw_of_text(self.window.text(text)).unwrap_or(Flaw::TooLarge),
            _ if scan.may_have_page() => Flaw::BodyTooLarge,
            _ => Flaw::TooLarge,
        }
    }

    /// Gets past a value that is too large to be held and was reported.
    fn skip(&mut self, mut scan: Scan, column: u64) -> io::Result<Option<Piece>> {
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
                    let end = self.window.held_range().end;
                    return Ok(self.close(end..end));
                }
                Step::Ended => {
                    self.pass_value();
                    return Ok(None);
                }
                Step::Opens(..) | Step::Broken(_) => {
                    self.forget_broken(scan.target());
                    return self.pass_remains(column);
                }
            }
        }
    }

    /// Text that belongs to nothing, up to where its line ends or an object
    /// starts.
    fn stray(&mut self) -> io::Result<Option<Piece>> {
        let line = self.window.mark().line;
        self.window.step();
        while self.window.held_range().len() < MAX_RECORD {
            match self.window.peek()? {
                None | Some(b'\n' | b'{') => break,
                Some(_) => self.window.step(),
            }
        }
        let text = self.window.without_space_behind(self.window.held_range());
        Ok(Some(Piece::Rejected { line, flaw: Flaw::Stray, text }))
    }

    /// The end of the input between two values.
    fn finish(&mut self) -> Option<Piece> {
        self.state = State::Done;
        let was_inside = self.is_inside();
        self.leave_containers();
        self.window.release();
        was_inside.then(|| Piece::Rejected {
            line: self.window.mark().line,
            flaw: Flaw::EndsInArray,
            text: self.window.held_range(),
        })
    }
}

#[cfg(test)]
mod tests;
