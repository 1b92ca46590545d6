//! `application/x-www-form-urlencoded`, as far as OAuth uses it.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// Decodes a name or a value: `+` is a blank, `%XX` a byte. `None` if the bytes
/// are not UTF-8.
///
/// A `%` that starts no escape stays as it is, as in the URL Standard: scripts
/// that forget to encode a secret then still work, as they do with Entra.
pub(super) fn decode(encoded: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = encoded.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    percent_decode(&spaced).decode_utf8().ok().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_escape_stays() {
        for (encoded, expected) in [
            ("a+b%20c%2Bd", Some("a b c+d")),
            ("%C3%A4%c3%a4", Some("ää")),
            ("100%", Some("100%")),
            ("%2", Some("%2")),
            ("%2+%zz%%41", Some("%2 %zz%A")),
            ("%2541", Some("%41")),
            ("", Some("")),
            ("%ff", None),
        ] {
            assert_eq!(decode(encoded.as_bytes()).as_deref(), expected, "{encoded}");
        }
    }
}
