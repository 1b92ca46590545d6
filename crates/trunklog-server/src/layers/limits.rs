//! Refuses what is larger than the limits.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::answer::{Failure, refuse};
use crate::app::App;
use crate::request_size::oversized;

pub(super) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match oversized(&app.settings.limits, request.uri(), request.headers()) {
        None => next.run(request).await,
        Some(error) => refuse(&app, request.extensions(), Failure::from(error)),
    }
}
