//! What is done with a form, on a worker.

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_store::Engine;
use trunklog_trunks::Inventory;
use trunklog_web::state::FilterState;

/// What an action has at hand.
pub(super) struct Work<'a> {
    pub(super) engine: &'a dyn Engine,
    pub(super) tenant: TenantId,
    /// What the configuration says of the tenant's trunks.
    pub(super) configured: Inventory,
    /// The tenant's zone.
    pub(super) zone: TimeZone,
    pub(super) now: Instant,
    /// The id of who sent the form.
    pub(super) sender: String,
}

/// The page to go on at.
pub(super) struct Next {
    pub(super) path: String,
    pub(super) state: FilterState,
}
