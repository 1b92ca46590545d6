//! From flags, environment and file to settings that are ready to use.
//!
//! Each of the three is a [`Layer`] in which everything may be missing. Flags
//! win over the environment, that over the file, and that over the defaults,
//! which [`Settings::from_layer`] fills in.

mod environment;
mod file;
mod layer;
mod memory;
mod memory_share;
mod policy;
mod pull;
mod source;
#[cfg(test)]
mod tests;
mod values;
mod whole;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use trunklog_audit::Syslog;
use trunklog_identity::{Cloud, ExternalIssuer, SessionEnds};
use trunklog_ledger::ExpectedSource;
use trunklog_odata::Profile;
use trunklog_pull::settings::Settings as PullSettings;
use trunklog_records::{Retention, Retentions, TenantId};
use trunklog_server::{
    Inventories, Limits, Masks, Origins, ProbeSettings, Reveals, RevealsPerHour, ThrottleLimits, Zones,
};
use trunklog_sources::folder::FolderSettings;

use layer::Overlay;
use memory_share::MemoryShare;
use whole::Count;

use crate::commands::serve;
use crate::engine::{self, EngineSettings};
use crate::memory_limit::MemoryLimit;

pub(crate) use layer::{Layer, Listener, LogFormat, ProviderKeys, Text};
pub(crate) use policy::check_name;
pub(crate) use pull::{expected as expected_of_pull, source_of as source_of_pull};

const HTTPS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8443);
const USUAL_REJECTS_DAYS: u16 = 90;
const OPS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9464);

/// All settings, checked and complete.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The file that was read, if any.
    pub(crate) file: Option<PathBuf>,
    pub(crate) data_dir: PathBuf,
    pub(crate) log_format: LogFormat,
    /// None leaves the level to the command.
    pub(crate) log_level: Option<String>,
    pub(crate) store: EngineSettings,
    /// How the store's memory came about.
    pub(crate) memory: MemoryShare,
    /// Whose Graph is imitated.
    pub(crate) cloud: Cloud,
    pub(crate) identity: IdentitySettings,
    pub(crate) people: PeopleSettings,
    pub(crate) audit: AuditSettings,
    /// How many exports are kept for people, and for how long.
    pub(crate) downloads: trunklog_downloads::Limits,
    pub(crate) serve: ServeSettings,
    /// The tenant that commands mean.
    pub(crate) tenant: Option<TenantId>,
    /// What tenants are called, of those that the configuration names.
    pub(crate) tenant_names: BTreeMap<TenantId, String>,
    /// What is pulled from Graph.
    pub(crate) pulls: Vec<PullSettings>,
    /// The folders that are watched.
    pub(crate) folders: Vec<FolderSettings>,
    /// For how long rejected records are kept.
    pub(crate) rejects_kept: Duration,
}

/// Who may sign in, beside the registered applications.
#[derive(Debug)]
pub(crate) struct IdentitySettings {
    pub(crate) audiences: Vec<String>,
    pub(crate) tenants: Vec<TenantId>,
    pub(crate) token_lifetime_secs: Option<u32>,
    pub(crate) issuers: Vec<ExternalIssuer>,
}

/// Which people may sign in, and for how long, beside those who have an account.
#[derive(Debug)]
pub(crate) struct PeopleSettings {
    pub(crate) ends: SessionEnds,
    /// Whether they may have a masked number shown.
    pub(crate) reveals: Reveals,
    /// How many of them a person may have shown within an hour.
    pub(crate) reveals_per_hour: RevealsPerHour,
    pub(crate) providers: Vec<ProviderKeys>,
}

/// How it is kept who did what.
#[derive(Debug)]
pub(crate) struct AuditSettings {
    pub(crate) folder: PathBuf,
    /// For how many days; None for ever.
    pub(crate) days: Option<u32>,
    /// How large a file becomes.
    pub(crate) file_bytes: u64,
    pub(crate) syslog: Option<Syslog>,
}

/// How the server listens and answers.
#[derive(Debug)]
pub(crate) struct ServeSettings {
    pub(crate) https: Option<SocketAddr>,
    pub(crate) http: Option<SocketAddr>,
    pub(crate) ops: Option<SocketAddr>,
    /// Without a slash at the end.
    pub(crate) public_url: Option<String>,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) profile: Profile,
    pub(crate) certificate: Certificate,
    pub(crate) masks: Masks,
    /// In which zones tenants count days; the store's cubes do, too.
    pub(crate) zones: Zones,
    /// How far back logs can be read.
    pub(crate) retention: Retentions,
    /// What is deleted: the retention that was set, and never one that merely
    /// follows from being strict.
    pub(crate) deletion: Retentions,
    pub(crate) throttle: Option<ThrottleLimits>,
    /// The tenants whose trunks are told in the metrics.
    pub(crate) trunks_of: Vec<TenantId>,
    /// What is said of trunks.
    pub(crate) inventories: Inventories,
    /// How trunks are looked at; None for not at all.
    pub(crate) probe: Option<ProbeSettings>,
    pub(crate) cors: Origins,
    pub(crate) limits: Limits,
}

/// The server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Certificate {
    /// The operator's own.
    Files { certificate: PathBuf, key: PathBuf },
    /// From a local authority that is made on first start, with these names
    /// beside the usual ones.
    LocalCa { names: Vec<String> },
}

impl Settings {
    /// In which zones tenants count days, for the server and for the store.
    pub(crate) fn zones(&self) -> &Zones {
        &self.serve.zones
    }

    /// What the operator expects to bring rows: the sources that a server runs.
    pub(crate) fn expected_sources(&self) -> Vec<ExpectedSource> {
        serve::expected_sources(self)
    }

    /// Where rejected records are, unless an import says otherwise.
    pub(crate) fn rejects_folder(&self) -> PathBuf {
        self.data_dir.join("rejected")
    }

    /// Where files are that people order on the pages.
    pub(crate) fn exports_folder(&self) -> PathBuf {
        self.data_dir.join("exports")
    }

    /// Reads file and environment and puts the flags over them. `config` is
    /// the file that a flag names.
    pub(crate) fn load(flags: Layer, config: Option<&Path>) -> Result<Settings> {
        let variable = |name: &str| std::env::var_os(name);
        let environment = environment::read(&variable)?;
        let named = config.map(Path::to_owned).or_else(|| variable("TRUNKLOG_CONFIG").map(PathBuf::from));
        let file = file::find(named)?;
        let written = file.as_deref().map(file::read).transpose()?.unwrap_or_default();
        let mut settings = Settings::from_layer(flags.over(environment).over(written))?;
        settings.file = file;
        settings.fit_memory(MemoryLimit::find(Path::new("/")));
        Ok(settings)
    }

    /// Fills in the defaults and checks what depends on each other.
    pub(crate) fn from_layer(layer: Layer) -> Result<Settings> {
        let data_dir = match layer.data_dir {
            Some(folder) => folder,
            None => default_data_dir()?,
        };
        let certificate = match (layer.tls.certificate, layer.tls.key) {
            (Some(certificate), Some(key)) => Certificate::Files { certificate, key },
            (None, None) => Certificate::LocalCa { names: layer.tls.names.unwrap_or_default() },
            (Some(_), None) => bail!("tls.certificate is set without tls.key: give the key's file, too"),
            (None, Some(_)) => bail!("tls.key is set without tls.certificate: give its file, too"),
        };
        let defaults = EngineSettings::default();
        let store = EngineSettings {
            memory_mib: layer.store.memory_mib.map_or(defaults.memory_mib, Count::get),
            threads: layer.store.threads.map_or(defaults.threads, Count::get),
            query_limit: match layer.store.query_secs {
                Some(secs) => Some(Duration::from_secs(secs.get())).filter(|limit| !limit.is_zero()),
                None => defaults.query_limit,
            },
            deletions_kept: layer
                .store
                .deletions_days
                .map_or(defaults.deletions_kept, |days| Duration::from_hours(24 * u64::from(days.get()))),
            cubes: engine::cubes(&policy::zones(&layer.tenant, &layer.tenants)),
            ..defaults
        };
        let store = if layer.store.cubes == Some(false) { store.without_cubes() } else { store };
        // Who names one of the two wants no other.
        let https = if layer.listen.http.and_then(Listener::address).is_some() { None } else { Some(HTTPS) };
        let profile = if layer.strict == Some(true) { Profile::Strict } else { Profile::Default };
        let usual_retention = if profile.is_strict() { Retention::microsoft() } else { Retention::default() };
        let cloud = layer.cloud.map(|Text(cloud)| cloud).unwrap_or_default();
        let identity = layer.identity;
        let audit = policy::audit(layer.audit, &data_dir);
        Ok(Settings {
            file: None,
            data_dir,
            log_format: layer.log.format.unwrap_or_default(),
            log_level: layer.log.level,
            store,
            memory: MemoryShare::of(layer.store.memory_mib, layer.limits.unread_bytes),
            cloud,
            identity: IdentitySettings {
                audiences: identity.audiences.unwrap_or_default(),
                tenants: identity
                    .tenants
                    .unwrap_or_default()
                    .into_iter()
                    .map(|Text(tenant)| tenant)
                    .collect(),
                token_lifetime_secs: identity.token_lifetime_secs.map(Count::get),
                issuers: identity
                    .issuers
                    .unwrap_or_default()
                    .into_iter()
                    .map(|issuer| issuer.into_external(cloud))
                    .collect(),
            },
            people: PeopleSettings {
                ends: policy::session_ends(&layer.people),
                reveals: policy::reveals(&layer.people),
                reveals_per_hour: policy::reveals_per_hour(&layer.people),
                providers: layer.people.oidc.unwrap_or_default(),
            },
            audit,
            downloads: policy::downloads(layer.downloads),
            serve: ServeSettings {
                https: layer.listen.https.map_or(https, Listener::address),
                http: layer.listen.http.and_then(Listener::address),
                ops: layer.listen.ops.map_or(Some(OPS), Listener::address),
                public_url: layer.public_url.as_deref().map(checked_url).transpose()?,
                trusted_proxies: layer.trusted_proxies.unwrap_or_default(),
                profile,
                certificate,
                masks: policy::masks(&layer.masking, &layer.tenants)?,
                zones: policy::zones(&layer.tenant, &layer.tenants),
                retention: policy::retentions(usual_retention, &layer.retention, &layer.tenants),
                deletion: policy::retentions(Retention::default(), &layer.retention, &layer.tenants),
                throttle: policy::throttle(&layer.throttle, profile),
                trunks_of: layer
                    .metrics
                    .trunks_of
                    .unwrap_or_default()
                    .into_iter()
                    .map(|Text(tenant)| tenant)
                    .collect(),
                inventories: policy::inventories(layer.inventory)?,
                probe: policy::probe(layer.probe),
                cors: layer.cors.origins.map(|origins| origins.0).unwrap_or_default(),
                limits: layer.limits.into_limits(),
            },
            tenant: layer.import.tenant.map(|Text(tenant)| tenant),
            pulls: pull::settings(layer.pull.unwrap_or_default())?,
            folders: source::folders(layer.source.unwrap_or_default())?,
            rejects_kept: Duration::from_hours(
                24 * u64::from(layer.rejects.days.map_or(USUAL_REJECTS_DAYS, Count::get)),
            ),
            tenant_names: policy::names(&layer.tenants)?,
        })
    }
}

fn checked_url(url: &str) -> Result<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if rest.is_none_or(|rest| rest.is_empty() || rest.starts_with('/') || rest.contains(['?', '#', ' '])) {
        bail!("public_url '{url}' is not an address: write it like https://cdr.example.com");
    }
    Ok(url.trim_end_matches('/').to_owned())
}

/// `/var/lib/trunklog` for root, else below the user's own data.
fn default_data_dir() -> Result<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from("/var/lib/trunklog"));
    }
    absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
        .map(|folder| folder.join("trunklog"))
        .context("there is no home folder: give the data folder with --data-dir")
}
