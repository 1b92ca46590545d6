//! What all forms are written by.

use trunklog_records::Rows;

use crate::Error;

/// Writes rows in one form.
///
/// [`Encoder::begin`] comes once and first, then [`Encoder::rows`] any number
/// of times, then [`Encoder::finish`] once. Each appends to `out` and leaves
/// what is there. After an error nothing more can be written.
pub trait Encoder: Send {
    /// Writes what is before the first row.
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Error>;

    /// Writes rows, which must belong to the encoder's log. Some or all of
    /// their bytes may come with a later call.
    fn rows(&mut self, rows: &Rows, out: &mut Vec<u8>) -> Result<(), Error>;

    /// Writes what was held back, and what is after the last row.
    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Error>;
}
