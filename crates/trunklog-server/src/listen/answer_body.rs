//! The body of an answer on its way to the client.
//!
//! hyper takes a body piece by piece, but each piece whole. So pieces are
//! small, and each knows when it is taken: its bytes count as held for the
//! client until then.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Buf, Frame, SizeHint};

use super::pace::Pace;
use crate::backlog::SharedHold;
use crate::stall::Request;

/// The most bytes that hyper gets at a time.
pub(crate) const SLICE_BYTES: usize = 64 * 1024;

/// Whose pace an answer goes at.
pub(crate) enum Taker {
    /// An answer of HTTP/1 has the connection for itself, and hyper holds but
    /// the next slices of it.
    Connection(Pace),
    /// A stream of HTTP/2. hyper would take all of it and call it done, however
    /// long it waits for the client's window. So it ends only when it is taken.
    Stream(Pace),
}

impl Taker {
    fn pace(&self) -> &Pace {
        match self {
            Taker::Connection(pace) | Taker::Stream(pace) => pace,
        }
    }
}

/// The body of an answer, whose request is under way until the last slice is
/// taken.
pub(crate) struct AnswerBody {
    /// None once it has ended: a body must not be asked again then.
    body: Option<Body>,
    /// What came from the body and is not handed over yet.
    rest: Bytes,
    taker: Taker,
    held: Option<SharedHold>,
    request: Arc<Request>,
}

impl AnswerBody {
    /// `held` is what the answer counts for.
    pub(crate) fn new(body: Body, taker: Taker, held: Option<SharedHold>, request: Request) -> AnswerBody {
        AnswerBody { body: Some(body), rest: Bytes::new(), taker, held, request: Arc::new(request) }
    }

    fn slice(&mut self) -> Slice {
        let bytes = self.rest.split_to(self.rest.len().min(SLICE_BYTES));
        let pace = self.taker.pace().clone();
        pace.give(bytes.len());
        Slice { bytes, pace, _held: self.held.clone(), _request: Arc::clone(&self.request) }
    }
}

impl HttpBody for AnswerBody {
    type Data = Slice;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Slice>, axum::Error>>> {
        let this = &mut *self;
        while this.rest.is_empty() {
            let Some(body) = &mut this.body else {
                if let Taker::Stream(pace) = &this.taker {
                    ready!(pace.poll_taken(cx));
                }
                return Poll::Ready(None);
            };
            match ready!(Pin::new(body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => this.rest = data,
                    // None of ours has any.
                    Err(other) => {
                        let Ok(trailers) = other.into_trailers() else { continue };
                        return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
                    }
                },
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => this.body = None,
            }
        }
        Poll::Ready(Some(Ok(Frame::data(this.slice()))))
    }

    fn is_end_stream(&self) -> bool {
        let is_taken = match &self.taker {
            Taker::Connection(_) => true,
            Taker::Stream(pace) => pace.is_taken(),
        };
        self.rest.is_empty() && self.body.as_ref().is_none_or(HttpBody::is_end_stream) && is_taken
    }

    fn size_hint(&self) -> SizeHint {
        let rest = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
        let body = self.body.as_ref().map_or(SizeHint::with_exact(0), HttpBody::size_hint);
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower().saturating_add(rest));
        if let Some(upper) = body.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}

/// A part of an answer that hyper has. It counts as held until it is dropped.
pub(crate) struct Slice {
    bytes: Bytes,
    pace: Pace,
    _held: Option<SharedHold>,
    _request: Arc<Request>,
}

impl Buf for Slice {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        self.pace.take(count);
    }
}

impl Drop for Slice {
    fn drop(&mut self) {
        self.pace.withdraw(self.bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;
    use crate::stall::UnderWay;

    fn poll(body: &mut AnswerBody) -> Poll<Option<Slice>> {
        let frame = Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop()));
        frame.map(|frame| frame.map(|frame| frame.unwrap().into_data().unwrap_or_else(|_| panic!("data"))))
    }

    fn slice(body: &mut AnswerBody) -> Slice {
        let Poll::Ready(Some(slice)) = poll(body) else { panic!("there is more") };
        slice
    }

    #[test]
    fn a_request_ends_with_its_answer() {
        let requests = UnderWay::default();
        let (first, second) = (requests.begin(), requests.begin());
        let taker = Taker::Connection(Pace::default());
        let mut answer = AnswerBody::new(Body::from("rows"), taker, None, first);
        assert_eq!(answer.size_hint().exact(), Some(4));
        drop(second);
        let last = slice(&mut answer);
        drop(answer);
        assert!(requests.any(), "the last slice is not taken yet");
        drop(last);
        assert!(!requests.any());
    }

    #[test]
    fn large_bodies_are_cut_into_slices() {
        let bytes: Vec<u8> = (0..150_000_u32).map(|at| at.to_le_bytes()[0]).collect();
        let request = UnderWay::default().begin();
        let pace = Pace::default();
        let mut body =
            AnswerBody::new(Body::from(bytes.clone()), Taker::Connection(pace.clone()), None, request);
        let mut read = Vec::new();
        let mut sizes = Vec::new();
        while !body.is_end_stream() {
            assert_eq!(body.size_hint().exact(), u64::try_from(bytes.len() - read.len()).ok());
            let mut slice = slice(&mut body);
            sizes.push(slice.remaining());
            assert!(!pace.is_taken());
            read.extend_from_slice(slice.chunk());
            slice.advance(slice.remaining());
            assert!(pace.is_taken());
        }
        assert_eq!(sizes, [SLICE_BYTES, SLICE_BYTES, 150_000 - 2 * SLICE_BYTES]);
        assert_eq!(read, bytes);
        assert!(matches!(poll(&mut body), Poll::Ready(None)));
    }

    #[test]
    fn a_stream_ends_when_it_is_taken() {
        let request = UnderWay::default().begin();
        let taker = Taker::Stream(Pace::default());
        let mut body = AnswerBody::new(Body::from("rows"), taker, None, request);
        let mut part = slice(&mut body);
        part.advance(3);
        assert!(!body.is_end_stream());
        assert!(poll(&mut body).is_pending());
        // Thrown away, as when the stream is reset.
        drop(part);
        assert!(body.is_end_stream());
        assert!(matches!(poll(&mut body), Poll::Ready(None)));
        let request = UnderWay::default().begin();
        let empty = AnswerBody::new(Body::empty(), Taker::Stream(Pace::default()), None, request);
        assert!(empty.is_end_stream(), "nothing has to be taken");
    }
}
