//! What is on either side of an operator.

use crate::edm::{EdmType, EnumType};
use crate::expr::{Expr, Kind, Literal, Node};

/// A side of an operator, an argument or a whole expression.
pub(super) enum Operand {
    /// The word `null`, and where it is.
    Null { at: usize },
    /// Anything else.
    Value(Value),
}

/// An expression and what checking it further needs.
pub(super) struct Value {
    /// Where it starts.
    pub(super) at: usize,
    pub(super) expr: Expr,
    /// The enumeration that its text is a member of.
    pub(super) members: Option<&'static EnumType>,
    pub(super) extent: Extent,
}

/// How large an expression is.
#[derive(Clone, Copy, Default)]
pub(super) struct Extent {
    /// The most parts that are within one another.
    pub(super) depth: usize,
    /// The number of parts.
    pub(super) size: usize,
}

impl Operand {
    pub(super) fn at(&self) -> usize {
        match self {
            Operand::Null { at } => *at,
            Operand::Value(value) => value.at,
        }
    }

    /// The type as error texts name it.
    pub(super) fn type_name(&self) -> String {
        match self {
            Operand::Null { .. } => "null".to_owned(),
            Operand::Value(value) => value.type_name(),
        }
    }
}

impl Value {
    pub(super) fn literal(at: usize, literal: Literal) -> Value {
        Value { at, expr: Expr::literal(literal), members: None, extent: Extent { depth: 1, size: 1 } }
    }

    pub(super) fn is_literal(&self) -> bool {
        matches!(self.expr.node, Node::Literal(_))
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self.expr.kind, Kind::Int | Kind::Number)
    }

    /// The type as error texts name it.
    pub(super) fn type_name(&self) -> String {
        match self.members {
            Some(of) => EdmType::Enum(of).name(),
            None => type_name(self.expr.kind).to_owned(),
        }
    }
}

impl Extent {
    /// Of two expressions side by side.
    pub(super) fn beside(self, other: Extent) -> Extent {
        Extent { depth: self.depth.max(other.depth), size: self.size + other.size }
    }

    /// Of an expression that has these parts.
    pub(super) fn around(self) -> Extent {
        Extent { depth: self.depth + 1, size: self.size + 1 }
    }

    /// Of the parts of an expression.
    pub(super) fn inside(self) -> Extent {
        Extent { depth: self.depth - 1, size: self.size - 1 }
    }
}

/// The name of a kind's type in error texts.
pub(super) fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "Edm.String",
        Kind::Instant => "Edm.DateTimeOffset",
        Kind::Int => "Edm.Int32",
        Kind::Number => "Edm.Decimal",
        Kind::Bool => "Edm.Boolean",
        Kind::Date => "Edm.Date",
        Kind::TimeOfDay => "Edm.TimeOfDay",
    }
}
