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

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::HeaderValue;
use http::header::ALLOW;
use http::request::Parts;
use trunklog_odata::{Error, ErrorKind, Version};

use crate::app::App;
use crate::layers::{Access, RequestIds};
use crate::root;

pub(crate) use self::errors::{Failure, error_response};

/// Answers any request.
pub(crate) async fn handle(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    respond(&app, &parts, body).await
}

/// Answers the request with that head and no body.
pub(crate) async fn answer(app: &Arc<App>, parts: &Parts) -> Response {
    respond(app, parts, Body::empty()).await
}

async fn respond(app: &Arc<App>, parts: &Parts, body: Body) -> Response {
    let ids = RequestIds::in_extensions(&parts.extensions);
    let mut access = Access::new("graph");
    let mut response = match serve(app, parts, body, &ids, &mut access).await {
        Ok(response) => response,
        Err(failure) => error_response(app, &ids, failure),
    };
    response.extensions_mut().insert(access);
    response
}

/// A request to one version of the API.
#[derive(Clone, Copy)]
struct Asked<'a> {
    app: &'a Arc<App>,
    parts: &'a Parts,
    ids: &'a RequestIds,
    version: Version,
    /// The path behind the version, without a leading slash.
    rest: &'a str,
    /// The public address, without a slash at its end.
    root: &'a str,
}

async fn serve(
    app: &Arc<App>,
    parts: &Parts,
    body: Body,
    ids: &RequestIds,
    access: &mut Access,
) -> Result<Response, Failure> {
    let root = root::of(parts, &app.settings)?;
    let (version, rest) = Version::split(parts.uri.path())?;
    let asked = Asked { app, parts, ids, version, rest, root: &root };
    match Resource::of(rest) {
        Resource::ServiceDocument => describe::service_document(asked, access),
        Resource::Metadata => describe::metadata(asked, access),
        Resource::Batch => batch::serve(asked, body, access).await,
        // A body means nothing here; it is not even read.
        Resource::Function => function::serve(asked, access).await,
    }
}

/// What a path behind the version names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resource {
    ServiceDocument,
    Metadata,
    Batch,
    /// A function, or nothing at all.
    Function,
}

impl Resource {
    fn of(rest: &str) -> Resource {
        const NAMED: [(&str, Resource); 3] =
            [("", Resource::ServiceDocument), ("$metadata", Resource::Metadata), ("$batch", Resource::Batch)];
        let name = rest.trim_end_matches('/').replace("%24", "$");
        NAMED
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(&name))
            .map_or(Resource::Function, |(_, resource)| resource)
    }
}

/// 405, with what is allowed.
pub(crate) fn method_not_allowed(allowed: &'static str) -> Failure {
    let message = "Specified HTTP method is not allowed for the request target.";
    Failure::from(Error::new(ErrorKind::MethodNotAllowed, message))
        .with_header(ALLOW, HeaderValue::from_static(allowed))
}
