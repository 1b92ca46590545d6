//! A browser that asks for what is nowhere, by an address that somebody mistyped. Paths
//! that are no page's are Graph's, but a person is told so as a person.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::header::{ACCEPT, VARY};
use http::{HeaderValue, Method};

use super::{no_such_page, surface};
use crate::accept::{JSON, preferred};
use crate::answer::Access;
use crate::app::App;

/// Whether who asks would rather have a page than what programs read. A program that
/// names nothing, or anything, has JSON as ever.
pub(crate) fn is_asked(request: &Request) -> bool {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    is_read && preferred(request.headers(), &[JSON, "text/html"]).is_some_and(|chosen| chosen.offer == 1)
}

/// The page that says so.
pub(crate) fn answer(app: &Arc<App>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let mut response = surface::refuse(app, &parts, no_such_page());
    response.headers_mut().append(VARY, HeaderValue::from(ACCEPT));
    response.extensions_mut().insert(Access::new("no page"));
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn only_who_would_rather_have_a_page_gets_one() {
        let is_asked = |method: &str, accept: Option<&str>| {
            let mut request = http::Request::builder().method(method).uri("/nope");
            if let Some(accept) = accept {
                request = request.header(ACCEPT, accept);
            }
            is_asked(&request.body(Body::empty()).unwrap())
        };
        let firefox = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for accept in [firefox, "text/html", "application/json;q=0.5, text/html"] {
            assert!(is_asked("GET", Some(accept)) && is_asked("HEAD", Some(accept)), "{accept}");
            assert!(!is_asked("POST", Some(accept)), "{accept}");
        }
        for accept in ["*/*", "application/json", "application/json, text/html", "text/html;q=0", "image/png"]
        {
            assert!(!is_asked("GET", Some(accept)), "{accept}");
        }
        assert!(!is_asked("GET", None));
    }
}
