//! `$filter`, `$orderby` and `$select`: text in, checked expressions out.
//!
//! Source: OData 4.01 URL Conventions, sections 5.1.1 and 5.1.4. Names of
//! operators and functions are taken in any letter case, because Graph's own
//! documentation writes `startsWith`; names of properties are not.
//!
//! All faults are 400. The message is ODL's where one is known and always names
//! the position: characters from the text's start, counted from 0 as ODL does.
//! The hint says what was expected.
//!
//! Nothing here can run away: what is nested deeper than [`MAX_DEPTH`], has
//! more than [`MAX_NODES`] parts or lists more than [`MAX_LITERALS`] values is
//! refused while it is read.
//!
//! ```
//! # use trunklog_odata::edm::EdmType;
//! # use trunklog_odata::filter::Shape;
//! # struct Row;
//! # impl Shape for Row {
//! #     fn type_name(&self) -> &str {
//! #         "row"
//! #     }
//! #     fn property(&self, name: &str) -> Option<(usize, EdmType)> {
//! #         (name == "duration").then_some((0, EdmType::Int32))
//! #     }
//! #     fn names(&self) -> Vec<&'static str> {
//! #         vec!["duration"]
//! #     }
//! #     fn elsewhere(&self, _: &str) -> Option<String> {
//! #         None
//! #     }
//! # }
//! use trunklog_odata::filter::{self, MAX_DEPTH};
//!
//! let within = |times| format!("{}duration gt 60{}", "(".repeat(times), ")".repeat(times));
//! assert!(filter::parse(&within(3), &Row, &|_| None).is_ok());
//! assert!(filter::parse(&within(MAX_DEPTH + 1), &Row, &|_| None).is_err());
//! ```

mod cursor;
mod expected;
mod function;
mod limits;
mod literal;
mod operand;
mod parser;
mod shape;
mod typing;

use std::collections::BTreeSet;

use self::cursor::Cursor;
use self::literal::NO_ALIASES;
use self::operand::Operand;
use self::parser::Parser;
use self::shape::unknown;
use crate::expr::{Direction, Expr, Kind, Node, OrderBy};
use crate::near::{self, hint};
use crate::{Error, Result};

pub use limits::{MAX_DEPTH, MAX_LITERALS, MAX_NODES, MAX_ORDER};
pub use shape::Shape;

/// The names of all operators and functions, for those who describe them. `any`
/// and `all`, which belong to collections, are neither.
///
/// ```
/// let names = trunklog_odata::filter::names();
/// assert!(["divby", "not", "in", "startswith"].iter().all(|name| names.contains(name)));
/// ```
pub fn names() -> Vec<&'static str> {
    let operators = parser::OPERATORS.into_iter().map(|(name, _, _)| name);
    operators.chain(["not", "in"]).chain(function::names()).collect()
}

/// Reads a `$filter`. `alias` gives the text of a parameter alias, whose name
/// includes its `@`.
///
/// # Errors
/// 400, see the head of this module.
///
/// ```
/// # use trunklog_odata::edm::EdmType;
/// # use trunklog_odata::filter::Shape;
/// # struct Row;
/// # impl Shape for Row {
/// #     fn type_name(&self) -> &str {
/// #         "row"
/// #     }
/// #     fn property(&self, name: &str) -> Option<(usize, EdmType)> {
/// #         (name == "duration").then_some((0, EdmType::Int32))
/// #     }
/// #     fn names(&self) -> Vec<&'static str> {
/// #         vec!["duration"]
/// #     }
/// #     fn elsewhere(&self, _: &str) -> Option<String> {
/// #         None
/// #     }
/// # }
/// use trunklog_odata::expr::Kind;
/// use trunklog_odata::filter;
///
/// let no_alias = |_: &str| -> Option<String> { None };
/// let expr = filter::parse("duration gt 60", &Row, &no_alias)?;
/// assert_eq!(expr.kind, Kind::Bool);
/// let error = filter::parse("duration is 60", &Row, &no_alias).unwrap_err();
/// assert_eq!(error.kind().status(), 400);
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
pub fn parse(text: &str, shape: &dyn Shape, alias: &dyn Fn(&str) -> Option<String>) -> Result<Expr> {
    let mut parser = Parser::new(text, shape, Some(alias));
    let operand = parser.expression()?;
    if parser.cursor.peek().is_some() {
        return Err(parser.no_operator(&["the end"]));
    }
    match operand {
        Operand::Value(value) if value.expr.kind == Kind::Bool => Ok(value.expr),
        Operand::Value(_) | Operand::Null { .. } => Err(parser
            .cursor
            .fault(operand.at(), "The $filter expression must evaluate to a single boolean value.")
            .hint("compare it with something: userId eq '…', duration gt 60")),
    }
}

/// Reads a `$orderby`: expressions with a single value, each with an optional
/// `asc` or `desc`.
///
/// # Errors
/// 400, see the head of this module; also for more than [`MAX_ORDER`] criteria.
///
/// ```
/// # use trunklog_odata::edm::EdmType;
/// # use trunklog_odata::filter::Shape;
/// # struct Row;
/// # impl Shape for Row {
/// #     fn type_name(&self) -> &str {
/// #         "row"
/// #     }
/// #     fn property(&self, name: &str) -> Option<(usize, EdmType)> {
/// #         (name == "duration").then_some((0, EdmType::Int32))
/// #     }
/// #     fn names(&self) -> Vec<&'static str> {
/// #         vec!["duration"]
/// #     }
/// #     fn elsewhere(&self, _: &str) -> Option<String> {
/// #         None
/// #     }
/// # }
/// use trunklog_odata::expr::Direction;
/// use trunklog_odata::filter;
///
/// let order = filter::order_by("duration desc", &Row)?;
/// assert_eq!(order[0].direction, Direction::Descending);
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
pub fn order_by(text: &str, shape: &dyn Shape) -> Result<Vec<OrderBy>> {
    let mut parser = Parser::new(text, shape, None);
    let mut order = Vec::new();
    loop {
        let operand = parser.expression()?;
        let at = operand.at();
        if order.len() == MAX_ORDER {
            let message = format!("The $orderby has more than {MAX_ORDER} criteria.");
            return Err(parser.cursor.fault(at, message).hint("leave out the last ones"));
        }
        let by = match operand {
            Operand::Value(value) if !matches!(value.expr.node, Node::Literal(_)) => value.expr,
            Operand::Value(_) | Operand::Null { .. } => {
                let message = "The $orderby expression is a literal, which is the same for all rows.";
                return Err(parser
                    .cursor
                    .fault(at, message)
                    .hint("give a property, without quotes: startDateTime desc"));
            }
        };
        let direction = direction(&mut parser.cursor);
        order.push(OrderBy { by, direction: direction.unwrap_or(Direction::Ascending) });
        if parser.cursor.take(',') {
            continue;
        }
        if parser.cursor.peek().is_none() {
            return Ok(order);
        }
        return Err(match direction {
            None => no_direction(&mut parser),
            Some(_) => parser.cursor.syntax_error(parser.cursor.at()).hint("expected ',' or the end"),
        });
    }
}

/// Reads a direction, if one comes next.
fn direction(cursor: &mut Cursor<'_>) -> Option<Direction> {
    let word = cursor.word();
    let direction = if word.eq_ignore_ascii_case("desc") {
        Direction::Descending
    } else if word.eq_ignore_ascii_case("asc") {
        Direction::Ascending
    } else {
        return None;
    };
    cursor.advance(word.len());
    Some(direction)
}

/// The error for something else after an expression of an order.
fn no_direction(parser: &mut Parser<'_>) -> Error {
    match near::nearest(parser.cursor.word(), ["desc", "asc"]) {
        Some(near) => parser.cursor.syntax_error(parser.cursor.at()).hint(format!("did you mean '{near}'?")),
        None => parser.no_operator(&["asc", "desc", "','", "the end"]),
    }
}

/// Reads a `$select`. Gives the indices of the properties in ascending order,
/// None for all.
///
/// # Errors
/// 400, see the head of this module.
///
/// ```
/// # use trunklog_odata::edm::EdmType;
/// # use trunklog_odata::filter::Shape;
/// # struct Row;
/// # impl Shape for Row {
/// #     fn type_name(&self) -> &str {
/// #         "row"
/// #     }
/// #     fn property(&self, name: &str) -> Option<(usize, EdmType)> {
/// #         (name == "duration").then_some((0, EdmType::Int32))
/// #     }
/// #     fn names(&self) -> Vec<&'static str> {
/// #         vec!["duration"]
/// #     }
/// #     fn elsewhere(&self, _: &str) -> Option<String> {
/// #         None
/// #     }
/// # }
/// use trunklog_odata::filter;
///
/// assert_eq!(filter::select("duration", &Row)?, Some(vec![0]));
/// assert_eq!(filter::select("*", &Row)?, None);
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
pub fn select(text: &str, shape: &dyn Shape) -> Result<Option<Vec<usize>>> {
    let mut cursor = Cursor::new(text);
    let mut chosen = BTreeSet::new();
    let mut all = false;
    loop {
        if cursor.take('*') {
            all = true;
        } else {
            chosen.insert(selected(&mut cursor, shape)?);
        }
        if cursor.take(',') {
            continue;
        }
        match cursor.peek() {
            None => break,
            Some(_) => {
                return Err(cursor
                    .syntax_error(cursor.at())
                    .hint("names of properties are separated by commas: id,userId,startDateTime"));
            }
        }
    }
    Ok(if all { None } else { Some(chosen.into_iter().collect()) })
}

/// One name of a `$select`.
fn selected(cursor: &mut Cursor<'_>, shape: &dyn Shape) -> Result<usize> {
    let name = cursor.word();
    let at = cursor.at();
    if name.is_empty() {
        let error = cursor.expected("Name of a property", at);
        return Err(match cursor.peek() {
            Some('@') => error.hint(NO_ALIASES),
            Some(_) | None => error.hint(hint("", "properties", &shape.names())),
        });
    }
    cursor.advance(name.len());
    let Some((index, _)) = shape.property(name) else {
        return Err(unknown(cursor, at, name, shape));
    };
    if cursor.peek() == Some('/') {
        return Err(cursor
            .syntax_error(cursor.at())
            .hint(format!("only whole properties can be selected: write {name} without a path")));
    }
    Ok(index)
}

#[cfg(test)]
mod tests;
