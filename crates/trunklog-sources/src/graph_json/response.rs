//! One response among those of a saved answer to `$batch`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::members::{Members, object_of_head, object_of_tail, text};
use super::missing::{Instead, MissingPage, Place, printable};
use super::others::Others;

/// What is known of a response.
#[derive(Debug, Default)]
pub(super) struct Response {
    id: Option<String>,
    status: Option<u16>,
    /// What its body is, if it is no page.
    instead: Option<MissingPage>,
    /// What is around the body that responses do not have.
    pub(super) others: Others,
}

/// A body that was not read in place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// JSON, with rows perhaps.
    Json(Vec<u8>),
    /// What is where JSON should.
    Instead(Instead),
}

impl Response {
    /// Reads a response up to its body.
    pub(super) fn from_head(head: &[u8]) -> Response {
        let mut response = Response::default();
        response.read(&object_of_head(head));
        response
    }

    /// Adds what is after the body.
    pub(super) fn add_tail(&mut self, tail: &[u8]) {
        self.read(&object_of_tail(tail));
    }

    /// A response that was read as a whole.
    pub(super) fn of(members: &Members<'_>) -> Response {
        let mut response = Response::default();
        response.add(members);
        response
    }

    /// Members that cannot be read are left out.
    fn read(&mut self, object: &[u8]) {
        if let Some(members) = Members::read(object) {
            self.add(&members);
        }
    }

    fn add(&mut self, members: &Members<'_>) {
        self.id = self.id.take().or_else(|| members.id.as_deref().and_then(printable));
        self.status = self.status.or(members.status);
        self.others.add(members);
    }

    /// Notes that there is no page in the body.
    pub(super) fn note(&mut self, instead: MissingPage) {
        self.instead.get_or_insert(instead);
    }

    /// Whether its status is known to be none of success.
    pub(super) fn is_failure(&self) -> bool {
        self.status.is_some_and(|status| !(200..300).contains(&status))
    }

    /// The page that is missing because of this response, if one is.
    pub(super) fn missing(self) -> Option<MissingPage> {
        let is_failure = self.is_failure();
        let page = match self.instead {
            Some(page) => page,
            None if is_failure => MissingPage::new(Place::Document, Instead::Error),
            None => return None,
        };
        Some(MissingPage { place: Place::Response(self.id), status: self.status.or(page.status), ..page })
    }
}

impl Body {
    /// The body of a response whose JSON is `raw`. Graph has bodies that are no
    /// JSON as base64, and scripts make a text of those that are.
    pub(super) fn of(raw: Option<&str>) -> Body {
        let Some(raw) = raw else { return Body::Instead(Instead::Nothing) };
        if begins_json(raw.as_bytes()) {
            return Body::Json(raw.as_bytes().to_vec());
        }
        let Some(text) = text(raw).filter(|_| raw.starts_with('"')) else {
            return Body::Instead(Instead::Unreadable);
        };
        let decoded = if begins_json(text.as_bytes()) || text.trim_start().starts_with('<') {
            text.into_bytes()
        } else {
            match STANDARD.decode(text.trim()) {
                Ok(decoded) => decoded,
                Err(_) => return Body::Instead(Instead::Unreadable),
            }
        };
        if begins_json(&decoded) {
            Body::Json(decoded)
        } else if decoded.trim_ascii_start().starts_with(b"<") {
            Body::Instead(Instead::markup(&decoded))
        } else {
            Body::Instead(Instead::Unreadable)
        }
    }
}

fn begins_json(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read_in_every_form() {
        let json = |text: &str| Body::Json(text.as_bytes().to_vec());
        for (raw, body) in [
            (Some(r#"{"value":[]}"#), json(r#"{"value":[]}"#)),
            (Some(r#""{\"value\":[]}""#), json(r#"{"value":[]}"#)),
            (Some(r#""eyJ2YWx1ZSI6W119""#), json(r#"{"value":[]}"#)),
            (Some(r#""<html>""#), Body::Instead(Instead::WebPage)),
            (Some(r#""PGh0bWw+""#), Body::Instead(Instead::WebPage)),
            (Some(r#""<?xml version='1.0'?><Error/>""#), Body::Instead(Instead::Xml)),
            (Some(r#""@{value=System.Object[]}""#), Body::Instead(Instead::Unreadable)),
            (Some("7"), Body::Instead(Instead::Unreadable)),
            (None, Body::Instead(Instead::Nothing)),
        ] {
            assert_eq!(Body::of(raw), body, "{raw:?}");
        }
    }

    #[test]
    fn members_count_on_both_sides_of_the_body() {
        let mut response = Response::from_head(br#"{"id":"2","body":"#);
        assert!(!response.is_failure());
        response.add_tail(br#","headers":{},"status":"429"}"#);
        assert!(response.is_failure());
        let page = response.missing().unwrap();
        assert_eq!(page.to_string(), "response 2 of a batch: an error (status 429)");
        let mut response = Response::from_head(br#"{"id":7,"status":200,"body":"#);
        response.add_tail(b"nonsense");
        assert_eq!(response.missing(), None);
    }
}
