//! What is said of files.

use std::io;
use std::path::Path;

use trunklog_store::{Error, ErrorKind};

/// What to do where nothing can be mended.
pub(super) const RESTORE: &str = "restore the store from a backup";

/// A number of things, for people.
pub(super) fn counted(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// What the system says of a file, as a store's error.
pub(super) fn unreadable(path: &Path, error: io::Error) -> Error {
    let (kind, what) = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            (ErrorKind::DiskFull, "the disk is full: free some space and try again")
        }
        io::ErrorKind::PermissionDenied => {
            (ErrorKind::Other, "this user may not use it: check owner and permissions")
        }
        io::ErrorKind::NotFound => (ErrorKind::Moved, "it is missing"),
        io::ErrorKind::IsADirectory => {
            (ErrorKind::Other, "it is a folder where a file should be: move it away")
        }
        _ => (ErrorKind::Corrupt, "the disk does not give it: look into the system's log"),
    };
    Error::new(kind, format!("{}: {what}", path.display())).caused_by(error)
}
