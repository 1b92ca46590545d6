//! Halves of surrogate pairs, which JSON allows in escapes and UTF-8 does not
//! (RFC 8259 section 8.2). They come from texts that were cut by length.

/// U+FFFD, as long as the escapes whose place it takes.
const REPLACEMENT: &[u8; 6] = b"\\ufffd";

/// Whether JSON may hold half a pair. Only an escape can.
pub(super) fn may_hold(json: &str) -> bool {
    json.contains('\\') && (json.contains("\\ud") || json.contains("\\uD"))
}

/// The same JSON with U+FFFD in the place of each half without its other half,
/// and how many texts have one; None when there is none. All else stays,
/// malformed escapes, too.
pub(super) fn repair(json: &[u8]) -> Option<(Vec<u8>, u32)> {
    let mut repaired: Option<Vec<u8>> = None;
    let mut texts = 0;
    let mut in_text = false;
    let mut is_counted = false;
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        at += match (byte, in_text) {
            (b'"', _) => {
                in_text = !in_text;
                is_counted = false;
                1
            }
            (b'\\', true) => match escaped(json, at) {
                None => 2,
                Some(unit) if !is_half(unit) => 6,
                Some(unit) if is_high(unit) && escaped(json, at + 6).is_some_and(is_low) => 12,
                Some(_) => {
                    let repaired = repaired.get_or_insert_with(|| json.to_vec());
                    repaired[at..at + 6].copy_from_slice(REPLACEMENT);
                    texts += u32::from(!is_counted);
                    is_counted = true;
                    6
                }
            },
            _ => 1,
        };
    }
    repaired.map(|json| (json, texts))
}

/// The UTF-16 unit of the escape `\uXXXX` that is there.
fn escaped(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

fn is_half(unit: u16) -> bool {
    is_high(unit) || is_low(unit)
}

fn is_high(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

fn is_low(unit: u16) -> bool {
    (0xdc00..0xe000).contains(&unit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn repaired(json: &str) -> Option<(String, u32)> {
        repair(json.as_bytes()).map(|(json, texts)| (String::from_utf8(json).unwrap(), texts))
    }

    #[test]
    fn halves_are_replaced_and_pairs_stay() {
        for (json, expected) in [
            (r#"["\ud83d"]"#, Some((r#"["\ufffd"]"#, 1))),
            (r#"["\ud83dx","\uDE00","a"]"#, Some((r#"["\ufffdx","\ufffd","a"]"#, 2))),
            (r#"{"\ud83d":"\ud83d\ud83d\ude00"}"#, Some((r#"{"\ufffd":"\ufffd\ud83d\ude00"}"#, 2))),
            (r#"["\ud83d\n\ude00"]"#, Some((r#"["\ufffd\n\ufffd"]"#, 1))),
            (r#"["\ud83d\ude00","\u00e9","\\ud83d","\"\\"]"#, None),
            (r#"["\\\ud83d"]"#, Some((r#"["\\\ufffd"]"#, 1))),
            // No escapes, or none that JSON has.
            (r#"["\ud8"]"#, None),
            (r#"["\ud83g\u+123"]"#, None),
            (r"\ud83d", None),
            (r#"["\ud83"#, None),
            (r#"["\"#, None),
            ("", None),
        ] {
            assert_eq!(repaired(json), expected.map(|(json, texts)| (json.to_owned(), texts)), "{json}");
        }
    }

    proptest! {
        #[test]
        fn what_was_repaired_reads_as_utf_16_does(
            units in proptest::collection::vec(prop_oneof![any::<u16>(), 0xd800_u16..0xe000], 0..20),
        ) {
            let escapes: Vec<String> = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let json = format!("\"{}\"", escapes.concat());
            let whole = repair(json.as_bytes()).map_or(json.into_bytes(), |(whole, _)| whole);
            let text: String = serde_json::from_slice(&whole).unwrap();
            prop_assert_eq!(text, String::from_utf16_lossy(&units));
        }

        #[test]
        fn no_input_makes_it_panic(json in "[\"\\\\uUdDcC08x]{0,40}") {
            if let Some((repaired, texts)) = repair(json.as_bytes()) {
                prop_assert_eq!(repaired.len(), json.len());
                prop_assert!(texts > 0);
                prop_assert_eq!(repair(&repaired), None);
            }
        }
    }
}
