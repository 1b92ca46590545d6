//! Which tenant a command means.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use trunklog_records::TenantId;
use trunklog_store::Engine;

use crate::config::Settings;
use crate::identity;

/// The tenant that was named, or the only one that there is.
pub(crate) fn choose(settings: &Settings, engine: &dyn Engine) -> Result<TenantId> {
    if let Some(tenant) = settings.tenant {
        return Ok(tenant);
    }
    let mut known: BTreeSet<TenantId> = engine.tenants()?.into_iter().collect();
    known.extend(identity::tenants(settings)?);
    only(&known)
}

/// The only tenant that has applications, where there is no store.
pub(crate) fn registered(settings: &Settings) -> Result<TenantId> {
    only(&identity::tenants(settings)?.into_iter().collect())
}

/// What a tenant is called: as the configuration says, else as the store knows it.
pub(crate) fn name(settings: &Settings, engine: &dyn Engine, tenant: TenantId) -> Result<Option<String>> {
    match settings.tenant_names.get(&tenant) {
        Some(name) => Ok(Some(name.clone())),
        None => Ok(engine.state(&name_state(tenant))?),
    }
}

/// Gives a tenant a name in the store, or takes it away.
pub(crate) fn rename(engine: &dyn Engine, tenant: TenantId, name: Option<&str>) -> Result<()> {
    let state = name_state(tenant);
    let before = engine.state(&state)?;
    if !engine.exchange_state(&state, before.as_deref(), name)? {
        bail!("another command renamed tenant {tenant} meanwhile: try again");
    }
    Ok(())
}

fn name_state(tenant: TenantId) -> String {
    format!("tenants/{tenant}/name")
}

fn only(known: &BTreeSet<TenantId>) -> Result<TenantId> {
    let mut tenants = known.iter();
    match (tenants.next(), tenants.next()) {
        (Some(tenant), None) => Ok(*tenant),
        (None, _) => bail!(
            "there is no tenant yet: give one with --tenant and the GUID of your organisation in Entra ID"
        ),
        (Some(_), Some(_)) => {
            let list: Vec<String> = known.iter().map(ToString::to_string).collect();
            bail!("there are several tenants, choose one with --tenant: {}", list.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(last: char) -> TenantId {
        format!("6f1d0000-0000-4000-8000-00000000000{last}").parse().unwrap()
    }

    #[test]
    fn the_only_tenant_needs_no_name() {
        assert_eq!(only(&BTreeSet::from([tenant('1')])).unwrap(), tenant('1'));
        assert!(only(&BTreeSet::new()).unwrap_err().to_string().contains("--tenant"));
        let several = only(&BTreeSet::from([tenant('1'), tenant('2')])).unwrap_err().to_string();
        assert!(several.contains(&tenant('2').to_string()), "{several}");
    }
}
