#![allow(clippy::unnecessary_box_returns)] // Nodes hold boxes, so that is what they are made from.

use trunklog_odata::Instant;
use trunklog_odata::expr::{Arithmetic, Function};
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, LOGS, PSTN_CALLS};

use super::*;

fn property(log: &'static Log, name: &str, kind: Kind) -> Box<Expr> {
    Box::new(Expr::new(kind, Node::Property(log.index_of(name).unwrap())))
}

fn literal(literal: Literal) -> Box<Expr> {
    Box::new(Expr::literal(literal))
}

fn code() -> Box<Expr> {
    property(&DIRECT_ROUTING_CALLS, "finalSipCode", Kind::Int)
}

fn compare(by: Comparison, left: Box<Expr>, right: Box<Expr>) -> Expr {
    Expr::new(Kind::Bool, Node::Compare(by, left, right))
}

fn written(expr: &Expr) -> String {
    condition(expr, &DIRECT_ROUTING_CALLS, &mut Parameters::default())
}

#[test]
fn conditions_compare_columns_alone() {
    let busy = compare(Comparison::Equal, code(), literal(Literal::Int(486)));
    assert_eq!(written(&busy), "(\"finalSipCode\" = CAST($1 AS INTEGER))");
    let not_busy = Expr::new(Kind::Bool, Node::Not(Box::new(busy.clone())));
    assert_eq!(written(&not_busy), "(NOT (\"finalSipCode\" IS NOT DISTINCT FROM CAST($1 AS INTEGER)))");
    let failed = compare(Comparison::GreaterOrEqual, code(), literal(Literal::Int(1 << 40)));
    let both = Expr::new(Kind::Bool, Node::And(vec![busy, failed]));
    assert_eq!(
        written(&both),
        "((\"finalSipCode\" = CAST($1 AS INTEGER)) AND (\"finalSipCode\" >= CAST($2 AS BIGINT)))"
    );
    let one_of = Expr::new(Kind::Bool, Node::In(code(), vec![Literal::Int(486), Literal::Number(0.5)]));
    assert_eq!(
        written(&one_of),
        "(CAST(\"finalSipCode\" AS DOUBLE) IN (CAST(CAST($1 AS INTEGER) AS DOUBLE), CAST($2 AS DOUBLE)))"
    );
}

#[test]
fn no_literal_is_text() {
    let evil = "x' OR 1=1 --";
    let name = property(&DIRECT_ROUTING_CALLS, "userDisplayName", Kind::Text);
    let mut parameters = Parameters::default();
    let filter = compare(Comparison::Equal, name, literal(Literal::Text(evil.to_owned())));
    let sql = condition(&filter, &DIRECT_ROUTING_CALLS, &mut parameters);
    assert_eq!(sql, "(\"userDisplayName\" = CAST($1 AS VARCHAR))");
    assert_eq!(parameters.values(), [Value::Text(evil.to_owned())]);
}

#[test]
fn nested_arithmetic_grows_by_a_constant() {
    let mut sum = Expr::literal(Literal::Number(0.1));
    let mut lengths = Vec::new();
    for _ in 0..20 {
        let right = literal(Literal::Number(0.2));
        sum = Expr::new(Kind::Number, Node::Arithmetic(Arithmetic::Add, Box::new(sum), right));
        lengths.push(value(&sum, &DIRECT_ROUTING_CALLS, &mut Parameters::default()).len());
    }
    assert!(lengths[19] < lengths[0] * 30, "{lengths:?}");
}

/// What DuckDB makes of an expression without properties, as text.
fn computed(expr: &Expr) -> Option<String> {
    let mut parameters = Parameters::default();
    let sql = value(expr, &PSTN_CALLS, &mut parameters);
    let connection = duckdb::Connection::open_in_memory().unwrap();
    register(&connection).unwrap();
    let values = duckdb::params_from_iter(parameters.values());
    connection.query_row(&format!("SELECT CAST({sql} AS VARCHAR)"), values, |row| row.get(0)).unwrap()
}

#[test]
fn letters_have_one_counterpart_or_none() {
    // Their counterparts are newer than DuckDB's tables.
    const NEWER: [char; 4] = ['\u{19b}', '\u{264}', '\u{1c89}', '\u{1c8a}'];
    let mut parameters = Parameters::default();
    let mut cased = |function| {
        let call = Node::Call(function, vec![*property(&PSTN_CALLS, "id", Kind::Text)]);
        value(&Expr::new(Kind::Text, call), &PSTN_CALLS, &mut parameters)
    };
    let (lower, upper) = (cased(Function::ToLower), cased(Function::ToUpper));
    let connection = duckdb::Connection::open_in_memory().unwrap();
    let mut statement = connection
        .prepare(&format!(
            "SELECT id, {lower}, {upper} FROM (SELECT chr(code::INTEGER) AS id FROM range(1, 12288) t(code))"
        ))
        .unwrap();
    let rows = statement
        .query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })
        .unwrap();
    let mut changed = 0;
    for row in rows {
        let (given, lower, upper) = row.unwrap();
        let character = given.chars().next().unwrap();
        if NEWER.contains(&character) {
            continue;
        }
        let one = |mapped: String| if mapped.chars().count() == 1 { mapped } else { given.clone() };
        assert_eq!(lower, one(character.to_lowercase().collect()), "{given}");
        assert_eq!(upper, one(character.to_uppercase().collect()), "{given}");
        changed += usize::from(lower != given || upper != given);
    }
    assert!(changed > 1_000, "{changed}");
}

#[test]
fn times_are_exact_before_1970_too() {
    let at = |text| literal(Literal::Instant(Instant::parse(text).unwrap()));
    let cases = [
        (Function::Year, "0001-01-01T00:00:00Z", "1"),
        (Function::Year, "9999-12-31T23:59:59.9999999Z", "9999"),
        (Function::Day, "1969-12-31T23:59:59.9999999Z", "31"),
        (Function::Month, "1969-12-31T23:59:59.9999999Z", "12"),
        (Function::Hour, "1969-12-31T23:58:57.9999999Z", "23"),
        (Function::Minute, "1969-12-31T23:58:57.9999999Z", "58"),
        (Function::Second, "1969-12-31T23:58:57.9999999Z", "57"),
        (Function::Date, "1969-12-31T23:58:57Z", "-1"),
        (Function::Time, "1969-12-31T00:00:00.0000001Z", "1"),
    ];
    for (function, instant, expected) in cases {
        let call = Expr::new(Kind::Int, Node::Call(function, vec![*at(instant)]));
        assert_eq!(computed(&call).as_deref(), Some(expected), "{function:?} {instant}");
    }
}

#[test]
fn what_cannot_be_computed_is_null() {
    let (int, number) = (|value| literal(Literal::Int(value)), |value| literal(Literal::Number(value)));
    let cases = [
        (Kind::Int, Arithmetic::Add, int(i64::MAX), int(1), None),
        (Kind::Int, Arithmetic::Multiply, int(i64::MIN), int(i64::MIN), None),
        (Kind::Int, Arithmetic::Divide, int(i64::MIN), int(-1), None),
        (Kind::Int, Arithmetic::Divide, int(-7), int(2), Some("-3")),
        (Kind::Int, Arithmetic::Divide, int(7), int(0), None),
        (Kind::Int, Arithmetic::Modulo, int(-7), int(2), Some("-1")),
        (Kind::Int, Arithmetic::Modulo, int(7), int(0), None),
        (Kind::Int, Arithmetic::Modulo, int(i64::MIN), int(-1), None),
        (Kind::Number, Arithmetic::DivideBy, int(7), int(2), Some("3.5")),
        (Kind::Number, Arithmetic::DivideBy, int(7), int(0), None),
        (Kind::Number, Arithmetic::Add, number(0.1), number(0.2), Some("0.3")),
        (Kind::Number, Arithmetic::Multiply, number(1e300), number(1e300), None),
        (Kind::Number, Arithmetic::Modulo, number(-5.5), int(2), Some("-1.5")),
    ];
    for (kind, by, left, right, expected) in cases {
        let expr = Expr::new(kind, Node::Arithmetic(by, left, right));
        assert_eq!(computed(&expr).as_deref(), expected, "{expr:?}");
    }
}

#[test]
fn numbers_of_every_form_are_masked() {
    let cases = [
        ("+4912345", "+4912***"),
        ("1234", "1***"),
        ("123", "***"),
        ("+12", "+**"),
        ("5", "*"),
        ("123*56", "******"),
        ("4930123456*12", "4930123******"),
        ("4930123456*", "4930123****"),
        ("+1555123***", "+1555123***"),
        ("49301234567890123***", "49301234567890******"),
        ("49301234567890123456789", "4930*******************"),
        ("**", "**"),
        ("12a4567", "**a****"),
        ("12ab4567", "12ab4567"),
        ("12345\n", "12***\n"),
        ("5\n", "*\n"),
        ("++5", "++*"),
        ("sip:+4930123456@sbc9.example.com", "sip:+4930123***@sbc9.example.com"),
        ("\"Ada Lovelace\" <tel:030-123456;ext=1>", "\"Ada Lovelace\" <tel:030-123***;ext=*>"),
        ("٣٣٣٣٣", "٣٣***"),
        ("a\0+4930123456", "a\0+4930123***"),
        ("Anonymous", "Anonymous"),
        ("+", "+"),
        ("", ""),
    ];
    for (given, expected) in cases {
        let text = || literal(Literal::Text(given.to_owned()));
        let mask = |of, digits| Box::new(Expr::new(Kind::Text, Node::Mask(of, digits)));
        assert_eq!(computed(&mask(text(), 3)).as_deref(), Some(expected), "{given}");
        assert_eq!(computed(&mask(mask(text(), 3), 1)).as_deref(), Some(expected), "{given}");
        assert_eq!(computed(&mask(text(), 0)).as_deref(), Some(given), "{given}");
    }
}

#[test]
fn the_beginning_of_a_text_has_so_many_characters() {
    let long = "ä".repeat(ORDERED_CHARS);
    let longer = format!("{long}x");
    for (given, expected) in
        [("", ""), ("Äb", "Äb"), (long.as_str(), long.as_str()), (longer.as_str(), long.as_str())]
    {
        let beginning = Node::Beginning(literal(Literal::Text(given.to_owned())));
        assert_eq!(computed(&Expr::new(Kind::Text, beginning)).as_deref(), Some(expected), "{given}");
    }
    let of_null = Node::Beginning(property(&PSTN_CALLS, "userId", Kind::Text));
    assert_eq!(
        value(&Expr::new(Kind::Text, of_null), &PSTN_CALLS, &mut Parameters::default()),
        "left(\"userId\", 128)"
    );
}

#[test]
fn plain_and_other_numbers_meet_in_one_column() {
    // More rows than DuckDB takes at once, and nulls among them.
    let at = PSTN_CALLS.index_of("callerNumber").unwrap();
    let mask = Node::Mask(Box::new(Expr::new(Kind::Text, Node::Property(at))), 3);
    let sql = value(&Expr::new(Kind::Text, mask), &PSTN_CALLS, &mut Parameters::default());
    let connection = duckdb::Connection::open_in_memory().unwrap();
    register(&connection).unwrap();
    let other = connection.try_clone().unwrap();
    let mut statement = other
        .prepare(&format!(
            "SELECT \"callerNumber\", {sql} FROM (SELECT CASE n % 4 WHEN 0 THEN '+49' || n WHEN 1 THEN NULL \
             WHEN 2 THEN 'sip:+49-' || n || '@10.0.0.1' ELSE 'Room ' || n % 100 END AS \"callerNumber\" \
             FROM range(10000) t(n))"
        ))
        .unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?)))
        .unwrap();
    let mut count = 0;
    for row in rows {
        let (given, seen) = row.unwrap();
        let expected = given.as_deref().map(|given| trunklog_records::masking::masked(given, 3));
        assert_eq!(seen.as_deref(), expected.as_deref());
        count += 1;
    }
    assert_eq!(count, 10_000);
}

#[test]
fn members_of_collections_are_texts() {
    // An element's instant would have to be read from its text.
    for property in LOGS.iter().flat_map(|log| log.properties) {
        if let EdmType::Collection(of) = property.edm {
            assert!(of.properties.iter().all(|(_, edm)| *edm == EdmType::String), "{}", property.name);
        }
    }
}
