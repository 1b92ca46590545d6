//! Every route.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::any;

use crate::app::{App, Services};
use crate::settings::Settings;
use crate::{backlog, graph, identity, layers, openapi, unread};

/// The main router, for tests in the same process. A request to it needs a
/// `Host` header, as all of HTTP/1.1 do.
pub fn app(settings: Arc<Settings>, services: Services) -> Router {
    main(Arc::new(App::new(settings, services)))
}

pub(crate) fn main(app: Arc<App>) -> Router {
    Router::new()
        .route("/", any(openapi::elsewhere))
        .route("/openapi", any(openapi::page))
        .route("/openapi/", any(openapi::elsewhere))
        .route("/openapi/style.css", any(openapi::style))
        .route("/openapi/v1.0.json", any(openapi::v1))
        .route("/openapi/beta.json", any(openapi::beta))
        .fallback(by_segments)
        // The last one is the outermost.
        .layer(from_fn_with_state(Arc::clone(&app), layers::limit))
        .layer(from_fn_with_state(Arc::clone(&app), backlog::layer))
        .layer(from_fn_with_state(Arc::clone(&app), unread::discard))
        .layer(from_fn_with_state(Arc::clone(&app), layers::surround))
        .with_state(app)
}

/// Routes in which doubled slashes and one at the end change nothing: identity's,
/// and Graph's, which takes every path that nothing else takes. Identity's
/// handlers hand over to it what only looks like theirs, such as
/// `/v1.0/oauth2/token`.
async fn by_segments(app: State<Arc<App>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let segments: Vec<&str> = identity::segments(&path).collect();
    match segments.as_slice() {
        [_, "oauth2", "v2.0", "token"] => identity::token_v2(app, request).await,
        [_, "oauth2", "token"] => identity::token_v1(app, request).await,
        [_, "v2.0", ".well-known", "openid-configuration"] => identity::discovery_v2(app, request).await,
        [_, ".well-known", "openid-configuration"] => identity::discovery_v1(app, request).await,
        ["discovery", "keys"]
        | ["discovery", "v2.0", "keys"]
        | [_, "discovery", "keys"]
        | [_, "discovery", "v2.0", "keys"] => identity::keys(app, request).await,
        _ => graph::handle(app, request).await,
    }
}
