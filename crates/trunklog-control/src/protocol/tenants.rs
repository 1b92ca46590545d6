//! Tenants on the socket.

use trunklog_records::{TenantId, TenantIdError};
use trunklog_store::Result;

use super::{Message, Reply, from_json, misunderstood, to_json};

/// The answer with the ids of tenants.
pub(crate) fn tenants_message(tenants: &[TenantId]) -> Result<Message> {
    let tenants: Vec<String> = tenants.iter().map(ToString::to_string).collect();
    Ok((Reply::Tenants, to_json(&tenants, "tenants")?))
}

/// Reads it.
pub(crate) fn read_tenants(message: Message) -> Result<Vec<TenantId>> {
    let (Reply::Tenants, body) = message else { return Err(misunderstood("an answer")) };
    let tenants: Vec<String> = from_json(&body, "tenants")?;
    tenants.iter().map(|text| tenant(text)).collect()
}

/// Reads the id of a tenant.
pub(crate) fn tenant(text: &str) -> Result<TenantId> {
    text.parse().map_err(|error: TenantIdError| misunderstood("a tenant").caused_by(error))
}
