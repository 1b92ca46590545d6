//! What can be wrong with a request, and how Graph says it.
//!
//! ```
//! use trunklog_odata::{Instant, Result, date_time_offset};
//!
//! fn day(text: &str) -> Result<Instant> {
//!     date_time_offset(text, 0, text)
//! }
//!
//! let error = day("2026-13-01").unwrap_err();
//! assert_eq!((error.kind().status(), error.kind().code()), (400, "BadRequest"));
//! assert!(error.hint_text().is_some());
//! ```

use std::borrow::Cow;
use std::fmt;

/// The result of reading a request.
///
/// ```
/// use trunklog_odata::{Profile, QueryOptions, Result};
///
/// fn wanted(query: &str) -> Result<u64> {
///     Ok(QueryOptions::parse(query, Profile::Default)?.top().unwrap_or(1_000))
/// }
///
/// assert_eq!(wanted("$top=5"), Ok(5));
/// assert!(wanted("$top=many").is_err());
/// ```
pub type Result<T> = std::result::Result<T, Error>;

/// An error as a client of Graph sees it.
///
/// `message` is Graph's own text where one is known. `hint` says what to do
/// in our words; it travels in the error's `details` and never in strict mode.
///
/// ```
/// use trunklog_odata::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::NotFound, "Resource not found.").hint("look at /openapi");
/// assert_eq!((error.kind().status(), error.kind().code()), (404, "NotFound"));
/// assert_eq!((error.message(), error.hint_text()), ("Resource not found.", Some("look at /openapi")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: Cow<'static, str>,
    hint: Option<Cow<'static, str>>,
}

impl Error {
    /// An error of that kind with that message.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Error {
        Error { kind, message: message.into(), hint: None }
    }

    /// A 400 with that message.
    ///
    /// ```
    /// use trunklog_odata::Error;
    ///
    /// assert_eq!(Error::bad_request("No.").kind().status(), 400);
    /// ```
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Error {
        Error::new(ErrorKind::BadRequest, message)
    }

    /// The answer to a name that leads nowhere.
    pub(crate) fn not_found() -> Error {
        Error::new(ErrorKind::NotFound, "Resource not found.")
    }

    /// ODL's words for a segment of a path that cannot be split into name and
    /// parameters.
    pub(crate) fn path_syntax() -> Error {
        Error::bad_request("Bad Request - Error in query syntax.")
    }

    /// Adds what the client can do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Error {
        self.hint = Some(hint.into());
        self
    }

    /// What sort of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The message for the client.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What the client can do about it.
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.code(), self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// The sorts of errors, each with its HTTP status and Graph's code.
///
/// Source: learn.microsoft.com/graph/errors and the contract's section 2.3.
///
/// ```
/// use trunklog_odata::ErrorKind;
///
/// assert_eq!(ErrorKind::TooManyRequests.status(), 429);
/// assert_eq!(ErrorKind::TooManyRequests.code(), "TooManyRequests");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request cannot be understood.
    BadRequest,
    /// The first path segment is not a version of Graph.
    InvalidVersion,
    /// No, or no valid, access token.
    InvalidAuthenticationToken,
    /// The token is valid, but does not permit this.
    Forbidden,
    /// Nothing of that name, or no function with these parameters.
    NotFound,
    /// The method is not one of the resource's.
    MethodNotAllowed,
    /// Graph's answer to a range of more than 90 days, and to `Accept` values
    /// that cannot be served.
    NotAcceptable,
    /// What a link goes on from is no longer kept.
    Gone,
    /// The client took too long to send its request.
    RequestTimeout,
    /// The body is larger than the limit.
    PayloadTooLarge,
    /// The URL is longer than the limit.
    UriTooLong,
    /// An item of a batch depends on one that failed.
    FailedDependency,
    /// A limit on requests was reached; `Retry-After` says when to come back.
    TooManyRequests,
    /// The headers are larger than the limit.
    HeadersTooLarge,
    /// A fault of the server.
    GeneralException,
    /// The server cannot take the request now.
    ServiceUnavailable,
}

impl ErrorKind {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        self.row().0
    }

    /// Graph's code, as in `error.code`.
    pub fn code(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (u16, &'static str) {
        match self {
            ErrorKind::BadRequest | ErrorKind::InvalidVersion => (400, "BadRequest"),
            ErrorKind::InvalidAuthenticationToken => (401, "InvalidAuthenticationToken"),
            ErrorKind::Forbidden => (403, "Forbidden"),
            ErrorKind::NotFound => (404, "NotFound"),
            ErrorKind::MethodNotAllowed => (405, "Request_BadRequest"),
            ErrorKind::NotAcceptable => (406, "NotAcceptable"),
            ErrorKind::RequestTimeout => (408, "RequestTimeout"),
            ErrorKind::Gone => (410, "syncStateNotFound"),
            ErrorKind::PayloadTooLarge => (413, "RequestEntityTooLarge"),
            ErrorKind::UriTooLong => (414, "UriTooLong"),
            ErrorKind::FailedDependency => (424, "FailedDependency"),
            ErrorKind::TooManyRequests => (429, "TooManyRequests"),
            ErrorKind::HeadersTooLarge => (431, "RequestHeaderFieldsTooLarge"),
            ErrorKind::GeneralException => (500, "GeneralException"),
            ErrorKind::ServiceUnavailable => (503, "ServiceUnavailable"),
        }
    }
}
