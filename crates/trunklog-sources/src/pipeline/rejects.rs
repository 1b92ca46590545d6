//! Where rejected records go, so that nothing is dropped silently.

mod allowance;
mod folder;
mod origin;

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use trunklog_odata::{Instant, json};
use trunklog_records::Log;

use crate::period::Period;
use allowance::{Allowance, Length};
use folder::Quota;

pub(crate) use folder::age_of;
pub use origin::RejectOrigin;

/// Takes the records that are not rows.
pub trait RejectSink {
    /// Takes one record. `line` is the line of `input` on which it starts;
    /// `record` is its text, which may be no valid UTF-8 and may hold phone
    /// numbers and names.
    fn reject(&mut self, input: &str, line: u64, reason: &str, record: &[u8]);

    /// Says to which log the records that come now have to belong, and which period
    /// they sum up: for who brings rows of several logs into one sink.
    fn expect(&mut self, log: Option<&'static Log>, period: Option<Period>) {
        let _ = (log, period);
    }

    /// Makes durable what was taken so far, because nobody will read it again.
    ///
    /// # Errors
    /// When it is not durable.
    fn settle(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The most bytes of a record that are written down.
const MAX_RECORD_TEXT: usize = 64 * 1024;

/// The most bytes of a record where room gets scarce.
const SHORT_RECORD_TEXT: usize = 1024;

/// How many names are tried before giving up.
const MAX_NAMES: u32 = 1_000;

/// The records hold personal data.
const OWNER_ONLY_FILE: u32 = 0o600;
const OWNER_ONLY_FOLDER: u32 = 0o700;

/// Writes rejected records into a new file, one JSON object a line:
/// `{"file":…,"line":…,"reason":…,"record":…}`, with `"truncated":true` where
/// the record is longer than what was kept of it, at most 64 KiB.
///
/// The file comes into being with the first record, readable for its owner
/// alone, and never replaces another. `record` is the original text, so that
/// it can be mended and imported. Where it is known whose records they are, each line
/// says that, too, so that they can be replayed ([`rejected`](crate::rejected)). As
/// long as the file is written, it is locked.
///
/// It has a limit, since a small file can hold any number of broken records.
/// When half of it is used, only the first twenty records of each reason are
/// still kept, and near its end the first of each. The last line then says how
/// many were left out: `{"leftOut":…,"reason":…}`. The folder has a limit, too:
/// where it holds 1,000 such files or 1 GiB of them, the oldest are deleted.
#[derive(Debug)]
pub struct RejectFile {
    folder: PathBuf,
    stem: String,
    file: Option<(PathBuf, BufWriter<File>)>,
    allowance: Allowance,
    origin: Option<RejectOrigin>,
    left_out: u64,
    deleted: u64,
    /// The first failure. An import goes on without the file, and
    /// [`RejectFile::finish`] tells.
    failure: Option<io::Error>,
    line: Vec<u8>,
}

impl RejectFile {
    /// The limit of a file unless another is set, in bytes.
    pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

    /// A file in `folder`, named by the time: `rejected-20261124-081500.ndjson`.
    pub fn new(folder: impl Into<PathBuf>, now: Instant) -> RejectFile {
        let time: String = now
            .to_string()
            .chars()
            .take("2026-11-24T08:15:00".len())
            .filter_map(|c| match c {
                'T' => Some('-'),
                '0'..='9' => Some(c),
                _ => None,
            })
            .collect();
        RejectFile {
            folder: folder.into(),
            stem: format!("{}{time}", folder::START),
            file: None,
            allowance: Allowance::new(RejectFile::MAX_BYTES),
            origin: None,
            left_out: 0,
            deleted: 0,
            failure: None,
            line: Vec::new(),
        }
    }

    /// The same with another limit, in bytes.
    #[must_use]
    pub fn with_max_bytes(self, max_bytes: u64) -> RejectFile {
        RejectFile { allowance: Allowance::new(max_bytes), ..self }
    }

    /// The same for records of which it is known whose they are.
    #[must_use]
    pub fn with_origin(self, origin: RejectOrigin) -> RejectFile {
        RejectFile { origin: Some(origin), ..self }
    }

    /// Where the file is; None while nothing was rejected.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|(path, _)| path.as_path())
    }

    /// How many older files of rejected records were deleted from the folder to
    /// make room for this one.
    pub fn deleted(&self) -> u64 {
        self.deleted
    }

    /// How many records were not written down, for the sake of the file's limit.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Writes what is still in memory and says where the file is; None when
    /// nothing was rejected.
    ///
    /// # Errors
    /// When a record could not be written.
    pub fn finish(mut self) -> io::Result<Option<PathBuf>> {
        if self.left_out > 0 && self.failure.is_none() {
            self.write_end();
            self.write_or_note();
        }
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let Some((path, mut file)) = self.file.take() else { return Ok(None) };
        file.flush()?;
        Ok(Some(path))
    }

    fn write_or_note(&mut self) {
        if let Err(failure) = self.write() {
            self.failure = Some(failure);
        }
    }

    fn write(&mut self) -> io::Result<()> {
        if self.file.is_none() {
            let max_bytes = self.allowance.max_bytes();
            self.deleted = Quota::for_files_of(max_bytes).make_room(&self.folder, max_bytes);
            self.file = Some(create(&self.folder, &self.stem)?);
        }
        match &mut self.file {
            Some((_, file)) => file.write_all(&self.line),
            None => Ok(()),
        }
    }

    fn write_end(&mut self) {
        self.line.clear();
        self.line.extend_from_slice(b"{\"leftOut\":");
        json::write_int(self.left_out, &mut self.line);
        self.line.extend_from_slice(b",\"reason\":");
        let max = self.allowance.max_bytes() / (1024 * 1024);
        json::write_string(
            &format!(
                "further records: in the second half of the {max} MiB that this file may have, only the first \
                 of each reason are kept (import --max-rejects-mib)"
            ),
            &mut self.line,
        );
        self.line.extend_from_slice(b"}\n");
    }
}

impl RejectSink for RejectFile {
    fn reject(&mut self, input: &str, line: u64, reason: &str, record: &[u8]) {
        if self.failure.is_some() {
            return;
        }
        let lengths: &[usize] = match self.allowance.of(reason) {
            Length::Whole => &[MAX_RECORD_TEXT, SHORT_RECORD_TEXT],
            Length::Short => &[SHORT_RECORD_TEXT],
            Length::Nothing => &[],
        };
        for max in lengths {
            let kept = &record[..cut(record, *max)];
            write_line(input, line, reason, kept, record.len(), &mut self.line);
            if let Some(origin) = &self.origin {
                origin.write(std::str::from_utf8(kept).is_err(), &mut self.line);
            }
            self.line.extend_from_slice(b"}\n");
            if self.allowance.take(reason, self.line.len()) {
                self.write_or_note();
                return;
            }
        }
        self.left_out += 1;
    }

    fn expect(&mut self, log: Option<&'static Log>, period: Option<Period>) {
        if let Some(origin) = &mut self.origin {
            origin.log = log;
            origin.period = period;
        }
    }

    fn settle(&mut self) -> io::Result<()> {
        if let Some(failure) = &self.failure {
            return Err(failure.kind().into());
        }
        let Some((_, file)) = &mut self.file else { return Ok(()) };
        let outcome = file.flush().and_then(|()| file.get_ref().sync_data());
        outcome.map_err(|failure| {
            let kind = failure.kind();
            self.failure = Some(failure);
            kind.into()
        })
    }
}

/// Writes an object that is still open, for further members.
fn write_line(input: &str, line: u64, reason: &str, kept: &[u8], len: usize, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(b"{\"file\":");
    json::write_string(input, out);
    out.extend_from_slice(b",\"line\":");
    json::write_int(line, out);
    out.extend_from_slice(b",\"reason\":");
    json::write_string(reason, out);
    out.extend_from_slice(b",\"record\":");
    json::write_string(&String::from_utf8_lossy(kept), out);
    if kept.len() < len {
        out.extend_from_slice(b",\"truncated\":true");
    }
}

/// Where to cut a record that is too long: never within a character.
fn cut(record: &[u8], max: usize) -> usize {
    if record.len() <= max {
        return record.len();
    }
    let is_inside_character = |at: &usize| record[*at] & 0b1100_0000 == 0b1000_0000;
    let earliest = max - 3;
    (earliest..=max).rev().find(|at| !is_inside_character(at)).unwrap_or(max)
}

fn create(folder: &Path, stem: &str) -> io::Result<(PathBuf, BufWriter<File>)> {
    DirBuilder::new().recursive(true).mode(OWNER_ONLY_FOLDER).create(folder)?;
    for number in 1..=MAX_NAMES {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{stem}{number}{}", folder::END));
        match OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY_FILE).open(&path) {
            Ok(file) => {
                // Where there are no locks, nobody else is told that it is written.
                let _ = file.try_lock();
                return Ok((path, BufWriter::new(file)));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(ErrorKind::AlreadyExists, format!("'{}' is full of {stem} files", folder.display())))
}

#[cfg(test)]
mod tests;
