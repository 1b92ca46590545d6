//! What a token says, and the checks that are the same for every issuer.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use uuid::Uuid;

use super::error::{AuthError, AuthFault, clip};
use super::principal::{Principal, PrincipalKind};
use crate::guid::guid;

/// The claims that matter. Source: contract section 3.1.
#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    aud: OneOrMore,
    pub(super) exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
    tid: Option<String>,
    appid: Option<String>,
    azp: Option<String>,
    idtyp: Option<String>,
    scp: Option<String>,
    roles: Option<Vec<String>>,
    sub: Option<String>,
    oid: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl Claims {
    /// # Errors
    /// [`AuthFault::Expired`], or [`AuthFault::Invalid`] for a token from the
    /// future.
    pub(super) fn check_time(&self, now: Timestamp, skew: SignedDuration) -> Result<(), AuthError> {
        if is_expired(self.exp, now, skew) {
            return Err(AuthError::new(AuthFault::Expired, "the token has expired"));
        }
        let latest = now.as_second().saturating_add(skew.as_secs());
        if self.nbf.is_some_and(|nbf| nbf > latest) {
            return Err(AuthError::invalid("the token is not valid yet, compare the clocks"));
        }
        if self.iat.is_some_and(|iat| iat > latest || iat > self.exp) {
            return Err(AuthError::invalid("the token was issued in the future, compare the clocks"));
        }
        Ok(())
    }

    /// Whether an ID token is for that client, and for no other beside it: what
    /// several can read, one of them could hand on.
    ///
    /// # Errors
    /// [`AuthFault::WrongAudience`].
    pub(super) fn check_client(&self, client_id: &str) -> Result<(), AuthError> {
        let is_party = self.azp.as_deref().is_none_or(|azp| azp == client_id);
        if is_party && matches!(self.audiences(), [only] if only == client_id) {
            return Ok(());
        }
        Err(AuthError::new(AuthFault::WrongAudience, "the ID token is not for this client alone"))
    }

    /// # Errors
    /// [`AuthFault::WrongAudience`].
    pub(super) fn check_audience(&self, is_ours: impl Fn(&str) -> bool) -> Result<(), AuthError> {
        let named = self.audiences();
        if named.iter().any(|audience| is_ours(audience)) {
            return Ok(());
        }
        let first = named.first().map(String::as_str).unwrap_or_default();
        Err(AuthError::new(
            AuthFault::WrongAudience,
            format!("the token is for {:?}, which is not one of the audiences", clip(first)),
        ))
    }

    fn audiences(&self) -> &[String] {
        match &self.aud {
            OneOrMore::One(one) => std::slice::from_ref(one),
            OneOrMore::More(more) => more.as_slice(),
        }
    }

    /// The tenant, which has to be the one in the issuer if that names one.
    ///
    /// # Errors
    /// [`AuthFault::Invalid`] if there is none or another.
    pub(super) fn tenant(&self, in_issuer: Option<Uuid>) -> Result<Uuid, AuthError> {
        let tenant = self
            .tid
            .as_deref()
            .and_then(guid)
            .ok_or_else(|| AuthError::invalid("the token names no tenant"))?;
        if in_issuer.is_some_and(|expected| expected != tenant) {
            return Err(AuthError::invalid("the token's tenant is not the one in its issuer"));
        }
        Ok(tenant)
    }

    /// Who the token is about, for that tenant of ours.
    ///
    /// # Errors
    /// [`AuthFault::Invalid`] if it names no client, or two.
    pub(super) fn principal(&self, tenant: Uuid) -> Result<Principal, AuthError> {
        let app_id = match (&self.appid, &self.azp) {
            (Some(appid), Some(azp)) if appid != azp => {
                return Err(AuthError::invalid("the token names two clients"));
            }
            (Some(app_id), _) | (None, Some(app_id)) if !app_id.is_empty() => app_id.clone(),
            _ => return Err(AuthError::invalid("the token names no client")),
        };
        Ok(Principal { tenant, app_id, roles: self.roles.clone().unwrap_or_default(), kind: self.kind() })
    }

    /// An own API's tokens need not have `idtyp`; then an application is known
    /// by having no scopes, and by roles or by being its own subject.
    fn kind(&self) -> PrincipalKind {
        let own_subject = self.sub.is_some() && self.sub == self.oid;
        match (&self.scp, self.idtyp.as_deref()) {
            (None, Some("app")) => PrincipalKind::Application,
            (None, None) if self.roles.is_some() || own_subject => PrincipalKind::Application,
            _ => PrincipalKind::Delegated,
        }
    }
}

/// Whether a token with that `exp`, in seconds since 1970, has expired.
pub(super) fn is_expired(exp: i64, now: Timestamp, skew: SignedDuration) -> bool {
    exp.saturating_add(skew.as_secs()) <= now.as_second()
}
