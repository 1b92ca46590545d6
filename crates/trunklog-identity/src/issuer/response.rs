//! The answer to a request that succeeded.

use std::fmt;

use serde::Serialize;

use super::discovery::Endpoint;

/// A token, and what its client is told about it.
///
/// `Debug` does not show the token.
#[derive(Clone)]
pub struct TokenResponse {
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds the token can be used.
    pub expires_in: i64,
    /// The same; Entra's allowance for its own outages.
    pub ext_expires_in: i64,
    /// The first moment it can be used, in seconds since 1970.
    pub not_before: i64,
    /// The first moment it can no longer be used, in seconds since 1970.
    pub expires_on: i64,
    /// What it is for, as it was asked for.
    pub resource: String,
    /// The token.
    pub access_token: String,
}

/// The body of a 200 of the token endpoint, as each generation writes it.
///
/// Version 2.0 sends numbers (contract section 3.3), version 1.0 text, and says
/// in it more of what the token holds. Source: Microsoft's "Service to service
/// calls using client credentials" for the Azure AD v1.0 endpoint.
#[derive(Serialize)]
#[serde(untagged)]
pub enum TokenBody<'a> {
    /// Of `/{tenant}/oauth2/v2.0/token`.
    V2(TokenBodyV2<'a>),
    /// Of `/{tenant}/oauth2/token`.
    V1(TokenBodyV1<'a>),
}

/// The body that version 2.0 sends.
#[derive(Serialize)]
pub struct TokenBodyV2<'a> {
    token_type: &'static str,
    expires_in: i64,
    ext_expires_in: i64,
    access_token: &'a str,
}

/// The body that version 1.0 sends, all of it text.
#[derive(Serialize)]
pub struct TokenBodyV1<'a> {
    token_type: &'static str,
    expires_in: String,
    ext_expires_in: String,
    expires_on: String,
    not_before: String,
    resource: &'a str,
    access_token: &'a str,
}

impl TokenResponse {
    pub(super) fn bearer(
        access_token: String,
        resource: &str,
        issued: i64,
        lifetime_secs: i64,
    ) -> TokenResponse {
        TokenResponse {
            token_type: "Bearer",
            expires_in: lifetime_secs,
            ext_expires_in: lifetime_secs,
            not_before: issued,
            expires_on: issued.saturating_add(lifetime_secs),
            resource: resource.to_owned(),
            access_token,
        }
    }

    /// The body for a client that asked there.
    pub fn body(&self, endpoint: Endpoint) -> TokenBody<'_> {
        match endpoint {
            Endpoint::V1 => TokenBody::V1(TokenBodyV1 {
                token_type: self.token_type,
                expires_in: self.expires_in.to_string(),
                ext_expires_in: self.ext_expires_in.to_string(),
                expires_on: self.expires_on.to_string(),
                not_before: self.not_before.to_string(),
                resource: &self.resource,
                access_token: &self.access_token,
            }),
            Endpoint::V2 => TokenBody::V2(TokenBodyV2 {
                token_type: self.token_type,
                expires_in: self.expires_in,
                ext_expires_in: self.ext_expires_in,
                access_token: &self.access_token,
            }),
        }
    }
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}
