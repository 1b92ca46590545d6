//! As what rows are sent.

use std::borrow::Cow;

use http::HeaderMap;
use trunklog_exports::Format;
use trunklog_odata::envelope::JsonFormat;
use trunklog_odata::{Error, ErrorKind, Profile};

use crate::accept::{JSON, MediaRange, Preference, for_people, preferred};

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

    /// The same as `bom`, an option of ours, wants it.
    ///
    /// # Errors
    /// 400 when it wants a byte-order mark before something else than CSV.
    pub(in crate::graph) fn with_bom(self, bom: Option<bool>) -> Result<Representation, Error> {
        match (self, bom) {
            (Representation::Export(Format::Csv | Format::CsvForPeople), Some(bom)) => {
                Ok(Representation::Export(if bom { Format::CsvForPeople } else { Format::Csv }))
            }
            (_, Some(true)) => Err(Error::bad_request("The bom query option belongs to CSV.")
                .hint("leave it out, or ask for $format=csv")),
            (other, _) => Ok(other),
        }
    }
}

/// By the name of a format, or by a media type.
fn named(text: &str, exports: &[Format]) -> Option<Representation> {
    let range = MediaRange::parse(&full(text.trim()))?;
    let media_type = range.media_type()?;
    if media_type == JSON {
        return range.json_format().map(Representation::Page);
    }
    let format = Format::by_media_type(&media_type).filter(|format| exports.contains(format))?;
    export(format, &range.parameters)
}

/// The media type that a short name stands for, with its parameters; what is
/// none stays as it is.
fn full(text: &str) -> Cow<'_, str> {
    let (name, parameters) = text.split_at(text.find(';').unwrap_or(text.len()));
    let name = name.trim();
    let format = || Format::by_name(name)?.names().first().copied();
    let known = if name.eq_ignore_ascii_case("json") { Some(JSON) } else { format() };
    known.map_or(Cow::Borrowed(text), |known| Cow::Owned(format!("{known}{parameters}")))
}

/// A format in the variant that the parameters of its media type name; None
/// when it has none such.
fn export(format: Format, parameters: &[(String, String)]) -> Option<Representation> {
    let format = match (format, for_people(parameters)?) {
        (Format::Csv, true) => Format::CsvForPeople,
        (_, true) => return None,
        (format, false) => format,
    };
    Some(Representation::Export(format))
}

fn accepted(headers: &HeaderMap, exports: &[Format]) -> Option<Representation> {
    let others: Vec<(&str, Format)> =
        exports.iter().flat_map(|format| format.names().iter().map(move |name| (*name, *format))).collect();
    let offers: Vec<&str> = std::iter::once(JSON).chain(others.iter().map(|(name, _)| *name)).collect();
    let Preference { offer, parameters } = preferred(headers, &offers)?;
    if offer > 0 {
        return export(others[offer - 1].1, &parameters);
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
        "there is {}; JSON takes odata.metadata=none, minimal or full and IEEE754Compatible=true or false, CSV \
         bom=true or false",
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
            ("csv;bom=true", Representation::Export(Format::CsvForPeople)),
            ("Csv ; BOM=True", Representation::Export(Format::CsvForPeople)),
            ("text/csv;bom=true", Representation::Export(Format::CsvForPeople)),
            ("text/csv; charset=utf-8; bom=\"true\"", Representation::Export(Format::CsvForPeople)),
            ("csv;bom=false", Representation::Export(Format::Csv)),
            ("csv;header=present", Representation::Export(Format::Csv)),
            ("json;odata.metadata=none", page(Metadata::None, Numbers::Plain)),
            ("ndjson", Representation::Export(Format::Ndjson)),
            ("arrow", Representation::Export(Format::Arrow)),
            ("parquet", Representation::Export(Format::Parquet)),
        ] {
            let found = of(Some(option), "application/xml", Profile::Default);
            assert_eq!(found, Ok(expected), "{option}");
        }
        for option in [
            "",
            "xml",
            "atom",
            "application/json;odata.metadata=verbose",
            "json;odata.metadata=verbose",
            "*/*",
            "application/*",
            "csv;bom=perhaps",
            "ndjson;bom=true",
            ";bom=true",
        ] {
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
            ("text/csv;bom=true", Format::CsvForPeople),
            ("text/csv;bom=true;q=0.9, application/json;q=0.5", Format::CsvForPeople),
            ("text/csv;bom=perhaps, application/x-ndjson;q=0.1", Format::Ndjson),
            ("application/x-ndjson", Format::Ndjson),
            ("application/jsonl, application/json;q=0.5", Format::Ndjson),
            ("application/vnd.apache.arrow.stream", Format::Arrow),
            ("application/vnd.apache.parquet, */*;q=0.9", Format::Parquet),
        ] {
            assert_eq!(of(None, accept, Profile::Default), Ok(Representation::Export(format)), "{accept}");
        }
    }

    #[test]
    fn a_byte_order_mark_belongs_to_csv() {
        let (plain, marked) =
            (Representation::Export(Format::Csv), Representation::Export(Format::CsvForPeople));
        for one in [plain, marked] {
            assert_eq!(one.with_bom(Some(true)), Ok(marked));
            assert_eq!(one.with_bom(Some(false)), Ok(plain));
            assert_eq!(one.with_bom(None), Ok(one));
        }
        for other in [page(Metadata::Minimal, Numbers::Plain), Representation::Export(Format::Parquet)] {
            assert!(other.with_bom(Some(true)).is_err_and(|error| error.hint_text().is_some()));
            assert_eq!(other.with_bom(Some(false)), Ok(other));
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
