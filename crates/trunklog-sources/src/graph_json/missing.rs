//! What was saved where a page should be.

use std::fmt;

use trunklog_records::recognition::printable_name;

use crate::reader::Gap;

/// An answer without rows that was saved as if it were a page. Holds nothing of
/// the answer but names, so it can be shown and logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPage {
    /// Where it was.
    pub place: Place,
    /// What it is.
    pub instead: Instead,
    /// The status of HTTP, where that was saved.
    pub status: Option<u16>,
    /// The code of the error, where it is fit to be shown.
    pub code: Option<String>,
}

/// Where an answer without rows was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// By itself.
    Document,
    /// Among the responses of a batch: its id, where that is fit to be shown.
    Response(Option<String>),
}

/// What an answer without rows is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// An error of Graph, of the token endpoint, or any other status than one of
    /// success.
    Error,
    /// A web page, as gateways and sign-in pages send it.
    WebPage,
    /// Another document of XML: an error of a gateway, a feed.
    Xml,
    /// A page that counts rows and has none.
    NoRows,
    /// Nothing.
    Nothing,
    /// A body that is neither JSON nor a text with JSON.
    Unreadable,
}

impl MissingPage {
    pub(super) fn new(place: Place, instead: Instead) -> MissingPage {
        MissingPage { place, instead, status: None, code: None }
    }

    /// A document of HTML or XML whose first bytes are `head`.
    pub(super) fn markup(head: &[u8]) -> MissingPage {
        let page = MissingPage::new(Place::Document, Instead::markup(head));
        MissingPage { status: status_in_title(head), ..page }
    }
}

impl Instead {
    /// What a document of HTML or XML is by its first bytes. XHTML starts as XML
    /// does.
    pub(super) fn markup(head: &[u8]) -> Instead {
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        let is_xml = ["<?xml", "<feed", "<objs"].iter().any(|start| head.trim_start().starts_with(start));
        if is_xml && !head.contains("<html") { Instead::Xml } else { Instead::WebPage }
    }
}

impl From<MissingPage> for Gap {
    fn from(page: MissingPage) -> Gap {
        Gap { what: page.to_string(), status: page.status, code: page.code }
    }
}

impl fmt::Display for MissingPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Document => {}
            Place::Response(Some(id)) => write!(f, "response {id} of a batch: ")?,
            Place::Response(None) => f.write_str("a response of a batch: ")?,
        }
        f.write_str(match self.instead {
            Instead::Error => "an error",
            Instead::WebPage => "a web page, as gateways send it",
            Instead::Xml => "XML, which cannot be read: ask for JSON",
            Instead::NoRows => "a page without the rows that it counts",
            Instead::Nothing => "no body",
            Instead::Unreadable => "a body that is not JSON",
        })?;
        match (self.status, &self.code) {
            (None, None) => Ok(()),
            (Some(status), None) => write!(f, " (status {status})"),
            (None, Some(code)) => write!(f, " ({code})"),
            (Some(status), Some(code)) => write!(f, " (status {status}, {code})"),
        }
    }
}

/// A name from outside, if it is fit to be shown: a word such as codes and ids
/// are, and no number by which somebody could be called.
pub(super) fn printable(name: &str) -> Option<String> {
    printable_name(name).map(str::to_owned)
}

/// The status that a gateway writes into the title or the heading of its page.
fn status_in_title(head: &[u8]) -> Option<u16> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    ["<title", "<h1"].iter().find_map(|tag| {
        let (_, rest) = head.split_once(tag)?;
        let (_, content) = rest.split_once('>')?;
        let content = content.split('<').next()?;
        let mut numbers = content.split(|c: char| !c.is_ascii_alphanumeric());
        numbers.find_map(|word| word.parse::<u16>().ok().filter(|status| (400..600).contains(status)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateways_tell_their_status() {
        for (page, status) in [
            ("<!DOCTYPE html><html><head><title>504 Gateway Timeout</title></head>", Some(504)),
            ("<html>\r\n<head><TITLE>Error 502 (Bad Gateway)!!1</TITLE>", Some(502)),
            ("<html><body><h1 class=x>503 Service Unavailable</h1>", Some(503)),
            ("<html><title>Sign in to your account</title>", None),
            ("<html><title>Call 441632960111</title>", None),
            ("<html><ti", None),
        ] {
            let missing = MissingPage::markup(page.as_bytes());
            assert_eq!((missing.status, missing.instead), (status, Instead::WebPage), "{page}");
        }
    }

    #[test]
    fn xml_is_no_web_page() {
        for (document, instead) in [
            ("<?xml version=\"1.0\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"/>", Instead::Xml),
            ("<Objs Version=\"1.1.0.1\">", Instead::Xml),
            ("<?xml version=\"1.0\"?><!DOCTYPE html><html xmlns=\"x\">", Instead::WebPage),
            ("<html>", Instead::WebPage),
        ] {
            assert_eq!(MissingPage::markup(document.as_bytes()).instead, instead, "{document}");
        }
    }

    #[test]
    fn only_words_are_repeated() {
        assert_eq!(printable("TooManyRequests").as_deref(), Some("TooManyRequests"));
        let long = "x".repeat(65);
        for name in [
            "",
            "a b",
            "+441632960111",
            "441632960111",
            "x441632960111",
            "a\u{1b}[2J",
            "sip:a@b",
            long.as_str(),
        ] {
            assert_eq!(printable(name), None, "{name}");
        }
        assert_eq!(printable("27").as_deref(), Some("27"));
    }

    #[test]
    fn a_response_is_named() {
        let mut page = MissingPage::new(Place::Response(Some("2".to_owned())), Instead::Error);
        page.status = Some(429);
        assert_eq!(page.to_string(), "response 2 of a batch: an error (status 429)");
    }
}
