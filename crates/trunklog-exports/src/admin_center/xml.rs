//! Text in the XML of a workbook.

/// The most characters of a cell, in units of UTF-16.
const MAX_UNITS: usize = 32_767;

/// Appends a text, at most as long as a cell may be.
///
/// XML has no control characters, so they are written as `_x0001_`, and so is the mark
/// of that in a text which only looks like it (ECMA-376, part 1, section 22.9.2.19).
pub(super) fn write_text(text: &str, out: &mut Vec<u8>) {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > MAX_UNITS {
            break;
        }
        match c {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '_' if is_escape(&text[at..]) => out.extend_from_slice(b"_x005F_"),
            '\t' => out.push(b'\t'),
            '\n' => out.push(b'\n'),
            '\0'..='\u{1f}' => out.extend_from_slice(format!("_x{:04X}_", u32::from(c)).as_bytes()),
            '\u{fffe}' | '\u{ffff}' => out.extend_from_slice("\u{fffd}".as_bytes()),
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// Whether a text starts with what stands for a character.
fn is_escape(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("_x").or_else(|| text.strip_prefix("_X")) else { return false };
    let rest = rest.as_bytes();
    rest.len() >= 5 && rest[..4].iter().all(u8::is_ascii_hexdigit) && rest[4] == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        write_text(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn texts_are_escaped() {
        for (text, expected) in [
            ("Ann", "Ann"),
            ("a<b>&\"c\"", "a&lt;b&gt;&amp;&quot;c&quot;"),
            ("two\nlines\t.", "two\nlines\t."),
            ("\0\r\u{1b}", "_x0000__x000D__x001B_"),
            ("_x000D_", "_x005F_x000D_"),
            ("_x00_ a_b", "_x00_ a_b"),
            ("\u{ffff}é📞", "\u{fffd}é📞"),
        ] {
            assert_eq!(written(text), expected, "{text:?}");
        }
    }

    #[test]
    fn texts_are_as_long_as_a_cell_may_be() {
        assert_eq!(written(&"x".repeat(40_000)).len(), MAX_UNITS);
        // A character that takes two units is not cut in halves.
        assert_eq!(written(&"📞".repeat(20_000)).chars().count(), MAX_UNITS / 2);
    }
}
