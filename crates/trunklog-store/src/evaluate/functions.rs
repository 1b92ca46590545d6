//! The functions of expressions.

use std::ops::Range;

use trunklog_odata::Instant;
use trunklog_odata::expr::{Function, Kind};

use super::Value;

const DAY: i64 = Instant::TICKS_PER_DAY;

/// What a function makes of its arguments, the first of which is of kind
/// `first`; null of those that it does not take.
pub(super) fn result(function: Function, first: Option<Kind>, arguments: &[Value]) -> Value {
    match (function, arguments) {
        (Function::StartsWith, [Value::Text(text), Value::Text(part)]) => {
            Value::Bool(text.starts_with(part.as_str()))
        }
        (Function::EndsWith, [Value::Text(text), Value::Text(part)]) => {
            Value::Bool(text.ends_with(part.as_str()))
        }
        (Function::Contains, [Value::Text(text), Value::Text(part)]) => {
            Value::Bool(text.contains(part.as_str()))
        }
        (Function::ToLower, [Value::Text(text)]) => {
            Value::Text(text.chars().map(|c| counterpart(c, c.to_lowercase())).collect())
        }
        (Function::ToUpper, [Value::Text(text)]) => {
            Value::Text(text.chars().map(|c| counterpart(c, c.to_uppercase())).collect())
        }
        (Function::Length, [Value::Text(text)]) => {
            i64::try_from(text.chars().count()).map_or(Value::Null, Value::Int)
        }
        (Function::Date, [Value::Int(ticks)]) => Value::Int(ticks.div_euclid(DAY)),
        (Function::Time, [Value::Int(ticks)]) => Value::Int(ticks.rem_euclid(DAY)),
        (function, [Value::Int(value)]) => {
            let is_day = first == Some(Kind::Date);
            field(function, if is_day { value.saturating_mul(DAY) } else { *value })
        }
        _ => Value::Null,
    }
}

/// A field of an instant's text, `2019-11-01T00:00:25.105Z`; null outside the
/// years that have one.
fn field(function: Function, ticks: i64) -> Value {
    let at: Range<usize> = match function {
        Function::Year => 0..4,
        Function::Month => 5..7,
        Function::Day => 8..10,
        Function::Hour => 11..13,
        Function::Minute => 14..16,
        Function::Second => 17..19,
        _ => return Value::Null,
    };
    let Ok(instant) = Instant::from_ticks(ticks) else { return Value::Null };
    let text = instant.to_string();
    text.get(at).and_then(|digits| digits.parse().ok()).map_or(Value::Null, Value::Int)
}

/// What a character becomes, unless that is several characters.
fn counterpart(c: char, mut mapped: impl ExactSizeIterator<Item = char>) -> char {
    if mapped.len() == 1 { mapped.next().unwrap_or(c) } else { c }
}
