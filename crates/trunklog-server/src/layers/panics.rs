//! A panic of a handler is an answer, in the form of where the request went.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;

use crate::answer::{Occasion, RequestIds, panicked, surface_of};
use crate::app::App;

pub(super) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let ids = RequestIds::in_extensions(request.extensions());
    let surface = surface_of(request.extensions());
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => panicked(surface, &Occasion::of(&app, &ids), &*panic),
    }
}
