//! Typed expressions over the properties of a row: what `$filter` and
//! `$orderby` become.
//!
//! A parser makes them and has checked every type; a store evaluates them,
//! each in its own way. What an expression means is written here, so that all
//! stores agree. Source: OData 4.01 URL Conventions, section 5.1.1.
//!
//! **Null.** `eq` is true when both sides are null and false when one is; `ne`
//! is its opposite. `gt`, `ge`, `lt` and `le` are false when a side is null.
//! `and`, `or` and `not` follow three-valued logic. Arithmetic and functions
//! of null are null. A row is selected when the whole is true.
//!
//! **Numbers.** Whole numbers are 64 bits wide. As soon as a decimal takes
//! part, numbers are 64-bit floats, and the result of arithmetic is rounded to
//! [`DECIMAL_PLACES`] places, half away from zero, so that `0.1 add 0.2 eq 0.3`
//! holds. Whole numbers divide to whole numbers, toward zero. What overflows or
//! divides by zero is null.
//!
//! **Text** is compared byte by byte; `tolower` and `toupper` change each
//! character that has exactly one counterpart; `length` counts characters.
//!
//! ```
//! use trunklog_odata::expr::{Comparison, Expr, Kind, Literal, Node};
//!
//! // `duration gt 60`, where the property at index 9 is the duration.
//! let duration = Expr::new(Kind::Int, Node::Property(9));
//! let minute = Expr::literal(Literal::Int(60));
//! let compare = Node::Compare(Comparison::Greater, Box::new(duration), Box::new(minute));
//! let filter = Expr::new(Kind::Bool, compare);
//! assert!(filter.properties().contains(&9));
//! ```

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Instant;

/// The digits after the point that arithmetic keeps.
pub const DECIMAL_PLACES: u32 = 10;

/// An expression and the kind of its value.
///
/// ```
/// use trunklog_odata::expr::{Expr, Kind, Literal};
///
/// let sixty = Expr::literal(Literal::Int(60));
/// assert_eq!(sixty.kind, Kind::Int);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// What its value is, unless it is null.
    pub kind: Kind,
    /// How it is computed.
    pub node: Node,
}

/// The kinds of values.
///
/// ```
/// use trunklog_odata::edm::EdmType;
/// use trunklog_odata::expr::{Kind, Literal};
///
/// assert_eq!(Literal::Int(60).kind(), Kind::Int);
/// assert_eq!(EdmType::DateTimeOffset.kind(), Some(Kind::Instant));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Text, which enumerations and GUIDs are too.
    Text,
    /// An instant, in units of 100 ns since 1970.
    Instant,
    /// A whole number.
    Int,
    /// A number with digits after the point.
    Number,
    /// True or false.
    Bool,
    /// A day, counted from 1970-01-01.
    Date,
    /// A time of day, in units of 100 ns since midnight.
    TimeOfDay,
}

/// How a value is computed.
///
/// ```
/// use trunklog_odata::expr::{Expr, Kind, Node};
///
/// // `not (userId eq null)`.
/// let user = Expr::new(Kind::Text, Node::Property(2));
/// let has_none = Expr::new(Kind::Bool, Node::IsNull(Box::new(user)));
/// let has_one = Expr::new(Kind::Bool, Node::Not(Box::new(has_none)));
/// assert_eq!(has_one.properties().into_iter().collect::<Vec<_>>(), [2]);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Node {
    /// A value written in the expression.
    Literal(Literal),
    /// The property at that index of the log's table. A decimal's text is read
    /// as a number.
    Property(usize),
    /// Within [`Node::Any`] and [`Node::All`]: the property at that index of
    /// the collection's element type.
    Member(usize),
    /// True when all are.
    And(Vec<Expr>),
    /// True when one is.
    Or(Vec<Expr>),
    /// The opposite.
    Not(Box<Expr>),
    /// Whether it is null; never null itself.
    IsNull(Box<Expr>),
    /// A comparison of two values of one kind, or of two numbers. Never null.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// Whether it equals one of the literals, which are of its kind. Never
    /// null.
    In(Box<Expr>, Vec<Literal>),
    /// Arithmetic on two numbers.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// A number with the other sign.
    Negate(Box<Expr>),
    /// A function with as many arguments as it takes.
    Call(Function, Vec<Expr>),
    /// Whether an element of the collection at that index satisfies the
    /// predicate; without one, whether there is an element. Never null.
    Any(usize, Option<Box<Expr>>),
    /// Whether all elements of the collection do; true of none. Never null.
    All(usize, Box<Expr>),
    /// The second when the first is true, else the third.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// A text in which that many digits at the end of each number are `*`. What
    /// counts as a number, and what happens to it, one function says that all
    /// engines call, `masked` in `trunklog-records`. No client can write it.
    Mask(Box<Expr>, u8),
    /// The first [`ORDERED_CHARS`] characters of a text: what an order compares
    /// of it. No client can write it.
    Beginning(Box<Expr>),
}

/// A value written in an expression. There is none for null: a parser makes
/// [`Node::IsNull`] of comparisons with null.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_odata::expr::{Expr, Kind, Literal};
///
/// let day = Instant::from_date(2026, 11, 1).unwrap();
/// assert_eq!(Expr::literal(Literal::Instant(day)).kind, Kind::Instant);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Literal {
    /// See [`Kind::Text`].
    Text(String),
    /// See [`Kind::Instant`].
    Instant(Instant),
    /// See [`Kind::Int`].
    Int(i64),
    /// See [`Kind::Number`]; finite.
    Number(f64),
    /// See [`Kind::Bool`].
    Bool(bool),
    /// See [`Kind::Date`].
    Date(i64),
    /// See [`Kind::TimeOfDay`].
    TimeOfDay(i64),
}

/// The comparison operators.
///
/// ```
/// use trunklog_odata::expr::{Comparison, Expr, Kind, Literal, Node};
///
/// // `smsUnits ne 1`.
/// let units = Box::new(Expr::new(Kind::Int, Node::Property(17)));
/// let one = Box::new(Expr::literal(Literal::Int(1)));
/// let differs = Expr::new(Kind::Bool, Node::Compare(Comparison::NotEqual, units, one));
/// assert_eq!(differs.kind, Kind::Bool);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Comparison {
    /// `eq`.
    Equal,
    /// `ne`.
    NotEqual,
    /// `gt`.
    Greater,
    /// `ge`.
    GreaterOrEqual,
    /// `lt`.
    Less,
    /// `le`.
    LessOrEqual,
}

/// The arithmetic operators.
///
/// ```
/// use trunklog_odata::expr::{Arithmetic, Expr, Kind, Literal, Node};
///
/// // `duration div 60`, a whole number as its operands are.
/// let duration = Box::new(Expr::new(Kind::Int, Node::Property(9)));
/// let minute = Box::new(Expr::literal(Literal::Int(60)));
/// let minutes = Expr::new(Kind::Int, Node::Arithmetic(Arithmetic::Divide, duration, minute));
/// assert!(minutes.properties().contains(&9));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Arithmetic {
    /// `add`.
    Add,
    /// `sub`.
    Subtract,
    /// `mul`.
    Multiply,
    /// `div`: whole numbers give a whole number.
    Divide,
    /// `divby`: always with digits after the point.
    DivideBy,
    /// `mod`: the remainder has the sign of the first.
    Modulo,
}

/// The functions.
///
/// ```
/// use trunklog_odata::expr::{Expr, Function, Kind, Literal, Node};
///
/// // `startswith(callerNumber,'+49')`.
/// let caller = Expr::new(Kind::Text, Node::Property(8));
/// let country = Expr::literal(Literal::Text("+49".to_owned()));
/// let german = Expr::new(Kind::Bool, Node::Call(Function::StartsWith, vec![caller, country]));
/// assert_eq!(german.kind, Kind::Bool);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Function {
    /// `startswith(text, start)`.
    StartsWith,
    /// `endswith(text, end)`.
    EndsWith,
    /// `contains(text, part)`.
    Contains,
    /// `tolower(text)`.
    ToLower,
    /// `toupper(text)`.
    ToUpper,
    /// `length(text)`, in characters.
    Length,
    /// `year(instant)` or of a date; UTC, as all that follow.
    Year,
    /// `month(instant)` or of a date.
    Month,
    /// `day(instant)` or of a date.
    Day,
    /// `hour(instant)` or of a time of day.
    Hour,
    /// `minute(instant)` or of a time of day.
    Minute,
    /// `second(instant)` or of a time of day, whole.
    Second,
    /// `date(instant)`.
    Date,
    /// `time(instant)`.
    Time,
}

/// A criterion of an order. Null comes before all values, as OData demands
/// (Protocol, section 11.2.6.2), and after them when descending.
///
/// ```
/// use trunklog_odata::expr::{Direction, Expr, Kind, Node, OrderBy};
///
/// // `duration desc`.
/// let by = Expr::new(Kind::Int, Node::Property(9));
/// let longest_first = OrderBy { by, direction: Direction::Descending };
/// assert_eq!(longest_first.by.kind, Kind::Int);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderBy {
    /// What is compared. Of texts the first [`ORDERED_CHARS`] characters count.
    pub by: Expr,
    /// In which direction.
    pub direction: Direction,
}

/// How much of a text takes part in an order; a walk's token carries it.
pub const ORDERED_CHARS: usize = 128;

/// The direction of an order.
///
/// ```
/// use trunklog_odata::expr::Direction;
///
/// let word = |direction| match direction {
///     Direction::Ascending => "asc",
///     Direction::Descending => "desc",
/// };
/// assert_eq!(word(Direction::Descending), "desc");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Small values first.
    Ascending,
    /// Large values first.
    Descending,
}

impl Literal {
    /// The kind of the value.
    ///
    /// ```
    /// use trunklog_odata::expr::{Kind, Literal};
    ///
    /// assert_eq!(Literal::Text("a".to_owned()).kind(), Kind::Text);
    /// ```
    pub fn kind(&self) -> Kind {
        match self {
            Literal::Text(_) => Kind::Text,
            Literal::Instant(_) => Kind::Instant,
            Literal::Int(_) => Kind::Int,
            Literal::Number(_) => Kind::Number,
            Literal::Bool(_) => Kind::Bool,
            Literal::Date(_) => Kind::Date,
            Literal::TimeOfDay(_) => Kind::TimeOfDay,
        }
    }
}

impl Expr {
    /// An expression of that kind.
    ///
    /// ```
    /// use trunklog_odata::expr::{Expr, Kind, Node};
    ///
    /// let duration = Expr::new(Kind::Int, Node::Property(9));
    /// assert_eq!(duration.node, Node::Property(9));
    /// ```
    pub fn new(kind: Kind, node: Node) -> Expr {
        Expr { kind, node }
    }

    /// A literal.
    ///
    /// ```
    /// use trunklog_odata::expr::{Expr, Literal, Node};
    ///
    /// assert_eq!(Expr::literal(Literal::Bool(true)).node, Node::Literal(Literal::Bool(true)));
    /// ```
    pub fn literal(literal: Literal) -> Expr {
        Expr { kind: literal.kind(), node: Node::Literal(literal) }
    }

    /// The indices of the properties that it names, collections among them.
    ///
    /// ```
    /// use trunklog_odata::expr::{Expr, Kind, Node};
    ///
    /// let of = |at| Expr::new(Kind::Bool, Node::Property(at));
    /// let either = Expr::new(Kind::Bool, Node::Or(vec![of(7), of(2), of(7)]));
    /// assert_eq!(either.properties().into_iter().collect::<Vec<_>>(), [2, 7]);
    /// ```
    pub fn properties(&self) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        // `map` alone knows what parts there are, and a copy of an expression
        // costs little beside a query.
        let _ = self.clone().map(&mut |part: Expr| {
            if let Node::Property(at) | Node::Any(at, _) | Node::All(at, _) = &part.node {
                found.insert(*at);
            }
            part
        });
        found
    }

    /// The expression with every part of it replaced by what `change` makes of
    /// it, from the inside out.
    ///
    /// ```
    /// use trunklog_odata::expr::{Expr, Kind, Node};
    ///
    /// let first = Expr::new(Kind::Bool, Node::Property(0));
    /// let not_first = Expr::new(Kind::Bool, Node::Not(Box::new(first.clone())));
    /// let moved = not_first.map(&mut |part: Expr| match part.node {
    ///     Node::Property(at) => Expr::new(part.kind, Node::Property(at + 1)),
    ///     _ => part,
    /// });
    /// let second = Expr::new(Kind::Bool, Node::Property(1));
    /// assert_eq!(moved.node, Node::Not(Box::new(second)));
    /// ```
    #[must_use]
    pub fn map(self, change: &mut impl FnMut(Expr) -> Expr) -> Expr {
        let all = |parts: Vec<Expr>, change: &mut _| -> Vec<Expr> {
            parts.into_iter().map(|part| part.map(change)).collect()
        };
        let node = match self.node {
            node @ (Node::Literal(_) | Node::Property(_) | Node::Member(_) | Node::Any(_, None)) => node,
            Node::And(parts) => Node::And(all(parts, change)),
            Node::Or(parts) => Node::Or(all(parts, change)),
            Node::Call(function, arguments) => Node::Call(function, all(arguments, change)),
            Node::Not(of) => Node::Not(Box::new(of.map(change))),
            Node::IsNull(of) => Node::IsNull(Box::new(of.map(change))),
            Node::Negate(of) => Node::Negate(Box::new(of.map(change))),
            Node::Mask(of, digits) => Node::Mask(Box::new(of.map(change)), digits),
            Node::Beginning(of) => Node::Beginning(Box::new(of.map(change))),
            Node::In(of, literals) => Node::In(Box::new(of.map(change)), literals),
            Node::Any(at, Some(of)) => Node::Any(at, Some(Box::new(of.map(change)))),
            Node::All(at, of) => Node::All(at, Box::new(of.map(change))),
            Node::Compare(by, left, right) => {
                Node::Compare(by, Box::new(left.map(change)), Box::new(right.map(change)))
            }
            Node::Arithmetic(by, left, right) => {
                Node::Arithmetic(by, Box::new(left.map(change)), Box::new(right.map(change)))
            }
            Node::If(when, then, or) => {
                Node::If(Box::new(when.map(change)), Box::new(then.map(change)), Box::new(or.map(change)))
            }
        };
        change(Expr { kind: self.kind, node })
    }
}
