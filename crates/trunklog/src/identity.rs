//! Opens what the identity crate keeps below the data folder.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use jiff::SignedDuration;
use trunklog_identity::{
    Applications, Audiences, Clock, Issuer, IssuerSettings, KeyPolicy, SigningKeys, Verifier, system_clock,
};
use trunklog_records::TenantId;

use crate::config::Settings;
use crate::store;

/// All that decides who may read.
pub(crate) struct Identity {
    pub(crate) issuer: Arc<Issuer>,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) keys: Arc<SigningKeys>,
    pub(crate) clock: Clock,
}

/// The registry of applications.
pub(crate) fn applications(settings: &Settings) -> Result<Applications> {
    store::prepare(&settings.data_dir)?;
    Ok(Applications::open(&folder(settings), system_clock())?)
}

/// The registry of applications, where there is one or a store.
pub(crate) fn existing(settings: &Settings) -> Result<Applications> {
    if !folder(settings).exists() {
        store::must_exist(settings)?;
    }
    applications(settings)
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
    Ok(Identity { issuer, verifier, keys, clock })
}

fn folder(settings: &Settings) -> PathBuf {
    settings.data_dir.join("identity")
}
