//! The country of a phone number.
//!
//! A number tells its country by what follows its `+`: the longest start that the
//! table in `countries/plan.txt` has, so that Guernsey is told from the United
//! Kingdom, and Jamaica from Canada. It is read as people and devices write it:
//!
//! - The `+` may follow `tel:`, `sip:` or `sips:`. **Without it there is no
//!   country**: `0049 30 123456` may be an international number or one of the
//!   organisation's own, depending on who dialled it where.
//! - Blanks, `-`, `.`, `/`, brackets and `(0)` between digits count for nothing.
//! - A `*` is a hidden digit. What is hidden cannot tell two countries apart, so
//!   such a number is of the country that has most of its start.
//! - From 6 digits on, hidden ones included, up to 15, which is the most that E.164
//!   allows. `+1001` is an extension.
//!
//! Whether a number exists is not asked.
//!
//! # The table
//! Made from libphonenumber's metadata, of the version that [`NUMBER_PLAN`] names. A
//! code of one country is one entry. Of a code that several share, the entry is the
//! country that libphonenumber names first; for each other country a search in depth
//! over the digits that follow finds all starts with which only its own patterns can
//! match, or its `leading digits`, up to seven digits (nine for Australia's code,
//! where Christmas Island and the Cocos Islands have blocks of a hundred numbers).
//! Patterns that a country has in common with the first are not its own; the one
//! exception is Western Sahara, which has only landlines of that kind. Of code 1,
//! toll-free, premium and personal numbers are those of no country, as of any other
//! code that belongs to none; patterns of fewer than ten digits are left out there.
//!
//! `countries/samples.txt` has two numbers of each other country, made from the same
//! patterns, with the country that libphonenumber itself finds.

use std::sync::LazyLock;

/// Names the table of calling codes. What was computed with another one may
/// tell other countries.
///
/// ```
/// assert!(trunklog_reports::NUMBER_PLAN.starts_with("libphonenumber "));
/// ```
pub const NUMBER_PLAN: &str = "libphonenumber 9.0.43";

/// A country or region with phone numbers, or none of them: [`Country::NO_CODE`].
///
/// ```
/// use trunklog_reports::Country;
///
/// let code = |number| Country::of_number(number).map(Country::code);
/// assert_eq!(code("+49 30 123***"), Some("DE"));
/// assert_eq!(code("tel:+44-1481-712345;phone-context=x"), Some("GG"));
/// assert_eq!(code("+18005550123"), Some(Country::NO_CODE));
/// assert_eq!((code("004930123456"), code("anonymous")), (None, None));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(u8);

impl Country {
    /// The code of numbers that belong to no country, such as toll-free ones of
    /// several countries and those of satellites.
    pub const NO_CODE: &str = "001";

    /// The country of a number; None when it does not say.
    pub fn of_number(number: &str) -> Option<Country> {
        let plan: &Plan = &PLAN;
        let mut node = Some(0);
        let (mut owner, mut len) = (NOBODY, 0);
        let digits = after_plus(number)?.as_bytes();
        let mut at = 0;
        while let Some(&byte) = digits.get(at) {
            at += 1;
            match byte {
                b'0'..=b'9' => {
                    len += 1;
                    node = node.and_then(|node| plan.next(node, byte - b'0'));
                    if let Some(node) = node
                        && plan.owners[node] != NOBODY
                    {
                        owner = plan.owners[node];
                    }
                }
                b'*' => {
                    len += 1;
                    node = None;
                }
                b'(' if digits[at..].starts_with(b"0)") => at += 2,
                b' ' | b'-' | b'.' | b'/' | b'(' | b')' => {}
                _ => break,
            }
        }
        (DIGITS.contains(&len) && owner != NOBODY).then_some(Country(owner))
    }

    /// The country of a code of ISO 3166-1 alpha-2, letter case ignored; None for
    /// a code that no country with phone numbers has.
    ///
    /// ```
    /// use trunklog_reports::Country;
    ///
    /// assert_eq!(Country::by_code("de"), Country::of_number("+4930123456"));
    /// assert_eq!((Country::by_code("??"), Country::by_code("ZZ")), (None, None));
    /// ```
    pub fn by_code(code: &str) -> Option<Country> {
        let &[first, second] = code.as_bytes() else { return None };
        let owner = PLAN.by_letters[letters(first, second)?];
        (owner != NOBODY).then_some(Country(owner))
    }

    /// Its code of ISO 3166-1 alpha-2, in capitals, or [`Country::NO_CODE`].
    pub fn code(self) -> &'static str {
        PLAN.codes[self.index()]
    }

    /// Its place among all, from 0 to below [`Country::MOST`].
    ///
    /// ```
    /// use trunklog_reports::Country;
    ///
    /// assert!(Country::all().enumerate().all(|(at, country)| country.index() == at));
    /// ```
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// More than there are countries.
    pub const MOST: usize = 255;

    /// All of them, by their codes.
    pub fn all() -> impl Iterator<Item = Country> {
        (0..NOBODY).take(PLAN.codes.len()).map(Country)
    }
}

/// How many digits a number may have.
const DIGITS: std::ops::RangeInclusive<usize> = 6..=15;

/// Stands for no country. All others are below it.
const NOBODY: u8 = u8::MAX;

/// What follows the plus of a number.
fn after_plus(number: &str) -> Option<&str> {
    let number = number.trim_start();
    if let Some(digits) = number.strip_prefix('+') {
        return Some(digits);
    }
    let after = |scheme: &&str| {
        let start = number.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| &number[scheme.len()..])
    };
    ["tel:", "sip:", "sips:"].iter().find_map(after)?.trim_start().strip_prefix('+')
}

/// The place of two letters among all pairs.
fn letters(first: u8, second: u8) -> Option<usize> {
    let place = |letter: u8| {
        let upper = letter.to_ascii_uppercase();
        upper.is_ascii_uppercase().then(|| usize::from(upper - b'A'))
    };
    Some(place(first)? * LETTERS + place(second)?)
}

const LETTERS: usize = 26;

static PLAN: LazyLock<Plan> = LazyLock::new(|| Plan::read(include_str!("countries/plan.txt")));

/// The table, as a tree of digits.
#[derive(Debug)]
struct Plan {
    codes: Vec<&'static str>,
    by_letters: Vec<u8>,
    /// The nodes that follow each node, by digit. The root, 0, follows none and
    /// stands for nothing.
    nodes: Vec<[u16; 10]>,
    /// The country of each node, or `NOBODY`.
    owners: Vec<u8>,
}

impl Plan {
    fn read(text: &'static str) -> Plan {
        let mut plan = Plan {
            codes: Vec::new(),
            by_letters: vec![NOBODY; LETTERS * LETTERS],
            nodes: vec![[0; 10]],
            owners: vec![NOBODY],
        };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ');
            let Some(code) = words.next() else { continue };
            let owner = u8::try_from(plan.codes.len()).expect("a test asserts that countries are few");
            plan.codes.push(code);
            if let &[first, second] = code.as_bytes()
                && let Some(at) = letters(first, second)
            {
                plan.by_letters[at] = owner;
            }
            for start in words {
                let node = start.bytes().fold(0, |node, byte| plan.grow(node, byte - b'0'));
                plan.owners[node] = owner;
            }
        }
        plan
    }

    /// The node that follows another, made if need be.
    fn grow(&mut self, node: usize, digit: u8) -> usize {
        if let Some(next) = self.next(node, digit) {
            return next;
        }
        let next = self.nodes.len();
        self.nodes.push([0; 10]);
        self.owners.push(NOBODY);
        self.nodes[node][usize::from(digit)] =
            u16::try_from(next).expect("a test asserts that the table is small");
        next
    }

    fn next(&self, node: usize, digit: u8) -> Option<usize> {
        let next = self.nodes[node][usize::from(digit)];
        (next != 0).then(|| usize::from(next))
    }
}

#[cfg(test)]
mod tests;
