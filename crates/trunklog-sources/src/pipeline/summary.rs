//! What an import did.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use trunklog_odata::Instant;
use trunklog_records::{Oddity, RowNotes, Rows};
use trunklog_store::AppendCounts;

use super::reasons::Reasons;
use crate::names::NameList;
use crate::reader::Gap;

/// The most missing pages that are named.
const MAX_MISSING: usize = 1_000;

/// What an import did. Holds no value of any row, so it can be logged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Inputs that were read.
    pub files: u64,
    /// Bytes that were read, before decompression.
    pub bytes: u64,
    /// Rows that were decoded.
    pub rows: u64,
    /// What became of them in the store.
    pub appended: AppendCounts,
    /// The same by the name of the log.
    pub appended_by_log: BTreeMap<&'static str, AppendCounts>,
    /// The times of the rows that were stored, by the name of the log.
    pub times_by_log: BTreeMap<&'static str, RowTimes>,
    /// Records that are not rows, counted by reason.
    pub rejected: Reasons,
    /// Rows that were stored though something about them is odd.
    pub odd: BTreeMap<Oddity, u64>,
    /// Values that were left out, because the program that saved them cut them at a
    /// depth.
    pub dropped_values: u64,
    /// Texts in which half a surrogate pair became U+FFFD.
    pub repaired_texts: u64,
    /// Answers without rows where pages should be, the first of them.
    pub missing_pages: Vec<MissingAt>,
    /// How many of those there are.
    pub missing_pages_total: u64,
    /// How many more pages are missing at least, by the next links of others.
    pub pages_not_given: u64,
    /// Inputs with nothing in them.
    pub empty_inputs: NameList,
    /// Inputs with bytes after their gzip that are none. They were left out.
    pub inputs_with_remains: NameList,
    /// Inputs that were not read from their start, each with the line on which
    /// reading went on.
    pub resumed_inputs: NameList,
    /// Inputs that were not read, as an import that was stopped before had stored
    /// all of them.
    pub finished_inputs: NameList,
    /// What looks wrong, though nothing failed.
    pub warnings: Vec<String>,
    /// How long it took.
    pub elapsed: Duration,
    /// Whether it was stopped before the inputs were read to their end.
    pub interrupted: bool,
}

/// The times of the rows of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowTimes {
    /// That of the oldest.
    pub oldest: Instant,
    /// That of the newest.
    pub newest: Instant,
    /// That of the newest which is not later than the clock; None where all are. A device
    /// whose clock is wrong writes rows of years to come.
    pub newest_past: Option<Instant>,
    /// How many new rows are of a time that had been complete before. Of a batch it
    /// is known how many rows are new and how many are of such a time, so it may be
    /// a few too many where some are both known and that old.
    pub late: u64,
}

/// A missing page and where it should have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingAt {
    /// The name of the input.
    pub input: String,
    /// The line on which what is in its place starts, from 1.
    pub line: u64,
    /// What is in its place.
    pub page: Gap,
}

impl Summary {
    /// How many records were rejected, whatever the reason.
    pub fn rejected_total(&self) -> u64 {
        self.rejected.total()
    }

    pub(super) fn count_row(&mut self, notes: RowNotes) {
        self.rows += 1;
        self.dropped_values += u64::from(notes.dropped);
        self.repaired_texts += u64::from(notes.repaired);
        if let Some(oddity) = notes.oddity {
            *self.odd.entry(oddity).or_default() += 1;
        }
    }

    pub(super) fn count_missing(&mut self, input: &str, line: u64, page: Gap) {
        self.missing_pages_total += 1;
        if self.missing_pages.len() < MAX_MISSING {
            self.missing_pages.push(MissingAt { input: input.to_owned(), line, page });
        }
    }
}

impl RowTimes {
    /// Those of a batch that was stored, of whose rows so many were new; None where
    /// it has none.
    pub(super) fn of(
        rows: &Rows,
        complete_until: Option<Instant>,
        now: Option<Instant>,
        new: u64,
    ) -> Option<RowTimes> {
        let times = || (0..rows.len()).map(move |row| rows.time(row));
        let (oldest, newest) = (times().min()?, times().max()?);
        // Most batches have no row that old.
        let old = match complete_until.filter(|until| oldest < *until) {
            Some(until) => times().filter(|time| *time < until).count(),
            None => 0,
        };
        // Most have no row of the future either.
        let newest_past = match now.filter(|now| newest > *now) {
            Some(now) => times().filter(|time| *time <= now).max(),
            None => Some(newest),
        };
        let late = u64::try_from(old).unwrap_or(u64::MAX).min(new);
        Some(RowTimes { oldest, newest, newest_past, late })
    }

    /// These and others.
    pub(super) fn and(self, other: RowTimes) -> RowTimes {
        RowTimes {
            oldest: self.oldest.min(other.oldest),
            newest: self.newest.max(other.newest),
            newest_past: self.newest_past.max(other.newest_past),
            late: self.late.saturating_add(other.late),
        }
    }
}

impl fmt::Display for MissingAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.input, self.line, self.page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph_json::{Instead, MissingPage, Place};

    #[test]
    fn what_is_told_apart_is_bounded() {
        let mut summary = Summary::default();
        let page = MissingPage { place: Place::Document, instead: Instead::Error, status: None, code: None };
        for line in 0..2_000 {
            summary.count_missing("a.json", line, page.clone().into());
        }
        assert_eq!((summary.missing_pages.len(), summary.missing_pages_total), (MAX_MISSING, 2_000));
        assert_eq!(summary.missing_pages[7].to_string(), "a.json:7: an error");
    }
}
