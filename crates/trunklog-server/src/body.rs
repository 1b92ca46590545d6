//! A request's body, read whole.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use tokio::time::timeout;
use trunklog_odata::{Error, ErrorKind};

use crate::app::App;
use crate::graph::Failure;

/// Reads a body within the limits on its size and on the client's time.
pub(crate) async fn read(app: &App, body: Body) -> Result<Bytes, Failure> {
    let limits = &app.settings.limits;
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
