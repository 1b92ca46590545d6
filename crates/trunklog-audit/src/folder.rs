//! The folder of a trail: its files in order, its lock, and the mark that says
//! what was written last.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::chain::{Hash, Mark};
use crate::entry::Line;
use crate::error::{Error, Result};
use crate::keys::KeyStore;

const OWNER_ONLY_FILE: u32 = 0o600;
const OWNER_ONLY_FOLDER: u32 = 0o700;
const STEM: &str = "audit-";
const ENDING: &str = ".jsonl";
const LOCK: &str = "audit.lock";
const MARK: &str = "audit.mark";
const KEYS: &str = "keys";

/// How much of the end of a file is read to find its last line. No line is nearly
/// as long.
const END_BYTES: u64 = 64 * 1024;

/// The folder of a trail.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
}

/// How the trail ends.
#[derive(Debug)]
pub(crate) struct End {
    /// The newest file; 1 where there is none yet.
    pub(crate) file: u64,
    pub(crate) length: u64,
    /// The last entry that can be read.
    pub(crate) last: Option<LastEntry>,
    /// What the newest file ends with.
    pub(crate) ending: Ending,
    /// What was on disk once.
    pub(crate) mark: Option<Mark>,
}

/// What a file ends with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// A whole line, or nothing.
    Line,
    /// An entry whose line feed is missing.
    Entry,
    /// A line that was not finished.
    Torn(Vec<u8>),
}

/// The last entry that can be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LastEntry {
    pub(crate) mark: Mark,
    pub(crate) at: jiff::Timestamp,
}

impl Folder {
    pub(crate) fn new(path: &Path) -> Folder {
        Folder { path: path.to_owned() }
    }

    /// The keys of persons and numbers.
    pub(crate) fn keys(&self) -> KeyStore {
        KeyStore::new(&self.path.join(KEYS))
    }

    /// Makes the folder, if needed, and waits until no other process writes to it.
    /// Dropping the file lets others write. The folder that it lies in must be there:
    /// one that was moved away must not come back empty.
    pub(crate) fn lock(&self) -> Result<File> {
        make_folder(&self.path).map_err(Error::file(&self.path, "made"))?;
        let path = self.path.join(LOCK);
        let file =
            OpenOptions::new().write(true).create(true).truncate(false).mode(OWNER_ONLY_FILE).open(&path);
        let file = file.map_err(Error::file(&path, "opened"))?;
        loop {
            match file.lock() {
                Ok(()) => return Ok(file),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::file(&path, "locked")(error)),
            }
        }
    }

    /// The lock for who only reads, who may be somebody that may not write, and does
    /// without then.
    pub(crate) fn lock_to_read(&self) -> Option<File> {
        if self.path.is_dir() { self.lock().ok() } else { None }
    }

    /// The path of the file of that number.
    pub(crate) fn file(&self, number: u64) -> PathBuf {
        self.path.join(format!("{STEM}{number:08}{ENDING}"))
    }

    /// The numbers of the files that there are, in order.
    pub(crate) fn numbers(&self) -> Result<Vec<u64>> {
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::file(&self.path, "read")(error)),
        };
        let mut numbers = Vec::new();
        for entry in entries {
            let name = entry.map_err(Error::file(&self.path, "read"))?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix(STEM)?.strip_suffix(ENDING));
            if let Some(number) = number.and_then(|digits| digits.parse().ok()) {
                numbers.push(number);
            }
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Opens a file to append to it; a new one gets its name for good.
    pub(crate) fn open_to_append(&self, number: u64) -> Result<File> {
        let path = self.file(number);
        let is_new = !path.exists();
        let file = OpenOptions::new().append(true).create(true).mode(OWNER_ONLY_FILE).open(&path);
        let file = file.map_err(Error::file(&path, "opened"))?;
        if is_new {
            self.sync()?;
        }
        Ok(file)
    }

    /// Removes a file.
    pub(crate) fn remove(&self, number: u64) -> Result<()> {
        let path = self.file(number);
        fs::remove_file(&path).map_err(Error::file(&path, "removed"))?;
        self.sync()
    }

    /// Makes what was made or removed survive a power cut.
    fn sync(&self) -> Result<()> {
        let synced = File::open(&self.path).and_then(|folder| folder.sync_all());
        synced.map_err(Error::file(&self.path, "written"))
    }

    /// Notes what is on disk. It is written after that and not forced to disk, so
    /// after a power cut it may promise too little, never too much.
    pub(crate) fn set_mark(&self, mark: Mark) -> Result<()> {
        let path = self.path.join(MARK);
        let text = format!("{:020} {}\n", mark.n, mark.hash);
        let file =
            OpenOptions::new().write(true).create(true).truncate(false).mode(OWNER_ONLY_FILE).open(&path);
        let written = file.and_then(|file| file.write_all_at(text.as_bytes(), 0));
        written.map_err(Error::file(&path, "written"))
    }

    /// What was on disk once; None where nobody can say.
    pub(crate) fn mark(&self) -> Option<Mark> {
        let text = fs::read_to_string(self.path.join(MARK)).ok()?;
        let (n, hash) = text.trim_end().split_once(' ')?;
        Some(Mark { n: n.parse().ok()?, hash: hash.parse().ok()? })
    }

    /// How the trail ends. Nobody else may write meanwhile.
    pub(crate) fn end(&self) -> Result<End> {
        let numbers = self.numbers()?;
        let mut end = End { file: 1, length: 0, last: None, ending: Ending::Line, mark: self.mark() };
        let mut unfinished = Vec::new();
        for (back, number) in numbers.iter().rev().enumerate() {
            let path = self.file(*number);
            let mut file = File::open(&path).map_err(Error::file(&path, "read"))?;
            let length = file.metadata().map_err(Error::file(&path, "read"))?.len();
            let mut bytes = tail(&mut file, length, END_BYTES).map_err(Error::file(&path, "read"))?;
            if last_entry(&bytes).is_none() && length > END_BYTES {
                bytes = tail(&mut file, length, length).map_err(Error::file(&path, "read"))?;
            }
            if back == 0 {
                end.file = *number;
                end.length = length;
                let finished = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                unfinished = bytes.split_off(finished);
            }
            end.last = last_entry(&bytes);
            if end.last.is_some() {
                break;
            }
        }
        end.settle(unfinished);
        Ok(end)
    }
}

/// Makes a folder for its owner alone, unless it is there.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(OWNER_ONLY_FOLDER).create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        other => other,
    }
}

/// The last bytes of a file.
fn tail(file: &mut File, length: u64, most: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The last line that is an entry.
fn last_entry(bytes: &[u8]) -> Option<LastEntry> {
    // What comes after the last line feed is no line yet.
    let (lines, _) = bytes.split_at(bytes.iter().rposition(|byte| *byte == b'\n')?);
    lines
        .rsplit(|byte| *byte == b'\n')
        .find_map(Line::parse)
        .map(|line| LastEntry { mark: line.mark(), at: line.entry.at })
}

impl End {
    /// After which entry the next one comes: the last that is there, or that was.
    pub(crate) fn position(&self) -> Mark {
        let last = self.last.map_or(Mark::START, |last| last.mark);
        self.mark.filter(|mark| mark.n > last.n).unwrap_or(last)
    }

    /// Whether entries that were on disk are not there any more.
    pub(crate) fn has_lost(&self) -> bool {
        self.position().n > self.last.map_or(0, |last| last.mark.n)
    }

    /// Says what an unfinished line is: an entry, if only its line feed is missing.
    fn settle(&mut self, unfinished: Vec<u8>) {
        if unfinished.is_empty() {
            return;
        }
        let before = self.last.map_or(Mark::START, |last| last.mark);
        let follows = |line: &Line<'_>| {
            let hash = Hash::following(line.entry.prev.unwrap_or(before.hash), line.content);
            line.entry.n == before.n + 1 && hash == line.hash
        };
        let finished = Line::parse(&unfinished).filter(follows);
        match finished.map(|line| LastEntry { mark: line.mark(), at: line.entry.at }) {
            Some(entry) => {
                self.last = Some(entry);
                self.ending = Ending::Entry;
            }
            None => self.ending = Ending::Torn(unfinished),
        }
    }
}

#[cfg(test)]
mod tests;
