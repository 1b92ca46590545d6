//! How the parts of the server say what went wrong.

use axum::response::Response;
use http::Extensions;
use jiff::Timestamp;
use trunklog_odata::envelope::Hints;

use super::failure::Failure;
use super::request_ids::RequestIds;
use crate::app::App;

/// A part of the server whose errors have their own form, whatever finds
/// them: its handlers, a layer around them, or the listener before them.
pub(crate) trait Surface: Sync {
    /// The answer to a request that cannot be answered as it asked.
    fn refuse(&self, failure: Failure, occasion: &Occasion<'_>) -> Response;
}

/// What an error may say beside what went wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occasion<'a> {
    pub(crate) ids: &'a RequestIds,
    pub(crate) now: Timestamp,
    /// Whether it may say more than the service that is imitated.
    pub(crate) hints: Hints,
}

impl<'a> Occasion<'a> {
    /// Now, on this server.
    pub(crate) fn of(app: &App, ids: &'a RequestIds) -> Occasion<'a> {
        Occasion { ids, now: (app.services.clock)(), hints: app.hints() }
    }
}

/// Which surface a request goes to, by its path. It is known before any handler
/// is.
#[derive(Clone, Copy)]
pub(crate) struct Surfaces(fn(&str) -> &'static dyn Surface);

impl Surfaces {
    pub(crate) const fn by_path(of: fn(&str) -> &'static dyn Surface) -> Surfaces {
        Surfaces(of)
    }

    pub(crate) fn of(self, path: &str) -> &'static dyn Surface {
        (self.0)(path)
    }
}

/// The surface that the outermost layer found for the request; lines of text
/// where there is no such layer.
pub(crate) fn surface_of(extensions: &Extensions) -> &'static dyn Surface {
    extensions.get::<&'static dyn Surface>().copied().unwrap_or(&PlainText)
}

/// The answer to a request with those extensions that cannot be answered as it
/// asked.
pub(crate) fn refuse(app: &App, extensions: &Extensions, failure: Failure) -> Response {
    let ids = RequestIds::in_extensions(extensions);
    surface_of(extensions).refuse(failure, &Occasion::of(app, &ids))
}

/// A line that says what went wrong, and one that says what to do, for people
/// and programs that expect no form.
pub(crate) struct PlainText;

impl Surface for PlainText {
    fn refuse(&self, failure: Failure, occasion: &Occasion<'_>) -> Response {
        let error = failure.error();
        let hint = error.hint_text().filter(|_| occasion.hints == Hints::Show);
        let lines = [Some(error.message()), hint].into_iter().flatten().filter(|line| !line.is_empty());
        let text = lines.fold(String::new(), |text, line| text + line + "\n");
        failure.response("text/plain; charset=utf-8", text.into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use futures_util::FutureExt;
    use http::{HeaderMap, StatusCode};
    use trunklog_odata::Error;

    use super::*;

    struct Silent;

    impl Surface for Silent {
        fn refuse(&self, _: Failure, _: &Occasion<'_>) -> Response {
            Response::new(Body::empty())
        }
    }

    fn by_path(path: &str) -> &'static dyn Surface {
        if path == "/silent" { &Silent } else { &PlainText }
    }

    fn text(surface: &dyn Surface, hints: Hints) -> (StatusCode, String) {
        let ids = RequestIds::of(&HeaderMap::new());
        let occasion = Occasion { ids: &ids, now: Timestamp::UNIX_EPOCH, hints };
        let failure = Failure::from(Error::bad_request("This is wrong.").hint("do that"));
        let answer = surface.refuse(failure, &occasion);
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), usize::MAX).now_or_never().unwrap().unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[test]
    fn a_request_is_refused_in_the_form_of_where_it_goes() {
        let surfaces = Surfaces::by_path(by_path);
        let mut extensions = Extensions::new();
        let said = |extensions: &Extensions| text(surface_of(extensions), Hints::Hide).1;
        assert_eq!(said(&extensions), "This is wrong.\n", "nobody has chosen");
        extensions.insert(surfaces.of("/silent"));
        assert_eq!(said(&extensions), "");
        extensions.insert(surfaces.of("/other"));
        assert_eq!(said(&extensions), "This is wrong.\n");
    }

    #[test]
    fn plain_text_says_what_to_do_where_hints_are_shown() {
        let wrong = StatusCode::BAD_REQUEST;
        assert_eq!(text(&PlainText, Hints::Show), (wrong, "This is wrong.\ndo that\n".to_owned()));
        assert_eq!(text(&PlainText, Hints::Hide), (wrong, "This is wrong.\n".to_owned()));
    }
}
