//! From inputs to a store.
//!
//! One thread reads, cuts and decodes; another appends. Between them wait at
//! most two batches, so memory is bounded by the size of a batch, and parsing
//! goes on while the store makes the batch before durable. Each row goes to the
//! log that it belongs to, so a batch of each log is open; together they hold no
//! more text than one may. A batch is appended
//! as a whole or not at all; what a summary counts is stored.

mod appender;
mod error;
mod period;
mod progress;
mod reader;
mod reasons;
mod recognise;
mod rejects;
mod routing;
mod summary;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{panic, thread};

use trunklog_records::Log;
use trunklog_store::Store;

use crate::input::{Input, InputError, InputPath};
use appender::Appender;
use reader::Reader;

pub use error::{ImportError, ImportFailure};
pub use period::Period;
pub use progress::{Progress, Silent};
pub use reasons::Reasons;
pub use rejects::{RejectFile, RejectSink};
pub use summary::{MissingAt, Summary};

/// How many batches wait between decoding and appending.
const WAITING_BATCHES: usize = 2;

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
            retry_pauses: [100, 250, 500, 1_000, 2_000].map(Duration::from_millis).to_vec(),
        }
    }
}

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

    /// The same with inputs that are opened when their turn comes. Does not
    /// call [`Progress::started`].
    pub fn run_inputs(
        &self,
        inputs: impl IntoIterator<Item = Result<Input, InputError>>,
        store: &dyn Store,
        rejects: &mut dyn RejectSink,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Summary, ImportError> {
        let began = Instant::now();
        let store_failed = AtomicBool::new(false);
        let (batches, waiting) = mpsc::sync_channel(WAITING_BATCHES);
        let appender = Appender { store, pauses: &self.retry_pauses };
        let (outcome, read) = thread::scope(|scope| {
            let appending = scope.spawn(|| {
                let outcome = appender.append_all(&waiting);
                store_failed.store(outcome.failure.is_some(), Ordering::Relaxed);
                // Whoever waits to hand over a batch need not wait any more.
                drop(waiting);
                outcome
            });
            let is_stopped = || stop.load(Ordering::Relaxed) || store_failed.load(Ordering::Relaxed);
            let mut reader = Reader::new(self, batches, rejects, progress);
            reader.read_all(inputs, &is_stopped);
            // Takes the sending end with it, which ends the appending.
            let read = reader.into_results();
            (appending.join().unwrap_or_else(|panic| panic::resume_unwind(panic)), read)
        });
        progress.finished();
        let (mut summary, failed_inputs) = read;
        summary.appended_by_log = outcome.appended;
        for rows in summary.appended_by_log.values() {
            summary.appended += *rows;
        }
        summary.interrupted &= stop.load(Ordering::Relaxed);
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
