//! Token issuers outside: their configuration, their names and their keys.

mod config;
mod id_tokens;
mod keys;
mod names;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use self::config::TENANT_PLACEHOLDER;
use self::keys::PublishedKeys;
use self::names::Names;
use super::fetch::Fetcher;
use super::key_set::{VerifyingKey, tenant_in};
use super::token::NonceRule;
use crate::{Audiences, Clock, Error, ErrorKind, Result};

pub use self::config::ExternalIssuer;
pub(crate) use self::id_tokens::IdTokens;

/// What Entra publishes for tenants of every organisation.
const EVERY_ORGANISATION: &str = "organizations";
const WELL_KNOWN: &str = ".well-known/openid-configuration";

/// An external issuer in use.
pub(super) struct ExternalSource {
    names: Names,
    audiences: Audiences,
    tenants: BTreeMap<Uuid, Uuid>,
    nonce_rule: NonceRule,
    keys: Arc<PublishedKeys>,
}

impl ExternalSource {
    /// # Errors
    /// [`ErrorKind::Configuration`] or [`ErrorKind::Io`], see
    /// [`Verifier::new`](super::Verifier::new).
    pub(super) fn new(config: ExternalIssuer, clock: Clock) -> Result<ExternalSource> {
        let refuse = |what: &str| {
            Error::new(ErrorKind::Configuration, format!("token issuer {}: {what}", config.issuer))
        };
        if config.tenants.is_empty() {
            return Err(refuse("no tenant is allowed, list at least one"));
        }
        if tenant_in(&config.issuer).is_some_and(|tenant| !config.tenants.contains_key(&tenant)) {
            return Err(refuse("its tenant is not among those allowed"));
        }
        let fetcher = Fetcher::new(config.transport, config.ca_file.as_deref())?;
        let metadata = fetcher.checked_url(&metadata_address(&config))?;
        let names = Names::new(&config);
        let audiences = Audiences::listed(&config.audiences)?;
        let keys = Arc::new(PublishedKeys::new(config.issuer, metadata, fetcher, names.clone(), clock));
        let nonce_rule = if config.graph_nonce { NonceRule::Hashed } else { NonceRule::Plain };
        Ok(ExternalSource { names, audiences, tenants: config.tenants, nonce_rule, keys })
    }

    /// Every `iss` that is accepted.
    pub(super) fn accepted_issuers(&self) -> impl Iterator<Item = &str> {
        self.names.all()
    }

    pub(super) fn accepts(&self, issuer: &str) -> bool {
        self.names.contains(issuer)
    }

    /// The tenant that an accepted `iss` names, if it names one.
    pub(super) fn tenant_of(&self, issuer: &str) -> Option<Uuid> {
        self.names.tenant_of(issuer)
    }

    /// The tenant here that one of the issuer's stands for.
    pub(super) fn our_tenant(&self, theirs: Uuid) -> Option<Uuid> {
        self.tenants.get(&theirs).copied()
    }

    pub(super) fn audiences(&self) -> &Audiences {
        &self.audiences
    }

    pub(super) fn nonce_rule(&self) -> NonceRule {
        self.nonce_rule
    }

    pub(super) fn generation(&self) -> u64 {
        self.keys.generation()
    }

    pub(super) async fn key(&self, kid: &str, now: Timestamp) -> Option<Arc<VerifyingKey>> {
        self.keys.get(kid, now).await
    }

    pub(super) async fn refresh(&self, now: Timestamp) {
        self.keys.refresh(now).await;
    }
}

fn metadata_address(config: &ExternalIssuer) -> String {
    config.metadata_url.clone().unwrap_or_else(|| {
        let issuer = config.issuer.replace(TENANT_PLACEHOLDER, EVERY_ORGANISATION);
        format!("{}/{WELL_KNOWN}", issuer.trim_end_matches('/'))
    })
}
