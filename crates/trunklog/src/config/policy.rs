//! From keys to what the server does about numbers, days, old rows and load.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use trunklog_audit::Options;
use trunklog_downloads::Limits;
use trunklog_identity::SessionEnds;
use trunklog_odata::Profile;
use trunklog_records::masking::{MOST_DIGITS, Mask};
use trunklog_records::{Retention, Retentions, TenantId};
use trunklog_server::{Inventories, Masks, ProbeSettings, Reveals, RevealsPerHour, ThrottleLimits, Zones};

use super::AuditSettings;
use super::layer::{
    Audit, Downloads, Inventory, Masking, People, Probe, Tenant, TenantKeys, Text, Throttle, TrunkKeys,
};
use super::values::{Country, KeepTime, LogKey, Zone};
use super::whole::{Count, Secs, Whole};

/// The longest name of a tenant, in characters.
const MOST_NAME: usize = 100;

/// How numbers are masked. What a tenant's own section says goes before what
/// holds for all, and within a section digits go before the country.
pub(super) fn masks(masking: &Masking, tenants: &BTreeMap<Text<TenantId>, TenantKeys>) -> Result<Masks> {
    let others = mask("masking.digits", masking.country.as_ref(), masking.digits)?;
    let mut masks = Masks { others: others.unwrap_or(Mask::NONE), ..Masks::default() };
    for (Text(tenant), keys) in tenants {
        let key = format!("tenants.{tenant}.mask_digits");
        if let Some(own) = mask(&key, keys.country.as_ref(), keys.mask_digits)? {
            masks.tenants.insert(*tenant, own);
        }
    }
    Ok(masks)
}

/// The mask that a section says; None when it says nothing. `key` is the name
/// of its digits.
fn mask(key: &str, country: Option<&Text<Country>>, digits: Option<Whole<u8, 0>>) -> Result<Option<Mask>> {
    let digits = digits.map(Whole::get);
    if let Some(digits) = digits.filter(|digits| *digits > MOST_DIGITS) {
        bail!("{key} is {digits}: no number has more than {MOST_DIGITS} digits, write that or less");
    }
    let of_country = country.map(|Text(country)| Mask::of_country(country.code()));
    Ok(digits.map(Mask::hiding).or(of_country))
}

/// In which zones days are counted: by the server, and by an engine that keeps
/// sums of them. What a tenant's own section says goes before what holds for all.
pub(super) fn zones(all: &Tenant, tenants: &BTreeMap<Text<TenantId>, TenantKeys>) -> Zones {
    let zone_of = |key: Option<&Text<Zone>>| key.map(|Text(zone)| zone.time_zone().clone());
    let own =
        |(Text(tenant), keys): (&Text<TenantId>, &TenantKeys)| Some((*tenant, zone_of(keys.zone.as_ref())?));
    Zones {
        others: zone_of(all.zone.as_ref()).unwrap_or(TimeZone::UTC),
        tenants: tenants.iter().filter_map(own).collect(),
    }
}

/// How often trunks are looked at unless something else is set, and how long a look
/// may take.
const PROBE_EVERY_SECS: u64 = 300;
const PROBE_LIMIT_SECS: u64 = 10;

/// What is said of trunks, tenant by tenant. What is said of one twice is added.
pub(super) fn inventories(keys: Inventory) -> Result<Inventories> {
    let mut inventories = Inventories::default();
    for TrunkKeys { tenant: Text(tenant), fqdn: Text(fqdn), known } in keys.trunks.unwrap_or_default() {
        let inventory = inventories.tenants.entry(tenant).or_default();
        inventory
            .configure(&fqdn, known)
            .with_context(|| format!("the section inventory.trunks of {fqdn} cannot be used"))?;
    }
    Ok(inventories)
}

/// How trunks are looked at; None unless it is turned on.
pub(super) fn probe(keys: Probe) -> Option<ProbeSettings> {
    let secs = |key: Option<Secs<1>>, usual: u64| key.map_or(usual, Secs::get);
    (keys.enabled == Some(true)).then(|| ProbeSettings {
        every_secs: secs(keys.every_secs, PROBE_EVERY_SECS),
        limit_secs: secs(keys.limit_secs, PROBE_LIMIT_SECS),
        own_name: keys.name.map(|Text(name)| name.to_string()),
    })
}

/// What is kept, where nothing else is said as long as `usual` has it. What a tenant's
/// own section says of a log goes before what holds for all.
pub(super) fn retentions(
    usual: Retention,
    kept: &BTreeMap<Text<LogKey>, Option<KeepTime>>,
    tenants: &BTreeMap<Text<TenantId>, TenantKeys>,
) -> Retentions {
    let others = retention(usual, kept);
    let own = tenants.iter().filter(|(_, keys)| !keys.retention.is_empty());
    let tenants = own.map(|(Text(tenant), keys)| (*tenant, retention(others, &keys.retention)));
    Retentions { others, tenants: tenants.collect() }
}

/// What tenants are called.
pub(super) fn names(tenants: &BTreeMap<Text<TenantId>, TenantKeys>) -> Result<BTreeMap<TenantId, String>> {
    let mut names = BTreeMap::new();
    for (Text(tenant), keys) in tenants {
        let Some(name) = &keys.name else { continue };
        check_name(name).with_context(|| format!("tenants.{tenant}.name"))?;
        names.insert(*tenant, name.clone());
    }
    Ok(names)
}

/// Checks that people can read a tenant's name, on a line of its own.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let fits = !name.trim().is_empty() && name.chars().count() <= MOST_NAME;
    if !fits || name.chars().any(char::is_control) {
        bail!("a tenant's name has 1 to {MOST_NAME} characters, and no line breaks");
    }
    Ok(())
}

fn retention(usual: Retention, kept: &BTreeMap<Text<LogKey>, Option<KeepTime>>) -> Retention {
    kept.iter()
        .filter_map(|(Text(key), kept)| kept.map(|kept| (key.log(), kept)))
        .fold(usual, |retention, (log, kept)| retention.with(log, kept.days()))
}

/// How it is kept who did what: below the data folder unless it says otherwise.
pub(super) fn audit(keys: Audit, data_dir: &Path) -> AuditSettings {
    const MIB: u64 = 1024 * 1024;
    let usual = Options::default();
    AuditSettings {
        folder: keys.folder.unwrap_or_else(|| data_dir.join("audit")),
        days: keys.days.map_or(usual.days, KeepTime::days),
        file_bytes: keys.file_mib.map_or(usual.file_bytes, |mib| MIB * u64::from(mib.get())),
        syslog: keys.syslog.map(|Text(syslog)| syslog),
    }
}

/// How many exports are kept for people, how large, and for how long.
pub(super) fn downloads(keys: Downloads) -> Limits {
    const MIB: u64 = 1024 * 1024;
    let usual = Limits::default();
    let bytes = |key: Option<Count<u32>>, usual| key.map_or(usual, |mib| MIB * u64::from(mib.get()));
    Limits {
        of_person: keys.of_person.map_or(usual.of_person, Count::get),
        file_bytes: bytes(keys.file_mib, usual.file_bytes),
        all_bytes: bytes(keys.all_mib, usual.all_bytes),
        kept: keys.hours.map_or(usual.kept, |hours| SignedDuration::from_hours(i64::from(hours.get()))),
    }
}

/// How many requests are taken; None for any number. Who names a figure wants
/// it to hold, unless it is switched off.
pub(super) fn throttle(keys: &Throttle, profile: Profile) -> Option<ThrottleLimits> {
    let figures = [keys.tenant, keys.application, keys.function, keys.window_secs];
    let named = figures.iter().any(Option::is_some);
    let figure = |key: Option<Count<u32>>, usual: u32| key.map_or(usual, Count::get);
    let usual = ThrottleLimits::default();
    keys.enabled.unwrap_or(named || profile.is_strict()).then(|| ThrottleLimits {
        tenant: figure(keys.tenant, usual.tenant),
        application: figure(keys.application, usual.application),
        function: figure(keys.function, usual.function),
        window_secs: figure(keys.window_secs, usual.window_secs),
    })
}

/// Whether people may have a masked number shown.
pub(super) fn reveals(keys: &People) -> Reveals {
    if keys.reveal == Some(false) { Reveals::Never } else { Reveals::WithReason }
}

/// How many of them a person may have shown within an hour.
pub(super) fn reveals_per_hour(keys: &People) -> RevealsPerHour {
    keys.reveals_per_hour.map_or_else(RevealsPerHour::default, |most| RevealsPerHour(most.get()))
}

/// When sessions of people end by themselves.
pub(super) fn session_ends(keys: &People) -> SessionEnds {
    let usual = SessionEnds::default();
    let period = |key: Option<Secs<60>>, usual: SignedDuration| {
        let secs = key.and_then(|secs| i64::try_from(secs.get()).ok());
        secs.map_or(usual, SignedDuration::from_secs)
    };
    SessionEnds {
        idle: period(keys.idle_secs, usual.idle),
        lasting: period(keys.session_secs, usual.lasting),
    }
}
