//! Whether the evaluation of expressions means what is written of them.

use std::cmp::Ordering;

use trunklog_odata::Instant;
use trunklog_odata::expr::{Arithmetic, Comparison, Direction, Expr, Function, Kind, Literal, Node, OrderBy};
use trunklog_records::Log;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS};
use trunklog_store::OrderValue as Value;
use trunklog_store::evaluate::{Cell, Scope, compare, take_row};

use crate::expressions::{
    ARITHMETIC, COMPARISONS, FUNCTIONS, arithmetic, call, compare as compare_with, int, property, text,
};

/// The columns of one row, from its JSON.
fn cells(log: &'static Log, json: &str) -> Vec<Cell> {
    let mut rows = trunklog_records::RowBuilder::new(log);
    trunklog_records::json::RowDecoder::new(log).decode(json.as_bytes(), &mut rows).unwrap();
    take_row(&rows.finish(), 0).cells
}

fn call_row() -> Vec<Cell> {
    cells(
        &DIRECT_ROUTING_CALLS,
        r#"{"id":"1","startDateTime":"1969-12-31T23:59:58.5Z","inviteDateTime":"0001-01-01T00:00:00Z",
            "duration":-7,"callerNumber":"+15551234567","calleeNumber":"Straße","successfulCall":true,
            "administrativeUnitInfos":[{"id":"a"},{"id":null},{"id":"b"}]}"#,
    )
}

fn value(expr: &Expr) -> Value {
    Scope::new(&DIRECT_ROUTING_CALLS, &call_row()).value(expr)
}

fn of(name: &str) -> Expr {
    property(&DIRECT_ROUTING_CALLS, name)
}

fn number(value: f64) -> Expr {
    Expr::literal(Literal::Number(value))
}

fn truth(value: bool) -> Expr {
    Expr::literal(Literal::Bool(value))
}

fn unknown() -> Expr {
    of("mediaBypassEnabled")
}

fn bool_of(node: Node) -> Value {
    value(&Expr::new(Kind::Bool, node))
}

fn text_value(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn no_operator_or_function_is_left_out_of_the_cases() {
    let names = trunklog_odata::filter::names();
    for function in FUNCTIONS {
        assert!(names.contains(&format!("{function:?}").to_lowercase().as_str()), "{function:?}");
    }
    // Beside these there are `and`, `or`, `not` and `in`.
    assert_eq!(names.len(), FUNCTIONS.len() + COMPARISONS.len() + ARITHMETIC.len() + 4);
}

#[test]
fn null_follows_three_valued_logic() {
    let (yes, no, null) = (Value::Bool(true), Value::Bool(false), Value::Null);
    assert_eq!(bool_of(Node::And(vec![truth(true), unknown()])), null);
    assert_eq!(bool_of(Node::And(vec![unknown(), truth(false)])), no);
    assert_eq!(bool_of(Node::Or(vec![unknown(), truth(true)])), yes);
    assert_eq!(bool_of(Node::Or(vec![truth(false), unknown()])), null);
    assert_eq!(bool_of(Node::Not(Box::new(unknown()))), null);
    assert_eq!(bool_of(Node::IsNull(Box::new(unknown()))), yes);
    assert_eq!(bool_of(Node::In(Box::new(unknown()), vec![Literal::Bool(true)])), no);
    for (by, of_null_and_value, of_nulls) in [
        (Comparison::Equal, false, true),
        (Comparison::NotEqual, true, false),
        (Comparison::Greater, false, false),
        (Comparison::GreaterOrEqual, false, false),
        (Comparison::Less, false, false),
        (Comparison::LessOrEqual, false, false),
    ] {
        let compared = |right| value(&compare_with(by, unknown(), right));
        assert_eq!(compared(truth(true)), Value::Bool(of_null_and_value), "{by:?}");
        assert_eq!(compared(unknown()), Value::Bool(of_nulls), "{by:?}");
    }
    assert_eq!(value(&arithmetic(Arithmetic::Add, of("finalSipCode"), int(1))), null);
    assert_eq!(value(&call(Function::Length, vec![of("userId")])), null);
}

#[test]
fn arithmetic_is_exact_or_null() {
    use Arithmetic::{Add, Divide, DivideBy, Modulo, Multiply, Subtract};
    let of_ints = |by, left, right| value(&arithmetic(by, int(left), int(right)));
    assert_eq!(of_ints(Divide, -7, 2), Value::Int(-3));
    assert_eq!(of_ints(Modulo, -7, 2), Value::Int(-1));
    assert_eq!(of_ints(DivideBy, -7, 2), Value::Number(-3.5));
    for (by, left, right) in [
        (Divide, 1, 0),
        (DivideBy, 1, 0),
        (Modulo, 1, 0),
        (Add, i64::MAX, 1),
        (Subtract, i64::MIN, 1),
        (Multiply, i64::MAX, 2),
        (Divide, i64::MIN, -1),
    ] {
        assert_eq!(of_ints(by, left, right), Value::Null, "{left} {by:?} {right}");
    }
    let of_numbers = |by, left, right| value(&arithmetic(by, number(left), number(right)));
    assert_eq!(of_numbers(Add, 0.1, 0.2), Value::Number(0.3));
    assert_eq!(of_numbers(Divide, 2.0, 3.0), Value::Number(0.666_666_666_7));
    assert_eq!(of_numbers(Divide, -2.0, 3.0), Value::Number(-0.666_666_666_7));
    assert_eq!(of_numbers(Modulo, -5.5, 2.0), Value::Number(-1.5));
    assert_eq!(of_numbers(Divide, 1.0, 0.0), Value::Null);
    assert_eq!(of_numbers(Modulo, 1.0, 0.0), Value::Null);
    assert_eq!(of_numbers(Multiply, 1e300, 1e300), Value::Null);
    assert_eq!(value(&compare_with(Comparison::Equal, of("duration"), number(-7.0))), Value::Bool(true));
    assert_eq!(value(&Expr::new(Kind::Int, Node::Negate(Box::new(int(i64::MIN))))), Value::Null);
    // Whole numbers become the nearest floats.
    let as_float = |whole| value(&arithmetic(Add, int(whole), number(0.0)));
    assert_eq!(as_float(i64::MAX), Value::Number(9_223_372_036_854_775_808.0));
    assert_eq!(as_float(-1), Value::Number(-1.0));
}

#[test]
fn decimals_are_numbers() {
    let row = cells(&PSTN_CALLS, r#"{"id":"1","startDateTime":"2024-01-01T00:00:00Z","charge":1.50}"#);
    let scope = Scope::new(&PSTN_CALLS, &row);
    assert_eq!(scope.value(&property(&PSTN_CALLS, "charge")), Value::Number(1.5));
    assert_eq!(scope.value(&property(&PSTN_CALLS, "connectionCharge")), Value::Null);
}

#[test]
fn functions_do_what_they_say() {
    let of_text = |function, given: &str| value(&call(function, vec![text(given)]));
    assert_eq!(of_text(Function::ToUpper, "aßäİ"), text_value("AßÄİ"));
    assert_eq!(of_text(Function::ToLower, "AẞİÄ"), text_value("aßİä"));
    assert_eq!(of_text(Function::Length, "a😀ä"), Value::Int(3));
    let pair = |function, a: &str, b: &str| value(&call(function, vec![text(a), text(b)]));
    assert_eq!(pair(Function::StartsWith, "a%b", "a_"), Value::Bool(false));
    assert_eq!(pair(Function::EndsWith, "ab", ""), Value::Bool(true));
    assert_eq!(pair(Function::Contains, "aBc", "b"), Value::Bool(false));
    for (function, of_start, of_absent) in [
        (Function::Year, 1969, 1),
        (Function::Month, 12, 1),
        (Function::Day, 31, 1),
        (Function::Hour, 23, 0),
        (Function::Minute, 59, 0),
        (Function::Second, 58, 0),
        (Function::Date, -1, -719_162),
        (Function::Time, 863_985_000_000, 0),
    ] {
        assert_eq!(value(&call(function, vec![of("startDateTime")])), Value::Int(of_start), "{function:?}");
        assert_eq!(value(&call(function, vec![of("inviteDateTime")])), Value::Int(of_absent), "{function:?}");
    }
    let day = call(Function::Date, vec![of("startDateTime")]);
    assert_eq!(value(&call(Function::Day, vec![day])), Value::Int(31));
    let time = call(Function::Time, vec![of("startDateTime")]);
    assert_eq!(value(&call(Function::Minute, vec![time])), Value::Int(59));
}

#[test]
fn collections_are_looked_through() {
    let units = DIRECT_ROUTING_CALLS.index_of("administrativeUnitInfos").unwrap();
    let is = |id: &str| {
        let member = Expr::new(Kind::Text, Node::Member(0));
        Box::new(compare_with(Comparison::Equal, member, text(id)))
    };
    let named = || {
        let member = Expr::new(Kind::Text, Node::Member(0));
        Box::new(Expr::new(Kind::Bool, Node::Call(Function::StartsWith, vec![member, text("")])))
    };
    assert_eq!(bool_of(Node::Any(units, None)), Value::Bool(true));
    assert_eq!(bool_of(Node::Any(units, Some(is("b")))), Value::Bool(true));
    assert_eq!(bool_of(Node::Any(units, Some(is("c")))), Value::Bool(false));
    assert_eq!(bool_of(Node::All(units, is("a"))), Value::Bool(false));
    // Of the element without an id the predicate is null, which is not true.
    assert_eq!(bool_of(Node::Any(units, Some(named()))), Value::Bool(true));
    assert_eq!(bool_of(Node::All(units, named())), Value::Bool(false));
    for units_json in ["null", "[]"] {
        let json = format!(
            r#"{{"id":"1","startDateTime":"2024-01-01T00:00:00Z","administrativeUnitInfos":{units_json}}}"#
        );
        let row = cells(&DIRECT_ROUTING_CALLS, &json);
        let look = |node| Scope::new(&DIRECT_ROUTING_CALLS, &row).value(&Expr::new(Kind::Bool, node));
        assert_eq!(look(Node::Any(units, None)), Value::Bool(false), "{units_json}");
        assert_eq!(look(Node::All(units, is("a"))), Value::Bool(true), "{units_json}");
    }
}

#[test]
fn numbers_are_masked_and_names_are_not() {
    for (given, digits, expected) in [
        ("+15551234567", 3, "+15551234***"),
        ("1234", 3, "1***"),
        ("123", 3, "***"),
        ("+12", 3, "+**"),
        ("7", 15, "*"),
        ("12**", 3, "****"),
        ("1***", 3, "1***"),
        ("+1 555", 3, "+1 ***"),
        ("anonymous", 3, "anonymous"),
        ("5551234\n", 3, "5551***\n"),
        ("5\n", 3, "*\n"),
        ("++5", 3, "++*"),
        ("1234", 0, "1234"),
        ("+", 3, "+"),
        ("", 3, ""),
    ] {
        let masked = Expr::new(Kind::Text, Node::Mask(Box::new(text(given)), digits));
        assert_eq!(value(&masked), text_value(expected), "{given:?}");
    }
    let unknown_or = |when| {
        let (then, or) = (Box::new(text("then")), Box::new(text("or")));
        value(&Expr::new(Kind::Text, Node::If(Box::new(when), then, or)))
    };
    assert_eq!(unknown_or(truth(true)), text_value("then"));
    assert_eq!(unknown_or(unknown()), text_value("or"));
}

#[test]
fn nulls_come_first_and_last_when_descending() {
    let order = |direction| [OrderBy { by: int(0), direction }];
    let (null, one) = ([Value::Null], [Value::Int(1)]);
    let at = |values| (values, Instant::ABSENT, "x");
    let (ascending, descending) = (order(Direction::Ascending), order(Direction::Descending));
    assert_eq!(compare(&ascending, at(&null[..]), at(&one[..])), Ordering::Less);
    assert_eq!(compare(&descending, at(&null[..]), at(&one[..])), Ordering::Greater);
    let later = (&one[..], Instant::MAX, "a");
    assert_eq!(compare(&descending, at(&one[..]), later), Ordering::Less);
}
