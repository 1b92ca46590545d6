//! Points in time at the resolution of `Edm.DateTimeOffset` as Graph uses it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A point in time, in units of 100 ns since 1970-01-01T00:00:00Z.
///
/// That is the resolution of Graph's timestamps (at most seven fractional
/// digits) and its range covers the years 0001 to 9999, which a 64-bit count
/// of nanoseconds does not: Graph marks an absent end of a call with
/// `0001-01-01T00:00:00Z`.
///
/// Where it is serialised, it is that count.
///
/// ```
/// use trunklog_odata::Instant;
///
/// let instant = Instant::parse("2026-11-24T09:15:00.5+01:00")?;
/// assert_eq!(instant.to_string(), "2026-11-24T08:15:00.5Z");
/// # Ok::<(), trunklog_odata::InstantError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub struct Instant(i64);

/// The longest text that [`Instant::write`] produces:
/// `9999-12-31T23:59:59.9999999Z`.
const MAX_TEXT: usize = 28;

/// Why a text is not a `DateTimeOffset`.
///
/// ```
/// use trunklog_odata::{Instant, InstantError};
///
/// assert_eq!(Instant::parse("2026-11-24T08:15:00"), Err(InstantError::NoZone));
/// assert_eq!(Instant::parse("2026-13-24T08:15:00Z"), Err(InstantError::Range));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// It does not have the form `yyyy-mm-ddThh:mm[:ss[.f]](Z|±hh:mm)`.
    #[error("expected the form yyyy-mm-ddThh:mm:ss.fZ or with an offset such as +01:00")]
    Form,
    /// It has a date and a time, but no zone.
    #[error("a time needs a zone: end it with Z or an offset such as +01:00")]
    NoZone,
    /// A field is out of its range, for example month 13.
    #[error("a field is out of range")]
    Range,
}

impl Instant {
    /// Units of 100 ns in a microsecond.
    pub const TICKS_PER_MICROSECOND: i64 = 10;
    /// Units of 100 ns in a millisecond.
    pub const TICKS_PER_MS: i64 = 1_000 * Instant::TICKS_PER_MICROSECOND;
    /// Units of 100 ns in a second.
    pub const TICKS_PER_SEC: i64 = 1_000 * Instant::TICKS_PER_MS;
    /// Units of 100 ns in an hour.
    pub const TICKS_PER_HOUR: i64 = Instant::SECS_PER_HOUR * Instant::TICKS_PER_SEC;
    /// Units of 100 ns in a day.
    pub const TICKS_PER_DAY: i64 = Instant::SECS_PER_DAY * Instant::TICKS_PER_SEC;
    /// Seconds in an hour.
    pub const SECS_PER_HOUR: i64 = 3_600;
    /// Seconds in a day, of which all are alike: leap seconds are not counted.
    pub const SECS_PER_DAY: i64 = 24 * Instant::SECS_PER_HOUR;
    /// `0001-01-01T00:00:00Z`, Graph's mark for "no such moment".
    pub const ABSENT: Instant = Instant(-62_135_596_800 * Self::TICKS_PER_SEC);
    /// The last instant of the year 9999.
    pub const MAX: Instant = Instant(253_402_300_800 * Self::TICKS_PER_SEC - 1);

    /// From a count of 100 ns units since 1970. Errors when the year is not
    /// within 0001 to 9999.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    ///
    /// assert_eq!(Instant::from_ticks(Instant::TICKS_PER_DAY)?.to_string(), "1970-01-02T00:00:00Z");
    /// # Ok::<(), trunklog_odata::InstantError>(())
    /// ```
    pub fn from_ticks(ticks: i64) -> Result<Instant, InstantError> {
        let instant = Instant(ticks);
        if (Self::ABSENT..=Self::MAX).contains(&instant) { Ok(instant) } else { Err(InstantError::Range) }
    }

    /// From whole seconds since 1970.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    ///
    /// assert_eq!(Instant::from_unix_secs(1)?.ticks(), Instant::TICKS_PER_SEC);
    /// # Ok::<(), trunklog_odata::InstantError>(())
    /// ```
    pub fn from_unix_secs(secs: i64) -> Result<Instant, InstantError> {
        secs.checked_mul(Self::TICKS_PER_SEC).ok_or(InstantError::Range).and_then(Self::from_ticks)
    }

    /// Units of 100 ns since 1970.
    pub fn ticks(self) -> i64 {
        self.0
    }

    /// The instant that many units of 100 ns later, held within the years
    /// 0001 to 9999.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    ///
    /// assert_eq!(Instant::ABSENT.saturating_add_ticks(-1), Instant::ABSENT);
    /// ```
    #[must_use]
    pub fn saturating_add_ticks(self, ticks: i64) -> Instant {
        Instant(self.0.saturating_add(ticks)).clamp(Self::ABSENT, Self::MAX)
    }

    /// Midnight UTC of a date.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    ///
    /// assert_eq!(Instant::from_date(2026, 2, 28)?.to_string(), "2026-02-28T00:00:00Z");
    /// assert!(Instant::from_date(2026, 2, 29).is_err());
    /// # Ok::<(), trunklog_odata::InstantError>(())
    /// ```
    pub fn from_date(year: i64, month: u32, day: u32) -> Result<Instant, InstantError> {
        if !(1..=9999).contains(&year)
            || !(1..=12).contains(&month)
            || day == 0
            || day > days_in_month(year, month)
        {
            return Err(InstantError::Range);
        }
        Ok(Instant(days_from_civil(year, month, day) * Self::SECS_PER_DAY * Self::TICKS_PER_SEC))
    }

    /// Reads `yyyy-mm-ddThh:mm[:ss[.f]](Z|±hh:mm)`.
    ///
    /// Up to seven fractional digits count, further ones are cut off. Source:
    /// OData ABNF 4.01 `dateTimeOffsetValue`; the offset is at most 14 hours,
    /// as in .NET.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    ///
    /// let with_seconds = Instant::parse("2026-11-24T08:15:00Z")?;
    /// assert_eq!(Instant::parse("2026-11-24T08:15Z")?, with_seconds);
    /// # Ok::<(), trunklog_odata::InstantError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Instant, InstantError> {
        let mut fields = Fields { rest: text.as_bytes() };
        let year = fields.number(4)?;
        fields.expect(b'-')?;
        let month = fields.number(2)?;
        fields.expect(b'-')?;
        let day = fields.number(2)?;
        let midnight = Instant::from_date(i64::from(year), month, day);
        if !matches!(fields.take(), Some(b'T' | b't')) {
            return Err(InstantError::Form);
        }
        let hour = fields.number(2)?;
        fields.expect(b':')?;
        let minute = fields.number(2)?;
        let mut second = 0;
        let mut fraction = 0;
        if fields.peek() == Some(b':') {
            fields.take();
            second = fields.number(2)?;
            if fields.peek() == Some(b'.') {
                fields.take();
                fraction = fields.fraction()?;
            }
        }
        let offset_minutes = fields.zone()?;
        if hour > 23 || minute > 59 || second > 59 {
            return Err(InstantError::Range);
        }
        let secs = i64::from(hour) * Self::SECS_PER_HOUR + i64::from(minute) * 60 + i64::from(second)
            - offset_minutes * 60;
        Self::from_ticks(midnight?.0 + secs * Self::TICKS_PER_SEC + fraction)
    }

    /// Appends the text in UTC: `2019-11-01T00:00:25.105Z`. A zero fraction is
    /// left out and trailing zeros are, as .NET writes it.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    ///
    /// let mut out = Vec::new();
    /// Instant::ABSENT.write(&mut out);
    /// assert_eq!(out, b"0001-01-01T00:00:00Z");
    /// ```
    pub fn write(self, out: &mut Vec<u8>) {
        let mut text = [0; MAX_TEXT];
        let len = self.format(&mut text);
        out.extend_from_slice(&text[..len]);
    }

    fn format(self, text: &mut [u8; MAX_TEXT]) -> usize {
        let secs = self.0.div_euclid(Self::TICKS_PER_SEC);
        let mut fraction = self.0.rem_euclid(Self::TICKS_PER_SEC);
        let (year, month, day) = civil_from_days(secs.div_euclid(Self::SECS_PER_DAY));
        let time = secs.rem_euclid(Self::SECS_PER_DAY);
        digits(&mut text[0..4], year);
        text[4] = b'-';
        digits(&mut text[5..7], month);
        text[7] = b'-';
        digits(&mut text[8..10], day);
        text[10] = b'T';
        digits(&mut text[11..13], time / Self::SECS_PER_HOUR);
        text[13] = b':';
        digits(&mut text[14..16], time / 60 % 60);
        text[16] = b':';
        digits(&mut text[17..19], time % 60);
        let mut end = 19;
        if fraction != 0 {
            let mut places = 7;
            while fraction % 10 == 0 {
                fraction /= 10;
                places -= 1;
            }
            text[19] = b'.';
            digits(&mut text[20..20 + places], fraction);
            end = 20 + places;
        }
        text[end] = b'Z';
        end + 1
    }
}

impl From<Instant> for i64 {
    fn from(instant: Instant) -> i64 {
        instant.ticks()
    }
}

impl TryFrom<i64> for Instant {
    type Error = InstantError;

    fn try_from(ticks: i64) -> Result<Instant, InstantError> {
        Instant::from_ticks(ticks)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; MAX_TEXT];
        let len = self.format(&mut text);
        f.write_str(std::str::from_utf8(&text[..len]).expect("only ASCII digits and marks were written"))
    }
}

/// The unread rest of a timestamp.
struct Fields<'a> {
    rest: &'a [u8],
}

impl Fields<'_> {
    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn take(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn expect(&mut self, mark: u8) -> Result<(), InstantError> {
        if self.take() == Some(mark) { Ok(()) } else { Err(InstantError::Form) }
    }

    fn number(&mut self, places: usize) -> Result<u32, InstantError> {
        let mut value = 0;
        for _ in 0..places {
            match self.take() {
                Some(digit @ b'0'..=b'9') => value = value * 10 + u32::from(digit - b'0'),
                _ => return Err(InstantError::Form),
            }
        }
        Ok(value)
    }

    /// The fraction in units of 100 ns.
    fn fraction(&mut self) -> Result<i64, InstantError> {
        let mut value = 0;
        let mut places = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            self.take();
            if places < 7 {
                value = value * 10 + i64::from(digit - b'0');
            }
            places += 1;
        }
        if places == 0 {
            return Err(InstantError::Form);
        }
        for _ in places..7 {
            value *= 10;
        }
        Ok(value)
    }

    /// The offset in minutes; everything must have been read after it.
    fn zone(&mut self) -> Result<i64, InstantError> {
        let sign = match self.take() {
            None => return Err(InstantError::NoZone),
            Some(b'Z' | b'z') => 0,
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return Err(InstantError::Form),
        };
        let mut minutes = 0;
        if sign != 0 {
            let hour = self.number(2)?;
            self.expect(b':')?;
            let minute = self.number(2)?;
            minutes = i64::from(hour) * 60 + i64::from(minute);
            if minute > 59 || minutes > 14 * 60 {
                return Err(InstantError::Range);
            }
        }
        if self.rest.is_empty() { Ok(sign * minutes) } else { Err(InstantError::Form) }
    }
}

fn digits(out: &mut [u8], mut value: i64) {
    for place in out.iter_mut().rev() {
        *place = b'0' + u8::try_from(value % 10).expect("a remainder by ten fits a byte");
        value /= 10;
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar. The year is
/// taken to start in March, which puts the leap day last.
///
/// An era of 400 years has 146,097 days, and 719,468 days lie between 0000-03-01
/// and 1970-01-01. From March on, each five months have 153 days: `(153 * month + 2) / 5`
/// is how many there are before a month.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests;
