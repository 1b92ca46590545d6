//! Literals, read as ODL's lexer reads them.

use crate::{Error, Instant, InstantError, Result};

/// Reads a `DateTimeOffset` literal: a date, which means midnight UTC, or a
/// date with time and zone.
///
/// A date's month and day may lack their leading zero, as in .NET. `position`
/// is where the literal starts in `whole`; both are for the error text.
///
/// # Errors
/// 400 with ODL's texts.
///
/// ```
/// use trunklog_odata::{Instant, date_time_offset};
///
/// let midnight = Instant::from_date(2026, 3, 1).unwrap();
/// assert_eq!(date_time_offset("2026-3-1", 0, "2026-3-1")?, midnight);
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
pub fn date_time_offset(literal: &str, position: usize, whole: &str) -> Result<Instant> {
    if let Some(date) = date(literal) {
        return date.map_err(|_| impossible_date(literal, position, whole));
    }
    if looks_like_date_time(literal) {
        return date_time(literal);
    }
    if literal == "null" {
        return Err(Error::bad_request("A value of type 'Edm.DateTimeOffset' is needed, not null."));
    }
    Err(impossible_date(literal, position, whole))
}

/// Reads what [`looks_like_date_time`].
pub(crate) fn date_time(literal: &str) -> Result<Instant> {
    Instant::parse(literal).map_err(|error| {
        Error::bad_request(format!(
            "The DateTimeOffset text '{literal}' should be in format \
             'yyyy-mm-ddThh:mm:ss('.'s+)?(zzzzzz)?' and each field value is within valid range."
        ))
        .hint(match error {
            InstantError::NoZone => format!("a time needs a zone: write {literal}Z for UTC"),
            _ => error.to_string(),
        })
    })
}

/// ODL's words for a text that does not fit its grammar.
pub(crate) fn syntax_error(position: usize, whole: &str) -> Error {
    Error::bad_request(format!("Syntax error at position {position} in '{whole}'."))
}

/// `2019-13-01` is not a date to ODL's lexer, so it sees the number 2019 and
/// stumbles over what follows.
fn impossible_date(literal: &str, position: usize, whole: &str) -> Error {
    let number = literal.bytes().take_while(u8::is_ascii_digit).count();
    syntax_error(position + number, whole)
        .hint("a date is written 2019-11-01, a date with time 2019-11-01T00:00:00Z")
}

/// Reads `yyyy-m[m]-d[d]`; None when the text has another shape.
pub(crate) fn date(text: &str) -> Option<std::result::Result<Instant, InstantError>> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str, lens: std::ops::RangeInclusive<usize>| {
        lens.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    if parts.next().is_some() || !digits(year, 4..=4) || !digits(month, 1..=2) || !digits(day, 1..=2) {
        return None;
    }
    Some(Instant::from_date(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
}

/// Whether a text is meant as a date with time.
pub(crate) fn looks_like_date_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 10
        && matches!(bytes[10], b'T' | b't')
        && bytes[..10]
            .iter()
            .enumerate()
            .all(|(at, b)| if at == 4 || at == 7 { *b == b'-' } else { b.is_ascii_digit() })
}
