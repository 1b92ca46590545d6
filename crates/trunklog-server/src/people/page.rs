//! The pages of signing in, as templates.

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use jiff::SignedDuration;
use trunklog_identity::Provider;

use super::next;
use super::words::{Words, seconds};
use crate::document::{HTML, exactly};

/// Where people prove who they are.
#[derive(Template)]
#[template(path = "people/sign_in.html")]
pub(super) struct SignInPage<'a> {
    pub(super) words: Words,
    pub(super) root: &'a str,
    pub(super) next: &'a str,
    /// What was typed before.
    pub(super) name: &'a str,
    pub(super) notice: &'a str,
    pub(super) problem: &'a str,
    pub(super) providers: Vec<ProviderLink>,
    /// Whether anybody has an account here.
    pub(super) has_accounts: bool,
}

/// The way to a provider.
pub(super) struct ProviderLink {
    pub(super) href: String,
    pub(super) title: String,
}

impl ProviderLink {
    pub(super) fn new(words: Words, root: &str, provider: &Provider, next: &str) -> ProviderLink {
        let (name, next) = (provider.name(), next::encoded(next));
        ProviderLink {
            href: format!("{root}/sign-in/oidc/{name}/start?next={next}"),
            title: provider.title().map_or_else(|| words.about("sign-in-with", name), str::to_owned),
        }
    }
}

/// Where people type the code of their app.
#[derive(Template)]
#[template(path = "people/code.html")]
pub(super) struct CodePage<'a> {
    pub(super) words: Words,
    pub(super) root: &'a str,
    pub(super) problem: &'a str,
}

/// Where people set up their app, and choose a password if they have to.
#[derive(Template)]
#[template(path = "people/set_up.html")]
pub(super) struct SetUpPage<'a> {
    pub(super) words: Words,
    pub(super) root: &'a str,
    pub(super) problem: &'a str,
    pub(super) name: &'a str,
    pub(super) chooses_password: bool,
    /// The secret in groups.
    pub(super) secret: String,
    /// The address that apps read.
    pub(super) address: &'a str,
    /// The same as a drawing: how wide it is, and its dark parts as an SVG path.
    /// Neither holds anything but digits and letters of paths.
    pub(super) drawing: Option<super::qr::Drawing>,
}

/// The recovery codes, once.
#[derive(Template)]
#[template(path = "people/recovery.html")]
pub(super) struct RecoveryPage<'a> {
    pub(super) words: Words,
    pub(super) root: &'a str,
    pub(super) name: &'a str,
    pub(super) codes: &'a [String],
    pub(super) next: &'a str,
}

/// What went wrong, and what to do.
#[derive(Template)]
#[template(path = "people/notice.html")]
pub(super) struct NoticePage<'a> {
    pub(super) words: Words,
    pub(super) root: &'a str,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    pub(super) hint: &'a str,
}

/// The page as an answer.
pub(super) fn answer(status: StatusCode, page: &impl Template) -> Response {
    let html = page.render().expect("a string takes whatever is written to it");
    let mut response = Response::new(Body::from(exactly(html.into_bytes())));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
    response
}

/// Says when to come again.
pub(super) fn again_after(mut response: Response, left: SignedDuration) -> Response {
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds(left)));
    response
}

#[cfg(test)]
mod tests {
    use trunklog_reports::Language;

    use super::*;

    const EVIL: &str = "\"><script>alert('x')</script>&";

    #[test]
    fn text_does_not_become_markup() {
        let link = ProviderLink { href: EVIL.to_owned(), title: EVIL.to_owned() };
        let codes = [EVIL.to_owned()];
        let words = Words::of(Language::French);
        let pages = [
            SignInPage {
                words,
                root: EVIL,
                next: EVIL,
                name: EVIL,
                notice: EVIL,
                problem: EVIL,
                providers: vec![link],
                has_accounts: true,
            }
            .render(),
            CodePage { words, root: EVIL, problem: EVIL }.render(),
            SetUpPage {
                words,
                root: EVIL,
                problem: EVIL,
                name: EVIL,
                chooses_password: true,
                secret: EVIL.to_owned(),
                address: EVIL,
                drawing: None,
            }
            .render(),
            RecoveryPage { words, root: EVIL, name: EVIL, codes: &codes, next: EVIL }.render(),
            NoticePage { words, root: EVIL, title: EVIL, text: EVIL, hint: EVIL }.render(),
        ];
        for page in pages {
            let html = page.unwrap();
            assert!(!html.contains("<script") && !html.contains("alert('x')"), "{html}");
            assert!(html.contains("&#60;script&#62;"), "{html}");
            // The policy lets neither run.
            assert!(!html.contains(" style=") && !html.contains(" onclick="), "{html}");
        }
    }
}
