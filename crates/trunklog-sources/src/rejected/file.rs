//! What files of rejected records hold.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;
use trunklog_odata::Instant;

use crate::pipeline::{RejectOrigin, age_of};

/// The longest line that is read: a record of 64 KiB, each byte of which became six,
/// and what is around it.
const LONGEST_LINE: u64 = 1024 * 1024;

/// A folder of such files.
#[derive(Debug, Clone)]
pub struct RejectFolder {
    path: PathBuf,
}

/// A file of rejected records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedFile {
    path: PathBuf,
    /// Its name in the folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// When its first record was rejected, by its name.
    pub since: Option<Instant>,
}

/// A rejected record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRecord {
    /// The input that it was in.
    pub input: String,
    /// The line on which it started there.
    pub line: u64,
    /// Why it was rejected.
    pub reason: String,
    /// Its text. It may hold numbers and names.
    pub record: String,
    /// Whether the text is all of it, as it was.
    pub is_whole: bool,
    /// Whose it is, where that is known.
    pub origin: Option<RejectOrigin>,
}

/// A line of such a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Line {
    Record(RejectedRecord),
    /// So many records were not kept.
    LeftOut(u64),
    /// Something else, which nobody changes.
    Other,
}

/// Why a file of rejected records cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RejectedError {
    /// There is no such file.
    #[error("there is no file of rejected records '{0}': trunklog rejects list shows which there are")]
    Missing(String),
    /// Somebody writes it.
    #[error("'{0}' is still being written: try again when that import has ended")]
    InUse(String),
    /// Reading or writing failed.
    #[error("'{name}' cannot be used: {reason}")]
    Unusable {
        /// Its name.
        name: String,
        /// What the system said.
        reason: io::Error,
    },
}

/// What a file holds, without any value of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RejectedContents {
    /// How many records.
    pub records: u64,
    /// How many were not kept, for the sake of the file's limit.
    pub left_out: u64,
    /// How many can be replayed: their texts are whole, and it is known whose they
    /// are.
    pub replayable: u64,
    /// How many there are of each reason.
    pub reasons: BTreeMap<String, u64>,
    /// Where they came from.
    pub sources: BTreeMap<String, u64>,
}

impl RejectFolder {
    /// A folder, which need not be there.
    pub fn new(path: impl Into<PathBuf>) -> RejectFolder {
        RejectFolder { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The files, the oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read; where there is none, there are no files.
    pub fn files(&self) -> io::Result<Vec<RejectedFile>> {
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let Some(age) = age_of(&name) else { continue };
            let Some(metadata) = entry.metadata().ok().filter(fs::Metadata::is_file) else { continue };
            let since = instant_of(&age.0);
            files.push((age, RejectedFile { path: entry.path(), name, bytes: metadata.len(), since }));
        }
        files.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(files.into_iter().map(|(_, file)| file).collect())
    }

    /// The file of that name, which is no path.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, name: &str) -> Result<RejectedFile, RejectedError> {
        let unusable = |reason| RejectedError::Unusable { name: self.path.display().to_string(), reason };
        let found = self.files().map_err(unusable)?.into_iter().find(|file| file.name == name);
        found.ok_or_else(|| RejectedError::Missing(name.to_owned()))
    }

    /// Deletes files whose first record was rejected before an instant, unless
    /// somebody writes them, and says how many those were.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn drop_older(&self, before: Instant) -> io::Result<u64> {
        let mut dropped = 0;
        for file in self.files()? {
            if file.since.is_some_and(|since| since < before) && file.remove().is_ok() {
                dropped += 1;
            }
        }
        Ok(dropped)
    }
}

impl RejectedFile {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it holds.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn contents(&self) -> Result<RejectedContents, RejectedError> {
        let read = File::open(&self.path).and_then(RejectedContents::read);
        read.map_err(|reason| self.unusable(reason))
    }

    /// Its first records, up to that many.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn first(&self, most: usize) -> Result<Vec<RejectedRecord>, RejectedError> {
        let mut records = Vec::new();
        let mut lines = Lines::of(File::open(&self.path).map_err(|reason| self.unusable(reason))?);
        while records.len() < most
            && let Some((line, _)) = lines.next_line().map_err(|reason| self.unusable(reason))?
        {
            if let Line::Record(record) = line {
                records.push(record);
            }
        }
        Ok(records)
    }

    /// Deletes it.
    ///
    /// # Errors
    /// When somebody writes it, or it cannot be deleted.
    pub fn remove(&self) -> Result<(), RejectedError> {
        let _held = self.hold()?;
        fs::remove_file(&self.path).map_err(|reason| self.unusable(reason))
    }

    /// Opens it for nobody else, as long as the outcome lives.
    pub(super) fn hold(&self) -> Result<File, RejectedError> {
        let file = File::open(&self.path).map_err(|reason| match reason.kind() {
            io::ErrorKind::NotFound => RejectedError::Missing(self.name.clone()),
            _ => self.unusable(reason),
        })?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(RejectedError::InUse(self.name.clone())),
            // Where there are no locks, nobody can say that he writes it.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
        }
    }

    pub(super) fn unusable(&self, reason: io::Error) -> RejectedError {
        RejectedError::Unusable { name: self.name.clone(), reason }
    }
}

impl RejectedContents {
    /// What the bytes of a file say.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn read(from: impl Read) -> io::Result<RejectedContents> {
        let mut contents = RejectedContents::default();
        let mut lines = Lines::of(from);
        while let Some((line, _)) = lines.next_line()? {
            match line {
                Line::Record(record) => {
                    contents.records += 1;
                    contents.replayable += u64::from(record.is_replayable());
                    *contents.reasons.entry(record.reason).or_default() += 1;
                    let source = record.origin.map_or_else(|| "unknown".to_owned(), |origin| origin.source);
                    *contents.sources.entry(source).or_default() += 1;
                }
                Line::LeftOut(records) => contents.left_out = contents.left_out.saturating_add(records),
                Line::Other => {}
            }
        }
        Ok(contents)
    }
}

impl RejectedRecord {
    /// Whether it can be read again as it was.
    pub fn is_replayable(&self) -> bool {
        self.is_whole && self.origin.is_some()
    }
}

/// The lines of a file, each with its text.
pub(super) struct Lines<R> {
    reader: BufReader<R>,
}

impl<R: Read> Lines<R> {
    pub(super) fn of(file: R) -> Lines<R> {
        Lines { reader: BufReader::new(file) }
    }

    /// The next line, and its text with its end; None after the last. A line that is
    /// too long to be one of ours comes in pieces, as something else.
    pub(super) fn next_line(&mut self) -> io::Result<Option<(Line, Vec<u8>)>> {
        let mut text = Vec::new();
        self.reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text)?;
        Ok((!text.is_empty()).then(|| (line_of(&text), text)))
    }
}

fn line_of(text: &[u8]) -> Line {
    let Ok(line) = serde_json::from_slice::<Value>(text) else { return Line::Other };
    if let Some(records) = line.get("leftOut").and_then(Value::as_u64) {
        return Line::LeftOut(records);
    }
    let member = |name: &str| line.get(name).and_then(Value::as_str).map(str::to_owned);
    let is_set = |name: &str| line.get(name).is_some_and(|value| *value == Value::Bool(true));
    match (member("reason"), member("record")) {
        (Some(reason), Some(record)) => Line::Record(RejectedRecord {
            input: member("file").unwrap_or_default(),
            line: line.get("line").and_then(Value::as_u64).unwrap_or(0),
            reason,
            record,
            is_whole: !is_set("truncated") && !is_set("lossy"),
            origin: RejectOrigin::read(&line),
        }),
        _ => Line::Other,
    }
}

/// The instant that a name tells as `20261124-081500`.
fn instant_of(age: &str) -> Option<Instant> {
    let part = |range: std::ops::Range<usize>| age.get(range);
    let [year, month, day] = [part(0..4)?, part(4..6)?, part(6..8)?];
    let [hour, minute, second] = [part(9..11)?, part(11..13)?, part(13..15)?];
    Instant::parse(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z")).ok()
}
