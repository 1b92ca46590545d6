//! The one error of this crate.

use std::io;
use std::path::Path;

/// The result of a registry, key or configuration operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong with a file, an argument or the configuration.
///
/// Refused sign-ins and tokens are not this error: they are a
/// [`TokenError`](crate::TokenError) or an [`AuthError`](crate::AuthError),
/// because a client gets to see them. This one is for the operator; its
/// message says what, where and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into(), source: None }
    }

    pub(crate) fn because(
        kind: ErrorKind,
        message: impl Into<String>,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Error {
        Error { kind, message: message.into(), source: Some(Box::new(source)) }
    }

    /// For `map_err`: what cannot be done with that file or directory, such as `read`.
    pub(crate) fn file(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> Error {
        move |error| Error::new(ErrorKind::Io, format!("{} cannot be {what}: {error}", path.display()))
    }

    /// What sort of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

/// The sorts of [`Error`], by who can do something about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file or directory cannot be read or written.
    Io,
    /// A file does not hold what this crate wrote there.
    Damaged,
    /// There is no such application or key.
    NotFound,
    /// It exists already.
    Conflict,
    /// An argument is outside of what is allowed.
    Invalid,
    /// The configuration contradicts itself or is incomplete.
    Configuration,
    /// The cryptographic library refused.
    Crypto,
}
