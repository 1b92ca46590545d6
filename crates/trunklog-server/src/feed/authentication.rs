//! Who asks, by a bearer token or by HTTP Basic with an application's id and
//! secret, which is what Excel and the gateway of Power BI can keep.

use std::sync::Arc;

use http::HeaderValue;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::request::Parts;
use trunklog_audit::{Action, Channel};
use trunklog_identity::{BasicCredentials, Fault, Principal, SecretCheck};
use trunklog_odata::{Error, ErrorKind};

use crate::answer::{Failure, RequestIds};
use crate::app::App;
use crate::audit;
use crate::client_address;
use crate::share::Share;
use crate::stall::UnderWay;
use crate::windows::RetryAfter;

/// Basic comes first: clients that know both take what is named first.
const CHALLENGES: [&str; 2] = ["Basic realm=\"Trunklog\", charset=\"UTF-8\"", "Bearer realm=\"Trunklog\""];

/// Who asks.
///
/// # Errors
/// 401 when it cannot be told, with how to say it; 429 for an address that sent too
/// many wrong secrets, 503 when too many secrets wait to be checked.
pub(super) async fn authenticate(app: &App, parts: &Parts, ids: &RequestIds) -> Result<Principal, Failure> {
    let authorization = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let principal = match authorization.map(BasicCredentials::from_header) {
        Some(Ok(Some(credentials))) => by_secret(app, parts, credentials).await?,
        Some(Err(_)) => return Err(refused("The Basic credentials cannot be read.")),
        Some(Ok(None)) | None => app.services.verifier.verify(authorization).await.map_err(|error| {
            tracing::debug!(request_id = %ids.request, reason = error.reason(), "a token was refused");
            refused(error.message())
        })?,
    };
    if let Some(requests) = parts.extensions.get::<UnderWay>() {
        requests.sign_in();
    }
    Ok(principal)
}

/// By an application's id and secret. One that was right before is not hashed
/// again, so pages follow each other as fast as with a token.
async fn by_secret(app: &App, parts: &Parts, credentials: BasicCredentials) -> Result<Principal, Failure> {
    if let Some(principal) = app.services.issuer.recall(&credentials) {
        return Ok(principal);
    }
    // Nobody has signed in yet.
    let share = Share::of_client(parts, &app.settings);
    let address = client_address::of(parts, &app.settings);
    let issuer = Arc::clone(&app.services.issuer);
    let client_id = credentials.client_id.clone();
    let checked = app.secrets.run(share, move || issuer.sign_in(&credentials, address)).await?;
    tell(app, parts, client_id.trim(), &checked);
    checked.map_err(|check| match *check {
        SecretCheck::Refused(left) => {
            // Rounded up: who comes back in time must not be early.
            let secs = u32::try_from(left.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
            Failure::throttled(RetryAfter(secs))
        }
        SecretCheck::ExpiredSecret => refused("The application's secret has expired."),
        // Which of the two is wrong is nobody's business.
        SecretCheck::UnknownApplication | SecretCheck::WrongSecret | SecretCheck::Valid(_) => {
            refused("The application's id or secret is not valid.")
        }
    })
}

/// Tells the audit trail that an application signed in, or why it did not.
fn tell(app: &App, parts: &Parts, client_id: &str, checked: &Result<Principal, Box<SecretCheck>>) {
    let fault = match checked {
        Ok(principal) => {
            let ids = RequestIds::in_extensions(&parts.extensions);
            let signed_in = (Action::SignIn, Channel::Feed);
            app.services.trail.note(audit::read_by(app, parts, &ids, principal, signed_in));
            return;
        }
        Err(check) => match **check {
            SecretCheck::WrongSecret => Fault::WrongSecret,
            SecretCheck::ExpiredSecret => Fault::ExpiredSecret,
            SecretCheck::Refused(_) => Fault::TooManyFailures,
            SecretCheck::UnknownApplication | SecretCheck::Valid(_) => Fault::UnknownApplication,
        },
    };
    if let Some((actor, why)) = audit::failed_sign_in(fault, client_id) {
        let ids = RequestIds::in_extensions(&parts.extensions);
        let event = audit::act_of(app, parts, &ids, actor, (Action::SignIn, Channel::Feed));
        audit::refused(app, event, why);
    }
}

fn refused(message: &'static str) -> Failure {
    let hint = "sign in with HTTP Basic, an application's client id as the name and its secret as the \
                password, or send its token as 'Authorization: Bearer …'";
    let failure = Failure::from(Error::new(ErrorKind::InvalidAuthenticationToken, message).hint(hint));
    CHALLENGES.into_iter().fold(failure, |failure, challenge| {
        failure.with_header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    })
}
