//! What an expression means, in the plainest way: the reference that engines
//! are compared with.

mod cells;

use std::cmp::Ordering;
use std::ops::Range;

use serde_json::Value as Json;
use trunklog_odata::Instant;
use trunklog_odata::edm::{ComplexType, EdmType};
use trunklog_odata::expr::{Arithmetic, Comparison, Direction, Expr, Function, Kind, Literal, Node, OrderBy};
use trunklog_records::Log;
use trunklog_records::masking::masked;

pub use cells::{Cell, Place, Row, put_together, take_apart, take_row};
use crate::OrderValue as Value;
use crate::{Key, OrderValue};

const DAY: i64 = Instant::TICKS_PER_DAY;

/// A number with ten digits behind the point as a whole number.
const SCALE: f64 = 1e10;

/// From here on floats are coarser than the ten digits.
const ROUNDED_BELOW: f64 = 9e8;

/// A row, and within `any` and `all` one element of a collection.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    log: &'static Log,
    cells: &'a [Cell],
    element: Option<(&'static ComplexType, &'a Json)>,
}

impl<'a> Scope<'a> {
    pub fn new(log: &'static Log, cells: &'a [Cell]) -> Scope<'a> {
        Scope { log, cells, element: None }
    }

    /// Whether the row satisfies a filter.
    pub fn selects(self, filter: Option<&Expr>) -> bool {
        filter.is_none_or(|filter| self.is_true(filter))
    }

    /// The values that an order compares.
    pub fn order_values(self, order: &[OrderBy]) -> Vec<OrderValue> {
        order
            .iter()
            .map(|criterion| match self.value(&criterion.by) {
                Value::Text(text) => OrderValue::of_text(&text),
                value => value,
            })
            .collect()
    }

    fn is_true(self, expr: &Expr) -> bool {
        self.value(expr) == Value::Bool(true)
    }

    /// The value of an expression.
    pub fn value(self, expr: &Expr) -> Value {
        match &expr.node {
            Node::Literal(literal) => literal_value(literal),
            Node::Property(at) => self.property(*at),
            Node::Member(at) => self.member(*at),
            Node::And(parts) => self.decided(parts, Value::Bool(false), Value::Bool(true)),
            Node::Or(parts) => self.decided(parts, Value::Bool(true), Value::Bool(false)),
            Node::Not(of) => match self.value(of) {
                Value::Bool(value) => Value::Bool(!value),
                _ => Value::Null,
            },
            Node::IsNull(of) => Value::Bool(self.value(of) == Value::Null),
            Node::Compare(by, left, right) => {
                Value::Bool(compares(*by, &self.value(left), &self.value(right)))
            }
            Node::In(of, literals) => {
                let value = self.value(of);
                let equals =
                    |literal| value != Value::Null && is(&value, Ordering::Equal, &literal_value(literal));
                Value::Bool(literals.iter().any(equals))
            }
            Node::Arithmetic(by, left, right) => computed(*by, &self.value(left), &self.value(right)),
            Node::Negate(of) => match self.value(of) {
                Value::Int(value) => value.checked_neg().map_or(Value::Null, Value::Int),
                Value::Number(value) => Value::Number(-value),
                _ => Value::Null,
            },
            Node::Call(function, arguments) => self.call(*function, arguments),
            Node::Any(at, predicate) => {
                let satisfies = |element: Scope<'_>| {
                    predicate.as_ref().is_none_or(|predicate| element.is_true(predicate))
                };
                Value::Bool(self.with_elements(*at, satisfies).contains(&true))
            }
            Node::All(at, predicate) => {
                Value::Bool(!self.with_elements(*at, |element| element.is_true(predicate)).contains(&false))
            }
            Node::If(when, then, _) if self.is_true(when) => self.value(then),
            Node::If(_, _, or) => self.value(or),
            Node::Mask(of, digits) => match self.value(of) {
                Value::Text(text) => Value::Text(masked(&text, *digits).into_owned()),
                _ => Value::Null,
            },
        }
    }

    fn property(self, at: usize) -> Value {
        match (self.log.properties[at].edm, &self.cells[at]) {
            (_, Cell::Null) => Value::Null,
            (EdmType::Decimal, Cell::Text(digits)) => digits
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
                .map_or(Value::Null, Value::Number),
            (_, Cell::Text(text)) => Value::Text(text.clone()),
            (_, Cell::Ticks(ticks)) => Value::Int(*ticks),
            (_, Cell::Int(value)) => Value::Int(i64::from(*value)),
            (_, Cell::Bool(value)) => Value::Bool(*value),
        }
    }

    fn member(self, at: usize) -> Value {
        let (of, element) = self.element.expect("members are named within a collection's predicate alone");
        match element.get(of.properties[at].0) {
            Some(Json::String(text)) => Value::Text(text.clone()),
            Some(Json::Bool(value)) => Value::Bool(*value),
            Some(Json::Number(number)) => number.as_i64().map_or(Value::Null, Value::Int),
            _ => Value::Null,
        }
    }

    /// `decisive` when a part has that value, else null when one is null.
    fn decided(self, parts: &[Expr], decisive: Value, otherwise: Value) -> Value {
        let values: Vec<Value> = parts.iter().map(|part| self.value(part)).collect();
        if values.contains(&decisive) {
            decisive
        } else if values.contains(&Value::Null) {
            Value::Null
        } else {
            otherwise
        }
    }

    /// What `look` makes of each element of a collection.
    fn with_elements(self, at: usize, look: impl Fn(Scope<'_>) -> bool) -> Vec<bool> {
        let (EdmType::Collection(of), Cell::Text(json)) = (self.log.properties[at].edm, &self.cells[at])
        else {
            return Vec::new();
        };
        let elements: Vec<Json> = serde_json::from_str(json).expect("collections are stored as JSON");
        elements.iter().map(|element| look(Scope { element: Some((of, element)), ..self })).collect()
    }

    fn call(self, function: Function, arguments: &[Expr]) -> Value {
        let values: Vec<Value> = arguments.iter().map(|argument| self.value(argument)).collect();
        match (function, &values[..]) {
            (Function::StartsWith, [Value::Text(text), Value::Text(part)]) => {
                Value::Bool(text.starts_with(part))
            }
            (Function::EndsWith, [Value::Text(text), Value::Text(part)]) => Value::Bool(text.ends_with(part)),
            (Function::Contains, [Value::Text(text), Value::Text(part)]) => Value::Bool(text.contains(part)),
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
                let of_days = arguments[0].kind == Kind::Date;
                field(function, if of_days { value.saturating_mul(DAY) } else { *value })
            }
            _ => Value::Null,
        }
    }
}

/// What an order compares: the values of its criteria, the time and the id.
pub type Compared<'a> = (&'a [OrderValue], Instant, &'a str);

pub fn compared(key: &Key) -> Compared<'_> {
    (&key.order, key.time, &key.id)
}

pub fn compare(order: &[OrderBy], left: Compared<'_>, right: Compared<'_>) -> Ordering {
    for ((criterion, left), right) in order.iter().zip(left.0).zip(right.0) {
        let found = match (left, right) {
            (Value::Null, Value::Null) => Ordering::Equal,
            (Value::Null, _) => Ordering::Less,
            (_, Value::Null) => Ordering::Greater,
            (left, right) => ordering(left, right),
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

fn literal_value(literal: &Literal) -> Value {
    match literal {
        Literal::Text(text) => Value::Text(text.clone()),
        Literal::Instant(instant) => Value::Int(instant.ticks()),
        Literal::Int(value) | Literal::Date(value) | Literal::TimeOfDay(value) => Value::Int(*value),
        Literal::Number(value) => Value::Number(*value),
        Literal::Bool(value) => Value::Bool(*value),
    }
}

fn compares(by: Comparison, left: &Value, right: &Value) -> bool {
    let nulls = [left, right].into_iter().filter(|side| **side == Value::Null).count();
    match (by, nulls) {
        (Comparison::Equal, 2) | (Comparison::NotEqual, 1) => true,
        (_, 1 | 2) => false,
        (Comparison::Equal, _) => is(left, Ordering::Equal, right),
        (Comparison::NotEqual, _) => !is(left, Ordering::Equal, right),
        (Comparison::Greater, _) => is(left, Ordering::Greater, right),
        (Comparison::GreaterOrEqual, _) => !is(left, Ordering::Less, right),
        (Comparison::Less, _) => is(left, Ordering::Less, right),
        (Comparison::LessOrEqual, _) => !is(left, Ordering::Greater, right),
    }
}

fn is(left: &Value, expected: Ordering, right: &Value) -> bool {
    ordering(left, right) == expected
}

/// How two values that are not null compare.
fn ordering(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
        (left, right) => {
            let (left, right) = (float(left), float(right));
            left.partial_cmp(&right).expect("a parser compares values of one kind, and numbers are finite")
        }
    }
}

fn computed(by: Arithmetic, left: &Value, right: &Value) -> Value {
    let (left, right) = match (left, right) {
        (Value::Null, _) | (_, Value::Null) => return Value::Null,
        (Value::Int(left), Value::Int(right)) if by != Arithmetic::DivideBy => {
            return whole(by, *left, *right).map_or(Value::Null, Value::Int);
        }
        (left, right) => (float(left), float(right)),
    };
    let result = match by {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        // A float divided by zero is not finite, and so null.
        Arithmetic::Divide | Arithmetic::DivideBy => left / right,
        Arithmetic::Modulo => left % right,
    };
    if !result.is_finite() {
        Value::Null
    } else if result.abs() < ROUNDED_BELOW {
        Value::Number((result * SCALE).round() / SCALE)
    } else {
        Value::Number(result)
    }
}

/// Arithmetic on whole numbers; None when it overflows or divides by zero.
fn whole(by: Arithmetic, left: i64, right: i64) -> Option<i64> {
    match by {
        Arithmetic::Add => left.checked_add(right),
        Arithmetic::Subtract => left.checked_sub(right),
        Arithmetic::Multiply => left.checked_mul(right),
        Arithmetic::Divide | Arithmetic::DivideBy => left.checked_div(right),
        Arithmetic::Modulo => left.checked_rem(right),
    }
}

/// A number as a float, the nearest one.
fn float(value: &Value) -> f64 {
    match value {
        Value::Number(value) => *value,
        Value::Int(value) => {
            // Both halves are exact, so only their sum is rounded.
            let high = i32::try_from(value >> 32).expect("the upper half of 64 bits has 32");
            let low = u32::try_from(value & 0xffff_ffff).expect("the lower half of 64 bits has 32");
            f64::from(high) * 4_294_967_296.0 + f64::from(low)
        }
        Value::Null | Value::Bool(_) | Value::Text(_) => f64::NAN,
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
    match Instant::from_ticks(ticks) {
        Ok(instant) => Value::Int(instant.to_string()[at].parse().expect("the fields are digits")),
        Err(_) => Value::Null,
    }
}

/// What a character becomes, unless that is several characters.
fn counterpart(c: char, mut mapped: impl ExactSizeIterator<Item = char>) -> char {
    if mapped.len() == 1 { mapped.next().unwrap_or(c) } else { c }
}

