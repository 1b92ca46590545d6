//! Web pages and other XML that were saved where JSON should be.

use std::io::{self, Read};

use super::state::{Piece, Splitter};
use crate::graph_json::missing::MissingPage;

/// How such pages start.
const BEGINNINGS: [&[u8]; 10] =
    [b"<!doctype", b"<html", b"<head", b"<body", b"<title", b"<center", b"<h1", b"<?xml", b"<feed", b"<objs"];

const END: &[u8] = b"</html>";

/// How much of a page is looked at to find its title.
const HEAD: usize = 4 * 1024;

/// How much is looked at after a line break to see whether JSON starts there.
const AHEAD: usize = 256;

impl<R: Read> Splitter<R> {
    /// Whether the bracket here starts a web page.
    pub(super) fn is_web_page(&mut self) -> io::Result<bool> {
        let longest = BEGINNINGS[0].len();
        let ahead = self.window.ahead(longest)?.to_ascii_lowercase();
        Ok(BEGINNINGS.iter().any(|beginning| ahead.starts_with(beginning)))
    }

    /// Skips a web page: up to its end, or to where JSON starts, where it
    /// has none. Its styles and scripts have brackets, too, so nothing else in
    /// it can be taken for a record.
    pub(super) fn web_page(&mut self) -> io::Result<Option<Piece>> {
        let line = self.window.mark().line;
        let mut head = Vec::new();
        let mut last = [0; END.len()];
        while let Some(byte) = self.window.peek()? {
            let is_first = self.window.mark().column() == 0;
            if is_first && matches!(byte, b'{' | b'[') && begins_json(self.window.ahead(AHEAD)?) {
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
        Ok(Some(Piece::Missing { line, page: MissingPage::markup(&head) }))
    }
}

/// Whether JSON starts with that line: compact, or with a bracket alone on it
/// and what is in JSON after a bracket on the next.
fn begins_json(lines: &[u8]) -> bool {
    let Some((bracket, rest)) = lines.split_first() else { return false };
    match rest {
        [b'"', ..] if *bracket == b'{' => true,
        [b'{', ..] if *bracket == b'[' => true,
        _ => {
            let space = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let is_alone = rest[..space].contains(&b'\n');
            is_alone && matches!(rest.get(space), Some(b'"' | b'{' | b'[' | b']'))
        }
    }
}
