//! What our own looks at trunks found, and how a round of them goes.
//!
//! Only hosts that the inventory names are looked at, a few at a time, and only
//! where the operator turned it on. What was found is kept in memory: it is true of
//! now alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinSet;
use trunklog_odata::Instant;
use trunklog_probe::Prober;
use trunklog_records::TenantId;
use trunklog_reports::calendar::local_date;
use trunklog_store::Engine;
use trunklog_trunks::{Finding, Fqdn, Probed, TrunkError};

use crate::settings::{Inventories, Zones};

/// How many are looked at at a time.
const AT_ONCE: usize = 8;

/// What was found of each trunk.
#[derive(Debug, Default)]
pub(crate) struct Probes(Mutex<BTreeMap<TenantId, BTreeMap<Fqdn, Probed>>>);

/// A trunk to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    tenant: TenantId,
    name: Fqdn,
    port: u16,
}

impl Probes {
    /// What was found of a tenant's trunks.
    pub(crate) fn of(&self, tenant: TenantId) -> BTreeMap<Fqdn, Probed> {
        self.lock().get(&tenant).cloned().unwrap_or_default()
    }

    /// Takes what a round found. Trunks that were not looked at are forgotten.
    pub(crate) fn take(&self, found: Vec<(Target, Finding)>, at: Instant) {
        let mut known = self.lock();
        let mut renewed: BTreeMap<TenantId, BTreeMap<Fqdn, Probed>> = BTreeMap::new();
        for (target, finding) in found {
            let before = known.get(&target.tenant).and_then(|trunks| trunks.get(&target.name)).copied();
            let probed = Probed::after(before, finding, at);
            renewed.entry(target.tenant).or_default().insert(target.name, probed);
        }
        *known = renewed;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<TenantId, BTreeMap<Fqdn, Probed>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks at each, a few at a time.
pub(crate) async fn round(prober: &Arc<Prober>, targets: Vec<Target>) -> Vec<(Target, Finding)> {
    let mut found = Vec::with_capacity(targets.len());
    let mut looks = JoinSet::new();
    for target in targets {
        if looks.len() >= AT_ONCE
            && let Some(Ok(done)) = looks.join_next().await
        {
            found.push(done);
        }
        let prober = Arc::clone(prober);
        looks.spawn(async move {
            let finding = prober.probe(target.name.as_str(), target.port).await;
            (target, finding)
        });
    }
    while let Some(done) = looks.join_next().await {
        // One that failed is looked at again next time.
        found.extend(done.ok());
    }
    found
}

/// The trunks of all tenants.
pub(crate) fn targets(
    engine: &dyn Engine,
    configured: &Inventories,
    zones: &Zones,
    now: Instant,
) -> Result<Vec<Target>, TrunkError> {
    let mut tenants = engine.tenants()?;
    tenants.extend(configured.tenants.keys().copied());
    tenants.sort_unstable();
    tenants.dedup();
    let mut targets = Vec::new();
    for tenant in tenants {
        let inventory = trunklog_trunks::read(engine, tenant, configured.of(tenant))?;
        let today = today(zones, tenant, now);
        for (name, trunk) in inventory.trunks() {
            targets.push(Target { tenant, name: name.clone(), port: trunk.port(today) });
        }
    }
    Ok(targets)
}

fn today(zones: &Zones, tenant: TenantId, now: Instant) -> jiff::civil::Date {
    local_date(zones.of(tenant), now).parse().unwrap_or(jiff::civil::Date::ZERO)
}

#[cfg(test)]
mod tests {
    use trunklog_store_kit::MemoryEngine;
    use trunklog_trunks::{Answer, Entry, Fact, Inventory, NoAnswer, change};

    use super::*;

    const TENANT: &str = "11111111-2222-3333-4444-555555555555";

    fn now() -> Instant {
        Instant::parse("2026-11-30T08:00:00Z").unwrap()
    }

    #[test]
    fn only_trunks_of_the_inventory_are_looked_at() {
        let engine = MemoryEngine::new();
        let tenant: TenantId = TENANT.parse().unwrap();
        let mut configured = Inventory::default();
        let port = Entry::of(Fact::Port(5067), None, Some("2026-12-31".parse().unwrap())).unwrap();
        configured.configure(&"sbc1.example".parse().unwrap(), vec![port]).unwrap();
        let inventories = Inventories { tenants: BTreeMap::from([(tenant, configured)]) };
        change(&engine, tenant, &"sbc2.example".parse().unwrap(), |trunk| Ok(Some(trunk))).unwrap();
        let told = |now: Instant| -> Vec<(String, u16)> {
            let targets = targets(&engine, &inventories, &Zones::default(), now).unwrap();
            targets.into_iter().map(|target| (target.name.to_string(), target.port)).collect()
        };
        assert_eq!(told(now()), [("sbc1.example".to_owned(), 5067), ("sbc2.example".to_owned(), 5061)]);
        let later = Instant::parse("2027-01-01T00:00:00Z").unwrap();
        assert_eq!(told(later).first().map(|(_, port)| *port), Some(5061), "each port has its days");
    }

    #[test]
    fn misses_are_counted_from_round_to_round() {
        let probes = Probes::default();
        let tenant: TenantId = TENANT.parse().unwrap();
        let target = Target { tenant, name: "sbc1.example".parse().unwrap(), port: 5061 };
        let finding = |answer| Finding { certificate: None, answer };
        probes.take(vec![(target.clone(), finding(Ok(Answer { status: 200, millis: 1 })))], now());
        for misses in 1..=2 {
            probes.take(vec![(target.clone(), finding(Err(NoAnswer::Silent)))], now());
            let found = probes.of(tenant);
            assert_eq!(found.get(&target.name).map(|probed| probed.misses), Some(misses));
        }
        probes.take(Vec::new(), now());
        assert!(probes.of(tenant).is_empty(), "what is in no inventory any more is forgotten");
    }
}
