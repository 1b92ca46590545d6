//! What an expression means, in the plainest way.
//!
//! Engines translate expressions into their own language; the conformance kit
//! compares what comes of that with this. Rows that the store makes itself,
//! those of computed logs and the default reports, are filtered and ordered
//! here, too. A stored value that cannot be read counts as null: no row makes
//! an evaluation fail.
//!
//! ```
//! use trunklog_odata::expr::{Arithmetic, Expr, Kind, Literal, Node};
//! use trunklog_records::schema::SMS;
//! use trunklog_store::OrderValue;
//! use trunklog_store::evaluate::Scope;
//!
//! let number = |value| Box::new(Expr::literal(Literal::Int(value)));
//! let divide = |by| Expr::new(Kind::Int, Node::Arithmetic(Arithmetic::Divide, number(7), number(by)));
//! let no_row = Scope::new(&SMS, &[]);
//! assert_eq!(no_row.value(&divide(2)), OrderValue::Int(3));
//! assert_eq!(no_row.value(&divide(0)), OrderValue::Null);
//! ```

mod arithmetic;
mod cells;
mod comparison;
mod functions;

use serde_json::Value as Json;
use trunklog_odata::edm::{ComplexType, EdmType};
use trunklog_odata::expr::{Expr, Function, Literal, Node, OrderBy};
use trunklog_records::Log;
use trunklog_records::masking::masked;

use crate::page::OrderValue;

pub use cells::{Cell, Place, Row, put_together, take_apart, take_row};
pub(crate) use comparison::{KeyValue, key_value};
pub use comparison::{OrderKey, compare, compared};

/// The value of an expression.
type Value = OrderValue;

/// A row, and within `any` and `all` one element of a collection.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_odata::filter::parse;
/// use trunklog_records::RowBuilder;
/// use trunklog_records::json::RowDecoder;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::evaluate::{Scope, take_row};
///
/// let mut rows = RowBuilder::new(&SMS);
/// let json = br#"{"id":"1","sentDateTime":"2026-11-30T10:00:00Z","smsType":"outbound"}"#;
/// RowDecoder::new(&SMS).decode(json, &mut rows).unwrap();
/// let row = take_row(&rows.finish(), 0);
///
/// let filter = parse("smsType eq 'outbound'", &SMS.shape(Version::Beta), &|_| None).unwrap();
/// assert!(Scope::new(&SMS, &row.cells).selects(Some(&filter)));
/// ```
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    log: &'static Log,
    cells: &'a [Cell],
    element: Option<(&'static ComplexType, &'a Json)>,
}

impl<'a> Scope<'a> {
    /// A row of a log, taken apart by [`take_row`].
    pub fn new(log: &'static Log, cells: &'a [Cell]) -> Scope<'a> {
        Scope { log, cells, element: None }
    }

    /// Whether the row satisfies a filter; without one it does.
    ///
    /// ```
    /// use trunklog_odata::Version;
    /// use trunklog_odata::filter::parse;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_store::evaluate::{Scope, take_row};
    /// # use trunklog_records::RowBuilder;
    /// # use trunklog_records::json::RowDecoder;
    /// # let mut rows = RowBuilder::new(&SMS);
    /// # let json = br#"{"id":"1","sentDateTime":"2026-11-30T10:00:00Z","smsUnits":2}"#;
    /// # RowDecoder::new(&SMS).decode(json, &mut rows).unwrap();
    /// # let rows = rows.finish();
    ///
    /// let row = take_row(&rows, 0);
    /// let filter = parse("smsUnits gt 2", &SMS.shape(Version::Beta), &|_| None).unwrap();
    /// let scope = Scope::new(&SMS, &row.cells);
    /// assert!(scope.selects(None) && !scope.selects(Some(&filter)));
    /// ```
    pub fn selects(self, filter: Option<&Expr>) -> bool {
        filter.is_none_or(|filter| self.is_true(filter))
    }

    /// The values that an order compares.
    ///
    /// ```
    /// use trunklog_odata::Version;
    /// use trunklog_odata::filter::order_by;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_store::OrderValue;
    /// use trunklog_store::evaluate::{Scope, take_row};
    /// # use trunklog_records::RowBuilder;
    /// # use trunklog_records::json::RowDecoder;
    /// # let mut rows = RowBuilder::new(&SMS);
    /// # let json = br#"{"id":"1","sentDateTime":"2026-11-30T10:00:00Z","smsUnits":2}"#;
    /// # RowDecoder::new(&SMS).decode(json, &mut rows).unwrap();
    /// # let rows = rows.finish();
    ///
    /// let row = take_row(&rows, 0);
    /// let order = order_by("smsUnits desc", &SMS.shape(Version::Beta)).unwrap();
    /// assert_eq!(Scope::new(&SMS, &row.cells).order_values(&order), [OrderValue::Int(2)]);
    /// ```
    pub fn order_values(self, order: &[OrderBy]) -> Vec<OrderValue> {
        order
            .iter()
            .map(|criterion| match self.value(&criterion.by) {
                Value::Text(text) => OrderValue::of_text(&text),
                value => value,
            })
            .collect()
    }

    /// The value of an expression.
    ///
    /// ```
    /// use trunklog_odata::Version;
    /// use trunklog_odata::filter::parse;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_store::OrderValue;
    /// use trunklog_store::evaluate::{Scope, take_row};
    /// # use trunklog_records::RowBuilder;
    /// # use trunklog_records::json::RowDecoder;
    /// # let mut rows = RowBuilder::new(&SMS);
    /// # let json = br#"{"id":"1","sentDateTime":"2026-11-30T10:00:00Z","smsUnits":2}"#;
    /// # RowDecoder::new(&SMS).decode(json, &mut rows).unwrap();
    /// # let rows = rows.finish();
    ///
    /// let row = take_row(&rows, 0);
    /// let filter = parse("smsUnits add 1 eq 3", &SMS.shape(Version::Beta), &|_| None).unwrap();
    /// assert_eq!(Scope::new(&SMS, &row.cells).value(&filter), OrderValue::Bool(true));
    /// ```
    pub fn value(self, expr: &Expr) -> OrderValue {
        match &expr.node {
            Node::Literal(literal) => literal_value(literal),
            Node::Property(at) => self.property(*at),
            Node::Member(at) => self.member(*at),
            Node::And(parts) => self.decided(parts, false),
            Node::Or(parts) => self.decided(parts, true),
            Node::Not(of) => match self.value(of) {
                Value::Bool(value) => Value::Bool(!value),
                _ => Value::Null,
            },
            Node::IsNull(of) => Value::Bool(self.value(of) == Value::Null),
            Node::Compare(by, left, right) => {
                Value::Bool(comparison::holds(*by, &self.value(left), &self.value(right)))
            }
            Node::In(of, literals) => {
                let value = self.value(of);
                let equals = |literal| comparison::are_equal(&value, &literal_value(literal));
                Value::Bool(literals.iter().any(equals))
            }
            Node::Arithmetic(by, left, right) => {
                arithmetic::computed(*by, &self.value(left), &self.value(right))
            }
            Node::Negate(of) => arithmetic::negated(&self.value(of)),
            Node::Call(function, arguments) => self.call(*function, arguments),
            Node::Any(at, None) => Value::Bool(self.has_element(*at, |_| true)),
            Node::Any(at, Some(predicate)) => {
                Value::Bool(self.has_element(*at, |element| element.is_true(predicate)))
            }
            Node::All(at, predicate) => {
                Value::Bool(!self.has_element(*at, |element| !element.is_true(predicate)))
            }
            Node::If(when, then, _) if self.is_true(when) => self.value(then),
            Node::If(_, _, or) => self.value(or),
            Node::Mask(of, digits) => match self.value(of) {
                Value::Text(text) => Value::Text(masked(&text, *digits).into_owned()),
                _ => Value::Null,
            },
            Node::Beginning(of) => match self.value(of) {
                Value::Text(text) => OrderValue::of_text(&text),
                _ => Value::Null,
            },
        }
    }

    fn is_true(self, expr: &Expr) -> bool {
        self.value(expr) == Value::Bool(true)
    }

    fn property(self, at: usize) -> Value {
        let (Some(property), Some(cell)) = (self.log.properties.get(at), self.cells.get(at)) else {
            return Value::Null;
        };
        match (property.edm, cell) {
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
        let Some((of, element)) = self.element else { return Value::Null };
        let Some((name, _)) = of.properties.get(at) else { return Value::Null };
        match element.get(name) {
            Some(Json::String(text)) => Value::Text(text.clone()),
            Some(Json::Bool(value)) => Value::Bool(*value),
            Some(Json::Number(number)) => number.as_i64().map_or(Value::Null, Value::Int),
            _ => Value::Null,
        }
    }

    /// `decisive` when a part has that value, else null when one is null.
    fn decided(self, parts: &[Expr], decisive: bool) -> Value {
        let mut whole = Value::Bool(!decisive);
        for part in parts {
            match self.value(part) {
                Value::Bool(value) if value == decisive => return Value::Bool(decisive),
                Value::Bool(_) => {}
                _ => whole = Value::Null,
            }
        }
        whole
    }

    /// Whether `look` is true of an element of the collection at that index.
    /// What is not an array in JSON has no elements.
    fn has_element(self, at: usize, look: impl Fn(Scope<'_>) -> bool) -> bool {
        let Some(EdmType::Collection(of)) = self.log.properties.get(at).map(|property| property.edm) else {
            return false;
        };
        let Some(Cell::Text(json)) = self.cells.get(at) else { return false };
        let elements: Vec<Json> = serde_json::from_str(json).unwrap_or_default();
        elements.iter().any(|element| look(Scope { element: Some((of, element)), ..self }))
    }

    fn call(self, function: Function, arguments: &[Expr]) -> Value {
        let values: Vec<Value> = arguments.iter().map(|argument| self.value(argument)).collect();
        functions::result(function, arguments.first().map(|argument| argument.kind), &values)
    }
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

#[cfg(test)]
mod tests;
