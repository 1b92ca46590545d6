//! What orders rows, and what comes after a row, as expressions: an engine that
//! translates expressions needs to know nothing more of orders and keys.
//!
//! A page starts after the last row of the one before, which its [`Key`] names.
//! [`after`] is the condition that a row does; `ORDER BY` the values of
//! [`ordered_values`], each in its criterion's direction with null before all
//! values (and so last when descending), then time and id.
//!
//! ```
//! use trunklog_odata::Version;
//! use trunklog_odata::filter::order_by;
//! use trunklog_records::TimeRange;
//! use trunklog_records::schema::SMS;
//! use trunklog_store::{Key, OrderValue, Selection, keyset};
//!
//! let order = order_by("smsUnits desc", &SMS.shape(Version::Beta)).unwrap();
//! let selection = Selection { order, ..Selection::all(&SMS, TimeRange::ALL) };
//! let key = Key { order: vec![OrderValue::Int(2)], ..Key::new(TimeRange::ALL.from(), "a") };
//! assert_eq!(keyset::ordered_values(&selection).len(), key.order.len());
//! let units = SMS.index_of("smsUnits").unwrap();
//! assert!(keyset::after(&selection, &key).properties().contains(&units));
//! ```

use trunklog_odata::expr::{Comparison, Direction, Expr, Kind, Literal, Node, OrderBy};

use crate::evaluate::{KeyValue, key_value};
use crate::page::Key;
use crate::selection::Selection;

/// The expressions whose values a key carries, one for each criterion and in their
/// order, each of its criterion's kind. Of texts that is what of them takes part in
/// an order.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_odata::expr::Node;
/// use trunklog_odata::filter::order_by;
/// use trunklog_records::TimeRange;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::{Selection, keyset};
///
/// let order = order_by("smsType", &SMS.shape(Version::Beta)).unwrap();
/// let by_type = Selection { order, ..Selection::all(&SMS, TimeRange::ALL) };
/// let values = keyset::ordered_values(&by_type);
/// assert!(matches!(values[0].node, Node::Beginning(_)));
/// ```
pub fn ordered_values(selection: &Selection) -> Vec<Expr> {
    selection.order.iter().map(ordered_value).collect()
}

/// The condition that a row comes after a key in the selection's order. A value
/// of the key that is missing, or of another kind than its criterion, counts as
/// null: only a token that was changed has that.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_records::TimeRange;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::{Key, Selection, keyset};
///
/// let all = Selection::all(&SMS, TimeRange::ALL);
/// let rest = keyset::after(&all, &Key::new(Instant::ABSENT, "7"));
/// let rest = Selection { filter: Some(rest), ..all };
/// assert!(rest.check().is_ok());
/// ```
pub fn after(selection: &Selection, key: &Key) -> Expr {
    let log = selection.log;
    let (time, id) = (Literal::Instant(key.time), Literal::Text(key.id.clone()));
    let time_of_row = || Expr::new(Kind::Instant, Node::Property(log.time_index()));
    let id_of_row = Expr::new(Kind::Text, Node::Property(log.id_index()));
    let last = any([
        compare(Comparison::Greater, time_of_row(), time.clone()),
        all([compare(Comparison::Equal, time_of_row(), time), compare(Comparison::Greater, id_of_row, id)]),
    ]);
    // From the last criterion to the first: what comes after one counts only where
    // the values of those before it are the same.
    let criteria = selection.order.iter().enumerate();
    criteria.rev().fold(last, |rest, (at, criterion)| {
        let value = key_value(key.order.get(at), criterion.by.kind);
        after_value(criterion, value.map(|value| literal(value, criterion.by.kind)), rest)
    })
}

/// The condition that a row comes after a value by a criterion, or has that
/// value and satisfies `rest`.
fn after_value(criterion: &OrderBy, value: Option<Literal>, rest: Expr) -> Expr {
    let of_row = || ordered_value(criterion);
    let Some(value) = value else {
        return match criterion.direction {
            Direction::Ascending => any([not(is_null(of_row())), rest]),
            Direction::Descending => all([is_null(of_row()), rest]),
        };
    };
    let same = all([compare(Comparison::Equal, of_row(), value.clone()), rest]);
    match criterion.direction {
        Direction::Ascending => any([compare(Comparison::Greater, of_row(), value), same]),
        Direction::Descending => any([compare(Comparison::Less, of_row(), value), is_null(of_row()), same]),
    }
}

fn ordered_value(criterion: &OrderBy) -> Expr {
    let by = criterion.by.clone();
    match by.kind {
        Kind::Text => Expr::new(Kind::Text, Node::Beginning(Box::new(by))),
        _ => by,
    }
}

/// A key's value as one of its criterion's kind.
fn literal(value: KeyValue<'_>, kind: Kind) -> Literal {
    match (value, kind) {
        (KeyValue::Bool(value), _) => Literal::Bool(value),
        (KeyValue::Instant(value), _) => Literal::Instant(value),
        (KeyValue::Number(value), _) => Literal::Number(value),
        (KeyValue::Text(value), _) => Literal::Text(value.to_owned()),
        (KeyValue::Int(value), Kind::Date) => Literal::Date(value),
        (KeyValue::Int(value), Kind::TimeOfDay) => Literal::TimeOfDay(value),
        (KeyValue::Int(value), _) => Literal::Int(value),
    }
}

fn compare(by: Comparison, left: Expr, right: Literal) -> Expr {
    condition(Node::Compare(by, Box::new(left), Box::new(Expr::literal(right))))
}

fn is_null(of: Expr) -> Expr {
    condition(Node::IsNull(Box::new(of)))
}

fn not(of: Expr) -> Expr {
    condition(Node::Not(Box::new(of)))
}

fn all<const N: usize>(parts: [Expr; N]) -> Expr {
    condition(Node::And(parts.into()))
}

fn any<const N: usize>(parts: [Expr; N]) -> Expr {
    condition(Node::Or(parts.into()))
}

fn condition(node: Node) -> Expr {
    Expr::new(Kind::Bool, node)
}

#[cfg(test)]
mod tests;
