//! Reading rejected records once more.

use std::collections::BTreeMap;
use std::io::{self, Cursor};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use trunklog_records::TenantId;
use trunklog_store::{AppendCounts, Store};

use super::file::{Line, Lines, RejectedError, RejectedFile, RejectedRecord};
use super::rest::Rest;
use crate::input::{Input, InputError};
use crate::pipeline::{Import, ImportFailure, RejectOrigin, RejectSink, Silent};

/// How many records are read at once, and about how much text of them.
const MOST_RECORDS: usize = 1_000;
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Why a record stays that gives no row and is not rejected either.
const NO_ROW: &str = "by itself the record gives no row";

/// What became of a file's records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// How many are rows now.
    pub rows: u64,
    /// What became of them in the store, by the tenant and the name of the log.
    pub stored: BTreeMap<(TenantId, &'static str), AppendCounts>,
    /// How many were rejected once more, by their reasons now.
    pub rejected: BTreeMap<String, u64>,
    /// How many cannot be read again: they were cut or changed when they were
    /// written down, or nobody knows whose they are.
    pub kept: u64,
    /// Whether it was stopped; the rest is as it was.
    pub interrupted: bool,
}

/// Why records could not be replayed. What was stored is stored, and the file is as
/// it was.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] RejectedError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] trunklog_store::Error),
}

/// Reads the records of a file once more. Those that are rows now are stored and
/// leave the file, which goes with the last of them; the others stay, with the
/// reason that there is now.
///
/// A crash in between leaves the file as it was. Replaying it again changes nothing
/// in the store, since appending is idempotent.
///
/// # Errors
/// When the store fails, or the file cannot be read or written.
pub fn replay(
    file: &RejectedFile,
    store_of: &dyn Fn(TenantId) -> Arc<dyn Store>,
    stop: &AtomicBool,
) -> Result<Replayed, ReplayError> {
    let held = file.hold()?;
    let unusable = |reason| ReplayError::File(file.unusable(reason));
    let mut lines = Lines::of(held.try_clone().map_err(unusable)?);
    let mut rest = Rest::beside(file.path()).map_err(unusable)?;
    let mut replayed = Replayed::default();
    let mut chunk = Chunk::default();
    while let Some((line, text)) = lines.next_line().map_err(unusable)? {
        replayed.interrupted |= stop.load(Ordering::Relaxed);
        match line {
            Line::Record(record) if record.is_replayable() && !replayed.interrupted => {
                if !chunk.takes(&record) {
                    chunk.replay(store_of, &mut rest, &mut replayed, &unusable)?;
                }
                chunk.add(record, text);
            }
            line => {
                let is_record = matches!(line, Line::Record(_));
                replayed.kept += u64::from(is_record && !replayed.interrupted);
                if chunk.is_full() {
                    chunk.replay(store_of, &mut rest, &mut replayed, &unusable)?;
                }
                chunk.keep(text, &mut rest).map_err(unusable)?;
            }
        }
    }
    chunk.replay(store_of, &mut rest, &mut replayed, &unusable)?;
    rest.replace(file.path()).map_err(unusable)?;
    drop(held);
    Ok(replayed)
}

/// Records of one origin that are read at once, and the lines between them that stay.
#[derive(Default)]
struct Chunk {
    origin: Option<RejectOrigin>,
    lines: Vec<(Option<RejectedRecord>, Vec<u8>)>,
    bytes: usize,
}

impl Chunk {
    fn takes(&self, record: &RejectedRecord) -> bool {
        self.lines.is_empty() || (self.origin == record.origin && !self.is_full())
    }

    fn is_full(&self) -> bool {
        self.lines.len() >= MOST_RECORDS || self.bytes >= MOST_BYTES
    }

    fn add(&mut self, record: RejectedRecord, text: Vec<u8>) {
        self.origin.clone_from(&record.origin);
        self.bytes += text.len();
        self.lines.push((Some(record), text));
    }

    /// Keeps a line where it stands.
    fn keep(&mut self, text: Vec<u8>, rest: &mut Rest) -> io::Result<()> {
        if self.lines.is_empty() {
            return rest.keep(&text);
        }
        self.bytes += text.len();
        self.lines.push((None, text));
        Ok(())
    }

    /// Reads its records once more, and empties it.
    fn replay(
        &mut self,
        store_of: &dyn Fn(TenantId) -> Arc<dyn Store>,
        rest: &mut Rest,
        replayed: &mut Replayed,
        unusable: &dyn Fn(io::Error) -> ReplayError,
    ) -> Result<(), ReplayError> {
        let Chunk { origin, lines, .. } = std::mem::take(self);
        let Some(origin) = origin else { return Ok(()) };
        let store = store_of(origin.tenant);
        let import = Import { log: origin.log, period: origin.period, ..Import::default() };
        let mut again = Again::default();
        // Each is an input of its own, called by its number.
        let records =
            lines.iter().enumerate().filter_map(|(number, (record, _))| Some((number, record.as_ref()?)));
        let inputs = records.clone().map(|(number, record)| -> Result<Input, InputError> {
            Input::new(number.to_string(), Cursor::new(record.record.clone().into_bytes()))
        });
        let never = AtomicBool::new(false);
        let outcome = import.run_inputs(inputs, store.as_ref(), &mut again, &Silent, &never);
        let summary = match outcome {
            Ok(summary) => summary,
            Err(error) => match error.failure {
                ImportFailure::Store(failure) => return Err(ReplayError::Store(failure)),
                // One that cannot be read stays, and the others are counted below.
                ImportFailure::Inputs(_) => *error.summary,
            },
        };
        for missing in &summary.missing_pages {
            again.note(&missing.input, &missing.page.to_string());
        }
        let (all, back) = (records.count() as u64, again.0.len() as u64);
        let is_accounted = summary.rows + back == all;
        for (number, (record, text)) in lines.into_iter().enumerate() {
            let Some(record) = record else {
                rest.keep(&text).map_err(unusable)?;
                continue;
            };
            let reason = match again.0.remove(&number) {
                Some(reason) => reason,
                None if is_accounted => continue,
                None => NO_ROW.to_owned(),
            };
            *replayed.rejected.entry(reason.clone()).or_default() += 1;
            if reason == record.reason {
                rest.keep(&text).map_err(unusable)?;
            } else {
                rest.keep_with(&text, &reason).map_err(unusable)?;
            }
        }
        replayed.rows += summary.rows;
        for (log, counts) in summary.appended_by_log {
            *replayed.stored.entry((origin.tenant, log)).or_default() += counts;
        }
        Ok(())
    }
}

/// The records that were rejected once more, by their numbers, with the reasons.
#[derive(Default)]
struct Again(BTreeMap<usize, String>);

impl Again {
    fn note(&mut self, input: &str, reason: &str) {
        if let Ok(number) = input.parse() {
            self.0.entry(number).or_insert_with(|| reason.to_owned());
        }
    }
}

impl RejectSink for Again {
    fn reject(&mut self, input: &str, _: u64, reason: &str, _: &[u8]) {
        self.note(input, reason);
    }
}
