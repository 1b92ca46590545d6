//! A page that says one thing: an error, or where to go on.

use askama::Template;

use crate::context::PageContext;
use crate::shell::{Place, Shell};

/// A page that says one thing.
#[derive(Debug, Template)]
#[template(path = "message.html")]
pub struct MessagePage {
    shell: Shell,
    title: String,
    message: String,
    hint: String,
    /// A name of the request, for who looks into the log; empty for none.
    reference: String,
    links: Vec<(String, String)>,
}

/// The same within a page, where a part of it could not be made.
#[derive(Debug, Template)]
#[template(path = "message_part.html")]
pub struct MessagePart {
    message: String,
    hint: String,
}

impl MessagePage {
    /// A page with that title and text.
    pub fn new(page: &PageContext, title: String, message: String) -> MessagePage {
        MessagePage {
            shell: Shell::new(page, Place::Elsewhere),
            title,
            message,
            hint: String::new(),
            reference: String::new(),
            links: Vec::new(),
        }
    }

    /// An error of that status. What went wrong is told as the server says it.
    pub fn error(
        page: &PageContext,
        status: u16,
        message: &str,
        hint: Option<&str>,
        request: &str,
    ) -> MessagePage {
        let key = match status {
            400 => "error-asked",
            401 | 403 => "error-forbidden",
            404 => "error-not-found",
            429 | 503 => "error-busy",
            _ => "error-other",
        };
        let mut error = MessagePage::new(page, page.t(key), message.to_owned());
        hint.unwrap_or_default().clone_into(&mut error.hint);
        error.reference = page.about("error-reference", request);
        error.links.push((page.links.root(""), page.t("error-home")));
        error
    }

    /// With a link.
    #[must_use]
    pub fn with_link(mut self, href: String, title: String) -> MessagePage {
        self.links.push((href, title));
        self
    }
}

impl MessagePart {
    /// What went wrong.
    pub fn new(message: &str, hint: Option<&str>) -> MessagePart {
        MessagePart { message: message.to_owned(), hint: hint.unwrap_or_default().to_owned() }
    }
}
