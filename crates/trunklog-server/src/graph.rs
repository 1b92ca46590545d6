//! Graph's side: every path that is not identity's.
//!
//! A path names one of four resources, each with a module of its own: the
//! service document and `$metadata` (`describe`), `$batch` (`batch`), and the
//! functions (`function`).

mod accept;
mod batch;
mod describe;
mod errors;
mod export;
mod function;
mod links;
mod page;
mod request;

use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::request::Parts;
use trunklog_odata::Version;

use self::request::{ApiRequest, Resource};
use crate::answer::{Access, Failure, Occasion, RequestIds, Surface};
use crate::app::App;
use crate::public_address;

pub(crate) use self::errors::GraphSurface;

/// Answers any request.
pub(crate) async fn handle(app: &Arc<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    respond(app, &parts, body).await
}

async fn respond(app: &Arc<App>, parts: &Parts, body: Body) -> Response {
    let ids = RequestIds::in_extensions(&parts.extensions);
    let mut access = Access::new("graph");
    let mut response = match serve(app, parts, body, &ids, &mut access).await {
        Ok(response) => response,
        Err(failure) => GraphSurface.refuse(failure, &Occasion::of(app, &ids)),
    };
    response.extensions_mut().insert(access);
    response
}

async fn serve(
    app: &Arc<App>,
    parts: &Parts,
    body: Body,
    ids: &RequestIds,
    access: &mut Access,
) -> Result<Response, Failure> {
    let root = public_address::of(parts, &app.settings)?;
    let (version, rest) = Version::split(parts.uri.path())?;
    let request = ApiRequest { app, parts, ids, version, rest, root: &root };
    match Resource::of(rest) {
        Resource::ServiceDocument => describe::service_document(request, access),
        Resource::Metadata => describe::metadata(request, access),
        Resource::Batch => batch::serve(request, body, access, respond_to_item).await,
        // A body means nothing here; it is not even read.
        Resource::Function => function::serve(request, access).await,
    }
}

/// Answers an item of a batch as if it had come alone. Its type is named, because
/// what answers a batch answers its items too, and no future contains itself.
fn respond_to_item(app: Arc<App>, parts: Parts) -> Pin<Box<dyn Future<Output = Response> + Send>> {
    Box::pin(async move { respond(&app, &parts, Body::empty()).await })
}
