//! Decimals as Arrow has them.

/// The digits of a decimal, and how many of them are after the point.
pub(crate) const PRECISION: u8 = 38;
pub(crate) const SCALE: i8 = 10;

/// The largest number of [`PRECISION`] digits.
const LARGEST: i128 = 10_i128.pow(38) - 1;

/// A decimal's text in units of 10⁻¹⁰, rounded half away from zero; None when
/// it is not a number or has too many digits before the point.
pub(crate) fn scaled(text: &str) -> Option<i128> {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (unsigned, sign) = match number.strip_prefix('-') {
        Some(unsigned) => (unsigned, -1),
        None => (number, 1),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    if whole.is_empty() || fraction.is_empty() {
        return None;
    }
    // That many digits, counted from the first, are above the last place.
    let kept = i64::try_from(whole.len()).ok()? + i64::from(exponent) + i64::from(SCALE);
    let mut value = 0_i128;
    let mut place = 0_i64;
    for byte in whole.bytes().chain(fraction.bytes()) {
        if !byte.is_ascii_digit() {
            return None;
        }
        let digit = i128::from(byte - b'0');
        if place < kept {
            value = shifted(value, digit)?;
        } else if place == kept && digit >= 5 {
            value += 1;
        }
        place += 1;
    }
    // Zero may have any exponent.
    while place < kept && value != 0 {
        value = shifted(value, 0)?;
        place += 1;
    }
    (value <= LARGEST).then_some(value * sign)
}

/// The number with one more digit at its end.
fn shifted(value: i128, digit: i128) -> Option<i128> {
    value.checked_mul(10)?.checked_add(digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_are_kept_and_the_rest_is_rounded() {
        for (text, expected) in [
            ("0", 0),
            ("-0.00", 0),
            ("0.01", 100_000_000),
            ("-12.5", -125_000_000_000),
            ("1.23456789014", 12_345_678_901),
            ("1.23456789015", 12_345_678_902),
            ("-1.23456789015", -12_345_678_902),
            ("0.00000000004999", 0),
            ("0.00000000005", 1),
            ("0.99999999999", 10_000_000_000),
            ("1e3", 10_000_000_000_000),
            ("1.5E-3", 15_000_000),
            ("5e-11", 1),
            ("5e-12", 0),
            ("0e999999999", 0),
            ("9999999999999999999999999999.9999999999", LARGEST),
        ] {
            assert_eq!(scaled(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_or_too_large_is_none() {
        for text in [
            "",
            "-",
            "+1",
            ".5",
            "5.",
            "1,5",
            "1.2.3",
            "--1",
            "1e",
            "1e1.5",
            "NaN",
            "٣",
            "10000000000000000000000000000",
            "9999999999999999999999999999.99999999995",
            "1e999999999",
            "1e99999999999",
        ] {
            assert_eq!(scaled(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn up_to_ten_places_are_exact(value in -LARGEST..=LARGEST) {
            let digits = format!("{:011}", value.abs());
            let (whole, fraction) = digits.split_at(digits.len() - 10);
            let sign = if value < 0 { "-" } else { "" };
            prop_assert_eq!(scaled(&format!("{sign}{whole}.{fraction}")), Some(value));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = scaled(&text);
        }
    }
}
