//! Counts the answers that nobody reserved room for: documents, tokens, errors.

use std::sync::Arc;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use trunklog_records::TenantId;

use crate::answer::{Access, Failure, Occasion, RequestIds, surface_of};
use crate::app::App;
use crate::backlog::{Reader, SharedHold};
use crate::document::SharedBytes;
use crate::listen::SLICE_BYTES;
use crate::share::Share;

/// What is not larger is never refused to who has signed in: the refusal is as
/// large. A stranger who holds too much already gets a refusal without a text.
const SMALL_BYTES: usize = 4 * 1024;

pub(super) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let ids = RequestIds::in_extensions(&parts.extensions);
    let surface = surface_of(&parts.extensions);
    let client = Reader::of(Share::of_client(&parts, &app.settings), &parts);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let bytes = weight(&response);
    if bytes == 0 || response.extensions().get::<SharedHold>().is_some() {
        return response;
    }
    let access = Access::of(&response);
    let share = access.tenant.map_or(client.share, |tenant| Share::Tenant(TenantId::new(tenant)));
    let reader = Reader { share, ..client };
    let counted = if bytes <= SMALL_BYTES {
        app.backlog.count(reader, bytes).ok_or_else(|| app.backlog.refuse())
    } else {
        app.backlog.reserve_now(reader, bytes)
    };
    let hold = match counted {
        Ok(hold) => Some(hold),
        Err(no_room) => {
            response = surface.refuse(Failure::from(no_room), &Occasion::of(&app, &ids));
            response.extensions_mut().insert(access);
            app.backlog.count(reader, weight(&response))
        }
    };
    if let Some(hold) = hold {
        response.extensions_mut().insert(SharedHold::from(hold));
    } else {
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(CONTENT_TYPE);
    }
    response
}

/// How many bytes the server holds as long as the client does not take the
/// answer. What all clients get from the same place costs only the slice that
/// is on its way.
fn weight(response: &Response) -> usize {
    let bytes = response.body().size_hint().exact().unwrap_or(0);
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    if response.extensions().get::<SharedBytes>().is_some() { bytes.min(SLICE_BYTES) } else { bytes }
}
