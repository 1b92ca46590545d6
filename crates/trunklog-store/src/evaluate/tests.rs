//! What is stored may be damaged, and a key may have been changed: nothing of
//! it may make an evaluation panic. What expressions mean is tested by the
//! conformance kit, with the engines.

use std::cmp::Ordering;

use proptest::prelude::*;
use trunklog_odata::Instant;
use trunklog_odata::expr::{Arithmetic, Comparison, Direction, Kind};
use trunklog_records::RowBuilder;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};

use super::*;

static CALLS: &Log = &DIRECT_ROUTING_CALLS;

fn property(log: &Log, name: &str, kind: Kind) -> Expr {
    Expr::new(kind, Node::Property(log.index_of(name).unwrap()))
}

fn condition(node: Node) -> Expr {
    Expr::new(Kind::Bool, node)
}

fn units() -> usize {
    CALLS.index_of("administrativeUnitInfos").unwrap()
}

/// What an order compares of a row with those values.
fn at(values: &[OrderValue]) -> OrderKey<'_> {
    (values, Instant::ABSENT, "x")
}

/// A row of nulls but for its time, its id and one property.
fn cells(log: &'static Log, name: &str, cell: Cell) -> Vec<Cell> {
    let mut cells = vec![Cell::Null; log.properties.len() + 1];
    cells[log.time_index()] = Cell::Ticks(0);
    cells[log.id_index()] = Cell::Text("1".to_owned());
    cells[log.index_of(name).unwrap()] = cell;
    cells
}

#[test]
fn collections_that_are_damaged_have_no_elements() {
    let named = || {
        let id = Expr::new(Kind::Text, Node::Member(0));
        let text = Expr::literal(Literal::Text("a".to_owned()));
        Box::new(condition(Node::Compare(Comparison::Equal, Box::new(id), Box::new(text))))
    };
    for (json, any, any_named) in [
        (r#"[{"id":"a"},7,null,{"id":{}}]"#, true, true),
        ("[7]", true, false),
        ("[", false, false),
        ("{}", false, false),
        ("", false, false),
    ] {
        let row = cells(CALLS, "administrativeUnitInfos", Cell::Text(json.to_owned()));
        let value = |node| Scope::new(CALLS, &row).value(&condition(node));
        assert_eq!(value(Node::Any(units(), None)), OrderValue::Bool(any), "{json}");
        assert_eq!(value(Node::Any(units(), Some(named()))), OrderValue::Bool(any_named), "{json}");
        assert_eq!(value(Node::All(units(), named())), OrderValue::Bool(!any), "{json}");
    }
}

#[test]
fn what_does_not_fit_the_log_is_null() {
    let row = cells(&PSTN_CALLS, "charge", Cell::Text("1,50".to_owned()));
    let scope = Scope::new(&PSTN_CALLS, &row);
    assert_eq!(scope.value(&property(&PSTN_CALLS, "charge", Kind::Number)), OrderValue::Null);
    for node in [Node::Property(usize::MAX), Node::Member(0), Node::Property(PSTN_CALLS.properties.len())] {
        assert_eq!(scope.value(&Expr::new(Kind::Text, node.clone())), OrderValue::Null, "{node:?}");
    }
    assert_eq!(
        Scope::new(&PSTN_CALLS, &[]).value(&property(&PSTN_CALLS, "charge", Kind::Number)),
        OrderValue::Null
    );
    let id = || Box::new(property(&PSTN_CALLS, "id", Kind::Text));
    let one = || Box::new(Expr::literal(Literal::Int(1)));
    for by in [Comparison::Equal, Comparison::GreaterOrEqual, Comparison::LessOrEqual] {
        assert_eq!(
            scope.value(&condition(Node::Compare(by, id(), one()))),
            OrderValue::Bool(false),
            "{by:?}"
        );
    }
    let sum = Expr::new(Kind::Int, Node::Arithmetic(Arithmetic::Add, id(), one()));
    assert_eq!(scope.value(&sum), OrderValue::Null);
    assert_eq!(scope.value(&Expr::new(Kind::Int, Node::Call(Function::Year, vec![]))), OrderValue::Null);
}

#[test]
fn keys_that_were_changed_count_as_null() {
    let by = |kind, direction| [OrderBy { by: property(CALLS, "duration", kind), direction }];
    let null = [OrderValue::Null];
    for (kind, other) in [
        (Kind::Int, OrderValue::Text("5".to_owned())),
        (Kind::Int, OrderValue::Number(5.0)),
        (Kind::Number, OrderValue::Number(f64::NAN)),
        (Kind::Number, OrderValue::Bool(true)),
        (Kind::Text, OrderValue::Int(5)),
        (Kind::Instant, OrderValue::Int(i64::MAX)),
    ] {
        let order = by(kind, Direction::Ascending);
        let other = [other];
        assert_eq!(compare(&order, at(&other), at(&null)), Ordering::Equal, "{other:?}");
        assert_eq!(compare(&order, at(&[]), at(&null)), Ordering::Equal);
    }
    let (one, half) = ([OrderValue::Int(1)], [OrderValue::Number(0.5)]);
    let order = by(Kind::Number, Direction::Descending);
    assert_eq!(compare(&order, at(&one), at(&half)), Ordering::Less);
    assert_eq!(compare(&order, at(&one), at(&null)), Ordering::Less);
    assert_eq!(compare(&order, at(&null), at(&one)), Ordering::Greater);
}

#[test]
fn rows_are_put_together_as_they_were() {
    let row = cells(CALLS, "duration", Cell::Int(-7));
    let mut rows = RowBuilder::new(CALLS);
    put_together(&row, &mut rows);
    let rows = rows.finish();
    let place = Place { time: Instant::from_ticks(0).unwrap(), id: "1".to_owned() };
    assert_eq!(take_row(&rows, 0), Row { key: place, cells: row });
    assert_eq!(take_apart(&rows).len(), 1);
}

#[test]
fn damaged_instants_are_put_together_as_null() {
    let report = &PSTN_ONLINE_MEETING_DIALOUT;
    let mut row = cells(report, "periodEndDateTime", Cell::Ticks(0));
    let mut rows = RowBuilder::new(report);
    put_together(&row, &mut rows);
    row[report.time_index()] = Cell::Ticks(i64::MAX);
    put_together(&row, &mut rows);
    let rows = take_apart(&rows.finish());
    let end = report.index_of("periodEndDateTime").unwrap();
    assert_eq!((rows[0].key.time.ticks(), &rows[0].cells[end]), (0, &Cell::Null));
    assert_eq!((rows[1].key.time, &rows[1].cells[end]), (Instant::ABSENT, &Cell::Null));
}

proptest! {
    #[test]
    fn no_instant_makes_a_function_panic(ticks in any::<i64>()) {
        use Function::{Date, Day, Hour, Minute, Month, Second, Time, Year};
        let row = cells(CALLS, "inviteDateTime", Cell::Ticks(ticks));
        let of = || property(CALLS, "inviteDateTime", Kind::Instant);
        for function in [Year, Month, Day, Hour, Minute, Second, Date, Time] {
            let value = Scope::new(CALLS, &row).value(&Expr::new(Kind::Int, Node::Call(function, vec![of()])));
            prop_assert!(matches!(value, OrderValue::Null | OrderValue::Int(_)), "{:?} of {}", function, ticks);
            let day = Expr::new(Kind::Date, Node::Call(Date, vec![of()]));
            let _ = Scope::new(CALLS, &row).value(&Expr::new(Kind::Int, Node::Call(function, vec![day])));
        }
    }
}
