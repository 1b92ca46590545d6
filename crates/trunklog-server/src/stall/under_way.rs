//! Which requests of a connection are under way.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

/// Counts the requests of one connection, from their heads until their answers
/// were handed over whole.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnderWay(Arc<AtomicUsize>);

/// A request, which is under way until this is dropped.
#[derive(Debug)]
pub(crate) struct Request(Arc<AtomicUsize>);

impl UnderWay {
    /// Counts one more request.
    pub(crate) fn begin(&self) -> Request {
        self.0.fetch_add(1, Ordering::Relaxed);
        Request(Arc::clone(&self.0))
    }

    /// Whether there is any.
    pub(crate) fn any(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The body of an answer, whose request is under way as long as it lives.
pub(crate) struct AnswerBody {
    body: Body,
    _request: Request,
}

impl AnswerBody {
    pub(crate) fn new(body: Body, request: Request) -> AnswerBody {
        AnswerBody { body, _request: request }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_ends_with_its_answer() {
        let requests = UnderWay::default();
        assert!(!requests.any());
        let (first, second) = (requests.begin(), requests.begin());
        let answer = AnswerBody::new(Body::from("rows"), first);
        assert_eq!(answer.size_hint().exact(), Some(4));
        drop(second);
        assert!(requests.any());
        drop(answer);
        assert!(!requests.any());
    }
}
