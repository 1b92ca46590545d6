//! Collections of complex values, kept as JSON on one line.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::value::RawValue;
use trunklog_odata::edm::ComplexType;

use super::super::minify::{minify, write_string};
use super::members::{Members, Text};
use super::origin::RowOrigin;
use super::scalar::Reading;
use super::{powershell, surrogates, wrapped};
use crate::notes::RowNotes;
use crate::recognition::holds_additional;
use crate::rows::Value;

const EXPECTED: &str = "an array of objects";

/// Reads an array of objects, and what scripts make of it: the one object of an
/// array of one, arrays that PowerShell wrapped, objects that it turned into
/// text, and the JSON of it all as text. Items that are null are left out, and
/// so are remains that tell nothing, which are counted.
///
/// Where only such remains were found, there is no value: an empty collection
/// would be another one. Objects that a store gave back stay as they are.
pub(super) fn read<'de>(
    of: &ComplexType,
    json: &'de str,
    origin: RowOrigin,
    notes: &mut RowNotes,
) -> Reading<'de> {
    match json {
        "null" | "{}" => return Ok(None),
        "[]" => return Ok(Some(Value::Text(Cow::Borrowed(json)))),
        _ => {}
    }
    let dropped_before = notes.dropped;
    let mut items = Items { of, json: String::with_capacity(json.len()), notes };
    let read = match json.as_bytes().first() {
        Some(b'[' | b'{') if origin == RowOrigin::Store => items.add_plain(json),
        Some(b'[' | b'{') => items.add_json(json),
        Some(b'"') => match serde_json::from_str::<Text<'_>>(json) {
            Ok(Text(text)) if text.trim().is_empty() => return Ok(None),
            Ok(Text(text)) => items.add_text(text.trim()),
            Err(_) => None,
        },
        _ => None,
    };
    read.ok_or(EXPECTED)?;
    if items.json.is_empty() && items.notes.dropped > dropped_before {
        return Ok(None);
    }
    let mut json = items.json;
    json.insert(0, '[');
    json.push(']');
    Ok(Some(Value::Text(Cow::Owned(json))))
}

/// The items so far. What adds to them gives None when it finds no objects.
struct Items<'a> {
    of: &'a ComplexType,
    /// The items with commas between them.
    json: String,
    notes: &'a mut RowNotes,
}

impl Items<'_> {
    /// Adds all of an array, or an object.
    fn add_json(&mut self, json: &str) -> Option<()> {
        if is_plain(json) {
            return self.add_plain(json);
        }
        let mut unwrapped = String::new();
        wrapped::unwrap(json, &mut unwrapped);
        if unwrapped.starts_with('{') {
            return self.add_object(&unwrapped);
        }
        for item in serde_json::from_str::<Vec<&RawValue>>(&unwrapped).ok()? {
            self.add_item(item.get())?;
        }
        Some(())
    }

    /// The same, where nothing but white space has to go.
    fn add_plain(&mut self, json: &str) -> Option<()> {
        if json.starts_with('{') {
            self.separate();
            minify(json, &mut self.json);
            return Some(());
        }
        for item in serde_json::from_str::<Vec<&RawValue>>(json).ok()? {
            match item.get().as_bytes().first() {
                Some(b'{') => {
                    self.separate();
                    minify(item.get(), &mut self.json);
                }
                _ => self.add_item(item.get())?,
            }
        }
        Some(())
    }

    fn add_item(&mut self, item: &str) -> Option<()> {
        match item.as_bytes().first()? {
            b'{' => self.add_object(item),
            b'n' => Some(()),
            b'"' => {
                let Text(text) = serde_json::from_str(item).ok()?;
                self.add_text(text.trim())
            }
            _ => None,
        }
    }

    fn add_object(&mut self, json: &str) -> Option<()> {
        let Members(members) = serde_json::from_str(json).ok()?;
        let mut additional = Vec::new();
        let mut kept = ItemMembers::new(self.of);
        for (name, value) in &members {
            if holds_additional(name) {
                if value.starts_with('{') {
                    let Members(members) = serde_json::from_str(value).ok()?;
                    additional.extend(members);
                } else if powershell::is_remains(value.trim_start_matches('"')) {
                    self.notes.dropped += 1;
                }
            } else {
                kept.add(name, value);
            }
        }
        let own: HashSet<&str> = members.iter().map(|(name, _)| &**name).collect();
        for (name, value) in additional.iter().filter(|(name, _)| !own.contains(&**name)) {
            kept.add(name, value);
        }
        self.separate();
        kept.write(&mut self.json);
        Some(())
    }

    /// Adds what is in text, which must have no blanks around it.
    fn add_text(&mut self, text: &str) -> Option<()> {
        if text.is_empty() {
            return Some(());
        }
        if text.starts_with(['[', '{']) {
            return self.add_json_of_text(text);
        }
        if let Some(objects) = powershell::objects(text) {
            for members in objects {
                self.add_members(&members);
            }
            return Some(());
        }
        if !powershell::is_remains(text) {
            return None;
        }
        self.notes.dropped += 1;
        Some(())
    }

    /// Each level of text within text doubles its backslashes, so there are
    /// never many.
    fn add_json_of_text(&mut self, text: &str) -> Option<()> {
        let repaired = surrogates::repair(text.as_bytes());
        let text = match repaired {
            None => Cow::Borrowed(text),
            Some((whole, texts)) => {
                self.notes.repaired += texts;
                Cow::Owned(String::from_utf8(whole).ok()?)
            }
        };
        let json: &RawValue = serde_json::from_str(&text).ok()?;
        self.add_json(json.get())
    }

    /// Adds an object of which PowerShell left the members as text. It writes
    /// null as nothing.
    fn add_members(&mut self, members: &[(&str, &str)]) {
        let mut values = Vec::with_capacity(members.len());
        for (name, value) in members {
            if powershell::is_remains(value) {
                self.notes.dropped += 1;
                continue;
            }
            let mut json = String::new();
            if value.is_empty() {
                json.push_str("null");
            } else {
                write_string(value, &mut json);
            }
            values.push((*name, json));
        }
        let mut kept = ItemMembers::new(self.of);
        for (name, value) in &values {
            kept.add(name, value);
        }
        self.separate();
        kept.write(&mut self.json);
    }

    /// Makes way for the next item.
    fn separate(&mut self) {
        if !self.json.is_empty() {
            self.json.push(',');
        }
    }
}

/// The members of an item that are kept, with the JSON of their values: those
/// that the type knows once and by its names, all others as they came, and no
/// annotations.
struct ItemMembers<'a> {
    of: &'a ComplexType,
    members: Vec<(&'a str, &'a str)>,
    /// Where in [`ItemMembers::members`] each property of the type is.
    known: Vec<Option<usize>>,
}

impl<'a> ItemMembers<'a> {
    fn new(of: &'a ComplexType) -> ItemMembers<'a> {
        ItemMembers { of, members: Vec::new(), known: vec![None; of.properties.len()] }
    }

    fn add(&mut self, name: &'a str, value: &'a str) {
        if name.contains('@') {
            return;
        }
        let properties = self.of.properties;
        let Some(at) = properties.iter().position(|(known, _)| known.eq_ignore_ascii_case(name)) else {
            self.members.push((name, value));
            return;
        };
        match self.known[at] {
            None => {
                self.known[at] = Some(self.members.len());
                self.members.push((properties[at].0, value));
            }
            // The first that is not null counts.
            Some(member) if self.members[member].1 == "null" => self.members[member].1 = value,
            Some(_) => {}
        }
    }

    fn write(&self, out: &mut String) {
        out.push('{');
        for (at, (name, value)) in self.members.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            write_string(name, out);
            out.push(':');
            minify(value, out);
        }
        out.push('}');
    }
}

/// Whether JSON has none of what an object of a script shows itself by: a
/// capital after a quote, as in `"AdditionalProperties"`, `"Count"` and
/// `"System.Object[]"`, an underscore as in `"additional_data"`, an annotation
/// or `@{`, or an escape.
fn is_plain(json: &str) -> bool {
    let mut before = 0;
    json.bytes().all(|byte| {
        let is_odd = matches!(byte, b'@' | b'_' | b'\\') || (before == b'"' && byte.is_ascii_uppercase());
        before = byte;
        !is_odd
    })
}

#[cfg(test)]
mod tests {
    use trunklog_odata::edm::EdmType;

    use super::*;

    static UNIT: ComplexType = ComplexType { name: "unit", properties: &[("id", EdmType::String)] };

    fn collection(json: &str) -> (Result<Option<String>, &'static str>, RowNotes) {
        let mut notes = RowNotes::default();
        let read = read(&UNIT, json, RowOrigin::File, &mut notes);
        let text = read.map(|value| match value {
            Some(Value::Text(text)) => Some(text.into_owned()),
            _ => None,
        });
        (text, notes)
    }

    #[test]
    fn all_that_scripts_make_of_it_is_read() {
        for (json, expected) in [
            (r#"[{"id":"a"}]"#, Some(r#"[{"id":"a"}]"#)),
            (r#"[ {"id" : "a b"}, { } ]"#, Some(r#"[{"id":"a b"},{}]"#)),
            ("[]", Some("[]")),
            ("[ ]", Some("[]")),
            ("null", None),
            ("{}", None),
            (r#""""#, None),
            (r#"" ""#, None),
            (r#"[null,{"id":"a"},null,""]"#, Some(r#"[{"id":"a"}]"#)),
            (r#"{"id":"a"}"#, Some(r#"[{"id":"a"}]"#)),
            (r#"{"value":[{"id":"a"}],"Count":1}"#, Some(r#"[{"id":"a"}]"#)),
            (
                r#"[{"id":"a","x":{"value":[{"value":[],"Count":0}],"Count":1}}]"#,
                Some(r#"[{"id":"a","x":[[]]}]"#),
            ),
            (r#"{"value":[],"Count":0}"#, Some("[]")),
            (r#""@{id=a}""#, Some(r#"[{"id":"a"}]"#)),
            (r#""@{id=a} @{Id=b}""#, Some(r#"[{"id":"a"},{"id":"b"}]"#)),
            (
                r#"["@{id=a; displayName=b \"c\"; x=}"]"#,
                Some(r#"[{"id":"a","displayName":"b \"c\"","x":null}]"#),
            ),
            (r#"[{"Id":"a","AdditionalProperties":{}}]"#, Some(r#"[{"id":"a"}]"#)),
            (r#"[{"id":"a","additional_data":{"b":1}}]"#, Some(r#"[{"id":"a","b":1}]"#)),
            (
                r##"[{"Id":null,"New":1,"AdditionalProperties":{"@odata.type":"#x.y","id":"a","New":2,"more":{"b": 3}}}]"##,
                Some(r#"[{"id":"a","New":1,"more":{"b":3}}]"#),
            ),
            (r#"[{"Id":null,"ID":"a","id":"b"}]"#, Some(r#"[{"id":"a"}]"#)),
            (r##"[{"@odata.type":"#x.y","id":"a"}]"##, Some(r#"[{"id":"a"}]"#)),
            (r#""[{\"id\":\"a\"}]""#, Some(r#"[{"id":"a"}]"#)),
            (r#"["{\"Id\": \"a\"}"]"#, Some(r#"[{"id":"a"}]"#)),
            (r#"[{"id":"A"},{"id":"\u00df"}]"#, Some(r#"[{"id":"A"},{"id":"\u00df"}]"#)),
        ] {
            let expected = expected.map(str::to_owned);
            assert_eq!(collection(json), (Ok(expected), RowNotes::default()), "{json}");
        }
    }

    #[test]
    fn remains_are_left_out_and_counted() {
        for (json, expected, dropped) in [
            (r#""System.Object[]""#, None, 1),
            (r#"["System.Collections.Hashtable",null,"System.Collections.Hashtable"]"#, None, 2),
            (r#"["System.Collections.Hashtable",{"id":"a"}]"#, Some(r#"[{"id":"a"}]"#), 1),
            (r#""@{id=a""#, None, 1),
            (r#"["@{id=@{a=1; b=2}}","@{id=b}"]"#, Some(r#"[{"id":"b"}]"#), 1),
            (r#"["@{id=a; x=System.Object[]}"]"#, Some(r#"[{"id":"a"}]"#), 1),
            (r#"[{"Id":"a","AdditionalProperties":"System.Object"}]"#, Some(r#"[{"id":"a"}]"#), 1),
            (r#"["Microsoft.Graph.PowerShell.Models.MicrosoftGraphIdentity"]"#, None, 1),
        ] {
            let notes = RowNotes { dropped, ..RowNotes::default() };
            assert_eq!(collection(json), (Ok(expected.map(str::to_owned)), notes), "{json}");
        }
    }

    #[test]
    fn halves_of_pairs_within_text_are_repaired() {
        let notes = RowNotes { repaired: 1, ..RowNotes::default() };
        let expected = Some(r#"[{"id":"\ufffd"}]"#.to_owned());
        assert_eq!(collection(r#""[{\"id\":\"\\ud83d\"}]""#), (Ok(expected), notes));
    }

    #[test]
    fn what_holds_no_objects_is_refused() {
        let texts = [r#""north""#, r#"["north"]"#, r#""[{]""#, r#""[1]""#, r#""{} x""#];
        for json in ["1", "true", "[1]", "[[]]"].into_iter().chain(texts) {
            assert_eq!(collection(json).0, Err(EXPECTED), "{json}");
        }
    }
}
