//! Cutting a record into fields, as RFC 4180 says.

use std::borrow::Cow;

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field<'a> {
    /// Its text.
    pub(super) text: Cow<'a, str>,
    /// Whether it was in quotes: only so can an empty text be told from none.
    pub(super) is_quoted: bool,
}

/// The fields of a record.
pub(super) fn split(record: &str, separator: u8) -> Vec<Field<'_>> {
    let separator = char::from(separator);
    let mut fields = Vec::new();
    let mut rest = Some(record);
    while let Some(text) = rest {
        let (field, after) = first(text, separator);
        fields.push(field);
        rest = after;
    }
    fields
}

/// The first field, and what comes after its separator.
fn first(text: &str, separator: char) -> (Field<'_>, Option<&str>) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (text, after) = until(text, separator);
        return (Field { text: Cow::Borrowed(text), is_quoted: false }, after);
    };
    let mut whole: Option<String> = None;
    let mut rest = quoted;
    loop {
        let (part, after) = rest.split_once('"').unwrap_or((rest, ""));
        if let Some(more) = after.strip_prefix('"') {
            // A quote that is written twice.
            let whole = whole.get_or_insert_default();
            whole.push_str(part);
            whole.push('"');
            rest = more;
            continue;
        }
        // What is between the last quote and the separator belongs to the field, too.
        let (tail, after) = until(after, separator);
        let text = if whole.is_none() && tail.is_empty() {
            Cow::Borrowed(part)
        } else {
            let mut whole = whole.unwrap_or_default();
            whole.push_str(part);
            whole.push_str(tail);
            Cow::Owned(whole)
        };
        return (Field { text, is_quoted: true }, after);
    }
}

/// The text up to a separator, and what comes after that.
fn until(text: &str, separator: char) -> (&str, Option<&str>) {
    text.split_once(separator).map_or((text, None), |(text, after)| (text, Some(after)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(record: &str) -> Vec<String> {
        split(record, b',').into_iter().map(|field| field.text.into_owned()).collect()
    }

    #[test]
    fn fields_are_cut_at_separators_outside_quotes() {
        for (record, expected) in [
            ("", &[""][..]),
            ("a", &["a"]),
            ("a,", &["a", ""]),
            (",,", &["", "", ""]),
            ("\"a,b\",c", &["a,b", "c"]),
            ("\"a\"\"b\",\"\"", &["a\"b", ""]),
            ("\"\"\"\"", &["\""]),
            ("a\"b,c", &["a\"b", "c"]),
            ("\"a\"b,c", &["ab", "c"]),
            ("\"a\nb\",c", &["a\nb", "c"]),
            ("\"a", &["a"]),
        ] {
            assert_eq!(texts(record), expected, "{record:?}");
        }
        let quoted: Vec<bool> = split("\"\",,a", b',').into_iter().map(|field| field.is_quoted).collect();
        assert_eq!(quoted, [true, false, false]);
        assert_eq!(split("a;b,c", b';').len(), 2);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(values in proptest::collection::vec("[a,\" ;ü\n]{0,6}", 1..5)) {
            let quoted = |value: &String| format!("\"{}\"", value.replace('"', "\"\""));
            let record: Vec<String> = values.iter().map(quoted).collect();
            prop_assert_eq!(texts(&record.join(",")), values);
        }

        #[test]
        fn no_record_makes_it_panic(record in "[a,\";\n]{0,30}") {
            prop_assert!(!split(&record, b',').is_empty());
        }
    }
}
