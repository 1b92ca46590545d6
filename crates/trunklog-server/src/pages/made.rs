//! How a page goes to the browser.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use trunklog_reports::ReportError;
use trunklog_store::ErrorKind;

use super::fault::Fault;
use super::visit::{Job, Made};
use crate::answer::{Failure, RequestIds};
use crate::app::App;
use crate::backlog::{Reader as Holder, SharedHold};
use crate::coding::{Coding, Effort};
use crate::document::HTML;
use crate::share::Share;
use crate::store_limits::told;

/// About how large a page is.
const PAGE_BYTES: usize = 128 * 1024;

/// What a page may load: our own styles, scripts and pictures, nothing else. There is
/// no code within pages.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                                 connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

/// Whether a part of a page is asked for, to be put into it.
pub(super) fn is_fragment(parts: &Parts) -> bool {
    parts.headers.get(HX_REQUEST).is_some_and(|value| value == "true")
}

/// The page that a worker makes.
pub(super) async fn respond(
    app: &Arc<App>,
    parts: &Parts,
    share: Share,
    job: Job,
) -> Result<Response, Failure> {
    let hold = app.backlog.reserve(Holder::of(share, parts), PAGE_BYTES).await?;
    let engine = Arc::clone(&app.services.engine);
    let coding = Coding::accepted(&parts.headers);
    let tenant = job.tenant();
    // What is held stays with the work.
    let work = move || {
        let made = job.run(&*engine, &*engine.tenant(tenant)).map(|made| match made {
            Made::Page(html, told) => Ok((coding.encode_with(Effort::Page, html.into_bytes()), told)),
            Made::Reload(place) => Err(place),
        });
        (made, hold)
    };
    let (made, mut hold) = app.searches.run(share, work).await?;
    let content = made.map_err(|fault| failure(app, parts, fault))?;
    let mut response = Response::new(Body::empty());
    match content {
        Ok((content, told)) => {
            if let Some(told) = told {
                app.services.trail.note(*told);
            }
            hold.resize(content.bytes.capacity());
            if let Some(name) = content.coding.name() {
                response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(name));
            }
            *response.body_mut() = Body::from(content.bytes);
            response.extensions_mut().insert(SharedHold::from(hold));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
        }
        Err(place) => {
            let place = HeaderValue::try_from(place).map_err(|_| Failure::unexpected())?;
            response.headers_mut().insert(HX_REDIRECT, place);
        }
    }
    guard(response.headers_mut());
    Ok(response)
}

/// What a reader is told; what failed in the store is for the log, too.
pub(super) fn failure(app: &App, parts: &Parts, fault: Fault) -> Failure {
    if let Fault::Report(ReportError::Store(error)) = &fault {
        app.metrics.store_error(error.kind());
        // What is too old or too much is the reader's to ask for otherwise.
        if !matches!(error.kind(), ErrorKind::Gone | ErrorKind::TooMany) {
            let (ids, told) = (RequestIds::in_extensions(&parts.extensions), told(error));
            tracing::error!(request_id = %ids.request, error = %told, "the store could not answer a page");
        }
    }
    fault.into()
}

/// A small page, which is made at once.
pub(super) fn small(status: StatusCode, page: &impl Template) -> Result<Response, Failure> {
    let html = page.render().map_err(|_| Failure::unexpected())?;
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
    guard(response.headers_mut());
    Ok(response)
}

/// 303: the browser gets the other page.
pub(super) fn see_other(place: &str) -> Result<Response, Failure> {
    let place = HeaderValue::try_from(place).map_err(|_| Failure::unexpected())?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(LOCATION, place);
    guard(response.headers_mut());
    Ok(response)
}

/// What every page says of itself: nobody keeps it, no other page learns of it, and
/// it loads nothing from elsewhere.
pub(super) fn guard(headers: &mut HeaderMap) {
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.append(VARY, HeaderValue::from_static("Cookie, Accept-Language, HX-Request"));
}
