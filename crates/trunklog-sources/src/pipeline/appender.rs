//! The side of the pipeline that talks to the store.

use std::collections::BTreeMap;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use trunklog_records::Rows;
use trunklog_store::{Appended, Error, ErrorKind, Store};

/// Appends batches, with patience for a store that recovers.
pub(super) struct Appender<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) pauses: &'a [Duration],
}

/// What became of the batches.
pub(super) struct Outcome {
    /// What those that were stored did, by the log's name.
    pub(super) appended: BTreeMap<&'static str, Appended>,
    /// Why one was not; those behind it were not tried.
    pub(super) failure: Option<Error>,
}

impl Appender<'_> {
    /// Appends until there are no more batches or one fails.
    pub(super) fn append_all(&self, batches: &Receiver<Rows>) -> Outcome {
        let mut appended = BTreeMap::<_, Appended>::new();
        for batch in batches {
            match self.append(&batch) {
                Ok(rows) => *appended.entry(batch.log().name).or_default() += rows,
                Err(failure) => return Outcome { appended, failure: Some(failure) },
            }
        }
        Outcome { appended, failure: None }
    }

    /// An append that failed changed nothing, so it can be tried again.
    fn append(&self, batch: &Rows) -> Result<Appended, Error> {
        let mut pauses = self.pauses.iter();
        loop {
            match self.store.append(batch) {
                Err(error) if error.kind() == ErrorKind::Recovering => match pauses.next() {
                    Some(pause) => thread::sleep(*pause),
                    None => return Err(error),
                },
                result => return result,
            }
        }
    }
}
