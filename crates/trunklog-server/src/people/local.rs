//! Sign-in with an account that is kept here.

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;
use trunklog_identity::{Browser, FirstStep, Pending, SecondStep, SetUp, SetUpStep, Started};

use super::form::Fields;
use super::page::{CodePage, ProviderLink, RecoveryPage, SetUpPage, SignInPage, again_after, answer};
use super::{Visit, cookies, kept_nothing, next, qr, told};
use crate::answer::Failure;
use crate::client_address;

/// What the app calls this server.
const ISSUER: &str = "Trunklog";

/// `GET /sign-in`.
pub(super) fn form(visit: &Visit<'_>) -> Result<Response, Failure> {
    let query = Fields::parse(visit.parts.uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let next = next::checked(query.text("next"));
    let people = &visit.app.services.people;
    let is_in = cookies::session(visit.way, &visit.parts.headers)
        .and_then(|token| people.signed_in(&token))
        .is_some_and(|signed_in| signed_in.vouching == trunklog_identity::Vouching::Counts);
    if is_in {
        return visit.see_other(next);
    }
    let said = |name, key| query.get(name).map(|_| visit.words.t(key)).unwrap_or_default();
    let notice = said("signed-out", "sign-in-signed-out");
    let problem = said("over", "sign-in-over");
    let asked = Asked { next, name: "", notice: &notice, problem: &problem };
    Ok(sign_in_page(visit, StatusCode::OK, &asked))
}

/// What a page of signing in shows.
struct Asked<'a> {
    next: &'a str,
    name: &'a str,
    notice: &'a str,
    problem: &'a str,
}

fn sign_in_page(visit: &Visit<'_>, status: StatusCode, asked: &Asked<'_>) -> Response {
    let people = &visit.app.services.people;
    let providers = people.providers().iter();
    let words = visit.words;
    let link = |provider| ProviderLink::new(words, &visit.root, provider, asked.next);
    let page = SignInPage {
        words,
        root: &visit.root,
        next: asked.next,
        name: asked.name,
        notice: asked.notice,
        problem: asked.problem,
        providers: providers.map(link).collect(),
        has_accounts: !people.accounts().are_none(),
    };
    answer(status, &page)
}

/// `POST /sign-in`.
pub(super) async fn first_step(visit: &Visit<'_>, fields: Fields) -> Result<Response, Failure> {
    let next = next::checked(fields.text("next"));
    let (name, password) = (fields.text("name").to_owned(), fields.text("password").to_owned());
    let browser = browser(visit);
    let people = Arc::clone(&visit.app.services.people);
    let (asked, wanted, words) = (name.clone(), next.to_owned(), visit.words);
    let step = visit.blocking(move || people.first_step(&asked, &password, wanted, &browser)).await?;
    let refused = |problem: &str, status| {
        sign_in_page(visit, status, &Asked { next, name: &name, notice: "", problem })
    };
    let step = step.map_err(|error| kept_nothing(&error))?;
    match &step {
        FirstStep::Code(_) | FirstStep::SetUp(_) => {}
        FirstStep::Wrong => told::refused(visit, &name, "wrong password"),
        FirstStep::Lapsed => told::refused(visit, &name, "no app was set up in time"),
        FirstStep::Refused(_) => told::refused(visit, &name, "too many failures"),
    }
    Ok(match step {
        FirstStep::Code(sealed) => on_to(visit, "/sign-in/totp", &sealed)?,
        FirstStep::SetUp(sealed) => on_to(visit, "/sign-in/set-up", &sealed)?,
        FirstStep::Wrong => refused(&words.t("sign-in-wrong"), StatusCode::FORBIDDEN),
        FirstStep::Lapsed => refused(&words.t("sign-in-lapsed"), StatusCode::FORBIDDEN),
        FirstStep::Refused(left) => {
            again_after(refused(&words.too_often(left), StatusCode::TOO_MANY_REQUESTS), left)
        }
    })
}

fn on_to(visit: &Visit<'_>, path: &str, sealed: &str) -> Result<Response, Failure> {
    let mut response = visit.see_other(path)?;
    cookies::keep_pending(visit.way, sealed, response.headers_mut());
    Ok(response)
}

/// `GET /sign-in/totp`.
pub(super) fn code_form(visit: &Visit<'_>) -> Result<Response, Failure> {
    match pending(visit) {
        Some(Pending { set_up: None, .. }) => Ok(code_page(visit, StatusCode::OK, "")),
        _ => over(visit),
    }
}

fn code_page(visit: &Visit<'_>, status: StatusCode, problem: &str) -> Response {
    answer(status, &CodePage { words: visit.words, root: &visit.root, problem })
}

/// `POST /sign-in/totp`.
pub(super) async fn second_step(visit: &Visit<'_>, fields: Fields) -> Result<Response, Failure> {
    let Some(pending) = pending(visit) else { return over(visit) };
    let code = fields.text("code").to_owned();
    let browser = browser(visit);
    let people = Arc::clone(&visit.app.services.people);
    let (name, next) = (people.name_of(&pending).unwrap_or_default(), pending.next.clone());
    let step = visit.blocking(move || people.second_step(&pending, &code, &browser)).await?;
    Ok(match step.map_err(|error| kept_nothing(&error))? {
        SecondStep::In(started) => signed_in(visit, visit.see_other(next::checked(&next))?, &started),
        SecondStep::Wrong => {
            told::refused(visit, &name, "wrong code");
            code_page(visit, StatusCode::FORBIDDEN, &visit.words.t("app-code-wrong"))
        }
        SecondStep::Refused(left) => {
            told::refused(visit, &name, "too many failures");
            let problem = visit.words.too_often(left);
            again_after(code_page(visit, StatusCode::TOO_MANY_REQUESTS, &problem), left)
        }
        SecondStep::Over => over(visit)?,
    })
}

/// `GET /sign-in/set-up`.
pub(super) fn set_up_form(visit: &Visit<'_>) -> Result<Response, Failure> {
    match pending(visit) {
        Some(Pending { set_up: Some(set_up), .. }) => Ok(set_up_page(visit, StatusCode::OK, &set_up, "")),
        _ => over(visit),
    }
}

fn set_up_page(visit: &Visit<'_>, status: StatusCode, set_up: &SetUp, problem: &str) -> Response {
    // People with several servers tell them by their hosts.
    let host = visit.root.split_once("://").map_or(visit.root.as_str(), |(_, rest)| rest);
    let address = set_up.secret.address(&format!("{ISSUER} ({host})"), &set_up.name);
    let page = SetUpPage {
        words: visit.words,
        root: &visit.root,
        problem,
        name: &set_up.name,
        chooses_password: set_up.chooses_password,
        secret: in_groups(set_up.secret.expose()),
        address: &address,
        drawing: qr::drawing(&address),
    };
    answer(status, &page)
}

/// `POST /sign-in/set-up`.
pub(super) async fn set_up(visit: &Visit<'_>, fields: Fields) -> Result<Response, Failure> {
    let Some(pending) = pending(visit) else { return over(visit) };
    let code = fields.text("code").to_owned();
    let chosen = fields.get("password").map(str::to_owned);
    if chosen.is_some() && fields.get("password") != fields.get("again") {
        let Some(set_up) = &pending.set_up else { return over(visit) };
        let problem = visit.words.t("set-up-differ");
        return Ok(set_up_page(visit, StatusCode::FORBIDDEN, set_up, &problem));
    }
    let browser = browser(visit);
    let people = Arc::clone(&visit.app.services.people);
    let work = move || {
        let step = people.set_up(&pending, &code, chosen.as_deref(), &browser);
        (step, pending)
    };
    let (step, pending) = visit.blocking(work).await?;
    let refused = |problem: &str, status| match &pending.set_up {
        Some(set_up) => Ok(set_up_page(visit, status, set_up, problem)),
        None => over(visit),
    };
    let step = step.map_err(|error| kept_nothing(&error))?;
    let name = pending.set_up.as_ref().map_or("", |set_up| set_up.name.as_str());
    match &step {
        SetUpStep::WrongCode => told::refused(visit, name, "wrong code"),
        SetUpStep::Refused(_) => told::refused(visit, name, "too many failures"),
        // Who has to choose another password, or to start again, has not failed.
        SetUpStep::In(..) | SetUpStep::BadPassword(_) | SetUpStep::Over => {}
    }
    let words = visit.words;
    match step {
        SetUpStep::In(started, codes) => {
            let page = RecoveryPage {
                words,
                root: &visit.root,
                name: &started.session.person.name,
                codes: &codes,
                next: next::checked(&pending.next),
            };
            Ok(signed_in(visit, answer(StatusCode::OK, &page), &started))
        }
        SetUpStep::WrongCode => refused(&words.t("app-code-wrong"), StatusCode::FORBIDDEN),
        SetUpStep::BadPassword(why) => refused(&words.of_password(why), StatusCode::FORBIDDEN),
        SetUpStep::Refused(left) => {
            Ok(again_after(refused(&words.too_often(left), StatusCode::TOO_MANY_REQUESTS)?, left))
        }
        SetUpStep::Over => over(visit),
    }
}

/// What is known of this browser.
fn browser(visit: &Visit<'_>) -> Browser {
    let headers = &visit.parts.headers;
    Browser {
        address: client_address::of(visit.parts, &visit.app.settings),
        device: cookies::device(visit.way, headers),
        session: cookies::session(visit.way, headers),
    }
}

/// The sign-in that this browser is in.
fn pending(visit: &Visit<'_>) -> Option<Pending> {
    let sealed = cookies::pending(visit.way, &visit.parts.headers)?;
    visit.app.services.people.pending(&sealed)
}

/// Starts again.
fn over(visit: &Visit<'_>) -> Result<Response, Failure> {
    let mut response = visit.see_other("/sign-in?over=1")?;
    cookies::forget_pending(visit.way, response.headers_mut());
    Ok(response)
}

/// The answer to who is in now.
pub(super) fn signed_in(visit: &Visit<'_>, mut response: Response, started: &Started) -> Response {
    cookies::forget_pending(visit.way, response.headers_mut());
    cookies::keep_session(visit.way, started.token.expose(), response.headers_mut());
    if let Some(device) = &started.device {
        cookies::keep_device(visit.way, device, response.headers_mut());
    }
    tracing::info!(session = ?started.session.id, "somebody signed in");
    told::signed_in(visit, &started.session);
    response
}

/// Four letters at a time, as people read them out.
fn in_groups(secret: &str) -> String {
    let mut text = String::with_capacity(secret.len() + secret.len() / 4);
    for (at, letter) in secret.chars().enumerate() {
        if at > 0 && at.is_multiple_of(4) {
            text.push(' ');
        }
        text.push(letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_out_in_groups() {
        assert_eq!(in_groups("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }
}
