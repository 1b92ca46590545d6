//! What the service says of itself: the service document and `$metadata`.
//!
//! As on Graph, nobody needs a token to read them.

use std::sync::OnceLock;

use axum::response::Response;
use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method};
use trunklog_odata::csdl::requested_format;
use trunklog_odata::envelope::JsonFormat;
use trunklog_odata::path::CALL_RECORDS;
use trunklog_odata::{Error, ErrorKind, Profile, Version};
use trunklog_records::metadata;

use super::accept::{MaxVersion, max_version};
use super::request::ApiRequest;
use crate::accept::{JSON, Preference, preferred};
use crate::answer::{Access, Failure};
use crate::description::{self, Description, ODATA_VERSION, TEXT_XML, XML};
use crate::document::Document;
use crate::settings::Settings;

/// `{root}/{version}/`: what there is at the root.
pub(super) fn service_document(request: ApiRequest<'_>, access: &mut Access) -> Result<Response, Failure> {
    access.route = "service document";
    let format = requested_format(request.parts.uri.query().unwrap_or_default())?;
    let preference = negotiate(request, format.as_deref(), &[JSON], "")?;
    max_version(&request.parts.headers, request.app.settings.profile)?;
    let parameters = preference.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let format = JsonFormat::of(parameters).unwrap_or_default();
    let root = format!("{}/{}", request.root, request.version.segment());
    let mut response = description::service_document(&request.parts.headers, &root, singletons(), format);
    response.headers_mut().insert(ODATA_VERSION, HeaderValue::from_static("4.0"));
    Ok(response)
}

/// What is at the root, with its kind.
fn singletons() -> impl Iterator<Item = (&'static str, &'static str)> {
    let [singleton, _] = CALL_RECORDS;
    std::iter::once((singleton, "Singleton"))
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
    let takes_json = is_named || newest == MaxVersion::V401;
    let description = description(request.version, &request.app.settings);
    Ok(description.response(headers, media_type, takes_json))
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
    use trunklog_odata::envelope::Metadata;

    use super::*;
    use crate::description::service_document_text;

    #[test]
    fn a_service_document_names_its_metadata() {
        let text = |metadata| {
            String::from_utf8(service_document_text("https://t.example/beta", singletons(), metadata))
                .unwrap()
        };
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
