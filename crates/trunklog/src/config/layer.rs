//! Settings of one origin, each of which may be missing.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use trunklog_audit::Syslog;
use trunklog_identity::{Cloud, ExternalIssuer, Grant};
use trunklog_records::TenantId;
use trunklog_server::Limits;
use trunklog_trunks::{Entry, Fqdn};

use super::pull::PullKeys;
use super::source::SourceKeys;
use super::values::{Country, KeepTime, LogKey, OriginList, Zone};
use super::whole::{Count, Secs, Whole};

/// Lays settings over others.
pub(crate) trait Overlay {
    /// What is set here stays; what is missing comes from `lower`.
    #[must_use]
    fn over(self, lower: Self) -> Self;
}

impl<T> Overlay for Option<T> {
    fn over(self, lower: Option<T>) -> Option<T> {
        self.or(lower)
    }
}

impl<K: Ord, V: Overlay> Overlay for BTreeMap<K, V> {
    fn over(self, mut lower: BTreeMap<K, V>) -> BTreeMap<K, V> {
        for (key, value) in self {
            let value = match lower.remove(&key) {
                Some(below) => value.over(below),
                None => value,
            };
            lower.insert(key, value);
        }
        lower
    }
}

/// Defines a section; a list of its fields is needed in one place only.
macro_rules! section {
    ($(#[$about:meta])* $name:ident { $($field:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(crate) struct $name {
            $(pub(crate) $field: $kind,)*
        }

        impl Overlay for $name {
            fn over(self, lower: $name) -> $name {
                $name { $($field: self.$field.over(lower.$field),)* }
            }
        }
    };
}

section! {
    /// All keys of `trunklog.toml`.
    Layer {
        data_dir: Option<PathBuf>,
        public_url: Option<String>,
        trusted_proxies: Option<Vec<IpAddr>>,
        strict: Option<bool>,
        cloud: Option<Text<Cloud>>,
        listen: Listen,
        tls: Tls,
        store: Store,
        limits: LimitKeys,
        throttle: Throttle,
        cors: Cors,
        metrics: Metrics,
        inventory: Inventory,
        probe: Probe,
        masking: Masking,
        retention: BTreeMap<Text<LogKey>, Option<KeepTime>>,
        tenant: Tenant,
        tenants: BTreeMap<Text<TenantId>, TenantKeys>,
        audit: Audit,
        downloads: Downloads,
        log: Log,
        identity: Identity,
        people: People,
        import: Import,
        pull: Option<Vec<PullKeys>>,
        rejects: Rejects,
        source: Option<Vec<SourceKeys>>,
    }
}

section! {
    /// `[listen]`
    Listen {
        https: Option<Listener>,
        http: Option<Listener>,
        ops: Option<Listener>,
    }
}

section! {
    /// `[tls]`
    Tls {
        certificate: Option<PathBuf>,
        key: Option<PathBuf>,
        names: Option<Vec<String>>,
    }
}

section! {
    /// `[store]`
    Store {
        memory_mib: Option<Count<u32>>,
        threads: Option<Count<u32>>,
        query_secs: Option<Secs<0>>,
        deletions_days: Option<Count<u16>>,
        cubes: Option<bool>,
    }
}

section! {
    /// `[limits]`
    LimitKeys {
        header_bytes: Option<Count<usize>>,
        url_bytes: Option<Count<usize>>,
        body_bytes: Option<Count<usize>>,
        header_secs: Option<Secs<1>>,
        stall_secs: Option<Secs<1>>,
        slow_bytes_per_sec: Option<Whole<u64, 0>>,
        slow_secs: Option<Secs<1>>,
        idle_secs: Option<Secs<1>>,
        connections: Option<Count<usize>>,
        unread_bytes: Option<Count<usize>>,
        connection_unread_bytes: Option<Count<usize>>,
        store_workers: Option<Count<usize>>,
        store_queue: Option<Count<usize>>,
        page_rows: Option<Count<u32>>,
        country_rows: Option<Count<u32>>,
        exports: Option<Count<usize>>,
        shutdown_secs: Option<Secs<1>>,
    }
}

section! {
    /// `[throttle]`
    Throttle {
        enabled: Option<bool>,
        tenant: Option<Count<u32>>,
        application: Option<Count<u32>>,
        function: Option<Count<u32>>,
        window_secs: Option<Count<u32>>,
    }
}

section! {
    /// `[cors]`
    Cors {
        origins: Option<OriginList>,
    }
}

section! {
    /// `[metrics]`
    Metrics {
        trunks_of: Option<Vec<Text<TenantId>>>,
    }
}

section! {
    /// `[inventory]`
    Inventory {
        trunks: Option<Vec<TrunkKeys>>,
    }
}

section! {
    /// `[probe]`
    Probe {
        enabled: Option<bool>,
        every_secs: Option<Secs<1>>,
        limit_secs: Option<Secs<1>>,
        name: Option<Text<Fqdn>>,
    }
}

section! {
    /// `[masking]`
    Masking {
        country: Option<Text<Country>>,
        digits: Option<Whole<u8, 0>>,
    }
}

section! {
    /// `[tenant]`, which holds for all that say nothing of their own.
    Tenant {
        zone: Option<Text<Zone>>,
    }
}

section! {
    /// `[tenants."<guid>"]`
    TenantKeys {
        name: Option<String>,
        zone: Option<Text<Zone>>,
        country: Option<Text<Country>>,
        mask_digits: Option<Whole<u8, 0>>,
        retention: BTreeMap<Text<LogKey>, Option<KeepTime>>,
    }
}

section! {
    /// `[audit]`
    Audit {
        folder: Option<PathBuf>,
        days: Option<KeepTime>,
        file_mib: Option<Count<u32>>,
        syslog: Option<Text<Syslog>>,
    }
}

section! {
    /// `[downloads]`
    Downloads {
        of_person: Option<Count<usize>>,
        file_mib: Option<Count<u32>>,
        all_mib: Option<Count<u32>>,
        hours: Option<Count<u32>>,
    }
}

section! {
    /// `[log]`
    Log {
        format: Option<LogFormat>,
        level: Option<String>,
    }
}

section! {
    /// `[identity]`
    Identity {
        audiences: Option<Vec<String>>,
        tenants: Option<Vec<Text<TenantId>>>,
        token_lifetime_secs: Option<Count<u32>>,
        issuers: Option<Vec<Issuer>>,
    }
}

section! {
    /// `[people]`
    People {
        idle_secs: Option<Secs<60>>,
        session_secs: Option<Secs<60>>,
        reveal: Option<bool>,
        reveals_per_hour: Option<Count<u32>>,
        oidc: Option<Vec<ProviderKeys>>,
    }
}

section! {
    /// `[import]`
    Import {
        tenant: Option<Text<TenantId>>,
    }
}

/// `[[inventory.trunks]]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrunkKeys {
    pub(super) tenant: Text<TenantId>,
    pub(super) fqdn: Text<Fqdn>,
    pub(super) known: Vec<Entry>,
}

section! {
    /// `[rejects]`
    Rejects {
        days: Option<Count<u16>>,
    }
}

/// `[[identity.issuers]]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Issuer {
    issuer: String,
    metadata_url: Option<String>,
    #[serde(default)]
    accepted_issuers: Vec<String>,
    audiences: Vec<String>,
    tenants: BTreeMap<Text<TenantId>, Text<TenantId>>,
    #[serde(default)]
    graph_nonce: bool,
    ca_file: Option<PathBuf>,
}

/// `[[people.oidc]]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderKeys {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) issuer: String,
    pub(crate) metadata_url: Option<String>,
    pub(crate) client_id: String,
    pub(crate) client_secret_file: Option<PathBuf>,
    pub(crate) client_key_file: Option<PathBuf>,
    pub(crate) client_certificate_file: Option<PathBuf>,
    pub(crate) client_key_id: Option<String>,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    #[serde(default = "usual_claim")]
    pub(crate) claim: String,
    roles: BTreeMap<String, Vec<Text<Grant>>>,
    pub(crate) ca_file: Option<PathBuf>,
}

/// Where Entra puts the app roles of a person.
fn usual_claim() -> String {
    "roles".to_owned()
}

impl ProviderKeys {
    /// What each value of the claim permits.
    pub(crate) fn roles(&self) -> BTreeMap<String, Vec<Grant>> {
        let grants = |grants: &Vec<Text<Grant>>| grants.iter().map(|Text(grant)| *grant).collect();
        self.roles.iter().map(|(value, own)| (value.clone(), grants(own))).collect()
    }

    fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let files = [
            &mut self.client_secret_file,
            &mut self.client_key_file,
            &mut self.client_certificate_file,
            &mut self.ca_file,
        ];
        files.into_iter().flatten()
    }
}

/// An address to listen on, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listener {
    Off,
    At(SocketAddr),
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// A JSON object a line.
    Json,
}

/// A value that is read from text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Text<T>(pub(crate) T);

impl Layer {
    /// Takes relative paths as relative to `folder`.
    pub(super) fn relative_to(&mut self, folder: &Path) {
        let issuers = self.identity.issuers.iter_mut().flatten();
        let pulls = self.pull.iter_mut().flatten();
        let paths =
            [&mut self.data_dir, &mut self.tls.certificate, &mut self.tls.key, &mut self.audit.folder];
        let in_lists = issuers.map(|issuer| &mut issuer.ca_file).chain(pulls.flat_map(PullKeys::files));
        for path in paths.into_iter().chain(in_lists).flatten() {
            *path = folder.join(&*path);
        }
        for path in self.people.oidc.iter_mut().flatten().flat_map(ProviderKeys::files) {
            *path = folder.join(&*path);
        }
        for path in self.source.iter_mut().flatten().map(SourceKeys::path) {
            *path = folder.join(&*path);
        }
    }
}

impl LimitKeys {
    pub(super) fn into_limits(self) -> Limits {
        let usual = Limits::default();
        let size = |key: Option<Count<usize>>, usual: usize| key.map_or(usual, Count::get);
        let secs = |key: Option<Secs<1>>, usual: u64| key.map_or(usual, Secs::get);
        Limits {
            header_bytes: size(self.header_bytes, usual.header_bytes),
            url_bytes: size(self.url_bytes, usual.url_bytes),
            body_bytes: size(self.body_bytes, usual.body_bytes),
            header_secs: secs(self.header_secs, usual.header_secs),
            stall_secs: secs(self.stall_secs, usual.stall_secs),
            slow_bytes_per_sec: self.slow_bytes_per_sec.map_or(usual.slow_bytes_per_sec, Whole::get),
            slow_secs: secs(self.slow_secs, usual.slow_secs),
            idle_secs: secs(self.idle_secs, usual.idle_secs),
            connections: size(self.connections, usual.connections),
            unread_bytes: size(self.unread_bytes, usual.unread_bytes),
            connection_unread_bytes: size(self.connection_unread_bytes, usual.connection_unread_bytes),
            store_workers: size(self.store_workers, usual.store_workers),
            store_queue: size(self.store_queue, usual.store_queue),
            page_rows: self.page_rows.map_or(usual.page_rows, Count::get),
            country_rows: self.country_rows.map_or(usual.country_rows, Count::get),
            exports: size(self.exports, usual.exports),
            shutdown_secs: secs(self.shutdown_secs, usual.shutdown_secs),
        }
    }
}

impl Issuer {
    /// The issuer, of that cloud if it is one of Microsoft's.
    pub(super) fn into_external(self, cloud: Cloud) -> ExternalIssuer {
        let tenants =
            self.tenants.iter().map(|(Text(theirs), Text(ours))| (theirs.guid(), ours.guid())).collect();
        ExternalIssuer {
            metadata_url: self.metadata_url,
            accepted_issuers: self.accepted_issuers,
            cloud,
            graph_nonce: self.graph_nonce,
            ca_file: self.ca_file,
            ..ExternalIssuer::new(&self.issuer, self.audiences, tenants)
        }
    }
}

impl Listener {
    /// The address, None when it is off.
    pub(crate) fn address(self) -> Option<SocketAddr> {
        match self {
            Listener::Off => None,
            Listener::At(address) => Some(address),
        }
    }
}

impl FromStr for Listener {
    type Err = String;

    fn from_str(text: &str) -> Result<Listener, String> {
        if text == "off" {
            return Ok(Listener::Off);
        }
        text.parse().map(Listener::At).map_err(|_| {
            format!(
                "'{text}' is not an address to listen on: write it like 127.0.0.1:8443 or [::]:8443, or off"
            )
        })
    }
}

impl<'de> Deserialize<'de> for Listener {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Listener, D::Error> {
        Text::deserialize(deserializer).map(|Text(listener)| listener)
    }
}

impl<'de, T> Deserialize<'de> for Text<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text<T>, D::Error> {
        String::deserialize(deserializer)?.parse().map(Text).map_err(D::Error::custom)
    }
}
