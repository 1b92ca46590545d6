//! The service for people and tools that know nothing of OData: an `OpenAPI`
//! document for each version and one for the reports, and a page that shows them.
//! All of it is derived from the tables of logs and of reports.
//!
//! Graph has nothing of the kind, so a strict server has not either; see the
//! router.

mod examples;
mod operations;
mod options;
mod page;
mod reports;
mod schemas;
mod site;
mod sources;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::header::LOCATION;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use trunklog_odata::Version;

use self::site::Site;
use crate::answer::{Access, Failure, refuse};
use crate::app::App;
use crate::document::{Document, HTML, SharedBytes};
use crate::public_address;
use crate::share::Share;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Description(Version),
    Reports,
    Page,
    Style,
}

impl Part {
    fn document(self, site: &Site) -> Document {
        match self {
            Part::Description(version) => Document::new(operations::description(site, version).to_string()),
            Part::Reports => Document::new(reports::description(site).to_string()),
            Part::Page => Document::new(page::html(site)),
            Part::Style => Document::new(page::STYLE),
        }
    }

    /// Names it among the documents that are kept.
    fn name(self) -> &'static str {
        match self {
            Part::Description(Version::V1) => "description of v1.0",
            Part::Description(Version::Beta) => "description of beta",
            Part::Reports => "description of reports",
            Part::Page => "page",
            Part::Style => "style",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Part::Description(_) | Part::Reports => "application/json",
            Part::Page => HTML,
            Part::Style => "text/css; charset=utf-8",
        }
    }
}

/// `/openapi/v1.0.json`.
pub(crate) async fn v1(State(app): State<Arc<App>>, request: Request) -> Response {
    serve(&app, request, Part::Description(Version::V1)).await
}

/// `/openapi/beta.json`.
pub(crate) async fn beta(State(app): State<Arc<App>>, request: Request) -> Response {
    serve(&app, request, Part::Description(Version::Beta)).await
}

/// `/openapi/reports-v1.json`.
pub(crate) async fn reports(State(app): State<Arc<App>>, request: Request) -> Response {
    serve(&app, request, Part::Reports).await
}

/// `/openapi`.
pub(crate) async fn page(State(app): State<Arc<App>>, request: Request) -> Response {
    serve(&app, request, Part::Page).await
}

/// `/openapi/style.css`.
pub(crate) async fn style(State(app): State<Arc<App>>, request: Request) -> Response {
    serve(&app, request, Part::Style).await
}

/// `/openapi/`, which people type: the page is at `/openapi`, and its links are
/// relative to that.
pub(crate) async fn elsewhere() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    response.headers_mut().insert(LOCATION, HeaderValue::from_static("../openapi"));
    response.extensions_mut().insert(Access::new("openapi"));
    response
}

async fn serve(app: &Arc<App>, request: Request, part: Part) -> Response {
    let parts = request.into_parts().0;
    let mut response = match make(app, &parts, part).await {
        Ok(response) => response,
        Err(failure) => refuse(app, &parts.extensions, failure),
    };
    response.extensions_mut().insert(Access::new("openapi"));
    response
}

/// Documents hold the public address, which can be another with each request.
/// Those of a few addresses are kept; others are made again, on a thread that may
/// be kept busy.
async fn make(app: &App, parts: &Parts, part: Part) -> Result<Response, Failure> {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Err(Failure::method_not_allowed("GET, HEAD"));
    }
    let settings = &app.settings;
    let root = public_address::of(parts, settings)?;
    let document = if let Some(kept) = app.documents.get(part.name(), &root) {
        kept
    } else {
        let site = Site {
            root: root.clone(),
            logs: settings.logs(),
            scope: format!("https://{}/.default", settings.cloud.graph_host()),
            page_rows: settings.limits.page_rows.max(1),
        };
        let share = Share::of_client(parts, settings);
        let made = Arc::new(app.store.run(share, move || part.document(&site)).await?);
        app.documents.keep(part.name(), root, Arc::clone(&made));
        made
    };
    let mut response = document.response(&parts.headers, part.media_type());
    if settings.public_url.is_some() {
        // There is one address, so that there is one document.
        response.extensions_mut().insert(SharedBytes);
    }
    Ok(response)
}

#[cfg(test)]
mod tests;
