//! `$batch`: up to twenty requests in one, each answered as if it had come
//! alone.
//!
//! An item takes the way of any request, from the check of its token to the
//! count of its rows, and what goes wrong with it is its own answer. Only a
//! batch that cannot be read, or whose own token is not valid, is refused as a
//! whole.

mod items;
mod response;

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::response::Response;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};
use trunklog_odata::batch::{Batch, Item};
use trunklog_odata::{Error, ErrorKind};
use trunklog_records::TenantId;

use self::response::{Outcome, write};
use super::errors::GraphSurface;
use super::request::ApiRequest;
use crate::answer::{Access, Failure, Occasion, RequestIds, Surface, answer_options, panicked};
use crate::app::App;
use crate::authentication::authenticate;
use crate::backlog::{Reader, SharedHold};
use crate::body;
use crate::coding::Coding;
use crate::share::Share;

/// Items that are answered at a time. More would let one client fill the
/// store's queue.
const AT_A_TIME: usize = 4;

/// What answers an item: whatever answers a request that comes alone.
pub(super) type Responder = fn(Arc<App>, Parts) -> Pin<Box<dyn Future<Output = Response> + Send>>;

/// Answers a batch.
pub(super) async fn serve(
    request: ApiRequest<'_>,
    body: Body,
    access: &mut Access,
    respond: Responder,
) -> Result<Response, Failure> {
    access.route = "$batch";
    let ApiRequest { app, parts, ids, root, .. } = request;
    if parts.method != Method::POST {
        return Err(Failure::method_not_allowed("POST"));
    }
    let principal = authenticate(app, parts, ids, root).await?;
    access.app_id = Some(principal.app_id);
    access.tenant = Some(principal.tenant);
    let share = Share::Tenant(TenantId::new(principal.tenant));
    let reader = Reader::of(share, parts);
    let document = body::read(app, reader, body).await?;
    let batch = app.store.run(share, move || Batch::parse(&document)).await??;
    // For all items at once: one after the other they would wait for each other.
    let estimate = batch.items.iter().map(|item| items::estimate(request, item)).sum::<usize>();
    // A connection need not be its own for a batch that is mostly smaller.
    let estimate = estimate.min(app.settings.limits.connection_unread_bytes);
    let mut hold = app.backlog.reserve(reader, estimate).await?;
    let outcomes = run(request, &batch.items, respond).await;
    let coding = Coding::accepted(&parts.headers);
    let content = app.store.run(share, move || coding.encode(write(outcomes))).await?;
    hold.resize(content.bytes.capacity());
    let mut response = Response::new(Body::from(content.bytes));
    response.extensions_mut().insert(SharedHold::from(hold));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Some(name) = content.coding.name() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    Ok(response)
}

/// Answers all items, each when those before it have been, and gives the
/// answers in the order of the items.
async fn run(request: ApiRequest<'_>, items: &[Item], respond: Responder) -> Vec<Outcome> {
    let mut outcomes: Vec<Option<Outcome>> = items.iter().map(|_| None).collect();
    let mut waiting: Vec<usize> = (0..items.len()).collect();
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < AT_A_TIME
            && let Some(place) = waiting
                .iter()
                .position(|&at| items[at].after.iter().all(|&before| outcomes[before].is_some()))
        {
            let at = waiting.remove(place);
            let item = &items[at];
            let failed = |before: &usize| outcomes[*before].as_ref().is_some_and(Outcome::has_failed);
            if item.after.iter().any(failed) {
                outcomes[at] = Some(dependent(request.app, item).await);
            } else {
                running.push(async move { (at, answer(request, item, respond).await) });
            }
        }
        // The parser has seen to it that there is no circle, so that nothing
        // waits when nothing runs.
        let Some((at, outcome)) = running.next().await else { break };
        outcomes[at] = Some(outcome);
    }
    outcomes.into_iter().flatten().collect()
}

/// The answer to an item.
async fn answer(request: ApiRequest<'_>, item: &Item, respond: Responder) -> Outcome {
    let started = Instant::now();
    let app = request.app;
    let (ids, response) = match items::head(request, item) {
        Ok(parts) => {
            let ids = RequestIds::in_extensions(&parts.extensions);
            let method = parts.method.clone();
            let answered = AssertUnwindSafe(respond(Arc::clone(app), parts)).catch_unwind().await;
            let mut response =
                answered.unwrap_or_else(|panic| panicked(&GraphSurface, &Occasion::of(app, &ids), &*panic));
            answer_options(&method, &mut response);
            (ids, response)
        }
        Err(failure) => {
            let ids = RequestIds::of(&HeaderMap::new());
            let response = GraphSurface.refuse(failure, &Occasion::of(app, &ids));
            (ids, response)
        }
    };
    let route = Access::of(&response).route;
    let outcome = Outcome::of(app, item, &ids, response).await;
    app.metrics.request(route, outcome.status, started.elapsed());
    outcome
}

/// The answer to an item that waited for one that failed.
async fn dependent(app: &App, item: &Item) -> Outcome {
    let ids = RequestIds::of(&HeaderMap::new());
    let message = "The request depends on another one of the batch, which failed.";
    let failure = Failure::from(Error::new(ErrorKind::FailedDependency, message));
    let response = GraphSurface.refuse(failure, &Occasion::of(app, &ids));
    Outcome::of(app, item, &ids, response).await
}
