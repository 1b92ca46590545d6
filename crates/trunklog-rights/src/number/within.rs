//! Numbers in text that is more than a number.

use std::iter::once;
use std::ops::ControlFlow;

use super::dialled::{drops_zero, from_country_code};
use super::hidden_digits::{hidden_digits, service_code};
use super::others::{date_or_address, guid};
use super::{MANY, MOST, TRUNK_ZERO, WHOLE, is_between};

/// So many digits are more than a country code with what is dialled before it.
const PREFIX: usize = 7;

/// A number in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Embedded<'t> {
    /// Its digits, from the country code on where there is one.
    pub(crate) digits: &'t str,
    pub(crate) stands: Stands,
    /// Whether it is written with a `+` or with what is dialled to leave a country.
    pub(crate) has_country_code: bool,
}

/// What is beside a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    /// Nothing that belongs to it.
    Apart,
    /// Digits of which nobody knows whether they belong to it.
    Beside,
}

/// Gives each number that may be meant in a plain text: all blocks of digits, with signs
/// between them that numbers are written with, alone and together. GUIDs, dates, times and
/// addresses of machines are none, and nor is what has hidden digits: what is left of it is
/// somebody else's number.
pub(crate) fn numbers_in(
    text: &str,
    each: &mut dyn FnMut(Embedded<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut run = Run::default();
    let (mut rest, mut before) = (text, ' ');
    while let Some(sign) = rest.chars().next() {
        if !before.is_alphanumeric()
            && let Some(other) = run.other(rest, before)
        {
            run.tell(each)?;
            run.clear();
            rest = &rest[other..];
            before = '0';
            continue;
        }
        if rest.starts_with(TRUNK_ZERO) && run.drops_zero() {
            run.is_parted = true;
            rest = &rest[TRUNK_ZERO.len()..];
            before = ')';
            continue;
        }
        if let Some(code) = service_code(rest).filter(|_| run.is_blank()) {
            rest = &rest[code..];
            before = ' ';
            continue;
        }
        if let Some(hidden) = hidden_digits(rest, before) {
            run.hidden += 1;
            run.is_parted = false;
            rest = &rest[hidden..];
            before = '*';
            continue;
        }
        if sign.is_ascii_digit() {
            if run.is_over(rest) {
                run.clear();
            }
            run.add(sign);
        } else if is_between(sign) {
            run.is_parted = true;
        } else {
            run.tell(each)?;
            run.clear();
            run.has_plus = sign == '+';
        }
        before = sign;
        rest = &rest[sign.len_utf8()..];
    }
    run.tell(each)
}

/// Digits with nothing between them but signs that numbers are written with.
#[derive(Default)]
struct Run {
    digits: String,
    /// Where blocks start that have no sign within.
    starts: Vec<usize>,
    is_parted: bool,
    has_plus: bool,
    /// How many hidden digits are among them, where each is written as one sign.
    hidden: usize,
}

impl Run {
    /// Whether there is nothing of a number yet.
    fn is_blank(&self) -> bool {
        self.digits.is_empty() && !self.has_plus && self.hidden == 0
    }

    /// Whether `(0)` is not dialled after what is there, also of a number that starts with
    /// a later block.
    fn drops_zero(&self) -> bool {
        let ends = self.starts.iter().rev().map(|start| &self.digits[*start..]);
        !self.digits.is_empty() && ends.take_while(|end| end.len() < PREFIX).all(drops_zero)
    }

    /// How long that is with which the rest starts and which is no number. Numbers are
    /// written as dates and addresses are, too: so these are none where a country code or
    /// an area code may be before them.
    fn other(&self, rest: &str, before: char) -> Option<usize> {
        let is_apart = || {
            let may_be_prefix = self.has_plus || self.digits.starts_with('0') || self.digits.len() <= 3;
            self.is_blank() || (before.is_whitespace() && !(may_be_prefix && self.digits.len() < PREFIX))
        };
        guid(rest).or_else(|| date_or_address(rest).filter(|_| is_apart()))
    }

    /// Whether another number starts with this digit: what is before it has hidden digits
    /// and is a number already, and what comes is one without any of it.
    fn is_over(&self, rest: &str) -> bool {
        self.hidden > 0
            && self.is_parted
            && self.digits.len() + self.hidden >= MANY
            && rest.bytes().take(WHOLE).filter(u8::is_ascii_digit).count() == WHOLE
    }

    fn add(&mut self, digit: char) {
        if self.is_parted || self.digits.is_empty() {
            self.starts.push(self.digits.len());
        }
        self.is_parted = false;
        self.digits.push(digit);
    }

    fn clear(&mut self) {
        self.digits.clear();
        self.starts.clear();
        self.is_parted = false;
        self.has_plus = false;
        self.hidden = 0;
    }

    fn tell(&self, each: &mut dyn FnMut(Embedded<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        if self.hidden > 0 {
            return ControlFlow::Continue(());
        }
        let all = self.digits.len();
        for (at, start) in self.starts.iter().copied().enumerate() {
            let ends = self.starts[at + 1..].iter().copied().chain(once(all));
            // The start of the last block before each end.
            let blocks = self.starts[at..].iter().copied();
            for (block, end) in blocks.zip(ends).take_while(|(_, end)| end - start <= MOST) {
                let is_alone = start == 0 && end == all;
                let has_plus = self.has_plus && start == 0;
                let dialled = &self.digits[start..end];
                let digits = from_country_code(dialled, has_plus);
                if digits.is_empty() || !(is_alone || digits.len() >= MANY) {
                    continue;
                }
                let first_ends = self.starts.get(at + 1).copied().unwrap_or(all);
                let is_first = start == 0 || start >= MANY || (!self.has_plus && first_ends - start >= WHOLE);
                let is_last = end == all || all - end >= MANY || end - block >= WHOLE;
                let is_apart = is_alone || (digits.len() >= WHOLE && is_first && is_last);
                each(Embedded {
                    digits,
                    stands: if is_apart { Stands::Apart } else { Stands::Beside },
                    has_country_code: has_plus || digits.len() < dialled.len(),
                })?;
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<(String, Stands)> {
        let mut all = Vec::new();
        let _ = numbers_in(text, &mut |found| {
            all.push((found.digits.to_owned(), found.stands));
            ControlFlow::Continue(())
        });
        all
    }

    fn apart(text: &str) -> Vec<String> {
        found(text)
            .into_iter()
            .filter(|(_, stands)| *stands == Stands::Apart)
            .map(|(digits, _)| digits)
            .collect()
    }

    #[test]
    fn numbers_stand_apart_in_names() {
        for text in [
            "+49 30 1234567 (Front desk)",
            "Front desk +49 (0)30 1234567",
            "Front desk: 011-49-30-1234567!",
            "Desk 0049301234567, Berlin",
            "Desk (49301234567)",
            "15 49301234567 20",
        ] {
            assert!(apart(text).contains(&"49301234567".to_owned()), "{text}: {:?}", found(text));
        }
        for text in ["Rome 0011 39 (0)6 12345678", "Room 12 0039 (0)6 12345678", "Rome +39 (0)6 12345678"] {
            let is_there = found(text).iter().any(|(digits, _)| digits == "390612345678");
            assert!(is_there, "{text}: {:?}", found(text));
        }
        // Two beside each other.
        assert_eq!(apart("+49 30 1234567 / +33 123456789"), ["49301234567", "33123456789"]);
        assert!(apart("030 1234567 / 030 7654321").contains(&"0307654321".to_owned()));
    }

    #[test]
    fn a_part_of_a_number_is_none() {
        for (text, part) in [
            ("Desk +49 30 1234567-89", "49301234567"),
            ("Desk +49 30 1234567", "1234567"),
            ("Desk +49 30 1234567", "301234567"),
            ("Desk 1 493 012 3456", "4930123456"),
            ("Desk +1 4930123456", "4930123456"),
            ("Desk 149301234567", "49301234567"),
            ("Desk 493012345678", "49301234567"),
            ("11111111-2222-3333-4444-555555555555", "555555555555"),
        ] {
            assert!(!apart(text).contains(&part.to_owned()), "{text}: {:?}", found(text));
        }
        assert!(found("id=11111111-2222-3333-4444-555555555555").is_empty());
        assert!(found("Room 12, 4 chairs").iter().all(|(digits, _)| digits.len() < MANY));
    }

    #[test]
    fn what_is_left_of_hidden_digits_is_no_number() {
        for text in [
            "+493012345***",
            "Desk +493012345***",
            "+49 30 12345 ***",
            "49301***4567890",
            "+49301***4567890 (Desk)",
            "***49301234567",
            "+*49301234567",
            "** 49301234567",
            "+49 (0)30 12345*",
            "493012345%2A%2a%2A",
            "493012345%252A",
            r"493012345\u002a\u002A",
            r"493012345\\\u002a",
            "+493012345xxx",
            "+49301XX45678",
            "+49 *** 1234567890",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
        // What stands apart from it is one.
        assert_eq!(apart("+493012345*** +33123456789"), ["33123456789"]);
        assert_eq!(apart("493012345*** 33123456789"), ["33123456789"]);
        assert_eq!(apart("493012345***, 33123456789"), ["33123456789"]);
        // Nothing is hidden here.
        for text in [
            "*67 49301234567",
            "*6749301234567",
            "*67+49301234567",
            "*21*49301234567#",
            "**21*+49301234567#",
            "* 49301234567",
            "*49301234567",
            "**Desk** +49301234567",
            "49301234567 ext. 12",
            "49301234567x12",
            "Maxx 49301234567",
        ] {
            assert!(apart(text).contains(&"49301234567".to_owned()), "{text}: {:?}", found(text));
        }
        assert!(!apart("*6749301234567").contains(&"6749301234567".to_owned()));
    }

    #[test]
    fn dates_times_and_addresses_are_no_numbers() {
        for text in [
            "2026-11-18",
            "on 2026-11-18T08:15:00.1234567Z",
            "from 18.11.2026 to 19.11.2026, 10.20.30.40",
            "2026-11-18/2026-11-19",
            "sip:desk@10.20.30.40:5061",
            "[192.168.100.200/24]",
            "20261118T081500.1234567Z",
        ] {
            assert!(found(text).iter().all(|(digits, _)| digits.len() < MANY), "{text}: {:?}", found(text));
        }
        for text in [
            "2026-11-18 4930123456",
            "+49 30 123456 08:15:00",
            "+49 30 123456 2026-11-18",
            "2026-11-18 08:15 +49 30 123456 10.20.30.40",
            "4930123456@10.20.30.40",
        ] {
            assert_eq!(apart(text), ["4930123456"], "{text}");
        }
        // After a country code, or the first part of a number, it is the rest of one.
        for (text, number) in [
            ("+45 2012-12-12", "4520121212"),
            ("+45 20.12.34.56", "4520123456"),
            ("0045 20.12.34.56", "4520123456"),
            ("Desk 030 18.11.2026", "03018112026"),
            ("+2012-12-12", "20121212"),
        ] {
            assert_eq!(apart(text), [number], "{text}");
        }
    }

    proptest! {
        /// No part of a number with hidden digits is one.
        #[test]
        fn hidden_digits_hide_all(
            start in "[1-9][0-9]{2,12}",
            gap in "[ ./-]{0,1}",
            hidden in "[*]{1,6}",
            end in "[0-9]{0,6}",
            around in "(Desk|\\(|)",
        ) {
            let text = format!("{around} +{start}{gap}{hidden}{end}");
            prop_assert!(found(&text).is_empty(), "{}", text);
        }

        /// Any text can be looked at, and what is given are digits of it.
        #[test]
        fn any_text_can_be_looked_at(text in "[0-9+() a-fxT:*%./\u{e9}-]{0,80}") {
            let all: String = text.chars().filter(char::is_ascii_digit).collect();
            for (digits, _) in found(&text) {
                prop_assert!(!digits.is_empty() && digits.len() <= MOST);
                prop_assert!(all.len() >= digits.len());
            }
        }
    }
}
