//! Sign-in at a provider outside, by OpenID Connect: the code flow with PKCE, for
//! Entra ID, Keycloak and others that keep to it.
//!
//! The provider says who somebody is and which values a claim has; what these
//! permit here is the operator's map. Of the provider's tokens none is kept.

mod claims;
mod credential;
mod fault;
mod flow;
mod metadata;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;

use self::credential::Authentication;
use self::metadata::MetadataSource;
use super::role::{Grant, PersonRoles};
use crate::verifier::{Fetcher, IdTokens};
use crate::{Clock, Error, ErrorKind, Result, Transport};

pub use self::credential::ClientCredential;
pub use self::fault::SignInFault;
pub(super) use self::flow::Journey;
pub use self::flow::{Callback, Departure, Prompt};

/// How a provider is reached, and what its people may do here.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// What it is called in addresses: letters, digits and hyphens.
    pub name: String,
    /// What is on the button that leads to it; None for a text with its name.
    pub title: Option<String>,
    /// Its name in tokens, which starts the address of its metadata, such as
    /// `https://login.microsoftonline.com/<tenant>/v2.0`.
    pub issuer: String,
    /// The address of its metadata, if it is not the usual one below `issuer`.
    pub metadata_url: Option<String>,
    /// What this server is called there.
    pub client_id: String,
    /// How this server proves there to be that client.
    pub credential: ClientCredential,
    /// Scopes that are asked for beside `openid` and `profile`.
    pub scopes: Vec<String>,
    /// The claim of the ID token that tells of roles. Dots lead into objects.
    pub claim: String,
    /// What each value of the claim permits.
    pub roles: BTreeMap<String, Vec<Grant>>,
    /// Certificates, in PEM form, to trust beside the machine's.
    pub ca_file: Option<PathBuf>,
    /// How it may be reached.
    pub transport: Transport,
}

/// A provider in use.
pub struct Provider {
    settings: ProviderSettings,
    authentication: Authentication,
    metadata: MetadataSource,
    id_tokens: IdTokens,
    fetcher: Fetcher,
    clock: Clock,
}

impl Provider {
    /// A provider with those settings. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if something is set in a way that cannot work
    /// or is unsafe; [`ErrorKind::Io`] if a file cannot be read.
    pub fn new(settings: ProviderSettings, clock: Clock) -> Result<Provider> {
        let refuse = |what: &str| {
            Error::new(ErrorKind::Configuration, format!("sign-in provider {:?}: {what}", settings.name))
        };
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        if settings.name.is_empty() || !settings.name.chars().all(is_part) {
            return Err(refuse("its name is part of addresses, use letters, digits and hyphens"));
        }
        if settings.client_id.is_empty() {
            return Err(refuse("it has no client id, register this server there and give the id"));
        }
        if settings.claim.is_empty() {
            return Err(refuse("the claim has no name, for example roles"));
        }
        if settings.roles.values().all(Vec::is_empty) {
            return Err(refuse("no value of the claim has a role, so nobody could do anything: map one"));
        }
        let is_scope = |scope: &String| {
            !scope.is_empty()
                && scope.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
        };
        if !settings.scopes.iter().all(is_scope) {
            return Err(refuse("a scope is empty or holds blanks, list each by itself"));
        }
        let fetcher = || Fetcher::new(settings.transport, settings.ca_file.as_deref());
        let address =
            settings.metadata_url.clone().unwrap_or_else(|| IdTokens::metadata_of(&settings.issuer));
        let id_tokens =
            IdTokens::new(&settings.issuer, &settings.client_id, &address, fetcher()?, Clock::clone(&clock))?;
        let metadata = MetadataSource::new(settings.issuer.clone(), fetcher()?, &address)?;
        let authentication = Authentication::new(&settings.credential).map_err(|what| {
            Error::new(ErrorKind::Configuration, format!("sign-in provider {:?}: {what}", settings.name))
        })?;
        let fetcher = fetcher()?;
        Ok(Provider { settings, authentication, metadata, id_tokens, fetcher, clock })
    }

    /// What it is called in addresses.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// What is on the button that leads to it, if that is set.
    pub fn title(&self) -> Option<&str> {
        self.settings.title.as_deref()
    }

    /// What those values of the claim permit. Values that are not mapped permit
    /// nothing.
    pub(super) fn roles_of(&self, values: &[String]) -> PersonRoles {
        values.iter().filter_map(|value| self.settings.roles.get(value)).flatten().copied().collect()
    }

    /// Fetches what the provider publishes, so that the first sign-in does not
    /// have to wait. What fails is in the log and is tried again.
    pub async fn warm_up(&self) {
        let now = self.now();
        self.id_tokens.warm_up(now).await;
        if let Err(reason) = self.metadata.get(now).await {
            tracing::warn!(provider = self.name(), reason, "a sign-in provider cannot be reached");
        }
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

#[cfg(test)]
mod tests;
