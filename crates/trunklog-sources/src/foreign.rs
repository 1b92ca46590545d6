//! Files that no format reads, told by their first bytes: what they are, and
//! what to do about them.

use trunklog_records::schema::LOGS;

/// Fewer columns could be a sentence, unless they have the name of a property.
const MIN_COLUMNS: usize = 3;

/// What to do about tables whose columns are not known.
const TABLE_ADVICE: &str = "its first line names no columns of an export of the Teams admin centre or of Graph; \
                            import it as it was exported, with its first line";

const ANSWERS_ADVICE: &str = "import Graph's answers, saved as JSON";
const UNPACK_ADVICE: &str = "unpack it and import what it holds";
const UTF8_ADVICE: &str = "save it as UTF-8";
const PYTHON_ADVICE: &str = "write json.dumps(...) of it";

/// Formats that are not read, by bytes of their files and where they are.
#[rustfmt::skip]
static SIGNATURES: [(usize, &[u8], Stranger); 22] = [
    (0, b"PK\x03\x04", Stranger { what: "a zip archive within another", advice: UNPACK_ADVICE }),
    (0, b"PK\x05\x06", Stranger { what: "an empty zip archive", advice: ANSWERS_ADVICE }),
    (0, b"\xd0\xcf\x11\xe0", Stranger { what: "a workbook of Excel", advice: ANSWERS_ADVICE }),
    (0, b"PAR1", Stranger { what: "a Parquet file", advice: ANSWERS_ADVICE }),
    (0, b"ARROW1", Stranger { what: "an Arrow file", advice: ANSWERS_ADVICE }),
    (0, b"Obj\x01", Stranger { what: "an Avro file", advice: ANSWERS_ADVICE }),
    (0, b"SQLite format 3\0", Stranger { what: "a database of SQLite", advice: ANSWERS_ADVICE }),
    (0, b"%PDF-", Stranger { what: "a PDF document", advice: ANSWERS_ADVICE }),
    (0, b"\x80\x02", Stranger { what: "objects of Python's pickle", advice: PYTHON_ADVICE }),
    (0, b"\x80\x03", Stranger { what: "objects of Python's pickle", advice: PYTHON_ADVICE }),
    (0, b"\x80\x04", Stranger { what: "objects of Python's pickle", advice: PYTHON_ADVICE }),
    (0, b"\x80\x05", Stranger { what: "objects of Python's pickle", advice: PYTHON_ADVICE }),
    (257, b"ustar", Stranger { what: "a tar archive", advice: UNPACK_ADVICE }),
    (0, b"\x1f\x8b", Stranger { what: "gzip within gzip", advice: "unpack it once" }),
    (0, b"BZh", Stranger { what: "a file that was compressed with bzip2", advice: UNPACK_ADVICE }),
    (0, b"\xfd7zXZ\0", Stranger { what: "a file that was compressed with xz", advice: UNPACK_ADVICE }),
    (0, b"\x28\xb5\x2f\xfd", Stranger { what: "a file that was compressed with Zstandard", advice: UNPACK_ADVICE }),
    (0, b"7z\xbc\xaf\x27\x1c", Stranger { what: "a 7-Zip archive", advice: UNPACK_ADVICE }),
    (0, b"\0\0\xfe\xff", UTF_32),
    (0, b"\0\0\0[", UTF_32),
    (0, b"\0\0\0{", UTF_32),
    (0, b"<Objs", Stranger {
        what: "objects of Export-Clixml",
        advice: "save them with ConvertTo-Json -Depth 10",
    }),
];

const TABLE: Stranger = Stranger { what: "a table (CSV)", advice: TABLE_ADVICE };
const UTF_32: Stranger = Stranger { what: "a text in UTF-32", advice: UTF8_ADVICE };
const PYTHON: Stranger = Stranger { what: "Python's own notation", advice: PYTHON_ADVICE };

/// A format that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stranger {
    /// In words.
    what: &'static str,
    /// What to do.
    advice: &'static str,
}

impl Stranger {
    /// Why it is rejected, and what to do.
    pub(crate) fn reason(self) -> String {
        format!("{}: {}", self.what, self.advice)
    }
}

/// What a file with these first bytes is, if it is known to be nothing that can
/// be read.
pub(crate) fn stranger(head: &[u8]) -> Option<Stranger> {
    let has = |at: usize, signature: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(signature));
    let by_signature = SIGNATURES.iter().find(|(at, signature, _)| has(*at, signature));
    if let Some((_, _, stranger)) = by_signature {
        return Some(*stranger);
    }
    if is_utf32(head) {
        return Some(UTF_32);
    }
    if is_python(head) {
        return Some(PYTHON);
    }
    is_table(head).then_some(TABLE)
}

/// Whether a text that was taken for UTF-16 has a zero beside each character
/// still.
fn is_utf32(head: &[u8]) -> bool {
    matches!(head, [0, a, 0, b, ..] | [a, 0, b, 0, ..] if *a != 0 && *b != 0)
}

/// Whether it is what Python's `str` makes of a list or a dict, and no line of
/// it is JSON.
fn is_python(head: &[u8]) -> bool {
    let opens = |line: &[u8], quote: &[u8]| {
        let line = line.strip_prefix(b"[").map_or(line, <[u8]>::trim_ascii_start);
        line.strip_prefix(b"{").is_some_and(|rest| rest.trim_ascii_start().starts_with(quote))
    };
    let is_first = lines(head).next().is_some_and(|first| opens(first, b"'"));
    is_first && !lines(head).any(|line| opens(line, b"\""))
}

/// Whether the text is a table: its first line has several columns and none of
/// JSON's brackets, and no line starts as JSON does.
fn is_table(head: &[u8]) -> bool {
    let Some(first) = lines(head).next() else { return false };
    // Excel takes the separator from such a line.
    let tells_separator = first.len() >= 4 && first[..4].eq_ignore_ascii_case(b"sep=");
    let counted = |separator: u8| (count(first, separator), separator);
    let (separators, separator) = [b',', b';', b'\t'].map(counted).into_iter().max().unwrap_or_default();
    let has_columns = tells_separator
        || separators + 1 >= MIN_COLUMNS
        || (separators > 0 && names_property(first, separator) && are_rows(head, separator, separators));
    let has_brackets = first.iter().any(|byte| matches!(byte, b'{' | b'}' | b'[' | b']'));
    let is_json = |line: &[u8]| {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        matches!(line.first(), Some(b'{' | b'[' | b'<' | b']' | b'}'))
    };
    has_columns && !has_brackets && !lines(head).any(is_json)
}

/// Whether one of a table's columns is called like a property of a log.
fn names_property(first: &[u8], separator: u8) -> bool {
    let names_one = |name: &[u8]| {
        let is_name = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        LOGS.into_iter().any(|log| log.properties.iter().any(|property| is_name(property.name)))
    };
    let unquoted = |name: &[u8]| {
        let name = name.trim_ascii();
        name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name).to_vec()
    };
    first.split(|byte| *byte == separator).any(|name| names_one(&unquoted(name)))
}

/// Whether there are further lines, all with as many separators. The last one
/// that is known may be cut.
fn are_rows(head: &[u8], separator: u8, separators: usize) -> bool {
    let whole = head.iter().rposition(|byte| *byte == b'\n').map_or(head, |end| &head[..end]);
    let rows = || lines(whole).skip(1);
    rows().next().is_some() && rows().all(|line| count(line, separator) == separators)
}

fn count(line: &[u8], byte: u8) -> usize {
    memchr::memchr_iter(byte, line).count()
}

/// The lines that are not blank, without the blanks around them.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())
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
            ("id,startDateTime\n1,2031-03-02T08:00:00Z\n2,2031", true),
            ("\"StartDateTime\";\"x\"\r\n\"1\";\"2\"\r\n", true),
            // Sentences.
            ("id, or what else\nnothing\n", false),
            ("name,number\n1,2\n", false),
            ("operator,number\n", false),
        ] {
            assert_eq!(stranger(head.as_bytes()).is_some(), told, "{head}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_with_what_to_do() {
        let mut tar = vec![0; 512];
        tar[..9].copy_from_slice(b"rows.json");
        tar[257..262].copy_from_slice(b"ustar");
        let cases: [(&[u8], &str); 12] = [
            (
                b"<Objs Version=\"1.1.0.1\">",
                "objects of Export-Clixml: save them with ConvertTo-Json -Depth 10",
            ),
            (b"{'id': '1', 'successfulCall': True}\n", "Python's own notation: write json.dumps(...) of it"),
            (b"[ {'id': '1'}]", "Python's own notation: write json.dumps(...) of it"),
            (b"\x80\x04\x95\x1b", "objects of Python's pickle: write json.dumps(...) of it"),
            (&tar, "a tar archive: unpack it and import what it holds"),
            (b"\x1f\x8b\x08", "gzip within gzip: unpack it once"),
            (b"%PDF-1.7", "a PDF document: import Graph's answers, saved as JSON"),
            (b"ARROW1\0\0", "an Arrow file: import Graph's answers, saved as JSON"),
            (b"SQLite format 3\0", "a database of SQLite: import Graph's answers, saved as JSON"),
            // As the reader of UTF-16 leaves it, and as it came.
            (b"\0[\0{\0", "a text in UTF-32: save it as UTF-8"),
            (b"[\0{\0", "a text in UTF-32: save it as UTF-8"),
            (b"\0\0\xfe\xff\0\0\0[", "a text in UTF-32: save it as UTF-8"),
        ];
        for (head, reason) in cases {
            let told = stranger(head).map(Stranger::reason);
            assert_eq!(told.as_deref(), Some(reason), "{}", head.escape_ascii());
        }
        // Rows among what Python printed are read.
        let texts: [&[u8]; 4] = [b"{'id': 1}\n{\"id\": 1}\n", b"{\"a\": \"{'\"}", b"[]", b"['a']"];
        for head in texts {
            assert_eq!(stranger(head), None, "{}", head.escape_ascii());
        }
    }
}
