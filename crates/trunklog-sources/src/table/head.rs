//! The first line of a table: the separator and the names of its columns.

use trunklog_records::Log;

use super::columns::{self, Table};
use super::fields;
use super::records::{Scan, scan};

/// What separates fields, the most usual first.
static SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// By which spreadsheets tell each other the separator.
const SEPARATOR_LINE: &[u8] = b"sep=";

/// What Windows PowerShell writes before the names.
const TYPE_LINE: &[u8] = b"#TYPE ";

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How much of a text is looked at for the names of its columns, in bytes.
pub(super) const MAX_HEAD: u64 = 64 * 1024;

/// The start of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) separator: u8,
    /// Whether a spreadsheet wrote it, as far as its form shows.
    pub(super) is_resaved: bool,
    /// Whether it was written for spreadsheets, as our own tables for people are: with
    /// a byte-order mark, and names without quotes, which PowerShell puts around all.
    /// Text in it that may be a formula starts with `'`.
    pub(super) is_for_spreadsheets: bool,
    pub(super) table: Table,
    /// How many columns there are.
    pub(super) columns: usize,
    /// Where in the text the first record starts, in bytes.
    pub(super) rows_at: u64,
    /// The line of that, from 1.
    pub(super) line: u64,
}

/// Reads the head of a table whose text starts with these bytes, after a byte-order
/// mark if it `has_mark`; None when it is no table that can be read.
pub(super) fn read(bytes: &[u8], has_mark: bool) -> Option<Head> {
    let has_mark = has_mark || bytes.starts_with(BYTE_ORDER_MARK);
    let Names { start, line, told } = Names::of(bytes)?;
    let before = bytes.len() - start.len();
    let tried: &[u8] = told.as_ref().map_or(&SEPARATORS[..], std::slice::from_ref);
    let mut best: Option<(usize, Head)> = None;
    for separator in tried {
        let Some((known, mut head)) = with_separator(start, *separator) else { continue };
        head.is_resaved |= told.is_some();
        head.is_for_spreadsheets &= has_mark;
        head.rows_at += u64::try_from(before).ok()?;
        head.line += line;
        if best.as_ref().is_none_or(|(most, _)| known > *most) {
            best = Some((known, head));
        }
    }
    // Names that go on after what is known are not known.
    let known = u64::try_from(bytes.len()).ok()?;
    let is_whole = |head: &Head| head.rows_at < known || known < MAX_HEAD || bytes.ends_with(b"\n");
    best.map(|(_, head)| head).filter(is_whole)
}

/// The log of a table that has its columns and lacks the one with the time, so that
/// nothing of it is a row.
pub(super) fn without_time(bytes: &[u8]) -> Option<&'static Log> {
    let Names { start, told, .. } = Names::of(bytes)?;
    let tried: &[u8] = told.as_ref().map_or(&SEPARATORS[..], std::slice::from_ref);
    tried.iter().find_map(|separator| {
        let Scan::Record { text_len, .. } = scan(start, *separator, true) else { return None };
        let text = std::str::from_utf8(&start[..text_len]).ok()?;
        let fields = fields::split(text, *separator);
        let names: Vec<&str> = fields.iter().map(|field| &*field.text).collect();
        columns::without_time(&names)
    })
}

/// Where the names of columns are, if there are any.
struct Names<'a> {
    /// The text from the names on.
    start: &'a [u8],
    /// Their line, from 1.
    line: u64,
    /// The separator, where a line before them tells it.
    told: Option<u8>,
}

impl Names<'_> {
    fn of(bytes: &[u8]) -> Option<Names<'_>> {
        let mut rest = bytes;
        let mut line = 1;
        let mut told = None;
        loop {
            let end = memchr::memchr(b'\n', rest);
            let first = without_mark(&rest[..end.unwrap_or(rest.len())]);
            if let Some(separator) = told_separator(first) {
                told = Some(separator);
            } else if !is_before_names(first) {
                break;
            }
            rest = &rest[end? + 1..];
            line += 1;
        }
        let start = without_mark(rest);
        // What is JSON or a web page is no table.
        let is_other = matches!(start.trim_ascii_start().first(), None | Some(b'{' | b'[' | b'<'));
        (!is_other).then_some(Names { start, line, told })
    }
}

impl Head {
    /// Whether another head has the same columns, separated by the same, and says
    /// nothing more of them.
    pub(super) fn has_names_of(&self, other: &Head) -> bool {
        let says_more = other.is_for_spreadsheets && !self.is_for_spreadsheets;
        self.table == other.table && self.separator == other.separator && !says_more
    }
}

/// Whether a record is none of the table but stands before the names of one, as in
/// files that were put together.
pub(super) fn is_before_names(line: &[u8]) -> bool {
    let line = without_mark(line).trim_ascii();
    line.is_empty()
        || line.starts_with(TYPE_LINE)
        || line.strip_prefix(b"\"").is_some_and(|line| line.starts_with(TYPE_LINE))
}

/// The separator that a line tells which says nothing else.
pub(super) fn told_separator(line: &[u8]) -> Option<u8> {
    let line = without_mark(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (start, separator) = line.split_at_checked(SEPARATOR_LINE.len())?;
    match separator {
        [separator] if start.eq_ignore_ascii_case(SEPARATOR_LINE) && separator.is_ascii() => Some(*separator),
        _ => None,
    }
}

/// The head with that separator, and how many of its names are known.
fn with_separator(start: &[u8], separator: u8) -> Option<(usize, Head)> {
    let Scan::Record { text_len, len, line_ends } = scan(start, separator, true) else { return None };
    let text = std::str::from_utf8(&start[..text_len]).ok()?;
    let fields = fields::split(text, separator);
    let names: Vec<&str> = fields.iter().map(|field| &*field.text).collect();
    let (table, known) = columns::of(&names)?;
    let head = Head {
        separator,
        is_resaved: separator == b';',
        is_for_spreadsheets: !fields.iter().any(|field| field.is_quoted),
        table,
        columns: names.len(),
        rows_at: u64::try_from(len).ok()?,
        line: u64::try_from(line_ends).ok()? + 1,
    };
    Some((known, head))
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &str = "CorrelationId,SIP Address,Start time,SBC FQDN";

    fn told(text: &str) -> Option<(char, usize, u64, u64)> {
        let head = read(text.as_bytes(), false)?;
        Some((char::from(head.separator), head.columns, head.rows_at, head.line))
    }

    #[test]
    fn the_separator_is_found_by_the_names() {
        let len = NAMES.len() as u64;
        for separator in [',', ';', '\t', '|'] {
            let names = NAMES.replace(',', &separator.to_string());
            assert_eq!(told(&names), Some((separator, 4, len, 2)), "{separator:?}");
            assert_eq!(told(&format!("{names}\r\n1")), Some((separator, 4, len + 2, 2)));
            assert_eq!(told(&format!("\u{feff}{names}\n1")), Some((separator, 4, len + 4, 2)));
            let line = format!("sep={separator}\r\n");
            let before = line.len() as u64;
            assert_eq!(told(&format!("{line}{names}\n")), Some((separator, 4, before + len + 1, 3)));
        }
        let typed = "#TYPE System.Management.Automation.PSCustomObject\r\n\"id\",\"startDateTime\"\r\n";
        assert_eq!(told(typed), Some((',', 2, typed.len() as u64, 3)));
        assert_eq!(told(&format!("\n\n{NAMES}\n")), Some((',', 4, len + 3, 4)));
    }

    #[test]
    fn what_is_no_table_is_none() {
        for text in [
            "",
            "\n\n",
            "sep=;",
            "sep=;\n",
            "a,b,c\n1,2,3\n",
            "{\"id\":1,\"startDateTime\":2}",
            "[\n",
            "<html>",
            "\"CorrelationId,Start time",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
        // Nor are rows without a time.
        for (text, log) in [
            ("CorrelationId,SBC FQDN,Call type\n", "directRoutingCalls"),
            ("sep=;\r\nUsageId;Caller ID;Call Type\r\n", "pstnCalls"),
            ("id\tcorrelationId\ttrunkFullyQualifiedDomainName", "directRoutingCalls"),
        ] {
            assert_eq!(told(text), None, "{text}");
            assert_eq!(without_time(text.as_bytes()).map(|log| log.name), Some(log), "{text}");
        }
        assert_eq!(without_time(NAMES.as_bytes()), None);
        assert_eq!(without_time(b"a,b,c\n"), None);
        // A separator that is told is the only one.
        assert_eq!(told(&format!("sep=;\n{NAMES}\n")), None);
    }
}
