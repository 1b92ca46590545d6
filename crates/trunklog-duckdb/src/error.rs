//! What DuckDB's errors mean for a caller.

use trunklog_store::{Error, ErrorKind};

/// DuckDB tells kinds of errors apart by the beginning of their text alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// The statement failed; the instance goes on.
    Statement,
    /// The instance is unusable from now on.
    Fatal,
}

/// How bad an error is.
pub(crate) fn severity(error: &duckdb::Error) -> Severity {
    let text = error.to_string();
    // An internal error is a failed assertion within DuckDB, behind which its
    // state cannot be trusted; an I/O error while committing leaves the
    // write-ahead log in doubt.
    let fatal = [
        "FATAL Error",
        "database has been invalidated",
        "INTERNAL Error",
        "IO Error",
        "TransactionContext Error",
    ];
    if fatal.iter().any(|mark| text.contains(mark)) { Severity::Fatal } else { Severity::Statement }
}

/// The error as a store reports it. DuckDB's own text goes to the cause.
pub(crate) fn store_error(doing: &str, error: duckdb::Error) -> Error {
    let text = error.to_string();
    let has = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    let (kind, what) = if has(&["No space left", "ENOSPC", "File too large", "Disk quota"]) {
        (ErrorKind::DiskFull, "the disk is full: free some space and try again")
    } else if has(&["Out of Memory", "out of memory", "could not allocate", "failed to allocate"]) {
        (ErrorKind::OutOfMemory, "the engine's memory limit was reached: raise store.memory_mib")
    } else if has(&["Conflicting lock", "Could not set lock"]) {
        (ErrorKind::InUse, "another process has the store open: end it, or talk to it")
    } else if has(&["not a valid DuckDB database file", "Corrupt", "checksum"]) {
        (ErrorKind::Corrupt, "the store's file cannot be read: restore it from a backup")
    } else if has(&["INTERRUPT Error"]) {
        (
            ErrorKind::TooSlow,
            "it took longer than store.query_secs: ask for a shorter range of time or less of a filter",
        )
    } else if severity(&error) == Severity::Fatal {
        (ErrorKind::Recovering, "the engine failed and reopens itself: try again")
    } else {
        (ErrorKind::Other, "the engine refused")
    };
    Error::new(kind, format!("{doing}: {what}")).caused_by(error)
}
