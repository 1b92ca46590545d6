//! What surrounds rows, and the body of an error.

mod format;

use crate::edm::NAMESPACE;
use crate::{Error, Instant, Version, json};

pub use self::format::{JsonFormat, Metadata, Numbers};

/// The media type of a successful answer, as Graph's gateway sends it; that of
/// the default [`JsonFormat`].
pub const JSON_MINIMAL: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// The page size of all five functions.
pub const PAGE_SIZE: u32 = 1_000;

/// What surrounds the rows of a page.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_odata::envelope::{Envelope, JsonFormat};
///
/// let (version, format) = (Version::V1, JsonFormat::default());
/// let page = Envelope { version, context: "c", format, count: 2, total: None, next_link: None };
/// let mut out = Vec::new();
/// page.write(&mut out, |out| out.extend_from_slice(b"1,2"));
/// assert_eq!(out, br#"{"@odata.context":"c","@odata.count":2,"value":[1,2]}"#);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// The version that the page belongs to.
    pub version: Version,
    /// From [`context_url`]; it is left out where metadata is none.
    pub context: &'a str,
    /// How JSON is written.
    pub format: JsonFormat,
    /// How many rows the page has, which is what Graph puts into `@odata.count`.
    pub count: usize,
    /// How many rows the whole walk has, when somebody asked; Graph never says
    /// it, so it is an annotation of ours.
    pub total: Option<u64>,
    /// The link to the next page, if there is one.
    pub next_link: Option<&'a str>,
}

/// What is before and after the rows of a page, which are separated by
/// commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// From the page's first brace to the bracket that opens its rows.
    pub before: Vec<u8>,
    /// From the bracket that closes them to the page's last brace.
    pub after: Vec<u8>,
}

impl Envelope<'_> {
    /// Writes the page; `rows` appends its rows, separated by commas.
    pub fn write(&self, out: &mut Vec<u8>, rows: impl FnOnce(&mut Vec<u8>)) {
        let Frame { before, after } = self.frame();
        out.extend_from_slice(&before);
        rows(out);
        out.extend_from_slice(&after);
    }

    /// What goes around rows that were encoded already.
    ///
    /// The next link is where the samples have it: after `value` on v1.0,
    /// before it on beta.
    pub fn frame(&self) -> Frame {
        let (mut before, mut after) = (Vec::with_capacity(256), Vec::new());
        self.write_before(&mut before);
        after.push(b']');
        if let (Version::V1, Some(link)) = (self.version, self.next_link) {
            write_next_link(link, &mut after);
        }
        after.push(b'}');
        Frame { before, after }
    }

    fn write_before(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        if self.format.metadata != Metadata::None {
            out.extend_from_slice(b"\"@odata.context\":");
            json::write_string(self.context, out);
            out.push(b',');
        }
        out.extend_from_slice(b"\"@odata.count\":");
        self.write_count(self.count, out);
        if let Some(total) = self.total {
            out.extend_from_slice(b",\"@trunklog.totalCount\":");
            self.write_count(total, out);
        }
        if let (Version::Beta, Some(link)) = (self.version, self.next_link) {
            write_next_link(link, out);
        }
        out.extend_from_slice(b",\"value\":[");
    }

    /// Counts are 64-bit numbers, so they are text where those are. Source:
    /// OData JSON Format 4.01, section 3.2.
    fn write_count(&self, count: impl itoa::Integer, out: &mut Vec<u8>) {
        match self.format.numbers {
            Numbers::Plain => json::write_int(count, out),
            Numbers::Text => {
                out.push(b'"');
                json::write_int(count, out);
                out.push(b'"');
            }
        }
    }
}

/// The URL that says what a collection of rows is.
///
/// `root` is the public address without a trailing slash; `selected` are the
/// properties that a client chose, in its order. Source: OData ABNF 4.01,
/// `contextFragment`.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_odata::envelope::context_url;
///
/// assert_eq!(
///     context_url("https://t.example", Version::V1, "smsLogRow", Some(&["id"])),
///     "https://t.example/v1.0/$metadata#Collection(microsoft.graph.callRecords.smsLogRow)(id)"
/// );
/// ```
pub fn context_url(root: &str, version: Version, row_type: &str, selected: Option<&[&str]>) -> String {
    let selected = selected.map_or_else(String::new, |names| format!("({})", names.join(",")));
    format!("{root}/{}/$metadata#Collection({NAMESPACE}.{row_type}){selected}", version.segment())
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
///
/// ```
/// use trunklog_odata::envelope::{ErrorContext, Hints, write_error};
/// use trunklog_odata::{Error, Instant};
///
/// let date = Instant::parse("2026-11-24T08:15:00.5Z").unwrap();
/// let context = ErrorContext { date, request_id: "r", client_request_id: "c" };
/// let mut out = Vec::new();
/// write_error(&mut out, &Error::bad_request("No."), context, Hints::Hide);
/// let body = String::from_utf8(out).unwrap();
/// assert!(body.starts_with(r#"{"error":{"code":"BadRequest","message":"No.""#));
/// assert!(body.contains(r#""date":"2026-11-24T08:15:00","#));
/// ```
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
    out.extend_from_slice(b",\"innerError\":{");
    if error.kind() == crate::ErrorKind::TooManyRequests {
        // Graph repeats the status here, and clients look for it (contract E18).
        out.extend_from_slice(b"\"code\":\"429\",");
    }
    out.extend_from_slice(b"\"date\":");
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

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: &str =
        "https://t.example/v1.0/$metadata#Collection(microsoft.graph.callRecords.smsLogRow)";

    fn page(version: Version, format: JsonFormat, total: Option<u64>) -> String {
        let next_link = Some("https://t.example/n");
        let mut out = Vec::new();
        Envelope { version, context: CONTEXT, format, count: 2, total, next_link }
            .write(&mut out, |out| out.extend_from_slice(b"1,2"));
        String::from_utf8(out).unwrap()
    }

    fn with(metadata: Metadata) -> JsonFormat {
        JsonFormat { metadata, numbers: Numbers::Plain }
    }

    #[test]
    fn members_stand_where_graph_has_them() {
        assert_eq!(
            page(Version::V1, with(Metadata::Minimal), None),
            format!(
                r#"{{"@odata.context":"{CONTEXT}","@odata.count":2,"value":[1,2],"@odata.nextLink":"https://t.example/n"}}"#
            )
        );
        assert_eq!(
            page(Version::Beta, with(Metadata::Full), Some(7)),
            format!(
                r#"{{"@odata.context":"{CONTEXT}","@odata.count":2,"@trunklog.totalCount":7,"@odata.nextLink":"https://t.example/n","value":[1,2]}}"#
            )
        );
    }

    #[test]
    fn without_metadata_links_and_counts_stay() {
        assert_eq!(
            page(Version::V1, with(Metadata::None), None),
            r#"{"@odata.count":2,"value":[1,2],"@odata.nextLink":"https://t.example/n"}"#
        );
    }

    #[test]
    fn counts_are_text_where_64_bit_numbers_are() {
        let format = JsonFormat { metadata: Metadata::None, numbers: Numbers::Text };
        assert_eq!(
            page(Version::V1, format, Some(7)),
            r#"{"@odata.count":"2","@trunklog.totalCount":"7","value":[1,2],"@odata.nextLink":"https://t.example/n"}"#
        );
    }

    #[test]
    fn the_context_names_what_was_selected() {
        let root = "https://t.example";
        assert_eq!(context_url(root, Version::V1, "smsLogRow", None), CONTEXT);
        let selected = context_url(root, Version::V1, "smsLogRow", Some(&["id", "smsUnits"]));
        assert_eq!(selected, format!("{CONTEXT}(id,smsUnits)"));
    }

    #[test]
    fn formats_are_read_and_named() {
        assert_eq!(JsonFormat::default().media_type(), JSON_MINIMAL);
        let format = |parameters: &[(&'static str, &'static str)]| JsonFormat::of(parameters.iter().copied());
        let full = format(&[("OData.Metadata", "Full"), ("ieee754compatible", "TRUE"), ("charset", "x")]);
        assert_eq!(full, Some(JsonFormat { metadata: Metadata::Full, numbers: Numbers::Text }));
        assert_eq!(
            full.unwrap().media_type(),
            "application/json;odata.metadata=full;odata.streaming=true;IEEE754Compatible=true;charset=utf-8"
        );
        assert_eq!(format(&[("metadata", "none")]).unwrap().metadata, Metadata::None);
        for wrong in [("odata.metadata", "verbose"), ("IEEE754Compatible", "maybe"), ("metadata", "")] {
            assert_eq!(format(&[wrong]), None, "{wrong:?}");
        }
    }
}
