//! How errors look: as pages, and as a part of one where a part was asked for.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use http::request::Parts;
use trunklog_identity::PersonRole;
use trunklog_odata::{Error, Instant};
use trunklog_reports::Language;
use trunklog_web::pages::message::{MessagePage, MessagePart};
use trunklog_web::{Links, PageContext};

use super::address::Address;
use super::{door, made, sees, sees_by};
use crate::answer::{Failure, Occasion, RequestIds, Surface};
use crate::app::App;
use crate::document::HTML;
use crate::language;
use crate::people::Reader;

pub(super) const NO_PAGE: &str = "There is no such page.";
pub(super) const NO_ROLE: &str = "You may not read this page.";
pub(super) const NO_TENANT: &str = "You may read no tenant's calls.";

/// What readers are told in their language: the message, and the keys of its text and
/// of its hint, which may name a role.
static KNOWN: [(&str, &str, Option<&str>); 3] = [
    (NO_PAGE, "refused-page", None),
    (NO_ROLE, "refused-role", Some("refused-role-hint")),
    (NO_TENANT, "refused-tenant", Some("refused-tenant-hint")),
];

/// Says what went wrong as a page.
pub(crate) struct PagesSurface;

impl Surface for PagesSurface {
    /// Before it is known where the reader is and which language that one speaks.
    fn refuse(&self, failure: Failure, occasion: &Occasion<'_>) -> Response {
        let now = Instant::from_unix_secs(occasion.now.as_second()).unwrap_or(Instant::ABSENT);
        let page = PageContext::plain(Language::English, Links::from_root(), now);
        told(&page, failure, &occasion.ids.request.to_string())
    }
}

/// The same, where the reader is known.
pub(super) fn refuse(app: &Arc<App>, parts: &Parts, failure: Failure) -> Response {
    let ids = RequestIds::in_extensions(&parts.extensions);
    let links = Links::new(parts.uri.path(), None);
    let mut page = PageContext::plain(language::of(&parts.headers), links, app.now());
    if made::is_fragment(parts) {
        let (message, hint) = in_words(&page, failure.error());
        let part = MessagePart::new(&message, hint.as_deref());
        return answer(failure, part.render());
    }
    if let Ok(reader) = door::reader(app, parts) {
        page.reader.clone_from(&reader.person().name);
        // Which tenant it is about is known where the address names it.
        page.sees = match Address::of(parts.uri.path()).tenant {
            Some(tenant) => sees(&reader, tenant),
            None => sees_by(|role| somewhere(&reader, role)),
        };
    }
    told(&page, failure, &ids.request.to_string())
}

/// Whether a reader has that role in any tenant.
fn somewhere(reader: &Reader, role: PersonRole) -> bool {
    let all = reader.roles.named_tenants();
    reader.roles.hold_everywhere(role) || all.into_iter().any(|tenant| reader.roles.hold(tenant, role))
}

fn told(page: &PageContext, failure: Failure, request: &str) -> Response {
    let error = failure.error();
    let status = error.kind().status();
    let (message, hint) = in_words(page, error);
    let told = MessagePage::error(page, status, &message, hint.as_deref(), request);
    answer(failure, told.render())
}

/// The role that a reader lacks.
pub(super) fn role_hint(role: PersonRole) -> String {
    format!("the role {role} is needed, which an administrator gives")
}

/// What is told, and what to do, in the reader's language as far as it is known.
fn in_words(page: &PageContext, error: &Error) -> (String, Option<String>) {
    let (message, hint) = (error.message(), error.hint_text());
    let Some((_, text, own)) = KNOWN.iter().find(|(known, _, _)| *known == message) else {
        return (message.to_owned(), hint.map(str::to_owned));
    };
    let role = PersonRole::ALL.into_iter().find(|role| hint == Some(role_hint(*role).as_str()));
    let own = own.map(|key| page.about(key, role.map_or("", PersonRole::name)));
    (page.t(text), own.or_else(|| hint.map(str::to_owned)))
}

/// Text takes whatever is written to it, so that nothing is lost but the page.
fn answer(failure: Failure, page: askama::Result<String>) -> Response {
    let mut response = failure.response(HTML, page.unwrap_or_default().into_bytes());
    made::guard(response.headers_mut());
    response
}

#[cfg(test)]
mod tests {
    use trunklog_odata::ErrorKind;

    use super::*;

    #[test]
    fn readers_are_told_in_their_language_which_role_they_lack() {
        let page = |language| PageContext::plain(language, Links::from_root(), Instant::ABSENT);
        let refused = Error::new(ErrorKind::Forbidden, NO_ROLE).hint(role_hint(PersonRole::Export));
        let (message, hint) = in_words(&page(Language::German), &refused);
        assert_eq!(message, "Diese Seite dürfen Sie nicht lesen.");
        assert!(hint.unwrap().contains("export"));
        // In English it is what programs are told.
        let english = page(Language::English);
        assert_eq!(in_words(&english, &refused), (NO_ROLE.to_owned(), Some(role_hint(PersonRole::Export))));
        for (message, text, _) in KNOWN {
            assert_eq!(english.t(text), message);
        }
        let other = Error::bad_request("part: the page has no such part");
        assert_eq!(in_words(&page(Language::French), &other).0, "part: the page has no such part");
    }
}
