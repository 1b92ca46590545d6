//! Numbers that nobody has.
//!
//! Sources: Bundesnetzagentur, "Rufnummern für Medienproduktionen"; Ofcom,
//! "Telephone numbers for use in TV and radio drama programmes"; the 555-0100
//! to 555-0199 range of the North American Numbering Plan; ARCEP's ranges for
//! audiovisual works.

use std::fmt;

use super::dice::Dice;

/// A country with its fictional numbers.
#[derive(Debug)]
pub(super) struct Country {
    /// ISO 3166-1 alpha-2.
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    /// Of a hundred users, how many are there.
    pub(super) user_share: u32,
    ranges: &'static [Range],
}

/// A prefix and how many digits follow it.
#[derive(Debug)]
struct Range {
    prefix: &'static str,
    digits: usize,
}

const fn range(prefix: &'static str, digits: usize) -> Range {
    Range { prefix, digits }
}

/// How many countries there are.
pub(super) const COUNTRY_COUNT: usize = 4;

pub(super) static COUNTRIES: [Country; COUNTRY_COUNT] = [
    Country {
        code: "DE",
        name: "Germany",
        user_share: 62,
        ranges: &[
            range("+493023125", 3),
            range("+498999998", 3),
            range("+494066969", 3),
            range("+496990009", 3),
            range("+492214710", 3),
        ],
    },
    Country {
        code: "GB",
        name: "United Kingdom",
        user_share: 23,
        ranges: &[
            range("+442079460", 3),
            range("+441614960", 3),
            range("+441214960", 3),
            range("+447700900", 3),
        ],
    },
    Country {
        code: "US",
        name: "United States",
        user_share: 15,
        ranges: &[
            range("+142555501", 2),
            range("+120655501", 2),
            range("+131255501", 2),
            range("+121255501", 2),
            range("+141555501", 2),
        ],
    },
    Country {
        code: "FR",
        name: "France",
        user_share: 0,
        ranges: &[range("+3319900", 4), range("+3363998", 4)],
    },
];

/// Where the organisation is at home.
pub(super) fn home() -> &'static Country {
    &COUNTRIES[0]
}

/// What a caller is called whose number is withheld.
pub(super) const WITHHELD: &str = "anonymous";

/// Of a thousand callers from outside, how many withhold their number.
const WITHHELD_PERMILLE: u32 = 15;

/// A telephone number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    pub(super) country: &'static Country,
    range: &'static Range,
    subscriber: u32,
}

impl Number {
    /// The number of a country's user; they differ as long as there are
    /// numbers.
    pub(super) fn of_user(country: &'static Country, user: usize) -> Number {
        let range = &country.ranges[user % country.ranges.len()];
        let subscriber = (user / country.ranges.len()) % range.size();
        Number { country, range, subscriber: u32::try_from(subscriber).unwrap_or(0) }
    }

    /// The number through which people in a country dial into meetings: its
    /// last, which only a directory of thousands gives to a user.
    pub(super) fn of_bridge(country: &'static Country) -> Number {
        let range = &country.ranges[0];
        Number { country, range, subscriber: u32::try_from(range.size() - 1).unwrap_or(0) }
    }

    /// Who calls somebody in `home`; None when the number is withheld.
    pub(super) fn of_caller(home: &'static Country, dice: &mut Dice) -> Option<Number> {
        (!dice.chance(WITHHELD_PERMILLE)).then(|| Number::of_anybody(home, dice))
    }

    /// Anybody's number, mostly from `home`. Some call more often than others.
    pub(super) fn of_anybody(home: &'static Country, dice: &mut Dice) -> Number {
        let country =
            if dice.chance(820) { home } else { dice.weighted(&COUNTRIES, |country| country.user_share + 8) };
        let range = dice.weighted(country.ranges, |_| 1);
        let subscriber = dice.skewed_below(u32::try_from(range.size()).unwrap_or(u32::MAX));
        Number { country, range, subscriber }
    }
}

impl Range {
    fn size(&self) -> usize {
        10_usize.pow(u32::try_from(self.digits).expect("a number has few digits"))
    }
}

impl fmt::Display for Number {
    /// In E.164.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:0digits$}", self.range.prefix, self.subscriber, digits = self.range.digits)
    }
}
