//! What surrounds rows, and the body of an error.

use crate::edm::NAMESPACE;
use crate::{Error, Instant, Version, json};

/// The media type of a successful answer, as Graph's gateway sends it.
pub const JSON_MINIMAL: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// The page size of all five functions.
pub const PAGE_SIZE: u32 = 1_000;

/// Writes one page around its rows.
///
/// `root` is the public address without a trailing slash; `count` is the
/// number of rows in this page, which is what Graph puts into `@odata.count`;
/// `rows` appends the rows, separated by commas.
///
/// The next link stands where the samples have it: behind `value` on v1.0,
/// before it on beta.
pub fn write_page(
    out: &mut Vec<u8>,
    root: &str,
    version: Version,
    row_type: &str,
    count: usize,
    next_link: Option<&str>,
    rows: impl FnOnce(&mut Vec<u8>),
) {
    out.extend_from_slice(b"{\"@odata.context\":");
    let context = format!("{root}/{}/$metadata#Collection({NAMESPACE}.{row_type})", version.segment());
    json::write_string(&context, out);
    out.extend_from_slice(b",\"@odata.count\":");
    json::write_int(count, out);
    if let (Version::Beta, Some(link)) = (version, next_link) {
        write_next_link(link, out);
    }
    out.extend_from_slice(b",\"value\":[");
    rows(out);
    out.push(b']');
    if let (Version::V1, Some(link)) = (version, next_link) {
        write_next_link(link, out);
    }
    out.push(b'}');
}

fn write_next_link(link: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"@odata.nextLink\":");
    json::write_string(link, out);
}

/// What an error body says about its request.
#[derive(Debug, Clone, Copy)]
pub struct ErrorContext<'a> {
    /// When the error happened; printed without zone and fraction, as Graph does.
    pub date: Instant,
    /// The response's `request-id`.
    pub request_id: &'a str,
    /// The request's `client-request-id`, or the request id again.
    pub client_request_id: &'a str,
}

/// Writes the body of an error:
/// `{"error":{"code","message","innerError":{"date","request-id","client-request-id"}}}`,
/// with the hint in `details` when there is one and `with_hint` asks for it.
pub fn write_error(out: &mut Vec<u8>, error: &Error, context: ErrorContext<'_>, hints: Hints) {
    out.extend_from_slice(b"{\"error\":{\"code\":");
    json::write_string(error.kind().code(), out);
    out.extend_from_slice(b",\"message\":");
    json::write_string(error.message(), out);
    if let (Hints::Show, Some(hint)) = (hints, error.hint_text()) {
        out.extend_from_slice(b",\"details\":[{\"code\":\"Hint\",\"message\":");
        json::write_string(hint, out);
        out.extend_from_slice(b"}]");
    }
    out.extend_from_slice(b",\"innerError\":{\"date\":");
    let date = context.date.to_string();
    json::write_string(date.get(..19).unwrap_or(&date), out);
    out.extend_from_slice(b",\"request-id\":");
    json::write_string(context.request_id, out);
    out.extend_from_slice(b",\"client-request-id\":");
    json::write_string(context.client_request_id, out);
    out.extend_from_slice(b"}}}");
}

/// Whether error bodies carry our hints beside Graph's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hints {
    /// As `details`, which OData permits and Graph's clients ignore.
    Show,
    /// Never; what Graph does.
    Hide,
}
