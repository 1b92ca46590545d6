//! Errors on the socket.

use trunklog_store::{Error, ErrorKind, Result};

use super::Reply;

impl Reply {
    /// An error, with all that caused it as one text.
    pub(crate) fn error(error: &Error) -> Reply {
        let mut causes = Vec::new();
        let mut cause = std::error::Error::source(error);
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        Reply::Error {
            kind: error.kind().name().to_owned(),
            message: error.to_string(),
            cause: (!causes.is_empty()).then(|| causes.join(": ")),
        }
    }

    /// The answer, unless it is an error.
    pub(crate) fn into_result(self) -> Result<Reply> {
        let Reply::Error { kind, message, cause } = self else { return Ok(self) };
        // A server of another version may know more kinds.
        let kind = ErrorKind::by_name(&kind).unwrap_or(ErrorKind::Other);
        let error = Error::new(kind, message);
        Err(match cause {
            Some(cause) => error.caused_by(cause),
            None => error,
        })
    }
}

/// The other end sent something other than the protocol has.
pub(crate) fn misunderstood(what: &str) -> Error {
    Error::new(
        ErrorKind::Other,
        format!(
            "{what} from the other process cannot be read: restart the server, so that both are the same version"
        ),
    )
}

/// An answer does not fit into a message.
pub(crate) fn too_large(error: std::io::Error) -> Error {
    Error::new(ErrorKind::TooMany, "the answer is too large: ask for fewer rows").caused_by(error)
}
