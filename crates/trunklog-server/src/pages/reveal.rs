//! `/calls/{time}/{id}/reveal`: one masked number of a call, for who says why.
//!
//! It is in the audit trail, on disk, before it is shown. Neither number nor reason is
//! ever in an address, and so in no log.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use percent_encoding::percent_decode_str;
use trunklog_audit::{Action, Detail, Identity, MAX_REASON_CHARS};
use trunklog_odata::{Error, ErrorKind, Instant};
use trunklog_records::masking::Mask;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Rows, TenantId};
use trunklog_store::Store;
use trunklog_web::Links;
use trunklog_web::pages::reveal::{Party, RevealPage};
use trunklog_web::state::FilterState;

use super::address::Address;
use super::call::no_such_call;
use super::change::Changing;
use super::fault::Fault;
use super::form::Form;
use super::routes::Needs;
use super::{check, made, names, page};
use crate::answer::Failure;
use crate::app::App;
use crate::audit;
use crate::settings::Reveals;
use crate::share::Share;
use crate::windows::RetryAfter;

/// The call of an address.
pub(super) struct Call {
    time: String,
    id: String,
}

impl Call {
    /// The call whose number is asked for at that address.
    pub(super) fn of(address: &Address<'_>) -> Option<Call> {
        let decoded = |part: &str| Some(percent_decode_str(part).decode_utf8().ok()?.into_owned());
        match *address.segments.as_slice() {
            ["calls", time, id, "reveal"] => Some(Call { time: decoded(time)?, id: decoded(id)? }),
            _ => None,
        }
    }
}

/// The numbers of a call of which a reader sees less than is stored, and may have the
/// rest shown.
pub(super) fn offered(app: &App, whole: &Rows, seen: &Rows) -> Vec<Party> {
    match app.settings.reveals {
        Reveals::Never => Vec::new(),
        Reveals::WithReason => {
            Party::ALL.into_iter().filter(|party| hidden(whole, seen, *party).is_some()).collect()
        }
    }
}

/// Shows the number.
pub(super) async fn serve(
    changing: Changing<'_>,
    body: Body,
    call: Call,
    tenants: &[TenantId],
) -> Result<Response, Failure> {
    let Changing { app, parts, reader, tenant } = changing;
    Form::check(app, parts)?;
    let told = changing.told(Action::NumberReveal).of(DIRECT_ROUTING_CALLS.name);
    if let Err(failure) = check(reader, tenant, Needs::Calls) {
        audit::refused(app, told, "role");
        return Err(failure);
    }
    if app.settings.reveals == Reveals::Never {
        audit::refused(app, told, "setting");
        return Err(turned_off());
    }
    let form = Form::read(app, parts, Share::Tenant(tenant), body).await?;
    let party = Party::by_key(form.one("number")?).ok_or_else(|| {
        Error::bad_request("number: a call has no such number").hint("take caller or callee")
    })?;
    let names = names::of(app, parts).await?;
    let mut context = page(app, parts, reader, (tenant, tenants), &names);
    context.state = FilterState::read(parts.uri.query().unwrap_or_default(), &[])?;
    context.path = format!("calls/{}/{}", Links::segment(&call.time), Links::segment(&call.id));
    let Some(reason) = reason(form.one("reason")?) else {
        let asked = RevealPage::without_reason(&context, party, MAX_REASON_CHARS);
        return made::small(StatusCode::BAD_REQUEST, &asked);
    };
    let engine = Arc::clone(&app.services.engine);
    let (shown, mask) = (app.reports_shown_since(tenant, &DIRECT_ROUTING_CALLS), context.mask);
    let work = move || find(&*engine.tenant(tenant), &call, shown, mask, party);
    let found = app.store.run(Share::Tenant(tenant), work).await?;
    let Some(number) = found.map_err(|fault| made::failure(app, parts, fault))? else {
        // The page of the call has all of it.
        return made::see_other(&context.to(&context.path));
    };
    // One that would not be recorded counts, too: nobody tries that again and again.
    if let Err(RetryAfter(seconds)) = app.revealed.take(&reader.person().id, (app.services.clock)()) {
        audit::refused(app, told, "quota");
        let refused = RevealPage::too_many(&context, party, app.revealed.most(), seconds.div_ceil(60));
        let mut response = made::small(StatusCode::TOO_MANY_REQUESTS, &refused)?;
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        return Ok(response);
    }
    let told = told.subject(Identity::number(&number)).reason(&reason);
    audit::recorded(app, told.detail("number", Detail::Word(party.property()))).await?;
    made::small(StatusCode::OK, &RevealPage::shown(&context, party, number))
}

/// The number; None if nothing of it is hidden.
fn find(
    store: &dyn Store,
    call: &Call,
    shown: Option<Instant>,
    mask: Mask,
    party: Party,
) -> Result<Option<String>, Fault> {
    let time = Instant::parse(&call.time).map_err(|_| no_such_call())?;
    // What is too old for pages is too old here, too.
    if shown.is_some_and(|shown| time < shown) {
        return Err(no_such_call());
    }
    let whole = store.row(&DIRECT_ROUTING_CALLS, time, &call.id)?.ok_or_else(no_such_call)?;
    let seen = mask.rows(whole.clone());
    Ok(hidden(&whole, &seen, party))
}

/// A number of a row, if the row as it is seen has another.
fn hidden(whole: &Rows, seen: &Rows, party: Party) -> Option<String> {
    let number = |rows: &Rows| {
        let at = rows.log().index_of(party.property())?;
        (!rows.is_empty()).then(|| rows.column(at).value(0))?.map(|value| value.to_string())
    };
    let stored = number(whole)?;
    (number(seen).as_ref() != Some(&stored)).then_some(stored)
}

/// A reason on one line; None if it says nothing, or too much.
fn reason(typed: &str) -> Option<String> {
    let words = typed.split(|sign: char| sign.is_whitespace() || sign.is_control());
    let reason = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let says = reason.chars().any(char::is_alphanumeric) && reason.chars().count() <= MAX_REASON_CHARS;
    says.then_some(reason)
}

fn turned_off() -> Failure {
    let message = "Masked numbers are not shown here.";
    let hint = "people.reveal is off in the settings; the role full-numbers sees all digits";
    Error::new(ErrorKind::Forbidden, message).hint(hint).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_line_that_says_something() {
        assert_eq!(reason(" ticket\t4711\r\nof Anna\u{1b}[2J ").as_deref(), Some("ticket 4711 of Anna [2J"));
        for nothing in ["", " \n", "...", "\u{7}"] {
            assert_eq!(reason(nothing), None, "{nothing:?}");
        }
        let most = "ä".repeat(MAX_REASON_CHARS);
        assert_eq!(reason(&most).as_deref(), Some(most.as_str()));
        assert_eq!(reason(&format!("{most}ä")), None);
    }

    #[test]
    fn an_address_names_its_call() {
        let of = |path: &str| Call::of(&Address::of(path)).map(|call| (call.time, call.id));
        let found = of("/calls/2026-11-18T00%3A05%3A00Z/a%2Fb/reveal");
        assert_eq!(found, Some(("2026-11-18T00:05:00Z".to_owned(), "a/b".to_owned())));
        for other in ["/calls/x/a", "/calls/x/a/reveal/more", "/trunks/x/a/reveal", "/calls/%ff/a/reveal"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
