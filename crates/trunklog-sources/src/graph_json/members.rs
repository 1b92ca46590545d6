//! What is around rows: the members of pages, of answers to a batch and of
//! errors.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use trunklog_records::recognition::holds_additional;

/// The members of an object that holds rows or is in the place of rows.
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
    /// The JSON of `value`, where it was not read in place.
    pub(super) value: Option<&'a str>,
    /// The JSON of `responses`, where it was not read in place.
    pub(super) responses: Option<&'a str>,
    /// How many rows it says that it has.
    pub(super) count: Option<u64>,
    pub(super) error: Option<&'a str>,
    pub(super) has_error_description: bool,
    /// Whether there is something else that only errors have.
    pub(super) has_sign_of_error: bool,
    /// The code of an error that has no `error` around it.
    pub(super) code: Option<String>,
    /// Whether there is something that only pages have.
    pub(super) is_of_page: bool,
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
            "@odata.count" | "@count" | "odatacount" | "odata_count" | "count" => {
                self.is_of_page = true;
                self.count = text(value).and_then(|count| count.parse().ok());
            }
            "value" => {
                self.is_of_page = true;
                self.value = Some(value);
            }
            "responses" => self.responses = Some(value),
            additional if holds_additional(additional) => self.add_additional(value),
            "status" | "statuscode" => match text(value).and_then(|status| status.parse().ok()) {
                Some(status) => self.status = Some(status),
                None if is_nothing(value) => {}
                // Not that of HTTP.
                None => self.others.push(name),
            },
            "body" => self.body = Some(value).filter(|body| !is_nothing(body)),
            "error" | "odata.error" => self.error = Some(value).filter(|error| !is_nothing(error)),
            "error_description" => self.has_error_description = true,
            annotation if annotation.contains('@') => {}
            known => {
                match known {
                    "id" => self.id = text(value),
                    "code" => self.code = text(value),
                    "errors" => self.has_sign_of_error |= holds_something(value),
                    "fault" => self.has_sign_of_error |= value.starts_with('{') && holds_something(value),
                    // The record of an error in PowerShell.
                    "fullyqualifiederrorid" => self.has_sign_of_error = true,
                    _ => {}
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

    /// The names of the members that neither pages nor answers to a batch nor
    /// errors have.
    pub(super) fn others(&self) -> impl Iterator<Item = &str> + Clone {
        self.others.iter().map(|name| &**name)
    }

    /// Whether it is a page whose rows are null, not there, or none. Where
    /// Graph's own context is missing, nothing else may be beside them.
    pub(super) fn is_page_without_rows(&self) -> bool {
        let is_empty = self.value.is_none_or(|value| is_nothing(value) || is_empty_list(value));
        let is_told = self.context.is_some() && self.value.is_some_and(is_empty_list);
        let is_other = self.error.is_some() || self.body.is_some();
        self.is_of_page && is_empty && !is_other && (self.others.is_empty() || is_told)
    }

    /// Whether it is an answer to a batch that had no requests.
    pub(super) fn is_batch_of_nothing(&self) -> bool {
        let is_other = self.value.is_some() || self.error.is_some() || self.body.is_some();
        self.responses.is_some_and(is_empty_list) && !is_other && self.others.is_empty()
    }

    /// Whether it has a list of rows or responses with nothing in it.
    pub(super) fn lists_nothing(&self) -> bool {
        [self.value, self.responses].into_iter().flatten().any(is_empty_list)
    }

    /// Whether all that it has is the body of an answer, as flows of Power
    /// Automate and Logic Apps save them.
    pub(super) fn is_body_alone(&self) -> bool {
        let is_other = self.value.is_some() || self.responses.is_some() || self.error.is_some();
        let is_of_answer = |name: &str| name.eq_ignore_ascii_case("headers");
        self.body.is_some() && !is_other && !self.is_of_page && self.others().all(is_of_answer)
    }
}

/// The start of an object, up to where what it holds starts, as an object of
/// its own.
pub(super) fn object_of_head(head: &[u8]) -> Vec<u8> {
    let head = head.trim_ascii_end();
    let members = head.strip_suffix(b"[").unwrap_or(head);
    [members, b"null}".as_slice()].concat()
}

/// The end of an object, from after what it holds, as an object itself.
/// An annotation without a name stands for what it held.
pub(super) fn object_of_tail(tail: &[u8]) -> Vec<u8> {
    [b"{\"@\":null".as_slice(), tail].concat()
}

/// Hands over the members of a JSON object, each with its name and its JSON.
/// False when the text is no object; what came before its fault was handed over.
pub(super) fn each_member<'a>(json: &'a [u8], take: impl FnMut(Cow<'a, str>, &'a str)) -> bool {
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

fn is_empty_list(json: &str) -> bool {
    json.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(|list| list.trim().is_empty())
}

/// Whether it is a list or an object with anything in it.
fn holds_something(json: &str) -> bool {
    let inside = |open: char, close: char| json.strip_prefix(open)?.strip_suffix(close);
    inside('[', ']').or_else(|| inside('{', '}')).is_some_and(|held| !held.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

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
            (r#"{"@odata.context":"c","value":[]}"#, true),
            (r#"{"value":[ ],"Count":0}"#, true),
            (r#"{"@odata.context":"c","value":[],"tips":"t"}"#, true),
            (r#"{"value":[],"tips":"t"}"#, false),
            (r#"{"value":[],"status":"failed"}"#, false),
            (r#"{"value":[7]}"#, false),
        ] {
            assert_eq!(Members::read(json.as_bytes()).unwrap().is_page_without_rows(), is_page, "{json}");
        }
    }

    #[test]
    fn halves_of_objects_become_objects() {
        for head in [r#"{"id":"1","value":["#, "{\"id\":\"1\",\"value\" : [ \r\n ", r#"{"id":"1","value":"#] {
            let object = object_of_head(head.as_bytes());
            let members = Members::read(&object).unwrap();
            assert_eq!((members.id.as_deref(), members.value), (Some("1"), Some("null")), "{head}");
        }
        let object = object_of_tail(br#" , "id":"1" }"#);
        let members = Members::read(&object).unwrap();
        assert_eq!(members.others().collect::<Vec<_>>(), ["id"]);
        assert!(!members.is_of_page);
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
