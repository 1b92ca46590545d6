//! The side of the pipeline that reads.
//!
//! # When a position may be kept
//! A position must never be after a row that is not stored. Batches of several
//! logs are open at once, and another thread stores them. So where positions are
//! kept, all open batches are handed over when one of them is due, and the
//! position after the last record that was read follows them down the same
//! channel. The thread that takes it has stored all that came before. That
//! an input was read to its end is handed over in the same way, with the next
//! batches, so that small inputs share theirs; and where all inputs were, none of
//! it is handed over, since nobody goes on then.

mod archives;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;

use super::appender::{FinishedInput, Step};
use super::batches::Batches;
use super::import::Import;
use super::progress::Progress;
use super::rejects::RejectSink;
use super::source::{Resumption, Source};
use super::summary::Summary;
use crate::archive;
use crate::format::{Format, Session, Start};
use crate::formats::{self, InputKind};
use crate::input::{Input, InputError};
use crate::names::NameList;
use crate::positions::{FinishedInputs, PositionKeeper};
use crate::reader::{Position, Record, RecordReader};

/// After how many records progress is told.
const RECORDS_BETWEEN_NEWS: u32 = 1_024;

/// How much of an input is looked at to recognise it, in bytes.
const START: u64 = 64 * 1024;

/// After how many inputs without a full batch those that were read to their end
/// are handed over.
const MAX_ENDED: usize = 500;

/// Why an input is rejected of which nobody knows what it is.
const NO_FORMAT: &str = "a file of an unknown form: import Graph's answers, saved as JSON, or exports of the Teams \
                         admin centre";

/// Reads inputs and hands over full batches of their rows.
pub(super) struct Intake<'a> {
    import: &'a Import,
    steps: SyncSender<Step>,
    rejects: &'a mut dyn RejectSink,
    progress: &'a dyn Progress,
    batches: Batches,
    /// The formats that were seen.
    sessions: Vec<(&'static Format, Box<dyn Session>)>,
    /// Inputs that need not be read again.
    finished: Option<&'a FinishedInputs>,
    /// Those that were read to their end since batches were handed over last.
    ended: Vec<FinishedInput>,
    /// Who keeps positions of inputs that were read to their end and are to be read
    /// again all the same by those who go on.
    incomplete: Vec<Arc<dyn PositionKeeper>>,
    told_rows: u64,
    period_warning: Option<String>,
    summary: Summary,
    failed: Vec<InputError>,
}

/// What a position of an input is made of.
#[derive(Clone, Copy)]
struct Place<'r> {
    format: &'static Format,
    resumption: &'r Resumption,
}

/// How many bytes of an input were read.
struct Meter {
    raw_bytes: Arc<AtomicU64>,
    told_bytes: u64,
    has_remains: Arc<AtomicBool>,
}

impl<'a> Intake<'a> {
    pub(super) fn new(
        import: &'a Import,
        steps: SyncSender<Step>,
        rejects: &'a mut dyn RejectSink,
        progress: &'a dyn Progress,
        finished: Option<&'a FinishedInputs>,
    ) -> Intake<'a> {
        Intake {
            import,
            steps,
            rejects,
            progress,
            batches: Batches::new(import),
            sessions: Vec::new(),
            finished,
            ended: Vec::new(),
            incomplete: Vec::new(),
            told_rows: 0,
            period_warning: None,
            summary: Summary::default(),
            failed: Vec::new(),
        }
    }

    /// Reads inputs until there are no more or `is_stopped` says so.
    pub(super) fn read_all<S: Into<Source>>(
        &mut self,
        inputs: impl IntoIterator<Item = Result<S, InputError>>,
        is_stopped: &dyn Fn() -> bool,
    ) {
        for input in inputs {
            if self.must_stop(is_stopped) {
                break;
            }
            match input {
                Ok(source) => self.read(source.into(), is_stopped),
                Err(error) => self.failed.push(error),
            }
        }
        self.hand_over_all();
        if self.summary.interrupted || !self.failed.is_empty() {
            self.hand_over_ended();
        } else {
            let mut keepers = std::mem::take(&mut self.incomplete);
            keepers.extend(std::mem::take(&mut self.ended).into_iter().map(|input| input.keeper));
            for keeper in keepers {
                self.send(Step::Keep(keeper, None));
            }
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
        summary.warnings.extend(warning_of(
            &summary.resumed_inputs,
            "was read from where an earlier import had stopped, so missing pages were not looked for",
            "were read from where an earlier import had stopped, so missing pages were not looked for",
        ));
        summary.warnings.extend(warning_of(
            &summary.finished_inputs,
            "was left out, because an earlier import that was stopped had stored all of it",
            "were left out, because an earlier import that was stopped had stored all of them",
        ));
        let left_out = summary.resumed_inputs.total() + summary.finished_inputs.total();
        // An import that stopped, or went on in the middle, has not seen all
        // that is there.
        if !summary.interrupted && left_out == 0 {
            for (_, session) in &mut self.sessions {
                let findings = session.finish();
                summary.pages_not_given += findings.parts_not_given;
                summary.warnings.extend(findings.warnings);
            }
        }
        summary.warnings.extend(self.period_warning);
        (self.summary, self.failed)
    }

    fn read(&mut self, source: Source, is_stopped: &dyn Fn() -> bool) {
        let Source { mut input, resumption } = source;
        let name = input.name().to_owned();
        if let Some(resumption) = &resumption
            && self.finished.is_some_and(|finished| finished.has(resumption.mark))
        {
            self.summary.finished_inputs.add(name);
            // A crash may have come between the mark and this.
            self.send(Step::Keep(Arc::clone(&resumption.keeper), None));
            return;
        }
        self.summary.files += 1;
        let mut meter = Meter::of(&input);
        let from = resumption.as_ref().and_then(|resumption| resumption.from.as_ref());
        let known = from.and_then(|from| Some((formats::by_name(&from.format)?, from.at.as_str())));
        let format = if let Some((format, _)) = known {
            Some(format)
        } else {
            let is_cut = !input.look(START);
            if archive::is_archive(input.head()) {
                self.read_archive(&mut input, resumption.as_ref(), &mut meter, is_stopped);
                self.tell(&mut meter);
                return;
            }
            let format = self.recognise(&input, is_cut);
            if let Some(resumption) = resumption.as_ref().filter(|_| format.is_none()) {
                self.note_end(resumption, !is_cut);
            }
            format
        };
        if let Some(format) = format {
            let mut session = self.take_session(format);
            match session.open(input, known.map(|(_, at)| at)) {
                Ok(mut reader) => {
                    let place = resumption.as_ref().map(|resumption| Place { format, resumption });
                    self.follow(reader.as_mut(), &name, place, &mut meter, is_stopped);
                }
                Err(reason) => self.failed.push(InputError::Unreadable { name, reason }),
            }
            self.sessions.push((format, session));
        }
        self.tell(&mut meter);
    }

    /// The format of an input that was looked at; None when it has none, which is
    /// rejected.
    fn recognise(&mut self, input: &Input, is_cut: bool) -> Option<&'static Format> {
        let start = Start { name: input.name(), bytes: input.head(), is_cut };
        let reason = match formats::recognise(&start) {
            Some(InputKind::Format(format)) => return Some(format),
            Some(InputKind::Stranger(stranger)) => stranger.reason(),
            None => NO_FORMAT.to_owned(),
        };
        let first_line = start.bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        self.reject(start.name, 1, &reason, first_line.trim_ascii_end());
        None
    }

    fn take_session(&mut self, format: &'static Format) -> Box<dyn Session> {
        match self.sessions.iter().position(|(of, _)| of.name == format.name) {
            Some(at) => self.sessions.swap_remove(at).1,
            None => (format.begin)(self.import.premise()),
        }
    }

    /// Takes the records of one input.
    fn follow(
        &mut self,
        reader: &mut dyn RecordReader,
        name: &str,
        place: Option<Place<'_>>,
        meter: &mut Meter,
        is_stopped: &dyn Fn() -> bool,
    ) {
        if let Some(line) = reader.resumed_on() {
            self.summary.resumed_inputs.add(format!("{name} (line {line})"));
        }
        let missing_before = self.summary.missing_pages_total;
        let mut records = 0_u32;
        while !self.must_stop(is_stopped) {
            match reader.next_record(&mut self.batches) {
                Ok(Some(record)) => self.take(record, name),
                Ok(None) => {
                    self.end(reader, name, meter);
                    if let Some(place) = place {
                        let is_whole = self.summary.missing_pages_total == missing_before;
                        self.note_end(place.resumption, is_whole);
                    }
                    return;
                }
                Err(reason) => {
                    self.failed.push(InputError::Unreadable { name: name.to_owned(), reason });
                    return;
                }
            }
            if let Some(at) = self.batches.due() {
                match place.filter(|_| self.summary.missing_pages_total == missing_before) {
                    Some(place) => self.hand_over_up_to(reader, place),
                    None => self.hand_over(at),
                }
            }
            records = records.wrapping_add(1);
            if records.is_multiple_of(RECORDS_BETWEEN_NEWS) {
                self.tell(meter);
            }
        }
        // Missing pages are told by the summary alone, so an import that goes on has to
        // come across them again.
        if let Some(place) = place
            && self.summary.missing_pages_total == missing_before
        {
            self.hand_over_up_to(reader, place);
        }
    }

    /// Counts an input that was read to its end.
    fn end(&mut self, reader: &dyn RecordReader, name: &str, meter: &Meter) {
        if reader.is_blank() {
            self.summary.empty_inputs.add(name);
        }
        if meter.has_remains.load(Ordering::Relaxed) {
            self.summary.inputs_with_remains.add(name);
        }
    }

    /// Notes that an input was read to its end. One that is not whole has to be
    /// read again by those who go on.
    fn note_end(&mut self, resumption: &Resumption, is_whole: bool) {
        let keeper = Arc::clone(&resumption.keeper);
        if !is_whole {
            self.incomplete.push(keeper);
            return;
        }
        self.ended.push(FinishedInput { mark: resumption.mark, keeper });
        if self.ended.len().is_multiple_of(MAX_ENDED) {
            self.hand_over_all();
            self.hand_over_ended();
        }
    }

    fn must_stop(&mut self, is_stopped: &dyn Fn() -> bool) -> bool {
        let stopped = is_stopped();
        self.summary.interrupted |= stopped;
        stopped
    }

    fn tell(&mut self, meter: &mut Meter) {
        let raw_bytes = meter.raw_bytes.load(Ordering::Relaxed);
        let bytes = raw_bytes - meter.told_bytes;
        self.summary.bytes += bytes;
        self.progress.advanced(bytes, self.summary.rows - self.told_rows);
        meter.told_bytes = raw_bytes;
        self.told_rows = self.summary.rows;
    }

    fn take(&mut self, record: Record<'_>, name: &str) {
        match record {
            Record::Row { notes, .. } => self.summary.count_row(notes),
            Record::Rejected { line, reason, text } => self.reject(name, line, &reason, text),
            Record::Missing { line, missing } => self.summary.count_missing(name, line, missing),
            Record::Between => {}
        }
    }

    fn reject(&mut self, name: &str, line: u64, reason: &str, record: &[u8]) {
        self.summary.rejected.add(reason);
        self.rejects.reject(name, line, reason, record);
    }

    /// Hands over all that was read so far, and how far that is. What was rejected
    /// on the way there is not read again either.
    fn hand_over_up_to(&mut self, reader: &dyn RecordReader, place: Place<'_>) {
        self.hand_over_all();
        if self.rejects.settle().is_err() {
            return;
        }
        self.send_ended();
        if let Some(at) = reader.position() {
            let position = Position { format: place.format.name.to_owned(), at };
            self.send(Step::Keep(Arc::clone(&place.resumption.keeper), Some(position)));
        }
    }

    fn hand_over_all(&mut self) {
        for at in 0..self.batches.len() {
            self.hand_over(at);
        }
    }

    /// Hands over which inputs were read to their end, after all their rows.
    fn hand_over_ended(&mut self) {
        if !self.ended.is_empty() && self.rejects.settle().is_ok() {
            self.send_ended();
        }
    }

    fn send_ended(&mut self) {
        let ended = std::mem::take(&mut self.ended);
        if !ended.is_empty() {
            self.send(Step::Finish(ended));
        }
    }

    fn hand_over(&mut self, at: usize) {
        let Some(rows) = self.batches.take(at) else { return };
        let warning = self.import.period.and_then(|period| period.warning(rows.log()));
        self.period_warning = warning.or(self.period_warning.take());
        self.send(Step::Append(rows));
    }

    fn send(&self, step: Step) {
        // Nobody receives any more when the store failed. Then the import is
        // stopped, and the failure is reported by who met it.
        let _ = self.steps.send(step);
    }
}

impl Meter {
    fn of(input: &Input) -> Meter {
        Meter { raw_bytes: input.raw_bytes_counter(), told_bytes: 0, has_remains: input.remains_flag() }
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
