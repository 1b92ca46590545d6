//! `/admin`: people, sessions, tenants and the audit trail, for who administers the
//! tenant.
//!
//! An administrator of some tenants sees and gives roles for these alone; who
//! administers all also those for all. Each change is in the audit trail before it is
//! made.

pub(super) mod accounts;
pub(super) mod sessions;
pub(super) mod tenants;
mod trail;

use jiff::Timestamp;
use trunklog_audit::{Event, Outcome};
use trunklog_identity::{PersonRole, PersonRoles, Scope};
use trunklog_odata::{Error, ErrorKind, Instant};
use trunklog_records::TenantId;
use trunklog_web::pages::admin::AdminTab;

use super::change::Changing;
use super::fault::Fault;
use super::visit::{Shown, Visit};
use crate::answer::Failure;
use crate::people::Reader;

/// Makes the page.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    visit.check_whole()?;
    let Some(key) = visit.page.state.own("tab") else { return accounts::show(visit) };
    match AdminTab::by_key(key) {
        Some(AdminTab::People) => accounts::show(visit),
        Some(AdminTab::Sessions) => sessions::show(visit),
        Some(AdminTab::Tenants) => tenants::show(visit),
        Some(AdminTab::Trail) => trail::show(visit),
        None => {
            let known = AdminTab::ALL.map(AdminTab::key).join(", ");
            Err(Error::bad_request("tab: there is no such tab").hint(format!("take one of {known}")).into())
        }
    }
}

/// For which tenants a reader may give roles here.
fn scopes(reader: &Reader, tenant: TenantId) -> Vec<Scope> {
    let mut scopes = vec![Scope::Tenant(tenant.guid())];
    if administers_all(reader) {
        scopes.push(Scope::AllTenants);
    }
    scopes
}

pub(super) fn administers_all(reader: &Reader) -> bool {
    reader.roles.hold_everywhere(PersonRole::Administer)
}

/// Whether a reader sees somebody with those roles: whoever may do anything in the
/// tenant, and who administers all sees everybody.
fn is_seen(reader: &Reader, tenant: TenantId, roles: &PersonRoles) -> bool {
    let is_here = |scope: Scope| scope == Scope::AllTenants || scope == Scope::Tenant(tenant.guid());
    administers_all(reader) || roles.iter().any(|grant| is_here(grant.scope))
}

fn instant(at: Timestamp) -> Instant {
    Instant::from_unix_secs(at.as_second()).unwrap_or(Instant::ABSENT)
}

/// Notes that a change was not made which the audit trail has as about to be, and tells
/// why.
fn failed(changing: Changing<'_>, told: Event, error: &trunklog_identity::Error) -> Failure {
    changing.app.services.trail.note(told.outcome(Outcome::Failed));
    refused(error)
}

/// What the registry or the sessions refuse; what failed is for the log.
fn refused(error: &trunklog_identity::Error) -> Failure {
    use trunklog_identity::ErrorKind as Kind;
    let kind = match error.kind() {
        Kind::NotFound => ErrorKind::NotFound,
        Kind::Invalid | Kind::Conflict => ErrorKind::BadRequest,
        _ => {
            let told = trunklog_errors::with_causes(error);
            tracing::error!(error = %told, "what an administrator asked for was not done");
            return Failure::unexpected();
        }
    };
    Error::new(kind, error.to_string()).into()
}
