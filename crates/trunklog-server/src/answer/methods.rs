//! What OPTIONS and HEAD make of an answer.

use std::convert::Infallible;

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use futures_util::stream;
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};

/// What refuses a method says which ones it takes, which is all that OPTIONS
/// asks for. So OPTIONS works wherever it is refused, and is one of the methods
/// that are taken.
pub(crate) fn answer_options(method: &Method, response: &mut Response) {
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return;
    }
    let allowed = response.headers().get(ALLOW).and_then(|allowed| allowed.to_str().ok()).unwrap_or_default();
    if !allowed.contains("OPTIONS") {
        let separator = if allowed.is_empty() { "" } else { ", " };
        if let Ok(allowed) = HeaderValue::try_from(format!("{allowed}{separator}OPTIONS")) {
            response.headers_mut().insert(ALLOW, allowed);
        }
    }
    if method == Method::OPTIONS {
        *response.status_mut() = StatusCode::NO_CONTENT;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(CONTENT_TYPE);
    }
}

/// Takes the body away. Its length stays said, if it is known; it is not said
/// to be zero (RFC 9110, section 8.6).
pub(crate) fn leave_head(response: &mut Response) {
    let Some(length) = response.body().size_hint().exact() else {
        *response.body_mut() = of_unknown_length();
        return;
    };
    response.headers_mut().entry(CONTENT_LENGTH).or_insert(HeaderValue::from(length));
    *response.body_mut() = Body::empty();
}

/// A body of which nothing is sent and nothing said.
pub(crate) fn of_unknown_length() -> Body {
    Body::from_stream(stream::empty::<Result<Bytes, Infallible>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(allowed: Option<&'static str>) -> Response {
        let mut response = Response::new(Body::from("why"));
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        if let Some(allowed) = allowed {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
        }
        response
    }

    #[test]
    fn options_hears_what_is_taken_and_others_why_not() {
        for (allowed, expected) in [(Some("GET, HEAD"), "GET, HEAD, OPTIONS"), (None, "OPTIONS")] {
            let mut answer = refused(allowed);
            answer_options(&Method::OPTIONS, &mut answer);
            assert_eq!(answer.status(), StatusCode::NO_CONTENT);
            assert_eq!(answer.headers()[ALLOW], expected);
            assert_eq!(answer.body().size_hint().exact(), Some(0));
            assert!(!answer.headers().contains_key(CONTENT_TYPE));
            let mut answer = refused(allowed);
            answer_options(&Method::DELETE, &mut answer);
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
            assert_eq!(answer.headers()[ALLOW], expected);
            assert_eq!(answer.body().size_hint().exact(), Some(3));
        }
    }

    #[test]
    fn head_keeps_the_length_that_is_known() {
        let mut known = Response::new(Body::from("rows"));
        leave_head(&mut known);
        assert_eq!(known.headers()[CONTENT_LENGTH], "4");
        let mut unknown = Response::new(of_unknown_length());
        leave_head(&mut unknown);
        assert!(!unknown.headers().contains_key(CONTENT_LENGTH));
        assert_eq!(unknown.body().size_hint().exact(), None);
    }
}
