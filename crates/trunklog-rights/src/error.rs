//! What can go wrong.

use std::io;
use std::path::PathBuf;

/// Why something about persons or holds was not done. Holds no number and no name of
/// a person.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] trunklog_store::Error),
    /// A file beside the store cannot be read or written.
    #[error("{} cannot be {doing}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried: `read`, `written`.
        doing: &'static str,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The key does not fit the list in the store, or is missing.
    #[error("{0}")]
    Key(String),
    /// As many persons as the list may hold were erased.
    #[error(
        "the list of erased persons is full: {} are on it; lift some that are no longer needed",
        crate::entries::MAX_ERASED
    )]
    Full,
    /// Another process changed the same thing.
    #[error("another command changed {0} meanwhile: try again")]
    Changed(&'static str),
    /// A hold keeps the rows.
    #[error(transparent)]
    Held(#[from] crate::erase::Refusal),
}

impl Error {
    pub(crate) fn file(path: &std::path::Path, doing: &'static str, source: io::Error) -> Error {
        Error::File { path: path.to_owned(), doing, source }
    }
}
