//! What surrounds rows, and the body of an error.
//!
//! ```
//! use trunklog_odata::Version;
//! use trunklog_odata::envelope::{Envelope, JsonFormat, Link, PAGE_SIZE, context_url};
//!
//! let context = context_url("https://t.example", Version::V1, "pstnCallLogRow", None);
//! let link = Some(Link::Next("https://t.example/next"));
//! let (version, format) = (Version::V1, JsonFormat::default());
//! let count = usize::try_from(PAGE_SIZE).unwrap();
//! let page = Envelope { version, context: &context, format, count, total: None, link };
//! let mut out = Vec::new();
//! page.write(&mut out, |out| out.extend_from_slice(b"{}"));
//! let text = String::from_utf8(out).unwrap();
//! assert!(text.contains(r#""@odata.count":1000,"value":[{}],"@odata.nextLink":"#));
//! ```

mod collection;
mod format;
mod removed;

use crate::edm::NAMESPACE;
use crate::{Error, Instant, Version, json};

pub use self::collection::Collection;
pub use self::format::{JsonFormat, Metadata, Numbers};
pub use self::removed::write_removed;

/// The media type of a successful answer, as Graph's gateway sends it; that of
/// the default [`JsonFormat`].
pub const JSON_MINIMAL: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// The page size of all functions.
pub const PAGE_SIZE: u32 = 1_000;

/// What surrounds the rows of a page.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_odata::envelope::{Envelope, JsonFormat};
///
/// let (version, format) = (Version::V1, JsonFormat::default());
/// let page = Envelope { version, context: "c", format, count: 2, total: None, link: None };
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
    /// The link by which a client goes on, if there is one.
    pub link: Option<Link<'a>>,
}

/// The link by which a client goes on. A page has one at most: source: OData
/// 4.01 Protocol, section 11.3.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_odata::envelope::{Envelope, JsonFormat, Link};
///
/// let (version, format) = (Version::V1, JsonFormat::default());
/// let link = Some(Link::Delta("https://t.example/d"));
/// let last = Envelope { version, context: "c", format, count: 0, total: None, link };
/// assert_eq!(last.frame().after, br#"],"@odata.deltaLink":"https://t.example/d"}"#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link<'a> {
    /// To the next page.
    Next(&'a str),
    /// To what changes from now on, after the last page.
    Delta(&'a str),
}

/// What is before and after the rows of a page, which are separated by
/// commas.
///
/// ```
/// use trunklog_odata::envelope::Frame;
///
/// let frame = Frame { before: b"{\"value\":[".to_vec(), after: b"]}".to_vec() };
/// assert_eq!([frame.before, frame.after].concat(), br#"{"value":[]}"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// From the page's first brace to the bracket that opens its rows.
    pub before: Vec<u8>,
    /// From the bracket that closes them to the page's last brace.
    pub after: Vec<u8>,
}

impl Envelope<'_> {
    /// Writes the page; `rows` appends its rows, separated by commas.
    ///
    /// ```
    /// use trunklog_odata::Version;
    /// use trunklog_odata::envelope::{Envelope, JsonFormat, Metadata};
    ///
    /// let format = JsonFormat { metadata: Metadata::None, ..JsonFormat::default() };
    /// let version = Version::V1;
    /// let page = Envelope { version, context: "c", format, count: 1, total: None, link: None };
    /// let mut out = Vec::new();
    /// page.write(&mut out, |out| out.extend_from_slice(b"{}"));
    /// assert_eq!(out, br#"{"@odata.count":1,"value":[{}]}"#);
    /// ```
    pub fn write(&self, out: &mut Vec<u8>, rows: impl FnOnce(&mut Vec<u8>)) {
        let Frame { before, after } = self.frame();
        out.extend_from_slice(&before);
        rows(out);
        out.extend_from_slice(&after);
    }

    /// What goes around rows that were encoded already.
    ///
    /// The link is where the samples have it: after `value` on v1.0, before
    /// it on beta. It is there in every format; source: OData JSON Format 4.01,
    /// section 3.1.3.
    ///
    /// ```
    /// use trunklog_odata::Version;
    /// use trunklog_odata::envelope::{Envelope, JsonFormat};
    ///
    /// let (version, format) = (Version::V1, JsonFormat::default());
    /// let page = Envelope { version, context: "c", format, count: 0, total: None, link: None };
    /// let frame = page.frame();
    /// assert!(frame.before.ends_with(b"\"value\":["));
    /// assert_eq!(frame.after, b"]}");
    /// ```
    pub fn frame(&self) -> Frame {
        let (mut before, mut after) = (Vec::with_capacity(256), Vec::new());
        self.write_before(&mut before);
        after.push(b']');
        if let (Version::V1, Some(link)) = (self.version, self.link) {
            write_link(link, &mut after);
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
        if let (Version::Beta, Some(link)) = (self.version, self.link) {
            write_link(link, out);
        }
        out.extend_from_slice(b",\"value\":[");
    }

    fn write_count(&self, count: impl itoa::Integer, out: &mut Vec<u8>) {
        write_count(self.format, count, out);
    }
}

/// Counts are 64-bit numbers, so they are text where those are. Source: OData JSON
/// Format 4.01, section 3.2.
fn write_count(format: JsonFormat, count: impl itoa::Integer, out: &mut Vec<u8>) {
    match format.numbers {
        Numbers::Plain => json::write_int(count, out),
        Numbers::Text => {
            out.push(b'"');
            json::write_int(count, out);
            out.push(b'"');
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

/// The URL that says that a collection holds what changed of the rows that
/// another URL names. Source: OData 4.01 Protocol, section 10.8.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_odata::envelope::{context_url, delta_context_url};
///
/// let rows = context_url("https://t.example", Version::V1, "smsLogRow", None);
/// assert_eq!(delta_context_url(&rows), format!("{rows}/$delta"));
/// ```
pub fn delta_context_url(rows: &str) -> String {
    format!("{rows}/$delta")
}

fn write_link(link: Link<'_>, out: &mut Vec<u8>) {
    let (name, link): (&[u8], &str) = match link {
        Link::Next(link) => (b",\"@odata.nextLink\":", link),
        Link::Delta(link) => (b",\"@odata.deltaLink\":", link),
    };
    out.extend_from_slice(name);
    json::write_string(link, out);
}

/// What an error body says about its request.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_odata::envelope::ErrorContext;
///
/// let date = Instant::parse("2026-11-24T08:15:00Z").unwrap();
/// // The client sent no id of its own.
/// let context = ErrorContext { date, request_id: "r", client_request_id: "r" };
/// assert_eq!(context.client_request_id, context.request_id);
/// ```
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
///
/// ```
/// use trunklog_odata::envelope::{ErrorContext, Hints, write_error};
/// use trunklog_odata::{Error, Instant};
///
/// let error = Error::bad_request("No.").hint("ask again");
/// let context = ErrorContext { date: Instant::ABSENT, request_id: "r", client_request_id: "c" };
/// let body = |hints| {
///     let mut out = Vec::new();
///     write_error(&mut out, &error, context, hints);
///     String::from_utf8(out).unwrap()
/// };
/// assert!(body(Hints::Show).contains(r#""details":[{"code":"Hint","message":"ask again"}]"#));
/// assert!(!body(Hints::Hide).contains("ask again"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hints {
    /// As `details`, which OData permits and Graph's clients ignore.
    Show,
    /// Never; what Graph does.
    Hide,
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    const CONTEXT: &str =
        "https://t.example/v1.0/$metadata#Collection(microsoft.graph.callRecords.smsLogRow)";

    fn page(version: Version, format: JsonFormat, total: Option<u64>) -> String {
        page_with(Link::Next("https://t.example/n"), version, format, total)
    }

    fn page_with(link: Link<'_>, version: Version, format: JsonFormat, total: Option<u64>) -> String {
        let mut out = Vec::new();
        Envelope { version, context: CONTEXT, format, count: 2, total, link: Some(link) }
            .write(&mut out, |out| out.extend_from_slice(b"1,2"));
        String::from_utf8(out).unwrap()
    }

    fn with(metadata: Metadata) -> JsonFormat {
        JsonFormat { metadata, numbers: Numbers::Plain }
    }

    #[test]
    fn members_stand_where_graph_has_them() {
        assert_snapshot!(
            page(Version::V1, with(Metadata::Minimal), None),
            @r#"{"@odata.context":"https://t.example/v1.0/$metadata#Collection(microsoft.graph.callRecords.smsLogRow)","@odata.count":2,"value":[1,2],"@odata.nextLink":"https://t.example/n"}"#
        );
        assert_snapshot!(
            page(Version::Beta, with(Metadata::Full), Some(7)),
            @r#"{"@odata.context":"https://t.example/v1.0/$metadata#Collection(microsoft.graph.callRecords.smsLogRow)","@odata.count":2,"@trunklog.totalCount":7,"@odata.nextLink":"https://t.example/n","value":[1,2]}"#
        );
    }

    #[test]
    fn a_delta_link_stands_where_a_next_link_would() {
        for version in [Version::V1, Version::Beta] {
            for metadata in [Metadata::None, Metadata::Minimal, Metadata::Full] {
                let next = page(version, with(metadata), None);
                let delta = page_with(Link::Delta("https://t.example/n"), version, with(metadata), None);
                assert_eq!(delta, next.replace("nextLink", "deltaLink"));
            }
        }
    }

    #[test]
    fn without_metadata_links_and_counts_stay() {
        assert_snapshot!(
            page(Version::V1, with(Metadata::None), None),
            @r#"{"@odata.count":2,"value":[1,2],"@odata.nextLink":"https://t.example/n"}"#
        );
    }

    #[test]
    fn counts_are_text_where_64_bit_numbers_are() {
        let format = JsonFormat { metadata: Metadata::None, numbers: Numbers::Text };
        assert_snapshot!(
            page(Version::V1, format, Some(7)),
            @r#"{"@odata.count":"2","@trunklog.totalCount":"7","value":[1,2],"@odata.nextLink":"https://t.example/n"}"#
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
