//! Which rejected records there is room for.

use std::collections::BTreeMap;

/// How many records of a reason are kept when half of the room is used.
const FIRST: u64 = 20;

/// The most reasons that are told apart; all further ones share one count.
const MAX_REASONS: usize = 100;

/// What is kept free for the last line, in bytes.
const END: u64 = 512;

/// How much of a limit has been used, and by which reasons.
#[derive(Debug)]
pub(super) struct Allowance {
    max_bytes: u64,
    used: u64,
    /// Records that were kept of each reason.
    kept: BTreeMap<String, u64>,
    kept_of_others: u64,
}

/// How much of a record is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// As much as of any record.
    Whole,
    /// Its start.
    Short,
    /// Nothing.
    Nothing,
}

impl Allowance {
    pub(super) fn new(max_bytes: u64) -> Allowance {
        Allowance { max_bytes, used: 0, kept: BTreeMap::new(), kept_of_others: 0 }
    }

    pub(super) fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    /// How much of the next record of `reason` is kept.
    ///
    /// Up to half of the room takes every record, up to seven eighths the first
    /// twenty of each reason, the rest the first of each, and little of it. So
    /// whatever fills the file first, a reason that comes later is in it, too.
    pub(super) fn of(&self, reason: &str) -> Length {
        if self.used < self.max_bytes / 2 {
            return Length::Whole;
        }
        let kept = match self.kept.get(reason) {
            Some(kept) => *kept,
            None if self.kept.len() < MAX_REASONS => 0,
            None => self.kept_of_others,
        };
        if self.used < self.max_bytes / 8 * 7 && kept < FIRST {
            Length::Whole
        } else if kept == 0 {
            Length::Short
        } else {
            Length::Nothing
        }
    }

    /// Takes room for a record; false when there is not so much.
    pub(super) fn take(&mut self, reason: &str, bytes: usize) -> bool {
        let used = self.used.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if used.saturating_add(END) > self.max_bytes {
            return false;
        }
        self.used = used;
        if let Some(kept) = self.kept.get_mut(reason) {
            *kept += 1;
        } else if self.kept.len() < MAX_REASONS {
            self.kept.insert(reason.to_owned(), 1);
        } else {
            self.kept_of_others += 1;
        }
        true
    }
}
