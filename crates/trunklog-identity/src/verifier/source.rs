//! Where trusted tokens come from: the issuer in this process or one outside.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::claims::Claims;
use super::error::AuthError;
use super::external::ExternalSource;
use super::key_set::VerifyingKey;
use super::principal::Principal;
use super::token::NonceRule;
use crate::Issuer;
use crate::guid::guid;

/// An issuer whose tokens are accepted.
pub(super) enum Source {
    BuiltIn(Arc<Issuer>),
    External(Arc<ExternalSource>),
}

impl Source {
    /// Whether the source issues tokens under that name.
    pub(super) fn accepts(&self, issuer: &str) -> bool {
        match self {
            Source::BuiltIn(own) => own.tenant_of(issuer).is_some(),
            Source::External(source) => source.accepts(issuer),
        }
    }

    /// Grows when keys come or go.
    pub(super) fn generation(&self) -> u64 {
        match self {
            Source::BuiltIn(own) => own.keys().generation(),
            Source::External(source) => source.generation(),
        }
    }

    /// The key with that id, fetched if need be.
    pub(super) async fn key(&self, kid: &str, now: Timestamp) -> Option<Arc<VerifyingKey>> {
        match self {
            Source::BuiltIn(own) => {
                let key = own.keys().find(kid)?;
                Some(Arc::new(VerifyingKey::rs256(key.public().clone())))
            }
            Source::External(source) => source.key(kid, now).await,
        }
    }

    pub(super) fn nonce_rule(&self) -> NonceRule {
        match self {
            Source::BuiltIn(_) => NonceRule::Plain,
            Source::External(source) => source.nonce_rule(),
        }
    }

    /// Who sent the token, if it is meant for this server and its tenant and
    /// client are welcome. The claims are those of a token of this source.
    ///
    /// # Errors
    /// The [`AuthError`] for the client.
    pub(super) fn admit(&self, claims: &Claims, key: &VerifyingKey) -> Result<Principal, AuthError> {
        match self {
            Source::BuiltIn(own) => {
                let tenant = claims.tenant(own.tenant_of(&claims.iss))?;
                claims.check_audience(|audience| own.is_audience(audience))?;
                let principal = claims.principal(tenant)?;
                if is_registered(own, &principal) {
                    Ok(principal)
                } else {
                    Err(AuthError::invalid("the token's application was removed"))
                }
            }
            Source::External(source) => {
                let theirs = claims.tenant(source.tenant_of(&claims.iss))?;
                let ours = our_tenant(source, theirs, key)?;
                claims.check_audience(|audience| source.audiences().contains(audience))?;
                claims.principal(ours)
            }
        }
    }

    /// Whether a principal admitted before still is welcome.
    pub(super) fn still_admits(&self, principal: &Principal) -> bool {
        match self {
            Source::BuiltIn(own) => is_registered(own, principal),
            Source::External(_) => true,
        }
    }

    /// Fetches what an external source publishes.
    pub(super) async fn warm_up(&self, now: Timestamp) {
        match self {
            Source::BuiltIn(_) => {}
            Source::External(source) => source.refresh(now).await,
        }
    }
}

fn is_registered(own: &Issuer, principal: &Principal) -> bool {
    guid(&principal.app_id)
        .is_some_and(|client_id| own.applications().is_registered(principal.tenant, client_id))
}

fn our_tenant(source: &ExternalSource, theirs: Uuid, key: &VerifyingKey) -> Result<Uuid, AuthError> {
    if !key.speaks_for(theirs) {
        return Err(AuthError::invalid("the token's key belongs to another tenant"));
    }
    source
        .our_tenant(theirs)
        .ok_or_else(|| AuthError::invalid(format!("the tenant {theirs} is not one of those allowed")))
}
