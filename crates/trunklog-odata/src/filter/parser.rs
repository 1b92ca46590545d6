//! The grammar of expressions.

use super::cursor::{Cursor, shortened};
use super::function::{names as functions, signature};
use super::limits::MAX_DEPTH;
use super::operand::{Extent, Operand, Value};
use super::shape::{Shape, unknown, unknown_property};
use crate::edm::{ComplexType, EdmType, NAMESPACE};
use crate::expr::{Arithmetic, Comparison, Kind, Node};
use crate::near::{hint, nearest};
use crate::{Error, Result};

/// The operators between two operands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Compare(Comparison),
    Arithmetic(Arithmetic),
}

/// How strongly an operator binds; see [`OPERATORS`].
type Strength = u8;
const WEAKEST: Strength = 1;

/// Source: OData 4.01 URL Conventions, section 5.1.1.14.
pub(super) const OPERATORS: [(&str, Strength, Operator); 14] = [
    ("or", 1, Operator::Or),
    ("and", 2, Operator::And),
    ("eq", 3, Operator::Compare(Comparison::Equal)),
    ("ne", 3, Operator::Compare(Comparison::NotEqual)),
    ("gt", 4, Operator::Compare(Comparison::Greater)),
    ("ge", 4, Operator::Compare(Comparison::GreaterOrEqual)),
    ("lt", 4, Operator::Compare(Comparison::Less)),
    ("le", 4, Operator::Compare(Comparison::LessOrEqual)),
    ("add", 5, Operator::Arithmetic(Arithmetic::Add)),
    ("sub", 5, Operator::Arithmetic(Arithmetic::Subtract)),
    ("mul", 6, Operator::Arithmetic(Arithmetic::Multiply)),
    ("div", 6, Operator::Arithmetic(Arithmetic::Divide)),
    ("divby", 6, Operator::Arithmetic(Arithmetic::DivideBy)),
    ("mod", 6, Operator::Arithmetic(Arithmetic::Modulo)),
];

impl Comparison {
    /// What filters call it.
    ///
    /// ```
    /// use trunklog_odata::expr::Comparison;
    ///
    /// assert_eq!(Comparison::GreaterOrEqual.name(), "ge");
    /// ```
    pub fn name(self) -> &'static str {
        name_of(Operator::Compare(self))
    }
}

impl Arithmetic {
    /// What filters call it.
    ///
    /// ```
    /// use trunklog_odata::expr::Arithmetic;
    ///
    /// assert_eq!(Arithmetic::DivideBy.name(), "divby");
    /// ```
    pub fn name(self) -> &'static str {
        name_of(Operator::Arithmetic(self))
    }
}

fn name_of(operator: Operator) -> &'static str {
    OPERATORS.iter().find(|(_, _, of)| *of == operator).map_or("", |(name, _, _)| name)
}

/// The operators before one operand.
#[derive(Clone, Copy)]
pub(super) enum Sign {
    Not,
    Minus,
}

pub(super) struct Parser<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) shape: &'a dyn Shape,
    /// Gives the text of a parameter alias. None where none may be.
    pub(super) alias: Option<&'a dyn Fn(&str) -> Option<String>>,
    /// How much text aliases have put in so far, in bytes.
    pub(super) aliased: usize,
    /// Within `any` and `all`: the variable, and the type of what it means.
    element: Option<(&'a str, &'static ComplexType)>,
    /// How many parentheses are open.
    open: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(
        text: &'a str,
        shape: &'a dyn Shape,
        alias: Option<&'a dyn Fn(&str) -> Option<String>>,
    ) -> Parser<'a> {
        Parser { cursor: Cursor::new(text), shape, alias, aliased: 0, element: None, open: 0 }
    }

    /// Reads an expression, up to the first thing that does not belong to it.
    pub(super) fn expression(&mut self) -> Result<Operand> {
        self.operation(WEAKEST)
    }

    /// Operands joined by operators that bind at least that strongly. Calls
    /// itself once a strength, and again only after an open parenthesis.
    fn operation(&mut self, weakest: Strength) -> Result<Operand> {
        let mut left = self.signed()?;
        while let Some((at, strength, operator)) = self.operator(weakest) {
            let right = self.operation(strength + 1)?;
            left = self.join(operator, at, left, right)?;
        }
        Ok(left)
    }

    /// Reads an operator, if one comes next that binds strongly enough.
    fn operator(&mut self, weakest: Strength) -> Option<(usize, Strength, Operator)> {
        let word = self.cursor.word();
        let (_, strength, operator) = OPERATORS
            .into_iter()
            .find(|(name, strength, _)| *strength >= weakest && name.eq_ignore_ascii_case(word))?;
        let at = self.cursor.at();
        self.cursor.advance(word.len());
        Some((at, strength, operator))
    }

    /// An operand and the signs before it. Signs are collected first: a call
    /// for each would let a row of them exhaust the stack.
    fn signed(&mut self) -> Result<Operand> {
        let mut signs = Vec::new();
        while let Some(sign) = self.sign() {
            let at = self.cursor.at();
            if signs.len() == MAX_DEPTH {
                return Err(self.too_deep(at));
            }
            self.cursor.advance(match sign {
                Sign::Not => "not".len(),
                Sign::Minus => "-".len(),
            });
            signs.push((at, sign));
        }
        let mut operand = self.member()?;
        for (at, sign) in signs.into_iter().rev() {
            operand = self.prefix(sign, at, operand)?;
        }
        Ok(operand)
    }

    fn sign(&mut self) -> Option<Sign> {
        if self.cursor.peek() == Some('-') {
            // The sign of a literal is part of it.
            let literal = self.cursor.rest()[1..].starts_with(|c: char| c.is_ascii_digit());
            return if literal { None } else { Some(Sign::Minus) };
        }
        self.cursor.word().eq_ignore_ascii_case("not").then_some(Sign::Not)
    }

    /// An operand and the lists after it. `in` binds more strongly than
    /// signs, as in ODL: `not userId in ('a')`.
    fn member(&mut self) -> Result<Operand> {
        let mut operand = self.primary()?;
        while self.cursor.word().eq_ignore_ascii_case("in") {
            let at = self.cursor.at();
            self.cursor.advance("in".len());
            operand = self.membership(at, operand)?;
        }
        Ok(operand)
    }

    fn primary(&mut self) -> Result<Operand> {
        let next = self.cursor.peek();
        let at = self.cursor.at();
        if next == Some('(') {
            self.open()?;
            let operand = self.expression()?;
            self.expect_close("')'")?;
            return Ok(operand);
        }
        if let Some(literal) = self.literal()? {
            return Ok(literal);
        }
        let name = self.cursor.word();
        if name.is_empty() {
            return Err(self.no_operand(next, at));
        }
        self.cursor.advance(name.len());
        if let Some((variable, of)) = self.element
            && variable == name
        {
            return self.member_of(of);
        }
        if self.cursor.peek() == Some('(') {
            return self.call(at, name);
        }
        self.property(at, name)
    }

    fn call(&mut self, at: usize, name: &str) -> Result<Operand> {
        let Some(signature) = signature(name) else {
            let name = shortened(name);
            return Err(self
                .cursor
                .fault(at, format!("An unknown function with name '{name}' was found."))
                .hint(hint(&name, "functions", &functions())));
        };
        self.open()?;
        let mut arguments = Vec::new();
        if self.cursor.peek() != Some(')') {
            arguments.push(self.expression()?);
            while self.cursor.take(',') {
                arguments.push(self.expression()?);
            }
        }
        self.expect_close(if arguments.len() < signature.takes.len() { "','" } else { "')'" })?;
        self.apply(signature, at, arguments)
    }

    fn property(&mut self, at: usize, name: &str) -> Result<Operand> {
        let Some((index, edm)) = self.shape.property(name) else {
            let names = self.shape.names();
            let error = unknown(&self.cursor, at, name, self.shape);
            if self.shape.elsewhere(name).is_some() || nearest(name, names.iter().copied()).is_some() {
                return Err(error);
            }
            let all = hint("", "properties", &names);
            return Err(error.hint(format!("text is written in single quotes; {all}")));
        };
        match edm {
            EdmType::Collection(of) => self.quantifier(at, name, index, of),
            edm => self.value_of(at, name, edm, Node::Property(index)),
        }
    }

    /// A property of the collection's element that `any` or `all` looks at.
    fn member_of(&mut self, of: &'static ComplexType) -> Result<Operand> {
        let names: Vec<_> = of.properties.iter().map(|(name, _)| *name).collect();
        if !self.cursor.take('/') {
            return Err(self.cursor.expected("'/' and a property", self.cursor.at()).hint(hint(
                "",
                "properties",
                &names,
            )));
        }
        let name = self.cursor.word();
        let at = self.cursor.at();
        let Some(index) = names.iter().position(|candidate| *candidate == name) else {
            let of = format!("{NAMESPACE}.{}", of.name);
            return Err(unknown_property(&self.cursor, at, name, &of, &names));
        };
        self.cursor.advance(name.len());
        self.value_of(at, name, of.properties[index].1, Node::Member(index))
    }

    fn value_of(&mut self, at: usize, name: &str, edm: EdmType, node: Node) -> Result<Operand> {
        let Some(kind) = edm.kind() else {
            let message = format!("The property '{name}' is a collection within a collection.");
            return Err(self.cursor.fault(at, message).hint("such properties cannot be compared"));
        };
        if self.cursor.peek() == Some('/') {
            return Err(self
                .cursor
                .syntax_error(self.cursor.at())
                .hint(format!("{name} is a single value and has no properties")));
        }
        let members = if let EdmType::Enum(of) = edm { Some(of) } else { None };
        let value = self.made(at, kind, node, Extent::default())?;
        Ok(Operand::Value(Value { members, ..value }))
    }

    /// `/any(…)` or `/all(…)` after a collection.
    fn quantifier(
        &mut self,
        at: usize,
        name: &str,
        index: usize,
        of: &'static ComplexType,
    ) -> Result<Operand> {
        if self.element.is_some() {
            let message = "Within any and all no other collection can be asked.";
            return Err(self.cursor.fault(at, message).hint("join two of them with and"));
        }
        let slash = self.cursor.take('/');
        let word = self.cursor.word();
        let [any, all] = ["any", "all"].map(|quantifier| slash && word.eq_ignore_ascii_case(quantifier));
        let example = of.properties.first().map_or("id", |(name, _)| *name);
        if !any && !all {
            return Err(self
                .cursor
                .expected("any or all", self.cursor.at())
                .hint(format!("{name} is a collection: write {name}/any(a:a/{example} eq '…')")));
        }
        self.cursor.advance(word.len());
        if self.cursor.peek() != Some('(') {
            return Err(self
                .cursor
                .expected("'('", self.cursor.at())
                .hint(format!("write {name}/{word}(a:a/{example} eq '…')")));
        }
        self.open()?;
        if any && self.cursor.peek() == Some(')') {
            self.close();
            return self.made(at, Kind::Bool, Node::Any(index, None), Extent::default()).map(Operand::Value);
        }
        let variable = self.cursor.word();
        let start = self.cursor.at();
        self.cursor.advance(variable.len());
        if variable.is_empty() || !self.cursor.take(':') {
            return Err(self
                .cursor
                .expected("A variable and ':'", start)
                .hint(format!("name the element first: {name}/{word}(a:a/{example} eq '…')")));
        }
        self.element = Some((variable, of));
        let predicate = self.expression()?;
        self.element = None;
        self.expect_close("')'")?;
        let predicate = self.condition(predicate)?;
        let extent = predicate.extent;
        let predicate = Box::new(predicate.expr);
        let node = if any { Node::Any(index, Some(predicate)) } else { Node::All(index, predicate) };
        self.made(at, Kind::Bool, node, extent).map(Operand::Value)
    }

    /// Passes over an opening parenthesis, which comes next.
    pub(super) fn open(&mut self) -> Result<()> {
        if self.open == MAX_DEPTH {
            return Err(self.too_deep(self.cursor.at()));
        }
        self.cursor.advance("(".len());
        self.open += 1;
        Ok(())
    }

    /// Passes over a closing parenthesis, which comes next.
    pub(super) fn close(&mut self) {
        self.cursor.advance(")".len());
        self.open -= 1;
    }

    /// Skips a closing parenthesis after an operand, where besides an operator
    /// `next` can be.
    fn expect_close(&mut self, next: &str) -> Result<()> {
        if self.cursor.peek() != Some(')') {
            let error = self.cursor.expected("')' or operator", self.cursor.at());
            return Err(error.hint(self.after_operand(&[next])));
        }
        self.close();
        Ok(())
    }

    pub(super) fn too_deep(&self, at: usize) -> Error {
        self.cursor
            .fault(at, "Recursion depth exceeded allowed limit.")
            .hint(format!("at most {MAX_DEPTH} expressions may be nested"))
    }
}
