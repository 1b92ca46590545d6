//! What an input is, by its first bytes.

use std::io::{self, Cursor, Read};

use trunklog_records::Log;

use crate::graph_json::detect;
use crate::input::Input;

/// How much of an input is looked at.
const HEAD: u64 = 64 * 1024;

/// Fewer columns could be a sentence.
const MIN_COLUMNS: usize = 3;

/// Formats that are not read, by the bytes with which their files begin.
static SIGNATURES: [(&[u8], Stranger); 8] = [
    (b"PK\x03\x04", Stranger("a zip archive, such as an export of the Teams admin centre")),
    (b"PK\x05\x06", Stranger("an empty zip archive")),
    (b"\xd0\xcf\x11\xe0", Stranger("a workbook of Excel")),
    (b"PAR1", Stranger("a Parquet file")),
    (b"BZh", Stranger("a file that was compressed with bzip2; unpack it")),
    (b"\xfd7zXZ\0", Stranger("a file that was compressed with xz; unpack it")),
    (b"\x28\xb5\x2f\xfd", Stranger("a file that was compressed with Zstandard; unpack it")),
    (b"7z\xbc\xaf\x27\x1c", Stranger("a 7-Zip archive; unpack it")),
];

const TABLE: Stranger = Stranger("a table (CSV), such as the exports of the Teams admin centre");

/// A format that cannot be read, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stranger(&'static str);

/// An input of which the first bytes are known.
pub(super) enum Recognised {
    /// It should have rows: the log of the first, if that is known, and the text
    /// from its start.
    Json(Option<&'static Log>, Box<dyn Read>),
    /// It is something else; its first line.
    Stranger(Stranger, Vec<u8>),
}

impl Stranger {
    /// Why it was rejected, and what can be imported.
    pub(super) fn reason(self) -> String {
        format!("{}: it cannot be read yet, only answers of Graph as JSON can", self.0)
    }
}

/// Finds out what an input is. What was read for that is not lost, and neither
/// is the error that ended it.
pub(super) fn recognise(mut input: Input) -> Recognised {
    let mut head = Vec::new();
    let outcome = input.by_ref().take(HEAD).read_to_end(&mut head);
    if outcome.is_ok()
        && let Some(stranger) = stranger(&head)
    {
        let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        return Recognised::Stranger(stranger, line.trim_ascii_end().to_vec());
    }
    let rest: Box<dyn Read> = match outcome {
        Ok(_) => Box::new(input),
        Err(error) => Box::new(Failing(Some(error))),
    };
    Recognised::Json(detect(&head), Box::new(Cursor::new(head).chain(rest)))
}

fn stranger(head: &[u8]) -> Option<Stranger> {
    let by_signature = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature));
    by_signature.map(|(_, stranger)| *stranger).or_else(|| is_table(head).then_some(TABLE))
}

/// Whether the text is a table: its first line has several columns and none of
/// JSON's brackets, and no line begins as JSON does.
fn is_table(head: &[u8]) -> bool {
    let lines = || head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let Some(first) = lines().next() else { return false };
    // Excel takes the separator from such a line.
    let tells_separator = first.len() >= 4 && first[..4].eq_ignore_ascii_case(b"sep=");
    let separators = |separator: u8| memchr::memchr_iter(separator, first).count();
    let columns = 1 + [b',', b';', b'\t'].map(separators).into_iter().max().unwrap_or(0);
    let has_brackets = first.iter().any(|byte| matches!(byte, b'{' | b'}' | b'[' | b']'));
    let is_json = |line: &[u8]| {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        matches!(line.first(), Some(b'{' | b'[' | b'<' | b']' | b'}'))
    };
    (tells_separator || columns >= MIN_COLUMNS) && !has_brackets && !lines().any(is_json)
}

/// Fails once, then is at its end.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_archives_are_told_from_json() {
        for (head, told) in [
            ("CorrelationId,SIP address,Display name\r\n1,a,b\r\n", true),
            ("sep=;\r\nCorrelationId\r\n", true),
            ("a\tb\tc\n", true),
            ("PK\u{3}\u{4}...", true),
            ("PAR1", true),
            ("", false),
            ("{\"a\":1,\"b\":2,\"c\":3}", false),
            ("  [1,2,3]", false),
            ("\n\n[{\"a\":1,\"b\":2}]", false),
            ("one, two, three\n{\"a\":1}", false),
            ("\"a\":1,\"b\":2,\"c\":3}\n{\"a\":1}", false),
            // An array whose start was cut off.
            ("\"a\":1,\"b\":2,\"c\":3},{\"a\":1}]", false),
            ("<html>a, b, c", false),
            ("name;number\n", false),
        ] {
            assert_eq!(stranger(head.as_bytes()).is_some(), told, "{head}");
        }
    }
}
