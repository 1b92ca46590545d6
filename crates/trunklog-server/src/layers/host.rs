//! Refuses what does not say its host as it must.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::answer::{Failure, refuse};
use crate::app::App;
use crate::host::check_host;

pub(super) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match check_host(request.version(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => refuse(&app, request.extensions(), Failure::from(error)),
    }
}
