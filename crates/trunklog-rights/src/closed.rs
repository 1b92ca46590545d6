//! Tenants that take no more rows: one that is being merged into another or removed,
//! and one for which that is done. A source that still has its old id would otherwise
//! bring all rows back.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_store::Engine;

use crate::{Error, Result};

/// The first part of the names of these states.
pub(crate) const CLOSED: &str = "closed/";

/// Why a tenant is closed, and how far what closed it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Closed {
    /// The tenant that gets its rows; None where it is removed.
    pub into: Option<String>,
    /// When it was closed.
    pub since: Instant,
    /// How far it has come.
    pub stage: Stage,
}

/// What is done, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// Rows are copied into the other tenant.
    Copying,
    /// Rows are deleted here.
    Removing,
    /// Nothing is left.
    Done,
}

impl Closed {
    /// In words, for who wants to store rows there.
    pub(crate) fn text(&self, tenant: TenantId) -> String {
        let what = match (&self.into, self.stage) {
            (Some(into), Stage::Done) => format!("was merged into {into}: give that one"),
            (Some(into), _) => format!("is being merged into {into}: give that one"),
            (None, Stage::Done) => "was removed".to_owned(),
            (None, _) => "is being removed".to_owned(),
        };
        format!("the tenant {tenant} {what}; trunklog tenant reopen takes it back into use")
    }
}

/// Why a tenant is closed; None where it is not.
pub fn closed(engine: &dyn Engine, tenant: TenantId) -> Result<Option<Closed>> {
    Ok(read(engine, tenant)?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// All tenants that are closed.
pub fn all_closed(engine: &dyn Engine) -> Result<Vec<(TenantId, Closed)>> {
    let states = engine.states(CLOSED)?;
    Ok(states.iter().filter_map(|(name, value)| parse(name, value)).collect())
}

pub(crate) fn parse(name: &str, value: &str) -> Option<(TenantId, Closed)> {
    Some((name.strip_prefix(CLOSED)?.parse().ok()?, serde_json::from_str(value).ok()?))
}

/// Closes a tenant, or notes how far it has come; None opens it again. Appends that
/// are under way end first.
pub fn set_closed(engine: &dyn Engine, tenant: TenantId, closed: Option<&Closed>) -> Result<()> {
    let before = read(engine, tenant)?;
    let text = closed.map(|closed| serde_json::to_string(closed).expect("it is texts and numbers"));
    if engine.exchange_state(&name(tenant), before.as_deref(), text.as_deref())? {
        Ok(())
    } else {
        Err(Error::Changed("the tenant"))
    }
}

fn read(engine: &dyn Engine, tenant: TenantId) -> Result<Option<String>> {
    Ok(engine.state(&name(tenant))?)
}

fn name(tenant: TenantId) -> String {
    format!("{CLOSED}{tenant}")
}
