//! The OIDC configuration, from which client libraries take the endpoints.

use serde::Serialize;
use uuid::Uuid;

/// Which of Entra's two generations of endpoints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `/{tenant}/oauth2/token`, with the parameter `resource`.
    V1,
    /// `/{tenant}/oauth2/v2.0/token`, with the parameter `scope`.
    #[default]
    V2,
}

/// The document at `/{tenant}[/v2.0]/.well-known/openid-configuration`, with
/// the members of Entra's that are true here, in its order.
///
/// `authorization_endpoint` leads nowhere, but MSAL insists on it. The issuer is
/// the same for both generations, because the tokens are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Discovery {
    token_endpoint: String,
    token_endpoint_auth_methods_supported: [&'static str; 2],
    jwks_uri: String,
    response_modes_supported: [&'static str; 3],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 1],
    response_types_supported: [&'static str; 1],
    scopes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 1],
    issuer: String,
    request_uri_parameter_supported: bool,
    authorization_endpoint: String,
    http_logout_supported: bool,
    frontchannel_logout_supported: bool,
    claims_supported: [&'static str; 16],
    tenant_region_scope: &'static str,
    cloud_instance_name: String,
    msgraph_host: String,
}

impl Discovery {
    pub(super) fn of(tenant: Uuid, login_base: &str, endpoint: Endpoint) -> Discovery {
        let (oauth2, keys) = match endpoint {
            Endpoint::V1 => ("oauth2", "discovery/keys"),
            Endpoint::V2 => ("oauth2/v2.0", "discovery/v2.0/keys"),
        };
        let host = host_in(login_base);
        Discovery {
            token_endpoint: format!("{login_base}/{tenant}/{oauth2}/token"),
            token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
            jwks_uri: format!("{login_base}/{tenant}/{keys}"),
            response_modes_supported: ["query", "fragment", "form_post"],
            subject_types_supported: ["pairwise"],
            id_token_signing_alg_values_supported: ["RS256"],
            response_types_supported: ["token"],
            scopes_supported: [".default"],
            grant_types_supported: ["client_credentials"],
            issuer: issuer(login_base, tenant),
            request_uri_parameter_supported: false,
            authorization_endpoint: format!("{login_base}/{tenant}/{oauth2}/authorize"),
            http_logout_supported: false,
            frontchannel_logout_supported: false,
            claims_supported: [
                "aud",
                "iss",
                "iat",
                "nbf",
                "exp",
                "app_displayname",
                "appid",
                "appidacr",
                "azp",
                "idtyp",
                "oid",
                "roles",
                "sub",
                "tid",
                "uti",
                "ver",
            ],
            tenant_region_scope: "WW",
            cloud_instance_name: host.to_owned(),
            msgraph_host: host.to_owned(),
        }
    }

    /// Where tokens are asked for.
    pub fn token_endpoint(&self) -> &str {
        &self.token_endpoint
    }

    /// Where the public keys are.
    pub fn jwks_uri(&self) -> &str {
        &self.jwks_uri
    }

    /// The `iss` of the tenant's tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}

/// The `iss` of a tenant's tokens.
pub(super) fn issuer(login_base: &str, tenant: Uuid) -> String {
    format!("{login_base}/{tenant}/v2.0")
}

/// Host and port of an address.
fn host_in(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}
