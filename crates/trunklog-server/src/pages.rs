//! The pages that people read.
//!
//! What they look like is in `trunklog-web`. Here, `routes` has a line for each page,
//! `address` says what a path means, `door` who reads, `visit` what a page has at
//! hand while it is made, `made` how it goes to the browser, `action` what is done on a
//! worker with what forms send, `change` what forms change elsewhere, and `surface` how
//! errors look. A page is a file of its own, such as `health`.
//!
//! Pages are made on the threads of searches, as reports are: they never keep plain
//! rows waiting, and one tenant's readers never those of another. Logs name routes
//! and tenants, never queries.
//!
//! Graph has nothing of the kind, so a strict server has not either; see the
//! router.

mod action;
mod address;
mod admin;
mod asset;
mod call;
mod calls;
mod change;
mod chosen;
mod chosen_by;
mod codes;
mod data;
mod destinations;
mod door;
mod evidence;
mod export;
mod failures;
mod fault;
mod form;
mod health;
mod help;
mod length;
mod look;
mod made;
mod names;
mod new_store;
pub(crate) mod nowhere;
mod numbers;
mod offered;
mod one_by_one;
mod reveal;
mod routes;
mod seal;
mod skip;
mod surface;
mod trunks;
mod usage;
mod users;
mod visit;
mod work;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::Method;
use http::request::Parts;
use trunklog_identity::PersonRole;
use trunklog_odata::{Error, ErrorKind};
use trunklog_records::TenantId;
use trunklog_web::state::FilterState;
use trunklog_web::{Links, PageContext, Reads, Sees, TenantChoice};

use self::address::Address;
use self::change::{Change, Changing};
use self::names::Names;
use self::routes::{Needs, Route};
use self::visit::Job;
use crate::answer::{Access, Failure};
use crate::app::App;
use crate::language;
use crate::people::Reader;
use crate::share::Share;

pub(crate) use self::address::is_page;
pub use self::door::SignedIn;
pub(crate) use self::surface::PagesSurface;

/// Answers any request.
pub(crate) async fn handle(app: &Arc<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut access = Access::new("pages");
    let mut response = match serve(app, &parts, body, &mut access).await {
        Ok(response) => response,
        Err(failure) => surface::refuse(app, &parts, failure),
    };
    response.extensions_mut().insert(access);
    response
}

async fn serve(app: &Arc<App>, parts: &Parts, body: Body, access: &mut Access) -> Result<Response, Failure> {
    let address = Address::of(parts.uri.path());
    if let Some(name) = address.asset() {
        access.route = "asset";
        return asset::serve(parts, name);
    }
    let reader = match door::reader(app, parts) {
        Ok(reader) => reader,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let tenants = tenants(app, parts, &reader).await?;
    let tenant = match (address.tenant, tenants.as_slice()) {
        (Some(named), all) if all.contains(&named) => named,
        (None, []) if new_store::is_for(&reader) => {
            return new_store::serve(app, parts, &address, reader, access).await;
        }
        (None, []) => return Err(nothing_to_read()),
        (None, [only]) => *only,
        // The address names the tenant: a link to it means the same to everybody.
        (None, [first, ..]) if address.is_first() && is_read(parts) => {
            return made::see_other(&format!("./t/{first}/"));
        }
        _ => return Err(no_such_page()),
    };
    access.tenant = Some(tenant.guid());
    let is_one_of_several = tenants.len() > 1;
    let changing = Changing { app, parts, reader: &reader, tenant };
    if let Some(action) = action::of(&address) {
        access.route = action.name;
        return action::serve(changing, body, action, is_one_of_several).await;
    }
    if let Some(change) = Change::of(&address) {
        access.route = change.name();
        return change::serve(changing, body, change, is_one_of_several).await;
    }
    if let Some(call) = reveal::Call::of(&address) {
        access.route = "page reveal";
        return reveal::serve(changing, body, call, &tenants).await;
    }
    if let Some(id) = export::file_of(&address) {
        access.route = "page fetch export";
        return export::fetch(changing, id).await;
    }
    let Some((route, rest)) = Route::of(&address) else { return Err(no_such_page()) };
    access.route = route.name;
    if !is_read(parts) {
        return Err(Failure::method_not_allowed("GET, HEAD"));
    }
    // Who may read nothing here, but administer it, has another first page.
    let sees = sees(&reader, tenant);
    if address.is_first() && !made::is_fragment(parts) && !sees.sums() && sees.admin {
        let links = Links::new(parts.uri.path(), is_one_of_several.then_some(tenant));
        return made::see_other(&links.to("admin", &FilterState::default()));
    }
    check(&reader, tenant, route.needs)?;
    let names = names::of(app, parts).await?;
    let page = page(app, parts, &reader, (tenant, tenants.as_slice()), &names);
    let job = Job::new(app, parts, (route, rest), reader, page)?;
    made::respond(app, parts, Share::Tenant(tenant), job).await
}

fn is_read(parts: &Parts) -> bool {
    parts.method == Method::GET || parts.method == Method::HEAD
}

/// The tenants that a reader may enter, in a fixed order. For who has a role for all,
/// these are also those of which nothing is stored yet, but something is to come.
async fn tenants(app: &Arc<App>, parts: &Parts, reader: &Reader) -> Result<Vec<TenantId>, Failure> {
    let mut known: Vec<TenantId> = reader.roles.named_tenants().into_iter().map(TenantId::new).collect();
    if PersonRole::ALL.into_iter().any(|role| reader.roles.hold_everywhere(role)) {
        let engine = Arc::clone(&app.services.engine);
        let share = Share::of_client(parts, &app.settings);
        let stored = app.store.run(share, move || engine.tenants()).await?;
        known.extend(stored.map_err(|error| Failure::of_store(&error))?);
        known.extend(app.settings.sources.iter().map(|source| source.tenant));
        known.extend(app.settings.import_tenant);
    }
    known.sort_unstable();
    known.dedup();
    Ok(reader.tenants(&known))
}

/// Checks that a reader may read that.
///
/// # Errors
/// 403.
fn check(reader: &Reader, tenant: TenantId, needs: Needs) -> Result<(), Failure> {
    let role = needs.role();
    if reader.may(tenant, role) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Forbidden, surface::NO_ROLE).hint(surface::role_hint(role)).into())
}

/// What a reader may do in a tenant.
fn sees(reader: &Reader, tenant: TenantId) -> Sees {
    sees_by(|role| reader.may(tenant, role))
}

/// The same, by which roles are held.
fn sees_by(holds: impl Fn(PersonRole) -> bool) -> Sees {
    let reads = match (holds(PersonRole::Calls), holds(PersonRole::Aggregates)) {
        (true, _) => Reads::Calls,
        (false, true) => Reads::Sums,
        (false, false) => Reads::Nothing,
    };
    Sees { reads, exports: holds(PersonRole::Export), admin: holds(PersonRole::Administer) }
}

/// What a page knows of its reader. What is looked at is added by [`Job::new`].
fn page(
    app: &App,
    parts: &Parts,
    reader: &Reader,
    (tenant, tenants): (TenantId, &[TenantId]),
    names: &Names,
) -> PageContext {
    let choice = |tenant: TenantId| {
        let name = names.get(&tenant).cloned();
        TenantChoice { id: tenant, name: name.unwrap_or_else(|| tenant.to_string()) }
    };
    let named = (tenants.len() > 1).then_some(tenant);
    let links = Links::new(parts.uri.path(), named);
    PageContext {
        reader: reader.person().name.clone(),
        sees: sees(reader, tenant),
        mask: reader.mask(tenant, &app.settings.masks),
        tenant: choice(tenant),
        tenants: tenants.iter().copied().map(choice).collect(),
        tenant_zone: app.settings.zones.of(tenant).clone(),
        ..PageContext::plain(language::of(&parts.headers), links, app.now())
    }
}

fn no_such_page() -> Failure {
    Error::new(ErrorKind::NotFound, surface::NO_PAGE).into()
}

fn nothing_to_read() -> Failure {
    Error::new(ErrorKind::Forbidden, surface::NO_TENANT)
        .hint("an administrator gives roles for tenants")
        .into()
}
