//! Reading one file that was claimed.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use trunklog_ledger::{Delivery, Origin};
use trunklog_odata::Instant;
use trunklog_records::Log;
use trunklog_records::schema::LOGS;

use super::contents::ContentHash;
use super::marker;
use super::place::report_names;
use super::report::{FileReport, LONGEST_REPORT, Outcome, Rejects};
use super::settle::Stamp;
use super::watcher::{WatchError, Watcher};
use crate::input::{InputError, InputPath, open_untrusted, read_untrusted};
use crate::pipeline::{
    Import, ImportError, ImportFailure, RejectFile, RejectOrigin, RejectSink, Silent, Summary,
};

/// What became of a file.
pub(super) enum Taken {
    /// It is done with.
    Finished(Box<Finished>),
    /// Somebody still writes it.
    Growing,
    /// It cannot be read, or what is said of it cannot be written. It is tried again.
    Later(String),
    /// The same of what only the file itself is to blame for: it is tried again a few
    /// times.
    Unreadable(String),
    /// It is to stop.
    Stopped,
    /// It is no longer there.
    Gone,
}

/// What came in a log; None for the source as a whole.
pub(super) type Delivered = (Option<&'static Log>, Delivery);

/// A file that is done with.
pub(super) struct Finished {
    pub(super) report: FileReport,
    /// Its content, which is read from now on; None where it may be tried again.
    pub(super) content: Option<ContentHash>,
    /// What the ledger is told of it; nothing where it knows that already.
    pub(super) deliveries: Vec<Delivered>,
    /// What it was when it was read.
    pub(super) stamp: Stamp,
}

impl Watcher {
    /// Reads a file in `working/`; `name` is what it is called there, `original` what
    /// it was called before.
    pub(super) fn take(
        &self,
        name: &str,
        original: &str,
        now: Instant,
        stop: &AtomicBool,
    ) -> Result<Taken, WatchError> {
        let working = self.settings.working();
        let path = working.join(name);
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => return Ok(Taken::Unreadable("it is no file".to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Taken::Gone),
            Err(error) => return Ok(unreadable(&error)),
        }
        let (stamp, content) = match read_once(&path, stop) {
            Ok(Some(read)) => read,
            Ok(None) => return Ok(Taken::Stopped),
            Err(error) => return Ok(unreadable(&error)),
        };
        let is_unchanged = || fs::symlink_metadata(&path).is_ok_and(|metadata| Stamp::of(&metadata) == stamp);
        if !is_unchanged() {
            return Ok(Taken::Growing);
        }
        let mut report = FileReport::of(&self.settings, original, stamp.bytes, content.text(), now);
        if let Some(marker) = self.settings.marker.as_deref() {
            match marker::expected(&working.join(format!("{name}{marker}"))) {
                Ok(expected) => report.expected = expected,
                Err(why) => report.warnings.push(why),
            }
        }
        let finished = |report: FileReport, content: Option<ContentHash>, deliveries: Vec<Delivered>| {
            Taken::Finished(Box::new(Finished { report, content, deliveries, stamp }))
        };
        if self.contents.has(content) {
            // Where it stopped after the content was noted, the report is there.
            let earlier = earlier_report(&working, name).filter(|earlier| earlier.content == report.content);
            if let Some(earlier) = earlier {
                return Ok(finished(earlier, Some(content), Vec::new()));
            }
            let report = FileReport { outcome: Outcome::ReadBefore, ..report };
            return Ok(finished(report, Some(content), vec![(None, Delivery::default())]));
        }
        let input = InputPath::Untrusted(path.clone());
        let import = self.import(now);
        let (outcome, rejects) = match self.run(&import, &input, original, now, stop) {
            Ok(ran) => ran,
            // They would be lost without a word.
            Err(error) => {
                return Ok(Taken::Later(format!("rejected records cannot be written down: {error}")));
            }
        };
        let taken = match outcome {
            Ok(summary) if summary.interrupted => return Ok(Taken::Stopped),
            Ok(summary) => {
                let mut report = report.with(&summary, rejects);
                if summary.finished_inputs.total() > 0 {
                    report.resumed = Some("all of it had been stored before the stop".to_owned());
                }
                if let Some(why) = useless(&summary, &report) {
                    finished(report.failed(why), None, self.deliveries(&summary, None))
                } else {
                    let deliveries = self.deliveries(&summary, report.expected).into_iter();
                    // It is complete up to its newest row, as far as one can know. A row of
                    // a time to come is of a wrong clock, and says nothing of it.
                    let complete = deliveries.map(|(log, delivery)| {
                        (log, Delivery { complete_until: delivery.newest, ..delivery })
                    });
                    finished(report, Some(content), complete.collect())
                }
            }
            Err(ImportError { failure: ImportFailure::Store(error), .. }) => {
                return Err(WatchError::Store(error));
            }
            Err(ImportError { failure: ImportFailure::Inputs(errors), summary }) => {
                match errors.into_iter().next() {
                    Some(InputError::Position { reason, .. }) => return Err(WatchError::Store(reason)),
                    Some(InputError::Unreadable { reason, .. }) if is_of_content(&reason) => {
                        let why = format!(
                            "it cannot be read to its end: {reason}; what was before that is stored, so get a \
                             whole one and put that into the folder"
                        );
                        let deliveries = self.deliveries(&summary, None);
                        finished(report.with(&summary, rejects).failed(why), None, deliveries)
                    }
                    Some(error) => return Ok(Taken::Unreadable(error.to_string())),
                    None => return Ok(Taken::Unreadable("it cannot be read".to_owned())),
                }
            }
        };
        if !is_unchanged() {
            import.forget_position(&input, &self.positions);
            return Ok(Taken::Growing);
        }
        if let Taken::Finished(finished) = &taken
            && finished.content.is_none()
        {
            // What is put there again is read from its start.
            import.forget_position(&input, &self.positions);
        }
        Ok(taken)
    }

    /// How files are imported.
    pub(super) fn import(&self, now: Instant) -> Import {
        let mut complete_until = BTreeMap::new();
        for log in LOGS {
            // Where it is not known, nothing is late.
            if let Ok(Some(until)) = self.ledger.complete_until(&self.origin(Some(log))) {
                complete_until.insert(log.name, until);
            }
        }
        Import { log: self.settings.log, complete_until, now: Some(now), ..Import::default() }
    }

    fn deliveries(&self, summary: &Summary, expected: Option<u64>) -> Vec<Delivered> {
        summary.deliveries(self.settings.log, expected)
    }

    pub(super) fn origin(&self, log: Option<&'static Log>) -> Origin {
        Origin { tenant: self.settings.tenant, source: self.settings.source.clone(), log }
    }

    /// Imports it. The outer error says that rejected records were not written down.
    fn run(
        &self,
        import: &Import,
        input: &InputPath,
        original: &str,
        now: Instant,
        stop: &AtomicBool,
    ) -> io::Result<(Result<Summary, ImportError>, Rejects)> {
        let origin = RejectOrigin {
            tenant: self.settings.tenant,
            source: self.settings.source.to_string(),
            log: self.settings.log,
            period: None,
        };
        let mut rejects = RejectFile::new(&self.rejects, now).with_origin(origin);
        let called = input.to_string();
        let mut renamed = Renamed { rejects: &mut rejects, input: &called, name: original };
        let paths = std::slice::from_ref(input);
        let outcome = import.resume(paths, &self.positions, self.store.as_ref(), &mut renamed, &Silent, stop);
        let left_out = rejects.left_out();
        let file = rejects.finish()?;
        let name = file.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        Ok((outcome, Rejects { file: name, left_out }))
    }
}

/// What a file was before it was read, and the hash of its content.
fn read_once(path: &Path, stop: &AtomicBool) -> io::Result<Option<(Stamp, ContentHash)>> {
    let mut file = open_untrusted(path)?;
    let stamp = Stamp::of(&file.metadata()?);
    Ok(ContentHash::of(&mut file, stop)?.map(|content| (stamp, content)))
}

fn earlier_report(working: &Path, name: &str) -> Option<FileReport> {
    let [json, _] = report_names(working, name);
    serde_json::from_slice(&read_untrusted(&json, LONGEST_REPORT).ok()?).ok()
}

fn unreadable(error: &io::Error) -> Taken {
    Taken::Unreadable(format!("it cannot be read: {error}"))
}

/// Why nothing of a file could be used; None where something was, or nothing is in
/// it.
fn useless(summary: &Summary, report: &FileReport) -> Option<String> {
    let has_faults = summary.rejected_total() > 0 || summary.missing_pages_total > 0;
    if summary.rows > 0 || !has_faults || report.resumed.is_some() {
        return None;
    }
    let mut reasons = summary.rejected.counts().map(|(reason, _)| reason);
    Some(match (reasons.next(), reasons.next()) {
        (Some(only), None) => format!("nothing of it could be used: {only}"),
        (Some(_), Some(_)) => "nothing of it could be used: each of its records was rejected".to_owned(),
        (None, _) => "nothing of it could be used: something else is where rows should be".to_owned(),
    })
}

/// Whether reading again would end in the same way: the content is cut off or
/// broken.
fn is_of_content(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof)
}

/// Calls the input by the name that it came with.
struct Renamed<'a> {
    rejects: &'a mut RejectFile,
    input: &'a str,
    name: &'a str,
}

impl RejectSink for Renamed<'_> {
    fn reject(&mut self, input: &str, line: u64, reason: &str, record: &[u8]) {
        // What is packed has a name after that of its archive.
        let within = input.strip_prefix(self.input).unwrap_or_default();
        self.rejects.reject(&format!("{}{within}", self.name), line, reason, record);
    }

    fn settle(&mut self) -> io::Result<()> {
        self.rejects.settle()
    }
}
