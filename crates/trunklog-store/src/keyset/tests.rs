use proptest::prelude::*;
use trunklog_odata::Instant;
use trunklog_odata::expr::{Function, ORDERED_CHARS};
use trunklog_records::schema::PSTN_CALLS;
use trunklog_records::{Log, TimeRange};

use super::*;
use crate::evaluate::{self, Cell, Place, Row, Scope};
use crate::page::OrderValue;

static LOG: &Log = &PSTN_CALLS;

const CHARGES: [&str; 5] = ["1.50", "1.5", "0", "-0.25", "none"];

/// What rows are made of: a duration, a user, a charge, an end and a time.
type Values = (Option<i32>, Option<usize>, Option<usize>, Option<i64>, i64);

/// Two of them differ only in what no order looks at.
fn texts() -> [String; 6] {
    let long = "ä".repeat(ORDERED_CHARS);
    [String::new(), "a".to_owned(), "B".to_owned(), "😀".to_owned(), format!("{long}1"), format!("{long}2")]
}

fn values() -> impl Strategy<Value = Values> {
    use prop::option::of;
    (of(-1..2), of(0..6_usize), of(0..CHARGES.len()), of(0..4_i64), 0..3_i64)
}

fn row((duration, user, charge, end, time): Values, id: usize) -> Row {
    let id = id.to_string();
    let time = Instant::from_unix_secs(time * 50_000).unwrap();
    let mut cells = vec![Cell::Null; LOG.properties.len() + 1];
    let mut set = |name: &str, cell: Option<Cell>| {
        cells[LOG.index_of(name).unwrap()] = cell.unwrap_or(Cell::Null);
    };
    set("id", Some(Cell::Text(id.clone())));
    set("startDateTime", Some(Cell::Ticks(time.ticks())));
    set("duration", duration.map(Cell::Int));
    set("userId", user.map(|user| Cell::Text(texts()[user].clone())));
    set("charge", charge.map(|charge| Cell::Text(CHARGES[charge].to_owned())));
    set("endDateTime", end.map(|end| Cell::Ticks(end * 500_000_000_000)));
    Row { key: Place { time, id }, cells }
}

fn property(name: &str, kind: Kind) -> Expr {
    Expr::new(kind, Node::Property(LOG.index_of(name).unwrap()))
}

/// A criterion of each kind, and time and id themselves.
fn criteria() -> [Expr; 9] {
    let end = || property("endDateTime", Kind::Instant);
    [
        property("duration", Kind::Int),
        property("userId", Kind::Text),
        property("charge", Kind::Number),
        end(),
        Expr::new(Kind::Date, Node::Call(Function::Date, vec![end()])),
        Expr::new(Kind::TimeOfDay, Node::Call(Function::Time, vec![end()])),
        compare(Comparison::Greater, property("duration", Kind::Int), Literal::Int(0)),
        property("startDateTime", Kind::Instant),
        property("id", Kind::Text),
    ]
}

fn orders() -> impl Strategy<Value = Vec<OrderBy>> {
    let criterion = (prop::sample::select(criteria().to_vec()), any_direction());
    prop::collection::vec(criterion.prop_map(|(by, direction)| OrderBy { by, direction }), 0..4)
}

fn any_direction() -> impl Strategy<Value = Direction> {
    prop::sample::select(vec![Direction::Ascending, Direction::Descending])
}

fn order_values() -> impl Strategy<Value = OrderValue> {
    prop_oneof![
        Just(OrderValue::Null),
        prop::bool::ANY.prop_map(OrderValue::Bool),
        (-2..3_i64).prop_map(OrderValue::Int),
        Just(OrderValue::Int(i64::MAX)),
        prop::sample::select(vec![-0.25, 0.0, -0.0, 1.0, 1.5, f64::NAN]).prop_map(OrderValue::Number),
        prop::sample::select(texts().to_vec()).prop_map(OrderValue::Text),
    ]
}

fn key_of(row: &Row, order: &[OrderBy]) -> Key {
    let values = Scope::new(LOG, &row.cells).order_values(order);
    Key { order: values, time: row.key.time, id: row.key.id.clone() }
}

/// The ids of the rows that come after a key, by the condition.
fn found(rows: &[Row], selection: &Selection, key: &Key) -> Vec<String> {
    let filter = after(selection, key);
    Selection { filter: Some(filter.clone()), ..selection.clone() }.check().unwrap();
    let comes_after = |row: &&Row| Scope::new(LOG, &row.cells).selects(Some(&filter));
    rows.iter().filter(comes_after).map(|row| row.key.id.clone()).collect()
}

proptest! {
    #[test]
    fn after_a_row_comes_the_rest(values in prop::collection::vec(values(), 0..12), order in orders()) {
        let selection = Selection { order, ..Selection::all(LOG, TimeRange::ALL) };
        let mut rows: Vec<Row> = values.into_iter().enumerate().map(|(id, values)| row(values, id)).collect();
        let key = |row: &Row| key_of(row, &selection.order);
        rows.sort_by(|left, right| {
            let (left, right) = (key(left), key(right));
            evaluate::compare(&selection.order, evaluate::compared(&left), evaluate::compared(&right))
        });
        for (at, last) in rows.iter().enumerate() {
            let rest: Vec<String> = rows[at + 1..].iter().map(|row| row.key.id.clone()).collect();
            prop_assert_eq!(found(&rows, &selection, &key(last)), rest);
        }
    }

    #[test]
    fn any_key_has_a_place(
        values in prop::collection::vec(values(), 0..12),
        order in orders(),
        key in prop::collection::vec(order_values(), 0..4),
        time in -1..4_i64,
        id in "[0-9]{0,2}",
    ) {
        let selection = Selection { order, ..Selection::all(LOG, TimeRange::ALL) };
        let rows: Vec<Row> = values.into_iter().enumerate().map(|(id, values)| row(values, id)).collect();
        let key = Key { order: key, time: Instant::from_unix_secs(time * 50_000).unwrap(), id };
        let compared = |row: &Row| {
            let row = key_of(row, &selection.order);
            evaluate::compare(&selection.order, evaluate::compared(&row), evaluate::compared(&key))
        };
        let rest = rows.iter().filter(|row| compared(row).is_gt()).map(|row| row.key.id.clone());
        prop_assert_eq!(found(&rows, &selection, &key), rest.collect::<Vec<_>>());
    }

    #[test]
    fn a_key_carries_the_ordered_values(values in values(), order in orders()) {
        let row = row(values, 7);
        let selection = Selection { order, ..Selection::all(LOG, TimeRange::ALL) };
        let scope = Scope::new(LOG, &row.cells);
        let carried: Vec<OrderValue> = ordered_values(&selection).iter().map(|by| scope.value(by)).collect();
        prop_assert_eq!(carried, key_of(&row, &selection.order).order);
    }
}

#[test]
fn values_of_another_kind_count_as_null() {
    let order = vec![OrderBy { by: property("duration", Kind::Int), direction: Direction::Descending }];
    let selection = Selection { order, ..Selection::all(LOG, TimeRange::ALL) };
    let of = |order| after(&selection, &Key { order, ..Key::new(Instant::ABSENT, "x") });
    let null = of(vec![OrderValue::Null]);
    assert_eq!(of(vec![OrderValue::Text("5".to_owned())]), null);
    assert_eq!(of(Vec::new()), null);
    assert_ne!(of(vec![OrderValue::Int(5)]), null);
}
