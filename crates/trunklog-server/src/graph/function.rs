//! A function call: who asks for which rows, and how the answer is written.
//!
//! `call` admits it, `following` says whether it follows changes, `answer` and
//! `export` answer it.

mod answer;
mod applied;
mod call;
mod choice;
mod export;
mod following;

use axum::response::Response;
use http::Method;

use self::call::Call;
use self::following::Following;
use super::accept::Representation;
use super::request::ApiRequest;
use crate::answer::{Access, Failure};

/// Answers a call.
pub(super) async fn serve(request: ApiRequest<'_>, access: &mut Access) -> Result<Response, Failure> {
    let (call, representation) = Call::admit(request, access).await?;
    let following = call.following(representation)?;
    if request.parts.method == Method::HEAD {
        return Ok(call.head(representation, &following));
    }
    match (representation, following) {
        (Representation::Page(format), Following::Changes(token)) => call.changes(format, token).await,
        (Representation::Page(format), following) => call.page(format, &following).await,
        (Representation::Export(format), following) => call.export(format, following).await,
    }
}
