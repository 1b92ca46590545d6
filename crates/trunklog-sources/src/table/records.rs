//! Cutting a table into records, as RFC 4180 says.
//!
//! A quote counts only where a field starts. One that does not end within some lines
//! swallows no more than its own line: what comes after is read again.

use std::io::{self, ErrorKind, Read};

/// The longest record, in bytes.
pub(super) const MAX_RECORD: usize = 256 * 1024;

/// How many line ends a record may have between quotes.
const MAX_LINE_ENDS: usize = 64;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// How much of a line that is too long is shown.
const SHOWN: usize = 1024;

/// The records of a text.
pub(super) struct Records<R> {
    reader: R,
    separator: u8,
    buffer: Vec<u8>,
    /// Where in the buffer the next record starts.
    begin: usize,
    /// Where in the text that is.
    offset: u64,
    /// The line of that, from 1.
    line: u64,
    is_at_end: bool,
    /// Whether the rest of a line that is too long is still to be passed over.
    is_passing_over: bool,
}

/// A record that was found. Its text is in the buffer until the next one is asked
/// for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// The line on which it starts, from 1.
    pub(super) line: u64,
    begin: usize,
    text_len: usize,
    /// On how many lines it is.
    lines: usize,
    /// Whether its line ends.
    pub(super) is_ended: bool,
    /// Why it is no record.
    pub(super) flaw: Option<&'static str>,
}

/// What is found at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scan {
    /// A record.
    Record {
        /// How long its text is, without the end of its line.
        text_len: usize,
        /// How long it is with that.
        len: usize,
        /// How many line ends are in its text.
        line_ends: usize,
    },
    /// A record that goes on after what is known.
    Open,
    /// A quote that does not end.
    Unclosed,
    /// The end of the text.
    Nothing,
}

/// Finds the record at the start of `bytes`, after which nothing is known, or
/// nothing comes.
pub(super) fn scan(bytes: &[u8], separator: u8, is_at_end: bool) -> Scan {
    #[derive(Clone, Copy)]
    enum Place {
        FieldStart,
        Plain,
        Quoted,
        AfterQuote,
    }
    let mut place = Place::FieldStart;
    let mut line_ends = 0;
    for (at, byte) in bytes.iter().enumerate() {
        place = match (place, *byte) {
            (Place::Quoted, b'"') => Place::AfterQuote,
            (Place::Quoted, b'\n') if line_ends == MAX_LINE_ENDS => return Scan::Unclosed,
            (Place::Quoted, b'\n') => {
                line_ends += 1;
                Place::Quoted
            }
            (Place::Quoted, _) | (Place::FieldStart | Place::AfterQuote, b'"') => Place::Quoted,
            (_, b'\n') => {
                return Scan::Record { text_len: text_len(&bytes[..at]), len: at + 1, line_ends };
            }
            (_, byte) if byte == separator => Place::FieldStart,
            _ => Place::Plain,
        };
    }
    match place {
        _ if !is_at_end => Scan::Open,
        _ if bytes.is_empty() => Scan::Nothing,
        Place::Quoted => Scan::Unclosed,
        // A text that was cut may end within the end of a line.
        _ => Scan::Record { text_len: text_len(bytes), len: bytes.len(), line_ends },
    }
}

/// How much of a line is its text.
fn text_len(line: &[u8]) -> usize {
    line.strip_suffix(b"\r").unwrap_or(line).len()
}

impl<R: Read> Records<R> {
    /// The records of a text from a place on, at which the reader is.
    pub(super) fn new(reader: R, separator: u8, offset: u64, line: u64) -> Records<R> {
        Records {
            reader,
            separator,
            buffer: Vec::new(),
            begin: 0,
            offset,
            line,
            is_at_end: false,
            is_passing_over: false,
        }
    }

    /// From here on, fields are separated by that.
    pub(super) fn separate_by(&mut self, separator: u8) {
        self.separator = separator;
    }

    /// The place after what was found so far: offset and line; None where reading
    /// cannot go on from here.
    pub(super) fn place(&self) -> Option<(u64, u64)> {
        (!self.is_passing_over).then_some((self.offset, self.line))
    }

    /// The text of the record that was found last.
    pub(super) fn text(&self, piece: Piece) -> &[u8] {
        &self.buffer[piece.begin..piece.begin + piece.text_len]
    }

    /// The next record; None at the end.
    ///
    /// # Errors
    /// Those of the reader.
    pub(super) fn next_piece(&mut self) -> io::Result<Option<Piece>> {
        self.pass_over()?;
        loop {
            let known = &self.buffer[self.begin..];
            // Where a read ended must change nothing.
            let rest = &known[..known.len().min(MAX_RECORD)];
            match scan(rest, self.separator, self.is_at_end && rest.len() == known.len()) {
                Scan::Record { text_len, len, line_ends } => {
                    let is_ended = rest[len - 1] == b'\n';
                    let lines = line_ends + 1;
                    let piece =
                        Piece { line: self.line, begin: self.begin, text_len, lines, is_ended, flaw: None };
                    self.advance(len, lines);
                    return Ok(Some(piece));
                }
                Scan::Nothing => return Ok(None),
                Scan::Unclosed => return Ok(Some(self.take_line("a quote that does not end"))),
                Scan::Open if rest.len() < MAX_RECORD => self.fill()?,
                Scan::Open if memchr::memchr(b'\n', rest).is_some() => {
                    return Ok(Some(self.take_line("a quote that does not end")));
                }
                Scan::Open => {
                    self.is_passing_over = true;
                    return Ok(Some(Piece {
                        line: self.line,
                        begin: self.begin,
                        text_len: SHOWN,
                        lines: 1,
                        is_ended: true,
                        flaw: Some("a line that is too long"),
                    }));
                }
            }
        }
    }

    /// Takes of a record on several lines, which was found last, only the first
    /// line, so that the next record starts after that. False where it is on one.
    pub(super) fn take_back(&mut self, piece: &mut Piece) -> bool {
        if piece.lines < 2 {
            return false;
        }
        let text = &self.buffer[piece.begin..];
        let Some(end) = memchr::memchr(b'\n', text) else { return false };
        let next = piece.begin + end + 1;
        self.offset -= count(self.begin - next);
        self.begin = next;
        self.line = piece.line + 1;
        *piece = Piece { text_len: end, lines: 1, is_ended: true, ..*piece };
        true
    }

    /// The first line of what is left, which is no record.
    fn take_line(&mut self, flaw: &'static str) -> Piece {
        let rest = &self.buffer[self.begin..];
        let end = memchr::memchr(b'\n', rest);
        let len = end.map_or(rest.len(), |end| end + 1);
        let text_len = end.unwrap_or(rest.len());
        let piece = Piece {
            line: self.line,
            begin: self.begin,
            text_len,
            lines: 1,
            is_ended: end.is_some(),
            flaw: Some(flaw),
        };
        self.advance(len, 1);
        piece
    }

    fn advance(&mut self, len: usize, lines: usize) {
        self.begin += len;
        self.offset += count(len);
        self.line += count(lines);
    }

    /// Reads on past the end of a line that is too long.
    fn pass_over(&mut self) -> io::Result<()> {
        while self.is_passing_over {
            let rest = &self.buffer[self.begin..];
            let known = rest.len();
            if let Some(end) = memchr::memchr(b'\n', rest) {
                self.is_passing_over = false;
                self.advance(end + 1, 1);
            } else {
                self.advance(known, 0);
                self.is_passing_over = !self.is_at_end;
                if self.is_passing_over {
                    self.fill()?;
                }
            }
        }
        Ok(())
    }

    /// Reads more, and forgets what was taken.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.begin);
        self.begin = 0;
        let known = self.buffer.len();
        self.buffer.resize(known + CHUNK, 0);
        let outcome = loop {
            match self.reader.read(&mut self.buffer[known..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                outcome => break outcome,
            }
        };
        self.buffer.truncate(known + *outcome.as_ref().unwrap_or(&0));
        self.is_at_end = outcome? == 0;
        Ok(())
    }
}

fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives a few bytes at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let len = self.1.min(self.0.len()).min(out.len());
            let (now, later) = self.0.split_at(len);
            out[..len].copy_from_slice(now);
            self.0 = later;
            Ok(len)
        }
    }

    /// Line, text and flaw of each record.
    fn found(text: &[u8], at_once: usize) -> Vec<(u64, String, Option<&'static str>)> {
        let mut records = Records::new(Trickle(text, at_once), b',', 0, 1);
        let mut found = Vec::new();
        while let Some(piece) = records.next_piece().unwrap() {
            let text = String::from_utf8_lossy(records.text(piece)).into_owned();
            found.push((piece.line, text, piece.flaw));
        }
        found
    }

    fn texts(text: &str) -> Vec<(u64, String)> {
        found(text.as_bytes(), 7).into_iter().map(|(line, text, _)| (line, text)).collect()
    }

    fn pairs(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
        expected.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
    }

    #[test]
    fn records_end_where_a_line_ends_outside_quotes() {
        for (text, expected) in [
            ("", &[][..]),
            ("a,b", &[(1, "a,b")]),
            ("a,b\r\nc,d\n", &[(1, "a,b"), (2, "c,d")]),
            ("a,b\r\nc,d\r", &[(1, "a,b"), (2, "c,d")]),
            ("a\n\nb\n", &[(1, "a"), (2, ""), (3, "b")]),
            ("\"a\nb\",c\nd\n", &[(1, "\"a\nb\",c"), (3, "d")]),
            ("\"a\"\"\nb\"\nc", &[(1, "\"a\"\"\nb\""), (3, "c")]),
            // A quote within a field is a quote.
            ("a\"b\nc\n", &[(1, "a\"b"), (2, "c")]),
            ("\"a\" b\"\nc\n", &[(1, "\"a\" b\""), (2, "c")]),
        ] {
            assert_eq!(texts(text), pairs(expected), "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_does_not_end_takes_its_own_line_alone() {
        let text = format!("a\n\"b\n{}", "c,d\n".repeat(MAX_LINE_ENDS + 5));
        let all = found(text.as_bytes(), 1_000);
        assert_eq!(all.len(), MAX_LINE_ENDS + 7);
        assert_eq!((all[1].0, all[1].1.as_str(), all[1].2.is_some()), (2, "\"b", true));
        assert!(all.iter().enumerate().all(|(at, (_, _, flaw))| flaw.is_some() == (at == 1)));
        let all = found(b"x\n\"y\nz", 3);
        assert_eq!((all.len(), all[1].2.is_some(), all[2].1.as_str()), (3, true, "z"));
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let long = "x".repeat(3 * MAX_RECORD);
        for end in ["\n", ""] {
            let all = found(format!("a\n{long}{end}").as_bytes(), 50_000);
            assert_eq!((all.len(), all[1].0, all[1].1.len(), all[1].2.is_some()), (2, 2, SHOWN, true));
        }
        let all = found(format!("{long}\nb\n").as_bytes(), 50_000);
        assert_eq!((all[1].0, all[1].1.as_str()), (2, "b"));
    }

    #[test]
    fn a_record_can_be_given_back_but_for_its_first_line() {
        let mut records = Records::new(&b"\"a\nb\"\nc\n"[..], b',', 0, 1);
        let mut piece = records.next_piece().unwrap().unwrap();
        assert!(records.take_back(&mut piece));
        assert_eq!((records.text(piece), records.place()), (&b"\"a"[..], Some((3, 2))));
        let mut piece = records.next_piece().unwrap().unwrap();
        assert_eq!((piece.line, records.text(piece)), (2, &b"b\""[..]));
        assert!(!records.take_back(&mut piece));
    }

    proptest! {
        #[test]
        fn where_a_read_ends_changes_nothing(text in "[a,\"\r\n]{0,60}", at_once in 1_usize..9) {
            let whole = found(text.as_bytes(), usize::MAX);
            prop_assert_eq!(found(text.as_bytes(), at_once), whole.clone());
            // Each line belongs to one record, and none is lost.
            let lines: u64 = text.lines().count() as u64;
            prop_assert!(whole.iter().all(|(line, _, _)| (1..=lines.max(1)).contains(line)));
        }

        #[test]
        fn reading_goes_on_at_a_place(text in "[a,\"\r\n]{0,60}", passed in 0_usize..6) {
            let mut records = Records::new(text.as_bytes(), b',', 0, 1);
            for _ in 0..passed {
                let _ = records.next_piece().unwrap();
            }
            let Some((offset, line)) = records.place() else { return Ok(()) };
            let rest = &text.as_bytes()[usize::try_from(offset).unwrap()..];
            let mut again = Records::new(rest, b',', offset, line);
            loop {
                let (left, right) = (records.next_piece().unwrap(), again.next_piece().unwrap());
                prop_assert_eq!(left.map(|piece| (piece.line, records.text(piece).to_vec())),
                    right.map(|piece| (piece.line, again.text(piece).to_vec())));
                if left.is_none() {
                    break;
                }
            }
        }
    }
}
