//! The reports: numbers about calls, with an interface of our own.
//!
//! Which there are and what each takes is the table of `trunklog-reports`
//! ([`REPORTS`](trunklog_reports::REPORTS)). Here, `resource` says what a path
//! names, `client` who asks and what that one may read, `parameters` what can be
//! asked, `answer`, `usage` and `data` answer it, `list` says what there is, and `problem`
//! says what went wrong.
//!
//! Graph has nothing of the kind, so a strict server has not either; see the
//! router.

mod answer;
mod client;
pub(crate) mod data;
mod form;
pub(crate) mod list;
mod made;
pub(crate) mod parameters;
mod problem;
mod resource;
mod tag;
pub(crate) mod usage;

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::Method;
use http::request::Parts;
use trunklog_reports::ReportError;

use self::resource::Resource;
use crate::answer::{Access, Failure, Occasion, RequestIds, Surface};
use crate::app::App;

pub(crate) use self::problem::{PROBLEM, ReportsSurface};
pub(crate) use self::resource::{DATA, USAGE, address};

/// A request for a report.
#[derive(Clone, Copy)]
struct ReportRequest<'a> {
    app: &'a Arc<App>,
    parts: &'a Parts,
    ids: &'a RequestIds,
}

/// Answers any request.
pub(crate) async fn handle(app: &Arc<App>, request: Request) -> Response {
    // A body means nothing here; it is not even read.
    let (parts, _) = request.into_parts();
    let ids = RequestIds::in_extensions(&parts.extensions);
    let mut access = Access::new("reports");
    let request = ReportRequest { app, parts: &parts, ids: &ids };
    let mut response = match serve(request, &mut access).await {
        Ok(response) => response,
        Err(failure) => ReportsSurface.refuse(failure, &Occasion::of(app, &ids)),
    };
    response.extensions_mut().insert(access);
    response
}

async fn serve(request: ReportRequest<'_>, access: &mut Access) -> Result<Response, Failure> {
    let parts = request.parts;
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Err(Failure::method_not_allowed("GET, HEAD"));
    }
    match Resource::of(parts.uri.path())? {
        Resource::List => list::serve(request, access),
        Resource::Usage => usage::serve(request, access).await,
        Resource::Data => data::serve(request, access).await,
        Resource::Report(report) => answer::serve(request, report, None, access).await,
        Resource::Call(report, call) => answer::serve(request, report, Some(call), access).await,
    }
}

/// What a client is told when a report cannot be made.
fn failure_of(error: &ReportError) -> Failure {
    Failure::of_report(error)
}
