//! The side of the pipeline that reads and decodes.

use std::io::{self, Cursor, Read};
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;

use trunklog_records::json::RowDecoder;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, RowBuilder, RowError, Rows};

use super::{Import, Progress, RejectSink, Summary};
use crate::graph_json::{Item, Splitter, Walks, detect};
use crate::input::{Input, InputError};

/// How much of an input is looked at to find out which log it belongs to.
const HEAD: u64 = 64 * 1024;

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
    open_batch: Option<Batch>,
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
            open_batch: None,
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
        self.hand_over();
    }

    /// What was read, and which inputs could not be read to their end.
    pub(super) fn into_results(mut self) -> (Summary, Vec<InputError>) {
        self.summary.warnings.extend(self.walks.warning());
        self.summary.warnings.extend(self.period_warning);
        (self.summary, self.failed)
    }

    fn read(&mut self, input: Input, is_stopped: &dyn Fn() -> bool) {
        self.summary.files += 1;
        let name = input.name().to_owned();
        let raw_bytes = input.raw_bytes_counter();
        let mut told_bytes = 0;
        let (log, text) = match self.import.log {
            Some(log) => (log, Box::new(input) as Box<dyn Read>),
            None => recognise(input),
        };
        let mut splitter = Splitter::new(text);
        let mut records = 0_u32;
        while !self.must_stop(is_stopped) {
            match splitter.next_item() {
                Ok(Some(item)) => self.take(item, log, &name),
                Ok(None) => break,
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

    fn take(&mut self, item: Item<'_>, log: &'static Log, name: &str) {
        match item {
            Item::Row { line, json, log: Some(other) } if other != log => {
                let reason = format!(
                    "rows of {}, not of {}: import them with --log {}",
                    other.row_type, log.name, other.name
                );
                self.reject(name, line, &reason, json);
            }
            Item::Row { line, json, .. } => {
                if let Err(error) = self.decode(json, log) {
                    self.reject(name, line, &reason_of(&error, log), json);
                }
            }
            Item::Rejected { line, flaw, text } => self.reject(name, line, &flaw.to_string(), text),
            Item::PageEnd { next_link } => self.walks.add(name, next_link),
        }
    }

    fn decode(&mut self, json: &[u8], log: &'static Log) -> Result<(), RowError> {
        if self.open_batch.as_ref().is_some_and(|batch| batch.log != log) {
            self.hand_over();
            self.open_batch = None;
        }
        let batch = self.open_batch.get_or_insert_with(|| Batch::new(self.import, log));
        batch.decoder.decode(json, &mut batch.rows)?;
        self.summary.rows += 1;
        let max_bytes = self.import.batch_bytes.min(MAX_BATCH_BYTES);
        if batch.rows.len() >= self.import.batch_rows || batch.rows.text_bytes() >= max_bytes {
            self.hand_over();
        }
        Ok(())
    }

    fn reject(&mut self, name: &str, line: u64, reason: &str, record: &[u8]) {
        self.summary.count_rejected(reason);
        self.rejects.reject(name, line, reason, record);
    }

    fn hand_over(&mut self) {
        if let Some(batch) = &mut self.open_batch
            && !batch.rows.is_empty()
        {
            let warning = self.import.period.and_then(|period| period.warning(batch.log));
            self.period_warning = warning.or(self.period_warning.take());
            // Nobody receives any more when the store failed. Then the import
            // is stopped, and the failure is reported by who met it.
            let _ = self.batches.send(batch.rows.finish());
        }
    }
}

impl Batch {
    fn new(import: &Import, log: &'static Log) -> Batch {
        let decoder = import.period.map_or_else(|| RowDecoder::new(log), |period| period.decoder(log));
        Batch { log, decoder, rows: RowBuilder::new(log) }
    }
}

/// Why a record is no row, and what to do where the file cannot be blamed.
fn reason_of(error: &RowError, log: &Log) -> String {
    match error {
        RowError::Missing(name) if *name == log.time && !log.shows_time() => format!(
            "rows of {} have no time of their own: say with --period-start when their period began",
            log.name
        ),
        error => error.to_string(),
    }
}

/// Finds out which log an input belongs to. What was read for that is not
/// lost, and neither is the error that ended it.
fn recognise(mut input: Input) -> (&'static Log, Box<dyn Read>) {
    let mut head = Vec::new();
    let outcome = input.by_ref().take(HEAD).read_to_end(&mut head);
    let rest: Box<dyn Read> = match outcome {
        Ok(_) => Box::new(input),
        Err(error) => Box::new(Failing(Some(error))),
    };
    let log = detect(&head).unwrap_or(&DIRECT_ROUTING_CALLS);
    (log, Box::new(Cursor::new(head).chain(rest)))
}

/// Fails once, then is at its end.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
