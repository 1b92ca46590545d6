//! What can go wrong with a request.

use std::fmt;
use std::time::Duration;

/// Why a request brought no rows. Holds codes and statuses alone: what a server
/// says in words may have names and numbers in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Of what kind it is.
    pub kind: FaultKind,
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// The code in the error's body, such as `Forbidden` or `AADSTS7000215`.
    pub code: Option<String>,
    /// How long the server wants to be left alone.
    pub retry_after: Option<Duration>,
    /// What the network said.
    pub detail: Option<String>,
}

/// What kind of failure it is, and so what can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Too many requests.
    Throttled,
    /// The server cannot serve now.
    Unavailable,
    /// No answer, or one that ends too early.
    Network,
    /// The server's certificate is not trusted.
    Untrusted,
    /// The answer is no page.
    Unreadable,
    /// A link leads to another server, or back to where it came from.
    BadLink,
    /// The token is not accepted.
    Unauthorized,
    /// The application may not read.
    Forbidden,
    /// There is no such function.
    NotFound,
    /// The link is too old.
    Gone,
    /// The server does not accept the request, most likely its range.
    BadRequest,
    /// The proxy wants somebody to sign in.
    ProxySignIn,
    /// There is no token to be had.
    NoToken,
    /// The application's own credential cannot be read or used.
    Credential,
    /// Anything else.
    Other,
}

impl Fault {
    /// A failure without an answer.
    pub fn new(kind: FaultKind) -> Fault {
        Fault { kind, status: None, code: None, retry_after: None, detail: None }
    }

    /// The same, told in words that hold no secret and no value of a row.
    #[must_use]
    pub fn because(self, detail: impl Into<String>) -> Fault {
        Fault { detail: Some(detail.into()), ..self }
    }

    /// What a status means that is not 200.
    pub fn of_status(status: u16, code: Option<String>, retry_after: Option<Duration>) -> Fault {
        let kind = match status {
            429 => FaultKind::Throttled,
            408 | 425 | 500..=599 => FaultKind::Unavailable,
            401 => FaultKind::Unauthorized,
            403 => FaultKind::Forbidden,
            404 => FaultKind::NotFound,
            400 | 406 => FaultKind::BadRequest,
            407 => FaultKind::ProxySignIn,
            410 => FaultKind::Gone,
            _ => FaultKind::Other,
        };
        Fault { status: Some(status), code, retry_after, ..Fault::new(kind) }
    }

    /// Whether the same request may work in a while.
    pub fn passes(&self) -> bool {
        matches!(
            self.kind,
            FaultKind::Throttled | FaultKind::Unavailable | FaultKind::Network | FaultKind::Unreadable
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            FaultKind::Throttled => "there were too many requests",
            FaultKind::Unavailable => "the server cannot serve now",
            FaultKind::Network => "the server cannot be reached, or its answer broke off",
            FaultKind::Untrusted => "the server's certificate is not trusted",
            FaultKind::Unreadable => "the answer is no page of rows",
            FaultKind::BadLink => "the answer's next link leads elsewhere, or to itself",
            FaultKind::Unauthorized => "the token is not accepted",
            FaultKind::Forbidden => "the application may not read the call records",
            FaultKind::NotFound => "the server does not have this function",
            FaultKind::Gone => "the link is too old",
            FaultKind::BadRequest => "the server does not accept the request",
            FaultKind::ProxySignIn => "the proxy wants a name and a password",
            FaultKind::NoToken => "no token is issued",
            FaultKind::Credential => "the application's secret or certificate cannot be used",
            FaultKind::Other => "the server's answer is not understood",
        })?;
        if let Some(status) = self.status {
            write!(f, " (status {status}")?;
            if let Some(code) = &self.code {
                write!(f, ", {code}")?;
            }
            f.write_str(")")?;
        } else if let Some(code) = &self.code {
            write!(f, " ({code})")?;
        }
        if let Some(detail) = &self.detail {
            write!(f, ": {detail}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}

/// A code as it may be shown: a word, and not a long one.
pub fn shown_code(code: &str) -> Option<String> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let fits = !code.is_empty() && code.len() <= 48 && code.bytes().all(is_word);
    // A long number may be that of a phone.
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    let has_letters = code.bytes().any(|byte| byte.is_ascii_alphabetic());
    (fits && (has_letters && digits <= 8)).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_are_shown() {
        assert_eq!(shown_code("Forbidden").as_deref(), Some("Forbidden"));
        assert_eq!(shown_code("AADSTS7000215").as_deref(), Some("AADSTS7000215"));
        for text in ["", "+4930123456", "4930123456", "two words", "a/b", &"x".repeat(49)] {
            assert_eq!(shown_code(text), None, "{text}");
        }
    }

    #[test]
    fn what_passes_is_tried_again() {
        let passes = |status| Fault::of_status(status, None, None).passes();
        assert!([429, 408, 500, 502, 503, 504].into_iter().all(passes));
        assert!(![400, 401, 403, 404, 406, 407, 410, 302].into_iter().any(passes));
        let fault = Fault::of_status(403, Some("Forbidden".to_owned()), None);
        assert_eq!(
            fault.to_string(),
            "the application may not read the call records (status 403, Forbidden)"
        );
    }
}
