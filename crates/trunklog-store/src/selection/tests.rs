use trunklog_odata::expr::{Arithmetic, Comparison, Function, Kind, Literal};
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};

use super::*;

fn selection(filter: Option<Expr>) -> Selection {
    Selection { filter, ..Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL) }
}

fn property(log: &Log, name: &str, kind: Kind) -> Expr {
    Expr::new(kind, Node::Property(log.index_of(name).unwrap()))
}

fn call(name: &str, kind: Kind) -> Expr {
    property(&DIRECT_ROUTING_CALLS, name, kind)
}

fn int(value: i64) -> Expr {
    Expr::literal(Literal::Int(value))
}

fn text(value: &str) -> Expr {
    Expr::literal(Literal::Text(value.to_owned()))
}

fn compare(left: Expr, right: Expr) -> Expr {
    Expr::new(Kind::Bool, Node::Compare(Comparison::Equal, Box::new(left), Box::new(right)))
}

fn any_unit(predicate: Expr) -> Expr {
    let at = DIRECT_ROUTING_CALLS.index_of("administrativeUnitInfos").unwrap();
    Expr::new(Kind::Bool, Node::Any(at, Some(Box::new(predicate))))
}

#[test]
fn filters_that_fit_are_taken() {
    let half = Expr::literal(Literal::Number(0.5));
    let sum = |kind, right| {
        let left = Box::new(call("duration", Kind::Int));
        Expr::new(kind, Node::Arithmetic(Arithmetic::Add, left, Box::new(right)))
    };
    let member = || Expr::new(Kind::Text, Node::Member(0));
    let lower = Expr::new(Kind::Text, Node::Call(Function::ToLower, vec![call("callType", Kind::Text)]));
    let masked = Expr::new(Kind::Text, Node::Mask(Box::new(call("callerNumber", Kind::Text)), 3));
    for filter in [
        call("successfulCall", Kind::Bool),
        compare(call("duration", Kind::Int), half.clone()),
        compare(sum(Kind::Int, int(1)), int(2)),
        compare(sum(Kind::Number, half), int(2)),
        compare(lower, text("byotin")),
        compare(masked, text("+1***")),
        compare(Expr::new(Kind::Text, Node::Beginning(Box::new(call("userId", Kind::Text)))), text("x")),
        any_unit(compare(member(), text("x"))),
        any_unit(compare(member(), call("userId", Kind::Text))),
        Expr::new(Kind::Bool, Node::IsNull(Box::new(call("failureDateTime", Kind::Instant)))),
        Expr::new(
            Kind::Bool,
            Node::In(Box::new(call("finalSipCode", Kind::Int)), vec![Literal::Int(487), Literal::Int(503)]),
        ),
    ] {
        let checked = selection(Some(filter.clone())).check();
        assert!(checked.is_ok(), "{filter:?}: {checked:?}");
    }
    let charge = compare(property(&PSTN_CALLS, "charge", Kind::Number), int(0));
    let pstn = Selection { filter: Some(charge), ..Selection::all(&PSTN_CALLS, TimeRange::ALL) };
    pstn.check().unwrap();
}

#[test]
fn filters_that_do_not_fit_are_refused() {
    let beyond = DIRECT_ROUTING_CALLS.properties.len();
    let no_collection = DIRECT_ROUTING_CALLS.index_of("duration").unwrap();
    let bad = |node| Expr::new(Kind::Bool, node);
    for filter in [
        int(1),
        bad(Node::Property(beyond)),
        bad(Node::Property(usize::MAX)),
        bad(Node::Property(no_collection)),
        bad(Node::Not(Box::new(int(1)))),
        bad(Node::And(vec![call("successfulCall", Kind::Bool), int(1)])),
        bad(Node::Any(no_collection, None)),
        bad(Node::Any(beyond, None)),
        bad(Node::In(Box::new(int(1)), vec![Literal::Text("1".to_owned())])),
        compare(int(1), text("1")),
        compare(Expr::literal(Literal::Number(f64::NAN)), int(1)),
        compare(Expr::new(Kind::Text, Node::Member(0)), text("outside")),
        any_unit(compare(Expr::new(Kind::Text, Node::Member(1)), text("x"))),
        any_unit(any_unit(call("successfulCall", Kind::Bool))),
        compare(Expr::new(Kind::Int, Node::Negate(Box::new(text("x")))), int(1)),
        compare(Expr::new(Kind::Int, Node::Call(Function::Length, vec![])), int(1)),
        compare(Expr::new(Kind::Int, Node::Call(Function::Year, vec![text("2024")])), int(1)),
        compare(Expr::new(Kind::Text, Node::Mask(Box::new(int(1)), 3)), text("*")),
        compare(Expr::new(Kind::Text, Node::Beginning(Box::new(int(1)))), text("1")),
    ] {
        let Err(error) = selection(Some(filter.clone())).check() else { panic!("{filter:?} was taken") };
        assert_eq!(error.to_string(), "the filter does not fit the properties of directRoutingCalls");
    }
}

#[test]
fn orders_and_columns_are_bounded() {
    let by = |expr: Expr| OrderBy { by: expr, direction: Direction::Descending };
    let ordered = |order| Selection { order, ..selection(None) };
    ordered(vec![by(call("duration", Kind::Int)); MAX_ORDER]).check().unwrap();
    let error = ordered(vec![by(int(1)); MAX_ORDER + 1]).check().unwrap_err();
    assert_eq!(error.to_string(), "an order has 9 criteria: give at most 8");
    assert!(ordered(vec![by(Expr::new(Kind::Int, Node::Property(999)))]).check().is_err());

    let last = DIRECT_ROUTING_CALLS.properties.len();
    let only = |columns| Selection { columns: Columns::Only(columns), ..selection(None) };
    for columns in [vec![], vec![0], vec![0, 3, last]] {
        only(columns).check().unwrap();
    }
    for columns in [vec![last + 1], vec![3, 0], vec![3, 3]] {
        only(columns).check().unwrap_err();
    }
}

#[test]
fn only_time_alone_is_an_order_by_time() {
    use Direction::{Ascending, Descending};
    let by = |name: &str, kind, direction| OrderBy { by: call(name, kind), direction };
    let time = |direction| by("startDateTime", Kind::Instant, direction);
    let other = || by("inviteDateTime", Kind::Instant, Ascending);
    for (order, expected, is_search) in [
        (vec![], Some(Ascending), false),
        (vec![time(Ascending)], Some(Ascending), false),
        (vec![time(Descending)], Some(Descending), false),
        (vec![time(Descending), other()], None, true),
        (vec![other()], None, true),
        (vec![other(), time(Ascending)], None, true),
    ] {
        let ordered = Selection { order, ..selection(None) };
        assert_eq!((ordered.by_time(), ordered.is_search()), (expected, is_search), "{:?}", ordered.order);
    }
    assert!(selection(Some(call("successfulCall", Kind::Bool))).is_search());
    assert!(Selection::all(&PSTN_ONLINE_MEETING_DIALOUT, TimeRange::ALL).is_search());
}
