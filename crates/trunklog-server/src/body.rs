//! A request's body, read whole.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use http::request::Parts;
use tokio::time::timeout;
use trunklog_odata::{Error, ErrorKind};

use crate::app::App;
use crate::backlog::Reader;
use crate::graph::Failure;
use crate::share::Share;

/// Reads a body within the limits on its size and on the client's time. While
/// it comes, it counts as held for the client.
pub(crate) async fn read(app: &App, parts: &Parts, body: Body) -> Result<Bytes, Failure> {
    let limits = &app.settings.limits;
    let told = body.size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
    let bytes = told.unwrap_or(limits.body_bytes).min(limits.body_bytes);
    let reader = Reader::of(Share::of_client(parts, &app.settings), parts);
    let _held = app.backlog.reserve(reader, bytes).await?;
    let reading = to_bytes(body, limits.body_bytes);
    match timeout(Duration::from_secs(limits.header_secs.max(1)), reading).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => {
            let message = "The request body is too large or was cut off.";
            Err(Error::new(ErrorKind::PayloadTooLarge, message).into())
        }
        Err(_) => {
            let message = "The request body did not arrive in time.";
            Err(Error::new(ErrorKind::RequestTimeout, message).into())
        }
    }
}
