//! An answer that a worker made, and how it goes to the client.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG};
use http::{HeaderValue, StatusCode};
use trunklog_audit::Event;
use trunklog_records::TenantId;
use trunklog_reports::ReportError;
use trunklog_store::{Engine, ErrorKind, Store};

use super::tag::Tag;
use super::{ReportRequest, failure_of};
use crate::answer::Failure;
use crate::backlog::{Reader, SharedHold};
use crate::coding::Content;
use crate::share::Share;
use crate::store_limits::told;

/// Clients may keep an answer, shared caches may not, and it is asked for again
/// each time: any commit may change it.
const CACHING: &str = "private, no-cache";

/// An answer.
pub(super) struct Made {
    pub(super) tag: Tag,
    /// None for a client that has it.
    pub(super) content: Option<Content>,
    /// How many rows of the log it holds, if it does.
    pub(super) rows: Option<usize>,
}

/// The answer that a worker makes, of that size at most, about. Reports look at
/// more rows than they give, so they never keep plain pages waiting. The audit trail
/// is told of those that tell of persons, numbers or calls.
pub(super) async fn respond(
    request: ReportRequest<'_>,
    told_of: Option<Event>,
    (tenant, media_type): (TenantId, &'static str),
    bytes: usize,
    make: impl FnOnce(&dyn Engine, &dyn Store) -> Result<Made, ReportError> + Send + 'static,
) -> Result<Response, Failure> {
    let ReportRequest { app, parts, ids } = request;
    let share = Share::Tenant(tenant);
    let hold = app.backlog.reserve(Reader::of(share, parts), bytes).await?;
    let engine = Arc::clone(&app.services.engine);
    // What is held stays with the work, as its rows do.
    let work = move || (make(&*engine, &*engine.tenant(tenant)), hold);
    let (made, mut hold) = app.searches.run(share, work).await?;
    let Made { tag, content, rows } = made.map_err(|error| {
        if let ReportError::Store(error) = &error {
            app.metrics.store_error(error.kind());
            // What is too old or too much is the client's to ask for otherwise.
            if !matches!(error.kind(), ErrorKind::Gone | ErrorKind::TooMany) {
                let told = told(error);
                tracing::error!(request_id = %ids.request, error = %told, "the store could not answer a report");
            }
        }
        failure_of(&error)
    })?;
    if let Some(event) = told_of {
        app.services.trail.note(match rows {
            Some(rows) => event.rows(u64::try_from(rows).unwrap_or(u64::MAX)),
            None => event,
        });
    }
    let mut response = Response::new(Body::empty());
    if let Some(Content { bytes, coding }) = content {
        hold.resize(bytes.capacity());
        *response.body_mut() = Body::from(bytes);
        response.extensions_mut().insert(SharedHold::from(hold));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        if let Some(name) = coding.name() {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
    } else {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(CACHING));
    if let Some(tag) = tag.value() {
        headers.insert(ETAG, tag);
    }
    Ok(response)
}
