//! Files only their owner may read, replaced as a whole.
//!
//! Registries, sessions and signing keys are written by a running server and by
//! commands at the same time, and a crash may come at any moment. Hence: a
//! reader sees the old or the new content and nothing between, writers take an
//! advisory lock, and a reader notices a change by looking instead of being
//! told.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

const OWNER_ONLY_FILE: u32 = 0o600;
const OWNER_ONLY_DIRECTORY: u32 = 0o700;
const GROUP_AND_OTHERS: u32 = 0o077;

/// What serde says without quoting a value. Other messages quote what they
/// found, which may be a secret somebody pasted into the wrong place.
const TEXTS_WITHOUT_VALUES: [&str; 5] =
    ["unknown field", "missing field", "duplicate field", "unknown role", "a role of people"];

/// More than the tick in which any usual file system stamps changes.
const TICK: Duration = Duration::from_millis(100);

/// For how long a read that failed is not tried again.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// Replaces the file at `path`, or makes it, with mode 0600.
///
/// The content and the name are on disk when this returns.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let directory = directory_of(path);
    let draft = Draft(directory.join(format!(".{}.tmp", Uuid::new_v4())));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY_FILE).open(&draft.0)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&draft.0, path)?;
    sync_directory(directory)
}

/// Deletes the file; that it is gone already is not an error.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => sync_directory(directory_of(path)),
    }
}

/// Reads a file of at most `max_bytes`, together with how it looked while it
/// was open. `None` if there is no such file.
pub(crate) fn read(path: &Path, max_bytes: u64) -> io::Result<Option<(Stamp, Vec<u8>)>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let metadata = file.metadata()?;
    if metadata.mode() & GROUP_AND_OTHERS != 0 {
        tracing::warn!(path = %path.display(), "other users can read this file, set its mode to 0600");
    }
    let too_large = || io::Error::new(ErrorKind::InvalidData, format!("larger than {max_bytes} bytes"));
    if metadata.len() > max_bytes {
        return Err(too_large());
    }
    let mut content = Vec::new();
    // One byte more than allowed, to tell a file of that size from a larger one.
    file.take(max_bytes.saturating_add(1)).read_to_end(&mut content)?;
    if u64::try_from(content.len()).is_ok_and(|length| length > max_bytes) {
        return Err(too_large());
    }
    Ok(Some((Stamp::of(&metadata), content)))
}

/// Whether a read failed so lately that it is not tried again yet. What a clock says that
/// was set back since does not count.
pub(crate) fn failed_just_now(failed: Timestamp, now: Timestamp) -> bool {
    let since = now.duration_since(failed);
    !since.is_negative() && since < PAUSE
}

/// Makes the directory, and those above it, with mode 0700.
pub(crate) fn create_directory(directory: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(OWNER_ONLY_DIRECTORY).create(directory)
}

/// Waits for the exclusive advisory lock of the file at `path`, which is made
/// if needed. Dropping the returned file gives the lock back.
///
/// The lock belongs to the open file, so it also keeps two handles of one
/// process apart.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    let file =
        OpenOptions::new().write(true).create(true).truncate(false).mode(OWNER_ONLY_FILE).open(path)?;
    loop {
        match file.lock() {
            Ok(()) => return Ok(file),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// What is wrong with the JSON of a file, without any of its values.
pub(crate) fn safe_text(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if error.is_data() && !TEXTS_WITHOUT_VALUES.iter().any(|known| text.starts_with(known)) {
        return "a value is not of the expected kind".to_owned();
    }
    text
}

/// How a path looks from outside, cheap enough to ask on each request.
pub(crate) fn look(path: &Path) -> Sight {
    match fs::metadata(path) {
        Ok(metadata) => Sight::Present(Stamp::of(&metadata)),
        Err(error) if error.kind() == ErrorKind::NotFound => Sight::Missing,
        Err(error) => Sight::Unreadable(error.kind()),
    }
}

/// What [`look`] saw. Two equal sights mean that nothing was replaced between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    Missing,
    Unreadable(ErrorKind),
    Present(Stamp),
}

impl Sight {
    /// Whether every later change is certain to look different.
    ///
    /// Two changes within one tick of the file system's clock may leave the same
    /// stamp. A directory keeps its inode, so one that changed just now has to
    /// be looked into again.
    pub(crate) fn is_settled(self) -> bool {
        match self {
            Sight::Missing | Sight::Unreadable(_) => true,
            Sight::Present(stamp) => stamp.age().is_some_and(|age| age > TICK),
        }
    }
}

/// What changes when a file is replaced or written. The inode catches a
/// replacement within one tick of the file system's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Stamp {
        Stamp {
            inode: metadata.ino(),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// How long ago the last change was. By the machine's clock, which is the
    /// one that stamps files; `None` if it was set back since.
    fn age(&self) -> Option<Duration> {
        let (seconds, nanoseconds) = self.changed;
        let since_epoch = Duration::new(seconds.try_into().ok()?, nanoseconds.try_into().ok()?);
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH.checked_add(since_epoch)?).ok()
    }
}

/// A file being written. What is left of it goes when the writing fails; after
/// the rename nothing of that name is there any more.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes a rename or a removal survive a power cut.
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests;
