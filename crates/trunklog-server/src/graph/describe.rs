//! What the service says of itself: the service document and `$metadata`.
//!
//! As on Graph, nobody needs a token to read them.

use std::sync::OnceLock;

use axum::response::Response;
use http::header::{ACCEPT, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use trunklog_odata::csdl::requested_format;
use trunklog_odata::envelope::{JsonFormat, Metadata};
use trunklog_odata::path::CALL_RECORDS;
use trunklog_odata::{Error, ErrorKind, Profile, Version, json};
use trunklog_records::metadata;

use super::accept::{MAX_VERSION, MaxVersion, max_version};
use super::request::ApiRequest;
use crate::accept::{Preference, preferred};
use crate::answer::{Access, Failure};
use crate::document::{Document, SharedBytes};
use crate::settings::Settings;

const ODATA_VERSION: HeaderName = HeaderName::from_static("odata-version");
const XML: &str = "application/xml";
/// The same under its older name, which some clients accept alone (RFC 7303,
/// section 9.2). Without a charset, older programs take it for ASCII.
const TEXT_XML: &str = "text/xml";
const TEXT_XML_IN_UTF8: &str = "text/xml; charset=utf-8";
const JSON: &str = "application/json";

/// `{root}/{version}/`: what there is at the root.
pub(super) fn service_document(request: ApiRequest<'_>, access: &mut Access) -> Result<Response, Failure> {
    access.route = "service document";
    let format = requested_format(request.parts.uri.query().unwrap_or_default())?;
    let preference = negotiate(request, format.as_deref(), &[JSON], "")?;
    max_version(&request.parts.headers, request.app.settings.profile)?;
    let parameters = preference.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let format = JsonFormat::of(parameters).unwrap_or_default();
    let root = format!("{}/{}", request.root, request.version.segment());
    let text = service_document_text(&root, format.metadata);
    let mut response = Document::new(text).response(&request.parts.headers, JSON);
    let headers = response.headers_mut();
    // Text from a table, which is a valid header.
    if let Ok(media_type) = HeaderValue::from_str(&format.media_type()) {
        headers.insert(CONTENT_TYPE, media_type);
    }
    headers.insert(ODATA_VERSION, HeaderValue::from_static("4.0"));
    Ok(response)
}

/// Source: OData JSON Format 4.01, section 5. `root` includes the version.
fn service_document_text(root: &str, metadata: Metadata) -> Vec<u8> {
    let [singleton, _] = CALL_RECORDS;
    let mut out = Vec::with_capacity(256);
    out.push(b'{');
    if metadata != Metadata::None {
        out.extend_from_slice(b"\"@odata.context\":");
        json::write_string(&format!("{root}/$metadata"), &mut out);
        out.push(b',');
    }
    out.extend_from_slice(b"\"value\":[{\"name\":");
    json::write_string(singleton, &mut out);
    out.extend_from_slice(b",\"kind\":\"Singleton\",\"url\":");
    // Without a context there is nothing that a relative address is relative to
    // but the request's, which may lack its slash at the end.
    match metadata {
        Metadata::None => json::write_string(&format!("{root}/{singleton}"), &mut out),
        Metadata::Minimal | Metadata::Full => json::write_string(singleton, &mut out),
    }
    out.extend_from_slice(b"}]}");
    out
}

/// `{root}/{version}/$metadata`: the model, as XML, or as JSON for those who ask
/// for it by `$format` or say that they understand it.
pub(super) fn metadata(request: ApiRequest<'_>, access: &mut Access) -> Result<Response, Failure> {
    access.route = "$metadata";
    let headers = &request.parts.headers;
    let newest = max_version(headers, request.app.settings.profile)?;
    let format = requested_format(request.parts.uri.query().unwrap_or_default())?;
    let is_named = format.is_some();
    let offers: &[&'static str] = match newest {
        MaxVersion::V4 if is_named => &[XML, TEXT_XML],
        MaxVersion::V4 | MaxVersion::V401 | MaxVersion::Unsaid => &[XML, TEXT_XML, JSON],
    };
    let note = if offers.contains(&JSON) { "" } else { "; application/json needs OData-MaxVersion: 4.01" };
    let media_type = offers[negotiate(request, format.as_deref(), offers, note)?.offer];
    // Only version 4.01 of OData has metadata in JSON. Clients of 4.0 accept
    // JSON in all requests alike, and know no metadata but XML.
    let takes_json = is_named || newest == MaxVersion::V401;
    let description = description(request.version, &request.app.settings);
    let (mut response, version) = if media_type == JSON && takes_json {
        (description.json.response(headers, "application/json;odata.metadata=minimal;charset=utf-8"), "4.01")
    } else {
        let media_type = if media_type == TEXT_XML { TEXT_XML_IN_UTF8 } else { XML };
        (description.xml.response(headers, media_type), "4.0")
    };
    response.headers_mut().insert(ODATA_VERSION, HeaderValue::from_static(version));
    response.headers_mut().append(VARY, HeaderValue::from_name(MAX_VERSION));
    response.extensions_mut().insert(SharedBytes);
    Ok(response)
}

/// What of `offers` the client prefers, by its `$format` or else by `Accept`.
/// `note` ends the hint for who prefers none of them.
fn negotiate(
    request: ApiRequest<'_>,
    format: Option<&str>,
    offers: &[&str],
    note: &str,
) -> Result<Preference, Failure> {
    let parts = request.parts;
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Err(Failure::method_not_allowed("GET, HEAD"));
    }
    let preference = match format {
        None => preferred(&parts.headers, offers),
        Some(format) => named(format, offers),
    };
    preference.ok_or_else(|| {
        let message = "None of the media types that the request admits can be served.";
        let hint = format!("there is {}, chosen by Accept or by $format{note}", offers.join(" and "));
        Error::new(ErrorKind::NotAcceptable, message).hint(hint).into()
    })
}

/// What `$format` names. It is a media type in the grammar of `Accept`, and
/// takes its place.
fn named(format: &str, offers: &[&str]) -> Option<Preference> {
    let media_type = format.split(';').next().unwrap_or_default().trim();
    let offer = offers.iter().position(|offer| offer.eq_ignore_ascii_case(media_type))?;
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_str(format).ok()?)]);
    let Preference { parameters, .. } = preferred(&headers, &offers[offer..=offer])?;
    Some(Preference { offer, parameters })
}

/// A description in both forms.
struct Description {
    xml: Document,
    json: Document,
}

/// The description, made when somebody first asks for it. There are eight:
/// they depend on the version, on whether the cloud has functions and on
/// whether the profile is strict.
fn description(version: Version, settings: &Settings) -> &'static Description {
    static ALL: [OnceLock<Description>; 8] = [const { OnceLock::new() }; 8];
    let logs = settings.logs();
    let place = usize::from(version == Version::Beta)
        + 2 * usize::from(logs.is_empty())
        + 4 * usize::from(settings.profile == Profile::Strict);
    ALL[place].get_or_init(|| {
        let document = metadata::describe(version, logs, settings.profile);
        Description { xml: Document::new(document.to_xml()), json: Document::new(document.to_json()) }
    })
}

#[cfg(test)]
mod tests {
    use trunklog_identity::Cloud;

    use super::*;

    #[test]
    fn a_service_document_names_its_metadata() {
        let text =
            |metadata| String::from_utf8(service_document_text("https://t.example/beta", metadata)).unwrap();
        insta::assert_snapshot!(
            text(Metadata::Minimal),
            @r#"{"@odata.context":"https://t.example/beta/$metadata","value":[{"name":"communications","kind":"Singleton","url":"communications"}]}"#
        );
        insta::assert_snapshot!(
            text(Metadata::None),
            @r#"{"value":[{"name":"communications","kind":"Singleton","url":"https://t.example/beta/communications"}]}"#
        );
    }

    #[test]
    fn every_description_is_its_own() {
        let settings = |cloud, profile| Settings { profile, cloud, ..Settings::default() };
        let mut all = Vec::new();
        for version in [Version::V1, Version::Beta] {
            for cloud in [Cloud::Global, Cloud::China] {
                for profile in [Profile::Default, Profile::Strict] {
                    let settings = settings(cloud, profile);
                    let headers = HeaderMap::new();
                    let body = description(version, &settings).xml.response(&headers, XML).into_body();
                    let bytes = futures_util::FutureExt::now_or_never(axum::body::to_bytes(body, usize::MAX));
                    let text = String::from_utf8(bytes.unwrap().unwrap().to_vec()).unwrap();
                    let direct = metadata::describe(version, settings.logs(), profile).to_xml();
                    assert_eq!(text.as_bytes(), direct, "{version:?} {cloud:?} {profile:?}");
                    assert_eq!(text.contains("<Function "), cloud == Cloud::Global);
                    all.push(text);
                }
            }
        }
        // Without functions both versions are the same.
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 6);
    }
}
