//! Identity's endpoints: tokens, discovery, keys.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, PRAGMA, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;
use trunklog_audit::{Action, Actor, Channel};
use trunklog_identity::{Arrival, BasicCredentials, Endpoint, TokenError, TokenRequest, TokenResponse};
use trunklog_odata::ErrorKind;
use uuid::Uuid;

use crate::answer::{Access, Failure, Occasion, RequestIds, Surface, refuse};
use crate::app::App;
use crate::backlog::Reader;
use crate::document::exactly;
use crate::share::Share;
use crate::{audit, body, client_address, public_address};

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

/// How the token endpoint says what went wrong on the way to it.
pub(crate) struct TokenSurface {
    /// Who says what OAuth has no word for.
    otherwise: &'static dyn Surface,
}

impl TokenSurface {
    pub(crate) const fn new(otherwise: &'static dyn Surface) -> TokenSurface {
        TokenSurface { otherwise }
    }
}

impl Surface for TokenSurface {
    fn refuse(&self, failure: Failure, occasion: &Occasion<'_>) -> Response {
        if failure.error().kind() == ErrorKind::GeneralException {
            return token_error(&TokenError::internal(), occasion);
        }
        self.otherwise.refuse(failure, occasion)
    }
}

/// `/{tenant}/oauth2/token` and `/{tenant}/oauth2/v2.0/token`.
pub(crate) async fn token(app: &Arc<App>, request: Request, tenant: &str, endpoint: Endpoint) -> Response {
    let (parts, body) = request.into_parts();
    let response = match exchange(app, &parts, body, tenant.to_owned(), endpoint).await {
        Ok(token) => {
            json(StatusCode::OK, &token.body(endpoint), &RequestIds::in_extensions(&parts.extensions))
        }
        Err(Refusal::Token(error)) => refuse_token(app, &parts, &error),
        Err(Refusal::Http(failure)) => refuse(app, &parts.extensions, failure),
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
    let by_header = arrival.basic.as_ref().map(|basic| basic.client_id.clone());
    let client_id = request.client_id.clone().or(by_header).unwrap_or_default();
    let guid = Uuid::try_parse(&tenant).ok();
    let checked = app.secrets.run(share, move || issuer.token(&tenant, &request, &arrival)).await;
    let issued = checked.map_err(|_| Failure::overloaded())?;
    tell(app, parts, (guid, &client_id), issued.as_ref().err());
    Ok(issued?)
}

/// Tells the audit trail that an application signed in, or why it did not.
fn tell(app: &App, parts: &Parts, (tenant, client_id): (Option<Uuid>, &str), failed: Option<&TokenError>) {
    let (actor, why) = match failed {
        None => (Actor::application(client_id), None),
        Some(error) => match audit::failed_sign_in(error.fault(), client_id) {
            Some((actor, why)) => (actor, Some(why)),
            None => return,
        },
    };
    let ids = RequestIds::in_extensions(&parts.extensions);
    let event = audit::act_of(app, parts, &ids, actor, (Action::SignIn, Channel::Tokens));
    let event = match tenant {
        Some(tenant) => event.tenant(tenant),
        None => event,
    };
    match why {
        Some(why) => audit::refused(app, event, why),
        None => app.services.trail.note(event),
    }
}

/// `/{tenant}/.well-known/openid-configuration`, and the same below `v2.0`.
pub(crate) fn discovery(app: &App, request: Request, tenant: &str, endpoint: Endpoint) -> Response {
    let parts = request.into_parts().0;
    let root = read_only(&parts).and_then(|()| Ok(public_address::of(&parts, &app.settings)?));
    let response = match root {
        Err(failure) => refuse(app, &parts.extensions, failure),
        Ok(root) => match app.services.issuer.discovery(tenant, &root, endpoint) {
            Ok(document) => json(StatusCode::OK, &document, &RequestIds::in_extensions(&parts.extensions)),
            Err(error) => refuse_token(app, &parts, &error),
        },
    };
    named(response, "discovery")
}

/// `[/{tenant}]/discovery[/v2.0]/keys`. The keys are the same for all tenants.
pub(crate) fn keys(app: &App, request: Request) -> Response {
    let parts = request.into_parts().0;
    let response = match read_only(&parts) {
        Ok(()) => {
            let ids = RequestIds::in_extensions(&parts.extensions);
            json(StatusCode::OK, &app.services.issuer.jwks(), &ids)
        }
        Err(failure) => refuse(app, &parts.extensions, failure),
    };
    named(response, "keys")
}

fn read_only(parts: &Parts) -> Result<(), Failure> {
    if parts.method == Method::GET || parts.method == Method::HEAD {
        Ok(())
    } else {
        Err(Failure::method_not_allowed("GET, HEAD"))
    }
}

fn refuse_token(app: &App, parts: &Parts, error: &TokenError) -> Response {
    let ids = RequestIds::in_extensions(&parts.extensions);
    token_error(error, &Occasion::of(app, &ids))
}

/// Entra's error body. Source: contract section 3.3.
fn token_error(error: &TokenError, occasion: &Occasion<'_>) -> Response {
    let Occasion { ids, now, .. } = *occasion;
    let correlation = Uuid::try_parse(&ids.client()).unwrap_or(ids.request);
    let body = error.body(ids.request, correlation, now);
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
    use axum::body::to_bytes;
    use futures_util::FutureExt;
    use http::HeaderMap;
    use jiff::Timestamp;
    use trunklog_odata::Error;
    use trunklog_odata::envelope::Hints;

    use super::*;
    use crate::answer::PlainText;

    fn refused(failure: Failure) -> (StatusCode, String) {
        let ids = RequestIds::of(&HeaderMap::new());
        let occasion = Occasion { ids: &ids, now: Timestamp::UNIX_EPOCH, hints: Hints::Show };
        let answer = TokenSurface::new(&PlainText).refuse(failure, &occasion);
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), usize::MAX).now_or_never().unwrap().unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[test]
    fn a_failure_of_ours_is_told_as_entra_tells_its_own() {
        let (status, body) = refused(Failure::unexpected());
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(body["error"], "server_error");
        assert_eq!(body["error_codes"], serde_json::json!([50_000]));
        assert_eq!(body["timestamp"], "1970-01-01 00:00:00Z");
    }

    #[test]
    fn what_oauth_has_no_word_for_is_told_by_another() {
        let failure = Failure::from(Error::new(ErrorKind::PayloadTooLarge, "Too large."));
        assert_eq!(refused(failure), (StatusCode::PAYLOAD_TOO_LARGE, "Too large.\n".to_owned()));
    }
}
