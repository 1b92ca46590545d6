//! The zones in which a store counts days, where its own count.

use std::collections::BTreeMap;

use duckdb::Connection;
use jiff::tz::TimeZone;
use trunklog_records::TenantId;
use trunklog_store::cube::{CubeSettings, NotedZones, ZONE_STATES, zone_by_name};

use super::tables::STATE;
use crate::error::is_damage;
use crate::sql;
use crate::states;
use crate::tables::{has_table, stored_logs};

/// Settings with the zones that a store notes, or else those in which its sums are made.
/// What cannot be read says nothing.
pub(crate) fn kept(connection: &Connection, given: &CubeSettings) -> duckdb::Result<CubeSettings> {
    match of_store(connection, given) {
        Err(error) if is_damage(&error) => {
            tracing::warn!(%error, "the zones of a store's sums cannot be read; those of the configuration count");
            Ok(given.clone())
        }
        found => found,
    }
}

fn of_store(connection: &Connection, given: &CubeSettings) -> duckdb::Result<CubeSettings> {
    let noted = NotedZones::of(states::on(connection, ZONE_STATES)?);
    let made_in = if noted.is_empty() { made_in(connection)? } else { BTreeMap::new() };
    Ok(noted.over(given, made_in))
}

/// The zones in which the sums of tenants are made.
fn made_in(connection: &Connection) -> duckdb::Result<BTreeMap<TenantId, TimeZone>> {
    let mut zones = BTreeMap::new();
    for (tenant, log) in stored_logs(connection)? {
        if zones.contains_key(&tenant) || !has_table(connection, tenant, STATE)? {
            continue;
        }
        let sql = format!("SELECT zone FROM {} WHERE log = ? LIMIT 1", sql::table(tenant, STATE));
        let mut statement = connection.prepare(&sql)?;
        let mut found = statement.query_map([log.name], |row| row.get::<_, String>(0))?;
        if let Some(zone) = found.next().transpose()?.as_deref().and_then(zone_by_name) {
            zones.insert(tenant, zone);
        }
    }
    Ok(zones)
}
