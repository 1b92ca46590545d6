//! As what a report is sent.

use http::HeaderMap;
use trunklog_odata::{Error, ErrorKind};

use crate::accept::{JSON, for_people, preferred};

const CSV: &str = "text/csv";

/// The names of forms, as the parameter `format` takes them.
pub(crate) const NAMES: [&str; 2] = ["json", "csv"];

/// As what a report is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    Json,
    Csv,
    /// With a byte-order mark, by which Excel knows its letters.
    CsvForPeople,
}

impl Form {
    /// What the client asks for, by `format` or else by `Accept`.
    ///
    /// # Errors
    /// 400 for a format that there is not, 406 when `Accept` admits none.
    pub(super) fn of(format: Option<&str>, headers: &HeaderMap) -> Result<Form, Error> {
        match format {
            Some(name) if name.eq_ignore_ascii_case("json") => Ok(Form::Json),
            Some(name) if name.eq_ignore_ascii_case("csv") => Ok(Form::Csv),
            Some(_) => Err(Error::bad_request("format: there is no such format").hint("take json or csv")),
            None => Form::accepted(headers, &[JSON, CSV]),
        }
    }

    /// The same of what is there as JSON alone.
    pub(super) fn json_alone(headers: &HeaderMap) -> Result<Form, Error> {
        Form::accepted(headers, &[JSON])
    }

    fn accepted(headers: &HeaderMap, offers: &[&str]) -> Result<Form, Error> {
        let preference = preferred(headers, offers).ok_or_else(|| {
            let message = "None of the media types in the Accept header can be served.";
            Error::new(ErrorKind::NotAcceptable, message).hint(format!("there is {}", offers.join(" and ")))
        })?;
        Ok(match (offers[preference.offer], for_people(&preference.parameters)) {
            (CSV, Some(true)) => Form::CsvForPeople,
            (CSV, _) => Form::Csv,
            _ => Form::Json,
        })
    }

    /// What it is called on the wire.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Form::Json => JSON,
            Form::Csv | Form::CsvForPeople => "text/csv; charset=utf-8; header=present",
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::ACCEPT;

    use super::*;

    fn of(format: Option<&str>, accept: &'static str) -> Result<Form, Error> {
        Form::of(format, &HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]))
    }

    #[test]
    fn the_parameter_wins_over_the_header() {
        for (format, accept, form) in [
            (None, "*/*", Form::Json),
            (None, "text/csv", Form::Csv),
            (None, "text/csv;bom=true", Form::CsvForPeople),
            (None, "text/html, application/json;q=0.5", Form::Json),
            (Some("CSV"), "application/json", Form::Csv),
            (Some("json"), "text/html", Form::Json),
        ] {
            assert_eq!(of(format, accept), Ok(form), "{format:?} {accept}");
        }
        assert_eq!(Form::of(None, &HeaderMap::new()), Ok(Form::Json));
        assert_eq!(of(Some("xml"), "*/*").unwrap_err().kind(), ErrorKind::BadRequest);
        assert_eq!(of(None, "application/xml").unwrap_err().kind(), ErrorKind::NotAcceptable);
        assert!(NAMES.iter().all(|name| of(Some(name), "*/*").is_ok()));
    }
}
