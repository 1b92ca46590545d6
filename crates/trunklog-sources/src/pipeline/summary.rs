//! What an import did.

use std::collections::BTreeMap;
use std::time::Duration;

use trunklog_store::Appended;

/// What an import did. Holds no value of any row, so it can be logged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Inputs that were opened.
    pub files: u64,
    /// Bytes that were read, before decompression.
    pub bytes: u64,
    /// Rows that were decoded.
    pub rows: u64,
    /// What became of them in the store.
    pub appended: Appended,
    /// Records that are no rows, counted by reason.
    pub rejected: BTreeMap<String, u64>,
    /// What looks wrong, though nothing failed.
    pub warnings: Vec<String>,
    /// How long it took.
    pub elapsed: Duration,
    /// Whether it was stopped before the inputs were read to their end.
    pub interrupted: bool,
}

impl Summary {
    /// How many records were rejected, whatever the reason.
    pub fn rejected_total(&self) -> u64 {
        self.rejected.values().sum()
    }

    pub(super) fn count_rejected(&mut self, reason: &str) {
        // Reasons repeat; only the first of each needs a text of its own.
        if let Some(count) = self.rejected.get_mut(reason) {
            *count += 1;
        } else {
            self.rejected.insert(reason.to_owned(), 1);
        }
    }
}
