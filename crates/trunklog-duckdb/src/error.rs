//! What DuckDB's errors mean for a caller.

use std::fmt;

use trunklog_store::{Error, ErrorKind};

/// DuckDB tells kinds of errors apart by the start of their text alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// The statement failed; the instance goes on.
    Statement,
    /// The instance is unusable from now on.
    Fatal,
}

/// What DuckDB says when the disk does not give what was written: a block with
/// a wrong checksum, the end of a file that was cut, a sector that is gone.
const DAMAGE: [&str; 3] = ["Corrupt database file", "Could not read", "Corrupt WAL file"];

/// What it says when it cannot go on.
const INVALID: [&str; 2] = ["FATAL Error", "database has been invalidated"];

fn has(text: &str, marks: &[&str]) -> bool {
    marks.iter().any(|mark| text.contains(mark))
}

/// Whether something that is stored cannot be read.
pub(crate) fn is_damage(error: &duckdb::Error) -> bool {
    has(&error.to_string(), &DAMAGE)
}

/// Whether a checkpoint has to wait for those who read.
pub(crate) fn is_busy(error: &duckdb::Error) -> bool {
    has(&error.to_string(), &["Cannot CHECKPOINT"])
}

/// How bad an error is.
pub(crate) fn severity(error: &duckdb::Error) -> Severity {
    let text = error.to_string();
    // A read that meets damage fails alone: all else can still be read, and
    // opening the file again would mend nothing and keep all others waiting.
    if is_damage(error) && !has(&text, &INVALID) {
        return Severity::Statement;
    }
    // While somebody reads what was there before an update or a new table, no
    // checkpoint can be written. All commits are in the write-ahead log.
    if is_busy(error) {
        return Severity::Statement;
    }
    // An internal error is a failed assertion within DuckDB, behind which its
    // state cannot be trusted; an I/O error while committing leaves the
    // write-ahead log in doubt.
    let fatal =
        has(&text, &INVALID) || has(&text, &["INTERNAL Error", "IO Error", "TransactionContext Error"]);
    if fatal { Severity::Fatal } else { Severity::Statement }
}

/// The error of opening a store, as a store reports it. Trying again would not
/// help: what DuckDB cannot make sense of is damaged.
pub(crate) fn opening_error(error: duckdb::Error) -> Error {
    let error = match as_refusal(error) {
        Ok(refusal) => return refusal,
        Err(error) => error,
    };
    let text = error.to_string();
    if has(&text, &["Cannot open file", "Permission denied"]) {
        let what = "opening the store: the file cannot be used: check its owner and permissions";
        return Error::new(ErrorKind::Other, what).caused_by(Cause::of(&error));
    }
    let (kind, what) = meaning(&text, severity(&error));
    if matches!(kind, ErrorKind::Recovering | ErrorKind::Other) {
        let what = "opening the store: the store's file cannot be read: restore it from a backup";
        return Error::new(ErrorKind::Corrupt, what).caused_by(Cause::of(&error));
    }
    Error::new(kind, format!("opening the store: {what}")).caused_by(Cause::of(&error))
}

/// An error in handling columns, as DuckDB's crate reports its own.
pub(crate) fn conversion(error: impl std::error::Error + Send + Sync + 'static) -> duckdb::Error {
    duckdb::Error::ToSqlConversionFailure(Box::new(error))
}

/// An error that a store reports as it is: what was asked cannot be done, and
/// DuckDB has no part in it.
pub(crate) fn refusal(error: Error) -> duckdb::Error {
    duckdb::Error::ToSqlConversionFailure(Box::new(error))
}

/// What [`refusal`] was given, if it was that.
fn as_refusal(error: duckdb::Error) -> Result<Error, duckdb::Error> {
    match error {
        duckdb::Error::ToSqlConversionFailure(inner) => {
            inner.downcast::<Error>().map(|refusal| *refusal).map_err(duckdb::Error::ToSqlConversionFailure)
        }
        error => Err(error),
    }
}

/// The error as a store reports it. DuckDB's own text goes to the cause.
pub(crate) fn store_error(doing: &str, error: duckdb::Error) -> Error {
    let error = match as_refusal(error) {
        Ok(refusal) => return refusal,
        Err(error) => error,
    };
    let (kind, what) = meaning(&error.to_string(), severity(&error));
    Error::new(kind, format!("{doing}: {what}")).caused_by(Cause::of(&error))
}

/// DuckDB's own text, without the addresses of its functions, which are for its
/// developers.
#[derive(Debug)]
struct Cause(String);

impl Cause {
    fn of(error: &duckdb::Error) -> Cause {
        let text = error.to_string();
        let Some((said, trace)) = text.split_once("Stack Trace:") else { return Cause(text) };
        tracing::debug!(trace, "where DuckDB failed");
        Cause(said.trim_end().to_owned())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Cause {}

fn meaning(text: &str, severity: Severity) -> (ErrorKind, &'static str) {
    let has = |marks: &[&str]| has(text, marks);
    if has(&["No space left", "ENOSPC", "File too large", "Disk quota"]) {
        (ErrorKind::DiskFull, "the disk is full: free some space and try again")
    } else if has(&["Out of Memory", "out of memory", "could not allocate", "failed to allocate"]) {
        (ErrorKind::OutOfMemory, "the engine's memory limit was reached: allow it more")
    } else if has(&["Conflicting lock", "Could not set lock"]) {
        (ErrorKind::InUse, "another process has the store open: end it, or talk to it")
    } else if has(&DAMAGE) {
        (
            ErrorKind::Corrupt,
            "the store's file is damaged: run trunklog check --deep to see where, and restore it from a backup",
        )
    } else if has(&["not a valid DuckDB database file", "Corrupt", "checksum"]) {
        (ErrorKind::Corrupt, "the store's file cannot be read: restore it from a backup")
    } else if has(&["INTERRUPT Error"]) {
        (
            ErrorKind::TooSlow,
            "it took longer than a query may: ask for a shorter range of time or less of a filter",
        )
    } else if severity == Severity::Fatal {
        (ErrorKind::Recovering, "the engine failed and reopens itself: try again")
    } else {
        (ErrorKind::Other, "the engine refused")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> duckdb::Error {
        duckdb::Error::InvalidParameterName(text.to_owned())
    }

    #[test]
    fn nobody_is_shown_the_functions_of_duckdb() {
        let text = "INTERNAL Error: an assertion failed\n\nStack Trace:\n\nlibduckdb.so(_ZN6duckdb) [0x7f]";
        let shown = store_error("reading", error(text));
        let cause = std::error::Error::source(&shown).unwrap().to_string();
        assert!(cause.ends_with("an assertion failed"), "{cause}");
    }

    #[test]
    fn damage_fails_one_read_and_is_named() {
        for text in [
            "IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2 in block at location 3",
            "IO Error: Could not read enough bytes from file \"x\": attempted to read 262144 bytes from location 4",
            "IO Error: Could not read from file \"x\": Input/output error",
        ] {
            assert_eq!(severity(&error(text)), Severity::Statement, "{text}");
            assert_eq!(store_error("reading", error(text)).kind(), ErrorKind::Corrupt, "{text}");
            let fatal = error(&format!("FATAL Error: Failed to create checkpoint: {text}"));
            assert_eq!(severity(&fatal), Severity::Fatal, "{text}");
        }
        let other = error("IO Error: Could not write file: Input/output error");
        assert_eq!(severity(&other), Severity::Fatal);
        assert_eq!(store_error("storing", other).kind(), ErrorKind::Recovering);
    }

    #[test]
    fn what_cannot_be_opened_is_not_to_be_tried_again() {
        for (text, kind) in [
            ("Serialization Error: Failed to deserialize: field id mismatch", ErrorKind::Corrupt),
            ("INTERNAL Error: Attempted to access index 3 within vector of size 1", ErrorKind::Corrupt),
            ("IO Error: Could not set lock on file", ErrorKind::InUse),
            ("IO Error: Cannot open file \"x\": Permission denied", ErrorKind::Other),
            ("IO Error: No space left on device", ErrorKind::DiskFull),
        ] {
            assert_eq!(opening_error(error(text)).kind(), kind, "{text}");
        }
    }
}
