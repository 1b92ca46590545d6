//! What a server shows that knows of no tenant yet: nobody can have a role for one, and
//! who has a role for all of them sees what to do first.

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use trunklog_records::TenantId;
use trunklog_web::pages::welcome::WelcomePage;
use uuid::Uuid;

use super::address::Address;
use super::names::Names;
use super::routes::Route;
use super::visit::Job;
use super::{check, is_read, made, no_such_page, page};
use crate::answer::{Access, Failure};
use crate::app::App;
use crate::people::Reader;
use crate::share::Share;

/// Whose pages these are: no tenant's. It is in no address.
const NOBODY: TenantId = TenantId::new(Uuid::nil());

/// Whether a reader may enter whatever tenant comes: no role names nobody.
pub(super) fn is_for(reader: &Reader) -> bool {
    reader.roles.may_enter(NOBODY.guid())
}

/// Answers a request of such a reader.
pub(super) async fn serve(
    app: &Arc<App>,
    parts: &Parts,
    address: &Address<'_>,
    reader: Reader,
    access: &mut Access,
) -> Result<Response, Failure> {
    let Some((route, rest)) = Route::of(address) else { return Err(no_such_page()) };
    access.route = route.name;
    if !is_read(parts) {
        return Err(Failure::method_not_allowed("GET, HEAD"));
    }
    let page = page(app, parts, &reader, (NOBODY, &[NOBODY]), &Names::new());
    if !route.is_of_no_tenant() {
        return made::small(StatusCode::OK, &WelcomePage::before_any_tenant(&page, route.place));
    }
    check(&reader, NOBODY, route.needs)?;
    let share = Share::of_client(parts, &app.settings);
    let job = Job::new(app, parts, (route, rest), reader, page)?;
    made::respond(app, parts, share, job).await
}
