//! Web pages that were saved where JSON should be.

use std::io::{self, Read};

use super::{Found, Splitter};
use crate::graph_json::MissingPage;

/// How such pages begin.
const BEGINNINGS: [&[u8]; 8] =
    [b"<!doctype", b"<html", b"<head", b"<body", b"<title", b"<center", b"<h1", b"<?xml"];

const END: &[u8] = b"</html>";

/// How much of a page is looked at to find its title.
const HEAD: usize = 4 * 1024;

impl<R: Read> Splitter<R> {
    /// Whether the bracket here begins a web page.
    pub(super) fn is_web_page(&mut self) -> io::Result<bool> {
        let longest = BEGINNINGS[0].len();
        let ahead = self.window.ahead(longest)?.to_ascii_lowercase();
        Ok(BEGINNINGS.iter().any(|beginning| ahead.starts_with(beginning)))
    }

    /// Passes over a web page: up to its end, or to a line that begins as JSON
    /// does, where it has none. Its styles and scripts have brackets, too, so
    /// nothing else in it can be taken for a record.
    pub(super) fn web_page(&mut self) -> io::Result<Option<Found>> {
        let line = self.window.mark().line;
        let mut head = Vec::new();
        let mut last = [0; END.len()];
        while let Some(byte) = self.window.peek()? {
            let is_first = self.window.mark().column() == 0;
            if is_first && matches!(byte, b'{' | b'[') && matches!(self.window.ahead(2)?, b"{\"" | b"[{") {
                break;
            }
            if head.len() < HEAD {
                head.push(byte);
            }
            self.window.step();
            self.window.release();
            last.rotate_left(1);
            last[END.len() - 1] = byte.to_ascii_lowercase();
            if last == END {
                break;
            }
        }
        Ok(Some(Found::Missing { line, page: MissingPage::web_page(&head) }))
    }
}
