//! Why a request is not answered as it asked.

use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderName, HeaderValue, StatusCode};
use trunklog_odata::{Error, ErrorKind};
use trunklog_reports::ReportError;

use crate::backlog::NoRoom;
use crate::document::exactly;
use crate::windows::RetryAfter;
use crate::workers::Overload;

/// Why a request is not answered as it asked, and the headers that say more.
/// What form the answer has is the [`Surface`](super::Surface)'s business.
#[derive(Debug)]
pub(crate) struct Failure {
    error: Error,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure { error, headers: Vec::new() }
    }
}

impl Failure {
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Failure {
        self.headers.push((name, value));
        self
    }

    /// Something went wrong that only the log explains.
    pub(crate) fn unexpected() -> Failure {
        Error::new(ErrorKind::GeneralException, "An unexpected error occurred.").into()
    }

    /// 405, with what is allowed.
    pub(crate) fn method_not_allowed(allowed: &'static str) -> Failure {
        let message = "Specified HTTP method is not allowed for the request target.";
        Failure::from(Error::new(ErrorKind::MethodNotAllowed, message))
            .with_header(ALLOW, HeaderValue::from_static(allowed))
    }

    /// A limit on requests was reached, the client's own doing. What the server
    /// itself cannot take is [`Failure::overloaded`].
    pub(crate) fn throttled(RetryAfter(seconds): RetryAfter) -> Failure {
        Failure::from(Error::new(ErrorKind::TooManyRequests, "Please retry again later."))
            .with_header(RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Too many wait already.
    pub(crate) fn overloaded() -> Failure {
        Failure::busy("too many requests wait; send fewer at a time, and again after Retry-After")
    }

    /// The server cannot take it on now.
    pub(crate) fn busy(hint: &'static str) -> Failure {
        let message = "The server is too busy to handle the request.";
        Failure::from(Error::new(ErrorKind::ServiceUnavailable, message).hint(hint)).with_retry()
    }

    /// What was asked for must be accounted for, which it cannot be.
    pub(crate) fn unaudited() -> Failure {
        let message = "The service is temporarily unavailable.";
        let hint = "the audit trail cannot be written, so nothing is revealed or exported; the server's log says \
                    why";
        Failure::from(Error::new(ErrorKind::ServiceUnavailable, message).hint(hint)).with_retry()
    }

    /// What a client is told of a failing store; what failed is for the log.
    pub(crate) fn of_store(error: &trunklog_store::Error) -> Failure {
        use trunklog_store::ErrorKind as Store;
        match error.kind() {
            Store::Recovering | Store::DiskFull | Store::OutOfMemory | Store::InUse | Store::Moved => {
                Failure::unavailable("The service is temporarily unavailable.")
            }
            // Not 503: the same request again would take as long.
            Store::TooSlow => Error::bad_request("The request would take too long.")
                .hint(
                    "ask for a shorter range of time, or with a filter or an order that looks at less; \
                     store.query_secs sets how long it may take",
                )
                .into(),
            Store::Gone => Failure::gone("the link is too old or from another store"),
            Store::TooMany => Error::bad_request("The answer would have too many rows.")
                .hint("ask for a shorter range of time, or with a filter")
                .into(),
            Store::Corrupt | Store::Other => Failure::unexpected(),
        }
    }

    /// What a reader is told when a report cannot be made.
    pub(crate) fn of_report(error: &ReportError) -> Failure {
        match error {
            ReportError::Asked { parameter, problem, hint } => {
                Error::bad_request(format!("{parameter}: {problem}")).hint(hint.clone()).into()
            }
            ReportError::NoSuchCall => {
                let hint =
                    "take startDateTime and id of a row of usage; the call may also be too old to be shown";
                Error::new(ErrorKind::NotFound, "There is no call of that time and id.").hint(hint).into()
            }
            ReportError::Store(error) => Failure::of_store(error),
        }
    }

    /// What a link goes on from is no longer there, and why.
    pub(crate) fn gone(why: &str) -> Failure {
        let message = "The sync state generation is not found. The delta token is expired and data must be \
                       synchronized again.";
        Error::new(ErrorKind::Gone, message).hint(format!("{why}: read everything again")).into()
    }

    /// Adds where the client can read everything again. Source: OData 4.01
    /// Protocol, section 11.3.2.
    pub(crate) fn restarting_at(self, place: HeaderValue) -> Failure {
        let Failure { error, headers } = self;
        let hint = format!("{}, from Location", error.hint_text().unwrap_or("read everything again"));
        Failure { error: error.hint(hint), headers }.with_header(LOCATION, place)
    }

    fn unavailable(message: &'static str) -> Failure {
        Failure::from(Error::new(ErrorKind::ServiceUnavailable, message)).with_retry()
    }

    fn with_retry(self) -> Failure {
        self.with_header(RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// What is told, for a surface to put into its form.
    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    /// The answer with that body, which says what went wrong.
    pub(crate) fn response(self, media_type: &'static str, body: Vec<u8>) -> Response {
        let mut response = Response::new(Body::from(exactly(body)));
        *response.status_mut() =
            StatusCode::from_u16(self.error.kind().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.extend(self.headers);
        response
    }
}

impl From<Overload> for Failure {
    fn from(_: Overload) -> Failure {
        Failure::overloaded()
    }
}

impl From<NoRoom> for Failure {
    fn from(_: NoRoom) -> Failure {
        Failure::busy(
            "too much was asked for and not read, on this connection, by this tenant or by all; read \
             the answers first, and ask for fewer or smaller ones at a time",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_an_answer_says_status_and_what_the_failure_adds() {
        let answer = Failure::method_not_allowed("GET, HEAD").response("text/plain", b"why".to_vec());
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        for (name, value) in [(ALLOW, "GET, HEAD"), (CONTENT_TYPE, "text/plain"), (CACHE_CONTROL, "no-cache")]
        {
            assert_eq!(answer.headers()[&name], value, "{name}");
        }
        let gone = Failure::gone("it is too old");
        assert_eq!(gone.error().hint_text(), Some("it is too old: read everything again"));
        let gone = gone.restarting_at(HeaderValue::from_static("https://a.example/"));
        assert_eq!(gone.error().hint_text(), Some("it is too old: read everything again, from Location"));
        assert_eq!(gone.response("text/plain", Vec::new()).headers()[LOCATION], "https://a.example/");
        let answer = Failure::busy("a hint").response("text/plain", Vec::new());
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()[RETRY_AFTER], "1");
    }
}
