//! Why a token is refused.

use std::borrow::Cow;
use std::fmt;

/// A refused token: what the client is told and what the log is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthError {
    fault: AuthFault,
    reason: Cow<'static, str>,
}

/// What the client is told, with the texts of Graph. Source: contract section
/// 2.3, rows E1 to E5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthFault {
    /// No token was sent (E1).
    Empty,
    /// What was sent is not a token (E2).
    NoDots,
    /// The token is for another resource (E3).
    WrongAudience,
    /// The token has expired (E4).
    Expired,
    /// Anything else (E5). More would help an attacker only.
    Invalid,
}

impl AuthFault {
    /// The message of Graph.
    pub fn message(self) -> &'static str {
        match self {
            AuthFault::Empty => "Access token is empty.",
            AuthFault::NoDots => {
                "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or \
                 JWE Compact Serialization Format. (JWS): 'EncodedHeader.EndcodedPayload.EncodedSignature'."
            }
            AuthFault::WrongAudience => "Access token validation failure. Invalid audience.",
            AuthFault::Expired => "Lifetime validation failed, the token is expired.",
            AuthFault::Invalid => "Access token validation failure.",
        }
    }
}

impl AuthError {
    /// The status of every refused token.
    pub const STATUS: u16 = 401;
    /// Graph's code for every refused token.
    pub const CODE: &'static str = "InvalidAuthenticationToken";

    pub(super) fn new(fault: AuthFault, reason: impl Into<Cow<'static, str>>) -> AuthError {
        AuthError { fault, reason: reason.into() }
    }

    pub(super) fn invalid(reason: impl Into<Cow<'static, str>>) -> AuthError {
        AuthError::new(AuthFault::Invalid, reason)
    }

    /// What the client is told.
    pub fn fault(&self) -> AuthFault {
        self.fault
    }

    /// Graph's message, for the client.
    pub fn message(&self) -> &'static str {
        self.fault.message()
    }

    /// What was wrong, for the log. Names issuers, keys and audiences; never
    /// holds the token.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for AuthError {}

/// As much of a claim as goes into the log.
pub(super) fn clip(text: &str) -> &str {
    const MAX_CHARS: usize = 100;
    text.char_indices().nth(MAX_CHARS).map_or(text, |(end, _)| text.get(..end).unwrap_or_default())
}
