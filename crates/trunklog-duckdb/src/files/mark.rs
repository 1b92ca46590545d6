//! What was acknowledged, in a small file beside the store: so many bytes of
//! database and write-ahead log were durable after the last commit. Where less
//! is found later, commits are missing.
//!
//! It is written in place after each commit and left to the system to bring to
//! disk, which costs a few microseconds. After a power cut it may therefore be
//! older than the store; then it promises less, never more.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{Files, checksum, header};

/// What a mark begins with. A later form has another one.
const FORM: &str = "trunklog-commit-1";

/// What was durable when a commit was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Acknowledgement {
    /// How many checkpoints there had been. What follows counts only as long
    /// as there was no other.
    pub(crate) iteration: u64,
    /// The length of the database.
    pub(crate) database_bytes: u64,
    /// The length of the write-ahead log.
    pub(crate) log_bytes: u64,
    /// The commits in it.
    pub(crate) commits: u64,
}

impl Acknowledgement {
    /// Always as long, so that it can be written over the one before.
    fn encode(&self) -> String {
        let Acknowledgement { iteration, database_bytes, log_bytes, commits } = self;
        let text = format!("{FORM} {iteration:020} {database_bytes:020} {log_bytes:020} {commits:020}");
        let sum = checksum::of(text.as_bytes());
        format!("{text} {sum:020}\n")
    }

    fn decode(text: &str) -> Option<Acknowledgement> {
        let (text, sum) = text.strip_suffix('\n')?.rsplit_once(' ')?;
        if sum.parse::<u64>().ok() != Some(checksum::of(text.as_bytes())) {
            return None;
        }
        let mut words = text.split(' ');
        if words.next() != Some(FORM) {
            return None;
        }
        let mut number = || words.next()?.parse().ok();
        Some(Acknowledgement {
            iteration: number()?,
            database_bytes: number()?,
            log_bytes: number()?,
            commits: number()?,
        })
    }
}

/// Reads the mark; None where there is none that can be read.
pub(crate) fn read(path: &Path) -> io::Result<Option<Acknowledgement>> {
    let mut text = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(1024).read_to_end(&mut text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mark = std::str::from_utf8(&text).ok().and_then(Acknowledgement::decode);
    if mark.is_none() {
        tracing::warn!(
            file = %path.display(),
            "the mark of the last commit cannot be read, as after a power cut; whoever opens the store for writing \
             makes it anew"
        );
    }
    Ok(mark)
}

/// Writes a mark, as after a repair.
pub(crate) fn write(path: &Path, acknowledged: &Acknowledgement) -> io::Result<()> {
    let file = open(path)?;
    file.write_all_at(acknowledged.encode().as_bytes(), 0)?;
    file.sync_all()
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// The mark of an open store.
///
/// It holds the database open: closing any handle of a file gives up all locks
/// that the process has on it, DuckDB's too. So it must be dropped after the
/// store is closed.
#[derive(Debug)]
pub(crate) struct Mark {
    path: PathBuf,
    log: PathBuf,
    database: File,
    /// None where it cannot be written.
    mark: Option<File>,
    last: Mutex<Acknowledgement>,
    failed: AtomicBool,
}

impl Mark {
    /// Marks a store that was just opened, whose log has so many commits.
    ///
    /// # Errors
    /// When the database cannot be held open, and nothing else: once it is, it
    /// must stay so.
    pub(crate) fn begin(files: &Files, commits: u64) -> io::Result<Mark> {
        let mut begun = Mark {
            path: files.database.clone(),
            log: files.log.clone(),
            database: File::open(&files.database)?,
            mark: None,
            last: Mutex::default(),
            failed: AtomicBool::new(false),
        };
        let marked = begun.now().and_then(|now| open(&files.mark).map(|mark| (now, mark)));
        match marked {
            Ok((mut now, mark)) => {
                // A checkpoint that had been interrupted may just have been finished.
                now.commits = if now.log_bytes == 0 { 0 } else { commits };
                begun.last = Mutex::new(now);
                begun.mark = Some(mark);
                begun.write(&now);
            }
            Err(error) => tracing::warn!(%error, "the mark of the last commit cannot be written"),
        }
        Ok(begun)
    }

    /// Marks that a commit or a checkpoint is durable. No other may be under way.
    pub(crate) fn acknowledge(&self) {
        // The log is found by its path, where that of another store may be.
        if !self.is_in_place() {
            return;
        }
        let Ok(mut now) = self.now() else { return };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        now.commits = if now.iteration == last.iteration { last.commits } else { 0 };
        let has_more = (now.iteration, now.log_bytes) != (last.iteration, last.log_bytes);
        now.commits += u64::from(has_more && now.log_bytes > 0);
        if now != *last {
            *last = now;
            self.write(&now);
        }
    }

    /// Whether the file that is open is the one at the store's place.
    pub(crate) fn is_in_place(&self) -> bool {
        let there = fs::metadata(&self.path);
        let open = self.database.metadata();
        match (there, open) {
            (Ok(there), Ok(open)) => (there.dev(), there.ino()) == (open.dev(), open.ino()),
            (Err(error), _) if error.kind() == io::ErrorKind::NotFound => false,
            // Nothing is known, such as when there are too many open files.
            _ => true,
        }
    }

    fn now(&self) -> io::Result<Acknowledgement> {
        let log_bytes = match fs::metadata(&self.log) {
            Ok(log) => log.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        Ok(Acknowledgement {
            iteration: header::iteration(&self.database)?,
            database_bytes: self.database.metadata()?.len(),
            log_bytes,
            commits: 0,
        })
    }

    /// The commit stands whether or not this can be written.
    fn write(&self, acknowledged: &Acknowledgement) {
        let Some(mark) = &self.mark else { return };
        if let Err(error) = mark.write_all_at(acknowledged.encode().as_bytes(), 0)
            && !self.failed.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(%error, "the mark of the last commit cannot be written; all rows are stored");
        }
    }
}

/// DuckDB has closed the store by now, and written a checkpoint if there were
/// commits.
impl Drop for Mark {
    fn drop(&mut self) {
        if !self.is_in_place() {
            return;
        }
        let Ok(now) = self.now() else { return };
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        // Where there still is a log, it may have more than was acknowledged.
        if now.iteration != last.iteration && now.log_bytes == 0 {
            self.write(&now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written_or_not_at_all() {
        let some =
            Acknowledgement { iteration: 7, database_bytes: 1 << 40, log_bytes: u64::MAX, commits: 12 };
        let text = some.encode();
        assert_eq!(text.len(), Acknowledgement::default().encode().len());
        assert_eq!(Acknowledgement::decode(&text), Some(some));
        for at in 0..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[at] ^= 1;
            let wrong = String::from_utf8(wrong).unwrap();
            assert_eq!(Acknowledgement::decode(&wrong), None, "{wrong}");
            assert_eq!(Acknowledgement::decode(&text[..at]), None);
        }
    }

    #[test]
    fn a_store_that_cannot_be_marked_is_held_open_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::of(&folder.path().join("log.duckdb"));
        // Without headers nothing can be said of it.
        fs::write(&files.database, "short").unwrap();
        let mark = Mark::begin(&files, 0).unwrap();
        assert!(mark.is_in_place());
        mark.acknowledge();
        fs::rename(&files.database, folder.path().join("away")).unwrap();
        assert!(!mark.is_in_place());
        drop(mark);
        assert!(!files.mark.exists(), "a mark was made that says nothing");
    }

    #[test]
    fn nothing_is_marked_of_a_store_that_moved() {
        const HEADERS: usize = 3 * 4096;
        let folder = tempfile::tempdir().unwrap();
        let (here, there) = (folder.path().join("here"), folder.path().join("there"));
        fs::create_dir(&here).unwrap();
        let files = Files::of(&here.join("log.duckdb"));
        fs::write(&files.database, vec![0_u8; HEADERS]).unwrap();
        let mark = Mark::begin(&files, 0).unwrap();
        let before = read(&files.mark).unwrap();
        assert!(before.is_some());
        fs::rename(&here, &there).unwrap();
        // Another store at its place, and a checkpoint in this one.
        fs::create_dir(&here).unwrap();
        fs::write(&files.log, "of another store").unwrap();
        fs::write(there.join("log.duckdb"), vec![1_u8; HEADERS]).unwrap();
        mark.acknowledge();
        drop(mark);
        assert_eq!(read(&there.join("log.commit")).unwrap(), before);
        assert!(!files.mark.exists());
    }
}
