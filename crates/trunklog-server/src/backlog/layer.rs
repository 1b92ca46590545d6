//! Counts the answers that nobody reserved room for: documents, tokens, errors.

use std::sync::Arc;

use axum::body::HttpBody;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use trunklog_records::TenantId;

use super::{Held, Reader};
use crate::app::App;
use crate::graph::{Failure, error_response};
use crate::layers::{Access, RequestIds};
use crate::share::Share;

/// What is not larger is never refused: the refusal is as large.
const SMALL_BYTES: usize = 4 * 1024;

/// Belongs inside of what gives requests their ids.
pub(crate) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let ids = RequestIds::in_extensions(&parts.extensions);
    let client = Reader::of(Share::of_client(&parts, &app.settings), &parts);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let bytes = response.body().size_hint().exact().unwrap_or(0);
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    if bytes == 0 || response.extensions().get::<Held>().is_some() {
        return response;
    }
    let access = Access::of(&response);
    let share = access.tenant.map_or(client.share, |tenant| Share::Tenant(TenantId::new(tenant)));
    let reader = Reader { share, ..client };
    let hold = if bytes <= SMALL_BYTES {
        app.backlog.count(reader, bytes)
    } else {
        match app.backlog.reserve_now(reader, bytes) {
            Ok(hold) => hold,
            Err(no_room) => {
                response = error_response(&app, &ids, Failure::from(no_room));
                response.extensions_mut().insert(access);
                return response;
            }
        }
    };
    response.extensions_mut().insert(Held::from(hold));
    response
}
