//! Gives requests their ids, and finds who tells them what went wrong.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::answer::{RequestIds, Surfaces};

pub(super) async fn layer(State(surfaces): State<Surfaces>, mut request: Request, next: Next) -> Response {
    let ids = RequestIds::of(request.headers());
    let surface = surfaces.of(request.uri().path());
    request.extensions_mut().insert(ids);
    request.extensions_mut().insert(surface);
    next.run(request).await
}
