//! How an import is done.

use std::collections::BTreeMap;
use std::time::Duration;

use trunklog_odata::Instant;
use trunklog_records::Log;

use crate::format::Premise;
use crate::period::Period;

/// How rows are brought into a store.
#[derive(Debug, Clone)]
pub struct Import {
    /// The log that all rows have to belong to; None takes rows of every log.
    pub log: Option<&'static Log>,
    /// The period that rows sum up which show no time as Graph returns them.
    /// Without it, such rows are rejected.
    pub period: Option<Period>,
    /// The most rows of a batch.
    pub batch_rows: usize,
    /// About the most text of all batches that are open, in bytes.
    pub batch_bytes: usize,
    /// Until when logs had been complete before, by their names: new rows that are
    /// older are late.
    pub complete_until: BTreeMap<&'static str, Instant>,
    /// What the clock says, where that matters: rows of a later time say nothing of how
    /// far a source has come.
    pub now: Option<Instant>,
    /// How long to wait before each further attempt while the store recovers.
    pub retry_pauses: Vec<Duration>,
}

impl Default for Import {
    fn default() -> Import {
        Import {
            log: None,
            period: None,
            batch_rows: 32_768,
            batch_bytes: 32 * 1024 * 1024,
            complete_until: BTreeMap::new(),
            now: None,
            retry_pauses: [100, 250, 500, 1_000, 2_000].map(Duration::from_millis).to_vec(),
        }
    }
}

impl Import {
    /// What formats are told of the rows.
    pub(super) fn premise(&self) -> Premise {
        Premise { log: self.log, period: self.period }
    }
}
