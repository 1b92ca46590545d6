//! The little of JSON that is needed to read answers: strings and numbers of an
//! object whose names occur once.

/// The string that belongs to `name` in a JSON text, with its escapes undone.
///
/// The first place where the name is as a key counts, at whatever depth;
/// None where it is missing or its value is not a string.
pub(crate) fn string(text: &[u8], name: &str) -> Option<String> {
    unescape(value(text, name)?.strip_prefix(b"\"")?)
}

/// The strings of the list that belongs to `name`, in which nothing is escaped; none
/// where it is missing.
pub(crate) fn strings(text: &[u8], name: &str) -> Vec<String> {
    let list = value(text, name).and_then(|value| value.strip_prefix(b"["));
    let list = list.and_then(|list| list.split(|byte| *byte == b']').next()).unwrap_or_default();
    let text = String::from_utf8_lossy(list);
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The number that belongs to `name`; None where it is missing or no number.
pub(crate) fn number(text: &[u8], name: &str) -> Option<f64> {
    let value = value(text, name)?;
    let end =
        value.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))?;
    std::str::from_utf8(&value[..end]).ok()?.parse().ok()
}

/// What is after the first key of that name, up to the end of the text.
fn value<'a>(text: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let key = format!("\"{name}\"");
    let mut rest = text;
    loop {
        rest = &rest[find(rest, key.as_bytes())? + key.len()..];
        if let Some(value) = rest.trim_ascii_start().strip_prefix(b":") {
            return Some(value.trim_ascii_start());
        }
    }
}

/// Where `part` starts in `text`.
fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// Reads up to the closing quote.
fn unescape(text: &[u8]) -> Option<String> {
    let mut out = Vec::new();
    let mut bytes = text.iter().copied();
    loop {
        match bytes.next()? {
            b'"' => return String::from_utf8(out).ok(),
            b'\\' => match bytes.next()? {
                b'u' => {
                    let digits: Vec<u8> = bytes.by_ref().take(4).collect();
                    let code = u32::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?;
                    // Links and secrets have no characters that need two.
                    let mut utf8 = [0; 4];
                    out.extend_from_slice(char::from_u32(code)?.encode_utf8(&mut utf8).as_bytes());
                }
                b'n' => out.push(b'\n'),
                b'r' => out.push(b'\r'),
                b't' => out.push(b'\t'),
                other => out.push(other),
            },
            byte => out.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_found_by_key_and_unescaped() {
        let text = br#"{"a":"link","link" : "http:\/\/x\u0026y\"z","n":5}"#;
        assert_eq!(string(text, "link").as_deref(), Some("http://x&y\"z"));
        assert_eq!(string(text, "n"), None);
        assert_eq!((number(text, "n"), number(text, "link")), (Some(5.0), None));
        assert_eq!(string(text, "missing"), None);
        assert_eq!(string(br#"{"a":"unfinished"#, "a"), None);
    }
}
