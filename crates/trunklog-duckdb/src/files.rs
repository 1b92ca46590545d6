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
mod log;
pub(crate) mod mark;
mod mend;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub(crate) use examine::examine;
pub use examine::exists;
pub use mend::repair;

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
        }
    }
}
