//! What scripts of web pages may read (the CORS protocol of the Fetch
//! standard, section 3.3).
//!
//! Answers carry no leave for cookies: clients bring a token, which a browser
//! never sends by itself. An origin that may not read gets the answer as any
//! other client does, and its browser keeps it from the script.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::app::App;
use crate::settings::Origins;

const METHODS: &str = "GET, HEAD, POST, OPTIONS";
/// What clients of Graph send beyond what browsers send anyway.
const REQUEST_HEADERS: &str = "Authorization, Content-Type, Accept, Prefer, OData-Version, OData-MaxVersion, client-request-id, \
     SdkVersion, ConsistencyLevel, If-None-Match";
/// Headers of this kind are allowed by whatever name they are asked for.
const VENDOR_PREFIX: &str = "x-ms-";
const RESPONSE_HEADERS: &str = "request-id, client-request-id, Retry-After, OData-Version, \
    Preference-Applied, Trunklog-Delta-Link, Content-Disposition, Location, WWW-Authenticate, ETag";
/// How long a browser may remember a preflight, in seconds.
const MAX_AGE: &str = "86400";

/// Adds to any answer what lets a script of the asking origin read it.
pub(super) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = next.run(request).await;
    add_headers(&app.settings.cors, origin.as_ref(), response.headers_mut());
    response
}

/// Answers browsers that ask whether a script may send a request.
pub(super) async fn answer_preflights(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let answer = preflight(&app.settings.cors, &request);
    match answer {
        Some(response) => response,
        None => next.run(request).await,
    }
}

/// The answer to a browser that asks whether a script may send a request; None
/// for any other request, and for origins that may not.
fn preflight(origins: &Origins, request: &Request) -> Option<Response> {
    let headers = request.headers();
    let asks = request.method() == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if !asks || allowed(origins, headers.get(ORIGIN)).is_none() {
        return None;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let answer = response.headers_mut();
    answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, request_headers(headers));
    answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    answer.append(VARY, HeaderValue::from_name(ACCESS_CONTROL_REQUEST_HEADERS));
    Some(response)
}

/// Adds to any answer what lets a script of that origin read it.
fn add_headers(origins: &Origins, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
    // Said to all, so that no cache gives one origin's answer to another.
    if matches!(origins, Origins::Listed(listed) if !listed.is_empty()) {
        headers.append(VARY, HeaderValue::from_name(ORIGIN));
    }
    if let Some(allowed) = allowed(origins, origin) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(RESPONSE_HEADERS));
    }
}

/// What `Access-Control-Allow-Origin` says to that origin.
fn allowed(origins: &Origins, origin: Option<&HeaderValue>) -> Option<HeaderValue> {
    let origin = origin?;
    match origins {
        Origins::Any => Some(HeaderValue::from_static("*")),
        Origins::Listed(listed) => listed
            .iter()
            .any(|known| known.trim_end_matches('/').as_bytes().eq_ignore_ascii_case(origin.as_bytes()))
            .then(|| origin.clone()),
    }
}

/// The usual ones, and of those that are asked for the vendor's.
fn request_headers(headers: &HeaderMap) -> HeaderValue {
    let asked = headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS).iter();
    let mut all = REQUEST_HEADERS.to_owned();
    for name in asked.filter_map(|value| value.to_str().ok()).flat_map(|names| names.split(',')) {
        let name = name.trim();
        if name.get(..VENDOR_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(VENDOR_PREFIX)) {
            all.push_str(", ");
            all.push_str(name);
        }
    }
    HeaderValue::try_from(all).unwrap_or(HeaderValue::from_static(REQUEST_HEADERS))
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    const PORTAL: &str = "https://portal.example.com";

    fn listed() -> Origins {
        Origins::Listed(vec!["https://Portal.example.com/".to_owned()])
    }

    fn asked(method: &str, headers: &[(&str, &str)]) -> Request {
        let mut request = http::Request::builder().method(method).uri("/v1.0");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn only_a_preflight_of_a_known_origin_is_answered() {
        let method = ("access-control-request-method", "GET");
        let of =
            |method: &str, headers: &[(&str, &str)]| preflight(&listed(), &asked(method, headers)).is_some();
        assert!(of("OPTIONS", &[("origin", PORTAL), method]));
        assert!(!of("GET", &[("origin", PORTAL), method]));
        assert!(!of("OPTIONS", &[("origin", PORTAL)]));
        assert!(!of("OPTIONS", &[method]));
        assert!(!of("OPTIONS", &[("origin", "https://evil.example.com"), method]));
        assert!(!of("OPTIONS", &[("origin", "https://portal.example.com.evil.example"), method]));
    }

    #[test]
    fn vendor_headers_are_allowed_as_asked() {
        let request = asked(
            "OPTIONS",
            &[
                ("origin", PORTAL),
                ("access-control-request-method", "GET"),
                ("access-control-request-headers", "authorization,X-MS-Client, cookie"),
            ],
        );
        let answer = preflight(&listed(), &request).unwrap();
        let allowed = answer.headers()[ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap();
        assert!(allowed.ends_with(", X-MS-Client"), "{allowed}");
        assert!(!allowed.contains("cookie"), "{allowed}");
    }

    #[test]
    fn origins_are_told_apart() {
        let told = |origins: &Origins, origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            add_headers(origins, origin.map(HeaderValue::from_static).as_ref(), &mut headers);
            let of = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            (of(ACCESS_CONTROL_ALLOW_ORIGIN), of(VARY))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(told(&listed(), Some(PORTAL)), (some(PORTAL), some("origin")));
        assert_eq!(told(&listed(), Some("https://evil.example.com")), (None, some("origin")));
        assert_eq!(told(&listed(), None), (None, some("origin")));
        assert_eq!(told(&Origins::Any, Some("null")), (some("*"), None));
        assert_eq!(told(&Origins::default(), Some(PORTAL)), (None, None));
    }
}
