//! Graph's form of an error.

use axum::response::Response;
use trunklog_odata::Instant;
use trunklog_odata::envelope::{ErrorContext, write_error};

use crate::answer::{Failure, Occasion, Surface};

/// Says what went wrong in Graph's error body.
pub(crate) struct GraphSurface;

impl Surface for GraphSurface {
    fn refuse(&self, failure: Failure, occasion: &Occasion<'_>) -> Response {
        let Occasion { ids, now, hints } = *occasion;
        let (request_id, client_request_id) = (ids.request.to_string(), ids.client());
        let date = Instant::from_unix_secs(now.as_second()).unwrap_or(Instant::ABSENT);
        let context = ErrorContext { date, request_id: &request_id, client_request_id: &client_request_id };
        let mut body = Vec::with_capacity(512);
        write_error(&mut body, failure.error(), context, hints);
        failure.response("application/json", body)
    }
}
