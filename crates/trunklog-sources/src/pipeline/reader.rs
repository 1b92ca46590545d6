//! The side of the pipeline that reads and decodes.

use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;

use trunklog_records::json::{Claim, RowDecoder};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, RowBuilder, RowError, Rows};

use super::recognise::{Recognised, recognise};
use super::{Import, Progress, RejectSink, Summary};
use crate::NameList;
use crate::graph_json::{Item, Splitter, Walks};
use crate::input::{Input, InputError};

/// After how many records progress is told.
const RECORDS_BETWEEN_NEWS: u32 = 1_024;

/// The largest batch that fits the 32-bit offsets of Arrow's texts, with room
/// for the row that exceeds it.
const MAX_BATCH_BYTES: usize = 1 << 30;

/// Reads inputs, decodes their rows and hands over full batches.
pub(super) struct Reader<'a> {
    import: &'a Import,
    batches: SyncSender<Rows>,
    rejects: &'a mut dyn RejectSink,
    progress: &'a dyn Progress,
    /// One for each log that was seen, so that rows of several logs in turn do
    /// not make batches of one row.
    open: Vec<Batch>,
    /// How much text they hold together.
    open_bytes: usize,
    /// The log of rows that nothing tells of.
    guess: &'static Log,
    told_rows: u64,
    walks: Walks,
    period_warning: Option<String>,
    summary: Summary,
    failed: Vec<InputError>,
}

/// Rows of one log, waiting for more.
struct Batch {
    log: &'static Log,
    decoder: RowDecoder,
    rows: RowBuilder,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        import: &'a Import,
        batches: SyncSender<Rows>,
        rejects: &'a mut dyn RejectSink,
        progress: &'a dyn Progress,
    ) -> Reader<'a> {
        Reader {
            import,
            batches,
            rejects,
            progress,
            open: Vec::new(),
            open_bytes: 0,
            guess: import.log.unwrap_or(&DIRECT_ROUTING_CALLS),
            told_rows: 0,
            walks: Walks::default(),
            period_warning: None,
            summary: Summary::default(),
            failed: Vec::new(),
        }
    }

    /// Reads inputs until there are no more or `is_stopped` says so.
    pub(super) fn read_all(
        &mut self,
        inputs: impl IntoIterator<Item = Result<Input, InputError>>,
        is_stopped: &dyn Fn() -> bool,
    ) {
        for input in inputs {
            if self.must_stop(is_stopped) {
                break;
            }
            match input {
                Ok(input) => self.read(input, is_stopped),
                Err(error) => self.failed.push(error),
            }
        }
        for at in 0..self.open.len() {
            self.hand_over(at);
        }
    }

    /// What was read, and which inputs could not be read to their end.
    pub(super) fn into_results(mut self) -> (Summary, Vec<InputError>) {
        let summary = &mut self.summary;
        summary.warnings.extend(warning_of(&summary.empty_inputs, "is empty", "are empty"));
        summary.warnings.extend(warning_of(
            &summary.inputs_with_remains,
            "has bytes after its gzip, which were left out",
            "have bytes after their gzip, which were left out",
        ));
        // Who stopped has not given all pages yet.
        if !summary.interrupted {
            // An answer without rows stands where a link leads.
            summary.pages_not_given = self.walks.missing().saturating_sub(summary.missing_pages_total);
            summary.warnings.extend(self.walks.warning(summary.pages_not_given));
        }
        summary.warnings.extend(self.period_warning);
        (self.summary, self.failed)
    }

    fn read(&mut self, input: Input, is_stopped: &dyn Fn() -> bool) {
        self.summary.files += 1;
        let name = input.name().to_owned();
        let raw_bytes = input.raw_bytes_counter();
        let has_remains = input.remains_flag();
        let mut told_bytes = 0;
        let text = match recognise(input) {
            Recognised::Json(log, text) => {
                self.guess = self.import.log.or(log).unwrap_or(&DIRECT_ROUTING_CALLS);
                text
            }
            Recognised::Stranger(stranger, first_line) => {
                self.reject(&name, 1, &stranger.reason(), &first_line);
                self.tell(raw_bytes.load(Ordering::Relaxed), &mut told_bytes);
                return;
            }
        };
        let mut splitter = Splitter::new(text);
        let mut records = 0_u32;
        while !self.must_stop(is_stopped) {
            match splitter.next_item() {
                Ok(Some(item)) => self.take(item, &name),
                Ok(None) => {
                    if splitter.is_blank() {
                        self.summary.empty_inputs.add(&name);
                    }
                    if has_remains.load(Ordering::Relaxed) {
                        self.summary.inputs_with_remains.add(&name);
                    }
                    break;
                }
                Err(reason) => {
                    self.failed.push(InputError::Unreadable { name, reason });
                    break;
                }
            }
            records = records.wrapping_add(1);
            if records.is_multiple_of(RECORDS_BETWEEN_NEWS) {
                self.tell(raw_bytes.load(Ordering::Relaxed), &mut told_bytes);
            }
        }
        self.tell(raw_bytes.load(Ordering::Relaxed), &mut told_bytes);
    }

    fn must_stop(&mut self, is_stopped: &dyn Fn() -> bool) -> bool {
        let stopped = is_stopped();
        self.summary.interrupted |= stopped;
        stopped
    }

    fn tell(&mut self, raw_bytes: u64, told_bytes: &mut u64) {
        let bytes = raw_bytes - *told_bytes;
        self.summary.bytes += bytes;
        self.progress.advanced(bytes, self.summary.rows - self.told_rows);
        *told_bytes = raw_bytes;
        self.told_rows = self.summary.rows;
    }

    fn take(&mut self, item: Item<'_>, name: &str) {
        match item {
            Item::Row { line, json, of } => {
                if let Err(reason) = self.route(json, of) {
                    self.reject(name, line, &reason, json);
                }
            }
            Item::Rejected { line, flaw, text } => self.reject(name, line, &flaw.to_string(), text),
            Item::PageEnd { next_link } => self.walks.add(name, next_link),
            Item::MissingPage { line, page } => self.summary.count_missing(name, line, page),
        }
    }

    /// The log that all rows have to belong to, if one was named.
    pub(super) fn asked_for(&self) -> Option<&'static Log> {
        self.import.log
    }

    /// The log of a row that nothing tells of.
    pub(super) fn guess(&self) -> &'static Log {
        self.guess
    }

    pub(super) fn set_guess(&mut self, log: &'static Log) {
        self.guess = log;
    }

    /// Decodes a row of `log` into its batch.
    pub(super) fn decode(&mut self, json: &[u8], log: &'static Log, claim: Claim) -> Result<(), RowError> {
        let known = self.open.iter().position(|batch| batch.log == log);
        let at = known.unwrap_or(self.open.len());
        if known.is_none() {
            self.open.push(Batch::new(self.import, log));
        }
        let batch = &mut self.open[at];
        let before = batch.rows.text_bytes();
        let notes = batch.decoder.decode_as(json, claim, &mut batch.rows)?;
        self.open_bytes += batch.rows.text_bytes() - before;
        let is_full = batch.rows.len() >= self.import.batch_rows;
        self.summary.count_row(notes);
        if is_full {
            self.hand_over(at);
        } else if self.open_bytes >= self.import.batch_bytes.min(MAX_BATCH_BYTES) {
            self.hand_over_largest();
        }
        Ok(())
    }

    fn reject(&mut self, name: &str, line: u64, reason: &str, record: &[u8]) {
        self.summary.rejected.add(reason);
        self.rejects.reject(name, line, reason, record);
    }

    fn hand_over_largest(&mut self) {
        let bytes = |at: &usize| self.open[*at].rows.text_bytes();
        if let Some(largest) = (0..self.open.len()).max_by_key(bytes) {
            self.hand_over(largest);
        }
    }

    fn hand_over(&mut self, at: usize) {
        let batch = &mut self.open[at];
        if batch.rows.is_empty() {
            return;
        }
        let warning = self.import.period.and_then(|period| period.warning(batch.log));
        self.period_warning = warning.or(self.period_warning.take());
        self.open_bytes -= batch.rows.text_bytes();
        // Nobody receives any more when the store failed. Then the import is
        // stopped, and the failure is reported by who met it.
        let _ = self.batches.send(batch.rows.finish());
    }
}

/// What is to be known of such inputs, said of one and of several.
fn warning_of(inputs: &NameList, of_one: &str, of_several: &str) -> Option<String> {
    match inputs.total() {
        0 => None,
        1 => Some(format!("1 input {of_one}: {inputs}")),
        total => Some(format!("{total} inputs {of_several}: {inputs}")),
    }
}

impl Batch {
    fn new(import: &Import, log: &'static Log) -> Batch {
        let decoder = import.period.map_or_else(|| RowDecoder::new(log), |period| period.decoder(log));
        Batch { log, decoder, rows: RowBuilder::new(log) }
    }
}
