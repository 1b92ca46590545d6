//! A function call: who asks for which rows, and how the answer is written.
//!
//! `call` admits it, `following` says whether it follows changes, `place` from
//! where on it reads, `answer` and `export` answer it.

mod answer;
mod call;
mod choice;
mod export;
mod following;
mod place;
mod preferences;

use axum::response::Response;
use http::Method;

use self::call::{Admission, Call};
use self::following::Following;
use super::accept::Representation;
use super::request::ApiRequest;
use crate::answer::{Access, Failure};

/// Answers a call.
pub(super) async fn serve(request: ApiRequest<'_>, access: &mut Access) -> Result<Response, Failure> {
    let Admission { call, representation, following, place } = Call::admit(request, access).await?;
    if request.parts.method == Method::HEAD {
        return Ok(call.head(representation, &following));
    }
    match (representation, following) {
        (Representation::Page(format), Following::Changes(token)) => call.changes(format, token).await,
        (Representation::Page(format), following) => call.page(format, &following, place).await,
        (Representation::Export(format), following) => call.export(format, following).await,
    }
}
