//! What reading a row changed or found odd.

use std::fmt;

/// What reading a row changed or found odd. None of it kept the row out.
///
/// ```
/// use trunklog_records::RowBuilder;
/// use trunklog_records::json::RowDecoder;
/// use trunklog_records::schema::SMS;
///
/// let mut rows = RowBuilder::new(&SMS);
/// let json = br#"{"sentDateTime":"2026-11-01T00:00:00Z","administrativeUnitInfos":"System.Object[]"}"#;
/// let notes = RowDecoder::new(&SMS).decode(json, &mut rows)?;
/// assert_eq!((notes.dropped, notes.repaired, notes.oddity), (1, 0, None));
/// # Ok::<(), trunklog_records::RowError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowNotes {
    /// Remains of values that had been cut before and cannot be read, such as
    /// `System.Object[]`. They were left out.
    pub dropped: u32,
    /// Texts in which half a surrogate pair became U+FFFD.
    pub repaired: u32,
    /// What is odd about the row.
    pub oddity: Option<Oddity>,
}

/// What is odd about a row that is stored all the same.
///
/// Printed, it is what such rows have: "a negative duration".
///
/// ```
/// use trunklog_records::json::RowDecoder;
/// use trunklog_records::schema::PSTN_CALLS;
/// use trunklog_records::{Oddity, RowBuilder};
///
/// let mut rows = RowBuilder::new(&PSTN_CALLS);
/// let json = br#"{"id":"a","startDateTime":"2026-11-01T00:00:00Z","duration":-1}"#;
/// let notes = RowDecoder::new(&PSTN_CALLS).decode(json, &mut rows)?;
/// assert_eq!(notes.oddity, Some(Oddity::NegativeDuration));
/// assert_eq!(rows.len(), 1);
/// # Ok::<(), trunklog_records::RowError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// The log's time is in the first day of the year 1, which stands for
    /// "no such moment". No usual range finds the row.
    NoTime,
    /// A duration is below zero.
    NegativeDuration,
    /// The line of a table that it was in has no end. It is the last one, and may
    /// have been cut.
    NoLineEnd,
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Oddity::NoTime => "no time (0001-01-01)",
            Oddity::NegativeDuration => "a negative duration",
            Oddity::NoLineEnd => "a last line without its end, which may be cut",
        })
    }
}
