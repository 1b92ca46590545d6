//! Rows that wait for more.

use std::borrow::Cow;

use trunklog_records::{Log, RowBuilder, Rows};

use super::import::Import;
use crate::reader::{Reason, RowTarget};

/// The largest batch that fits the 32-bit offsets of Arrow's texts, with room
/// for the row that exceeds it.
const MAX_BATCH_BYTES: usize = 1 << 30;

/// The batches that are open: one for each log that was seen, so that rows of
/// several logs in turn do not make batches of one row.
#[derive(Debug)]
pub(super) struct Batches {
    open: Vec<(&'static Log, RowBuilder)>,
    /// The log that all rows have to belong to.
    asked_for: Option<&'static Log>,
    max_rows: usize,
    /// About the most text of all of them.
    max_bytes: usize,
}

impl Batches {
    pub(super) fn new(import: &Import) -> Batches {
        Batches {
            open: Vec::new(),
            asked_for: import.log,
            max_rows: import.batch_rows,
            max_bytes: import.batch_bytes.min(MAX_BATCH_BYTES),
        }
    }

    /// How many are open.
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// One that must not grow any more: a full one, or the largest where they
    /// hold too much together.
    pub(super) fn due(&self) -> Option<usize> {
        let full = self.open.iter().position(|(_, rows)| rows.len() >= self.max_rows);
        let bytes = |at: &usize| self.open[*at].1.text_bytes();
        let is_too_much = || (0..self.len()).map(|at| bytes(&at)).sum::<usize>() >= self.max_bytes;
        full.or_else(|| if is_too_much() { (0..self.len()).max_by_key(bytes) } else { None })
    }

    /// Takes the rows of one, which is empty then; None where it already is.
    pub(super) fn take(&mut self, at: usize) -> Option<Rows> {
        let (_, rows) = &mut self.open[at];
        (!rows.is_empty()).then(|| rows.finish())
    }
}

impl RowTarget for Batches {
    fn rows_of(&mut self, log: &'static Log) -> Result<&mut RowBuilder, Reason> {
        if let Some(wanted) = self.asked_for.filter(|wanted| *wanted != log) {
            return Err(Cow::Owned(format!(
                "a row of {}, not of {}: import it with --log {}, or without --log",
                log.name, wanted.name, log.name
            )));
        }
        let known = self.open.iter().position(|(of, _)| *of == log);
        let at = known.unwrap_or(self.open.len());
        if known.is_none() {
            self.open.push((log, RowBuilder::new(log)));
        }
        Ok(&mut self.open[at].1)
    }
}
