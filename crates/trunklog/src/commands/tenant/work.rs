//! What merging and removing have in common.

use anyhow::{Context, Result};
use serde::Serialize;
use trunklog_odata::Instant;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, TenantId};
use trunklog_rights::closed::{self, Closed, Stage};
use trunklog_store::{Engine, Erase, Erasure};

/// After all rows: none is at the last instant there is.
const END: Instant = Instant::MAX;

/// What is kept of a tenant by name, beside its rows, which goes with them.
const KEPT: [&str; 2] = ["closed/", "erased/"];

/// How many rows of a log, as it is printed.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfLog {
    pub(super) log: &'static str,
    pub(super) rows: u64,
}

/// The logs of a tenant with their stored rows, those that have any.
pub(super) fn logs_of(engine: &dyn Engine, tenant: TenantId) -> Result<Vec<(&'static Log, u64)>> {
    let store = engine.tenant(tenant);
    let mut logs = Vec::new();
    for log in LOGS {
        let rows = store.forgettable(log, END)?.of;
        if rows > 0 {
            logs.push((log, rows));
        }
    }
    Ok(logs)
}

/// The same, as it is printed.
pub(super) fn counts(logs: &[(&'static Log, u64)]) -> Vec<OfLog> {
    logs.iter().map(|(log, rows)| OfLog { log: log.name, rows: *rows }).collect()
}

/// Notes how far it has come.
pub(super) fn note(engine: &dyn Engine, tenant: TenantId, closed: &Closed, stage: Stage) -> Result<Closed> {
    let next = Closed { stage, ..closed.clone() };
    closed::set_closed(engine, tenant, Some(&next)).context("how far it has come could not be noted")?;
    Ok(next)
}

/// Deletes all rows of a tenant, and tells how many there were. Again, it finds none.
pub(super) fn delete_rows(
    engine: &dyn Engine,
    tenant: TenantId,
    which: impl Fn(&Log) -> bool,
) -> Result<Vec<OfLog>> {
    let store = engine.tenant(tenant);
    let mut deleted = Vec::new();
    for log in LOGS.into_iter().filter(|log| which(log)) {
        let mut rows = store.forget(log, END).with_context(|| format!("deleting {}", log.name))?;
        // What is at the last instant.
        if store.forgettable(log, END)?.of > 0 {
            rows += store.erase(&Erasure { selection: super::whole(log), what: Erase::Rows })?;
        }
        if rows > 0 {
            deleted.push(OfLog { log: log.name, rows });
        }
    }
    Ok(deleted)
}

/// Removes what the store keeps of a tenant by name: its name, positions of sources, notes
/// of deletions. Who was erased stays known, and that it is closed.
pub(super) fn remove_states(engine: &dyn Engine, tenant: TenantId) -> Result<usize> {
    let id = tenant.to_string();
    let mut removed = 0;
    for (name, value) in engine.states("")? {
        let is_of_tenant = name.split('/').any(|part| part == id);
        if is_of_tenant && !KEPT.iter().any(|kept| name.starts_with(kept)) {
            removed += usize::from(engine.exchange_state(&name, Some(&value), None)?);
        }
    }
    Ok(removed)
}
