//! What an external issuer is called in its tokens.

use std::collections::HashMap;

use reqwest::Url;
use uuid::Uuid;

use super::config::{ExternalIssuer, TENANT_PLACEHOLDER};
use crate::Cloud;
use crate::verifier::key_set::tenant_in;

/// Every accepted `iss`, with the tenant it names.
#[derive(Clone)]
pub(super) struct Names {
    by_issuer: HashMap<String, Option<Uuid>>,
    tenants: Vec<Uuid>,
}

impl Names {
    /// The configured names, and for Entra those of both its token versions,
    /// for each tenant that is allowed.
    pub(super) fn new(config: &ExternalIssuer) -> Names {
        let mut patterns = vec![config.issuer.clone()];
        patterns.extend(config.accepted_issuers.iter().cloned());
        patterns.extend(entra_patterns(&config.issuer, config.cloud));
        let tenants: Vec<Uuid> = config.tenants.keys().copied().collect();
        let mut by_issuer = HashMap::new();
        for pattern in &patterns {
            for name in expansions(pattern, &tenants) {
                let tenant = tenant_in(&name);
                by_issuer.insert(name, tenant);
            }
        }
        Names { by_issuer, tenants }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.by_issuer.keys().map(String::as_str)
    }

    pub(super) fn contains(&self, issuer: &str) -> bool {
        self.by_issuer.contains_key(issuer)
    }

    pub(super) fn tenant_of(&self, issuer: &str) -> Option<Uuid> {
        self.by_issuer.get(issuer).copied().flatten()
    }

    /// Whether metadata that name this issuer, perhaps with the placeholder,
    /// are those of one of the accepted names.
    pub(super) fn match_metadata(&self, issuer: &str) -> bool {
        expansions(issuer, &self.tenants).iter().any(|name| self.contains(name))
    }
}

fn expansions(pattern: &str, tenants: &[Uuid]) -> Vec<String> {
    if !pattern.contains(TENANT_PLACEHOLDER) {
        return vec![pattern.to_owned()];
    }
    tenants.iter().map(|tenant| pattern.replace(TENANT_PLACEHOLDER, &tenant.to_string())).collect()
}

/// The issuers of v2 and v1 tokens, if the address is one of Entra's.
///
/// Where people sign in tells the cloud. The name of a v1 issuer does not,
/// because several clouds share it; then it is `usual` if that one has it.
fn entra_patterns(issuer: &str, usual: Cloud) -> Vec<String> {
    let Ok(url) = Url::parse(issuer) else {
        return Vec::new();
    };
    let host = url.host_str().unwrap_or_default();
    let clouds = || [usual].into_iter().chain(Cloud::ALL);
    let (login, cloud) = if let Some(cloud) = clouds().find(|cloud| cloud.login_hosts().contains(&host)) {
        (host, cloud)
    } else if let Some(cloud) = clouds().find(|cloud| cloud.v1_issuer_host() == host) {
        (cloud.login_hosts().first().copied().unwrap_or(host), cloud)
    } else {
        return Vec::new();
    };
    vec![
        format!("https://{login}/{TENANT_PLACEHOLDER}/v2.0"),
        format!("https://{}/{TENANT_PLACEHOLDER}/", cloud.v1_issuer_host()),
    ]
}
