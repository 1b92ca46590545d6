//! What can go wrong.

use std::io;
use std::path::{Path, PathBuf};

/// The result of reading or preparing a trail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the trail, or what belongs to it, cannot be used. It holds no value of an
/// entry.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be used.
    #[error("{path} cannot be {what}")]
    File {
        /// Which.
        path: PathBuf,
        /// What was tried: read, written, made.
        what: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{path}: {problem}")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong, and what to do.
        problem: &'static str,
    },
    /// The thread that writes cannot be started.
    #[error("the thread that writes the audit trail cannot be started")]
    Thread(#[source] io::Error),
    /// The cryptographic library refused.
    #[error("the cryptographic library has no random numbers")]
    Crypto,
}

impl Error {
    pub(crate) fn file(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> Error {
        let path = path.to_owned();
        move |source| Error::File { path, what, source }
    }
}

/// An event could not be written to the trail, so what was to happen must not.
/// Why is in the program's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit trail cannot be written; the log says why, and nothing was done")]
pub struct Unwritten;
