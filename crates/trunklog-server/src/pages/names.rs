//! What tenants are called: as the operator set it, else as somebody named them here or
//! by the command line. Such a name is a state of the store.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::request::Parts;
use trunklog_records::TenantId;
use trunklog_store::Engine;

use crate::answer::Failure;
use crate::app::App;
use crate::share::Share;

const PREFIX: &str = "tenants/";
const ENDING: &str = "/name";

/// How often a name is set again that somebody else set at the same time.
const ATTEMPTS: usize = 4;

/// The names of those tenants that have one.
pub(super) type Names = BTreeMap<TenantId, String>;

/// The names of tenants.
pub(super) async fn of(app: &Arc<App>, parts: &Parts) -> Result<Names, Failure> {
    let engine = Arc::clone(&app.services.engine);
    let read = move || engine.states(PREFIX);
    let states = app.store.run(Share::of_client(parts, &app.settings), read).await?;
    let states = states.map_err(|error| Failure::of_store(&error))?;
    let mut names: Names =
        states.into_iter().filter_map(|(state, name)| Some((named(&state)?, name))).collect();
    names.extend(app.settings.tenant_names.clone());
    Ok(names)
}

/// Gives a tenant a name, or takes it away. False if others did so again and again
/// meanwhile.
pub(super) fn set(engine: &dyn Engine, tenant: TenantId, name: Option<&str>) -> trunklog_store::Result<bool> {
    let state = format!("{PREFIX}{tenant}{ENDING}");
    for _ in 0..ATTEMPTS {
        let before = engine.state(&state)?;
        if engine.exchange_state(&state, before.as_deref(), name)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn named(state: &str) -> Option<TenantId> {
    state.strip_prefix(PREFIX)?.strip_suffix(ENDING)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_names_its_tenant() {
        let tenant: TenantId = "11111111-2222-3333-4444-555555555555".parse().unwrap();
        assert_eq!(named(&format!("tenants/{tenant}/name")), Some(tenant));
        for other in ["tenants/x/name", "tenants//name", "tenants/name", "rights/x/name"] {
            assert_eq!(named(other), None, "{other}");
        }
        assert_eq!(named(&format!("tenants/{tenant}/zone")), None);
    }
}
