//! Why a store could not do what it was asked.

use std::fmt;

/// The result of asking a store.
///
/// ```
/// use trunklog_store::{Result, Store, Watermark};
///
/// fn has_commits(store: &dyn Store) -> Result<bool> {
///     Ok(store.newest()? > Watermark(0))
/// }
/// ```
pub type Result<T> = std::result::Result<T, Error>;

/// An engine's failure. The message says what failed and what to do, and never
/// holds a row's values.
///
/// ```
/// use std::error::Error as _;
/// use std::io;
///
/// use trunklog_store::{Error, ErrorKind};
///
/// let cause = io::Error::from(io::ErrorKind::StorageFull);
/// let error = Error::new(ErrorKind::DiskFull, "storing rows: make room and try again").caused_by(cause);
/// assert_eq!(error.kind(), ErrorKind::DiskFull);
/// assert_eq!(error.to_string(), "storing rows: make room and try again");
/// assert!(error.source().is_some());
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What sort of failure it is, and so what a caller can do.
///
/// ```
/// use trunklog_store::ErrorKind;
///
/// assert_eq!(ErrorKind::Gone.name(), "gone");
/// assert_eq!(ErrorKind::by_name("gone"), Some(ErrorKind::Gone));
/// assert!(ErrorKind::ALL.contains(&ErrorKind::Gone));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The disk is full.
    DiskFull,
    /// The engine's memory limit is too small for the request.
    OutOfMemory,
    /// The engine is recovering; the same request works in a moment.
    Recovering,
    /// Another process owns the store.
    InUse,
    /// It took longer than it may; less of it works.
    TooSlow,
    /// What is on disk cannot be read, or is less than was stored.
    Corrupt,
    /// The store's files are no longer where they were when it was opened.
    Moved,
    /// What a walk or a follower of changes started with is no longer kept: start
    /// again.
    Gone,
    /// The answer would be larger than a store gives.
    TooMany,
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// All kinds.
    pub const ALL: [ErrorKind; 10] = [
        ErrorKind::DiskFull,
        ErrorKind::OutOfMemory,
        ErrorKind::Recovering,
        ErrorKind::InUse,
        ErrorKind::TooSlow,
        ErrorKind::Corrupt,
        ErrorKind::Moved,
        ErrorKind::Gone,
        ErrorKind::TooMany,
        ErrorKind::Other,
    ];

    /// The kind of that name.
    pub fn by_name(name: &str) -> Option<ErrorKind> {
        ErrorKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its name, for metrics, health and other processes.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::DiskFull => "disk_full",
            ErrorKind::OutOfMemory => "out_of_memory",
            ErrorKind::Recovering => "recovering",
            ErrorKind::InUse => "in_use",
            ErrorKind::TooSlow => "too_slow",
            ErrorKind::Corrupt => "corrupt",
            ErrorKind::Moved => "moved",
            ErrorKind::Gone => "gone",
            ErrorKind::TooMany => "too_many",
            ErrorKind::Other => "other",
        }
    }
}

impl Error {
    /// An error of that kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into(), source: None }
    }

    /// Adds what caused it.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        self.source = Some(source.into());
        self
    }

    /// What sort of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_found_by_its_name() {
        for (place, kind) in ErrorKind::ALL.into_iter().enumerate() {
            assert_eq!(place, kind as usize, "{kind:?} is missing or out of order");
            assert_eq!(ErrorKind::by_name(kind.name()), Some(kind));
        }
        // It stays the last, so that none can be forgotten.
        assert_eq!(ErrorKind::ALL.len(), ErrorKind::Other as usize + 1);
        assert_eq!(ErrorKind::by_name("another"), None);
    }
}
