//! Decimals of a bounded size, which add up exactly.

use std::fmt;

/// How many places after the point count.
const PLACES: usize = 10;

/// One, in units of the last place.
const ONE: u128 = 10_000_000_000;

/// A value has less than this, eighteen digits before the point. So ten
/// thousand million values have a sum of 38 digits at most.
const LIMIT: u128 = 1_000_000_000_000_000_000 * ONE;

/// The most digits before the point of a sum.
const MAX_WHOLE: usize = 28;

/// A decimal with ten places after the point. Those of a log's rows add up exactly,
/// as [`Aggregate::Sum`](crate::Aggregate::Sum) says.
///
/// ```
/// use trunklog_store::Decimal;
///
/// let mut sum = Decimal::default();
/// for charge in ["0.1", "0.2", "-0.125"] {
///     sum.add(Decimal::of_value(charge).unwrap());
/// }
/// assert_eq!(sum.to_string(), "0.175");
/// assert_eq!(Decimal::of_sum("0.175"), Some(sum));
/// assert_eq!(Decimal::of_value("1e3"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Decimal(i128);

impl Decimal {
    /// The value of a stored decimal. What it has after the tenth place is
    /// rounded, half away from zero. None for what is not a decimal or has more
    /// than eighteen digits before the point: a sum skips it.
    pub fn of_value(text: &str) -> Option<Decimal> {
        Decimal::of_sum(text).filter(|value| value.0.unsigned_abs() < LIMIT)
    }

    /// What [`Decimal`] writes, of any size that it can have.
    pub fn of_sum(text: &str) -> Option<Decimal> {
        let (is_negative, unsigned) = match text.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !are_digits(whole) || !are_digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > MAX_WHOLE {
            return None;
        }
        let places = fraction.bytes().chain(std::iter::repeat(b'0')).take(PLACES);
        let units = whole
            .bytes()
            .chain(places)
            .try_fold(0_i128, |units, digit| units.checked_mul(10)?.checked_add(i128::from(digit - b'0')))?;
        let rounds_up = fraction.as_bytes().get(PLACES).is_some_and(|digit| *digit >= b'5');
        let units = units.checked_add(i128::from(rounds_up))?;
        Some(Decimal(if is_negative { -units } else { units }))
    }

    /// Adds another.
    pub fn add(&mut self, other: Decimal) {
        self.0 = self.0.saturating_add(other.0);
    }
}

impl fmt::Display for Decimal {
    /// With at least two places after the point, and no needless zeros after
    /// those.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = self.0.unsigned_abs();
        let fraction = format!("{:0>PLACES$}", units % ONE);
        let needed = fraction.trim_end_matches('0').len().max(2);
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{}", units / ONE, &fraction[..needed])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(values: &[&str]) -> String {
        let mut sum = Decimal::default();
        for value in values.iter().filter_map(|value| Decimal::of_value(value)) {
            sum.add(value);
        }
        sum.to_string()
    }

    #[test]
    fn decimals_add_up_exactly() {
        for (values, expected) in [
            (&[][..], "0.00"),
            (&["0.1", "0.2"], "0.30"),
            (&["1", "2.5"], "3.50"),
            (&["0.005", "0.005"], "0.01"),
            (&["0.005", "0.0051"], "0.0101"),
            (&["-1.5", "0.25"], "-1.25"),
            (&["-0.5", "0.5"], "0.00"),
            (&["-0.5"], "-0.50"),
            (&["10", "20.00"], "30.00"),
            (&["123456789012345678.12", "0.01"], "123456789012345678.13"),
            (&["999999999999999999.9999999999", "0.0000000001"], "1000000000000000000.00"),
            (&["000000000000000000000000000001.5", "+.5", "1."], "3.00"),
        ] {
            assert_eq!(sum(values), expected, "{values:?}");
        }
    }

    #[test]
    fn what_lies_after_the_tenth_place_is_rounded() {
        for (value, expected) in [
            ("0.00000000005", "0.0000000001"),
            ("0.000000000049999", "0.00"),
            ("-0.00000000005", "-0.0000000001"),
            ("1.99999999995", "2.00"),
        ] {
            assert_eq!(sum(&[value]), expected, "{value}");
        }
    }

    #[test]
    fn what_is_no_decimal_is_passed_over() {
        for value in [
            "",
            "-",
            "+",
            ".",
            "-.",
            "abc",
            "1e3",
            "1,5",
            "1.2.3",
            "--1",
            "1 2",
            "nan",
            "inf",
            "١",
            "1000000000000000000",
            "999999999999999999.99999999995",
            "100000000000000000000000000000000000000000000000000000000000",
        ] {
            assert_eq!(sum(&["1", value]), "1.00", "{value}");
        }
    }

    proptest! {
        #[test]
        fn sums_are_read_back(units in any::<i128>()) {
            let units = units >> 8;
            let sum = Decimal(units);
            prop_assert_eq!(Decimal::of_sum(&sum.to_string()), Some(sum));
        }

        #[test]
        fn cents_add_up(cents in prop::collection::vec(-1_000_000_i64..1_000_000, 0..50)) {
            let text = |cents: i64| {
                let sign = if cents < 0 { "-" } else { "" };
                format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
            };
            let texts: Vec<String> = cents.iter().copied().map(text).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            prop_assert_eq!(sum(&texts), text(cents.iter().sum()));
        }

        #[test]
        fn no_text_makes_it_panic(value in "[-+0-9.e]{0,60}") {
            let _ = Decimal::of_value(&value);
        }
    }
}
