//! A request's body, read whole.

use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout};
use trunklog_odata::{Error, ErrorKind};

use crate::answer::Failure;
use crate::app::App;
use crate::backlog::{Hold, Reader};
use crate::settings::lasting;

/// How much room is reserved first; then as much again as there is.
const FIRST_BYTES: usize = 4 * 1024;

/// Reads a body within the limits on its size and on the client's time. What
/// has come of it counts as held for `reader`, not what a client says will come.
pub(crate) async fn read(app: &App, reader: Reader, body: Body) -> Result<Bytes, Failure> {
    let limits = &app.settings.limits;
    let mut pieces = body.into_data_stream();
    let mut read = Vec::new();
    let mut room = Room { holds: Vec::new(), bytes: 0 };
    let mut left = lasting(limits.header_secs);
    while let Some(piece) = next(pieces.next(), &mut left).await? {
        // The connection may have broken, too.
        let piece = piece.map_err(|_| too_large())?;
        if piece.len() > limits.body_bytes.saturating_sub(read.len()) {
            return Err(too_large());
        }
        room.make(app, reader, read.len() + piece.len()).await?;
        read.extend_from_slice(&piece);
    }
    Ok(read.into())
}

/// What comes within the time that is left.
async fn next<T>(piece: impl Future<Output = T>, left: &mut Duration) -> Result<T, Failure> {
    let begun = Instant::now();
    let Ok(piece) = timeout(*left, piece).await else {
        let message = "The request body did not arrive in time.";
        return Err(Error::new(ErrorKind::RequestTimeout, message).into());
    };
    *left = left.saturating_sub(begun.elapsed());
    Ok(piece)
}

fn too_large() -> Failure {
    Error::new(ErrorKind::PayloadTooLarge, "The request body is too large or was cut off.").into()
}

/// What is reserved for a body, in a few parts of which each is as large as all
/// before it.
struct Room {
    holds: Vec<Hold>,
    bytes: usize,
}

impl Room {
    /// Reserves more unless there is enough.
    async fn make(&mut self, app: &App, reader: Reader, needed: usize) -> Result<(), Failure> {
        if needed > self.bytes {
            let more = (needed - self.bytes).max(self.bytes).max(FIRST_BYTES);
            self.holds.push(app.backlog.reserve(reader, more).await?);
            self.bytes += more;
        }
        Ok(())
    }
}
