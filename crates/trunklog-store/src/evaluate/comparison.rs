//! How values compare, and how an order does.

use std::cmp::Ordering;

use trunklog_odata::Instant;
use trunklog_odata::expr::{Comparison, Direction, Kind, OrderBy};

use super::Value;
use super::arithmetic::{float, nearest};
use crate::page::{Key, OrderValue, beginning};

/// What an order compares: the values of its criteria, the time and the id.
pub type OrderKey<'a> = (&'a [OrderValue], Instant, &'a str);

/// What an order compares of a key.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_store::Key;
/// use trunklog_store::evaluate::compared;
///
/// let key = Key::new(Instant::ABSENT, "a");
/// let (order, time, id) = compared(&key);
/// assert!(order.is_empty());
/// assert_eq!((time, id), (Instant::ABSENT, "a"));
/// ```
pub fn compared(key: &Key) -> OrderKey<'_> {
    (&key.order, key.time, &key.id)
}

/// Which of two rows comes first in an order: its criteria decide, null before
/// all values, then the time, then the id. A value that is missing, or of
/// another kind than its criterion, counts as null.
///
/// ```
/// use std::cmp::Ordering;
/// use trunklog_odata::Instant;
/// use trunklog_store::Key;
/// use trunklog_store::evaluate::{compare, compared};
///
/// let (first, second) = (Key::new(Instant::ABSENT, "a"), Key::new(Instant::ABSENT, "b"));
/// assert_eq!(compare(&[], compared(&first), compared(&second)), Ordering::Less);
/// ```
pub fn compare(order: &[OrderBy], left: OrderKey<'_>, right: OrderKey<'_>) -> Ordering {
    for (at, criterion) in order.iter().enumerate() {
        let kind = criterion.by.kind;
        let found = match (key_value(left.0.get(at), kind), key_value(right.0.get(at), kind)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(left), Some(right)) => left.compare(right),
        };
        let found = match criterion.direction {
            Direction::Ascending => found,
            Direction::Descending => found.reverse(),
        };
        if found.is_ne() {
            return found;
        }
    }
    (left.1, left.2).cmp(&(right.1, right.2))
}

/// A value of a key as its criterion compares it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum KeyValue<'a> {
    /// See [`OrderValue::Bool`].
    Bool(bool),
    /// See [`OrderValue::Int`].
    Int(i64),
    /// The same of an instant.
    Instant(Instant),
    /// See [`OrderValue::Number`]; finite.
    Number(f64),
    /// See [`OrderValue::Text`]; no longer than what takes part in an order.
    Text(&'a str),
}

/// The value of a criterion of that kind. None for null, and for what is
/// missing or of another kind: only a token that was changed has that.
pub(crate) fn key_value(value: Option<&OrderValue>, kind: Kind) -> Option<KeyValue<'_>> {
    match (kind, value?) {
        (Kind::Bool, OrderValue::Bool(value)) => Some(KeyValue::Bool(*value)),
        (Kind::Instant, OrderValue::Int(ticks)) => Instant::from_ticks(*ticks).ok().map(KeyValue::Instant),
        (Kind::Int | Kind::Date | Kind::TimeOfDay, OrderValue::Int(value)) => Some(KeyValue::Int(*value)),
        (Kind::Number, OrderValue::Int(value)) => Some(KeyValue::Number(nearest(*value))),
        (Kind::Number, OrderValue::Number(value)) if value.is_finite() => Some(KeyValue::Number(*value)),
        (Kind::Text, OrderValue::Text(text)) => Some(KeyValue::Text(beginning(text))),
        _ => None,
    }
}

impl KeyValue<'_> {
    /// How two values of one criterion compare.
    fn compare(self, other: KeyValue<'_>) -> Ordering {
        match (self, other) {
            (KeyValue::Bool(left), KeyValue::Bool(right)) => left.cmp(&right),
            (KeyValue::Int(left), KeyValue::Int(right)) => left.cmp(&right),
            (KeyValue::Instant(left), KeyValue::Instant(right)) => left.cmp(&right),
            (KeyValue::Text(left), KeyValue::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
            (KeyValue::Number(left), KeyValue::Number(right)) => {
                left.partial_cmp(&right).unwrap_or(Ordering::Equal)
            }
            // A criterion has one kind.
            _ => Ordering::Equal,
        }
    }
}

/// Whether a comparison of two values holds.
pub(super) fn holds(by: Comparison, left: &Value, right: &Value) -> bool {
    let nulls = [left, right].into_iter().filter(|side| **side == Value::Null).count();
    let found = ordering(left, right);
    match (by, nulls) {
        (Comparison::Equal, 2) | (Comparison::NotEqual, 1) => true,
        (_, 1 | 2) => false,
        (Comparison::Equal, _) => found == Some(Ordering::Equal),
        (Comparison::NotEqual, _) => found != Some(Ordering::Equal),
        (Comparison::Greater, _) => found.is_some_and(Ordering::is_gt),
        (Comparison::GreaterOrEqual, _) => found.is_some_and(Ordering::is_ge),
        (Comparison::Less, _) => found.is_some_and(Ordering::is_lt),
        (Comparison::LessOrEqual, _) => found.is_some_and(Ordering::is_le),
    }
}

/// Whether two values are the same, neither of them null.
pub(super) fn are_equal(left: &Value, right: &Value) -> bool {
    ordering(left, right) == Some(Ordering::Equal)
}

/// How two values compare; None when one is null or they are of different
/// kinds, which no filter has that fits its log.
fn ordering(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
        (left, right) => float(left)?.partial_cmp(&float(right)?),
    }
}
