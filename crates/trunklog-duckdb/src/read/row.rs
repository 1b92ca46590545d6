//! One row.

use trunklog_odata::Instant;
use trunklog_records::schema::ID;
use trunklog_records::{Log, Rows, TenantId};
use trunklog_store::Columns;

use super::select::Projection;
use crate::instance::Instance;
use crate::view;

/// Reads a row in its newest state.
pub(crate) fn row(
    instance: &Instance,
    tenant: TenantId,
    log: &'static Log,
    time: Instant,
    id: &str,
) -> duckdb::Result<Option<Rows>> {
    let projection = Projection::of(log, &Columns::All);
    let found = view::read(instance, tenant, log, |view| {
        let mut select = view.select(time, time.saturating_add_ticks(1), None);
        select.require(|parameters| format!("{ID} = {}", parameters.bind(id.to_owned())));
        projection.joined(&select.batches(view.connection, &projection.list(), "")?)
    })?;
    Ok(found.filter(|rows| !rows.is_empty()))
}

/// Whether a log has rows. The newest segment tells it first.
pub(crate) fn any(instance: &Instance, tenant: TenantId, log: &'static Log) -> duckdb::Result<bool> {
    let found = view::read(instance, tenant, log, |view| {
        for place in view.state.layout.places.iter().rev() {
            let sql = format!("SELECT 1 FROM {} LIMIT 1", place.segment.table);
            if view.connection.prepare(&sql)?.exists([])? {
                return Ok(true);
            }
        }
        Ok(false)
    })?;
    Ok(found.unwrap_or(false))
}
