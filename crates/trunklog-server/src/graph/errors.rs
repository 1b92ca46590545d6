//! From an error to its answer.

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, StatusCode};
use trunklog_odata::envelope::{ErrorContext, write_error};
use trunklog_odata::{Error, ErrorKind};

use crate::app::App;
use crate::backlog::NoRoom;
use crate::document::exactly;
use crate::layers::RequestIds;
use crate::throttle::RetryAfter;
use crate::workers::Overloaded;

/// Why a request is not answered as it asked, and the headers that say more.
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

    /// A limit on requests was reached, the client's own doing. What the server
    /// itself cannot take is [`Failure::overloaded`].
    pub(super) fn throttled(RetryAfter(seconds): RetryAfter) -> Failure {
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

    /// What a client is told of a failing store; what failed is for the log.
    pub(super) fn of_store(error: &trunklog_store::Error) -> Failure {
        use trunklog_store::ErrorKind as Store;
        match error.kind() {
            Store::Recovering | Store::DiskFull | Store::OutOfMemory | Store::InUse | Store::Moved => {
                Failure::unavailable("The service is temporarily unavailable.")
            }
            // Not 503: the same request again would take as long.
            Store::TooSlow => Error::bad_request("The request would take too long.")
                .hint("ask for a shorter range of time, or with a filter or an order that looks at less")
                .into(),
            Store::Corrupt | Store::Other => {
                Error::new(ErrorKind::GeneralException, "An unexpected error occurred.").into()
            }
        }
    }

    fn unavailable(message: &'static str) -> Failure {
        Failure::from(Error::new(ErrorKind::ServiceUnavailable, message)).with_retry()
    }

    fn with_retry(self) -> Failure {
        self.with_header(RETRY_AFTER, HeaderValue::from_static("1"))
    }
}

impl From<Overloaded> for Failure {
    fn from(_: Overloaded) -> Failure {
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

/// The answer, with Graph's error body.
pub(crate) fn error_response(app: &App, ids: &RequestIds, failure: Failure) -> Response {
    let (request_id, client_request_id) = (ids.request.to_string(), ids.client());
    let context =
        ErrorContext { date: app.now(), request_id: &request_id, client_request_id: &client_request_id };
    let mut body = Vec::with_capacity(512);
    write_error(&mut body, &failure.error, context, app.hints());
    let mut response = Response::new(Body::from(exactly(body)));
    *response.status_mut() =
        StatusCode::from_u16(failure.error.kind().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.extend(failure.headers);
    response
}
