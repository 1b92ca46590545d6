//! The digits of a telephone number, however it is written.
//!
//! The same number stands in rows as `+4930123456`, `004930123456`, `011-49-30-123456`,
//! `tel:+49-30-123456;ext=1`, `sip:+4930123456@sbc.example.com;user=phone` or
//! `+49 (0)30 123456`. It is compared by its digits from the country code on (E.164,
//! without `+`), and this is the one place that says which those are. All that erases,
//! holds, exports or keeps out compares numbers by it:
//!
//! 1. What is dialled to leave a country goes (`dialled`), where what follows is
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

mod dialled;
mod hidden_digits;
mod others;
mod perhaps;
mod within;

use std::borrow::Cow;
use std::ops::ControlFlow;

use trunklog_records::masking::decimal_value;

use self::dialled::dialled;
use self::within::Embedded;

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

/// The digits that versions before took for those of a text that is one number, where they
/// are others than now.
pub(crate) fn known_before(text: &str) -> Vec<String> {
    let dialled = dialled(text).filter(|dialled| !dialled.is_hidden());
    dialled.iter().flat_map(|dialled| dialled.known_before()).map(str::to_owned).collect()
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
    fn takes(self, digits: &str) -> bool {
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

/// By which rule digits are those of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Now,
    /// As versions before did it. Who was erased by them is on the list so; for all others
    /// these are the digits of somebody else.
    Before,
}

/// Gives the numbers by which a text may name somebody: the one that it is, and those that
/// stand in it apart from other digits. One that is all of the text is as its place says,
/// one among other text has as many digits as no part of another has. A number may come
/// more than once.
pub(crate) fn each_in(text: &str, place: Place, each: &mut dyn FnMut(&str, Rule)) {
    let whole = dialled(text).filter(|whole| !whole.is_hidden() && place.may_hold(text));
    if let Some(whole) = whole {
        let number = whole.number();
        if place.takes(number) {
            each(number, Rule::Now);
            for before in whole.known_before() {
                each(before, Rule::Before);
            }
        }
    }
    let is_plain = text.strip_prefix('+').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
    if is_plain || !has_many_digits(text) {
        return;
    }
    let _ = all_in(text, &mut |found| {
        if found.stands == Stands::Apart && found.digits.len() >= MANY {
            each(found.digits, Rule::Now);
        }
        ControlFlow::Continue(())
    });
}

/// Gives each number that may be meant in a text, as it came and as what it stands for.
fn all_in(text: &str, each: &mut dyn FnMut(Embedded<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
    numbers_in(&plain(text), each)?;
    match decoded(text) {
        Cow::Owned(decoded) => numbers_in(&plain(&decoded), each),
        Cow::Borrowed(_) => ControlFlow::Continue(()),
    }
}

/// Whether a text names somebody by the number with these digits.
pub(crate) fn names(text: &str, place: Place, digits: &str) -> bool {
    let mut names = false;
    each_in(text, place, &mut |found, rule| names |= rule == Rule::Now && found == digits);
    names
}

/// Whether there are enough digits for a number.
fn has_many_digits(text: &str) -> bool {
    text.chars().filter(|sign| decimal_value(*sign).is_some()).nth(MANY - 1).is_some()
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

#[cfg(test)]
mod tests;
