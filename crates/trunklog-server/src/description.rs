//! How a service of OData describes itself: the service document and `$metadata`,
//! whose texts each service has of its own.

use axum::response::Response;
use http::header::{CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderName, HeaderValue};
use trunklog_odata::envelope::{JsonFormat, Metadata};
use trunklog_odata::json;

use crate::accept::{JSON, MAX_VERSION};
use crate::document::{Document, SharedBytes};

pub(crate) const ODATA_VERSION: HeaderName = HeaderName::from_static("odata-version");
pub(crate) const XML: &str = "application/xml";
/// The same under its older name, which some clients accept alone (RFC 7303,
/// section 9.2). Without a charset, older programs take it for ASCII.
pub(crate) const TEXT_XML: &str = "text/xml";
const TEXT_XML_IN_UTF8: &str = "text/xml; charset=utf-8";

/// A model in both forms.
pub(crate) struct Description {
    pub(crate) xml: Document,
    pub(crate) json: Document,
}

impl Description {
    /// The answer with the form of that media type. Only version 4.01 of OData has
    /// metadata in JSON. Clients of 4.0 accept JSON in all requests alike, and know no
    /// metadata but XML: they do not take it.
    pub(crate) fn response(&self, request: &HeaderMap, media_type: &str, takes_json: bool) -> Response {
        let (mut response, version) = if media_type == JSON && takes_json {
            (self.json.response(request, "application/json;odata.metadata=minimal;charset=utf-8"), "4.01")
        } else {
            let media_type = if media_type == TEXT_XML { TEXT_XML_IN_UTF8 } else { XML };
            (self.xml.response(request, media_type), "4.0")
        };
        response.headers_mut().insert(ODATA_VERSION, HeaderValue::from_static(version));
        response.headers_mut().append(VARY, HeaderValue::from_name(MAX_VERSION));
        response.extensions_mut().insert(SharedBytes);
        response
    }
}

/// The answer with a service document: what there is at the root, each with its kind.
pub(crate) fn service_document<'a>(
    request: &HeaderMap,
    root: &str,
    all: impl Iterator<Item = (&'a str, &'a str)>,
    format: JsonFormat,
) -> Response {
    let text = service_document_text(root, all, format.metadata);
    let mut response = Document::new(text).response(request, JSON);
    // Text from a table, which is a valid header.
    if let Ok(media_type) = HeaderValue::from_str(&format.media_type()) {
        response.headers_mut().insert(CONTENT_TYPE, media_type);
    }
    response
}

/// Source: OData JSON Format 4.01, section 5.
pub(crate) fn service_document_text<'a>(
    root: &str,
    all: impl Iterator<Item = (&'a str, &'a str)>,
    metadata: Metadata,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    out.push(b'{');
    if metadata != Metadata::None {
        out.extend_from_slice(b"\"@odata.context\":");
        json::write_string(&format!("{root}/$metadata"), &mut out);
        out.push(b',');
    }
    out.extend_from_slice(b"\"value\":[");
    for (at, (name, kind)) in all.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(b"{\"name\":");
        json::write_string(name, &mut out);
        out.extend_from_slice(b",\"kind\":");
        json::write_string(kind, &mut out);
        out.extend_from_slice(b",\"url\":");
        // Without a context there is nothing that a relative address is relative to
        // but the request's, which may lack its slash at the end.
        match metadata {
            Metadata::None => json::write_string(&format!("{root}/{name}"), &mut out),
            Metadata::Minimal | Metadata::Full => json::write_string(name, &mut out),
        }
        out.push(b'}');
    }
    out.extend_from_slice(b"]}");
    out
}
