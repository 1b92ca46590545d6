//! From the JSON of one row to columns.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;

use super::minify::minify;
use crate::rows::{RowBuilder, RowError, Value};
use crate::schema::Log;

/// Reads rows of one log.
///
/// Takes what Graph returns on every version and metadata level, and what
/// scripts make of it: numbers and booleans as strings, complex values that
/// PowerShell turned into text. Properties that the table does not have are
/// kept; annotations (`@odata.type`, `x@odata.type`) are not.
#[derive(Debug)]
pub struct RowDecoder {
    log: &'static Log,
    /// Indices of properties, and what rows get that come without them.
    usual: Vec<(usize, Value<'static>)>,
}

impl RowDecoder {
    /// A decoder for rows of `log`.
    pub fn new(log: &'static Log) -> RowDecoder {
        RowDecoder { log, usual: Vec::new() }
    }

    /// The value of a property, given by its index, in rows that come without
    /// one. It has to be of the property's type.
    #[must_use]
    pub fn with_usual(mut self, property: usize, value: Value<'static>) -> RowDecoder {
        self.usual.push((property, value));
        self
    }

    /// Reads one JSON object and adds it to `rows`, or adds nothing.
    pub fn decode(&self, json: &[u8], rows: &mut RowBuilder) -> Result<(), RowError> {
        let mut values: Vec<Option<Value<'_>>> = vec![None; self.log.properties.len()];
        let mut dynamic = String::new();
        let mut error = None;
        let seed = RowSeed { log: self.log, values: &mut values, dynamic: &mut dynamic, error: &mut error };
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let read = seed.deserialize(&mut deserializer).and_then(|()| deserializer.end());
        if let Some(error) = error {
            return Err(error);
        }
        for (property, usual) in &self.usual {
            values[*property].get_or_insert_with(|| usual.clone());
        }
        match read {
            Ok(()) => rows.push(&mut values, (!dynamic.is_empty()).then_some(&dynamic)),
            Err(error) if error.is_data() => Err(RowError::NotAnObject),
            Err(_) => Err(RowError::Syntax),
        }
    }
}

struct RowSeed<'r, 'de> {
    log: &'static Log,
    values: &'r mut [Option<Value<'de>>],
    dynamic: &'r mut String,
    /// The first value of a wrong type. Reading goes on behind it, because
    /// only well-formed JSON deserves an error about its values.
    error: &'r mut Option<RowError>,
}

impl<'de> DeserializeSeed<'de> for RowSeed<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        // Rows repeat their properties in the same order, so the property
        // behind the last one is tried first.
        let mut guess = 0;
        while let Some(Text(name)) = map.next_key()? {
            let properties = self.log.properties;
            let at = if properties.get(guess).is_some_and(|property| property.name == name) {
                Some(guess)
            } else {
                self.log.index_of(&name)
            };
            let Some(at) = at else {
                let raw: &RawValue = map.next_value()?;
                if !name.contains('@') {
                    self.keep_dynamic(&name, raw);
                }
                continue;
            };
            guess = at + 1;
            let property = &properties[at];
            let value = match property.edm {
                EdmType::Decimal => decimal(map.next_value()?),
                EdmType::Collection(_) => collection(map.next_value()?),
                edm => map.next_value_seed(Scalar(edm))?,
            };
            match value {
                Ok(value) => self.values[at] = value,
                Err(expected) => {
                    self.error.get_or_insert(RowError::Type { property: property.name, expected });
                }
            }
        }
        Ok(())
    }
}

impl RowSeed<'_, '_> {
    fn keep_dynamic(&mut self, name: &str, raw: &RawValue) {
        let mut member = Vec::with_capacity(name.len() + 4);
        if !self.dynamic.is_empty() {
            member.push(b',');
        }
        trunklog_odata::json::write_string(name, &mut member);
        member.push(b':');
        self.dynamic.push_str(std::str::from_utf8(&member).expect("the writer copies valid UTF-8"));
        minify(raw.get(), self.dynamic);
    }
}

/// A value, None for null, or what its type demands.
type Read<'de> = Result<Option<Value<'de>>, &'static str>;

/// A JSON string, borrowed where it has no escapes.
struct Text<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// Reads a string, number, boolean or null as one scalar type.
struct Scalar(EdmType);

impl<'de> DeserializeSeed<'de> for Scalar {
    type Value = Read<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Read<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Scalar {
    fn expected(&self) -> &'static str {
        match self.0 {
            EdmType::DateTimeOffset => "a date with time and zone, such as 2019-11-01T00:00:00Z",
            EdmType::Int32 => "a whole number within 32 bits",
            EdmType::Boolean => "true or false",
            EdmType::Enum(_) => "a member of its enumeration",
            _ => "text",
        }
    }

    fn text<'de>(&self, text: Cow<'de, str>) -> Read<'de> {
        let value = match self.0 {
            EdmType::DateTimeOffset => instant(&text).map(Value::Instant),
            EdmType::Int32 => text.trim().parse().ok().map(Value::Int),
            EdmType::Boolean if text.eq_ignore_ascii_case("true") => Some(Value::Bool(true)),
            EdmType::Boolean if text.eq_ignore_ascii_case("false") => Some(Value::Bool(false)),
            EdmType::Enum(of) => of.member(&text).map(|member| Value::Text(Cow::Borrowed(member))),
            EdmType::String => Some(Value::Text(text)),
            _ => None,
        };
        value.map(Some).ok_or(self.expected())
    }

    fn int<'de>(&self, value: Option<i32>) -> Read<'de> {
        match (self.0, value) {
            (EdmType::Int32, Some(value)) => Ok(Some(Value::Int(value))),
            _ => Err(self.expected()),
        }
    }
}

impl<'de> Visitor<'de> for Scalar {
    type Value = Read<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Read<'de>, E> {
        Ok(self.text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Read<'de>, E> {
        Ok(self.text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Read<'de>, E> {
        Ok(if self.0 == EdmType::Boolean { Ok(Some(Value::Bool(value))) } else { Err(self.expected()) })
    }

    fn visit_i64<E>(self, value: i64) -> Result<Read<'de>, E> {
        Ok(self.int(i32::try_from(value).ok()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Read<'de>, E> {
        Ok(self.int(i32::try_from(value).ok()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Read<'de>, E> {
        // 5.0 is a whole number that passed through a language with one
        // number type.
        let whole = value.fract() == 0.0 && value.abs() <= f64::from(i32::MAX);
        Ok(self.int(if whole { format!("{value:.0}").parse().ok() } else { None }))
    }

    fn visit_unit<E>(self) -> Result<Read<'de>, E> {
        Ok(Ok(None))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Read<'de>, A::Error> {
        while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(Err(self.expected()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read<'de>, A::Error> {
        while map.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
        Ok(Err(self.expected()))
    }
}

/// Reads an instant. Only the mark for "no such moment" may lack its zone:
/// scripts that turn times into objects print it so, while a real time without
/// a zone could mean anything.
fn instant(text: &str) -> Option<Instant> {
    if text == "0001-01-01T00:00:00" {
        return Some(Instant::ABSENT);
    }
    Instant::parse(text).ok()
}

/// Keeps a decimal's digits as they came: `0.00` stays `0.00`.
fn decimal<'de>(raw: &'de RawValue) -> Read<'de> {
    let text = raw.get();
    if text == "null" {
        return Ok(None);
    }
    let digits = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    if is_decimal(digits) { Ok(Some(Value::Text(Cow::Borrowed(digits)))) } else { Err("a decimal number") }
}

/// A JSON number without an exponent, at most as long as .NET's decimals.
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.len() <= 32 && digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'))
}

/// Keeps a collection as JSON on one line. PowerShell's `ConvertTo-Json` cuts
/// at a depth of two and prints what lies deeper as `@{id=…}`; that is undone.
fn collection<'de>(raw: &'de RawValue) -> Read<'de> {
    const EXPECTED: &str = "an array of objects";
    let text = raw.get();
    if text == "null" || text == "\"\"" {
        return Ok(None);
    }
    let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| EXPECTED)?;
    let mut json = String::with_capacity(text.len());
    json.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            json.push(',');
        }
        if item.get().starts_with('{') {
            minify(item.get(), &mut json);
        } else {
            let text: String = serde_json::from_str(item.get()).map_err(|_| EXPECTED)?;
            let id = text.strip_prefix("@{id=").and_then(|text| text.strip_suffix('}')).ok_or(EXPECTED)?;
            let mut member = b"{\"id\":".to_vec();
            trunklog_odata::json::write_string(id, &mut member);
            member.push(b'}');
            json.push_str(std::str::from_utf8(&member).map_err(|_| EXPECTED)?);
        }
    }
    json.push(']');
    Ok(Some(Value::Text(Cow::Owned(json))))
}
