//! What surrounds every request: ids, limits, the catch for panics, OPTIONS,
//! headers that all answers share, the access log with its metrics.

use std::any::Any;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{FutureExt, stream};
use http::header::{
    ALLOW, CONTENT_LENGTH, CONTENT_TYPE, HOST, ORIGIN, STRICT_TRANSPORT_SECURITY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use trunklog_odata::{Error, ErrorKind};
use uuid::Uuid;

use crate::app::App;
use crate::cors;
use crate::graph::{Failure, error_response};
use crate::root::{self, Peer, Scheme};
use crate::settings::Limits;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
pub(crate) const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const MAX_CLIENT_ID: usize = 128;

/// The names of one request.
#[derive(Debug, Clone)]
pub(crate) struct RequestIds {
    /// Ours.
    pub(crate) request: Uuid,
    /// The client's, if it sent a usable one.
    client: Option<HeaderValue>,
}

impl RequestIds {
    /// New ones for a request with those headers.
    pub(crate) fn of(headers: &HeaderMap) -> RequestIds {
        let usable = |value: &&HeaderValue| {
            let bytes = value.as_bytes();
            (1..=MAX_CLIENT_ID).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
        };
        RequestIds { request: Uuid::new_v4(), client: headers.get(CLIENT_REQUEST_ID).filter(usable).cloned() }
    }

    /// Those that the outermost layer gave the request.
    pub(crate) fn in_extensions(extensions: &http::Extensions) -> RequestIds {
        extensions
            .get::<RequestIds>()
            .cloned()
            .unwrap_or_else(|| RequestIds { request: Uuid::new_v4(), client: None })
    }

    /// The client's name for the request, or ours again.
    pub(crate) fn client(&self) -> String {
        let client = self.client.as_ref().and_then(|value| value.to_str().ok());
        client.map_or_else(|| self.request.to_string(), str::to_owned)
    }

    /// Tells them to the client.
    pub(crate) fn add_to(&self, headers: &mut HeaderMap) {
        if let Ok(request) = HeaderValue::from_str(&self.request.to_string()) {
            headers.insert(CLIENT_REQUEST_ID, self.client.clone().unwrap_or_else(|| request.clone()));
            headers.insert(REQUEST_ID, request);
        }
    }
}

/// What the access log says about a request; handlers add it to their answer.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    /// A name from a table, never the client's text.
    pub(crate) route: &'static str,
    pub(crate) app_id: Option<String>,
    pub(crate) tenant: Option<Uuid>,
}

impl Access {
    pub(crate) fn new(route: &'static str) -> Access {
        Access { route, app_id: None, tenant: None }
    }

    /// What its handler noted of a request.
    pub(crate) fn of(response: &Response) -> Access {
        response.extensions().get::<Access>().cloned().unwrap_or_else(|| Access::new("unrouted"))
    }
}

/// The outermost layer.
pub(crate) async fn surround(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let ids = RequestIds::of(request.headers());
    let method = request.method().clone();
    let secure = is_secure(&app, &request);
    let origin = request.headers().get(ORIGIN).cloned();
    request.extensions_mut().insert(ids.clone());
    let early = match root::check_host(request.version(), request.headers()) {
        Err(error) => Some(error_response(&app, &ids, Failure::from(error))),
        Ok(()) => cors::preflight(&app.settings.cors, &request),
    };
    let mut response = match early {
        Some(response) => response,
        None => match AssertUnwindSafe(next.run(request)).catch_unwind().await {
            Ok(response) => response,
            Err(panic) => panicked(&app, &ids, &*panic),
        },
    };
    answer_options(&method, &mut response);
    add_headers(response.headers_mut(), &ids, secure);
    cors::add_headers(&app.settings.cors, origin.as_ref(), response.headers_mut());
    if method == Method::HEAD {
        leave_head(&mut response);
    }
    record(&app, &method, &response, &ids, started);
    response
}

/// Takes the body away. Its length stays said, if it is known; it is not said
/// to be zero (RFC 9110, section 8.6).
fn leave_head(response: &mut Response) {
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

/// The answer to a request whose handler panicked.
pub(crate) fn panicked(app: &App, ids: &RequestIds, panic: &(dyn Any + Send)) -> Response {
    tracing::error!(request_id = %ids.request, panic = panic_text(panic), "a handler panicked");
    let error = Error::new(ErrorKind::GeneralException, "An unexpected error occurred.");
    error_response(app, ids, Failure::from(error))
}

/// Whoever refuses a method says which ones he takes, which is all that OPTIONS
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

/// Refuses what does not say its host as it must, where nothing else surrounds
/// requests.
pub(crate) async fn named_host(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match root::check_host(request.version(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => error_response(&app, &RequestIds::of(request.headers()), Failure::from(error)),
    }
}

/// Refuses what is larger than the limits.
pub(crate) async fn limit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match oversized(&app.settings.limits, request.uri(), request.headers()) {
        None => next.run(request).await,
        Some(error) => {
            let ids = RequestIds::in_extensions(request.extensions());
            error_response(&app, &ids, Failure::from(error))
        }
    }
}

/// What is too large about a request with that URL and those headers.
pub(crate) fn oversized(limits: &Limits, uri: &Uri, headers: &HeaderMap) -> Option<Error> {
    let url = uri.path().len() + uri.query().map_or(0, |query| query.len() + 1);
    if url > limits.url_bytes.saturating_add(walk_bytes(uri.query().unwrap_or_default())) {
        return Some(Error::new(ErrorKind::UriTooLong, "The request URL is too long."));
    }
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if size > limits.header_bytes {
        return Some(Error::new(ErrorKind::HeadersTooLarge, "The request headers are too large."));
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let body = length.and_then(|length| length.parse::<usize>().ok()).unwrap_or(0);
    (body > limits.body_bytes)
        .then(|| Error::new(ErrorKind::PayloadTooLarge, "The request body is too large."))
}

/// How much of a query is the state of a walk, which our own links add to what
/// the client wrote: so the link of a URL that was taken is taken, too.
fn walk_bytes(query: &str) -> usize {
    /// A token holds at most eight texts of 128 characters.
    const MOST: usize = 8 * 1024;
    const ADDED: [&str; 4] = ["$skip=", "$skiptoken=", "$top=", "maxpagesize="];
    let added = query.split('&').filter(|pair| ADDED.iter().any(|name| pair.starts_with(name)));
    added.map(|pair| pair.len() + 1).sum::<usize>().min(MOST)
}

/// Whether browsers may be told to use TLS alone with the host that the client
/// asked. An address cannot be told so, and for `localhost` it would hold for
/// all else that runs on the client's machine (RFC 6797, section 8.1.1).
fn is_secure(app: &App, request: &Request) -> bool {
    let peer = request.extensions().get::<Peer>();
    let host = if peer.is_some_and(|peer| peer.scheme == Scheme::Https) {
        let named = || request.headers().get(HOST)?.to_str().ok();
        request.uri().authority().map(|authority| authority.as_str()).or_else(named)
    } else {
        // A proxy before us may have TLS.
        app.settings.public_url.as_deref().and_then(|url| url.strip_prefix("https://"))
    };
    host.is_some_and(root::is_domain)
}

fn add_headers(headers: &mut HeaderMap, ids: &RequestIds, secure: bool) {
    ids.add_to(headers);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.append(VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    if secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

/// One line and one count for each request.
fn record(app: &App, method: &Method, response: &Response, ids: &RequestIds, started: Instant) {
    let access = Access::of(response);
    let took = started.elapsed();
    app.metrics.request(access.route, response.status(), took);
    tracing::info!(
        target: "access",
        method = method_name(method),
        route = access.route,
        status = response.status().as_u16(),
        duration_ms = took.as_secs_f64() * 1e3,
        bytes = response.body().size_hint().exact(),
        request_id = %ids.request,
        app_id = access.app_id.as_deref(),
        tenant = access.tenant.map(tracing::field::display),
        "request"
    );
}

/// A client may call a method anything; the log gets known names only.
fn method_name(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("OTHER")
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_ours_may_be_longer_than_what_it_continues() {
        let limits = Limits::default();
        let is_too_long = |query: &str| {
            let uri = Uri::try_from(format!("/{}?{query}", "x".repeat(limits.url_bytes - 2))).unwrap();
            oversized(&limits, &uri, &HeaderMap::new()).is_some()
        };
        assert!(!is_too_long(""));
        assert!(is_too_long("$filter=true"));
        assert!(!is_too_long("$skip=1000&$skiptoken=abc&$top=5&maxpagesize=9"));
        assert!(is_too_long(&format!("$skiptoken={}", "a".repeat(9_000))));
    }

    #[test]
    fn the_clients_id_is_repeated_when_it_is_one() {
        let ids = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CLIENT_REQUEST_ID, HeaderValue::from_static(value));
            RequestIds::of(&headers)
        };
        assert_eq!(ids("abc-1").client(), "abc-1");
        for value in ["", "a b", "\t"] {
            let ids = ids(value);
            assert_eq!(ids.client(), ids.request.to_string());
        }
    }
}
