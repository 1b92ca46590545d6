//! As what rows are sent.

use http::HeaderMap;
use trunklog_exports::Format;
use trunklog_odata::envelope::JsonFormat;
use trunklog_odata::{Error, ErrorKind, Profile};

use super::media_range::{JSON, MediaRange};
use super::{Wanted, wanted};

/// As what a function's rows are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::graph) enum Representation {
    /// Page by page, as Graph does.
    Page(JsonFormat),
    /// All of them at once.
    Export(Format),
}

impl Representation {
    /// What the client asks for, by `$format` (its decoded value) or else by
    /// `Accept`.
    ///
    /// # Errors
    /// 406 when it is nothing that we have. The real service has JSON alone.
    pub(in crate::graph) fn of(
        option: Option<&str>,
        headers: &HeaderMap,
        profile: Profile,
    ) -> Result<Representation, Error> {
        let exports: &[Format] = if profile.is_strict() { &[] } else { &Format::ALL };
        let found = match option {
            Some(text) => named(text, exports),
            None => accepted(headers, exports),
        };
        found.ok_or_else(|| not_acceptable(option, exports))
    }
}

/// By the name of a format, or by a media type.
fn named(text: &str, exports: &[Format]) -> Option<Representation> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("json") {
        return Some(Representation::Page(JsonFormat::default()));
    }
    let range = MediaRange::parse(text);
    if let Some(range) = &range
        && range.media_type().as_deref() == Some(JSON)
    {
        return range.json_format().map(Representation::Page);
    }
    let format = Format::by_name(text).or_else(|| Format::by_media_type(&range?.media_type()?))?;
    exports.contains(&format).then_some(Representation::Export(format))
}

fn accepted(headers: &HeaderMap, exports: &[Format]) -> Option<Representation> {
    let others: Vec<(&str, Format)> =
        exports.iter().flat_map(|format| format.names().iter().map(move |name| (*name, *format))).collect();
    let offers: Vec<&str> = std::iter::once(JSON).chain(others.iter().map(|(name, _)| *name)).collect();
    let Wanted { offer, parameters } = wanted(headers, &offers)?;
    if offer > 0 {
        return Some(Representation::Export(others[offer - 1].1));
    }
    let parameters = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    JsonFormat::of(parameters).map(Representation::Page)
}

fn not_acceptable(option: Option<&str>, exports: &[Format]) -> Error {
    let message = match option {
        Some(_) => "The value of the $format query option cannot be served.",
        None => "None of the media types in the Accept header can be served.",
    };
    let known = exports.iter().filter_map(|format| format.names().first());
    let known: Vec<&str> = std::iter::once(JSON).chain(known.copied()).collect();
    Error::new(ErrorKind::NotAcceptable, message).hint(format!(
        "there is {}; JSON takes odata.metadata=none, minimal or full and IEEE754Compatible=true or false",
        known.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::ACCEPT;
    use trunklog_odata::envelope::{Metadata, Numbers};

    use super::*;

    fn of(option: Option<&str>, accept: &'static str, profile: Profile) -> Result<Representation, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        Representation::of(option, &headers, profile)
    }

    fn page(metadata: Metadata, numbers: Numbers) -> Representation {
        Representation::Page(JsonFormat { metadata, numbers })
    }

    #[test]
    fn the_option_wins_over_the_header() {
        for (option, expected) in [
            ("json", page(Metadata::Minimal, Numbers::Plain)),
            ("application/json;odata.metadata=full", page(Metadata::Full, Numbers::Plain)),
            ("application/json;metadata=none;IEEE754Compatible=true", page(Metadata::None, Numbers::Text)),
            ("CSV", Representation::Export(Format::Csv)),
            ("text/csv", Representation::Export(Format::Csv)),
            ("ndjson", Representation::Export(Format::Ndjson)),
            ("arrow", Representation::Export(Format::Arrow)),
            ("parquet", Representation::Export(Format::Parquet)),
        ] {
            let found = of(Some(option), "application/xml", Profile::Default);
            assert_eq!(found, Ok(expected), "{option}");
        }
        for option in ["", "xml", "atom", "application/json;odata.metadata=verbose", "*/*", "application/*"] {
            let error = of(Some(option), "application/json", Profile::Default).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotAcceptable, "{option}");
            assert!(error.hint_text().unwrap().contains("text/csv"), "{error}");
        }
    }

    #[test]
    fn browsers_get_json() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        let minimal = page(Metadata::Minimal, Numbers::Plain);
        assert_eq!(of(None, browser, Profile::Default), Ok(minimal));
        let full = "application/json;odata.metadata=full;IEEE754Compatible=true, */*;q=0.1";
        assert_eq!(of(None, full, Profile::Default), Ok(page(Metadata::Full, Numbers::Text)));
        for (accept, format) in [
            ("text/csv", Format::Csv),
            ("application/x-ndjson", Format::Ndjson),
            ("application/jsonl, application/json;q=0.5", Format::Ndjson),
            ("application/vnd.apache.arrow.stream", Format::Arrow),
            ("application/vnd.apache.parquet, */*;q=0.9", Format::Parquet),
        ] {
            assert_eq!(of(None, accept, Profile::Default), Ok(Representation::Export(format)), "{accept}");
        }
    }

    #[test]
    fn the_real_service_has_json_alone() {
        assert!(of(None, "text/csv", Profile::Strict).is_err());
        assert!(of(Some("csv"), "*/*", Profile::Strict).is_err());
        let none = page(Metadata::None, Numbers::Plain);
        assert_eq!(of(None, "text/csv, application/json;odata.metadata=none", Profile::Strict), Ok(none));
    }
}
