//! The digits of a telephone number, however it is written.
//!
//! The same number stands in rows as `+4930123456`, `004930123456`,
//! `tel:+49-30-123456;ext=1`, `sip:+4930123456@sbc.example.com;user=phone` or
//! `+49 (0)30 123456`. It is compared by its digits from the country code on (E.164,
//! without `+`). What has no country code (`030123456`, `4711`) stays as it is: which
//! country is meant nobody knows here, so it is another number.

use std::borrow::Cow;

use trunklog_records::masking::decimal_value;

/// The most digits of anything that is dialled. E.164 has at most 15; what is
/// longer has a prefix or an extension.
const MOST: usize = 24;

/// The fewest digits that tell of somebody: extensions have three.
const FEWEST: usize = 3;

/// The digits of a text that is one number, and nothing else; None where it is none,
/// or where digits of it are hidden.
///
/// ```
/// use trunklog_rights::number::digits;
///
/// for text in ["+49 30 123456", "0049-30-123456", "tel:+4930123456;ext=7", "4930123456"] {
///     assert_eq!(digits(text).as_deref(), Some("4930123456"), "{text}");
/// }
/// assert_eq!(digits("030123456").as_deref(), Some("030123456"));
/// assert_eq!(digits("+4930123***"), None);
/// assert_eq!(digits("ada@contoso.com"), None);
/// ```
pub fn digits(text: &str) -> Option<String> {
    let found = signs(text)?;
    (!found.contains('*')).then_some(found)
}

/// Whether a text is a number of which digits are hidden, and might be the one with
/// these digits.
///
/// ```
/// use trunklog_rights::number::may_be;
///
/// assert!(may_be("+4930123***", "4930123456"));
/// assert!(!may_be("+4930124***", "4930123456") && !may_be("+4930123456", "4930123456"));
/// ```
pub fn may_be(text: &str, digits: &str) -> bool {
    let Some(found) = signs(text) else { return false };
    found.contains('*')
        && found.len() == digits.len()
        && found.bytes().zip(digits.bytes()).all(|(shown, digit)| shown == b'*' || shown == digit)
}

/// Whether a sign is written between the digits of a number. Ends of lines and tabs part
/// numbers.
pub(crate) fn is_between(sign: char) -> bool {
    (sign.is_whitespace() && !sign.is_control())
        || is_unseen(sign)
        || matches!(sign, '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}')
}

/// Whether nobody sees a sign: marks of direction come along when a number is copied from
/// a list of contacts, others from web pages.
fn is_unseen(sign: char) -> bool {
    matches!(
        sign,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// A text without signs that nobody sees, and with the digits of all scripts as those of
/// ASCII.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().filter(|sign| !is_unseen(*sign)).map(|sign| match sign {
        '\u{ff0b}' => '+',
        _ => decimal_value(sign).map_or(sign, |digit| char::from(b'0' + digit)),
    });
    Cow::Owned(shown.collect())
}

/// A text with what is percent-encoded as what it stands for, encoded twice or not.
pub(crate) fn decoded(text: &str) -> Cow<'_, str> {
    match decoded_once(text) {
        Some(once) => Cow::Owned(decoded_once(&once).unwrap_or(once)),
        None => Cow::Borrowed(text),
    }
}

/// The same, once; None where nothing is encoded.
fn decoded_once(text: &str) -> Option<String> {
    let mut out: Vec<u8> = Vec::new();
    let mut rest = text;
    let mut is_encoded = false;
    while let Some(at) = rest.find('%') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let code = rest.get(at + 1..at + 3).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            out.push(byte);
            is_encoded = true;
            rest = &rest[at + 3..];
        } else {
            out.push(b'%');
            rest = &rest[at + 1..];
        }
    }
    out.extend_from_slice(rest.as_bytes());
    is_encoded.then(|| String::from_utf8_lossy(&out).into_owned())
}

/// Digits and `*`, from the country code on where there is one.
fn signs(text: &str) -> Option<String> {
    let text = decoded(text);
    let text = plain(&text);
    let mut rest = text.trim();
    if let Some((_, inside)) = rest.split_once('<') {
        rest = inside.split('>').next().unwrap_or(inside).trim();
    }
    // Parameters, and the host of an address.
    rest = rest.split([';', '?']).next().unwrap_or(rest);
    for scheme in ["tel:", "sip:", "sips:", "callto:"] {
        if rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)) {
            rest = &rest[scheme.len()..];
            break;
        }
    }
    rest = rest.split('@').next().unwrap_or(rest).trim();
    let plus = rest.strip_prefix('+');
    let rest = plus.unwrap_or(rest);
    let is_international = plus.is_some() || rest.starts_with("00");
    let mut found = String::with_capacity(rest.len());
    // The trunk prefix that people write after a country code, and nobody dials.
    let (before, after) = rest.split_once("(0)").filter(|_| is_international).unwrap_or((rest, ""));
    for sign in before.chars().chain(after.chars()) {
        match sign {
            '0'..='9' | '*' => found.push(sign),
            sign if is_between(sign) => {}
            _ => return None,
        }
    }
    if plus.is_none() && found.starts_with("00") {
        found.drain(..2);
    }
    (FEWEST..=MOST).contains(&found.len()).then_some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_told_by_their_digits() {
        let same = [
            "+4930123456",
            " +49 30 123456 ",
            "004930123456",
            "0049 (30) 123-456",
            "+49 (0)30 123456",
            "0049 (0) 30 123456",
            "tel:+49-30-123456",
            "TEL:+4930123456;phone-context=x",
            "sip:+4930123456@sbc.example.com;user=phone",
            "sip:4930123456@10.0.0.1:5061",
            "\"Ada\" <sip:+4930123456@sbc.example.com>",
            "%2B4930123456",
            "49.30.123456",
            "tel:%2B49%2030%20123456",
            "%252B4930123456",
            "\u{202a}+49 30 123456\u{202c}",
            "+49\u{2011}30\u{2011}123456",
            "+49\u{202f}30\u{2009}123456",
            "\u{ff0b}\u{ff14}\u{ff19}30123456",
            "+\u{664}\u{669}30123456",
        ];
        for text in same {
            assert_eq!(digits(text).as_deref(), Some("4930123456"), "{text}");
        }
        let others = [("030123456", "030123456"), ("4711", "4711"), ("112", "112"), ("0", ""), ("", "")];
        for (text, expected) in others {
            assert_eq!(digits(text).unwrap_or_default(), expected, "{text}");
        }
        for none in [
            "anonymous",
            "ada@contoso.com",
            "+49 30 12 ext 4",
            "+4930\t123456",
            "12345678901234567890123456",
            "+",
            "Room 12",
        ] {
            assert_eq!(digits(none), None, "{none}");
        }
    }

    #[test]
    fn hidden_digits_may_be_any() {
        assert!(may_be("+4930123***", "4930123456"));
        assert!(may_be("00493012345*", "4930123456"));
        assert!(may_be("sip:+4930123***@sbc.example.com", "4930123456"));
        for other in ["+4930123**", "+4930124***", "+4930123456", "***", "anonymous"] {
            assert!(!may_be(other, "4930123456"), "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_looked_at(text in any::<String>()) {
            if let Some(found) = digits(&text) {
                prop_assert!(found.bytes().all(|byte| byte.is_ascii_digit()));
            }
            let _ = may_be(&text, "4930123456");
        }

        #[test]
        fn what_is_found_is_found_again(number in "[1-9][0-9]{6,14}", gap in "[ ./-]{0,2}") {
            let (start, end) = number.split_at(3);
            for written in [format!("+{start}{gap}{end}"), format!("00{start}{gap}{end}"), format!("tel:+{number}")] {
                prop_assert_eq!(digits(&written), Some(number.clone()));
            }
        }
    }
}
