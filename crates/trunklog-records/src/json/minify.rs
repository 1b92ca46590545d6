//! JSON without the space between its tokens.

/// Appends `json`, which must be valid, without insignificant white space
/// (RFC 8259 section 2), so that a value fits on one line.
pub(crate) fn minify(json: &str, out: &mut String) {
    let mut in_string = false;
    let mut escaped = false;
    for c in json.chars() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if matches!(c, ' ' | '\t' | '\n' | '\r') {
            continue;
        } else {
            in_string = c == '"';
        }
        out.push(c);
    }
}
