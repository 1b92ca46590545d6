//! Every expression that a client can write can be written and read again.

use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::{collection, num, option, sample};

use super::*;
use crate::Instant;
use crate::expr::Function;

/// Expressions of each kind.
#[derive(Clone)]
struct Exprs {
    texts: BoxedStrategy<Expr>,
    instants: BoxedStrategy<Expr>,
    ints: BoxedStrategy<Expr>,
    numbers: BoxedStrategy<Expr>,
    bools: BoxedStrategy<Expr>,
    dates: BoxedStrategy<Expr>,
    times: BoxedStrategy<Expr>,
}

const COMPARISONS: &[Comparison] = &[
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Greater,
    Comparison::GreaterOrEqual,
    Comparison::Less,
    Comparison::LessOrEqual,
];

const ARITHMETIC: &[Arithmetic] =
    &[Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply, Arithmetic::Divide, Arithmetic::Modulo];

const SEARCHES: &[Function] = &[Function::StartsWith, Function::EndsWith, Function::Contains];

fn property(name: &str) -> BoxedStrategy<Expr> {
    let (at, edm) = Row.property(name).unwrap();
    Just(Expr::new(edm.kind().unwrap(), Node::Property(at))).boxed()
}

fn literals(kind: Kind) -> BoxedStrategy<Literal> {
    let days = Instant::ABSENT.ticks().div_euclid(Instant::TICKS_PER_DAY)
        ..=Instant::MAX.ticks().div_euclid(Instant::TICKS_PER_DAY);
    match kind {
        Kind::Text => ".{0,6}".prop_map(Literal::Text).boxed(),
        Kind::Instant => (Instant::ABSENT.ticks()..=Instant::MAX.ticks())
            .prop_map(|ticks| Literal::Instant(instant(ticks)))
            .boxed(),
        Kind::Int => any::<i64>().prop_map(Literal::Int).boxed(),
        Kind::Number => num::f64::NORMAL.prop_map(Literal::Number).boxed(),
        Kind::Bool => any::<bool>().prop_map(Literal::Bool).boxed(),
        Kind::Date => days.prop_map(Literal::Date).boxed(),
        Kind::TimeOfDay => (0..Instant::TICKS_PER_DAY).prop_map(Literal::TimeOfDay).boxed(),
    }
}

fn leaves() -> Exprs {
    let literal = |kind| literals(kind).prop_map(Expr::literal).boxed();
    let either = |name, kind| Union::new([property(name), literal(kind)]).boxed();
    Exprs {
        texts: either("userId", Kind::Text),
        instants: either("startDateTime", Kind::Instant),
        ints: either("duration", Kind::Int),
        numbers: either("charge", Kind::Number),
        bools: either("successfulCall", Kind::Bool),
        dates: literal(Kind::Date),
        times: literal(Kind::TimeOfDay),
    }
}

fn call(function: Function, gives: Kind, argument: &BoxedStrategy<Expr>) -> BoxedStrategy<Expr> {
    let node = move |argument| Expr::new(gives, Node::Call(function, vec![argument]));
    argument.clone().prop_map(node).boxed()
}

fn calculation(
    by: &'static [Arithmetic],
    gives: Kind,
    left: &BoxedStrategy<Expr>,
    right: &BoxedStrategy<Expr>,
) -> BoxedStrategy<Expr> {
    (sample::select(by), left.clone(), right.clone())
        .prop_map(move |(by, left, right)| {
            Expr::new(gives, Node::Arithmetic(by, Box::new(left), Box::new(right)))
        })
        .boxed()
}

fn negation(of: &BoxedStrategy<Expr>) -> BoxedStrategy<Expr> {
    of.clone().prop_map(|of| Expr::new(of.kind, Node::Negate(Box::new(of)))).boxed()
}

fn condition(node: Node) -> Expr {
    Expr::new(Kind::Bool, node)
}

/// Comparisons, lists and tests for null of one kind.
fn questions(kind: Kind, of: &BoxedStrategy<Expr>) -> BoxedStrategy<Expr> {
    let compared = (sample::select(COMPARISONS), of.clone(), of.clone())
        .prop_map(|(by, left, right)| condition(Node::Compare(by, Box::new(left), Box::new(right))));
    let listed = (of.clone(), collection::vec(literals(kind), 1..4))
        .prop_map(|(of, literals)| condition(Node::In(Box::new(of), literals)));
    let null = of.clone().prop_map(|of| condition(Node::IsNull(Box::new(of))));
    prop_oneof![compared, listed, null].boxed()
}

/// `and` and `or` of conditions, with none of the same within.
fn junctions(of: &BoxedStrategy<Expr>) -> BoxedStrategy<Expr> {
    let all = collection::vec(of.clone(), 2..4).prop_map(|parts| {
        let flat = parts.into_iter().flat_map(|part| match part.node {
            Node::And(inside) => inside,
            node => vec![condition(node)],
        });
        condition(Node::And(flat.collect()))
    });
    let one = collection::vec(of.clone(), 2..4).prop_map(|parts| {
        let flat = parts.into_iter().flat_map(|part| match part.node {
            Node::Or(inside) => inside,
            node => vec![condition(node)],
        });
        condition(Node::Or(flat.collect()))
    });
    prop_oneof![all, one].boxed()
}

/// Questions about an enumeration.
fn enumerations() -> BoxedStrategy<Expr> {
    let member = sample::select(SOURCE.members).prop_map(|(name, _)| Literal::Text(name.to_owned()));
    let by = sample::select(&COMPARISONS[..2]);
    (property("callDurationSource"), member, by)
        .prop_map(|(of, member, by)| {
            condition(Node::Compare(by, Box::new(of), Box::new(Expr::literal(member))))
        })
        .boxed()
}

/// Questions about a collection. The predicate may name what is outside.
fn collections(texts: &BoxedStrategy<Expr>) -> BoxedStrategy<Expr> {
    let (at, _) = Row.property("administrativeUnitInfos").unwrap();
    let member = Just(Expr::new(Kind::Text, Node::Member(0))).boxed();
    let inside = questions(Kind::Text, &Union::new([member, texts.clone()]).boxed());
    let any = option::of(inside.clone())
        .prop_map(move |predicate| condition(Node::Any(at, predicate.map(Box::new))));
    let all = inside.prop_map(move |predicate| condition(Node::All(at, Box::new(predicate))));
    prop_oneof![any, all].boxed()
}

/// Expressions made of those.
fn around(of: &Exprs) -> Exprs {
    let searches = (sample::select(SEARCHES), of.texts.clone(), of.texts.clone())
        .prop_map(|(function, left, right)| condition(Node::Call(function, vec![left, right])))
        .boxed();
    Exprs {
        texts: Union::new([
            of.texts.clone(),
            call(Function::ToLower, Kind::Text, &of.texts),
            call(Function::ToUpper, Kind::Text, &of.texts),
        ])
        .boxed(),
        instants: of.instants.clone(),
        ints: Union::new([
            of.ints.clone(),
            call(Function::Length, Kind::Int, &of.texts),
            call(Function::Year, Kind::Int, &of.instants),
            call(Function::Month, Kind::Int, &of.dates),
            call(Function::Day, Kind::Int, &of.instants),
            call(Function::Hour, Kind::Int, &of.times),
            call(Function::Minute, Kind::Int, &of.instants),
            call(Function::Second, Kind::Int, &of.times),
            calculation(ARITHMETIC, Kind::Int, &of.ints, &of.ints),
            negation(&of.ints),
        ])
        .boxed(),
        numbers: Union::new([
            of.numbers.clone(),
            calculation(ARITHMETIC, Kind::Number, &of.numbers, &of.numbers),
            calculation(ARITHMETIC, Kind::Number, &property("duration"), &of.numbers),
            calculation(&[Arithmetic::DivideBy], Kind::Number, &of.ints, &of.ints),
            negation(&of.numbers),
        ])
        .boxed(),
        bools: Union::new([
            of.bools.clone(),
            questions(Kind::Text, &of.texts),
            questions(Kind::Instant, &of.instants),
            questions(Kind::Int, &of.ints),
            questions(Kind::Number, &of.numbers),
            questions(Kind::Bool, &of.bools),
            questions(Kind::Date, &of.dates),
            questions(Kind::TimeOfDay, &of.times),
            of.bools.clone().prop_map(|of| condition(Node::Not(Box::new(of)))).boxed(),
            junctions(&of.bools),
            searches,
            enumerations(),
            collections(&of.texts),
        ])
        .boxed(),
        dates: Union::new([of.dates.clone(), call(Function::Date, Kind::Date, &of.instants)]).boxed(),
        times: Union::new([of.times.clone(), call(Function::Time, Kind::TimeOfDay, &of.instants)]).boxed(),
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(expr in around(&around(&around(&leaves()))).bools) {
        let text = print(&expr);
        prop_assert_eq!(read(&text), Ok(expr.clone()), "{}", text);
        let json = serde_json::to_string(&expr).unwrap();
        prop_assert_eq!(serde_json::from_str::<Expr>(&json).unwrap(), expr);
    }
}
