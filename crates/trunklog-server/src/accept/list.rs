//! Lists in header fields. Source: RFC 9110, sections 5.6.1 and 5.6.4.

/// What stands between separators, trimmed; empty items are no items. A
/// separator within quotes separates nothing.
pub(crate) fn items(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |c: char| {
        if escaped {
            escaped = false;
            return false;
        }
        match c {
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => return c == separator && !quoted,
        }
        false
    })
    .map(str::trim)
    .filter(|item| !item.is_empty())
}

/// An item as `name=value`: the name in lower case, the value without quotes
/// and empty when there is none.
pub(crate) fn parameter(item: &str) -> (String, String) {
    let (name, value) = item.split_once('=').unwrap_or((item, ""));
    (name.trim().to_ascii_lowercase(), unquoted(value.trim()))
}

fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return value.to_owned();
    };
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            text.extend(chars.next());
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hide_separators() {
        let list = r#"a, b;c="x,\"y, z" ,, d"#;
        assert_eq!(items(list, ',').collect::<Vec<_>>(), ["a", r#"b;c="x,\"y, z""#, "d"]);
        assert_eq!(items("a ; b = 1", ';').collect::<Vec<_>>(), ["a", "b = 1"]);
        assert_eq!(items("", ',').count(), 0);
    }

    #[test]
    fn parameters_lose_their_quotes() {
        for (item, name, value) in [
            ("Q = 0.5", "q", "0.5"),
            (r#"Profile="A \"b\"""#, "profile", r#"A "b""#),
            ("respond-async", "respond-async", ""),
            ("x=\"", "x", "\""),
        ] {
            assert_eq!(parameter(item), (name.to_owned(), value.to_owned()), "{item}");
        }
    }
}
