//! How the pages of signing in say what went wrong.

use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use trunklog_reports::Language;

use super::page::{NoticePage, answer};
use super::words::Words;
use super::{guarded, origin, provider, way};
use crate::answer::{Failure, Occasion, Surface};
use crate::document::HTML;

pub(super) const NO_PAGE: &str = "There is no such page.";

/// What is told in the reader's language: the message, and the keys of its text and of
/// its hint. All else is for who writes programs or looks after the server.
static KNOWN: [(&str, &str, Option<&str>); 4] = [
    (NO_PAGE, "fault-no-page", None),
    (provider::NO_PROVIDER, "fault-no-provider", None),
    (way::NO_TLS, "fault-no-tls", Some("fault-no-tls-hint")),
    (origin::OTHER_PAGE, "fault-other-page", Some("fault-other-page-hint")),
];

/// A page that says it.
pub(crate) struct PeopleSurface;

impl Surface for PeopleSurface {
    /// Before it is known which language the reader speaks.
    fn refuse(&self, failure: Failure, _: &Occasion<'_>) -> Response {
        told(Words::of(Language::English), failure)
    }
}

/// The same, where that is known.
pub(super) fn refused(parts: &Parts, failure: Failure) -> Response {
    told(Words::liked_by(&parts.headers), failure)
}

fn told(words: Words, failure: Failure) -> Response {
    let error = failure.error();
    let (text, hint) = (error.message(), error.hint_text().unwrap_or_default());
    let known = KNOWN.iter().find(|(message, _, _)| *message == text);
    let (text, hint) = match known {
        Some((_, text, own)) => (words.t(text), own.map_or_else(|| hint.to_owned(), |own| words.t(own))),
        None => (text.to_owned(), hint.to_owned()),
    };
    let title = words.t("fault-failed");
    // What is below is not known here: a link that starts with a slash does
    // without it.
    let page = NoticePage { words, root: "", title: &title, text: &text, hint: &hint };
    let page = answer(StatusCode::OK, &page);
    // Status and headers are the failure's.
    let mut response = failure.response(HTML, Vec::new());
    *response.body_mut() = page.into_body();
    guarded(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Logs, and pages in English, say the same.
    #[test]
    fn what_is_known_is_told_as_it_is_elsewhere() {
        let english = Words::of(Language::English);
        for (message, text, _) in KNOWN {
            assert_eq!(english.t(text), message);
        }
    }
}
