//! From a bearer token to who sent it.
//!
//! A token is read, its issuer looked up among those that are trusted, its
//! signature checked with a key of that issuer, and only then is anything in it
//! believed. What was checked is remembered until it expires, because a client
//! that walks over pages sends the same token thousands of times.

mod claims;
mod error;
mod external;
mod fetch;
mod key_set;
mod principal;
mod source;
mod token;
mod transport;
mod verified;

use std::collections::HashSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use self::error::clip;
use self::external::ExternalSource;
use self::source::Source;
use self::token::CompactToken;
use self::verified::{Entry, Fingerprint, VerifiedTokens};
use crate::{Clock, Error, ErrorKind, Issuer, Result};

pub use self::error::{AuthError, AuthFault};
pub use self::external::ExternalIssuer;
pub(crate) use self::external::IdTokens;
pub(crate) use self::fetch::Fetcher;
pub use self::principal::{Principal, PrincipalKind};
pub use self::transport::Transport;

/// Longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// How far the clocks of issuer and server may differ. Source: contract section
/// 3.1.
const DEFAULT_SKEW: SignedDuration = SignedDuration::from_mins(5);
const MAX_SKEW: SignedDuration = SignedDuration::from_hours(1);

/// Checks access tokens of the built-in issuer and of external ones.
pub struct Verifier {
    sources: Vec<Source>,
    skew: SignedDuration,
    clock: Clock,
    verified: VerifiedTokens,
}

impl Verifier {
    /// A verifier that trusts those issuers. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if an external issuer is configured in a way
    /// that cannot work or is unsafe, or if two issuers have the same name;
    /// [`ErrorKind::Io`] if a CA file cannot be read.
    pub fn new(
        built_in: Option<Arc<Issuer>>,
        external: Vec<ExternalIssuer>,
        clock: Clock,
    ) -> Result<Verifier> {
        let mut names = HashSet::new();
        let mut sources = Vec::new();
        for config in external {
            let source = ExternalSource::new(config, Arc::clone(&clock))?;
            for name in source.accepted_issuers() {
                let own = built_in.as_ref().is_some_and(|issuer| issuer.tenant_of(name).is_some());
                if own || !names.insert(name.to_owned()) {
                    return Err(Error::new(
                        ErrorKind::Configuration,
                        format!("two token issuers are called {name}, remove one of them"),
                    ));
                }
            }
            sources.push(Source::External(Arc::new(source)));
        }
        sources.extend(built_in.map(Source::BuiltIn));
        Ok(Verifier { sources, skew: DEFAULT_SKEW, clock, verified: VerifiedTokens::default() })
    }

    /// Allows the clocks of issuers and server to differ by that much, five
    /// minutes unless said otherwise. Zero to one hour; what is outside is
    /// brought inside.
    #[must_use]
    pub fn with_skew(mut self, skew: SignedDuration) -> Verifier {
        self.skew = skew.clamp(SignedDuration::ZERO, MAX_SKEW);
        self
    }

    /// Who sent a request with that `Authorization` header.
    ///
    /// Waits for the network only when a token names a key that its external
    /// issuer did not publish when last asked; at most once a minute.
    ///
    /// # Errors
    /// An [`AuthError`] with the text of Graph and a reason for the log.
    pub async fn verify(&self, authorization: Option<&str>) -> Result<Principal, AuthError> {
        let token = bearer(authorization)?;
        let now = (self.clock)();
        let fingerprint = Fingerprint::of(token);
        if let Some(principal) = self.remembered(&fingerprint, now) {
            return Ok(principal);
        }
        let token = CompactToken::parse(token)?;
        let (position, source) = self.source_of(token.issuer())?;
        // Taken before the key, so that a rotation in between is noticed.
        let generation = source.generation();
        let key = source.key(token.kid(), now).await.ok_or_else(|| {
            AuthError::invalid(format!("the issuer publishes no usable key {:?}", clip(token.kid())))
        })?;
        let claims = token.verified_with(&key, source.nonce_rule())?;
        claims.check_time(now, self.skew)?;
        let principal = source.admit(claims, &key)?;
        let entry = Entry { principal: principal.clone(), source: position, generation, expires: claims.exp };
        self.verified.remember(fingerprint, entry);
        Ok(principal)
    }

    /// Fetches the keys of every external issuer, so that the first request
    /// does not have to wait. What fails is in the log and is tried again when
    /// a token comes.
    pub async fn warm_up(&self) {
        let now = (self.clock)();
        for source in &self.sources {
            source.warm_up(now).await;
        }
    }

    /// What the token turned out to be, if it was checked before, is still valid
    /// and its issuer has the same keys still.
    fn remembered(&self, fingerprint: &Fingerprint, now: Timestamp) -> Option<Principal> {
        let entry = self.verified.get(fingerprint)?;
        let source = self.sources.get(entry.source)?;
        let fresh = !claims::is_expired(entry.expires, now, self.skew);
        (fresh && entry.generation == source.generation() && source.still_admits(&entry.principal))
            .then_some(entry.principal)
    }

    fn source_of(&self, issuer: &str) -> Result<(usize, &Source), AuthError> {
        self.sources
            .iter()
            .enumerate()
            .find(|(_, source)| source.accepts(issuer))
            .ok_or_else(|| AuthError::invalid(format!("the issuer {:?} is not trusted", clip(issuer))))
    }
}

/// The token in the header. A missing header, an empty token and another scheme
/// are all the same to Graph.
fn bearer(authorization: Option<&str>) -> Result<&str, AuthError> {
    let value = authorization.unwrap_or_default().trim();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(AuthError::new(AuthFault::Empty, "no bearer token was sent"));
    }
    if token.len() > MAX_TOKEN_BYTES {
        return Err(AuthError::invalid("the token is too long"));
    }
    Ok(token)
}

#[cfg(test)]
mod tests;
