//! What is said where a store met one of its limits. The store knows no settings,
//! so whoever tells its errors adds which one sets the limit.

use trunklog_errors::with_causes;
use trunklog_store::{Error, ErrorKind};

/// The setting that sets the limit which an error of that kind is about.
///
/// ```
/// use trunklog_server::store_limit_hint;
/// use trunklog_store::ErrorKind;
///
/// let hint = store_limit_hint(ErrorKind::TooSlow);
/// assert_eq!(hint, Some("store.query_secs sets how long a query may take"));
/// assert_eq!(store_limit_hint(ErrorKind::DiskFull), None);
/// ```
pub fn store_limit_hint(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::OutOfMemory => Some("store.memory_mib sets how much memory the store may use"),
        ErrorKind::TooSlow => Some("store.query_secs sets how long a query may take"),
        _ => None,
    }
}

/// An error of the store for the log: with its causes, and with what sets the
/// limit that was met.
pub(crate) fn told(error: &Error) -> String {
    let text = with_causes(error).to_string();
    match store_limit_hint(error.kind()) {
        Some(hint) => format!("{text}; {hint}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_with_the_setting_that_it_is_about() {
        for (kind, end) in [
            (
                ErrorKind::OutOfMemory,
                "reading: disk; store.memory_mib sets how much memory the store may use",
            ),
            (ErrorKind::TooSlow, "reading: disk; store.query_secs sets how long a query may take"),
            (ErrorKind::Corrupt, "reading: disk"),
        ] {
            let error = Error::new(kind, "reading").caused_by(std::io::Error::other("disk"));
            assert_eq!(told(&error), end);
        }
    }
}
