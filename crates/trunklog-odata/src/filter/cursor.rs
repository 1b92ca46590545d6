//! The text of an option, how far it was read, and faults in it.

use std::borrow::Cow;
use std::fmt;

use crate::{Error, Result, quoted};

/// A fault quotes this much of a longer text.
const QUOTED_CHARS: usize = 300;
/// A fault names this much of a longer name.
const NAMED_CHARS: usize = 64;

/// A text and the place up to which it was read. Places are counted in bytes;
/// only faults count in characters.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, at: 0 }
    }

    /// The place up to which was read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Passes over that many bytes.
    pub(super) fn advance(&mut self, len: usize) {
        self.at += len;
    }

    /// The next character after spaces, which it skips.
    pub(super) fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        self.at += rest.len() - behind.len();
        behind.chars().next()
    }

    /// Whether that mark was read last, without spaces after it.
    pub(super) fn is_behind(&self, mark: char) -> bool {
        self.text[..self.at].ends_with(mark)
    }

    /// Reads that ASCII mark if it comes next.
    pub(super) fn take(&mut self, mark: char) -> bool {
        let found = self.peek() == Some(mark);
        if found {
            self.advance(mark.len_utf8());
        }
        found
    }

    /// The word that comes next, empty when something else does. It is not
    /// skipped.
    pub(super) fn word(&mut self) -> &'a str {
        if !self.peek().is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | '$')) {
            return "";
        }
        self.run(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'))
    }

    /// The characters from here on that belong.
    pub(super) fn run(&self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        &rest[..rest.find(|c: char| !belongs(c)).unwrap_or(rest.len())]
    }

    /// Reads a text in single quotes, which comes next.
    pub(super) fn quoted(&mut self) -> Result<String> {
        let Some((value, len)) = quoted::text(self.rest()) else {
            let end = self.place(self.text.len());
            return Err(Error::bad_request(format!("There is an unterminated string literal at {end}."))
                .hint("a text ends with a single quote; a quote inside is written twice"));
        };
        self.at += len;
        Ok(value)
    }

    /// ODL's words for a text that does not fit its grammar.
    pub(super) fn syntax_error(&self, at: usize) -> Error {
        Error::bad_request(format!("Syntax error at {}.", self.place(at)))
    }

    /// ODL's words for something that is missing.
    pub(super) fn expected(&self, what: impl fmt::Display, at: usize) -> Error {
        Error::bad_request(format!("{what} expected at {}.", self.place(at)))
    }

    /// A sentence that does not name the place, and the place.
    pub(super) fn fault(&self, at: usize, message: impl fmt::Display) -> Error {
        Error::bad_request(format!("{message} It is at {}.", self.place(at)))
    }

    fn place(&self, at: usize) -> String {
        let position = self.text[..at].chars().count();
        let len = self.text.chars().count();
        if len <= QUOTED_CHARS {
            return format!("position {position} in '{}'", self.text);
        }
        let from = position.saturating_sub(QUOTED_CHARS / 2);
        let quoted: String = self.text.chars().skip(from).take(QUOTED_CHARS).collect();
        let before = if from == 0 { "" } else { "…" };
        let behind = if from + QUOTED_CHARS < len { "…" } else { "" };
        format!("position {position} in '{before}{quoted}{behind}'")
    }
}

/// A name for an error text.
pub(super) fn shortened(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(NAMED_CHARS) {
        None => Cow::Borrowed(name),
        Some((end, _)) => Cow::Owned(format!("{}…", &name[..end])),
    }
}
