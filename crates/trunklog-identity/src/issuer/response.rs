//! The answer to a request that succeeded.

use std::fmt;

use serde::Serialize;

/// The body of a 200 of the token endpoint. Source: contract section 3.3.
///
/// `Debug` does not show the token.
#[derive(Clone, Serialize)]
pub struct TokenResponse {
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds the token can be used.
    pub expires_in: i64,
    /// The same; Entra's allowance for an outage of its own.
    pub ext_expires_in: i64,
    /// The token.
    pub access_token: String,
}

impl TokenResponse {
    pub(super) fn bearer(access_token: String, lifetime_secs: i64) -> TokenResponse {
        TokenResponse {
            token_type: "Bearer",
            expires_in: lifetime_secs,
            ext_expires_in: lifetime_secs,
            access_token,
        }
    }
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}
