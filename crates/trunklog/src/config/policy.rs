//! From keys to what the server does about numbers, days, old rows and load.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::tz::TimeZone;
use trunklog_audit::Options;
use trunklog_odata::Profile;
use trunklog_records::masking::{MOST_DIGITS, Mask};
use trunklog_records::{Retention, Retentions, TenantId};
use trunklog_server::{Masks, ThrottleLimits, Zones};

use super::AuditSettings;
use super::layer::{Audit, Masking, Tenant, TenantKeys, Text, Throttle};
use super::values::{Country, KeepTime, LogKey, Zone};
use super::whole::{Count, Whole};

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
