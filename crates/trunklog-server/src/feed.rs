//! The feed for Power BI, Excel and whoever else reads OData: sets of entities at
//! `/odata`.
//!
//! `request` says what is asked for, `authentication` who asks, `sets` what there
//! is; `describe` and `metadata` tell clients of it. A request for entities becomes
//! a [`Choice`](choice::Choice) (`choice`, with `dates` and `shape`), and a worker
//! makes the page (`page`): of rows as Graph has them, or of sums.
//!
//! Graph has nothing of the kind, so a strict server has not either; see the
//! router. Errors are told in OData's form, which is Graph's too.

mod authentication;
mod choice;
mod dates;
mod describe;
mod entities;
mod links;
mod metadata;
mod page;
mod request;
mod sets;
mod shape;

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderValue, Method};
use trunklog_odata::{Error, ErrorKind, Profile};

use self::authentication::authenticate;
use self::request::{FeedRequest, Resource};
use self::sets::Set;
use crate::accept::max_version;
use crate::answer::{Access, Failure, RequestIds, refuse};
use crate::app::App;
use crate::description::ODATA_VERSION;
use crate::public_address;

/// Answers any request below `/odata`.
pub(crate) async fn handle(app: &Arc<App>, request: Request) -> Response {
    // A body means nothing here; it is not even read.
    let parts = request.into_parts().0;
    let mut access = Access::new("feed");
    let mut response = match serve(app, &parts, &mut access).await {
        Ok(response) => response,
        Err(failure) => refuse(app, &parts.extensions, failure),
    };
    response.headers_mut().entry(ODATA_VERSION).or_insert(HeaderValue::from_static("4.0"));
    response.extensions_mut().insert(access);
    response
}

/// The order of the checks is that of Graph's calls: token, address, options, role,
/// throttling, data.
async fn serve(app: &Arc<App>, parts: &Parts, access: &mut Access) -> Result<Response, Failure> {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Err(Failure::method_not_allowed("GET, HEAD"));
    }
    let root = format!("{}/odata", public_address::of(parts, &app.settings)?);
    let ids = RequestIds::in_extensions(&parts.extensions);
    // The service document asks for it, too: a client that may read that without
    // signing in takes it that it need not sign in at all.
    let principal = authenticate(app, parts, &ids).await?;
    access.app_id = Some(principal.app_id.clone());
    access.tenant = Some(principal.tenant);
    let resource = Resource::of(parts.uri.path())?;
    max_version(&parts.headers, Profile::Default)?;
    let request = FeedRequest { app, parts, ids: &ids, root: &root, principal: &principal };
    match resource {
        Resource::ServiceDocument => describe::service_document(request, access),
        Resource::Metadata => describe::metadata(request, access),
        Resource::Entities(set) => {
            access.route = set.name;
            entities::serve(request, set).await
        }
        Resource::Count(set) => {
            access.route = set.name;
            entities::count(request, set).await
        }
    }
}

/// Refuses who may not read a set.
fn authorize(request: FeedRequest<'_>, set: &Set) -> Result<(), Failure> {
    if set.may_read(request.principal) {
        return Ok(());
    }
    let hint = format!("{} needs an application with the role {}", set.name, set.roles());
    Err(Error::new(ErrorKind::Forbidden, "The application may not read this.").hint(hint).into())
}
