//! ID tokens: what a provider says to this server of a person who signed in there.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;

use super::config::ExternalIssuer;
use super::keys::PublishedKeys;
use super::names::Names;
use super::{metadata_address, tenant_in};
use crate::verifier::error::{AuthError, clip};
use crate::verifier::fetch::Fetcher;
use crate::verifier::token::{CompactToken, NonceRule};
use crate::{Clock, Result};

/// Longest ID token that is looked at, in bytes. Those with groups are long.
const MAX_ID_TOKEN_BYTES: usize = 64 * 1024;
/// How far the clocks may differ, as with other tokens.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Checks the ID tokens of one issuer for one client.
pub(crate) struct IdTokens {
    issuer: String,
    client_id: String,
    keys: Arc<PublishedKeys>,
}

impl IdTokens {
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the issuer's
    /// address may not be fetched from.
    pub(crate) fn new(
        issuer: &str,
        client_id: &str,
        metadata: &str,
        fetcher: Fetcher,
        clock: Clock,
    ) -> Result<IdTokens> {
        let metadata = fetcher.checked_url(metadata)?;
        let names = Names::new(&ExternalIssuer::new(issuer, Vec::new(), BTreeMap::new()));
        let keys = Arc::new(PublishedKeys::new(issuer.to_owned(), metadata, fetcher, names, clock));
        Ok(IdTokens { issuer: issuer.to_owned(), client_id: client_id.to_owned(), keys })
    }

    /// Where the issuer's metadata are, unless something else is said.
    pub(crate) fn metadata_of(issuer: &str) -> String {
        metadata_address(&ExternalIssuer::new(issuer, Vec::new(), BTreeMap::new()))
    }

    /// Fetches the keys, so that the first sign-in does not have to wait.
    pub(crate) async fn warm_up(&self, now: Timestamp) {
        self.keys.refresh(now).await;
    }

    /// The claims of a token that the issuer signed for this client and that has
    /// not expired. Source: OpenID Connect Core 1.0, section 3.1.3.7.
    ///
    /// # Errors
    /// An [`AuthError`], whose reason is for the log.
    pub(crate) async fn verify<T: DeserializeOwned>(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<T, AuthError> {
        if token.len() > MAX_ID_TOKEN_BYTES {
            return Err(AuthError::invalid("the ID token is too long"));
        }
        let token = CompactToken::parse(token)?;
        if token.issuer() != self.issuer {
            return Err(AuthError::invalid(format!("the ID token is from {:?}", clip(token.issuer()))));
        }
        let key = self.keys.get(token.kid(), now).await.ok_or_else(|| {
            AuthError::invalid(format!("the issuer publishes no usable key {:?}", clip(token.kid())))
        })?;
        if tenant_in(&self.issuer).is_some_and(|tenant| !key.speaks_for(tenant)) {
            return Err(AuthError::invalid("the ID token's key belongs to another tenant"));
        }
        let claims = token.verified_with(&key, NonceRule::Plain)?;
        claims.check_time(now, SKEW)?;
        claims.check_client(&self.client_id)?;
        token.more_claims().ok_or_else(|| AuthError::invalid("the ID token lacks a claim, or has an odd one"))
    }
}
