//! Values of one scalar type, in every form in which they come.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;

use super::members::Text;
use crate::rows::Value;

/// A value, None for null, or what its type demands.
pub(super) type Reading<'de> = Result<Option<Value<'de>>, &'static str>;

/// Reads a string, number, boolean or null as one scalar type.
pub(super) struct Scalar(pub(super) EdmType);

impl<'de> DeserializeSeed<'de> for Scalar {
    type Value = Reading<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Reading<'de>, D::Error> {
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

    /// Text is kept as it is. In the place of any other type, empty text means
    /// that there is no value: tables of text have no other way to say so.
    fn text<'de>(&self, text: Cow<'de, str>) -> Reading<'de> {
        if self.0 == EdmType::String {
            return Ok(Some(Value::Text(text)));
        }
        let trimmed = text.trim();
        let value = match self.0 {
            EdmType::DateTimeOffset => instant(trimmed).map(Value::Instant),
            EdmType::Int32 => trimmed.parse().ok().map(Value::Int),
            EdmType::Boolean if trimmed.eq_ignore_ascii_case("true") => Some(Value::Bool(true)),
            EdmType::Boolean if trimmed.eq_ignore_ascii_case("false") => Some(Value::Bool(false)),
            EdmType::Enum(of) => of.member(trimmed).map(|member| Value::Text(Cow::Borrowed(member))),
            _ => None,
        };
        if value.is_none() && !trimmed.is_empty() { Err(self.expected()) } else { Ok(value) }
    }

    fn int<'de>(&self, value: Option<i32>) -> Reading<'de> {
        match (self.0, value) {
            (EdmType::Int32, Some(value)) => Ok(Some(Value::Int(value))),
            _ => Err(self.expected()),
        }
    }
}

impl<'de> Visitor<'de> for Scalar {
    type Value = Reading<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Reading<'de>, E> {
        Ok(self.text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Reading<'de>, E> {
        Ok(self.text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Reading<'de>, E> {
        Ok(if self.0 == EdmType::Boolean { Ok(Some(Value::Bool(value))) } else { Err(self.expected()) })
    }

    fn visit_i64<E>(self, value: i64) -> Result<Reading<'de>, E> {
        Ok(self.int(i32::try_from(value).ok()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Reading<'de>, E> {
        Ok(self.int(i32::try_from(value).ok()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Reading<'de>, E> {
        // 5.0 is a whole number that passed through a language with one
        // number type.
        let whole = value.fract() == 0.0 && value.abs() <= f64::from(i32::MAX);
        Ok(self.int(if whole { format!("{value:.0}").parse().ok() } else { None }))
    }

    fn visit_unit<E>(self) -> Result<Reading<'de>, E> {
        Ok(Ok(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Reading<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Err(self.expected()))
    }

    /// Windows PowerShell adds members to a time that came from `Get-Date`, and
    /// `ConvertTo-Json` then writes an object:
    /// `{"value":"\/Date(…)\/","DisplayHint":2,"DateTime":"…"}`.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Reading<'de>, A::Error> {
        let mut is_time = self.0 == EdmType::DateTimeOffset;
        let mut time = None;
        while let Some(Text(name)) = map.next_key()? {
            if is_time && name == "value" {
                time = Some(map.next_value_seed(Scalar(self.0))?);
            } else {
                is_time &= matches!(&*name, "DateTime" | "DisplayHint");
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(time.filter(|_| is_time).unwrap_or(Err(self.expected())))
    }
}

/// Reads an instant.
///
/// Only the mark for "no such moment" may lack its zone: scripts that turn
/// times into objects print it so, while a real time without a zone could mean
/// anything.
fn instant(text: &str) -> Option<Instant> {
    if is_absent(text) {
        return Some(Instant::ABSENT);
    }
    Instant::parse(text).ok().or_else(|| microsoft_date(text))
}

/// Whether it is the smallest time of .NET, `0001-01-01T00:00:00`, in any zone:
/// what has no value has no zone that means something.
fn is_absent(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("0001-01-01T00:00:00") else { return false };
    let zone = rest.strip_prefix('.').map_or(rest, |fraction| fraction.trim_start_matches('0'));
    match zone.as_bytes() {
        [] | [b'Z' | b'z'] => true,
        [b'+' | b'-', hours @ .., b':', m, n] => {
            hours.len() == 2 && hours.iter().chain([m, n]).all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

/// Reads `/Date(1930204800105)/`, which Microsoft's older serialisers write:
/// milliseconds since 1970 in UTC. An offset, as in `/Date(0+0100)/`, tells only
/// in which zone the time was shown.
///
/// Source: learn.microsoft.com/dotnet/framework/wcf/feature-details/stand-alone-json-serialization,
/// on the wire format of times.
fn microsoft_date(text: &str) -> Option<Instant> {
    let date = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let millis = match date.get(1..)?.find(['+', '-']) {
        None => date,
        Some(at) => {
            let (millis, offset) = date.split_at(at + 1);
            let digits = offset.get(1..)?;
            let is_offset = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
            is_offset.then_some(millis)?
        }
    };
    let instant =
        Instant::from_ticks(millis.parse::<i64>().ok()?.checked_mul(Instant::TICKS_PER_MS)?).ok()?;
    // The smallest time of .NET, taken for local and turned into UTC, is at
    // most the largest offset later.
    let is_absent = instant <= Instant::ABSENT.saturating_add_ticks(14 * Instant::TICKS_PER_HOUR);
    Some(if is_absent { Instant::ABSENT } else { instant })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_older_serialisers_are_read() {
        for (text, expected) in [
            ("/Date(0)/", Some("1970-01-01T00:00:00Z")),
            ("/Date(1930204800105)/", Some("2031-03-02T08:00:00.105Z")),
            ("/Date(1930204800105+0100)/", Some("2031-03-02T08:00:00.105Z")),
            ("/Date(1930204800105-0530)/", Some("2031-03-02T08:00:00.105Z")),
            ("/Date(-1)/", Some("1969-12-31T23:59:59.999Z")),
            ("/Date(-1-0100)/", Some("1969-12-31T23:59:59.999Z")),
            ("/Date(-62135596800000)/", Some("0001-01-01T00:00:00Z")),
            ("/Date(-62135568000000)/", Some("0001-01-01T00:00:00Z")),
            ("/Date(253402300799999)/", Some("9999-12-31T23:59:59.999Z")),
            ("/Date(253402300800000)/", None),
            ("/Date(-62135596800001)/", None),
            ("/Date(9223372036854775807)/", None),
            ("/Date()/", None),
            ("/Date(-)/", None),
            ("/Date(1.5)/", None),
            ("/Date(0+01:00)/", None),
            ("/Date(0+)/", None),
            ("/Date(ä)/", None),
            ("/Date(0)", None),
        ] {
            assert_eq!(instant(text).map(|time| time.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn no_such_moment_has_no_zone() {
        for zone in ["", "Z", "z", ".0000000", ".000Z", "+01:00", "-08:00"] {
            let text = format!("0001-01-01T00:00:00{zone}");
            assert_eq!(instant(&text), Some(Instant::ABSENT), "{text}");
        }
        for zone in ["x", "+1:00", "+0100", "ä"] {
            assert_eq!(instant(&format!("0001-01-01T00:00:00{zone}")), None, "{zone}");
        }
        assert_eq!(instant("0001-01-01T08:00:00Z").unwrap().to_string(), "0001-01-01T08:00:00Z");
    }
}
