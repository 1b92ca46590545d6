//! Decimals, digit by digit: a binary fraction would round them.

use std::borrow::Cow;

use super::members::Text;
use super::scalar::Reading;
use crate::rows::Value;

/// The longest decimal that is kept: those of .NET are no longer, and an
/// exponent must not make a value of any length.
const MAX_LEN: usize = 32;

const EXPECTED: &str = "a decimal number such as 12.83, of at most 32 characters";

/// Keeps a decimal's digits as they came: `0.00` stays `0.00`. An exponent is
/// written out: `1.25E-2` is `0.0125`.
pub(super) fn read(json: &str) -> Reading<'_> {
    if json == "null" {
        return Ok(None);
    }
    let digits = if json.starts_with('"') {
        let Ok(Text(text)) = serde_json::from_str(json) else { return Err(EXPECTED) };
        if text.trim().is_empty() {
            return Ok(None);
        }
        match text {
            Cow::Borrowed(text) => plain(text.trim()),
            Cow::Owned(text) => plain(text.trim()).map(|digits| Cow::Owned(digits.into_owned())),
        }
    } else {
        plain(json)
    };
    digits.map(|digits| Some(Value::Text(digits))).ok_or(EXPECTED)
}

/// A JSON number without an exponent, exactly the same; None when it is no
/// number or too long.
fn plain(text: &str) -> Option<Cow<'_, str>> {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        None => (text, None),
        Some((number, exponent)) => (number, Some(exponent)),
    };
    let (sign, unsigned) = number.strip_prefix('-').map_or(("", number), |unsigned| ("-", unsigned));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) || (whole != "0" && whole.starts_with('0')) {
        return None;
    }
    let Some(exponent) = exponent else {
        return (number.len() <= MAX_LEN).then_some(Cow::Borrowed(number));
    };
    if !are_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)) {
        return None;
    }
    let digits = unsigned.replace('.', "");
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        // Zero has the same value with any exponent.
        return (number.len() <= MAX_LEN).then_some(Cow::Borrowed(number));
    }
    let leading_zeros = i64::try_from(digits.len() - significant.len()).ok()?;
    // That many of the significant digits are before the point, or, below
    // zero, that many zeros after it.
    let point = i64::try_from(whole.len()).ok()?.checked_sub(leading_zeros)?;
    let point = point.checked_add(exponent.parse().ok()?)?;
    let len = i64::try_from(significant.len()).ok()?;
    let limit = i64::try_from(MAX_LEN).ok()?;
    if len > limit || !(-limit..=limit).contains(&point) {
        return None;
    }
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or_default());
    let written = if point <= 0 {
        format!("{sign}0.{}{significant}", zeros(-point))
    } else if point >= len {
        format!("{sign}{significant}{}", zeros(point - len))
    } else {
        let (before, after) = significant.split_at_checked(usize::try_from(point).ok()?)?;
        format!("{sign}{before}.{after}")
    };
    (written.len() <= MAX_LEN).then_some(Cow::Owned(written))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_text(json: &str) -> Option<String> {
        match read(json) {
            Ok(Some(Value::Text(digits))) => Some(digits.into_owned()),
            Ok(None) => Some(String::new()),
            _ => None,
        }
    }

    #[test]
    fn digits_are_kept_and_exponents_written_out() {
        for (json, expected) in [
            ("0.00", Some("0.00")),
            ("-12.830", Some("-12.830")),
            ("12345678901234567890.1234567890", Some("12345678901234567890.1234567890")),
            ("1.25E-2", Some("0.0125")),
            ("1e-05", Some("0.00001")),
            ("1.50e1", Some("15.0")),
            ("-1.5e+3", Some("-1500")),
            ("12.5e0", Some("12.5")),
            ("0.05e1", Some("0.5")),
            ("0.05e4", Some("500")),
            ("0.00e99999999999999999999", Some("0.00")),
            ("-0e1", Some("-0")),
            ("1e30", Some("1000000000000000000000000000000")),
            ("1e31", Some("10000000000000000000000000000000")),
            ("1e32", None),
            ("1e-30", Some("0.000000000000000000000000000001")),
            ("-1e-30", None),
            ("1e999999", None),
            ("1e-999999", None),
            ("1e9223372036854775807", None),
            ("1e-9223372036854775808", None),
            ("1e99999999999999999999", None),
            ("0.0000000000000000000000000000000000001e37", Some("1")),
            ("null", Some("")),
            ("\"\"", Some("")),
            ("\" \"", Some("")),
            ("\" 1.5 \"", Some("1.5")),
            ("\"1.25E-2\"", Some("0.0125")),
            ("\"\\u0031\"", Some("1")),
            ("\"1,25\"", None),
            ("\"01\"", None),
            ("\"1.\"", None),
            ("\".5\"", None),
            ("\"+1\"", None),
            ("\"1e\"", None),
            ("\"1e+\"", None),
            ("\"1e1e1\"", None),
            ("\"--1\"", None),
            ("\"NaN\"", None),
            ("true", None),
            ("[1]", None),
        ] {
            assert_eq!(read_text(json).as_deref(), expected, "{json}");
        }
    }

    /// A number as its digits, without zeros on either side, and the power of
    /// ten of the last one.
    fn canonical(number: &str) -> (String, i64) {
        let (number, exponent) = number.split_once('e').unwrap_or((number, "0"));
        let places = number.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let power = exponent.parse::<i64>().unwrap() - i64::try_from(places).unwrap();
        let digits = number.trim_start_matches('-').replace('.', "");
        let digits = digits.trim_start_matches('0');
        let kept = digits.trim_end_matches('0');
        if kept.is_empty() {
            return (String::new(), 0);
        }
        (kept.to_owned(), power + i64::try_from(digits.len() - kept.len()).unwrap())
    }

    proptest! {
        #[test]
        fn exponents_change_no_value(
            number in "-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,12})?", exponent in -40_i64..40,
        ) {
            let json = format!("{number}e{exponent}");
            match read_text(&json) {
                Some(written) => {
                    prop_assert!(written.len() <= MAX_LEN && !written.contains(['e', 'E']));
                    prop_assert_eq!(canonical(&written), canonical(&json));
                    prop_assert_eq!(written.starts_with('-'), number.starts_with('-'));
                    // What is written is read again as it is.
                    prop_assert_eq!(read_text(&written), Some(written));
                }
                // Only what takes many places is refused.
                None => prop_assert!(exponent.abs() > 5, "{json}"),
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-+0-9.eE\"\\\\u ]{0,50}", other in any::<String>()) {
            let quoted = format!("\"{other}\"");
            let _ = (read_text(&text), read_text(&other), read_text(&quoted));
        }
    }
}
