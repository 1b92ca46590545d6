//! The built-in token issuer, shaped like Entra.
//!
//! Microsoft's client libraries find the token endpoint through the discovery
//! document, post a form to it and look at the `AADSTS` code of an error. All of
//! that is answered here, for the one grant that Graph's reports allow: client
//! credentials.

mod claims;
mod discovery;
mod fault;
mod form;
mod request;
mod response;

use std::collections::BTreeSet;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use uuid::Uuid;

use self::claims::Claims;
use crate::keys::JsonWebKeySet;
use crate::{Applications, Audiences, Clock, SecretCheck, SigningKeys};

pub use self::discovery::{Discovery, Endpoint};
pub use self::fault::{Fault, TokenError, TokenErrorBody};
pub use self::request::{BasicCredentials, MAX_FORM_BYTES, TokenRequest};
pub use self::response::TokenResponse;

const CLIENT_CREDENTIALS: &str = "client_credentials";

/// How the issuer calls itself and whom it serves.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    /// The public address below which the tenants' endpoints lie, without a
    /// slash at the end: `https://cdr.example.test/login`. It is in every token.
    pub login_base: String,
    /// What tokens can be asked for.
    pub audiences: Audiences,
    /// Tenants that exist although no application belongs to them.
    pub tenants: BTreeSet<Uuid>,
}

/// Issues tokens to registered applications.
pub struct Issuer {
    login_base: String,
    audiences: Audiences,
    tenants: BTreeSet<Uuid>,
    applications: Arc<Applications>,
    keys: Arc<SigningKeys>,
    clock: Clock,
}

impl Issuer {
    /// An issuer for the applications in that registry, with those keys.
    pub fn new(
        settings: IssuerSettings,
        applications: Arc<Applications>,
        keys: Arc<SigningKeys>,
        clock: Clock,
    ) -> Issuer {
        let IssuerSettings { login_base, audiences, tenants } = settings;
        let login_base = login_base.trim_end_matches('/').to_owned();
        Issuer { login_base, audiences, tenants, applications, keys, clock }
    }

    /// Answers a request to a tenant's token endpoint.
    ///
    /// `basic` is what the `Authorization` header held, if it was HTTP Basic.
    /// Hashes a secret, so it belongs on a blocking thread.
    ///
    /// # Errors
    /// The [`TokenError`] of the first check that fails, in the order of
    /// Entra: tenant, grant, parameters, credential, application, secret,
    /// resource.
    pub fn token(
        &self,
        tenant: &str,
        request: &TokenRequest,
        basic: Option<&BasicCredentials>,
    ) -> Result<TokenResponse, TokenError> {
        let tenant = self.tenant(tenant)?;
        match request.grant_type.as_deref() {
            Some(CLIENT_CREDENTIALS) => {}
            Some(other) => return Err(TokenError::new(Fault::UnsupportedGrant, &[other])),
            None => return Err(TokenError::missing("grant_type")),
        }
        let (client, secret) = credentials(request, basic)?;
        let resource = resource(request)?;
        let Some(secret) = secret else {
            return Err(without_secret(request));
        };
        // Whatever is not a GUID is not echoed: it may be the secret itself.
        let (client_id, shown) = match guid(client) {
            Some(id) => (id, id.to_string()),
            None => (Uuid::nil(), "(not a GUID)".to_owned()),
        };
        let tenant_shown = tenant.to_string();
        let application = match self.applications.verify(tenant, client_id, secret) {
            SecretCheck::Valid(application) => application,
            SecretCheck::UnknownApplication => {
                return Err(TokenError::new(Fault::UnknownApplication, &[&shown, &tenant_shown]));
            }
            SecretCheck::WrongSecret => return Err(TokenError::new(Fault::WrongSecret, &[&shown])),
            SecretCheck::ExpiredSecret => return Err(TokenError::new(Fault::ExpiredSecret, &[&shown])),
            SecretCheck::Busy => return Err(TokenError::new(Fault::Busy, &[])),
        };
        if !self.audiences.contains(resource) {
            return Err(TokenError::new(Fault::UnknownResource, &[resource, &tenant_shown]));
        }
        let lifetime = self.keys.token_lifetime().as_secs();
        let claims = Claims::new(&application, resource, self.issuer_of(tenant), (self.clock)(), lifetime);
        self.keys
            .current()
            .and_then(|key| key.sign(&claims?))
            .map(|token| TokenResponse::bearer(token, lifetime))
            .map_err(|error| {
                tracing::error!(%error, "a token cannot be issued");
                TokenError::new(Fault::Internal, &[])
            })
    }

    /// The OIDC configuration of a tenant, with links below `login_base`,
    /// which is the address the client used.
    ///
    /// # Errors
    /// [`Fault::UnknownTenant`] if there is no such tenant.
    pub fn discovery(
        &self,
        tenant: &str,
        login_base: &str,
        endpoint: Endpoint,
    ) -> Result<Discovery, TokenError> {
        Ok(Discovery::of(self.tenant(tenant)?, login_base.trim_end_matches('/'), endpoint))
    }

    /// The public keys. They sign for every tenant, hence Entra's placeholder
    /// in the issuer.
    pub fn jwks(&self) -> JsonWebKeySet {
        self.keys.jwks(&format!("{}/{{tenantid}}/v2.0", self.login_base))
    }

    /// The address in the tokens' issuer, without a slash at the end.
    pub fn login_base(&self) -> &str {
        &self.login_base
    }

    /// The `iss` of a tenant's tokens.
    pub(crate) fn issuer_of(&self, tenant: Uuid) -> String {
        discovery::issuer(&self.login_base, tenant)
    }

    /// The tenant whose tokens have that `iss`.
    pub(crate) fn tenant_of(&self, issuer: &str) -> Option<Uuid> {
        let rest = issuer.strip_prefix(self.login_base.as_str())?.strip_prefix('/')?;
        let tenant = guid(rest.strip_suffix("/v2.0")?)?;
        (self.issuer_of(tenant) == issuer).then_some(tenant)
    }

    pub(crate) fn audiences(&self) -> &Audiences {
        &self.audiences
    }

    pub(crate) fn applications(&self) -> &Applications {
        &self.applications
    }

    pub(crate) fn keys(&self) -> &SigningKeys {
        &self.keys
    }

    /// The tenant that is called that in an address, if there is one.
    fn tenant(&self, text: &str) -> Result<Uuid, TokenError> {
        guid(text)
            .filter(|&tenant| self.tenants.contains(&tenant) || self.applications.has_tenant(tenant))
            .ok_or_else(|| TokenError::new(Fault::UnknownTenant, &[text]))
    }
}

/// A GUID in its usual form with hyphens, in any case.
pub(crate) fn guid(text: &str) -> Option<Uuid> {
    const HYPHENATED: usize = 36;
    if text.len() == HYPHENATED { Uuid::try_parse(text).ok() } else { None }
}

/// Client id and secret, from the form, the header, or both if they agree.
fn credentials<'r>(
    request: &'r TokenRequest,
    basic: Option<&'r BasicCredentials>,
) -> Result<(&'r str, Option<&'r str>), TokenError> {
    let in_form = (request.client_id.as_deref(), request.client_secret.as_deref());
    let in_header =
        (basic.map(|basic| basic.client_id.as_str()), basic.map(|basic| basic.client_secret.as_str()));
    if differ(in_form.0, in_header.0) || differ(in_form.1, in_header.1) {
        return Err(TokenError::new(Fault::Malformed, &["form and header name different clients"]));
    }
    let client = in_form.0.or(in_header.0).ok_or_else(|| TokenError::missing("client_id"))?;
    Ok((client, in_form.1.or(in_header.1).filter(|secret| !secret.is_empty())))
}

fn differ(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => !bool::from(one.as_bytes().ct_eq(other.as_bytes())),
        _ => false,
    }
}

/// The resource a token is asked for: the one scope `<resource>/.default`, or
/// the parameter of the v1 endpoint.
fn resource(request: &TokenRequest) -> Result<&str, TokenError> {
    const SUFFIX: &str = "/.default";
    /// Belong to a sign-in of a person; libraries add them out of habit.
    const WITHOUT_MEANING: [&str; 3] = ["openid", "profile", "offline_access"];
    let Some(scope) = request.scope.as_deref() else {
        return request.resource.as_deref().ok_or_else(|| TokenError::missing("scope"));
    };
    let mut named = scope.split_ascii_whitespace().filter(|scope| !WITHOUT_MEANING.contains(scope));
    match (named.next().and_then(|scope| scope.strip_suffix(SUFFIX)), named.next()) {
        (Some(resource), None) if !resource.is_empty() => Ok(resource),
        _ => Err(TokenError::new(Fault::ScopeNotDefault, &[scope])),
    }
}

/// Why there is no secret to check.
fn without_secret(request: &TokenRequest) -> TokenError {
    let fault = match (&request.client_assertion, &request.client_assertion_type) {
        (Some(_), _) => Fault::UnsupportedAssertion,
        (None, Some(_)) => Fault::IncompleteAssertion,
        (None, None) => Fault::MissingCredential,
    };
    TokenError::new(fault, &[])
}

#[cfg(test)]
mod tests;
