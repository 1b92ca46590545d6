//! The types of expressions: what may be beside what, and which literals
//! are brought to the type of the other side.

use super::function::Signature;
use super::limits::{MAX_DEPTH, MAX_NODES};
use super::operand::{Extent, Operand, Value, type_name};
use super::parser::{Operator, Parser, Sign};
use crate::edm::EnumType;
use crate::expr::{Arithmetic, Comparison, Expr, Kind, Literal, Node};
use crate::{Error, Instant, Result};

/// Below this, whole numbers and 64-bit floats equal one another exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Parser<'_> {
    /// An expression made of parts of that extent together.
    pub(super) fn made(&self, at: usize, kind: Kind, node: Node, parts: Extent) -> Result<Value> {
        let extent = parts.around();
        if extent.depth > MAX_DEPTH {
            return Err(self.too_deep(at));
        }
        if extent.size > MAX_NODES {
            return Err(self
                .cursor
                .fault(at, format!("The expression has more than {MAX_NODES} parts."))
                .hint("compare a property with many values with in: userId in ('a','b')"));
        }
        Ok(Value { at, expr: Expr::new(kind, node), members: None, extent })
    }

    /// Two operands and the operator between them, which is at `at`.
    pub(super) fn join(
        &self,
        operator: Operator,
        at: usize,
        left: Operand,
        right: Operand,
    ) -> Result<Operand> {
        match operator {
            Operator::Or | Operator::And => self.junction(operator, at, left, right),
            Operator::Compare(by) => self.compare(by, at, left, right),
            Operator::Arithmetic(by) => self.arithmetic(by, at, left, right),
        }
        .map(Operand::Value)
    }

    /// An operand after a sign, which is at `at`.
    pub(super) fn prefix(&self, sign: Sign, at: usize, operand: Operand) -> Result<Operand> {
        let value = match (sign, operand) {
            (Sign::Not, Operand::Value(of)) if of.expr.kind == Kind::Bool => {
                self.made(at, Kind::Bool, Node::Not(Box::new(of.expr)), of.extent)?
            }
            (Sign::Minus, Operand::Value(of)) if of.is_number() => {
                self.made(at, of.expr.kind, Node::Negate(Box::new(of.expr)), of.extent)?
            }
            (Sign::Not, operand) => {
                return Err(self
                    .cursor
                    .fault(at, unary(&operand, "Not"))
                    .hint("a comparison after 'not' needs parentheses: write not (userId eq '…')"));
            }
            (Sign::Minus, operand) => {
                let error = self.cursor.fault(at, unary(&operand, "Negate"));
                return Err(error.hint("only numbers have a sign"));
            }
        };
        Ok(Operand::Value(value))
    }

    /// `and` and `or`. All that one of them joins is side by side, so that
    /// long rows of conditions are not deep.
    fn junction(&self, operator: Operator, at: usize, left: Operand, right: Operand) -> Result<Value> {
        let is_and = matches!(operator, Operator::And);
        let start = left.at();
        let (left, right) = match (left, right) {
            (Operand::Value(left), Operand::Value(right))
                if left.expr.kind == Kind::Bool && right.expr.kind == Kind::Bool =>
            {
                (left, right)
            }
            (left, right) => {
                let error = self.cursor.fault(at, binary(&left, &right, if is_and { "And" } else { "Or" }));
                return Err(error.hint("'and' and 'or' join conditions such as userId eq '…'"));
            }
        };
        let mut parts = Vec::new();
        let mut extent = Extent::default();
        for side in [left, right] {
            let (mut of_side, extent_of_side) = match side.expr.node {
                Node::And(inside) if is_and => (inside, side.extent.inside()),
                Node::Or(inside) if !is_and => (inside, side.extent.inside()),
                node => (vec![Expr::new(Kind::Bool, node)], side.extent),
            };
            extent = extent.beside(extent_of_side);
            if parts.is_empty() {
                parts = of_side;
            } else {
                parts.append(&mut of_side);
            }
        }
        self.made(start, Kind::Bool, if is_and { Node::And(parts) } else { Node::Or(parts) }, extent)
    }

    fn compare(&self, by: Comparison, at: usize, left: Operand, right: Operand) -> Result<Value> {
        let start = left.at();
        let (left, right) = match (left, right) {
            (Operand::Null { .. }, Operand::Null { .. }) => {
                return Ok(Value::literal(start, Literal::Bool(by == Comparison::Equal)));
            }
            (Operand::Null { .. }, Operand::Value(of)) | (Operand::Value(of), Operand::Null { .. }) => {
                return self.compare_with_null(by, start, of);
            }
            (Operand::Value(left), Operand::Value(right)) => (left, right),
        };
        let left = self.fit(left, right.expr.kind, right.members)?;
        let right = self.fit(right, left.expr.kind, left.members)?;
        if !alike(&left, &right) {
            let culprit =
                [&right, &left].into_iter().find(|side| side.is_literal()).map_or(at, |side| side.at);
            let hint = mismatch(&left, &right);
            let message = binary(&Operand::Value(left), &Operand::Value(right), name_of(by));
            return Err(self.cursor.fault(culprit, message).hint(hint));
        }
        let ordered = !matches!(by, Comparison::Equal | Comparison::NotEqual);
        if ordered && left.members.is_some() {
            let message = binary(&Operand::Value(left), &Operand::Value(right), name_of(by));
            return Err(self.cursor.fault(at, message).hint("an enumeration has no order: use eq, ne or in"));
        }
        let extent = left.extent.beside(right.extent);
        self.made(start, Kind::Bool, Node::Compare(by, Box::new(left.expr), Box::new(right.expr)), extent)
    }

    fn compare_with_null(&self, by: Comparison, at: usize, of: Value) -> Result<Value> {
        match by {
            Comparison::Equal => self.is_null(at, of),
            Comparison::NotEqual => {
                let of = self.is_null(at, of)?;
                self.made(at, Kind::Bool, Node::Not(Box::new(of.expr)), of.extent)
            }
            Comparison::Greater | Comparison::GreaterOrEqual | Comparison::Less | Comparison::LessOrEqual => {
                Ok(Value::literal(at, Literal::Bool(false)))
            }
        }
    }

    fn is_null(&self, at: usize, of: Value) -> Result<Value> {
        self.made(at, Kind::Bool, Node::IsNull(Box::new(of.expr)), of.extent)
    }

    fn arithmetic(&self, by: Arithmetic, at: usize, left: Operand, right: Operand) -> Result<Value> {
        let start = left.at();
        let (left, right) = match (left, right) {
            (Operand::Value(left), Operand::Value(right)) if left.is_number() && right.is_number() => {
                (left, right)
            }
            (left, right) => {
                let error = self.cursor.fault(at, binary(&left, &right, name_of_arithmetic(by)));
                return Err(error.hint("arithmetic takes numbers; parentheses say what belongs together"));
            }
        };
        let left = self.fit(left, right.expr.kind, None)?;
        let right = self.fit(right, left.expr.kind, None)?;
        let whole = left.expr.kind == Kind::Int && right.expr.kind == Kind::Int;
        let kind = if whole && by != Arithmetic::DivideBy { Kind::Int } else { Kind::Number };
        let extent = left.extent.beside(right.extent);
        self.made(start, kind, Node::Arithmetic(by, Box::new(left.expr), Box::new(right.expr)), extent)
    }

    /// `in`, which is at `at`, and the list after it.
    pub(super) fn membership(&mut self, at: usize, of: Operand) -> Result<Operand> {
        let items = self.literals()?;
        let start = of.at();
        let with_null = items.iter().any(|item| matches!(item, Operand::Null { .. }));
        let Operand::Value(of) = of else {
            return Ok(Operand::Value(Value::literal(start, Literal::Bool(with_null))));
        };
        let mut literals = Vec::with_capacity(items.len());
        for item in items {
            if let Operand::Value(item) = item {
                literals.extend(self.listed(item, &of)?);
            }
        }
        let value = match (literals.is_empty(), with_null) {
            (true, true) => self.is_null(start, of)?,
            (true, false) => Value::literal(start, Literal::Bool(false)),
            (false, false) => {
                self.made(start, Kind::Bool, Node::In(Box::new(of.expr), literals), of.extent)?
            }
            (false, true) => {
                let extent = of.extent.around().beside(of.extent.around());
                // Checked before anything is copied.
                self.made(at, Kind::Bool, Node::Or(Vec::new()), extent)?;
                let is_null = Expr::new(Kind::Bool, Node::IsNull(Box::new(of.expr.clone())));
                let is_in = Expr::new(Kind::Bool, Node::In(Box::new(of.expr), literals));
                self.made(start, Kind::Bool, Node::Or(vec![is_null, is_in]), extent)?
            }
        };
        Ok(Operand::Value(value))
    }

    /// A literal of a list, as one of the kind of what is sought in it; None
    /// when nothing of that kind equals it.
    fn listed(&self, item: Value, of: &Value) -> Result<Option<Literal>> {
        let item = self.fit(item, of.expr.kind, of.members)?;
        let at = item.at;
        if !alike(of, &item) {
            let hint = mismatch(of, &item);
            let message = format!(
                "The list holds a value of type '{}' for one of type '{}'.",
                item.type_name(),
                of.type_name()
            );
            return Err(self.cursor.fault(at, message).hint(hint));
        }
        let Node::Literal(literal) = item.expr.node else {
            unreachable!("a list is read as literals, and fitting them makes no other expressions")
        };
        match (literal, of.expr.kind) {
            (Literal::Number(number), Kind::Int) if number.fract() != 0.0 => Ok(None),
            (Literal::Number(number), Kind::Int) => {
                let exact =
                    if number.abs() < EXACT { format!("{number:.0}").parse::<i64>().ok() } else { None };
                exact.map(|whole| Some(Literal::Int(whole))).ok_or_else(|| {
                    let message = "The number is too large for a list of whole numbers.";
                    self.cursor.fault(at, message).hint("compare it with eq, or write it without a point")
                })
            }
            (literal, _) => Ok(Some(literal)),
        }
    }

    /// A condition: what `any` and `all` ask of each element.
    pub(super) fn condition(&self, operand: Operand) -> Result<Value> {
        match operand {
            Operand::Value(value) if value.expr.kind == Kind::Bool => Ok(value),
            operand => {
                let message = format!(
                    "The expression in any and all must be a single boolean value, not '{}'.",
                    operand.type_name()
                );
                Err(self.cursor.fault(operand.at(), message).hint("compare it with something: a/id eq '…'"))
            }
        }
    }

    /// A call of a function, whose name is at `at`.
    pub(super) fn apply(&self, signature: &Signature, at: usize, arguments: Vec<Operand>) -> Result<Operand> {
        if arguments.len() != signature.takes.len() {
            return Err(self.no_signature(signature, at, &counted(arguments.len())));
        }
        let mut parts = Vec::with_capacity(arguments.len());
        let mut extent = Extent::default();
        for (argument, kinds) in arguments.into_iter().zip(signature.takes) {
            let (start, given) = (argument.at(), argument.type_name());
            let refused = || self.no_signature(signature, start, &given);
            let Operand::Value(mut value) = argument else { return Err(refused()) };
            if !kinds.contains(&value.expr.kind) && kinds.contains(&Kind::Instant) {
                value = self.fit(value, Kind::Instant, None)?;
            }
            if !kinds.contains(&value.expr.kind) || value.members.is_some() {
                return Err(refused());
            }
            extent = extent.beside(value.extent);
            parts.push(value.expr);
        }
        self.made(at, signature.gives, Node::Call(signature.function, parts), extent).map(Operand::Value)
    }

    /// ODL's words for arguments that do not fit, with the function's
    /// signatures.
    fn no_signature(&self, signature: &Signature, at: usize, given: &str) -> Error {
        let name = signature.name;
        let takes = signature.takes.iter().map(|kinds| either(kinds)).collect::<Vec<_>>().join(", ");
        let message = format!(
            "No function signature for the function with name '{name}' matches the specified arguments."
        );
        self.cursor.fault(at, message).hint(format!("{name} takes ({takes}), not {given}"))
    }

    /// A literal brought to the type of what it is beside; anything else
    /// as it is.
    fn fit(&self, mut value: Value, kind: Kind, members: Option<&'static EnumType>) -> Result<Value> {
        let Node::Literal(literal) = &value.expr.node else { return Ok(value) };
        match (literal, kind, members) {
            (Literal::Date(day), Kind::Instant, _) => {
                let midnight = Instant::from_ticks(*day * Instant::TICKS_PER_DAY)
                    .expect("a date that was read is within the years 0001 to 9999");
                value.expr = Expr::literal(Literal::Instant(midnight));
            }
            (Literal::Int(number), Kind::Number, _) => {
                let number = number.to_string().parse().expect("a whole number's text is a float's too");
                value.expr = Expr::literal(Literal::Number(number));
            }
            (Literal::Text(text), Kind::Text, Some(of)) if value.members.is_none() => {
                let member = self.member_named(value.at, text, of)?;
                value.expr = Expr::literal(Literal::Text(member.to_owned()));
                value.members = Some(of);
            }
            _ => {}
        }
        Ok(value)
    }
}

/// Whether two values can be compared.
fn alike(left: &Value, right: &Value) -> bool {
    (left.expr.kind == right.expr.kind && left.members == right.members)
        || (left.is_number() && right.is_number())
}

/// What to do about two values that cannot be compared.
fn mismatch(left: &Value, right: &Value) -> &'static str {
    let quoted = |side: &Value| matches!(side.expr.node, Node::Literal(Literal::Text(_)));
    let kinds = [left.expr.kind, right.expr.kind];
    let has = |kind| kinds.contains(&kind);
    let moment = has(Kind::Instant) || has(Kind::Date) || has(Kind::TimeOfDay);
    if moment && (quoted(left) || quoted(right)) {
        "leave out the quotes: dates and times are written 2019-11-01, 2019-11-01T00:00:00Z or 08:00"
    } else if has(Kind::Instant) && (has(Kind::Date) || has(Kind::TimeOfDay)) {
        "compare date(…) with a date such as 2019-11-01, time(…) with a time such as 08:00, and an instant \
         with 2019-11-01T00:00:00Z"
    } else if (has(Kind::Int) || has(Kind::Number) || has(Kind::Bool)) && (quoted(left) || quoted(right)) {
        "leave out the quotes: they are for text"
    } else if has(Kind::Text) && (left.is_literal() || right.is_literal()) {
        "put the value in single quotes: it is compared with text"
    } else {
        "both sides must have the same type"
    }
}

/// ODL's words for operands that an operator does not take.
fn binary(left: &Operand, right: &Operand, operator: &str) -> String {
    format!(
        "A binary operator with incompatible types was detected. \
         Found operand types '{}' and '{}' for operator kind '{operator}'.",
        left.type_name(),
        right.type_name()
    )
}

fn unary(operand: &Operand, operator: &str) -> String {
    format!(
        "A unary operator with an incompatible type was detected. \
         Found operand type '{}' for operator kind '{operator}'.",
        operand.type_name()
    )
}

fn counted(arguments: usize) -> String {
    if arguments == 1 { "1 argument".to_owned() } else { format!("{arguments} arguments") }
}

/// The names of the kinds that an argument may have.
fn either(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| type_name(*kind)).collect::<Vec<_>>().join(" or ")
}

fn name_of(by: Comparison) -> &'static str {
    match by {
        Comparison::Equal => "Equal",
        Comparison::NotEqual => "NotEqual",
        Comparison::Greater => "GreaterThan",
        Comparison::GreaterOrEqual => "GreaterThanOrEqual",
        Comparison::Less => "LessThan",
        Comparison::LessOrEqual => "LessThanOrEqual",
    }
}

fn name_of_arithmetic(by: Arithmetic) -> &'static str {
    match by {
        Arithmetic::Add => "Add",
        Arithmetic::Subtract => "Subtract",
        Arithmetic::Multiply => "Multiply",
        Arithmetic::Divide => "Divide",
        Arithmetic::DivideBy => "DivideBy",
        Arithmetic::Modulo => "Modulo",
    }
}
