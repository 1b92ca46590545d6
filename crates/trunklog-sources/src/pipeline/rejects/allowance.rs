//! Which rejected records there is room for.

use crate::pipeline::reasons::Reasons;

/// How many records of a reason are kept when half of the room is used.
const FIRST: u64 = 20;

/// What is kept free for the last line, in bytes.
const END: u64 = 512;

/// How much of a limit has been used, and by which reasons.
#[derive(Debug)]
pub(super) struct Allowance {
    max_bytes: u64,
    used: u64,
    /// Records that were kept of each reason.
    kept: Reasons,
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
        Allowance { max_bytes, used: 0, kept: Reasons::default() }
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
        let kept = self.kept.count(reason);
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
        self.kept.add(reason);
        true
    }
}
