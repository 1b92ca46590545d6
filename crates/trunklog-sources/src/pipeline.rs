//! From inputs to a store.
//!
//! One thread reads, cuts and decodes; another appends. Between them wait at
//! most two batches, so memory is bounded by the size of a batch, and parsing
//! goes on while the store makes the batch before durable. Each row goes to the
//! log that it belongs to, so a batch of each log is open; together they hold no
//! more text than one may. A batch is appended
//! as a whole or not at all; what a summary counts is stored.

mod appender;
mod batches;
mod deliveries;
mod error;
mod import;
mod intake;
mod patience;
mod progress;
mod reasons;
mod rejects;
mod source;
mod summary;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Instant;
use std::{panic, thread};

use trunklog_store::Store;

use crate::input::{InputError, InputPath};
use crate::positions::{FinishedInputs, Positions};
use appender::Appender;
use intake::Intake;
use patience::patiently;

pub use crate::period::Period;
pub use error::{ImportError, ImportFailure};
pub use import::Import;
pub use progress::{Progress, Silent};
pub use reasons::Reasons;
pub use rejects::{RejectFile, RejectOrigin, RejectSink};

pub(crate) use rejects::age_of;
pub use source::{Resumption, Source};
pub use summary::{MissingAt, RowTimes, Summary};

/// How many steps wait between decoding and appending.
const WAITING_STEPS: usize = 2;

impl Import {
    /// Imports all `paths`, one after the other.
    ///
    /// When `stop` is set, it reads nothing more, stores what it has decoded
    /// and returns a summary that says so.
    ///
    /// # Errors
    /// When the store fails, which ends the import, or when inputs cannot be
    /// read to their end, which does not. In both cases what came before is
    /// stored, and the error has the summary.
    pub fn run(
        &self,
        paths: &[InputPath],
        store: &dyn Store,
        rejects: &mut dyn RejectSink,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Summary, ImportError> {
        progress.started(paths.iter().map(InputPath::raw_len).sum());
        self.run_inputs(paths.iter().map(InputPath::open), store, rejects, progress, stop)
    }

    /// The same, but files go on where an import that was stopped, however it
    /// was, had stored them, and those that it had stored as a whole are left out.
    /// It keeps for each file how far it is stored, and forgets that when all
    /// files are. A file that has changed is read from its start. Of files that
    /// are stored as a whole, at most the last 100,000 are known.
    ///
    /// # Errors
    /// As [`Import::run`].
    pub fn resume(
        &self,
        paths: &[InputPath],
        positions: &Positions,
        store: &dyn Store,
        rejects: &mut dyn RejectSink,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Summary, ImportError> {
        let finished = patiently(&self.retry_pauses, || FinishedInputs::read(positions));
        let finished = finished
            .map_err(|error| ImportError { failure: ImportFailure::Store(error), summary: Box::default() })?;
        progress.started(paths.iter().map(InputPath::raw_len).sum());
        let mut pauses = self.retry_pauses.as_slice();
        let sources = paths.iter().map(|path| {
            let source = Source::open(path, positions, self.premise(), pauses);
            if matches!(source, Err(InputError::Position { .. })) {
                // Further files do not wait as long for the same store.
                pauses = &[];
            }
            source
        });
        self.run_sources(sources, Some(&finished), store, rejects, progress, stop)
    }

    /// Forgets how far [`resume`](Import::resume) had read a file, which nobody is to
    /// go on with. Where that fails, the position is left, and of no use.
    pub(crate) fn forget_position(&self, path: &InputPath, positions: &Positions) {
        let source = Source::open(path, positions, self.premise(), &self.retry_pauses);
        if let Some(resumption) = source.ok().and_then(|source| source.resumption) {
            let _ = resumption.keeper.keep(None);
        }
    }

    /// The same with inputs that are opened when their turn comes. Does not
    /// call [`Progress::started`].
    ///
    /// # Errors
    /// As [`Import::run`].
    pub fn run_inputs<S: Into<Source>>(
        &self,
        inputs: impl IntoIterator<Item = Result<S, InputError>>,
        store: &dyn Store,
        rejects: &mut dyn RejectSink,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Summary, ImportError> {
        self.run_sources(inputs, None, store, rejects, progress, stop)
    }

    fn run_sources<S: Into<Source>>(
        &self,
        inputs: impl IntoIterator<Item = Result<S, InputError>>,
        finished: Option<&FinishedInputs>,
        store: &dyn Store,
        rejects: &mut dyn RejectSink,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Summary, ImportError> {
        let began = Instant::now();
        let store_failed = AtomicBool::new(false);
        let (steps, waiting) = mpsc::sync_channel(WAITING_STEPS);
        let (complete_until, now) = (&self.complete_until, self.now);
        let appender = Appender { store, pauses: &self.retry_pauses, complete_until, now, finished };
        let (outcome, read) = thread::scope(|scope| {
            let appending = scope.spawn(|| {
                let outcome = appender.take_all(&waiting);
                store_failed.store(outcome.failure.is_some(), Ordering::Relaxed);
                // Those who wait to hand over a batch need not wait any more.
                drop(waiting);
                outcome
            });
            let is_stopped = || stop.load(Ordering::Relaxed) || store_failed.load(Ordering::Relaxed);
            let mut intake = Intake::new(self, steps, rejects, progress, finished);
            intake.read_all(inputs, &is_stopped);
            // Takes the sending end with it, which ends the appending.
            let read = intake.into_results();
            (appending.join().unwrap_or_else(|panic| panic::resume_unwind(panic)), read)
        });
        progress.finished();
        let (mut summary, failed_inputs) = read;
        summary.appended_by_log = outcome.appended;
        summary.times_by_log = outcome.times;
        for rows in summary.appended_by_log.values() {
            summary.appended += *rows;
        }
        let of_the_future = summary.times_by_log.iter().filter(|(_, of)| of.newest_past != Some(of.newest));
        summary.warnings.extend(of_the_future.map(|(log, _)| {
            format!(
                "rows of {log} are of a time to come, and say nothing of what is complete: look at the clock of what \
                 wrote them, and of this machine"
            )
        }));
        summary.warnings.extend(outcome.lost_position.map(|error| {
            format!(
                "how far inputs were read could not be kept, so an import that goes on there reads some rows \
                 again, which changes nothing: {error}"
            )
        }));
        summary.interrupted &= stop.load(Ordering::Relaxed);
        let is_done = outcome.failure.is_none() && failed_inputs.is_empty() && !summary.interrupted;
        if let Some(finished) = finished.filter(|_| is_done)
            && let Err(error) = finished.forget()
        {
            summary.warnings.push(format!(
                "that inputs are stored as a whole could not be forgotten, so an import with --resume leaves \
                 them out for as long as they do not change: {error}"
            ));
        }
        summary.elapsed = began.elapsed();
        let failure = match outcome.failure {
            Some(error) => ImportFailure::Store(error),
            None if failed_inputs.is_empty() => return Ok(summary),
            None => ImportFailure::Inputs(failed_inputs),
        };
        Err(ImportError { failure, summary: Box::new(summary) })
    }
}

#[cfg(test)]
mod tests;
