//! Which files are too old to be kept.

use std::fs::File;
use std::io::{BufRead, BufReader};

use jiff::{SignedDuration, Timestamp};

use crate::chain::Mark;
use crate::entry::Line;
use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::writer::day_of;

/// How long nothing may have been written before today, for the clock to be
/// believed: one that jumped ahead must not remove everything.
const CREDIBLE_DAYS: i64 = 31;

/// Files that are too old.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Expired {
    /// Their numbers, in order.
    pub(crate) files: Vec<u64>,
    /// The last entry in them.
    pub(crate) through: Mark,
}

/// How a file starts.
struct Head {
    at: Timestamp,
    /// The entry before it.
    before: Mark,
}

/// The first moment whose entries are kept; None for all of time.
pub(crate) fn cutoff(days: u32, now: Timestamp) -> Option<Timestamp> {
    now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).ok()
}

/// The files of which all entries are older than that many days. The newest is
/// never among them, nor is any while the clock is in doubt.
pub(crate) fn expired(folder: &Folder, days: u32, now: Timestamp) -> Result<Option<Expired>> {
    let Some(cutoff) = cutoff(days, now) else { return Ok(None) };
    let numbers = folder.numbers()?;
    let mut found: Option<Expired> = None;
    let mut held: Vec<u64> = numbers.iter().take(1).copied().collect();
    for number in numbers.iter().skip(1) {
        // A file without a head that can be read goes with those around it.
        if let Some(head) = head(folder, *number)? {
            if head.at >= cutoff {
                break;
            }
            let files = found.map(|found| found.files).unwrap_or_default();
            found =
                Some(Expired { files: [files, std::mem::take(&mut held)].concat(), through: head.before });
        }
        held.push(*number);
    }
    if found.is_some() && !is_credible(folder, &numbers, now)? {
        tracing::warn!(
            "nothing is removed from the audit trail before tomorrow: the clock is far ahead of the newest \
             entries"
        );
        return Ok(None);
    }
    Ok(found)
}

/// Whether something was written on a day before today, not long ago.
fn is_credible(folder: &Folder, numbers: &[u64], now: Timestamp) -> Result<bool> {
    let today = day_of(now);
    for number in numbers.iter().rev() {
        if let Some(head) = head(folder, *number)?
            && day_of(head.at) < today
        {
            return Ok(now.duration_since(head.at) <= SignedDuration::from_hours(24 * CREDIBLE_DAYS));
        }
    }
    Ok(false)
}

/// How a file starts: its first line that names the one before it.
fn head(folder: &Folder, number: u64) -> Result<Option<Head>> {
    let path = folder.file(number);
    let file = File::open(&path).map_err(Error::file(&path, "read"))?;
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(Error::file(&path, "read"))?;
        if let Some(Line { entry, .. }) = Line::parse(&line)
            && let Some(hash) = entry.prev
        {
            let before = Mark { n: entry.n.saturating_sub(1), hash };
            return Ok(Some(Head { at: entry.at, before }));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
