//! Numbers that tell apart what tokens and requests belong to.
//!
//! They are made of the names of properties and never of their places, which
//! another version of the program may have changed: there, what would name
//! another property is refused instead of read.

use std::io::{self, Write};

use trunklog_odata::edm::{ComplexType, EdmType};
use trunklog_odata::expr::{Expr, Literal, Node};
use trunklog_records::Log;
use trunklog_records::schema::DYNAMIC_PROPERTIES;

use crate::selection::{Columns, Selection};

const PLAIN: &str = "names are plain data, and the hash takes any bytes";

/// A number that differs between logs whose properties have other names, types
/// or places, or complex types with other members: a row of one is not a row of
/// the other.
///
/// ```
/// use trunklog_records::schema::{PSTN_CALLS, SMS};
/// use trunklog_store::schema_fingerprint;
///
/// assert_eq!(schema_fingerprint(&SMS), schema_fingerprint(&SMS));
/// assert_ne!(schema_fingerprint(&SMS), schema_fingerprint(&PSTN_CALLS));
/// ```
pub fn schema_fingerprint(log: &Log) -> u64 {
    let mut fingerprint = Fingerprint::new();
    fingerprint.text(log.name);
    for property in log.properties {
        fingerprint.text(property.name);
        fingerprint.edm_type(property.edm);
    }
    fingerprint.value()
}

/// FNV-1a.
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    /// Of nothing.
    pub(crate) fn new() -> Fingerprint {
        Fingerprint(0xcbf2_9ce4_8422_2325)
    }

    /// Of the rows of a selection and their order; its columns do not matter.
    pub(crate) fn of_rows(selection: &Selection) -> Fingerprint {
        let mut fingerprint = Fingerprint::new();
        fingerprint.text(selection.log.name);
        fingerprint.bytes(&selection.range.from().ticks().to_be_bytes());
        fingerprint.bytes(&selection.range.end().ticks().to_be_bytes());
        let names = Names { log: selection.log, element: None };
        fingerprint.count(usize::from(selection.filter.is_some()));
        if let Some(filter) = &selection.filter {
            fingerprint.expr(names, filter);
        }
        fingerprint.count(selection.order.len());
        for criterion in &selection.order {
            serde_json::to_writer(&mut fingerprint, &criterion.direction).expect(PLAIN);
            fingerprint.expr(names, &criterion.by);
        }
        fingerprint
    }

    /// Adds the columns that a selection asks for.
    pub(crate) fn columns(&mut self, selection: &Selection) {
        let Columns::Only(columns) = &selection.columns else {
            self.text("all");
            return;
        };
        self.text("only");
        self.count(columns.len());
        for at in columns {
            self.text(selection.log.properties.get(*at).map_or(DYNAMIC_PROPERTIES, |property| property.name));
        }
    }

    /// Adds a type: its name, and where it has members, theirs and their types.
    fn edm_type(&mut self, edm: EdmType) {
        self.text(&edm.name());
        if let EdmType::Collection(of) = edm {
            self.count(of.properties.len());
            for (name, member) in of.properties {
                self.text(name);
                self.edm_type(*member);
            }
        }
    }

    /// Adds bytes, of which there are always as many.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// Adds a text. Its length keeps ("a", "bc") apart from ("ab", "c").
    pub(crate) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes(text.as_bytes());
    }

    /// The number.
    pub(crate) fn value(&self) -> u64 {
        self.0
    }

    fn count(&mut self, count: usize) {
        self.bytes(&u64::try_from(count).unwrap_or(u64::MAX).to_be_bytes());
    }

    /// Adds an expression. Each node starts with its name, and what has parts
    /// says how many.
    fn expr(&mut self, names: Names, expr: &Expr) {
        serde_json::to_writer(&mut *self, &expr.kind).expect(PLAIN);
        match &expr.node {
            Node::Literal(literal) => self.literal(literal),
            Node::Property(at) => self.node("property", names, &[], |this| this.text(names.property(*at))),
            Node::Member(at) => self.node("member", names, &[], |this| this.text(names.member(*at))),
            Node::And(parts) => self.node("and", names, &each(parts), |_| ()),
            Node::Or(parts) => self.node("or", names, &each(parts), |_| ()),
            Node::Not(of) => self.node("not", names, &[of.as_ref()], |_| ()),
            Node::IsNull(of) => self.node("isNull", names, &[of.as_ref()], |_| ()),
            Node::Negate(of) => self.node("negate", names, &[of.as_ref()], |_| ()),
            Node::Beginning(of) => self.node("beginning", names, &[of.as_ref()], |_| ()),
            Node::Mask(of, digits) => {
                self.node("mask", names, &[of.as_ref()], |this| this.bytes(&[*digits]));
            }
            Node::Compare(by, left, right) => {
                self.node("compare", names, &[left.as_ref(), right.as_ref()], |this| {
                    serde_json::to_writer(this, by).expect(PLAIN);
                });
            }
            Node::Arithmetic(by, left, right) => {
                self.node("arithmetic", names, &[left.as_ref(), right.as_ref()], |this| {
                    serde_json::to_writer(this, by).expect(PLAIN);
                });
            }
            Node::Call(function, arguments) => self.node("call", names, &each(arguments), |this| {
                serde_json::to_writer(this, function).expect(PLAIN);
            }),
            Node::If(when, then, or) => {
                self.node("if", names, &[when.as_ref(), then.as_ref(), or.as_ref()], |_| ());
            }
            Node::In(of, literals) => self.node("in", names, &[of.as_ref()], |this| {
                this.count(literals.len());
                for literal in literals {
                    this.literal(literal);
                }
            }),
            Node::Any(at, predicate) => {
                let predicate: Vec<&Expr> = predicate.iter().map(AsRef::as_ref).collect();
                self.node("any", names.inside(*at), &predicate, |this| this.text(names.property(*at)));
            }
            Node::All(at, predicate) => {
                self.node("all", names.inside(*at), &[predicate.as_ref()], |this| {
                    this.text(names.property(*at));
                });
            }
        }
    }

    /// Adds a node: its name, what it says itself, and its parts.
    fn node(&mut self, name: &str, names: Names, parts: &[&Expr], own: impl FnOnce(&mut Fingerprint)) {
        self.text(name);
        own(self);
        self.count(parts.len());
        for part in parts {
            self.expr(names, part);
        }
    }

    fn literal(&mut self, literal: &Literal) {
        self.text("literal");
        serde_json::to_writer(&mut *self, literal).expect(PLAIN);
    }
}

impl Write for Fingerprint {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn each(parts: &[Expr]) -> Vec<&Expr> {
    parts.iter().collect()
}

/// What the places in an expression name.
#[derive(Clone, Copy)]
struct Names {
    log: &'static Log,
    /// Within `any` and `all`.
    element: Option<&'static ComplexType>,
}

impl Names {
    /// A property's name; none for what the log does not have.
    fn property(self, at: usize) -> &'static str {
        self.log.properties.get(at).map_or("", |property| property.name)
    }

    fn member(self, at: usize) -> &'static str {
        self.element.and_then(|of| of.properties.get(at)).map_or("", |member| member.0)
    }

    /// The names within the elements of a collection.
    fn inside(self, at: usize) -> Names {
        let element = match self.log.properties.get(at).map(|property| property.edm) {
            Some(EdmType::Collection(of)) => Some(of),
            _ => None,
        };
        Names { element, ..self }
    }
}

#[cfg(test)]
mod tests;
