//! What has the digits of a number and is none: ids, dates, times, addresses of machines.

use std::ops::RangeInclusive;

/// How long a GUID is with its hyphens.
const GUID: usize = 36;

/// The years of dates that are told from numbers.
const YEARS: RangeInclusive<u32> = 1900..=2099;

/// The most digits of a part.
const LONGEST: usize = 9;

/// What stands between the parts of a date.
const OF_DATES: &[u8] = b"-./";

/// How long the GUID is with which a text starts.
pub(super) fn guid(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // What has no hyphen there needs no longer look.
    let is_one = bytes.get(8) == Some(&b'-')
        && bytes.get(23) == Some(&b'-')
        && bytes.get(GUID).is_none_or(|after| !after.is_ascii_alphanumeric())
        && text.get(..GUID).is_some_and(|guid| uuid::Uuid::try_parse(guid).is_ok());
    is_one.then_some(GUID)
}

/// How long the date, the time or the address is with which a text starts: `2026-11-18`,
/// `18.11.2026`, `2026-11-18T08:15:00.1234567Z`, `08:15`, `10.20.30.40/24`. What goes on
/// with more digits is none.
pub(super) fn date_or_address(text: &str) -> Option<usize> {
    let text = Parts { bytes: text.as_bytes(), at: 0 };
    date(text).or_else(|| compact(text)).or_else(|| time(text)).or_else(|| address(text))
}

/// The parts of a text, from where it is read on.
#[derive(Clone, Copy)]
struct Parts<'t> {
    bytes: &'t [u8],
    at: usize,
}

/// Some digits.
#[derive(Clone, Copy)]
struct Part {
    digits: usize,
    value: u32,
}

impl Parts<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// All digits that come.
    fn digits(&mut self) -> Option<Part> {
        let rest = self.bytes.get(self.at..)?;
        let digits = rest.iter().take(LONGEST + 1).take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=LONGEST).contains(&digits) {
            return None;
        }
        let value = rest[..digits].iter().fold(0, |value, byte| value * 10 + u32::from(byte - b'0'));
        self.at += digits;
        Some(Part { digits, value })
    }

    /// The sign that comes, if it is one of these.
    fn sign(&mut self, among: &[u8]) -> Option<u8> {
        let sign = self.peek().filter(|sign| among.contains(sign))?;
        self.at += 1;
        Some(sign)
    }

    /// Where it ends, unless it goes on: with a digit, or with one after the sign that
    /// stands between its parts.
    fn end(mut self, sign: u8) -> Option<usize> {
        let end = self.at;
        let _ = self.sign(&[sign]);
        (!self.peek().is_some_and(|byte| byte.is_ascii_digit())).then_some(end)
    }
}

impl Part {
    fn is_year(self) -> bool {
        self.digits == 4 && YEARS.contains(&self.value)
    }

    fn is_month(self) -> bool {
        self.digits <= 2 && (1..=12).contains(&self.value)
    }

    fn is_day(self) -> bool {
        self.digits <= 2 && (1..=31).contains(&self.value)
    }
}

/// A date with the year first or last, and the time after it, if there is one.
fn date(mut text: Parts<'_>) -> Option<usize> {
    let first = text.digits()?;
    let sign = text.sign(OF_DATES)?;
    let second = text.digits()?;
    text.sign(&[sign])?;
    let third = text.digits()?;
    let is_date = if first.digits == 4 {
        first.is_year() && second.is_month() && third.is_day()
    } else {
        let has_month = first.is_month() || second.is_month();
        first.is_day() && second.is_day() && has_month && third.is_year()
    };
    if !is_date {
        return None;
    }
    let mut after = text;
    if after.sign(b"Tt_ ").is_some()
        && let Some(end) = time(after)
    {
        return Some(end);
    }
    text.end(sign)
}

/// A date and a time without signs in them: `20261118T081500Z`.
fn compact(mut text: Parts<'_>) -> Option<usize> {
    let date = text.digits().filter(|part| part.digits == 8)?;
    let of_year = date.value % 10_000;
    let is_date = YEARS.contains(&(date.value / 10_000))
        && (1..=12).contains(&(of_year / 100))
        && (1..=31).contains(&(of_year % 100));
    text.sign(b"Tt").filter(|_| is_date)?;
    text.digits().filter(|part| matches!(part.digits, 4 | 6))?;
    zoned(fraction(text)).end(b'T')
}

/// A time of day: `08:15`, `8:15:00.1234567+01:00`.
fn time(mut text: Parts<'_>) -> Option<usize> {
    let hour = text.digits().filter(|hour| hour.digits <= 2 && hour.value < 24)?;
    text.sign(b":")?;
    text.digits().filter(|minute| minute.digits == 2 && minute.value < 60)?;
    let mut longer = text;
    if longer.sign(b":").is_some() {
        // The last second of a day may be its 61st.
        longer.digits().filter(|second| second.digits == 2 && second.value <= 60)?;
        return zoned(fraction(longer)).end(b':');
    }
    if hour.digits == 2 { zoned(text).end(b':') } else { None }
}

/// What comes after a fraction, if there is one. It starts with a full stop: after a comma
/// may be another column.
fn fraction(text: Parts<'_>) -> Parts<'_> {
    let mut after = text;
    if after.sign(b".").is_none() {
        return text;
    }
    let start = after.at;
    while after.peek().is_some_and(|byte| byte.is_ascii_digit()) {
        after.at += 1;
    }
    if after.at > start { after } else { text }
}

/// What comes after the distance from UTC, if there is one: `+01:00`, `-0500`.
fn zoned(text: Parts<'_>) -> Parts<'_> {
    let mut after = text;
    let is_zone = after.sign(b"+-").is_some()
        && after.digits().is_some_and(|zone| match zone.digits {
            2 => zone.value <= 14,
            4 => zone.value <= 1400,
            _ => false,
        });
    if !is_zone {
        return text;
    }
    let mut minutes = after;
    let has_minutes = minutes.sign(b":").is_some() && minutes.digits().is_some_and(|part| part.digits == 2);
    if has_minutes { minutes } else { after }
}

/// An address of IPv4, or a network of such. Numbers have groups with a zero before them,
/// addresses have not.
fn address(mut text: Parts<'_>) -> Option<usize> {
    for at in 0..4 {
        if at > 0 {
            text.sign(b".")?;
        }
        let has_zero = text.peek() == Some(b'0');
        text.digits().filter(|part| part.value <= 255 && (part.digits == 1 || !has_zero))?;
    }
    let mut network = text;
    let is_network = network.sign(b"/").is_some()
        && network.digits().is_some_and(|bits| bits.digits <= 2 && bits.value <= 32);
    if is_network { network.end(b'.') } else { text.end(b'.') }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_times_and_addresses_are_passed_over() {
        for (text, rest) in [
            ("2026-11-18", ""),
            ("2026/1/8 was", " was"),
            ("2026.11.18.", "."),
            ("18.11.2026, noon", ", noon"),
            ("11/18/2026)", ")"),
            ("18-11-2026", ""),
            ("2026-11-18T08:15:00.1234567Z", "Z"),
            ("2026-11-18 08:15:00,4930123456", ",4930123456"),
            ("2026-11-18T08:15:00-05:00;", ";"),
            ("2026-11-18/2026-11-19", "/2026-11-19"),
            ("2026-11-18 4930123456", " 4930123456"),
            ("20261118T081500Z", "Z"),
            ("20261118T081500.1234567+0100", ""),
            ("08:15", ""),
            ("8:15:00.1234567", ""),
            ("10.20.30.40:5061", ":5061"),
            ("192.168.100.0/24 ", " "),
            ("10.0.0.1-10.0.0.9", "-10.0.0.9"),
        ] {
            assert_eq!(date_or_address(text), Some(text.len() - rest.len()), "{text}");
        }
        for number in [
            "2026-11-18-44",
            "2026-13-18",
            "3026-11-18",
            "2026-11-181",
            "2026-11.18",
            "32.11.2026",
            "13.13.2026",
            "49.30.123456",
            "030.12.34.56",
            "01.23.45.67.89",
            "10.20.30.400",
            "10.20.30.40.50",
            "20261118",
            "4930123456",
            "24:00",
            "08:15:00:11",
            "8:15",
            "",
            "Desk",
        ] {
            assert_eq!(date_or_address(number), None, "{number}");
        }
        assert_eq!(guid("11111111-2222-3333-4444-555555555555."), Some(GUID));
        assert_eq!(guid("11111111-2222-3333-4444-5555555555555"), None);
    }

    proptest! {
        #[test]
        fn any_text_can_be_looked_at(text in "[0-9T:./+, é-]{0,40}") {
            if let Some(len) = date_or_address(&text) {
                prop_assert!(text.is_char_boundary(len) && len > 0);
            }
        }
    }
}
