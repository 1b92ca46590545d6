//! The headers that all answers have.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{HOST, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue};

use crate::answer::RequestIds;
use crate::app::App;
use crate::host::is_domain;
use crate::peer::{Peer, Scheme};

pub(super) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let ids = RequestIds::in_extensions(request.extensions());
    let secure = is_secure(&app, &request);
    let mut response = next.run(request).await;
    add_headers(response.headers_mut(), &ids, secure);
    response
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
    host.is_some_and(is_domain)
}

fn add_headers(headers: &mut HeaderMap, ids: &RequestIds, secure: bool) {
    ids.add_to(headers);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.append(VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    if secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}
