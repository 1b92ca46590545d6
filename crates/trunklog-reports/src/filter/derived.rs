//! What only reports know of a row, as expressions over its properties. They say
//! of each row exactly what [`Fact`](crate::Fact) says; a test compares them.

use trunklog_odata::edm::EdmType;
use trunklog_odata::expr::{Comparison, Expr, Function, Kind, Literal, Node};
use trunklog_records::Log;
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

/// More than any log has properties.
const FIRST_INDEX: usize = 1 << 16;

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

    /// Those that rows of a log have.
    ///
    /// ```
    /// use trunklog_records::schema::PSTN_CALLS;
    /// use trunklog_reports::Derived;
    ///
    /// assert!(Derived::of(&PSTN_CALLS).eq([Derived::Direction, Derived::Country]));
    /// ```
    pub fn of(log: &'static Log) -> impl Iterator<Item = Derived> {
        Derived::ALL.into_iter().filter(|derived| derived.is_of(log))
    }

    /// Whether rows of a log have it.
    pub(super) fn is_of(self, log: &Log) -> bool {
        match self {
            Derived::Direction | Derived::Country => log.external_party.is_some(),
            Derived::Class | Derived::IsLeg | Derived::IsMissed => log.name == DIRECT_ROUTING_CALLS.name,
        }
    }

    /// Its type.
    pub(super) fn edm(self) -> EdmType {
        match self {
            Derived::Direction | Derived::Class | Derived::Country => EdmType::String,
            Derived::IsLeg | Derived::IsMissed => EdmType::Boolean,
        }
    }

    /// What it is called in an expression until it is replaced: an index that no
    /// property of a log has, nor the unknown ones.
    pub(super) fn index(self) -> usize {
        FIRST_INDEX + self as usize
    }

    /// The one of that index.
    pub(super) fn at(index: usize) -> Option<Derived> {
        Derived::ALL.into_iter().find(|derived| derived.index() == index)
    }

    /// What it is, over the log's properties; None of what these do not tell.
    fn expr(self, log: &Log) -> Option<Expr> {
        match self {
            Derived::Direction => Some(direction(&lower_type(log)?)),
            Derived::Class => Some(class()),
            Derived::IsLeg => Some(never_null(is_leg())),
            Derived::IsMissed => Some(never_null(missed())),
            Derived::Country => None,
        }
    }
}

/// The expression with the names of reports replaced by what they are.
pub(super) fn without_derived(log: &Log, expr: Expr) -> Expr {
    expr.map(&mut |part: Expr| match part.node {
        Node::Property(at) => Derived::at(at).and_then(|derived| derived.expr(log)).unwrap_or(part),
        _ => part,
    })
}

/// Whether a row is of one of some classes. Never null.
///
/// Rules alone decide most pairs; a pair is named only where its class differs in
/// this from what the rules would say.
pub(crate) fn class_is(holds: impl Fn(Class) -> bool) -> Expr {
    // A pair of a normal end of a row that is not successful contradicts itself.
    let of_pair = |class| if class == Class::Answered { Class::Unknown } else { class };
    let by_pairs = [true, false].into_iter().filter_map(|is_so| {
        let pairs = PAIRS.iter().filter(|pair| {
            let says = holds(of_pair(pair.class));
            says == is_so && holds(by_rule(Some(pair.sip), Some(pair.sub))) != is_so
        });
        let pairs: Vec<Expr> = pairs.map(|pair| is_pair(pair.sip, pair.sub)).collect();
        (!pairs.is_empty()).then(|| (any(pairs), truth(is_so)))
    });
    let successful = (is_successful(), truth(holds(Class::Answered)));
    let by_rules = RULES.iter().map(|rule| (fits(rule), truth(holds(rule.class))));
    let cases = std::iter::once(successful).chain(by_pairs).chain(by_rules);
    first_fit(cases, truth(holds(Class::Unknown)))
}

/// Cases that are looked at together where there are many.
const IN_A_GROUP: usize = 6;

/// The value of the first case whose condition holds, which is never null; else
/// another value.
///
/// Cases that follow each other and have one value are one, and many are looked at in
/// groups: an expression that is as deep as there are rules cannot be sent to another
/// process, since parsers of JSON stop at 128 levels.
fn first_fit(cases: impl IntoIterator<Item = (Expr, Expr)>, or: Expr) -> Expr {
    let mut all: Vec<(Vec<Expr>, Expr)> = Vec::new();
    for (when, then) in cases {
        match all.last_mut() {
            Some((known, value)) if *value == then => known.push(when),
            _ => all.push((vec![when], then)),
        }
    }
    // What they say is said anyway.
    while all.last().is_some_and(|(_, then)| *then == or) {
        all.pop();
    }
    let chain = |cases: &[(Vec<Expr>, Expr)], or: Expr| {
        cases.iter().rev().fold(or, |or, (when, then)| either(any(when.clone()), then.clone(), or))
    };
    if all.len() <= IN_A_GROUP {
        return chain(&all, or);
    }
    all.chunks(IN_A_GROUP).rev().fold(or, |or, group| {
        // One of the group holds, so nobody looks at its last condition again.
        let Some(((_, last), others)) = group.split_last() else { return or };
        let when = group.iter().flat_map(|(when, _)| when.iter().cloned()).collect();
        either(any(when), chain(others, last.clone()), or)
    })
}

/// Whether a row is an inbound call that nobody took.
pub(crate) fn missed() -> Expr {
    let by_users = class_is(Class::is_user_behaviour);
    let inbound = goes(Direction::Inbound, &lower_call_type());
    Expr::new(Kind::Bool, Node::And(vec![inbound, no_leg(), by_users]))
}

/// Whether a row is no forwarding, transfer or conference leg. Never null.
pub(crate) fn no_leg() -> Expr {
    Expr::new(Kind::Bool, Node::Not(Box::new(never_null(is_leg()))))
}

/// The direction that the type of a call or message names: never null.
fn direction(lower: &Expr) -> Expr {
    let [inbound, outbound, unknown] = DIRECTIONS.map(word);
    let other = either(goes(Direction::Outbound, lower), outbound, unknown);
    either(goes(Direction::Inbound, lower), inbound, other)
}

/// The key of the class: never null.
fn class() -> Expr {
    let by_pairs = Class::ALL.into_iter().filter(|class| *class != Class::Answered).filter_map(|class| {
        let is_of = |of: Class| of == class || of == Class::Answered && class == Class::Unknown;
        let pairs = PAIRS.iter().filter(|pair| is_of(pair.class));
        let pairs: Vec<Expr> = pairs.map(|pair| is_pair(pair.sip, pair.sub)).collect();
        (!pairs.is_empty()).then(|| (any(pairs), word(class.key())))
    });
    let successful = (is_successful(), word(Class::Answered.key()));
    let by_rules = RULES.iter().map(|rule| (fits(rule), word(rule.class.key())));
    first_fit(std::iter::once(successful).chain(by_pairs).chain(by_rules), word(Class::Unknown.key()))
}

fn is_leg() -> Expr {
    let lower = lower_call_type();
    any(SECOND_LEG.iter().map(|mark| has(*mark, &lower)).collect())
}

/// Whether a type names that direction and not the other; null without one.
fn goes(wanted: Direction, lower: &Expr) -> Expr {
    let names = |is_wanted: bool| {
        let marks = MARKS.iter().filter(|(direction, _)| (*direction == wanted) == is_wanted);
        any(marks.map(|(_, mark)| has(*mark, lower)).collect())
    };
    let not_other = Expr::new(Kind::Bool, Node::Not(Box::new(names(false))));
    Expr::new(Kind::Bool, Node::And(vec![names(true), not_other]))
}

fn lower_call_type() -> Expr {
    in_lower_case(property("callType", Kind::Text))
}

/// The text that tells which way a log's rows went.
fn lower_type(log: &Log) -> Option<Expr> {
    let at = log.index_of(log.external_party?.direction)?;
    Some(in_lower_case(Expr::new(Kind::Text, Node::Property(at))))
}

fn in_lower_case(text: Expr) -> Expr {
    Expr::new(Kind::Text, Node::Call(Function::ToLower, vec![text]))
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

fn any(mut parts: Vec<Expr>) -> Expr {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            Expr::new(Kind::Bool, Node::Or(parts))
        }
    }
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
