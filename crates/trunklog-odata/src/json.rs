//! Writing JSON text straight into a buffer.
//!
//! ```
//! use trunklog_odata::json;
//!
//! let mut out = Vec::new();
//! json::write_string("smsUnits", &mut out);
//! out.push(b':');
//! json::write_int(2_i32, &mut out);
//! assert_eq!(out, br#""smsUnits":2"#);
//! ```

/// Appends `text` as a JSON string with its quotes.
///
/// Only what RFC 8259 section 7 demands is escaped: `"`, `\` and the control
/// characters below U+0020.
///
/// ```
/// let mut out = Vec::new();
/// trunklog_odata::json::write_string("a \"b\"", &mut out);
/// assert_eq!(out, br#""a \"b\"""#);
/// ```
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    // Nearly all strings are clean. Looking at every byte without stopping
    // lets the compiler look at many at once.
    if !bytes.iter().fold(false, |dirty, byte| dirty | needs_escape(*byte)) {
        out.extend_from_slice(bytes);
        out.push(b'"');
        return;
    }
    let mut clean_from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if !needs_escape(byte) {
            continue;
        }
        out.extend_from_slice(&bytes[clean_from..at]);
        clean_from = at + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 15)]);
            }
        }
    }
    out.extend_from_slice(&bytes[clean_from..]);
    out.push(b'"');
}

fn needs_escape(byte: u8) -> bool {
    matches!(byte, 0..b' ' | b'"' | b'\\')
}

/// Appends a whole number.
///
/// ```
/// let mut out = Vec::new();
/// trunklog_odata::json::write_int(-7_i32, &mut out);
/// assert_eq!(out, b"-7");
/// ```
pub fn write_int(value: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_json_parser_reads_back_every_string(text in any::<String>()) {
            let mut out = Vec::new();
            write_string(&text, &mut out);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
