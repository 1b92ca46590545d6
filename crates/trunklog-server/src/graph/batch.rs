//! `$batch`: up to twenty requests in one, each answered as if it had come
//! alone.
//!
//! An item takes the way of any request, from the check of its token to the
//! count of its rows, and what goes wrong with it is its own answer. Only a
//! batch that cannot be read, or whose own token is not valid, is refused as a
//! whole.

mod request;
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
use super::{Asked, Failure, error_response, function, method_not_allowed};
use crate::app::App;
use crate::backlog::{Held, Reader};
use crate::body;
use crate::compress::{accepts_gzip, smaller};
use crate::layers::{Access, RequestIds, answer_options, panicked};
use crate::share::Share;

/// Items that are answered at a time. More would let one client fill the
/// store's queue.
const AT_A_TIME: usize = 4;

/// Marks a request as an item of a batch. The answers to all items are held at
/// once, so that none has a page larger than usual.
#[derive(Debug, Clone, Copy)]
pub(super) struct InBatch;

/// Answers a batch.
pub(super) async fn serve(asked: Asked<'_>, body: Body, access: &mut Access) -> Result<Response, Failure> {
    access.route = "$batch";
    let Asked { app, parts, ids, root, .. } = asked;
    if parts.method != Method::POST {
        return Err(method_not_allowed("POST"));
    }
    let principal = function::authenticate(app, parts, ids, root).await?;
    access.app_id = Some(principal.app_id);
    access.tenant = Some(principal.tenant);
    let share = Share::Tenant(TenantId::new(principal.tenant));
    let reader = Reader::of(share, parts);
    let document = body::read(app, reader, body).await?;
    let batch = app.store.run(share, move || Batch::parse(&document)).await??;
    // For all items at once: one after the other they would wait for each other.
    let estimate = batch.items.iter().map(|item| request::estimate(asked, item)).sum::<usize>();
    // A connection need not be its own for a batch that is mostly smaller.
    let estimate = estimate.min(app.settings.limits.connection_unread_bytes);
    let mut hold = app.backlog.reserve(reader, estimate).await?;
    let outcomes = run(asked, &batch.items).await;
    let wants_gzip = accepts_gzip(&parts.headers);
    let written = app.store.run(share, move || {
        let plain = write(outcomes);
        if wants_gzip && let Some(packed) = smaller(&plain) {
            return (packed, Some("gzip"));
        }
        (plain, None)
    });
    let (bytes, coding) = written.await?;
    hold.resize(bytes.capacity());
    let mut response = Response::new(Body::from(bytes));
    response.extensions_mut().insert(Held::from(hold));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Some(coding) = coding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    Ok(response)
}

/// Answers all items, each when those before it have been, and gives the
/// answers in the order of the items.
async fn run(asked: Asked<'_>, items: &[Item]) -> Vec<Outcome> {
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
                outcomes[at] = Some(dependent(asked.app, item).await);
            } else {
                running.push(async move { (at, answer(asked, item).await) });
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
async fn answer(asked: Asked<'_>, item: &Item) -> Outcome {
    let started = Instant::now();
    let app = asked.app;
    let (ids, response) = match request::head(asked, item) {
        Ok(parts) => {
            let ids = RequestIds::in_extensions(&parts.extensions);
            let method = parts.method.clone();
            let answered = AssertUnwindSafe(respond(Arc::clone(app), parts)).catch_unwind().await;
            let mut response = answered.unwrap_or_else(|panic| panicked(app, &ids, &*panic));
            answer_options(&method, &mut response);
            (ids, response)
        }
        Err(failure) => {
            let ids = RequestIds::of(&HeaderMap::new());
            let response = error_response(app, &ids, failure);
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
    let response = error_response(app, &ids, failure);
    Outcome::of(app, item, &ids, response).await
}

/// Answers a request as the router does. Its type is named, because what
/// answers a batch answers its items too, and no future contains itself.
fn respond(app: Arc<App>, parts: Parts) -> Pin<Box<dyn Future<Output = Response> + Send>> {
    Box::pin(async move { super::respond(&app, &parts, Body::empty()).await })
}
