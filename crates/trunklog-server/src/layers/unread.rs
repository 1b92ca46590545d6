//! What a client still sends when its answer is there already.
//!
//! Many answers need no look at the body: it is too large, there is no token,
//! the method is another. When a connection is closed while bytes of the client
//! wait to be read, the system resets it, and the client loses the answer over
//! its own writing (RFC 9112, section 9.6). So the rest of a body is read and
//! thrown away, up to a bound, while the answer is on its way.

use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt;
use http::header::{CONNECTION, EXPECT};
use http::{HeaderValue, StatusCode, Version};
use hyper::body::{Frame, SizeHint};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::app::App;
use crate::settings::lasting;

/// How much of a body is thrown away. Who sends more may lose the answer.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The layer that reads what nobody read.
pub(super) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let version = request.version();
    // Such a client sends its body only when somebody starts to read it.
    let waits = request.headers().contains_key(EXPECT);
    let (back, mut given_back) = oneshot::channel();
    let mut response =
        next.run(request.map(|body| Body::new(LentBody { body, was_read: false, back: Some(back) }))).await;
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE && version < Version::HTTP_2 {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if let Ok(Rest { body, was_read }) = given_back.try_recv()
        && !body.is_end_stream()
        && (was_read || !waits)
    {
        let patience = lasting(app.settings.limits.header_secs);
        tokio::spawn(timeout(patience, read_off(body)));
    }
    response
}

/// Reads a body to its end or to the bound.
async fn read_off(body: Body) {
    let mut pieces = body.into_data_stream();
    let mut left = MOST_BYTES;
    while let Some(Ok(piece)) = pieces.next().await {
        let Some(rest) = left.checked_sub(piece.len()) else { return };
        left = rest;
    }
}

/// A request's body that comes back when its reader drops it.
struct LentBody {
    body: Body,
    was_read: bool,
    back: Option<oneshot::Sender<Rest>>,
}

/// What came back.
struct Rest {
    body: Body,
    /// Whether somebody started to read it.
    was_read: bool,
}

impl HttpBody for LentBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.was_read = true;
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for LentBody {
    fn drop(&mut self) {
        if let Some(back) = self.back.take() {
            // Nobody takes it when the request itself was given up.
            let _ = back.send(Rest { body: mem::take(&mut self.body), was_read: self.was_read });
        }
    }
}
