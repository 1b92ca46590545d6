mod faults;
mod limits;
mod meanings;
mod options;
mod printed;

use super::*;
use crate::edm::{ComplexType, EdmType, EnumType};
use crate::expr::{Arithmetic, Comparison, Literal};

static SOURCE: EnumType =
    EnumType { name: "pstnCallDurationSource", members: &[("microsoft", 0), ("operator", 1)] };
static UNIT: ComplexType =
    ComplexType { name: "administrativeUnitInfo", properties: &[("id", EdmType::String)] };

/// A row with a property of every type.
struct Row;

const PROPERTIES: [(&str, EdmType); 10] = [
    ("id", EdmType::String),
    ("userId", EdmType::String),
    ("startDateTime", EdmType::DateTimeOffset),
    ("duration", EdmType::Int32),
    ("successfulCall", EdmType::Boolean),
    ("charge", EdmType::Decimal),
    ("callDurationSource", EdmType::Enum(&SOURCE)),
    ("administrativeUnitInfos", EdmType::Collection(&UNIT)),
    ("endDateTime", EdmType::DateTimeOffset),
    ("callerNumber", EdmType::String),
];

impl Shape for Row {
    fn type_name(&self) -> &'static str {
        "testRow"
    }

    fn property(&self, name: &str) -> Option<(usize, EdmType)> {
        let at = PROPERTIES.iter().position(|(known, _)| *known == name)?;
        Some((at, PROPERTIES[at].1))
    }

    fn names(&self) -> Vec<&'static str> {
        PROPERTIES.iter().map(|(name, _)| *name).collect()
    }

    fn elsewhere(&self, name: &str) -> Option<String> {
        (name == "smsUnits").then(|| format!("{name} is elsewhere"))
    }
}

fn alias(name: &str) -> Option<String> {
    let value = match name {
        "@user" => "'x'".to_owned(),
        "@from" => " 2024-01-01 ".to_owned(),
        "@guid" => "24AB524E-E8BE-40E3-9059-2AED45825A9C".to_owned(),
        "@none" => "null".to_owned(),
        "@source" => "microsoft.graph.callRecords.pstnCallDurationSource'operator'".to_owned(),
        "@name" => "userId".to_owned(),
        "@again" => "@user".to_owned(),
        "@two" => "'x' 'y'".to_owned(),
        "@long" => format!("'{}'", "x".repeat(8 * 1024)),
        _ => return None,
    };
    Some(value)
}

fn read(text: &str) -> Result<Expr> {
    parse(text, &Row, &alias)
}

fn comparison(by: Comparison) -> &'static str {
    match by {
        Comparison::Equal => "eq",
        Comparison::NotEqual => "ne",
        Comparison::Greater => "gt",
        Comparison::GreaterOrEqual => "ge",
        Comparison::Less => "lt",
        Comparison::LessOrEqual => "le",
    }
}

fn arithmetic(by: Arithmetic) -> &'static str {
    match by {
        Arithmetic::Add => "add",
        Arithmetic::Subtract => "sub",
        Arithmetic::Multiply => "mul",
        Arithmetic::Divide => "div",
        Arithmetic::DivideBy => "divby",
        Arithmetic::Modulo => "mod",
    }
}

/// An expression in OData's words, with all parentheses that there can be.
fn print(expr: &Expr) -> String {
    let joined = |parts: &[Expr], with: &str| parts.iter().map(print).collect::<Vec<_>>().join(with);
    match &expr.node {
        Node::Literal(literal) => print_literal(literal),
        Node::Property(at) => PROPERTIES[*at].0.to_owned(),
        Node::Member(at) => format!("a/{}", UNIT.properties[*at].0),
        Node::And(parts) => format!("({})", joined(parts, " and ")),
        Node::Or(parts) => format!("({})", joined(parts, " or ")),
        Node::Not(of) => format!("(not {})", print(of)),
        Node::IsNull(of) => format!("({} eq null)", print(of)),
        Node::Compare(by, left, right) => {
            format!("({} {} {})", print(left), comparison(*by), print(right))
        }
        Node::In(of, literals) => {
            let literals: Vec<_> = literals.iter().map(print_literal).collect();
            format!("({} in ({}))", print(of), literals.join(","))
        }
        Node::Arithmetic(by, left, right) => {
            format!("({} {} {})", print(left), arithmetic(*by), print(right))
        }
        // The space keeps the sign from becoming a literal's.
        Node::Negate(of) => format!("(- {})", print(of)),
        Node::Call(function, arguments) => {
            format!("{}({})", format!("{function:?}").to_lowercase(), joined(arguments, ","))
        }
        Node::Any(at, None) => format!("{}/any()", PROPERTIES[*at].0),
        Node::Any(at, Some(of)) => format!("{}/any(a:{})", PROPERTIES[*at].0, print(of)),
        Node::All(at, of) => format!("{}/all(a:{})", PROPERTIES[*at].0, print(of)),
        Node::If(..) | Node::Mask(..) | Node::Beginning(..) => panic!("no client can write that"),
    }
}

fn print_literal(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Literal::Instant(instant) => instant.to_string(),
        Literal::Int(number) => number.to_string(),
        Literal::Number(number) => format!("{number:?}"),
        Literal::Bool(value) => value.to_string(),
        Literal::Date(day) => instant(day * crate::Instant::TICKS_PER_DAY).to_string()[..10].to_owned(),
        Literal::TimeOfDay(ticks) => {
            let text = instant(*ticks).to_string();
            text[11..text.len() - 1].to_owned()
        }
    }
}

fn instant(ticks: i64) -> crate::Instant {
    crate::Instant::from_ticks(ticks).unwrap()
}
