//! The built-in token issuer, shaped like Entra.
//!
//! Microsoft's client libraries find the token endpoint through the discovery
//! document, post a form to it and look at the `AADSTS` code of an error. All of
//! that is answered here, for the one grant that Graph's reports allow: client
//! credentials.

mod arrival;
mod claims;
mod discovery;
mod echo;
mod fault;
mod form;
mod request;
mod response;
mod sign_in;
mod surroundings;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use subtle::ConstantTimeEq;
use trunklog_errors::with_causes;
use uuid::Uuid;

use self::claims::Claims;
use self::surroundings::remark;
use crate::audiences::{names_of_listener, normalized};
use crate::guid::guid;
use crate::keys::JsonWebKeySet;
use crate::{Applications, Audiences, Clock, SecretCheck, SigningKeys};

pub use self::arrival::Arrival;
pub use self::discovery::{Discovery, Endpoint};
pub use self::fault::{Fault, TokenError, TokenErrorBody};
pub use self::request::{BasicCredentials, MAX_FORM_BYTES, TokenRequest};
pub use self::response::{TokenBody, TokenBodyV1, TokenBodyV2, TokenResponse};

const CLIENT_CREDENTIALS: &str = "client_credentials";

/// How the issuer calls itself and whom it serves.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    /// The public address below which the tenants' endpoints are, without a
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
    /// The names of the server's own listeners.
    listeners: RwLock<BTreeSet<String>>,
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
        let listeners = RwLock::default();
        Issuer { login_base, audiences, listeners, tenants, applications, keys, clock }
    }

    /// Issues and accepts tokens for the address of a listener as well: a client
    /// that reaches the server there asks for what it sees. `scheme` is `http` or
    /// `https`.
    pub fn listens_at(&self, scheme: &str, address: SocketAddr) {
        let mut listeners = self.listeners.write().unwrap_or_else(PoisonError::into_inner);
        listeners.extend(names_of_listener(scheme, address));
    }

    /// Gives back what is held for checks of secrets, if there was none since the
    /// last call.
    pub fn free_unused(&self) {
        self.applications.free_unused();
    }

    /// Why the file of applications as it is now is not in use, if so. For the
    /// operator's eyes.
    pub fn problem(&self) -> Option<String> {
        self.applications.problem()
    }

    /// Answers a request to a tenant's token endpoint.
    ///
    /// Hashes a secret, so it belongs on a blocking thread, of which no more than
    /// [`checks_at_once`](crate::checks_at_once) run at a time.
    ///
    /// # Errors
    /// The [`TokenError`] of the first check that fails, in the order of
    /// Entra: tenant, grant, parameters, credential, application, secret,
    /// resource.
    pub fn token(
        &self,
        tenant: &str,
        request: &TokenRequest,
        arrival: &Arrival,
    ) -> Result<TokenResponse, TokenError> {
        let refused = |error: TokenError| arrival.explained(error.with_remark(request.remark()));
        self.issued(tenant, request, arrival).map_err(refused)
    }

    fn issued(
        &self,
        tenant: &str,
        request: &TokenRequest,
        arrival: &Arrival,
    ) -> Result<TokenResponse, TokenError> {
        let tenant = self.tenant(tenant)?;
        match request.grant_type.as_deref() {
            Some(CLIENT_CREDENTIALS) => {}
            Some(other) => {
                let error = TokenError::new(Fault::UnsupportedGrant, &[echo::grant(other)]);
                return Err(error.with_remark(remark("grant type", other)));
            }
            None => return Err(TokenError::missing("grant_type")),
        }
        let (client, secret) = credentials(request, arrival.basic.as_ref())?;
        let resource = resource(request, arrival.endpoint)?;
        let Some(secret) = secret else {
            return Err(without_secret(request));
        };
        // Whatever is not a GUID is not echoed: it may be the secret itself.
        let (client_id, shown) = match guid(client) {
            Some(id) => (id, id.to_string()),
            None => (Uuid::nil(), "(not a GUID)".to_owned()),
        };
        let tenant_shown = tenant.to_string();
        let application = match self.applications.verify(tenant, client_id, secret, arrival.address) {
            SecretCheck::Valid(application) => application,
            SecretCheck::UnknownApplication => {
                let error = TokenError::new(Fault::UnknownApplication, &[&shown, &tenant_shown]);
                return Err(error.with_remark(remark("client id", client)));
            }
            SecretCheck::WrongSecret => {
                let error = TokenError::new(Fault::WrongSecret, &[&shown]);
                return Err(error.with_remark(remark("client secret", secret)));
            }
            SecretCheck::ExpiredSecret => return Err(TokenError::new(Fault::ExpiredSecret, &[&shown])),
            SecretCheck::Refused(left) => return Err(TokenError::too_many_failures(&shown, left)),
        };
        if !self.is_audience(resource) {
            let error = TokenError::new(Fault::UnknownResource, &[echo::resource(resource), &tenant_shown]);
            return Err(error.with_remark(remark("resource", resource)));
        }
        let lifetime = self.keys.token_lifetime().as_secs();
        let now = (self.clock)();
        let claims = Claims::new(&application, resource, self.issuer_of(tenant), now, lifetime);
        self.keys
            .current()
            .and_then(|key| key.sign(&claims?))
            .map(|token| TokenResponse::bearer(token, resource, now.as_second(), lifetime))
            .map_err(|error| {
                tracing::error!(error = %with_causes(&error), "a token cannot be issued");
                TokenError::internal()
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

    /// Whether a token for that resource is for this server.
    pub(crate) fn is_audience(&self, resource: &str) -> bool {
        let listeners = || self.listeners.read().unwrap_or_else(PoisonError::into_inner);
        self.audiences.contains(resource) || listeners().contains(&normalized(resource))
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
            .ok_or_else(|| TokenError::new(Fault::UnknownTenant, &[echo::tenant(text)]))
    }
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

/// The resource a token is asked for: the parameter `resource` of version 1.0,
/// which ignores a `scope`; the one scope `<resource>/.default` of version
/// 2.0, or, where there is no scope, the older parameter.
fn resource(request: &TokenRequest, endpoint: Endpoint) -> Result<&str, TokenError> {
    const SUFFIX: &str = "/.default";
    /// Belong to a sign-in of a person; libraries add them out of habit.
    const WITHOUT_MEANING: [&str; 3] = ["openid", "profile", "offline_access"];
    let scope = match (endpoint, request.scope.as_deref()) {
        (Endpoint::V2, Some(scope)) => scope,
        (Endpoint::V2, None) => {
            return request.resource.as_deref().ok_or_else(|| TokenError::missing("scope"));
        }
        (Endpoint::V1, scope) => {
            let elsewhere = scope.map(|_| "A scope is taken at /oauth2/v2.0/token.".to_owned());
            let missing = || TokenError::missing("resource").with_remark(elsewhere);
            return request.resource.as_deref().ok_or_else(missing);
        }
    };
    let mut named = scope.split_ascii_whitespace().filter(|scope| !WITHOUT_MEANING.contains(scope));
    match (named.next().and_then(|scope| scope.strip_suffix(SUFFIX)), named.next()) {
        (Some(resource), None) if !resource.is_empty() => Ok(resource),
        _ => {
            let error = TokenError::new(Fault::ScopeNotDefault, &[echo::resource(scope)]);
            Err(error.with_remark(remark("scope", scope)))
        }
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
