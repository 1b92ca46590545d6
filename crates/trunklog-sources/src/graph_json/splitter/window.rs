//! The part of a stream that is in memory.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::ops::Range;

use super::scan::Progress;

/// What one read asks for.
const READ: usize = 256 * 1024;

/// The byte-order mark. Tools write it at the start of a file, so it is
/// between documents where files were put together.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A stretch of a stream: what is still needed, and what was read ahead.
///
/// ```text
/// bytes: | released | held | read ahead | free |
///        0         kept   at          filled
/// ```
pub(super) struct Window<R> {
    reader: R,
    bytes: Vec<u8>,
    kept: usize,
    at: usize,
    filled: usize,
    /// The stream's offset of `bytes[0]`.
    base: u64,
    /// The line of `at`, from 1, and the stream's offset at which it starts.
    line: u64,
    line_begin: u64,
}

/// A place in the stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) offset: u64,
    pub(super) line: u64,
    line_begin: u64,
}

impl Mark {
    /// How far it is from the start of its line, in bytes.
    pub(super) fn column(self) -> u64 {
        self.offset - self.line_begin
    }
}

impl<R> Window<R> {
    pub(super) fn new(reader: R) -> Window<R> {
        Window::with_size(reader, READ)
    }

    /// A window of a stream that is known to be short.
    pub(super) fn of_short(reader: R, len: usize) -> Window<R> {
        Window::with_size(reader, len.clamp(1, READ))
    }

    /// A window of the rest of a stream, from that offset on, which is on that
    /// line and that far from its start.
    pub(super) fn of_rest(reader: R, offset: u64, line: u64, column: u64) -> Window<R> {
        Window { base: offset, line, line_begin: offset - column, ..Window::new(reader) }
    }

    fn with_size(reader: R, size: usize) -> Window<R> {
        Window { reader, bytes: vec![0; size], kept: 0, at: 0, filled: 0, base: 0, line: 1, line_begin: 0 }
    }

    /// How much of the stream was consumed.
    pub(super) fn offset(&self) -> u64 {
        self.base + wide(self.at)
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { offset: self.offset(), line: self.line, line_begin: self.line_begin }
    }

    /// Goes back to a place that is still held.
    pub(super) fn rewind(&mut self, mark: Mark) {
        let back = usize::try_from(self.offset() - mark.offset)
            .expect("a mark is in the window, which is in memory");
        self.at -= back;
        self.line = mark.line;
        self.line_begin = mark.line_begin;
    }

    /// Lets go of all that was consumed.
    pub(super) fn release(&mut self) {
        self.kept = self.at;
    }

    /// What is held and what was read ahead, at most `max` bytes, and how much
    /// of it was consumed.
    pub(super) fn held(&self, max: usize) -> (&[u8], usize) {
        let end = self.filled.min(self.kept + max);
        (&self.bytes[self.kept..end], self.at - self.kept)
    }

    /// Where [`Window::text`] finds what is held.
    pub(super) fn held_range(&self) -> Range<usize> {
        self.kept..self.at
    }

    /// A piece of what is held, until the window is filled again.
    pub(super) fn text(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    /// The range without the space, commas and byte-order marks included, at
    /// its end.
    pub(super) fn without_space_behind(&self, range: Range<usize>) -> Range<usize> {
        let mut held = &self.bytes[range.clone()];
        loop {
            if let [rest @ .., b' ' | b'\t' | b'\r' | b'\n' | b','] = held {
                held = rest;
            } else if let Some(rest) = held.strip_suffix(MARK) {
                held = rest;
            } else {
                return range.start..range.start + held.len();
            }
        }
    }

    /// How much memory it takes.
    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Consumes one byte, which [`Window::peek`] has shown.
    pub(super) fn step(&mut self) {
        let byte = self.bytes[self.at];
        self.at += 1;
        if byte == b'\n' {
            self.line += 1;
            self.line_begin = self.offset();
        }
    }

    /// Consumes what a scan of [`Window::held`] went over.
    pub(super) fn consume(&mut self, progress: &Progress) {
        self.at = self.kept + progress.at;
        self.line += progress.line_breaks;
        if let Some(begin) = progress.line_begin {
            self.line_begin = self.base + wide(self.kept + begin);
        }
    }
}

impl<R: Read> Window<R> {
    /// The next byte; None at the end of the stream.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        while self.at == self.filled {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(Some(self.bytes[self.at]))
    }

    /// The next bytes, fewer than `count` at the end of the stream alone.
    pub(super) fn ahead(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.filled - self.at < count {
            if !self.fill()? {
                break;
            }
        }
        let end = self.filled.min(self.at + count);
        Ok(&self.bytes[self.at..end])
    }

    /// Consumes a byte-order mark, if there is one. It is no part of its line.
    pub(super) fn pass_mark(&mut self) -> io::Result<bool> {
        if self.ahead(MARK.len())? != MARK {
            return Ok(false);
        }
        let is_first = self.mark().column() == 0;
        self.at += MARK.len();
        if is_first {
            self.line_begin = self.offset();
        }
        Ok(true)
    }

    /// Reads on; false at the end of the stream.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if self.filled == self.bytes.len() {
            self.make_room();
        }
        loop {
            match self.reader.read(&mut self.bytes[self.filled..]) {
                Ok(read) => {
                    self.filled += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Moves what is held to the front, and grows where that is not enough.
    /// Readers stop at a limit, so growing does, too.
    fn make_room(&mut self) {
        self.bytes.copy_within(self.kept..self.filled, 0);
        self.base += wide(self.kept);
        self.at -= self.kept;
        self.filled -= self.kept;
        self.kept = 0;
        if self.filled > self.bytes.len() / 2 {
            self.bytes.resize(self.bytes.len() * 2, 0);
        }
    }
}

impl<R> fmt::Debug for Window<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window")
            .field("line", &self.line)
            .field("offset", &self.offset())
            .field("held", &self.held_range().len())
            .finish_non_exhaustive()
    }
}

fn wide(index: usize) -> u64 {
    u64::try_from(index).expect("no supported machine has addresses of more than 64 bits")
}
