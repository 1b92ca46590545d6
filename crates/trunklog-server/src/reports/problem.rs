//! The form of an error: problem details. Source: RFC 9457.

use axum::response::Response;
use http::StatusCode;
use trunklog_odata::envelope::Hints;
use trunklog_odata::json::{write_int, write_string};

use crate::answer::{Failure, Occasion, Surface};

/// The media type of an error.
pub(crate) const PROBLEM: &str = "application/problem+json";

/// Says what went wrong as problem details: what it is called, what is wrong, what
/// to do (`hint`), and which request it was.
pub(crate) struct ReportsSurface;

impl Surface for ReportsSurface {
    fn refuse(&self, failure: Failure, occasion: &Occasion<'_>) -> Response {
        let error = failure.error();
        let status = error.kind().status();
        let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let mut body = Vec::with_capacity(512);
        // Without a type of its own, the title is that of the status (section 4.2.1).
        body.extend_from_slice(b"{\"type\":\"about:blank\",\"title\":");
        write_string(title.unwrap_or("Error"), &mut body);
        body.extend_from_slice(b",\"status\":");
        write_int(status, &mut body);
        body.extend_from_slice(b",\"detail\":");
        write_string(error.message(), &mut body);
        if let Some(hint) = error.hint_text().filter(|_| occasion.hints == Hints::Show) {
            body.extend_from_slice(b",\"hint\":");
            write_string(hint, &mut body);
        }
        body.extend_from_slice(b",\"requestId\":");
        write_string(&occasion.ids.request.to_string(), &mut body);
        body.push(b'}');
        failure.response(PROBLEM, body)
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use futures_util::FutureExt;
    use http::HeaderMap;
    use http::header::{CONTENT_TYPE, RETRY_AFTER};
    use jiff::Timestamp;
    use trunklog_odata::Error;

    use super::*;
    use crate::answer::RequestIds;

    #[test]
    fn an_error_is_a_problem() {
        let ids = RequestIds::of(&HeaderMap::new());
        let said = |failure: Failure, hints| {
            let occasion = Occasion { ids: &ids, now: Timestamp::UNIX_EPOCH, hints };
            let answer = ReportsSurface.refuse(failure, &occasion);
            assert_eq!(answer.headers()[CONTENT_TYPE], PROBLEM);
            let retry = answer.headers().get(RETRY_AFTER).cloned();
            let bytes = to_bytes(answer.into_body(), usize::MAX).now_or_never().unwrap().unwrap();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            (text.replace(&ids.request.to_string(), "an id"), retry)
        };
        let wrong = || Failure::from(Error::bad_request("top: it is \"x\"").hint("take 1"));
        insta::assert_snapshot!(
            said(wrong(), Hints::Show).0,
            @r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"top: it is \"x\"","hint":"take 1","requestId":"an id"}"#
        );
        assert!(!said(wrong(), Hints::Hide).0.contains("hint"));
        let (text, retry) = said(Failure::overloaded(), Hints::Show);
        assert!(text.contains(r#""title":"Service Unavailable","status":503"#), "{text}");
        assert!(retry.is_some());
    }
}
