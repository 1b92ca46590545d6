//! What only reports know of a row, as expressions over its properties. They say
//! of each row exactly what [`Fact`](crate::Fact) says; a test compares them.

use trunklog_odata::edm::EdmType;
use trunklog_odata::expr::{Comparison, Expr, Function, Kind, Literal, Node};
use trunklog_records::call_types::{Direction, MARKS, Mark, SECOND_LEG};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;

use crate::classes::{Class, RULES, Rule, by_rule};
use crate::codes::PAIRS;

/// A name that filters of reports have beside the log's properties.
///
/// ```
/// use trunklog_reports::Derived;
///
/// let names = Derived::ALL.map(Derived::name);
/// assert_eq!(names, ["direction", "class", "isLeg", "isMissed", "country"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Derived {
    /// `inbound`, `outbound`, or `unknown` where the call type tells neither.
    Direction,
    /// How the call ended: the key of a [`Class`].
    Class,
    /// Whether it is a forwarding, transfer or conference leg.
    IsLeg,
    /// Whether it is an inbound call that nobody took.
    IsMissed,
    /// The country of the party outside.
    Country,
}

/// What a direction can be.
pub(super) const DIRECTIONS: [&str; 3] = ["inbound", "outbound", "unknown"];

impl Derived {
    /// All.
    pub const ALL: [Derived; 5] =
        [Derived::Direction, Derived::Class, Derived::IsLeg, Derived::IsMissed, Derived::Country];

    /// Its name in filters.
    pub fn name(self) -> &'static str {
        match self {
            Derived::Direction => "direction",
            Derived::Class => "class",
            Derived::IsLeg => "isLeg",
            Derived::IsMissed => "isMissed",
            Derived::Country => "country",
        }
    }

    /// The one of that name.
    pub(super) fn by_name(name: &str) -> Option<Derived> {
        Derived::ALL.into_iter().find(|derived| derived.name() == name)
    }

    /// Its type.
    pub(super) fn edm(self) -> EdmType {
        match self {
            Derived::Direction | Derived::Class | Derived::Country => EdmType::String,
            Derived::IsLeg | Derived::IsMissed => EdmType::Boolean,
        }
    }

    /// What it is called in an expression until it is replaced: an index that no
    /// property of the log has, nor the unknown ones.
    pub(super) fn index(self) -> usize {
        DIRECT_ROUTING_CALLS.properties.len() + 1 + self as usize
    }

    /// The one of that index.
    pub(super) fn at(index: usize) -> Option<Derived> {
        Derived::ALL.into_iter().find(|derived| derived.index() == index)
    }

    /// What it is, over the log's properties; None of what these do not tell.
    fn expr(self) -> Option<Expr> {
        match self {
            Derived::Direction => Some(direction()),
            Derived::Class => Some(class()),
            Derived::IsLeg => Some(never_null(is_leg())),
            Derived::IsMissed => Some(never_null(missed())),
            Derived::Country => None,
        }
    }
}

/// The expression with the names of reports replaced by what they are.
pub(super) fn without_derived(expr: Expr) -> Expr {
    expr.map(&mut |part: Expr| match part.node {
        Node::Property(at) => Derived::at(at).and_then(Derived::expr).unwrap_or(part),
        _ => part,
    })
}

/// Whether a row is of one of some classes. Never null.
///
/// Rules alone decide most pairs; a pair is named only where its class differs in
/// this from what the rules would say.
pub(crate) fn class_is(holds: impl Fn(Class) -> bool) -> Expr {
    let mut expr = truth(holds(Class::Unknown));
    for rule in RULES.iter().rev() {
        let is_so = holds(rule.class);
        if expr.node != truth(is_so).node {
            expr = either(fits(rule), truth(is_so), expr);
        }
    }
    // A pair of a normal end of a row that is not successful contradicts itself.
    let of_pair = |class| if class == Class::Answered { Class::Unknown } else { class };
    for is_so in [true, false] {
        let pairs = PAIRS.iter().filter(|pair| {
            let says = holds(of_pair(pair.class));
            says == is_so && holds(by_rule(Some(pair.sip), Some(pair.sub))) != is_so
        });
        let pairs: Vec<Expr> = pairs.map(|pair| is_pair(pair.sip, pair.sub)).collect();
        if !pairs.is_empty() {
            expr = either(any(pairs), truth(is_so), expr);
        }
    }
    either(is_successful(), truth(holds(Class::Answered)), expr)
}

/// Whether a row is an inbound call that nobody took.
pub(crate) fn missed() -> Expr {
    let by_users = class_is(Class::is_user_behaviour);
    Expr::new(Kind::Bool, Node::And(vec![goes(Direction::Inbound), no_leg(), by_users]))
}

/// Whether a row is no forwarding, transfer or conference leg. Never null.
pub(crate) fn no_leg() -> Expr {
    Expr::new(Kind::Bool, Node::Not(Box::new(never_null(is_leg()))))
}

/// The direction: never null.
fn direction() -> Expr {
    let [inbound, outbound, unknown] = DIRECTIONS.map(word);
    let other = either(goes(Direction::Outbound), outbound, unknown);
    either(goes(Direction::Inbound), inbound, other)
}

/// The key of the class: never null.
fn class() -> Expr {
    let mut expr = word(Class::Unknown.key());
    for rule in RULES.iter().rev() {
        expr = either(fits(rule), word(rule.class.key()), expr);
    }
    for class in Class::ALL {
        let is_of = |of: Class| of == class || of == Class::Answered && class == Class::Unknown;
        let pairs = PAIRS.iter().filter(|pair| class != Class::Answered && is_of(pair.class));
        let pairs: Vec<Expr> = pairs.map(|pair| is_pair(pair.sip, pair.sub)).collect();
        if !pairs.is_empty() {
            expr = either(any(pairs), word(class.key()), expr);
        }
    }
    either(is_successful(), word(Class::Answered.key()), expr)
}

fn is_leg() -> Expr {
    let lower = lower_call_type();
    any(SECOND_LEG.iter().map(|mark| has(*mark, &lower)).collect())
}

/// Whether the call type names that direction and not the other; null without one.
fn goes(wanted: Direction) -> Expr {
    let lower = lower_call_type();
    let names = |is_wanted: bool| {
        let marks = MARKS.iter().filter(|(direction, _)| (*direction == wanted) == is_wanted);
        any(marks.map(|(_, mark)| has(*mark, &lower)).collect())
    };
    let not_other = Expr::new(Kind::Bool, Node::Not(Box::new(names(false))));
    Expr::new(Kind::Bool, Node::And(vec![names(true), not_other]))
}

fn lower_call_type() -> Expr {
    Expr::new(Kind::Text, Node::Call(Function::ToLower, vec![property("callType", Kind::Text)]))
}

fn has(mark: Mark, text: &Expr) -> Expr {
    let call = |function, part: &str| Node::Call(function, vec![text.clone(), word(part)]);
    let node = match mark {
        Mark::Whole(whole) => Node::Compare(Comparison::Equal, Box::new(text.clone()), Box::new(word(whole))),
        Mark::Start(part) => call(Function::StartsWith, part),
        Mark::End(part) => call(Function::EndsWith, part),
        Mark::Within(part) => call(Function::Contains, part),
    };
    Expr::new(Kind::Bool, node)
}

fn is_successful() -> Expr {
    compare(Comparison::Equal, property("successfulCall", Kind::Bool), Literal::Bool(true))
}

fn is_pair(sip: i32, sub: i32) -> Expr {
    let is = |of: Expr, code: i32| compare(Comparison::Equal, of, Literal::Int(code.into()));
    Expr::new(Kind::Bool, Node::And(vec![is(sip_code(), sip), is(subcode(), sub)]))
}

/// Whether the codes are those of a rule. Never null: a missing code fits no span.
fn fits(rule: &Rule) -> Expr {
    let mut parts = Vec::new();
    for (of, span) in [(sip_code(), rule.sip), (subcode(), rule.sub)] {
        let Some((from, until)) = span else { continue };
        if from == until {
            parts.push(compare(Comparison::Equal, of, Literal::Int(from.into())));
        } else {
            parts.push(compare(Comparison::GreaterOrEqual, of.clone(), Literal::Int(from.into())));
            parts.push(compare(Comparison::LessOrEqual, of, Literal::Int(until.into())));
        }
    }
    Expr::new(Kind::Bool, Node::And(parts))
}

fn sip_code() -> Expr {
    property("finalSipCode", Kind::Int)
}

fn subcode() -> Expr {
    property("callEndSubReason", Kind::Int)
}

/// True and false as they are, and false for null.
fn never_null(expr: Expr) -> Expr {
    either(expr, truth(true), truth(false))
}

fn property(name: &str, kind: Kind) -> Expr {
    let at = DIRECT_ROUTING_CALLS.index_of(name).expect("a test asserts that the log has it");
    Expr::new(kind, Node::Property(at))
}

fn compare(by: Comparison, of: Expr, with: Literal) -> Expr {
    Expr::new(Kind::Bool, Node::Compare(by, Box::new(of), Box::new(Expr::literal(with))))
}

fn any(parts: Vec<Expr>) -> Expr {
    Expr::new(Kind::Bool, Node::Or(parts))
}

fn word(text: &str) -> Expr {
    Expr::literal(Literal::Text(text.to_owned()))
}

fn truth(value: bool) -> Expr {
    Expr::literal(Literal::Bool(value))
}

fn either(when: Expr, then: Expr, or: Expr) -> Expr {
    Expr::new(then.kind, Node::If(Box::new(when), Box::new(then), Box::new(or)))
}
