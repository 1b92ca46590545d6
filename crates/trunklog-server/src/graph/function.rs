//! A function call: who asks for which rows, and how the answer is written.
//!
//! `call` admits it, `answer` answers it.

mod answer;
mod call;
mod choice;

use axum::response::Response;
use http::Method;

use self::call::Call;
use super::accept::Representation;
use super::request::ApiRequest;
use crate::answer::{Access, Failure};

/// Answers a call.
pub(super) async fn serve(request: ApiRequest<'_>, access: &mut Access) -> Result<Response, Failure> {
    let (call, representation) = Call::admit(request, access).await?;
    if request.parts.method == Method::HEAD {
        return Ok(call.head(representation));
    }
    match representation {
        Representation::Page(format) => call.page(format).await,
        Representation::Export(format) => call.export(format).await,
    }
}
