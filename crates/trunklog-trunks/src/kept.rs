//! What people entered, as named states of a store: one for each trunk of a tenant.
//! They go with the store's backups, and with the tenant when it is removed.

use trunklog_records::TenantId;
use trunklog_store::Engine;

use crate::entry::Entry;
use crate::inventory::{Inventory, Trunk};
use crate::{Fqdn, TrunkError};

/// The most entries of a trunk: their state has room for more.
pub const MOST_ENTRIES: usize = 100;

/// How often a change is tried where others change the same.
const ATTEMPTS: usize = 5;

/// What the names of a tenant's states start with.
fn prefix(tenant: TenantId) -> String {
    format!("trunks/{tenant}/")
}

/// Adds what is stored of a tenant's trunks to what the configuration says of them.
///
/// # Errors
/// When the store fails. What cannot be read is noted ([`Inventory::unreadable`]).
///
/// ```
/// use trunklog_records::TenantId;
/// use trunklog_store::Engine;
/// use trunklog_trunks::{Inventory, TrunkError, read};
///
/// fn count(engine: &dyn Engine, tenant: TenantId) -> Result<usize, TrunkError> {
///     Ok(read(engine, tenant, Inventory::default())?.trunks().count())
/// }
/// ```
pub fn read(engine: &dyn Engine, tenant: TenantId, configured: Inventory) -> Result<Inventory, TrunkError> {
    let mut inventory = configured;
    let prefix = prefix(tenant);
    for (name, value) in engine.states(&prefix)? {
        let name = name.strip_prefix(&prefix).unwrap_or(&name);
        match (name.parse::<Fqdn>(), entries(&value)) {
            (Ok(fqdn), Some(entries)) => inventory.store(fqdn, entries),
            _ => inventory.note_unreadable(name),
        }
    }
    Ok(inventory)
}

/// Changes what is stored of a trunk. One without entries stays, until `change`
/// tells that it is gone by None.
///
/// # Errors
/// What `change` says; when what is stored cannot be read, when the store fails, or
/// when others change the same again and again.
///
/// ```
/// use trunklog_records::TenantId;
/// use trunklog_store::Engine;
/// use trunklog_trunks::{Entry, Fact, TrunkError, change};
///
/// fn name(engine: &dyn Engine, tenant: TenantId) -> Result<(), TrunkError> {
///     let sbc = "sbc1.example.com".parse()?;
///     change(engine, tenant, &sbc, |mut trunk| {
///         trunk.add(Entry::always(Fact::Name("Berlin".to_owned())))?;
///         Ok(Some(trunk))
///     })
/// }
/// ```
pub fn change(
    engine: &dyn Engine,
    tenant: TenantId,
    name: &Fqdn,
    change: impl Fn(Trunk) -> Result<Option<Trunk>, TrunkError>,
) -> Result<(), TrunkError> {
    let state = format!("{}{name}", prefix(tenant));
    for _ in 0..ATTEMPTS {
        let before = engine.state(&state)?;
        let known = match &before {
            None => Vec::new(),
            Some(text) => entries(text).ok_or_else(|| TrunkError::Unreadable { trunk: name.to_string() })?,
        };
        // Entries are plain values, whose text nothing can go wrong with.
        let text = |trunk: Trunk| serde_json::to_string(trunk.stored()).unwrap_or_else(|_| "[]".to_owned());
        let after = change(Trunk::of_stored(known))?.map(text);
        if after == before || engine.exchange_state(&state, before.as_deref(), after.as_deref())? {
            return Ok(());
        }
    }
    Err(TrunkError::Busy)
}

fn entries(text: &str) -> Option<Vec<Entry>> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use trunklog_store_kit::MemoryEngine;

    use super::*;
    use crate::entry::Fact;

    const TENANT: &str = "11111111-2222-3333-4444-555555555555";

    fn named(engine: &dyn Engine, tenant: TenantId, text: &str) -> Result<(), TrunkError> {
        change(engine, tenant, &"sbc1.example".parse().unwrap(), |mut trunk| {
            trunk.add(Entry::always(Fact::Name(text.to_owned())))?;
            Ok(Some(trunk))
        })
    }

    #[test]
    fn what_is_entered_is_read_again_by_its_tenant_alone() {
        let engine = MemoryEngine::new();
        let tenant: TenantId = TENANT.parse().unwrap();
        let other: TenantId = "11111111-2222-3333-4444-555555555556".parse().unwrap();
        named(&engine, tenant, "Berlin").unwrap();
        named(&engine, tenant, "Bonn").unwrap();
        let inventory = read(&engine, tenant, Inventory::default()).unwrap();
        let today = "2026-11-30".parse().unwrap();
        assert_eq!(inventory.trunk("sbc1.example").unwrap().name(today), Some("Bonn"), "the later one");
        assert!(read(&engine, other, Inventory::default()).unwrap().is_empty());
        change(&engine, tenant, &"sbc1.example".parse().unwrap(), |_| Ok(None)).unwrap();
        assert!(read(&engine, tenant, Inventory::default()).unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_named_and_left() {
        let engine = MemoryEngine::new();
        let tenant: TenantId = TENANT.parse().unwrap();
        let state = format!("trunks/{TENANT}/sbc1.example");
        engine.exchange_state(&state, None, Some("{\"newer\":1}")).unwrap();
        engine.exchange_state(&format!("trunks/{TENANT}/x"), None, Some("[]")).unwrap();
        let inventory = read(&engine, tenant, Inventory::default()).unwrap();
        assert_eq!((inventory.is_empty(), inventory.unreadable().len()), (true, 2));
        assert!(matches!(named(&engine, tenant, "Berlin"), Err(TrunkError::Unreadable { .. })));
        assert_eq!(engine.state(&state).unwrap().as_deref(), Some("{\"newer\":1}"));
    }
}
