//! What surrounds every request, a layer a file.
//!
//! None of them knows which parts of the server there are: what they refuse is
//! told by the [`Surface`](crate::answer::Surface) that the request goes to.

mod access_log;
mod backlog;
mod common_headers;
mod cors;
mod head;
mod host;
mod limits;
mod options;
mod panics;
mod request_ids;
mod unread;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};

use crate::answer::Surfaces;
use crate::app::App;

/// Puts all layers around the routes.
///
/// A request passes them from the last one here to the first, its answer the
/// other way. From outside:
///
/// 1. The ids, and the surface: all others name them or speak through it.
/// 2. The access log, which tells of every answer as it leaves.
/// 3. HEAD takes bodies off when nobody changes them any more.
/// 4. What scripts of other sites may read, and the headers of all answers:
///    refusals have them too, or a script learns nothing of them.
/// 5. OPTIONS, which turns the refusal of a method into an answer.
/// 6. The host, before anything believes it; then preflights, which go to no
///    handler.
/// 7. Panics. What is outside of it makes no answers itself.
/// 8. Bodies that nobody read: outside of all that may leave one unread.
/// 9. The count of what is held for clients, of whatever comes from inside.
/// 10. Limits on the size of requests, right before the handlers.
pub(crate) fn around<S>(routes: Router<S>, app: &Arc<App>, surfaces: Surfaces) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let app = || Arc::clone(app);
    routes
        .layer(from_fn_with_state(app(), limits::layer))
        .layer(from_fn_with_state(app(), backlog::layer))
        .layer(from_fn_with_state(app(), unread::layer))
        .layer(from_fn_with_state(app(), panics::layer))
        .layer(from_fn_with_state(app(), cors::answer_preflights))
        .layer(from_fn_with_state(app(), host::layer))
        .layer(from_fn(options::layer))
        .layer(from_fn_with_state(app(), common_headers::layer))
        .layer(from_fn_with_state(app(), cors::layer))
        .layer(from_fn(head::layer))
        .layer(from_fn_with_state(app(), access_log::layer))
        .layer(from_fn_with_state(surfaces, request_ids::layer))
}

/// Puts around the probes what they need of that: they are asked often, and tell
/// nobody anything that is worth a line in the log.
pub(crate) fn around_probes<S>(routes: Router<S>, app: &Arc<App>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    routes
        .layer(from_fn_with_state(Arc::clone(app), panics::layer))
        .layer(from_fn_with_state(Arc::clone(app), host::layer))
}
