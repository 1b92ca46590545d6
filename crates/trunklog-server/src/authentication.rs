//! Who asks, by the bearer token.

use http::HeaderValue;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::request::Parts;
use trunklog_identity::{AuthFault, Principal};
use trunklog_odata::{Error, ErrorKind};

use crate::answer::{Failure, RequestIds};
use crate::app::App;
use crate::stall::UnderWay;

/// Who asks, by the bearer token.
///
/// # Errors
/// 401 when the token is not valid or there is none, with what Graph says of
/// where to get one.
pub(crate) async fn authenticate(
    app: &App,
    parts: &Parts,
    ids: &RequestIds,
    root: &str,
) -> Result<Principal, Failure> {
    let authorization = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let verified = app.services.verifier.verify(authorization).await;
    if let (Ok(_), Some(requests)) = (&verified, parts.extensions.get::<UnderWay>()) {
        requests.sign_in();
    }
    verified.map_err(|error| {
        tracing::debug!(request_id = %ids.request, reason = error.reason(), "a token was refused");
        let mut refused = Error::new(ErrorKind::InvalidAuthenticationToken, error.message());
        if error.fault() == AuthFault::Empty {
            refused = refused.hint(format!(
                "send an application's token as 'Authorization: Bearer …'; {root}/{{tenant}}/oauth2/v2.0/token \
                 issues it"
            ));
        }
        let failure = Failure::from(refused);
        // The id is Graph's own, which clients know.
        let challenge = format!(
            "Bearer realm=\"\", authorization_uri=\"{root}/common/oauth2/authorize\", \
             client_id=\"00000003-0000-0000-c000-000000000000\""
        );
        match HeaderValue::from_str(&challenge) {
            Ok(challenge) => failure.with_header(WWW_AUTHENTICATE, challenge),
            Err(_) => failure,
        }
    })
}
