//! JSON without the space between its tokens.

/// Appends `json`, which must be valid, without insignificant white space
/// (RFC 8259 section 2), so that a value fits on one line.
pub(crate) fn minify(json: &str, out: &mut String) {
    if !json.bytes().any(is_space) {
        out.push_str(json);
        return;
    }
    let mut in_string = false;
    let mut escaped = false;
    for c in json.chars() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if u8::try_from(c).is_ok_and(is_space) {
            continue;
        } else {
            in_string = c == '"';
        }
        out.push(c);
    }
}

/// White space of JSON between tokens.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Appends `text` as a JSON string.
pub(super) fn write_string(text: &str, out: &mut String) {
    let mut bytes = Vec::with_capacity(text.len() + 2);
    trunklog_odata::json::write_string(text, &mut bytes);
    out.push_str(std::str::from_utf8(&bytes).expect("the writer copies valid UTF-8"));
}
