//! Opens what the identity crate keeps below the data folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use jiff::SignedDuration;
use trunklog_identity::{
    Accounts, Applications, Audiences, ClientCredential, Clock, Devices, Issuer, IssuerSettings, KeyPolicy,
    People, Provider, ProviderSettings, SessionFiles, SigningKeys, Transport, Verifier, system_clock,
};
use trunklog_records::TenantId;

use crate::config::{ProviderKeys, Settings};
use crate::store;

/// All that decides who may read.
pub(crate) struct Identity {
    pub(crate) issuer: Arc<Issuer>,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) keys: Arc<SigningKeys>,
    pub(crate) people: Arc<People>,
    pub(crate) clock: Clock,
}

/// The registry of applications.
pub(crate) fn applications(settings: &Settings) -> Result<Applications> {
    store::prepare(&settings.data_dir)?;
    Ok(Applications::open(&folder(settings), system_clock())?)
}

/// The registry of applications, where there is one or a store.
pub(crate) fn existing(settings: &Settings) -> Result<Applications> {
    must_exist(settings)?;
    applications(settings)
}

/// Fails where there are neither registries nor a store.
pub(crate) fn must_exist(settings: &Settings) -> Result<()> {
    if folder(settings).exists() { Ok(()) } else { store::must_exist(settings) }
}

/// The registry of accounts.
pub(crate) fn accounts(settings: &Settings) -> Result<Accounts> {
    store::prepare(&settings.data_dir)?;
    Ok(Accounts::open(&folder(settings), system_clock())?)
}

/// The same if there is one; None when there is none, and then nothing is made.
pub(crate) fn look_at_accounts(settings: &Settings) -> Result<Option<Accounts>> {
    if folder(settings).exists() { accounts(settings).map(Some) } else { Ok(None) }
}

/// The providers at which people sign in. Nothing is fetched.
pub(crate) fn providers(settings: &Settings, clock: &Clock) -> Result<Vec<Provider>> {
    let provider = |keys: &ProviderKeys| -> Result<Provider> {
        Ok(Provider::new(provider_settings(keys)?, Arc::clone(clock))?)
    };
    settings.people.providers.iter().map(provider).collect()
}

fn provider_settings(keys: &ProviderKeys) -> Result<ProviderSettings> {
    let credential = credential(keys).with_context(|| format!("sign-in provider {:?}", keys.name))?;
    Ok(ProviderSettings {
        name: keys.name.clone(),
        title: keys.title.clone(),
        issuer: keys.issuer.clone(),
        metadata_url: keys.metadata_url.clone(),
        client_id: keys.client_id.clone(),
        credential,
        scopes: keys.scopes.clone(),
        claim: keys.claim.clone(),
        roles: keys.roles(),
        ca_file: keys.ca_file.clone(),
        transport: Transport::Https,
    })
}

fn credential(keys: &ProviderKeys) -> Result<ClientCredential> {
    match (&keys.client_secret_file, &keys.client_key_file) {
        (Some(file), None) => {
            let secret = String::from_utf8(read(file)?)
                .ok()
                .with_context(|| format!("the client secret in {} is not text in UTF-8", file.display()))?;
            Ok(ClientCredential::Secret(secret.trim().to_owned()))
        }
        (None, Some(file)) => Ok(ClientCredential::Key {
            private_key: read(file)?,
            certificate: keys.client_certificate_file.as_deref().map(read).transpose()?,
            key_id: keys.client_key_id.clone(),
        }),
        _ => bail!("set one of client_secret_file and client_key_file"),
    }
}

fn read(file: impl AsRef<Path>) -> Result<Vec<u8>> {
    let file = file.as_ref();
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

/// The tenants that have applications.
pub(crate) fn tenants(settings: &Settings) -> Result<Vec<TenantId>> {
    let Some(applications) = look(settings)? else { return Ok(Vec::new()) };
    Ok(applications.list().iter().map(|application| TenantId::new(application.tenant)).collect())
}

/// The registry of applications if there is one; None when there is none, and
/// then nothing is made.
pub(crate) fn look(settings: &Settings) -> Result<Option<Applications>> {
    if folder(settings).exists() { applications(settings).map(Some) } else { Ok(None) }
}

/// Opens everything for a server whose address is `public_url`. Makes the first
/// signing key if there is none.
pub(crate) fn open(settings: &Settings, public_url: &str) -> Result<Identity> {
    let clock = system_clock();
    let applications = Arc::new(applications(settings)?);
    let mut policy = KeyPolicy::default();
    if let Some(secs) = settings.identity.token_lifetime_secs {
        policy = KeyPolicy { token_lifetime: SignedDuration::from_secs(i64::from(secs)), ..policy };
    }
    let keys = Arc::new(SigningKeys::open(&folder(settings), policy, Arc::clone(&clock))?);
    let issuer_settings = IssuerSettings {
        login_base: public_url.to_owned(),
        audiences: Audiences::new(settings.cloud, public_url, &settings.identity.audiences)?,
        tenants: settings.identity.tenants.iter().map(|tenant| tenant.guid()).collect(),
    };
    let issuer = Arc::new(Issuer::new(issuer_settings, applications, Arc::clone(&keys), Arc::clone(&clock)));
    let external = settings.identity.issuers.clone();
    let verifier = Arc::new(Verifier::new(Some(Arc::clone(&issuer)), external, Arc::clone(&clock))?);
    let accounts = Arc::new(Accounts::open(&folder(settings), Arc::clone(&clock))?);
    let sessions = Arc::new(SessionFiles::open(&folder(settings))?);
    let providers = providers(settings, &clock)?;
    let devices = Devices::open(&folder(settings))?;
    let people =
        People::new(accounts, sessions, devices, providers, settings.people.ends, Arc::clone(&clock))?;
    Ok(Identity { issuer, verifier, keys, people: Arc::new(people), clock })
}

fn folder(settings: &Settings) -> PathBuf {
    settings.data_dir.join("identity")
}
