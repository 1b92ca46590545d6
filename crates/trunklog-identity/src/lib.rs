//! Who may read the call log: applications and their secrets, the built-in
//! token issuer with its signing keys, the check of access tokens, and people with
//! their accounts, roles and sessions.
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
//! People sign in with a browser, and are kept apart from applications throughout:
//!
//! | part | does |
//! | --- | --- |
//! | [`Accounts`] | registry of accounts with hashed passwords, apps and recovery codes |
//! | [`Provider`] | sign-in at Entra ID, Keycloak and the like (OpenID Connect) |
//! | [`Devices`] | browsers from which somebody signed in with an account before |
//! | [`Sessions`] | keeps sessions, as [`SessionFiles`] in private files |
//! | [`People`] | the steps of a sign-in; session token → person and roles |
//!
//! It must not know of routers, listeners or header types (the server turns
//! bytes into these calls and results into answers), nor of any store engine.
//! It decides who somebody is and which roles they hold; whether a role
//! suffices for a request is the server's question.
//!
//! Three rules hold throughout: a secret, a password, a token or a private key never
//! reaches a log, an error text or a `Debug` output; what the time is comes from
//! an injected [`Clock`]; and a file that cannot be read never replaces the
//! last good state.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod applications;
mod audiences;
mod clock;
mod cloud;
mod error;
mod failures;
mod guid;
mod hashing;
mod issuer;
mod keys;
mod link_seal;
mod network;
mod people;
mod private_file;
mod registry;
mod role;
#[cfg(test)]
mod test_support;
mod verifier;

pub use applications::{Application, Applications, NewApplication, RotateOptions, SecretCheck, SecretRecord};
pub use audiences::Audiences;
pub use clock::{Clock, system_clock};
pub use cloud::Cloud;
pub use error::{Error, ErrorKind, Result};
pub use hashing::{PlainSecret, checks_at_once};
pub use issuer::{
    Arrival, BasicCredentials, Discovery, Endpoint, Fault, Issuer, IssuerSettings, MAX_FORM_BYTES, TokenBody,
    TokenBodyV1, TokenBodyV2, TokenError, TokenErrorBody, TokenRequest, TokenResponse,
};
pub use keys::{JsonWebKey, JsonWebKeySet, KeyChanges, KeyPolicy, SigningKey, SigningKeys};
pub use link_seal::LinkSeal;
pub use network::network;
pub use people::{
    Account, Accounts, AppCheck, Browser, Callback, ClientCredential, Departure, DeviceMark, Devices,
    EnrolCheck, Enrolled, FirstPassword, FirstStep, Grant, NewApp, PasswordCheck, PasswordFault, Pending,
    People, Person, PersonRole, PersonRoles, PersonSource, Prompt, Provider, ProviderSettings, Returned,
    Scope, SecondStep, Session, SessionEnds, SessionFiles, SessionId, SessionToken, Sessions, SetUp,
    SetUpStep, SignInFault, SignedIn, Start, Started, TotpSecret, Vouching,
};
pub use role::Role;
pub use verifier::{
    AuthError, AuthFault, ExternalIssuer, MAX_TOKEN_BYTES, Principal, PrincipalKind, Transport, Verifier,
};
