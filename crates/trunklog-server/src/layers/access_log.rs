//! One line in the log and one count for each request.

use std::sync::Arc;
use std::time::Instant;

use axum::body::HttpBody;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;

use crate::answer::{Access, RequestIds};
use crate::app::App;

pub(super) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let ids = RequestIds::in_extensions(request.extensions());
    let method = request.method().clone();
    let response = next.run(request).await;
    record(&app, &method, &response, &ids, started);
    response
}

fn record(app: &App, method: &Method, response: &Response, ids: &RequestIds, started: Instant) {
    let access = Access::of(response);
    let took = started.elapsed();
    app.metrics.request(access.route, response.status(), took);
    tracing::info!(
        target: "access",
        method = method_name(method),
        route = access.route,
        status = response.status().as_u16(),
        duration_ms = took.as_secs_f64() * 1e3,
        bytes = response.body().size_hint().exact(),
        request_id = %ids.request,
        app_id = access.app_id.as_deref(),
        tenant = access.tenant.map(tracing::field::display),
        "request"
    );
}

/// A client may call a method anything; the log gets known names only.
fn method_name(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("OTHER")
}
