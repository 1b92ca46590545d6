//! The digits of a telephone number, however it is written.
//!
//! The same number stands in rows as `+4930123456`, `004930123456`, `011-49-30-123456`,
//! `tel:+49-30-123456;ext=1`, `sip:+4930123456@sbc.example.com;user=phone` or
//! `+49 (0)30 123456`. It is compared by its digits from the country code on (E.164,
//! without `+`), and this is the one place that says which those are. All that erases,
//! holds, exports or keeps out compares numbers by it:
//!
//! 1. What is dialled to leave a country goes (`EXIT_PREFIXES`), where what follows is
//!    long enough for a number of another country.
//! 2. `(0)` after other digits goes: people write it, and nobody dials it. Italy's numbers
//!    keep it.
//! 3. What has no country code (`030123456`, `4711`) stays as it is: which country is meant
//!    nobody knows here, so it is another number. One that may be the same is told of
//!    ([`perhaps()`]), and never guessed.
//! 4. What has hidden digits (`+4930123***`) is no number, and nor is what is left of it.
//! 5. Dates, times and addresses of machines are none, unless they are all of what stands in
//!    a place for numbers.
//!
//! Numbers within other text are in `within`.

mod hidden_digits;
mod others;
mod perhaps;
mod within;

use std::borrow::Cow;
use std::ops::ControlFlow;

use trunklog_records::masking::decimal_value;

pub(crate) use self::perhaps::hidden;
pub use self::perhaps::perhaps;
pub(crate) use self::within::{Stands, numbers_in};

/// The most digits of anything that is dialled. E.164 has at most 15; what is
/// longer has a prefix or an extension.
const MOST: usize = 24;

/// The fewest digits that tell of somebody: extensions have three.
pub(crate) const FEWEST: usize = 3;

/// From so many digits on, a block of digits beside others is a number of its own. Fewer
/// are a part of many.
pub(crate) const MANY: usize = 7;

/// From so many digits on it is a whole number, with a country or area code.
const WHOLE: usize = 10;

/// What is dialled to leave a country, the longest first, and how many digits have to
/// follow: Australia's, North America's, Japan's, and the one that the ITU recommends.
/// After `011` and `010`, fewer can be a number of Turin, Delhi or Leeds.
const EXIT_PREFIXES: [(&str, usize); 4] = [("0011", WHOLE), ("011", WHOLE), ("010", WHOLE), ("00", 1)];

/// Country codes after which `(0)` is dialled, with what comes before them.
const KEEP_ZERO: [&str; 3] = ["39", "0039", "01139"];

/// The digits of a text that is one number, and nothing else; None where it is none,
/// or where digits of it are hidden.
///
/// ```
/// use trunklog_rights::number::digits;
///
/// for text in ["+49 30 123456", "0049-30-123456", "tel:+4930123456;ext=7", "4930123456"] {
///     assert_eq!(digits(text).as_deref(), Some("4930123456"), "{text}");
/// }
/// assert_eq!(digits("011 49 30 123456").as_deref(), Some("4930123456"));
/// assert_eq!(digits("030123456").as_deref(), Some("030123456"));
/// assert_eq!(digits("+4930123***"), None);
/// assert_eq!(digits("ada@contoso.com"), None);
/// ```
pub fn digits(text: &str) -> Option<String> {
    let dialled = dialled(text).filter(|dialled| !dialled.is_hidden())?;
    Some(dialled.number().to_owned())
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
    let Some(dialled) = dialled(text) else { return false };
    let found = dialled.number();
    dialled.is_hidden()
        && found.len() == digits.len()
        && found.bytes().zip(digits.bytes()).all(|(shown, digit)| shown == b'*' || shown == digit)
}

/// Where a text stands, which says what may be a number in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a property for numbers: what is all of the text is one, whatever it looks like.
    Number,
    /// Anywhere else: what is all of the text has so many digits or more, and is neither a
    /// date nor an address.
    Text { fewest: usize },
}

impl Place {
    /// Where nothing is known of the place.
    pub(crate) const ANY: Place = Place::Text { fewest: FEWEST };

    /// Whether a number with these digits may be all of a text there.
    pub(crate) fn takes(self, digits: &str) -> bool {
        match self {
            Place::Number => true,
            Place::Text { fewest } => digits.len() >= fewest,
        }
    }

    /// Whether a text there may be a number, as far as one can see.
    fn may_hold(self, text: &str) -> bool {
        self == Place::Number || others::date_or_address(plain(&decoded(text)).trim()).is_none()
    }
}

/// Gives the numbers by which a text may name somebody: the one that it is, and those that
/// stand in it apart from other digits. One that is all of the text is as its place says,
/// one among other text has as many digits as no part of another has. A number may come
/// more than once.
pub(crate) fn each_in(text: &str, place: Place, each: &mut dyn FnMut(&str)) {
    let whole = dialled(text).filter(|whole| !whole.is_hidden() && place.may_hold(text));
    if let Some(whole) = whole {
        let number = whole.number();
        if place.takes(number) {
            each(number);
            // The list of erased persons may have it from before other prefixes were known.
            if let Some(before) = whole.known_before().filter(|before| *before != number) {
                each(before);
            }
        }
    }
    let is_plain = text.strip_prefix('+').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
    if is_plain || !has_many_digits(text) {
        return;
    }
    let mut tell = |text: &str| {
        let _ = numbers_in(text, &mut |found| {
            if found.stands == Stands::Apart && found.digits.len() >= MANY {
                each(found.digits);
            }
            ControlFlow::Continue(())
        });
    };
    tell(&plain(text));
    if let Cow::Owned(decoded) = decoded(text) {
        tell(&plain(&decoded));
    }
}

/// Whether there are enough digits for a number.
fn has_many_digits(text: &str) -> bool {
    text.chars().filter(|sign| decimal_value(*sign).is_some()).nth(MANY - 1).is_some()
}

/// What is left of dialled digits from the country code on, where they have one.
fn from_country_code(dialled: &str, has_plus: bool) -> &str {
    let after = EXIT_PREFIXES.iter().find_map(|(prefix, fewest)| {
        let rest = dialled.strip_prefix(prefix)?;
        // No country code starts with 0, so after `+` it can be nothing else.
        (has_plus || rest.len() >= *fewest).then_some(rest)
    });
    after.unwrap_or(dialled)
}

/// Whether `(0)` after these digits is the trunk prefix that nobody dials from abroad.
fn drops_zero(before: &str) -> bool {
    !before.is_empty() && !KEEP_ZERO.contains(&before)
}

/// How the trunk prefix is written.
const TRUNK_ZERO: &str = "(0)";

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

/// A text without signs that nobody sees, and with the digits of all scripts, `+` and `*`
/// as those of ASCII.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().filter(|sign| !is_unseen(*sign)).map(|sign| match sign {
        '\u{ff0b}' => '+',
        // As hidden digits are written beside signs of full width, and in formulas.
        '\u{ff0a}' | '\u{fe61}' | '\u{2217}' => '*',
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

/// A number as it would be dialled.
struct Dialled {
    /// Digits, and `*` for those that are hidden.
    signs: String,
    has_plus: bool,
}

impl Dialled {
    fn is_hidden(&self) -> bool {
        self.signs.contains('*')
    }

    /// From the country code on where there is one.
    fn number(&self) -> &str {
        from_country_code(&self.signs, self.has_plus)
    }

    /// As versions compared it that knew only `00`.
    fn known_before(&self) -> Option<&str> {
        let before = if self.has_plus { None } else { self.signs.strip_prefix("00") };
        Some(before.unwrap_or(&self.signs)).filter(|before| (FEWEST..=MOST).contains(&before.len()))
    }
}

/// The number that a text is, if it is one.
fn dialled(text: &str) -> Option<Dialled> {
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
    let mut rest = plus.unwrap_or(rest);
    let mut signs = String::with_capacity(rest.len());
    while let Some(sign) = rest.chars().next() {
        if rest.starts_with(TRUNK_ZERO) && drops_zero(&signs) {
            rest = &rest[TRUNK_ZERO.len()..];
            continue;
        }
        match sign {
            '0'..='9' | '*' => signs.push(sign),
            sign if is_between(sign) => {}
            _ => return None,
        }
        rest = &rest[sign.len_utf8()..];
    }
    let dialled = Dialled { signs, has_plus: plus.is_some() };
    (FEWEST..=MOST).contains(&dialled.number().len()).then_some(dialled)
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
            // As it is dialled from North America, Australia and Japan.
            "011-49-30-123456",
            "011 49 (0)30 123456",
            "0011 49 30 123456",
            "010 49 30 123456",
            "+00 49 30 123456",
            "49 (0) 30 123456",
        ];
        for text in same {
            assert_eq!(digits(text).as_deref(), Some("4930123456"), "{text}");
        }
        let others = [("030123456", "030123456"), ("4711", "4711"), ("112", "112"), ("0", ""), ("", "")];
        // Turin, Delhi, Leeds, and Rome, which keeps its zero.
        let at_home = [
            ("011 1234567", "0111234567"),
            ("011 2345 6789", "01123456789"),
            ("0113 496 0000", "01134960000"),
            ("+39 (0)6 1234567", "39061234567"),
            ("(0)30 123456", "030123456"),
        ];
        let others = others.into_iter().chain(at_home);
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
        fn what_is_found_is_found_again(number in "([2-9][0-9]|1[2-9])[0-9]{5,13}", gap in "[ ./-]{0,2}") {
            let (start, end) = number.split_at(3);
            for written in [format!("+{start}{gap}{end}"), format!("00{start}{gap}{end}"), format!("tel:+{number}")] {
                prop_assert_eq!(digits(&written), Some(number.clone()));
            }
        }
    }
}
