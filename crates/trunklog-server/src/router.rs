//! Every route.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::any;

use crate::app::{App, Services};
use crate::settings::Settings;
use crate::{backlog, identity, layers, openapi, unread};

/// The main router, for tests in the same process. A request to it needs a
/// `Host` header, as all of HTTP/1.1 do.
pub fn app(settings: Arc<Settings>, services: Services) -> Router {
    main(Arc::new(App::new(settings, services)))
}

/// Graph takes every path that nothing else takes. Identity's handlers hand
/// over to it what only looks like theirs, such as `/v1.0/oauth2/token`, and take
/// their own paths with stray slashes before.
pub(crate) fn main(app: Arc<App>) -> Router {
    Router::new()
        .route("/{tenant}/oauth2/v2.0/token", any(identity::token_v2))
        .route("/{tenant}/oauth2/token", any(identity::token_v1))
        .route("/{tenant}/v2.0/.well-known/openid-configuration", any(identity::discovery_v2))
        .route("/{tenant}/.well-known/openid-configuration", any(identity::discovery_v1))
        .route("/{tenant}/discovery/v2.0/keys", any(identity::keys))
        .route("/{tenant}/discovery/keys", any(identity::keys))
        .route("/discovery/v2.0/keys", any(identity::keys))
        .route("/discovery/keys", any(identity::keys))
        .route("/openapi", any(openapi::page))
        .route("/", any(openapi::elsewhere))
        .route("/openapi/", any(openapi::elsewhere))
        .route("/openapi/style.css", any(openapi::style))
        .route("/openapi/v1.0.json", any(openapi::v1))
        .route("/openapi/beta.json", any(openapi::beta))
        .fallback(identity::or_graph)
        // The last one is the outermost.
        .layer(from_fn_with_state(Arc::clone(&app), layers::limit))
        .layer(from_fn_with_state(Arc::clone(&app), backlog::layer))
        .layer(from_fn_with_state(Arc::clone(&app), unread::discard))
        .layer(from_fn_with_state(Arc::clone(&app), layers::surround))
        .with_state(app)
}
