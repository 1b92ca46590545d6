//! The side of the pipeline that talks to the store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use trunklog_odata::Instant;
use trunklog_records::Rows;
use trunklog_store::{AppendCounts, Error, Store};

use super::patience::patiently;
use super::summary::RowTimes;
use crate::positions::{FinishedInputs, Mark, PositionError, PositionKeeper};
use crate::reader::Position;

/// What the reading side hands over, in the order in which it is to be done.
pub(super) enum Step {
    /// Stores a batch.
    Append(Rows),
    /// Keeps a position. All rows before it were handed over earlier, so they are
    /// stored when it is its turn.
    Keep(Arc<dyn PositionKeeper>, Option<Position>),
    /// Notes inputs that were read to their end. All their rows were handed over
    /// earlier, too.
    Finish(Vec<FinishedInput>),
}

/// An input that was read to its end.
pub(super) struct FinishedInput {
    pub(super) mark: Mark,
    /// Keeps its position, which is needed no more.
    pub(super) keeper: Arc<dyn PositionKeeper>,
}

/// Appends batches, with patience for a store that recovers.
pub(super) struct Appender<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) pauses: &'a [Duration],
    /// Until when logs had been complete before.
    pub(super) complete_until: &'a BTreeMap<&'static str, Instant>,
    /// What the clock says.
    pub(super) now: Option<Instant>,
    /// Where inputs that were read to their end are noted.
    pub(super) finished: Option<&'a FinishedInputs>,
}

/// What became of the steps.
#[derive(Default)]
pub(super) struct Outcome {
    /// What the batches that were stored did, by the log's name.
    pub(super) appended: BTreeMap<&'static str, AppendCounts>,
    /// The times of their rows.
    pub(super) times: BTreeMap<&'static str, RowTimes>,
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
                    Ok(rows) => {
                        let log = batch.log().name;
                        *outcome.appended.entry(log).or_default() += rows;
                        let until = self.complete_until.get(log).copied();
                        if let Some(times) = RowTimes::of(&batch, until, self.now, rows.new) {
                            outcome.times.entry(log).and_modify(|all| *all = all.and(times)).or_insert(times);
                        }
                    }
                    Err(failure) => {
                        outcome.failure = Some(failure);
                        break;
                    }
                },
                Step::Keep(keeper, position) => outcome.note(keeper.keep(position.as_ref())),
                Step::Finish(inputs) => {
                    if let Some(finished) = self.finished {
                        let marks: Vec<Mark> = inputs.iter().map(|input| input.mark).collect();
                        outcome.note(finished.add(&marks));
                    }
                    // The mark comes first: what has neither is read again.
                    for input in &inputs {
                        outcome.note(input.keeper.keep(None));
                    }
                }
            }
        }
        outcome
    }

    /// An append that failed changed nothing, so it can be tried again.
    fn append(&self, batch: &Rows) -> Result<AppendCounts, Error> {
        patiently(self.pauses, || self.store.append(batch))
    }
}

impl Outcome {
    fn note(&mut self, kept: Result<(), PositionError>) {
        if let Err(error) = kept {
            self.lost_position.get_or_insert(error);
        }
    }
}
