//! Looking for names and numbers in text of which nobody knows the form.
//!
//! Files that scripts wrote have the same person in many dresses: letters as `\u0027` of
//! JSON, once or twice, or as `%40`, digits with hard blanks or marks of direction
//! between them. A look at the bytes as they are would leave those behind, without a
//! word.

use std::borrow::Cow;
use std::iter::once;
use std::ops::ControlFlow;

use crate::number::{decoded, numbers_in, plain};

/// A text, as it came and as what it stands for.
pub(crate) struct Haystack<'t> {
    /// In lower case, without what nobody sees.
    forms: Vec<Cow<'t, str>>,
}

impl<'t> Haystack<'t> {
    pub(crate) fn of(bytes: &'t [u8]) -> Haystack<'t> {
        let raw = String::from_utf8_lossy(bytes);
        let escaped = unescaped(&raw);
        let encoded = match decoded(escaped.as_deref().unwrap_or(&raw)) {
            Cow::Owned(text) => Some(text),
            Cow::Borrowed(_) => None,
        };
        let others = escaped.into_iter().chain(encoded).map(Cow::Owned);
        let forms = once(raw).chain(others).map(lower).collect();
        Haystack { forms }
    }

    /// Whether a name in lower case occurs, and not as the end or start of a longer one.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.forms.iter().any(|text| {
            text.match_indices(name).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                let after = &text[at + name.len()..];
                !before.is_some_and(is_inside) && !goes_on(after)
            })
        })
    }

    /// Whether digits occur in a row, with signs between them that numbers are written
    /// with.
    pub(crate) fn has_digits(&self, digits: &str) -> bool {
        self.forms.iter().any(|text| {
            let looked = numbers_in(text, &mut |found| {
                if found.digits == digits { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            looked.is_break()
        })
    }
}

/// A text as it is compared.
fn lower(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_lower = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { text } else { Cow::Owned(plain(&text).to_lowercase()) }
}

/// Whether a sign belongs to a name.
fn is_inside(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '.' | '_' | '-')
}

/// Whether a name goes on: a full stop may be the sentence's.
fn goes_on(after: &str) -> bool {
    let mut signs = after.chars();
    match signs.next() {
        Some('.' | '-') => signs.next().is_some_and(is_inside),
        Some(sign) => is_inside(sign),
        None => false,
    }
}

/// A text with the escapes of JSON as what they stand for, however many backslashes are
/// before them: JSON may be within JSON. None where there are none.
fn unescaped(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let after = rest[at..].trim_start_matches('\\');
        if at > 0 {
            flush(&mut units, &mut out);
            out.push_str(&rest[..at]);
        }
        let unit = after.strip_prefix('u').and_then(|code| code.get(..4));
        if let Some(unit) = unit.and_then(|code| u16::from_str_radix(code, 16).ok()) {
            units.push(unit);
            rest = &after[5..];
            continue;
        }
        flush(&mut units, &mut out);
        let is_break = after.starts_with(['n', 'r', 't', 'b', 'f']);
        out.push(if is_break { '\n' } else { '\\' });
        rest = if is_break { &after[1..] } else { after };
    }
    flush(&mut units, &mut out);
    out.push_str(rest);
    Some(out)
}

/// Writes what units of UTF-16 stand for; two may be one character.
fn flush(units: &mut Vec<u16>, out: &mut String) {
    if !units.is_empty() {
        out.push_str(&String::from_utf16_lossy(units));
        units.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_are_what_they_stand_for() {
        for (text, expected) in [
            (r"a\u0027b", "a'b"),
            (r"\\u00fc", "ü"),
            (r"\ud83d\ude00", "\u{1f600}"),
            (r"\ud83d", "\u{fffd}"),
            (r"a\nb", "a\nb"),
            (r#"\"x\""#, r#"\"x\""#),
            (r"\u00", r"\u00"),
            (r"\", r"\"),
        ] {
            assert_eq!(unescaped(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(unescaped("plain"), None);
    }

    proptest! {
        /// Any bytes can be looked at, and what stands between commas is found.
        #[test]
        fn what_is_there_is_found(
            before in proptest::collection::vec(any::<u8>(), 0..64),
            after in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            let bytes = [before.as_slice(), b",+4930123456,ada@contoso.com,", after.as_slice()].concat();
            let text = Haystack::of(&bytes);
            prop_assert!(text.has_digits("4930123456") && text.has_name("ada@contoso.com"));
        }

        /// However it is escaped.
        #[test]
        fn escaped_names_are_found(name in "[a-zà-ö']{1,12}@[a-z]{1,8}", is_escaped in any::<[bool; 24]>()) {
            let signs = name.chars().zip(is_escaped.into_iter().cycle());
            let written: String = signs.fold(String::new(), |mut written, (sign, is_escaped)| {
                if is_escaped {
                    written.push_str(&format!("\\u{:04x}", u32::from(sign)));
                } else {
                    written.push(sign);
                }
                written
            });
            let text = format!("{{\"upn\":\"{written}\"}}");
            prop_assert!(Haystack::of(text.as_bytes()).has_name(&name), "{}", text);
        }
    }
}
