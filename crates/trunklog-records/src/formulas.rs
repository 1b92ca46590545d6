//! Text that a spreadsheet may calculate with, made safe and had back.
//!
//! A spreadsheet can read other cells, call addresses and start programs. Which piece of a
//! text becomes a cell depends on the spreadsheet: where lists are separated by
//! semicolons, as in German, Excel cuts a line of ours at those, inside our
//! quotes, too; others cut at tabs or line breaks. So each such piece gets a `'`
//! before it if it may be a formula.
//!
//! A piece that starts with `'` before a formula gets one, too. So the text can be
//! had back: whatever starts with `'` and is a formula without its `'`s has one
//! too many.

/// Where some spreadsheet starts a cell.
const SEPARATORS: [char; 4] = [';', '\t', '\r', '\n'];

/// The text with a `'` before each piece that may be a formula; None if there
/// is none.
///
/// ```
/// use trunklog_records::formulas::disarmed;
///
/// assert_eq!(disarmed("=1+1").as_deref(), Some("'=1+1"));
/// assert_eq!(disarmed("+4930123456"), None);
/// ```
pub fn disarmed(text: &str) -> Option<String> {
    if !text.split(SEPARATORS).any(may_be_formula) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 4);
    for piece in text.split_inclusive(SEPARATORS) {
        if may_be_formula(piece.trim_end_matches(SEPARATORS)) {
            out.push('\'');
        }
        out.push_str(piece);
    }
    Some(out)
}

/// The text that [`disarmed`] made safe; None where there is nothing to undo.
///
/// ```
/// use trunklog_records::formulas::rearmed;
///
/// assert_eq!(rearmed("'=1+1").as_deref(), Some("=1+1"));
/// assert_eq!(rearmed("'tis"), None);
/// ```
pub fn rearmed(text: &str) -> Option<String> {
    if !text.contains('\'') {
        return None;
    }
    let plain = |piece: &str| -> usize {
        let is_safe = piece.starts_with('\'') && may_be_formula(piece.trim_end_matches(SEPARATORS));
        usize::from(is_safe)
    };
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(SEPARATORS) {
        out.push_str(&piece[plain(piece)..]);
    }
    (out.len() < text.len()).then_some(out)
}

/// Whether a spreadsheet may calculate with a piece of text, or would if a `'`
/// were taken off. The wide signs count in Japanese ones. A sign before nothing
/// but digits and blanks, of which the last digits may be hidden, makes a number
/// at most, and telephone numbers start like that; with anything else between them it is
/// a sum.
fn may_be_formula(piece: &str) -> bool {
    let piece = piece.trim_start_matches(|c: char| c == '\'' || is_passed_over(c));
    match piece.chars().next() {
        Some('=' | '@' | '\u{ff1d}' | '\u{ff20}') => true,
        Some(sign @ ('+' | '-' | '\u{ff0b}' | '\u{ff0d}')) => {
            let hidden =
                piece[sign.len_utf8()..].trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
            !hidden.bytes().all(|byte| matches!(byte, b'*' | b' '))
        }
        _ => false,
    }
}

/// What does not keep a spreadsheet from seeing a formula after it: blanks, what
/// nobody sees, and a quote, which may end where a cell starts.
fn is_passed_over(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '"' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn had_back(text: &str) -> String {
        rearmed(text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn formulas_are_told_from_numbers_and_names() {
        for text in [
            "=1+1",
            "=HYPERLINK(\"https://evil.example\",\"Ada\")",
            "@SUM(A1)",
            "+cmd|' /C calc'!A0",
            "-2+3+cmd|' /C calc'!A0",
            "+A1",
            " =1",
            "\u{0}=1",
            "\u{200b}=1",
            "\u{202e}=1",
            "\"=1",
            "'=1",
            "''=1",
            "\u{ff1d}1+1",
            "\u{ff0b}A1",
            "+49-30-123456",
            "+49 (30) 123-456",
            "+1*2",
            "+49301234 =1",
        ] {
            assert_eq!(disarmed(text), Some(format!("'{text}")), "{text}");
        }
        for text in [
            "",
            "+",
            "-",
            "+4930123456",
            "+4930123***",
            "+49 30 123456",
            "+49 30 123*** ***",
            "'+4930123456",
            "*31#",
            "Ada",
            "Ada; Bob",
            "a=b",
            "a,=b",
            "[{}]",
        ] {
            assert_eq!(disarmed(text), None, "{text}");
        }
    }

    #[test]
    fn every_piece_that_may_become_a_cell_is_looked_at() {
        for (text, safe) in [
            ("Ada;=cmd|'/C calc'!A0;x", "Ada;'=cmd|'/C calc'!A0;x"),
            ("a;\"=1\"", "a;'\"=1\""),
            ("a; =1;+4930;@x", "a;' =1;+4930;'@x"),
            ("a\t=1", "a\t'=1"),
            ("\t=1", "\t'=1"),
            ("\r\n@x", "\r\n'@x"),
            ("two\n-1+1\nlines", "two\n'-1+1\nlines"),
            ("+49301234;=1", "+49301234;'=1"),
            ("{\"x\":\"a;=1\"}", "{\"x\":\"a;'=1\"}"),
        ] {
            assert_eq!(disarmed(text).as_deref(), Some(safe), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_safe_and_can_be_had_back(text in "[a'\"=+@1*; \t\r\n\u{0}\u{200b}-]{0,12}") {
            let safe = disarmed(&text).unwrap_or_else(|| text.clone());
            for piece in safe.split(SEPARATORS) {
                prop_assert!(piece.starts_with('\'') || !may_be_formula(piece), "{:?}", safe);
            }
            prop_assert_eq!(had_back(&safe), text);
        }
    }
}
