//! Arrays that Windows PowerShell wrapped.
//!
//! Its `ConvertTo-Json` writes the properties that its type system adds to
//! arrays, and so makes `{"value":[…],"Count":2}` of an array of two.

use super::super::minify::{is_space, minify};

/// Wrappers within more brackets than that stay. Each that goes costs a copy of
/// what it holds.
const MAX_DEPTH: usize = 32;

/// Appends valid JSON without insignificant white space, and with each wrapped
/// array in the place of its wrapper.
pub(super) fn unwrap(json: &str, out: &mut String) {
    if !json.contains("\"Count\"") {
        minify(json, out);
        return;
    }
    let mut writer = Writer { out, open: Vec::new(), deeper: 0 };
    let mut at = 0;
    while at < json.len() {
        let end = token_end(json.as_bytes(), at);
        writer.add(&json[at..end]);
        at = end;
    }
}

/// Where the token ends that starts at `at`. White space counts as one.
fn token_end(json: &[u8], at: usize) -> usize {
    let rest = &json[at..];
    let len = match rest[0] {
        b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
        b'"' => {
            let mut escaped = false;
            let is_end = |byte: &u8| {
                let ends = *byte == b'"' && !escaped;
                escaped = *byte == b'\\' && !escaped;
                ends
            };
            rest[1..].iter().position(is_end).map_or(rest.len(), |end| end + 2)
        }
        first => {
            let is_other = |byte: &u8| {
                is_space(*byte) != is_space(first)
                    || matches!(byte, b'{' | b'}' | b'[' | b']' | b',' | b':' | b'"')
            };
            rest.iter().position(is_other).unwrap_or(rest.len())
        }
    };
    at + len
}

/// Writes token after token, and undoes a wrapper when it closes.
struct Writer<'a> {
    out: &'a mut String,
    /// The open brackets.
    open: Vec<OpenValue>,
    /// How many more are open, of which nothing is known.
    deeper: usize,
}

/// An open bracket, and what is known of what it holds.
struct OpenValue {
    /// Where it is in what was written.
    at: usize,
    /// None for an array.
    object: Option<Object>,
    /// How many values it holds.
    len: u64,
}

#[derive(Default)]
struct Object {
    /// Whether the name of the member that comes next was read.
    is_named: bool,
    name: Name,
    value: Option<Array>,
    count: Option<u64>,
}

#[derive(Default)]
enum Name {
    Value,
    Count,
    #[default]
    Other,
}

#[derive(Clone, Copy)]
struct Array {
    start: usize,
    end: usize,
    len: u64,
}

enum Value {
    Array(Array),
    Number(u64),
    Other,
}

impl Writer<'_> {
    fn add(&mut self, token: &str) {
        let first = token.as_bytes()[0];
        if is_space(first) {
            return;
        }
        let at = self.out.len();
        self.out.push_str(token);
        match first {
            b'{' | b'[' if self.deeper > 0 || self.open.len() == MAX_DEPTH => self.deeper += 1,
            b'{' => self.open.push(OpenValue { at, object: Some(Object::default()), len: 0 }),
            b'[' => self.open.push(OpenValue { at, object: None, len: 0 }),
            b'}' | b']' if self.deeper > 0 => {
                self.deeper -= 1;
                if self.deeper == 0 {
                    self.add_value(Value::Other);
                }
            }
            b'}' | b']' => {
                if let Some(open) = self.open.pop() {
                    let value = self.close(&open);
                    self.add_value(value);
                }
            }
            _ if self.deeper > 0 => {}
            b',' => {
                if let Some(object) = self.object() {
                    object.is_named = false;
                }
            }
            b':' => {}
            b'"' => match self.object() {
                Some(object) if !object.is_named => {
                    object.is_named = true;
                    object.name = match token {
                        "\"value\"" => Name::Value,
                        "\"Count\"" => Name::Count,
                        _ => Name::Other,
                    };
                }
                _ => self.add_value(Value::Other),
            },
            _ => self.add_value(token.parse().map_or(Value::Other, Value::Number)),
        }
    }

    /// The object that is open, unless an array within it is.
    fn object(&mut self) -> Option<&mut Object> {
        self.open.last_mut()?.object.as_mut()
    }

    fn add_value(&mut self, value: Value) {
        let Some(open) = self.open.last_mut() else { return };
        open.len += 1;
        let Some(object) = &mut open.object else { return };
        match (&object.name, value) {
            (Name::Value, Value::Array(array)) => object.value = Some(array),
            (Name::Count, Value::Number(count)) => object.count = Some(count),
            _ => {}
        }
    }

    /// What was closed; its closing bracket was written.
    fn close(&mut self, open: &OpenValue) -> Value {
        let Some(object) = &open.object else {
            return Value::Array(Array { start: open.at, end: self.out.len(), len: open.len });
        };
        match (object.value, object.count) {
            (Some(array), Some(count)) if open.len == 2 && array.len == count => {
                let text = self.out[array.start..array.end].to_owned();
                self.out.truncate(open.at);
                self.out.push_str(&text);
                Value::Array(Array { start: open.at, end: self.out.len(), len: count })
            }
            _ => Value::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::unwrap;

    fn unwrapped(json: &str) -> String {
        let mut out = String::from("before");
        unwrap(json, &mut out);
        out.strip_prefix("before").unwrap().to_owned()
    }

    #[test]
    fn arrays_take_the_place_of_their_wrappers() {
        for (json, expected) in [
            (r#"{"value":[1,2],"Count":2}"#, "[1,2]"),
            (r#"{ "Count" : 1, "value" : [ "a b" ] }"#, r#"["a b"]"#),
            (r#"{"value":[],"Count":0}"#, "[]"),
            (r#"{"a":{"value":[{"b":[1]}],"Count":1},"c":2}"#, r#"{"a":[{"b":[1]}],"c":2}"#),
            (
                r#"{"value":[{"value":[{"x":{"value":[],"Count":0}}],"Count":1},"}"],"Count":2}"#,
                r#"[[{"x":[]}],"}"]"#,
            ),
            (r#"{"value":{"value":[7],"Count":1},"Count":1}"#, "[7]"),
        ] {
            assert_eq!(unwrapped(json), expected, "{json}");
        }
    }

    #[test]
    fn what_is_no_wrapper_stays() {
        for json in [
            r#"{"value":[1,2],"Count":3}"#,
            r#"{"value":[1,2],"count":2}"#,
            r#"{"value":[1],"Count":1,"more":0}"#,
            r#"{"value":[1],"Count":"1"}"#,
            r#"{"value":"x","Count":1}"#,
            r#"{"value":[1],"value":[1],"Count":1}"#,
            r#"{"Count":1}"#,
            r#"["value",[1],"Count",1]"#,
            r#"{"x":"\"Count\"","y":["\\",{}]}"#,
            r#""Count""#,
            "{}",
            "-1.5e3",
        ] {
            assert_eq!(unwrapped(json), json);
        }
    }

    #[test]
    fn depth_has_a_bound() {
        let depth = 10_000;
        let json = format!("{}{}", "{\"value\":[".repeat(depth), "],\"Count\":1}".repeat(depth));
        let out = unwrapped(&json);
        assert!(out.len() < json.len() && out.starts_with("[[") && out.ends_with("]]"));
    }

    /// JSON, and the same with arrays wrapped at random.
    fn pairs() -> impl Strategy<Value = (Value, Value)> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<i32>().prop_map(|number| json!(number)),
            any::<String>().prop_map(|text| json!(text)),
        ];
        let leaf = leaf.prop_map(|value| (value.clone(), value));
        leaf.prop_recursive(4, 40, 4, |inner| {
            let array = (proptest::collection::vec(inner.clone(), 0..4), any::<bool>());
            let array = array.prop_map(|(items, is_wrapped)| {
                let (plain, other): (Vec<Value>, Vec<Value>) = items.into_iter().unzip();
                let count = other.len();
                let other = if is_wrapped { json!({"value": other, "Count": count}) } else { json!(other) };
                (Value::Array(plain), other)
            });
            let object = proptest::collection::vec(("[a-d]{1,2}", inner), 0..4).prop_map(|members| {
                let plain = members.iter().map(|(name, (plain, _))| (name.clone(), plain.clone())).collect();
                let other = members.into_iter().map(|(name, (_, other))| (name, other)).collect();
                (Value::Object(plain), Value::Object(other))
            });
            prop_oneof![array, object]
        })
    }

    proptest! {
        #[test]
        fn whatever_was_wrapped_comes_back((plain, wrapped) in pairs()) {
            prop_assert_eq!(unwrapped(&wrapped.to_string()), plain.to_string());
        }

        #[test]
        fn no_text_makes_it_panic(text in "[{}\\[\\]\":, 0-9ä\\\\]{0,40}") {
            let _ = unwrapped(&format!("{text}\"Count\"{text}"));
        }
    }
}
