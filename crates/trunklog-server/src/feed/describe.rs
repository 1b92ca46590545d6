//! What the feed says of itself: the service document and `$metadata`.

use std::sync::OnceLock;

use axum::response::Response;
use http::header::ACCEPT;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use trunklog_odata::csdl::requested_format;
use trunklog_odata::envelope::JsonFormat;
use trunklog_odata::{Error, ErrorKind, Profile};

use super::request::FeedRequest;
use super::sets::{Set, sets};
use super::{authorize, metadata};
use crate::accept::{JSON, MaxVersion, Preference, max_version, preferred};
use crate::answer::{Access, Failure};
use crate::description::{self, Description, TEXT_XML, XML};
use crate::document::Document;

/// `{root}/`: the sets that the reader may read.
pub(super) fn service_document(request: FeedRequest<'_>, access: &mut Access) -> Result<Response, Failure> {
    access.route = "feed service document";
    let parts = request.parts;
    let format = requested_format(parts.uri.query().unwrap_or_default())?;
    let format = json_format(parts, format.as_deref())?;
    let readable: Vec<&Set> = sets().iter().filter(|set| set.may_read(request.principal)).collect();
    if readable.is_empty() {
        authorize(request, &sets()[0])?;
    }
    let sets = readable.iter().map(|set| (set.name, "EntitySet"));
    Ok(description::service_document(&parts.headers, request.root, sets, format))
}

/// `{root}/$metadata`: the model, as XML, or as JSON for those who ask for it by
/// `$format` or say that they understand it.
pub(super) fn metadata(request: FeedRequest<'_>, access: &mut Access) -> Result<Response, Failure> {
    const OFFERS: [&str; 3] = [XML, TEXT_XML, JSON];
    access.route = "feed $metadata";
    let headers = &request.parts.headers;
    let newest = max_version(headers, Profile::Default)?;
    let format = requested_format(request.parts.uri.query().unwrap_or_default())?;
    let takes_json = format.is_some() || newest == MaxVersion::V401;
    let media_type = match &format {
        Some(named) => named_of(&OFFERS, named),
        None => preferred(headers, &OFFERS).map(|preference| OFFERS[preference.offer]),
    };
    let Some(media_type) = media_type else {
        let hint = format!("there is {XML} and {JSON}, chosen by Accept or by $format");
        return Err(not_acceptable(hint).into());
    };
    Ok(description().response(headers, media_type, takes_json))
}

/// The form of JSON that a client wants, by `$format` or else by `Accept`.
///
/// # Errors
/// 406 when it wants something else.
pub(super) fn json_format(parts: &Parts, named: Option<&str>) -> Result<JsonFormat, Failure> {
    let preference = match named {
        // The short name of the media type.
        Some(short) if short.eq_ignore_ascii_case("json") => Some(Vec::new()),
        Some(named) => named_of(&[JSON], named).and_then(|_| {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_str(named).ok()?)]);
            preferred(&headers, &[JSON]).map(|Preference { parameters, .. }| parameters)
        }),
        None => preferred(&parts.headers, &[JSON]).map(|Preference { parameters, .. }| parameters),
    };
    let format = preference.and_then(|parameters| {
        JsonFormat::of(parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    });
    format
        .ok_or_else(|| not_acceptable(format!("there is {JSON} with odata.metadata=minimal or none")).into())
}

/// Which of the offers a `$format` names.
fn named_of(offers: &[&'static str], named: &str) -> Option<&'static str> {
    let media_type = named.split(';').next().unwrap_or_default().trim();
    offers.iter().copied().find(|offer| offer.eq_ignore_ascii_case(media_type))
}

fn not_acceptable(hint: String) -> Error {
    let message = "None of the media types that the request admits can be served.";
    Error::new(ErrorKind::NotAcceptable, message).hint(hint)
}

/// The description, made when somebody first asks for it.
fn description() -> &'static Description {
    static DESCRIPTION: OnceLock<Description> = OnceLock::new();
    DESCRIPTION.get_or_init(|| {
        let document = metadata::describe();
        Description { xml: Document::new(document.to_xml()), json: Document::new(document.to_json()) }
    })
}
