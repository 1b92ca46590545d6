//! What stands around rows: the members of pages, of answers to a batch and of
//! errors.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use trunklog_records::kind_of_properties;

use super::missing::{Instead, MissingPage, Place, printable};

/// The members of an object that holds rows or stands in the place of rows.
///
/// Names are taken in any letter case, and as the SDKs of Graph write them:
/// `@odata.nextLink`, `OdataNextLink`, `odata_next_link`.
#[derive(Debug, Default)]
pub(super) struct Members<'a> {
    pub(super) context: Option<String>,
    pub(super) next_link: Option<String>,
    pub(super) id: Option<String>,
    pub(super) status: Option<u16>,
    /// The JSON of `body`, unless it is null or an empty text.
    pub(super) body: Option<&'a str>,
    error: Option<&'a str>,
    has_error_description: bool,
    /// Whether there is something that only pages have.
    is_of_page: bool,
    has_value: bool,
    /// The names that mean nothing here.
    others: Vec<Cow<'a, str>>,
}

impl<'a> Members<'a> {
    /// Reads one JSON object; None when it is none.
    pub(super) fn read(json: &'a [u8]) -> Option<Members<'a>> {
        let mut members = Members::default();
        each_member(json, |name, value| members.add(name, value)).then_some(members)
    }

    fn add(&mut self, name: Cow<'a, str>, value: &'a str) {
        match name.to_ascii_lowercase().as_str() {
            "@odata.context" | "@context" | "odatacontext" | "odata_context" => {
                self.is_of_page = true;
                self.context = text(value);
            }
            "@odata.nextlink" | "@nextlink" | "odatanextlink" | "odata_next_link" => {
                self.is_of_page = true;
                self.next_link = text(value);
            }
            "@odata.count" | "@count" | "odatacount" | "odata_count" | "count" => self.is_of_page = true,
            "value" => {
                self.is_of_page = true;
                self.has_value = !is_nothing(value);
            }
            "additionalproperties" | "additionaldata" | "additional_data" => self.add_additional(value),
            "status" | "statuscode" => self.status = text(value).and_then(|status| status.parse().ok()),
            "body" => self.body = Some(value).filter(|body| !is_nothing(body)),
            "error" => self.error = Some(value).filter(|error| !is_nothing(error)),
            "error_description" => self.has_error_description = true,
            annotation if annotation.contains('@') => {}
            known => {
                if known == "id" {
                    self.id = text(value);
                }
                self.others.push(name);
            }
        }
    }

    /// SDKs keep there what their classes do not have.
    fn add_additional(&mut self, value: &'a str) {
        each_member(value.as_bytes(), |name, value| match name.to_ascii_lowercase().as_str() {
            "@odata.context" if self.context.is_none() => {
                self.is_of_page = true;
                self.context = text(value);
            }
            "@odata.nextlink" if self.next_link.is_none() => {
                self.is_of_page = true;
                self.next_link = text(value);
            }
            _ => {}
        });
    }

    /// Whether it is a page whose rows are null or not there.
    pub(super) fn is_page_without_rows(&self) -> bool {
        let is_other = self.has_value || self.error.is_some() || self.body.is_some();
        self.is_of_page && !is_other && self.others.is_empty()
    }

    /// What it says when it is the body of an error.
    ///
    /// Graph's is `{"error":{"code":…,"message":…}}`, that of the token
    /// endpoint `{"error":…,"error_description":…}`, and where PowerShell cut
    /// the depth, `{"error":"@{code=…; message=…}"}`. A row may have a property
    /// of that name.
    pub(super) fn failure(&self) -> Option<MissingPage> {
        let error = self.error?;
        if kind_of_properties(self.others.iter().map(|name| &**name)).is_some() {
            return None;
        }
        let mut page = MissingPage::new(Place::Document, Instead::Error);
        page.status = self.status;
        if error.starts_with('{') {
            let mut is_error = false;
            each_member(error.as_bytes(), |name, value| match name.to_ascii_lowercase().as_str() {
                "code" => {
                    is_error = true;
                    page.code = text(value).as_deref().and_then(printable);
                }
                "message" => is_error = true,
                "innererror" => page.status = page.status.or_else(|| status_within(value)),
                _ => {}
            });
            return is_error.then_some(page);
        }
        let error = text(error)?;
        match error.strip_prefix("@{") {
            Some(members) => {
                let mut words = members.split(['=', ';', '}']).map(str::trim);
                let code = words.find(|name| *name == "code").and_then(|_| words.next());
                page.code = code.and_then(printable);
                Some(page)
            }
            None if self.has_error_description || self.others.is_empty() => {
                page.code = printable(&error);
                Some(page)
            }
            None => None,
        }
    }
}

/// A status that Graph repeats within the error, where the answer's own was
/// not saved.
fn status_within(inner_error: &str) -> Option<u16> {
    let mut status = None;
    each_member(inner_error.as_bytes(), |name, value| {
        if name.eq_ignore_ascii_case("code") {
            status = text(value).and_then(|code| code.parse().ok()).filter(|code| (400..600).contains(code));
        }
    });
    status
}

/// Hands over the members of a JSON object, each with its name and its JSON.
/// False when the text is no object; what came before its fault was handed over.
pub(crate) fn each_member<'a>(json: &'a [u8], take: impl FnMut(Cow<'a, str>, &'a str)) -> bool {
    struct Each<F>(F);

    impl<'de, F: FnMut(Cow<'de, str>, &'de str)> Visitor<'de> for Each<F> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON object")
        }

        fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
            while let Some(Name(name)) = map.next_key::<Name<'de>>()? {
                let value: &'de RawValue = map.next_value()?;
                (self.0)(name, value.get());
            }
            Ok(())
        }
    }

    let mut deserializer = serde_json::Deserializer::from_slice(json);
    deserializer.deserialize_map(Each(take)).and_then(|()| deserializer.end()).is_ok()
}

/// A member's name, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The text of a JSON string or number.
pub(super) fn text(json: &str) -> Option<String> {
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str(json).ok(),
        b'-' | b'0'..=b'9' => Some(json.to_owned()),
        _ => None,
    }
}

fn is_nothing(json: &str) -> bool {
    matches!(json, "null" | "\"\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(json: &str) -> Option<String> {
        Members::read(json.as_bytes()).unwrap().failure().map(|page| page.to_string())
    }

    #[test]
    fn errors_are_told_in_every_form() {
        for (json, told) in [
            (
                r#"{"error":{"code":"TooManyRequests","message":"m","innerError":{"code":"429"}}}"#,
                "an error (status 429, TooManyRequests)",
            ),
            (r#"{"Error":{"Code":"x","Message":"m","InnerError":null}}"#, "an error (x)"),
            (r#"{"error":{"message":"m"}}"#, "an error"),
            (r#"{"statusCode":503,"error":{"message":"m"}}"#, "an error (status 503)"),
            (r#"{"error":"invalid_client","error_description":"x"}"#, "an error (invalid_client)"),
            (r#"{"error":"@{code=UnknownError; message=; innerError=}"}"#, "an error (UnknownError)"),
            // What could be anything is not repeated.
            (r#"{"error":{"code":"call +44 1632 960111","message":"m"}}"#, "an error"),
        ] {
            assert_eq!(failure(json).as_deref(), Some(told), "{json}");
        }
    }

    #[test]
    fn not_everything_called_error_is_one() {
        for json in [
            r#"{"error":null}"#,
            r#"{"error":{"a":1}}"#,
            r#"{"error":[1]}"#,
            r#"{"error":"none","x":1}"#,
            r#"{"correlationId":"c","finalSipCode":0,"error":{"code":"x","message":"m"}}"#,
        ] {
            assert_eq!(failure(json), None, "{json}");
        }
    }

    #[test]
    fn pages_without_rows_are_told() {
        for (json, is_page) in [
            (r#"{"@odata.context":"c","value":null}"#, true),
            (r#"{"@odata.context":"c","value":""}"#, true),
            (r#"{"@odata.context":"c","@odata.count":0}"#, true),
            (r#"{"Value":null,"OdataCount":0,"OdataNextLink":"l","AdditionalProperties":{}}"#, true),
            (r#"{"value":null,"Count":0}"#, true),
            (r#"{"@odata.context":"c","id":"x"}"#, false),
            (r#"{"value":null,"b":1}"#, false),
            (r#"{"value":7}"#, false),
            ("{}", false),
        ] {
            assert_eq!(Members::read(json.as_bytes()).unwrap().is_page_without_rows(), is_page, "{json}");
        }
    }

    #[test]
    fn sdks_name_members_in_their_own_ways() {
        for json in [
            r#"{"@odata.context":"c","@odata.nextLink":"l"}"#,
            r#"{"@odata.context":"c","@odata.NextLink":"l"}"#,
            r#"{"OdataNextLink":"l","AdditionalProperties":{"@odata.context":"c"}}"#,
            r#"{"odata_next_link":"l","additional_data":{"@odata.context":"c"}}"#,
        ] {
            let members = Members::read(json.as_bytes()).unwrap();
            assert_eq!((members.context.as_deref(), members.next_link.as_deref()), (Some("c"), Some("l")));
        }
    }
}
