//! Identity's endpoints: tokens, discovery, keys.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::header::{ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, PRAGMA, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;
use trunklog_identity::{Arrival, BasicCredentials, Endpoint, TokenError, TokenRequest, TokenResponse};
use trunklog_odata::Version;
use uuid::Uuid;

use crate::app::App;
use crate::backlog::Reader;
use crate::document::exactly;
use crate::graph::{Failure, answer, error_response, method_not_allowed};
use crate::layers::{Access, RequestIds};
use crate::share::Share;
use crate::{body, client_address, root};

const X_MS_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");

/// Why there is no token: Entra's errors, or those of the way there.
enum Refusal {
    Token(TokenError),
    Http(Failure),
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Refusal {
        Refusal::Token(error)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Refusal {
        Refusal::Http(failure)
    }
}

/// `/{tenant}/oauth2/v2.0/token`.
pub(crate) async fn token_v2(State(app): State<Arc<App>>, request: Request) -> Response {
    token(&app, request, Endpoint::V2).await
}

/// `/{tenant}/oauth2/token`.
pub(crate) async fn token_v1(State(app): State<Arc<App>>, request: Request) -> Response {
    token(&app, request, Endpoint::V1).await
}

async fn token(app: &Arc<App>, request: Request, endpoint: Endpoint) -> Response {
    let (parts, body) = request.into_parts();
    let Some(tenant) = tenant(&parts) else {
        return answer(app, &parts).await;
    };
    let ids = RequestIds::in_extensions(&parts.extensions);
    let response = match exchange(app, &parts, body, tenant.to_owned(), endpoint).await {
        Ok(token) => json(StatusCode::OK, &token.body(endpoint), &ids),
        Err(Refusal::Token(error)) => token_error(app, &ids, &error),
        Err(Refusal::Http(failure)) => error_response(app, &ids, failure),
    };
    named(response, "token")
}

async fn exchange(
    app: &App,
    parts: &Parts,
    body: Body,
    tenant: String,
    endpoint: Endpoint,
) -> Result<TokenResponse, Refusal> {
    if parts.method != Method::POST {
        return Err(TokenError::method_not_allowed(parts.method.as_str()).into());
    }
    let basic = match parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) {
        Some(value) => BasicCredentials::from_header(value)?,
        None => None,
    };
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let arrival = Arrival {
        endpoint,
        basic,
        address: client_address::of(parts, &app.settings),
        content_type: content_type.map(str::to_owned),
        has_query: parts.uri.query().is_some(),
    };
    // Nobody has signed in yet.
    let share = Share::of_client(parts, &app.settings);
    let form = body::read(app, Reader::of(share, parts), body).await?;
    let request = TokenRequest::from_form(&form).map_err(|error| arrival.explained(error))?;
    let issuer = Arc::clone(&app.services.issuer);
    let checked = app.secrets.run(share, move || issuer.token(&tenant, &request, &arrival)).await;
    Ok(checked.map_err(|_| Failure::overloaded())??)
}

/// `/{tenant}/v2.0/.well-known/openid-configuration`.
pub(crate) async fn discovery_v2(State(app): State<Arc<App>>, request: Request) -> Response {
    discovery(&app, request, Endpoint::V2).await
}

/// `/{tenant}/.well-known/openid-configuration`.
pub(crate) async fn discovery_v1(State(app): State<Arc<App>>, request: Request) -> Response {
    discovery(&app, request, Endpoint::V1).await
}

async fn discovery(app: &Arc<App>, request: Request, endpoint: Endpoint) -> Response {
    let parts = request.into_parts().0;
    let Some(tenant) = tenant(&parts) else {
        return answer(app, &parts).await;
    };
    let ids = RequestIds::in_extensions(&parts.extensions);
    let root = read_only(&parts).and_then(|()| Ok(root::of(&parts, &app.settings)?));
    let response = match root {
        Err(failure) => error_response(app, &ids, failure),
        Ok(root) => match app.services.issuer.discovery(tenant, &root, endpoint) {
            Ok(document) => json(StatusCode::OK, &document, &ids),
            Err(error) => token_error(app, &ids, &error),
        },
    };
    named(response, "discovery")
}

/// `[/{tenant}]/discovery[/v2.0]/keys`. The keys are the same for all tenants.
pub(crate) async fn keys(State(app): State<Arc<App>>, request: Request) -> Response {
    let parts = request.into_parts().0;
    if tenant(&parts).is_none() {
        return answer(&app, &parts).await;
    }
    let ids = RequestIds::in_extensions(&parts.extensions);
    let response = match read_only(&parts) {
        Ok(()) => json(StatusCode::OK, &app.services.issuer.jwks(), &ids),
        Err(failure) => error_response(&app, &ids, failure),
    };
    named(response, "keys")
}

/// The first segment of the path; None when it is a version of Graph.
fn tenant(parts: &Parts) -> Option<&str> {
    segments(parts.uri.path()).next().filter(|first| Version::split(first).is_err())
}

/// The segments of a path without the empty ones.
pub(crate) fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

fn read_only(parts: &Parts) -> Result<(), Failure> {
    if parts.method == Method::GET || parts.method == Method::HEAD {
        Ok(())
    } else {
        Err(method_not_allowed("GET, HEAD"))
    }
}

/// Entra's error body. Source: contract section 3.3.
fn token_error(app: &App, ids: &RequestIds, error: &TokenError) -> Response {
    let correlation = Uuid::try_parse(&ids.client()).unwrap_or(ids.request);
    let body = error.body(ids.request, correlation, (app.services.clock)());
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json(status, &body, ids);
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    }
    if let Some(secs) = error.retry_after_secs() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(secs));
    }
    response
}

fn json(status: StatusCode, body: &impl Serialize, ids: &RequestIds) -> Response {
    let (status, bytes) = match serde_json::to_vec(body) {
        Ok(bytes) => (status, bytes),
        Err(error) => {
            tracing::error!(request_id = %ids.request, %error, "an answer cannot be written as JSON");
            (StatusCode::INTERNAL_SERVER_ERROR, Vec::new())
        }
    };
    let mut response = Response::new(Body::from(exactly(bytes)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, no-cache"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    if let Ok(id) = HeaderValue::from_str(&ids.request.to_string()) {
        headers.insert(X_MS_REQUEST_ID, id);
    }
    response
}

/// Names the answer for the access log.
fn named(mut response: Response, route: &'static str) -> Response {
    response.extensions_mut().insert(Access::new(route));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_never_a_tenant() {
        let parts = |path: &str| http::Request::get(path).body(Body::empty()).unwrap().into_parts().0;
        for path in ["/v1.0/oauth2/token", "/BETA/discovery/keys", "//v1.0//oauth2/token/"] {
            assert_eq!(tenant(&parts(path)), None, "{path}");
        }
        assert_eq!(tenant(&parts("/common/oauth2/token")), Some("common"));
        assert_eq!(tenant(&parts("//common//oauth2/token/")), Some("common"));
    }
}
