//! Whole numbers within bounds, as keys and variables have them.

use std::fmt;
use std::str::FromStr;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use trunklog_server::MOST_SECS;

/// A whole number, at least `LEAST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whole<T, const LEAST: u64>(T);

/// A whole number, at least 1.
pub(crate) type Count<T> = Whole<T, 1>;

/// A time in seconds, at least `LEAST` and ten years at most: clocks count not
/// much further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Secs<const LEAST: u64>(u64);

/// A type of whole numbers.
pub(crate) trait Number: Copy + TryFrom<u64> {
    /// The largest of them.
    fn largest() -> u64;
}

impl Number for u8 {
    fn largest() -> u64 {
        u64::from(u8::MAX)
    }
}

impl Number for u16 {
    fn largest() -> u64 {
        u64::from(u16::MAX)
    }
}

impl Number for u32 {
    fn largest() -> u64 {
        u64::from(u32::MAX)
    }
}

impl Number for u64 {
    fn largest() -> u64 {
        u64::MAX
    }
}

impl Number for usize {
    fn largest() -> u64 {
        u64::try_from(usize::MAX).unwrap_or(u64::MAX)
    }
}

impl<T: Number, const LEAST: u64> Whole<T, LEAST> {
    pub(crate) fn get(self) -> T {
        self.0
    }

    fn bounds() -> Bounds {
        Bounds { what: "a whole number", least: LEAST, most: T::largest() }
    }

    fn of(number: u64) -> Result<Whole<T, LEAST>, String> {
        T::try_from(number).map(Whole).map_err(|_| format!("{number} is not {}", Self::bounds()))
    }
}

impl<const LEAST: u64> Secs<LEAST> {
    const BOUNDS: Bounds = Bounds { what: "a whole number of seconds", least: LEAST, most: MOST_SECS };

    pub(crate) fn get(self) -> u64 {
        self.0
    }
}

impl<T: Number, const LEAST: u64> FromStr for Whole<T, LEAST> {
    type Err = String;

    fn from_str(text: &str) -> Result<Whole<T, LEAST>, String> {
        Self::bounds().read(text).and_then(Whole::of)
    }
}

impl<const LEAST: u64> FromStr for Secs<LEAST> {
    type Err = String;

    fn from_str(text: &str) -> Result<Secs<LEAST>, String> {
        Self::BOUNDS.read(text).map(Secs)
    }
}

impl<'de, T: Number, const LEAST: u64> Deserialize<'de> for Whole<T, LEAST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Whole<T, LEAST>, D::Error> {
        Whole::of(deserializer.deserialize_any(Self::bounds())?).map_err(D::Error::custom)
    }
}

impl<'de, const LEAST: u64> Deserialize<'de> for Secs<LEAST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Secs<LEAST>, D::Error> {
        deserializer.deserialize_any(Self::BOUNDS).map(Secs)
    }
}

/// What may be written, which errors say.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    what: &'static str,
    least: u64,
    most: u64,
}

impl Bounds {
    fn holds(self, number: u64) -> bool {
        (self.least..=self.most).contains(&number)
    }

    fn read(self, text: &str) -> Result<u64, String> {
        let number = text.parse().ok().filter(|number| self.holds(*number));
        number.ok_or_else(|| format!("'{text}' is not {self}"))
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Bounds { what, least, most } = self;
        // A bound that nobody reaches helps nobody.
        if *most == u64::MAX {
            write!(f, "{what}, at least {least}")
        } else {
            write!(f, "{what} from {least} to {most}")
        }
    }
}

impl Visitor<'_> for Bounds {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        if self.holds(number) {
            Ok(number)
        } else {
            Err(E::invalid_value(Unexpected::Unsigned(number), &self))
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
        let read = u64::try_from(number).ok().filter(|number| self.holds(*number));
        read.ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_within_their_bounds_are_read() {
        assert_eq!("65535".parse::<Count<u16>>().unwrap().get(), u16::MAX);
        assert_eq!("0".parse::<Whole<u64, 0>>().unwrap().get(), 0);
        assert_eq!("1".parse::<Count<usize>>().unwrap().get(), 1);
        assert_eq!("0".parse::<Secs<0>>().unwrap().get(), 0);
    }

    #[test]
    fn others_are_refused_with_what_is_right() {
        for text in ["0", "65536", "-1", "1.5", "", "many", "99999999999999999999"] {
            let error = text.parse::<Count<u16>>().unwrap_err();
            assert_eq!(error, format!("'{text}' is not a whole number from 1 to 65535"));
        }
        let error = "0".parse::<Count<usize>>().unwrap_err();
        assert_eq!(error, "'0' is not a whole number, at least 1");
        let error = "0".parse::<Secs<1>>().unwrap_err();
        assert_eq!(error, "'0' is not a whole number of seconds from 1 to 315360000");
    }
}
