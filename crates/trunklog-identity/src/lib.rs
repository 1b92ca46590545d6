//! Who may read the call log: applications and their secrets, the built-in
//! token issuer with its signing keys, and the check of access tokens.
//!
//! Clients of Microsoft Graph sign in with the client-credentials grant and
//! send the token they get as a bearer token. This crate is both ends of that:
//!
//! | part | does |
//! | --- | --- |
//! | [`Applications`] | registry of client ids, roles and hashed secrets in one file |
//! | [`SigningKeys`] | RS256 keys on disk, published before use, removed after the last token |
//! | [`Issuer`] | token endpoint and discovery documents shaped like Entra's |
//! | [`Verifier`] | bearer token → [`Principal`], for the built-in and for external issuers |
//!
//! It must not know of routers, listeners or header types (the server turns
//! bytes into these calls and results into answers), nor of any store engine.
//! It decides who somebody is and which roles they hold; whether a role
//! suffices for a request is the server's question.
//!
//! Three rules hold throughout: a secret, a token or a private key never
//! reaches a log, an error text or a `Debug` output; what the time is comes from
//! an injected [`Clock`]; and a file that cannot be read never replaces the
//! last good state.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod applications;
mod audiences;
mod clock;
mod cloud;
mod error;
mod guid;
mod issuer;
mod keys;
mod network;
mod private_file;
mod role;
#[cfg(test)]
mod test_support;
mod verifier;

pub use applications::{
    Application, Applications, NewApplication, PlainSecret, RotateOptions, SecretCheck, SecretRecord,
    checks_at_once,
};
pub use audiences::Audiences;
pub use clock::{Clock, system_clock};
pub use cloud::Cloud;
pub use error::{Error, ErrorKind, Result};
pub use issuer::{
    Arrival, BasicCredentials, Discovery, Endpoint, Fault, Issuer, IssuerSettings, MAX_FORM_BYTES, TokenBody,
    TokenBodyV1, TokenBodyV2, TokenError, TokenErrorBody, TokenRequest, TokenResponse,
};
pub use keys::{JsonWebKey, JsonWebKeySet, KeyChanges, KeyPolicy, SigningKey, SigningKeys};
pub use network::network;
pub use role::Role;
pub use verifier::{
    AuthError, AuthFault, ExternalIssuer, MAX_TOKEN_BYTES, Principal, PrincipalKind, Transport, Verifier,
};
