//! How the server is set up, as plain values.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use jiff::tz::TimeZone;
use trunklog_identity::Cloud;
use trunklog_ledger::ExpectedSource;
use trunklog_odata::Profile;
use trunklog_records::masking::Mask;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, Retentions, TenantId};
use trunklog_trunks::Inventory;

use crate::tls::Tls;

/// Where the server listens and how it presents itself.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where HTTPS is served.
    pub https: Option<SocketAddr>,
    /// Where HTTP without TLS is served.
    pub http: Option<SocketAddr>,
    /// Where health and metrics are served, without TLS.
    pub ops: Option<SocketAddr>,
    /// The certificate; needed when `https` is set.
    pub tls: Option<Tls>,
    /// The address that clients use, such as `https://trunklog.example.com`.
    pub public_url: Option<String>,
    /// The peers whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How closely answers follow Graph.
    pub profile: Profile,
    /// Whose functions are imitated: which exist depends on it.
    pub cloud: Cloud,
    /// How many digits of external numbers are hidden.
    pub masks: Masks,
    /// Whether people may have a masked number shown.
    pub reveals: Reveals,
    /// How many of them a person may have shown within an hour.
    pub reveals_per_hour: RevealsPerHour,
    /// In which zones tenants count days.
    pub zones: Zones,
    /// What tenants are called, of those that the operator names.
    pub tenant_names: BTreeMap<TenantId, String>,
    /// How far back each log of each tenant can be read.
    pub retention: Retentions,
    /// The tenants whose trunks are told in the metrics.
    pub trunks_of: Vec<TenantId>,
    /// The tenant whose calls are imported where a command names none: it is known before
    /// it has any.
    pub import_tenant: Option<TenantId>,
    /// Where rows come from, as far as that is set up: until when data are complete
    /// depends on all of them.
    pub sources: Vec<ExpectedSource>,
    /// What the operator says of trunks.
    pub inventories: Inventories,
    /// How trunks are looked at; None for not at all.
    pub probe: Option<ProbeSettings>,
    /// How many requests are taken; None for any number.
    pub throttle: Option<ThrottleLimits>,
    /// The web pages whose scripts may read answers.
    pub cors: Origins,
    /// What a client may use up.
    pub limits: Limits,
}

impl Settings {
    /// The logs that the cloud's Graph has functions for.
    pub(crate) fn logs(&self) -> &'static [&'static Log] {
        if self.cloud.has_call_records() { &LOGS } else { &[] }
    }
}

/// How numbers are masked, tenant by tenant.
#[derive(Debug, Clone, Default)]
pub struct Masks {
    /// Holds for every tenant that is not listed.
    pub others: Mask,
    /// Tenants with their own mask.
    pub tenants: HashMap<TenantId, Mask>,
}

impl Masks {
    /// The mask of a tenant.
    pub fn of(&self, tenant: TenantId) -> Mask {
        self.tenants.get(&tenant).copied().unwrap_or(self.others)
    }
}

/// Whether people who see masked numbers may have one shown at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reveals {
    /// Who reads calls may, and says why.
    #[default]
    WithReason,
    /// Nobody may.
    Never,
}

/// How many masked numbers a person may have shown within an hour: who looks into
/// complaints needs some of them, and thousands are a list of subscribers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevealsPerHour(pub u32);

impl Default for RevealsPerHour {
    /// One each two minutes.
    fn default() -> RevealsPerHour {
        RevealsPerHour(30)
    }
}

/// In which zones reports count days and hours, tenant by tenant.
///
/// ```
/// use trunklog_server::Zones;
///
/// assert_eq!(Zones::default().of("11111111-2222-3333-4444-555555555555".parse()?).iana_name(), Some("UTC"));
/// # Ok::<(), trunklog_records::TenantIdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zones {
    /// Holds for every tenant that is not listed.
    pub others: TimeZone,
    /// Tenants with their own zone.
    pub tenants: BTreeMap<TenantId, TimeZone>,
}

impl Default for Zones {
    /// UTC.
    fn default() -> Zones {
        Zones { others: TimeZone::UTC, tenants: BTreeMap::new() }
    }
}

impl Zones {
    /// The zone of a tenant.
    pub fn of(&self, tenant: TenantId) -> &TimeZone {
        self.tenants.get(&tenant).unwrap_or(&self.others)
    }
}

/// What the operator says of trunks, tenant by tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventories {
    /// Tenants of whose trunks something is said.
    pub tenants: BTreeMap<TenantId, Inventory>,
}

impl Inventories {
    /// That of a tenant.
    pub fn of(&self, tenant: TenantId) -> Inventory {
        self.tenants.get(&tenant).cloned().unwrap_or_default()
    }
}

/// How trunks of the inventory are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeSettings {
    /// How often.
    pub every_secs: u64,
    /// How long a look at one may take.
    pub limit_secs: u64,
    /// What we call ourselves to them; None for our address.
    pub own_name: Option<String>,
}

/// How many requests are taken in a window of time; more get 429.
///
/// Source: learn.microsoft.com/graph/throttling-limits, "PSTN call records
/// limits", for the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThrottleLimits {
    /// Of all applications of a tenant.
    pub tenant: u32,
    /// Of one application of a tenant.
    pub application: u32,
    /// To one function of a tenant.
    pub function: u32,
    /// How long the window is, in seconds.
    pub window_secs: u32,
}

impl Default for ThrottleLimits {
    /// Microsoft's figures.
    fn default() -> ThrottleLimits {
        ThrottleLimits { tenant: 1_000, application: 200, function: 50, window_secs: 60 }
    }
}

/// The origins of web pages (RFC 6454) whose scripts may read answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// Any, as Graph.
    Any,
    /// These, such as `https://portal.example.com`.
    Listed(Vec<String>),
}

impl Default for Origins {
    /// None.
    fn default() -> Origins {
        Origins::Listed(Vec::new())
    }
}

/// The longest time that a limit may be, in seconds: ten years. Clocks count not
/// much further than that, and nobody waits so long.
pub const MOST_SECS: u64 = 10 * 365 * 24 * 60 * 60;

/// A limit in seconds as a time, a second at least and [`MOST_SECS`] at most.
pub(crate) fn lasting(secs: u64) -> Duration {
    Duration::from_secs(secs.clamp(1, MOST_SECS))
}

/// What a client may use up. Times that are longer than [`MOST_SECS`] are taken
/// for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The headers of a request.
    pub header_bytes: usize,
    /// The URL of a request.
    pub url_bytes: usize,
    /// The body of a request.
    pub body_bytes: usize,
    /// How long a client may take to send its headers, or its form.
    pub header_secs: u64,
    /// How long a client may take nothing of an answer, or send nothing while it
    /// waits for none.
    pub stall_secs: u64,
    /// The least that a client has to take of an answer, in bytes a second on
    /// average over `slow_secs`; 0 for nothing at all.
    pub slow_bytes_per_sec: u64,
    /// Over how long that is averaged.
    pub slow_secs: u64,
    /// How long a connection without requests is kept open.
    pub idle_secs: u64,
    /// Connections at a time, of which one address has half at most. For more,
    /// idle ones are closed; where none is idle they get a 503.
    pub connections: usize,
    /// Bytes of answers that were made and that clients have not taken yet, of
    /// which one tenant has half at most, and all who have not signed in a
    /// quarter together. More wait to be made.
    pub unread_bytes: usize,
    /// The same for one connection. A single answer may be larger.
    pub connection_unread_bytes: usize,
    /// Reads of the store at a time.
    pub store_workers: usize,
    /// Requests that wait for the store; more get a 503.
    pub store_queue: usize,
    /// The most rows of a page that a client may ask for by `Prefer`.
    pub page_rows: u32,
    /// The most calls that are read one by one for a page on which a country is looked
    /// at.
    pub country_rows: u32,
    /// Whole ranges that are sent at a time, as CSV and the like; more wait. One
    /// of them is kept free for another tenant.
    pub exports: usize,
    /// How long a shutdown waits for answers in flight.
    pub shutdown_secs: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            header_bytes: 16 * 1024,
            url_bytes: 8 * 1024,
            body_bytes: 256 * 1024,
            header_secs: 10,
            stall_secs: 30,
            slow_bytes_per_sec: 1024,
            slow_secs: 60,
            idle_secs: 120,
            connections: 1024,
            unread_bytes: 256 * 1024 * 1024,
            connection_unread_bytes: 16 * 1024 * 1024,
            store_workers: 4,
            store_queue: 256,
            page_rows: 10_000,
            country_rows: 1_000_000,
            exports: 3,
            shutdown_secs: 30,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn no_limit_is_longer_than_clocks_count() {
        for secs in [0, 1, 30, MOST_SECS, MOST_SECS + 1, u64::MAX] {
            // Several of them are added to the time of day.
            let later = Instant::now().checked_add(lasting(secs) * 2);
            assert!(later.is_some() && lasting(secs) >= Duration::from_secs(1), "{secs}");
        }
        assert_eq!(lasting(30), Duration::from_secs(30));
    }
}
