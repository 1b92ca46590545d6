//! Expressions as SQL.
//!
//! What they mean stands in `trunklog_odata::expr`. A literal becomes a bound
//! value, never text. No row makes the SQL fail: what cannot be computed is
//! null, so whole numbers are computed 128 bits wide and then narrowed.

use duckdb::Connection;
use duckdb::types::Value;
use trunklog_odata::edm::EdmType;
use trunklog_odata::expr::{Comparison, Expr, Kind, Literal, Node, ORDERED_CHARS};
use trunklog_records::Log;

use crate::sql::{Parameters, quoted};

mod bins;
mod functions;
pub(crate) mod late;
mod masked;

pub(crate) use bins::BIN;

/// Makes Trunklog's own functions known to all connections of the instance that
/// a connection belongs to.
pub(crate) fn register(connection: &Connection) -> duckdb::Result<()> {
    masked::register(connection)?;
    late::register(connection)?;
    bins::register(connection)
}

/// A condition for `WHERE` that is true of the rows of which `filter` is.
/// Where `filter` is false, it may be null: that lets DuckDB compare columns
/// with what it knows of a row group, and leave the group out.
pub(crate) fn condition(filter: &Expr, log: &'static Log, parameters: &mut Parameters) -> String {
    Writer::new(log, parameters).condition(filter)
}

/// The value of an expression: `BIGINT` or `INTEGER` for whole numbers,
/// instants, dates and times, `DOUBLE` for numbers.
pub(crate) fn value(expr: &Expr, log: &'static Log, parameters: &mut Parameters) -> String {
    Writer::new(log, parameters).value(expr)
}

struct Writer<'a> {
    log: &'static Log,
    parameters: &'a mut Parameters,
    /// The collections whose elements are looked at, the innermost last.
    collections: Vec<usize>,
    /// How many names were given to values.
    names: usize,
}

impl<'a> Writer<'a> {
    fn new(log: &'static Log, parameters: &'a mut Parameters) -> Writer<'a> {
        Writer { log, parameters, collections: Vec::new(), names: 0 }
    }

    /// True exactly where `expr` is; elsewhere false or null.
    fn condition(&mut self, expr: &Expr) -> String {
        match &expr.node {
            Node::And(parts) => self.joined(parts, "AND", "true", Writer::condition),
            Node::Or(parts) => self.joined(parts, "OR", "false", Writer::condition),
            Node::Compare(by, left, right) => {
                let never_both_null = is_literal(left) || is_literal(right);
                let (left, right) = self.sides(left, right);
                match by {
                    Comparison::Equal if never_both_null => format!("({left} = {right})"),
                    Comparison::Equal | Comparison::NotEqual => exactly(*by, &left, &right),
                    Comparison::Greater
                    | Comparison::GreaterOrEqual
                    | Comparison::Less
                    | Comparison::LessOrEqual => format!("({left} {} {right})", operator(*by)),
                }
            }
            Node::In(of, literals) => self.membership(of, literals),
            _ => self.value(expr),
        }
    }

    /// The value of `expr`, null exactly where it is.
    fn value(&mut self, expr: &Expr) -> String {
        match &expr.node {
            Node::Literal(literal) => self.literal(literal),
            Node::Property(at) => self.property(*at),
            Node::Member(at) => self.member(*at),
            Node::And(parts) => self.joined(parts, "AND", "true", Writer::value),
            Node::Or(parts) => self.joined(parts, "OR", "false", Writer::value),
            Node::Not(of) => format!("(NOT {})", self.value(of)),
            Node::IsNull(of) => format!("({} IS NULL)", self.value(of)),
            Node::Compare(by, left, right) => {
                let (left, right) = self.sides(left, right);
                exactly(*by, &left, &right)
            }
            Node::In(of, literals) => format!("coalesce({}, false)", self.membership(of, literals)),
            Node::Arithmetic(by, left, right) => self.arithmetic(expr.kind, *by, left, right),
            Node::Negate(of) => self.negated(of),
            Node::Call(function, arguments) => self.call(*function, arguments),
            Node::Any(at, predicate) => {
                let predicate = predicate.as_deref();
                self.elements(*at, |writer| predicate.map(|predicate| writer.condition(predicate)))
            }
            Node::All(at, predicate) => {
                let other = self.elements(*at, |writer| {
                    Some(format!("NOT coalesce({}, false)", writer.condition(predicate)))
                });
                format!("(NOT {other})")
            }
            Node::If(when, then, or) => {
                let when = self.condition(when);
                let (then, or) = (self.value_as(expr.kind, then), self.value_as(expr.kind, or));
                format!("CASE WHEN {when} THEN {then} ELSE {or} END")
            }
            Node::Mask(of, digits) => self.masked(of, *digits),
            Node::Beginning(of) => format!("left({}, {ORDERED_CHARS})", self.value(of)),
        }
    }

    fn joined(
        &mut self,
        parts: &[Expr],
        operator: &str,
        of_none: &str,
        write: fn(&mut Self, &Expr) -> String,
    ) -> String {
        let parts: Vec<_> = parts.iter().map(|part| write(self, part)).collect();
        if parts.is_empty() {
            of_none.to_owned()
        } else {
            format!("({})", parts.join(&format!(" {operator} ")))
        }
    }

    /// The two sides of a comparison, as values of one type.
    fn sides(&mut self, left: &Expr, right: &Expr) -> (String, String) {
        let kind = if right.kind == Kind::Number { Kind::Number } else { left.kind };
        (self.value_as(kind, left), self.value_as(kind, right))
    }

    /// A value as one of `kind`: a whole number may stand for any number.
    fn value_as(&mut self, kind: Kind, expr: &Expr) -> String {
        let value = self.value(expr);
        if kind == Kind::Number && expr.kind != Kind::Number {
            format!("CAST({value} AS DOUBLE)")
        } else {
            value
        }
    }

    /// Whether a value is one of the literals; null where the value is.
    fn membership(&mut self, of: &Expr, literals: &[Literal]) -> String {
        if literals.is_empty() {
            return "false".to_owned();
        }
        let with_numbers = literals.iter().any(|literal| literal.kind() == Kind::Number);
        let kind = if with_numbers { Kind::Number } else { of.kind };
        let of = self.value_as(kind, of);
        let literals: Vec<_> =
            literals.iter().map(|literal| self.value_as(kind, &Expr::literal(literal.clone()))).collect();
        format!("({of} IN ({}))", literals.join(", "))
    }

    fn literal(&mut self, literal: &Literal) -> String {
        let value = match literal {
            Literal::Text(text) => Value::Text(text.clone()),
            Literal::Instant(instant) => Value::BigInt(instant.ticks()),
            // As narrow as the columns, so that these need no conversion.
            Literal::Int(number) => i32::try_from(*number).map_or(Value::BigInt(*number), Value::Int),
            Literal::Number(number) => Value::Double(*number),
            Literal::Bool(value) => Value::Boolean(*value),
            Literal::Date(count) | Literal::TimeOfDay(count) => Value::BigInt(*count),
        };
        self.parameters.bind(value)
    }

    fn property(&self, at: usize) -> String {
        let Some(property) = self.log.properties.get(at) else { return "NULL".to_owned() };
        let column = quoted(property.name);
        if property.edm == EdmType::Decimal { format!("TRY_CAST({column} AS DOUBLE)") } else { column }
    }
}

fn is_literal(expr: &Expr) -> bool {
    matches!(expr.node, Node::Literal(_))
}

fn operator(by: Comparison) -> &'static str {
    match by {
        Comparison::Equal => "IS NOT DISTINCT FROM",
        Comparison::NotEqual => "IS DISTINCT FROM",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
    }
}

/// A comparison that is never null.
fn exactly(by: Comparison, left: &str, right: &str) -> String {
    let compared = format!("({left} {} {right})", operator(by));
    match by {
        Comparison::Equal | Comparison::NotEqual => compared,
        Comparison::Greater | Comparison::GreaterOrEqual | Comparison::Less | Comparison::LessOrEqual => {
            format!("coalesce({compared}, false)")
        }
    }
}

#[cfg(test)]
mod tests;
