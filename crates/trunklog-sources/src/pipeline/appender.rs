//! The side of the pipeline that talks to the store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use trunklog_records::Rows;
use trunklog_store::{Appended, Error, ErrorKind, Store};

use crate::positions::{PositionError, PositionKeeper};
use crate::reader::Position;

/// What the reading side hands over, in the order in which it is to be done.
pub(super) enum Step {
    /// Stores a batch.
    Append(Rows),
    /// Keeps a position. All rows before it were handed over earlier, so they are
    /// stored when it is its turn.
    Keep(Arc<dyn PositionKeeper>, Option<Position>),
}

/// Appends batches, with patience for a store that recovers.
pub(super) struct Appender<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) pauses: &'a [Duration],
}

/// What became of the steps.
#[derive(Default)]
pub(super) struct Outcome {
    /// What the batches that were stored did, by the log's name.
    pub(super) appended: BTreeMap<&'static str, Appended>,
    /// Why one was not; those after it were not tried.
    pub(super) failure: Option<Error>,
    /// Why a position was not kept, of the first of those.
    pub(super) lost_position: Option<PositionError>,
}

impl Appender<'_> {
    /// Takes steps until there are no more or a batch cannot be stored. A
    /// position that is not kept keeps no rows out.
    pub(super) fn take_all(&self, steps: &Receiver<Step>) -> Outcome {
        let mut outcome = Outcome::default();
        for step in steps {
            match step {
                Step::Append(batch) => match self.append(&batch) {
                    Ok(rows) => *outcome.appended.entry(batch.log().name).or_default() += rows,
                    Err(failure) => {
                        outcome.failure = Some(failure);
                        break;
                    }
                },
                Step::Keep(keeper, position) => {
                    if let Err(error) = keeper.keep(position.as_ref()) {
                        outcome.lost_position.get_or_insert(error);
                    }
                }
            }
        }
        outcome
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
