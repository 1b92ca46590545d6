//! A text that is there as a whole, sent plain or as gzip.

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};

use crate::coding::{Coding, Effort, smaller};

/// The media type of pages for people.
pub(crate) const HTML: &str = "text/html; charset=utf-8";

/// What a page may load: nothing from elsewhere, no scripts, no frames.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Marks an answer whose bytes are there once, whoever asks for them, so that one
/// more client takes no more memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SharedBytes;

/// The bytes without spare room after them: what is held is counted by its length.
pub(crate) fn exactly(bytes: Vec<u8>) -> Bytes {
    bytes.into_boxed_slice().into()
}

pub(crate) struct Document {
    plain: Bytes,
    /// None when it would not be smaller.
    packed: Option<Bytes>,
}

impl Document {
    pub(crate) fn new(text: impl Into<Vec<u8>>) -> Document {
        Document::with(Effort::Rows, text.into())
    }

    /// One that is made once for all who ask, and may take its time.
    pub(crate) fn kept(text: impl Into<Vec<u8>>) -> Document {
        Document::with(Effort::Kept, text.into())
    }

    fn with(effort: Effort, plain: Vec<u8>) -> Document {
        let packed = smaller(&plain, effort);
        Document { plain: exactly(plain), packed: packed.map(exactly) }
    }

    /// The answer to a request with these headers. A page says what it may load.
    pub(crate) fn response(&self, request: &HeaderMap, media_type: &'static str) -> Response {
        let packed = self.packed.as_ref().filter(|_| Coding::accepted(request) == Coding::Gzip);
        let mut response = Response::new(Body::from(packed.unwrap_or(&self.plain).clone()));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if packed.is_some() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if media_type == HTML {
            headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        }
        response
    }
}
