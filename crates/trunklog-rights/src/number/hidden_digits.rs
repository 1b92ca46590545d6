//! Signs that stand for hidden digits, and the same sign where it does not.

use super::{WHOLE, is_between};

/// How else a hidden digit is written: percent-encoded, once and twice.
const ENCODED: [&str; 2] = ["%2a", "%252a"];

/// The same after backslashes, as in JSON.
const ESCAPED: &str = "u002a";

/// So many backslashes are looked at: JSON may be within JSON.
const MOST_BACKSLASHES: usize = 16;

/// What is dialled before a number so that the caller's is not shown. No country code
/// starts so.
const SERVICE: &str = "67";

/// How long the sign of a hidden digit is with which a plain text starts; `before` is the
/// sign before it. Others than we hide them as `xxx`; one `x` is that of an extension.
pub(super) fn hidden_digits(text: &str, before: char) -> Option<usize> {
    match text.as_bytes().first()? {
        b'*' => Some(1),
        b'%' => ENCODED.iter().find(|code| starts_with(text, code)).map(|code| code.len()),
        b'\\' => {
            let slashes = text.bytes().take(MOST_BACKSLASHES).take_while(|byte| *byte == b'\\').count();
            starts_with(&text[slashes..], ESCAPED).then_some(slashes + ESCAPED.len())
        }
        b'x' | b'X' if before.is_ascii_digit() || before == '*' => {
            let signs = text.len() - text.trim_start_matches(['x', 'X']).len();
            let goes_on = text[signs..].starts_with(char::is_alphabetic);
            (signs > 1 && !goes_on).then_some(signs)
        }
        _ => None,
    }
}

/// How long that is with which a plain text starts that is dialled before a number, or
/// written there, and hides nothing: `*67`, `*21*` and `**21*`, or a `*` alone. None where
/// it starts with something else. It is so only where no part of a number is before it.
pub(super) fn service_code(text: &str) -> Option<usize> {
    let signs = text.bytes().take(3).take_while(|byte| *byte == b'*').count();
    if !(1..=2).contains(&signs) {
        return None;
    }
    let after = &text[signs..];
    let digits = after.bytes().take(SERVICE.len() + WHOLE).take_while(u8::is_ascii_digit).count();
    if (2..=3).contains(&digits)
        && let Some(number) = after[digits..].strip_prefix('*')
        && number.starts_with(|sign: char| sign == '+' || sign.is_ascii_digit())
    {
        return Some(signs + digits + 1);
    }
    if signs > 1 {
        return None;
    }
    let is_apart = || after[SERVICE.len()..].starts_with(|sign: char| sign == '+' || is_between(sign));
    let is_service = after.starts_with(SERVICE)
        && (digits == SERVICE.len() + WHOLE || (digits == SERVICE.len() && is_apart()));
    Some(if is_service { signs + SERVICE.len() } else { signs })
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start))
}
