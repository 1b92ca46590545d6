//! Text in single quotes, the one way in which OData writes it.

/// Reads the text in quotes that `rest` starts with, its opening quote
/// included, and gives it with the length of all that was read. A quote inside
/// is written twice. None when the closing quote is missing.
///
/// Source: OData ABNF 4.01, `string`.
pub(crate) fn text(rest: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\'' {
            value.push(c);
        } else if chars.next_if(|(_, next)| *next == '\'').is_some() {
            value.push('\'');
        } else {
            return Some((value, at + c.len_utf8()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_at_its_first_single_quote() {
        for (rest, expected) in [
            ("''", Some(("", 2))),
            ("'a' and", Some(("a", 3))),
            ("'O''Brien'", Some(("O'Brien", 10))),
            ("''''", Some(("'", 4))),
            ("'a'''b'", Some(("a'", 5))),
            ("'ü€' eq", Some(("ü€", 7))),
            ("'", None),
            ("'''", None),
            ("'a''", None),
        ] {
            let expected = expected.map(|(value, len)| (value.to_owned(), len));
            assert_eq!(text(rest), expected, "{rest}");
        }
    }
}
