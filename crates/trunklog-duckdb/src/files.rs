//! The store's files as bytes, before DuckDB opens them.
//!
//! DuckDB takes any write-ahead log that ends too early for one whose last
//! commit was interrupted, and goes on without the rest: a wrong byte in the
//! length of an entry, or in the version at the start, drops all commits after
//! it without a word. And it refuses a log that only ends in zeros, although
//! all commits are whole. So the files are looked at first ([`examine`]): what
//! is whole is opened, what can be mended without losing a commit is mended,
//! and all else is refused with what is wrong and what would be lost.
//!
//! What was acknowledged is kept beside ([`mark`]), so that a log that is gone
//! or too short is noticed, too.
//!
//! The forms are those of DuckDB 1.5: `wal_replay.cpp`, `write_ahead_log.cpp`
//! and `single_file_block_manager.cpp` in its `src/storage`.

mod checksum;
mod examine;
mod header;
mod judgement;
mod log;
pub(crate) mod mark;
mod mend;
mod stranger;
mod wording;

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use trunklog_store::{Error, ErrorKind, Result};

pub(crate) use examine::examine;
pub use examine::exists;
pub use mend::repair;
use wording::unreadable;

/// The paths of a store's files.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    /// All that was folded in by a checkpoint.
    pub(crate) database: PathBuf,
    /// The write-ahead log: the commits since.
    pub(crate) log: PathBuf,
    /// Where commits go while a checkpoint is being written.
    pub(crate) checkpoint_log: PathBuf,
    /// What was acknowledged.
    pub(crate) mark: PathBuf,
    /// There when a repair left out commits, until the store is next opened for
    /// writing.
    pub(crate) repaired: PathBuf,
}

impl Files {
    pub(crate) fn of(database: &Path) -> Files {
        let with = |suffix: &str| {
            let mut path = OsString::from(database);
            path.push(suffix);
            PathBuf::from(path)
        };
        Files {
            database: database.to_owned(),
            log: with(".wal"),
            checkpoint_log: with(".wal.checkpoint"),
            mark: database.with_extension("commit"),
            repaired: database.with_extension("repaired"),
        }
    }
}

/// The database that a path names. DuckDB follows a link and has its write-ahead
/// log beside the target, so that all files are looked for there.
pub(crate) fn resolve(named: &Path) -> Result<PathBuf> {
    match fs::symlink_metadata(named) {
        Ok(found) if found.is_symlink() => {}
        Ok(_) => return Ok(named.to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(named.to_owned()),
        Err(error) => return Err(unreadable(named, error)),
    }
    let target = fs::canonicalize(named).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let what =
                "is a link to a file that is missing: mount its disk, or make it lead to the right file";
            Error::new(ErrorKind::Moved, format!("{} {what}", named.display()))
        }
        _ => unreadable(named, error),
    })?;
    let (here, there) = (Files::of(named), Files::of(&target));
    for (beside, right) in [(&here.log, &there.log), (&here.checkpoint_log, &there.checkpoint_log)] {
        let has_commits = fs::metadata(beside).is_ok_and(|found| found.len() > 0);
        if has_commits && fs::canonicalize(beside).ok() != fs::canonicalize(right).ok() {
            return Err(beside_a_link(beside, right));
        }
    }
    Ok(target)
}

/// Nobody would read it.
fn beside_a_link(log: &Path, right: &Path) -> Error {
    let (log, place) = (log.display(), right.display());
    let what = if right.exists() {
        format!(
            "and {place} is there, too: keep the one that belongs to the database, and move the other away"
        )
    } else {
        format!("and its commits would be lost: move it to {place}")
    };
    Error::new(ErrorKind::Corrupt, format!("{log} is beside a link to the database, {what}"))
}

#[cfg(test)]
mod tests;
