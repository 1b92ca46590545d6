//! Sign-in at a provider outside.

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;
use trunklog_identity::{Callback, Prompt, Provider, SignInFault};
use trunklog_odata::{Error, ErrorKind};

use super::form::Fields;
use super::page::{NoticePage, answer};
use super::{Visit, cookies, kept_nothing, local, next, redirect, told};
use crate::answer::Failure;
use crate::client_address;

pub(super) const NO_PROVIDER: &str = "There is no such sign-in provider.";

/// `GET /sign-in/oidc/{name}/start`.
pub(super) async fn start(visit: &Visit<'_>, name: &str) -> Result<Response, Failure> {
    let provider = provider(visit, name)?;
    let query = query(visit)?;
    let prompt = if query.get("again").is_some() { Prompt::Silent } else { Prompt::Usual };
    let next = next::checked(query.text("next")).to_owned();
    let back = format!("{}/sign-in/oidc/{name}/callback", visit.root);
    let people = &visit.app.services.people;
    match people.depart(provider, back, next, prompt).await {
        Ok(departure) => {
            let mut response = redirect(&departure.location)?;
            cookies::keep_pending(visit.way, &departure.sealed, response.headers_mut());
            Ok(response)
        }
        Err(fault) => Ok(refused(visit, fault)),
    }
}

/// `GET /sign-in/oidc/{name}/callback`.
pub(super) async fn callback(visit: &Visit<'_>, name: &str) -> Result<Response, Failure> {
    let provider = provider(visit, name)?;
    let query = query(visit)?;
    let callback = Callback {
        state: query.text("state").to_owned(),
        code: query.get("code").map(str::to_owned),
        issuer: query.get("iss").map(str::to_owned),
        error: query.get("error").map(str::to_owned),
    };
    let people = Arc::clone(&visit.app.services.people);
    let Some(sealed) = cookies::pending(visit.way, &visit.parts.headers) else {
        return Ok(refused(visit, SignInFault::NotStarted));
    };
    let old = cookies::session(visit.way, &visit.parts.headers);
    let returned = match people.arrive(provider, &sealed, &callback, old.as_deref()).await {
        Ok(returned) => returned,
        // The person is asked after all.
        Err(SignInFault::NeedsPerson) => {
            let wanted = people.destination(&sealed).unwrap_or_default();
            let wanted = next::encoded(next::checked(&wanted)).to_string();
            let mut response = visit.see_other(&format!("/sign-in?next={wanted}"))?;
            cookies::forget_pending(visit.way, response.headers_mut());
            return Ok(response);
        }
        Err(fault) => return Ok(refused(visit, fault)),
    };
    let address = client_address::of(visit.parts, &visit.app.settings);
    let wanted = returned.next;
    let (person, how) = (returned.person, returned.start);
    let started = visit.blocking(move || people.start(person, address, how, old.as_deref())).await?;
    let Some(started) = started.map_err(|error| kept_nothing(&error))? else {
        tracing::warn!(
            provider = name,
            "a person signed in for whom no value of the claim is mapped to a role: see people.oidc"
        );
        return Ok(refused(visit, SignInFault::NoRole));
    };
    Ok(local::signed_in(visit, visit.see_other(next::checked(&wanted))?, &started))
}

fn provider<'a>(visit: &'a Visit<'_>, name: &str) -> Result<&'a Provider, Failure> {
    visit.app.services.people.provider(name).ok_or_else(|| {
        let hint = "the providers are those of people.oidc in the settings";
        Error::new(ErrorKind::NotFound, NO_PROVIDER).hint(hint).into()
    })
}

fn query(visit: &Visit<'_>) -> Result<Fields, Failure> {
    Fields::parse(visit.parts.uri.query().unwrap_or_default().as_bytes())
        .ok_or_else(|| Error::bad_request("The query cannot be read.").into())
}

/// A page that says why nobody was signed in.
fn refused(visit: &Visit<'_>, fault: SignInFault) -> Response {
    let status = match fault {
        SignInFault::Unreachable => StatusCode::BAD_GATEWAY,
        SignInFault::NotStarted => StatusCode::BAD_REQUEST,
        _ => StatusCode::FORBIDDEN,
    };
    tracing::info!(why = fault.name(), "nobody was signed in by a provider");
    // What anybody can bring about without a provider is no sign-in.
    if !matches!(fault, SignInFault::NotStarted | SignInFault::Unreachable) {
        told::refused_by_provider(visit, fault.name());
    }
    let words = visit.words;
    let (title, text) = (words.t("fault-page"), words.of_fault(fault));
    let page = NoticePage { words, root: &visit.root, title: &title, text: &text, hint: "" };
    let mut response = answer(status, &page);
    cookies::forget_pending(visit.way, response.headers_mut());
    response
}
