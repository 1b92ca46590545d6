use proptest::prelude::*;
use trunklog_odata::Instant;

use super::*;
use crate::rows::{RowBuilder, Value};
use crate::schema::{DIRECT_ROUTING_CALLS, LOGS, PSTN_BLOCKED_USERS, PSTN_CALLS, SMS};

/// A row with that direction and those numbers, inbound and outbound.
fn row(log: &'static Log, call_type: Option<&str>, numbers: [Option<&str>; 2]) -> Rows {
    let party = log.external_party.unwrap();
    let mut values = vec![None; log.properties.len()];
    values[log.time_index()] = Some(Value::Instant(Instant::ABSENT));
    let texts = [(party.direction, call_type), (party.inbound, numbers[0]), (party.outbound, numbers[1])];
    for (name, text) in texts {
        values[log.index_of(name).unwrap()] = text.map(|text| Value::Text(text.into()));
    }
    let mut rows = RowBuilder::new(log);
    rows.push(&mut values, None).unwrap();
    rows.finish()
}

/// The two numbers as a reader sees them.
fn seen(mask: Mask, rows: Rows) -> [Option<String>; 2] {
    let party = rows.log().external_party.unwrap();
    let rows = mask.rows(rows);
    [party.inbound, party.outbound].map(|name| text(&rows, rows.log().index_of(name).unwrap()))
}

fn text(rows: &Rows, column: usize) -> Option<String> {
    rows.text(column).iter().next().unwrap().map(str::to_owned)
}

/// The two numbers as a filter finds them.
fn found(mask: Mask, rows: &Rows) -> [Option<String>; 2] {
    let party = rows.log().external_party.unwrap();
    [party.inbound, party.outbound].map(|name| {
        let at = rows.log().index_of(name).unwrap();
        let expr = mask.expr(rows.log(), Expr::new(Kind::Text, Node::Property(at)));
        match value(&expr, rows) {
            Some(Found::Text(text)) => Some(text),
            Some(Found::Bool(_)) => panic!("a number is text"),
            None => None,
        }
    })
}

#[derive(Debug, PartialEq)]
enum Found {
    Text(String),
    Bool(bool),
}

/// The value of an expression for the only row, by the words of
/// [`trunklog_odata::expr`]; null is None.
fn value(expr: &Expr, rows: &Rows) -> Option<Found> {
    let of = |expr: &Expr| value(expr, rows);
    let truth = |expr: &Expr| match value(expr, rows) {
        Some(Found::Bool(truth)) => Some(truth),
        Some(Found::Text(_)) => panic!("not a truth value: {expr:?}"),
        None => None,
    };
    match &expr.node {
        Node::Literal(Literal::Text(text)) => Some(Found::Text(text.clone())),
        Node::Property(at) => text(rows, *at).map(Found::Text),
        Node::And(parts) => {
            let parts: Vec<_> = parts.iter().map(truth).collect();
            let whole = if parts.contains(&Some(false)) {
                Some(false)
            } else {
                parts.iter().all(|part| part.is_some()).then_some(true)
            };
            whole.map(Found::Bool)
        }
        Node::Or(parts) => {
            let parts: Vec<_> = parts.iter().map(truth).collect();
            let whole = if parts.contains(&Some(true)) {
                Some(true)
            } else {
                parts.iter().all(|part| part.is_some()).then_some(false)
            };
            whole.map(Found::Bool)
        }
        Node::Not(part) => truth(part).map(|part| Found::Bool(!part)),
        Node::Compare(Comparison::Equal, left, right) => Some(Found::Bool(of(left) == of(right))),
        Node::Call(function, arguments) => {
            let texts: Option<Vec<String>> = arguments
                .iter()
                .map(|argument| match of(argument) {
                    Some(Found::Text(text)) => Some(text),
                    _ => None,
                })
                .collect();
            let texts = texts?;
            Some(match function {
                Function::ToLower => Found::Text(texts[0].chars().map(lower).collect()),
                Function::StartsWith => Found::Bool(texts[0].starts_with(&texts[1])),
                Function::EndsWith => Found::Bool(texts[0].ends_with(&texts[1])),
                Function::Contains => Found::Bool(texts[0].contains(&texts[1])),
                other => panic!("unexpected function {other:?}"),
            })
        }
        Node::If(when, then, or) => of(if truth(when) == Some(true) { then } else { or }),
        Node::Mask(number, digits) => match of(number)? {
            Found::Text(number) => Some(Found::Text(hide(&number, usize::from(*digits)))),
            Found::Bool(_) => panic!("a number is text"),
        },
        other => panic!("unexpected {other:?}"),
    }
}

/// The lower-case counterpart, if there is exactly one.
fn lower(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        _ => character,
    }
}

fn hide(text: &str, digits: usize) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let first = usize::from(characters.first() == Some(&'+'));
    let is_number = characters[first..].iter().all(|c| matches!(c, '0'..='9' | '*'));
    if is_number && characters.len() - first > digits {
        let from = characters.len() - digits;
        characters[from..].fill('*');
    }
    characters.into_iter().collect()
}

fn some(numbers: [&str; 2]) -> [Option<String>; 2] {
    numbers.map(|number| Some(number.to_owned()))
}

const BERLIN: &str = "+493012345678";
const PARIS: &str = "+33123456789";

#[test]
fn only_the_party_outside_is_masked() {
    let mask = Mask::of_country("DE");
    for (log, call_type, expected) in [
        (&DIRECT_ROUTING_CALLS, "ByotIn", ["+493012345***", PARIS]),
        (&DIRECT_ROUTING_CALLS, "ByotOutUserTransfer", [BERLIN, "+33123456***"]),
        (&DIRECT_ROUTING_CALLS, "dr_in_bot", ["+493012345***", PARIS]),
        (&PSTN_CALLS, "oc_ucap_in", ["+493012345***", PARIS]),
        (&PSTN_CALLS, "user_out_conf", [BERLIN, "+33123456***"]),
        (&SMS, "sms_in", ["+493012345***", PARIS]),
        (&SMS, "sms_out", [BERLIN, "+33123456***"]),
    ] {
        let rows = row(log, Some(call_type), [Some(BERLIN), Some(PARIS)]);
        assert_eq!(seen(mask, rows), some(expected), "{call_type}");
    }
}

#[test]
fn without_a_direction_both_are_masked() {
    let mask = Mask::of_country("ch");
    for call_type in [None, Some(""), Some("ByotSideways"), Some("user_in_out")] {
        let rows = row(&DIRECT_ROUTING_CALLS, call_type, [Some(BERLIN), Some(PARIS)]);
        assert_eq!(seen(mask, rows), some(["+49301234****", "+3312345****"]), "{call_type:?}");
    }
}

#[test]
fn what_is_no_number_stays() {
    let mask = Mask::hiding(3);
    let texts = ["", "+", "Anonymous", "+1001 ext 5", "112", "+112", "sip:4711", "٣٣٣٣٣"];
    for text in texts {
        let rows = row(&DIRECT_ROUTING_CALLS, None, [Some(text), None]);
        assert_eq!(seen(mask, rows), [Some(text.to_owned()), None]);
    }
    let rows = row(&DIRECT_ROUTING_CALLS, None, [Some("1001"), Some("+12345678***")]);
    assert_eq!(seen(mask, rows), some(["1***", "+12345678***"]));
}

#[test]
fn the_country_of_the_organisation_decides() {
    let hidden = |country| Mask::of_country(country).digits();
    assert_eq!(["BE", "de", "Fr", "CH", "US", "", "DEU"].map(hidden), [3, 3, 4, 4, 0, 0, 0]);
    assert!(Mask::of_country("GB").is_none() && Mask::hiding(0).is_none());
    assert_eq!(Mask::hiding(200).digits(), MOST_DIGITS);
    assert!(DIGITS.is_sorted());
}

#[test]
fn logs_and_masks_with_nothing_to_hide_change_nothing() {
    let expr = Expr::new(Kind::Text, Node::Property(3));
    assert_eq!(Mask::hiding(3).expr(&PSTN_BLOCKED_USERS, expr.clone()), expr);
    assert_eq!(Mask::NONE.expr(&DIRECT_ROUTING_CALLS, expr.clone()), expr);
    let rows = row(&SMS, None, [Some(BERLIN), Some(PARIS)]);
    assert_eq!(seen(Mask::NONE, rows), some([BERLIN, PARIS]));
    for log in LOGS {
        let mut columns = vec![0, 2];
        Mask::NONE.columns(log, &mut columns);
        assert_eq!(columns, [0, 2]);
    }
}

#[test]
fn a_number_needs_the_column_with_its_direction() {
    let at = |name| DIRECT_ROUTING_CALLS.index_of(name).unwrap();
    let mask = Mask::hiding(3);
    let mut columns = vec![0, at("calleeNumber"), at("finalSipCode")];
    for _ in 0..2 {
        mask.columns(&DIRECT_ROUTING_CALLS, &mut columns);
        assert_eq!(columns, [0, at("callType"), at("calleeNumber"), at("finalSipCode")]);
    }
    let mut others = vec![0, at("finalSipCode")];
    mask.columns(&DIRECT_ROUTING_CALLS, &mut others);
    assert_eq!(others, [0, at("finalSipCode")]);
}

#[test]
fn numbers_are_masked_wherever_they_stand_in_an_expression() {
    let at = DIRECT_ROUTING_CALLS.index_of("callerNumber").unwrap();
    let number = || Expr::new(Kind::Text, Node::Property(at));
    let expr = Expr::new(
        Kind::Bool,
        Node::Not(Box::new(Expr::new(
            Kind::Bool,
            Node::Call(Function::EndsWith, vec![number(), Expr::literal(Literal::Text("678".to_owned()))]),
        ))),
    );
    let rows = row(&DIRECT_ROUTING_CALLS, Some("ByotIn"), [Some(BERLIN), None]);
    assert_eq!(value(&expr, &rows), Some(Found::Bool(false)));
    let masked = Mask::hiding(3).expr(&DIRECT_ROUTING_CALLS, expr);
    assert_eq!(value(&masked, &rows), Some(Found::Bool(true)));
}

fn call_type() -> impl Strategy<Value = Option<String>> {
    let known = prop::sample::select(vec![
        "ByotIn",
        "byotOUTUserConf",
        "ByotEmergencyOut",
        "ByotUnassignedIn",
        "BYOTin_out",
        "Dr_In",
        "dr_out_bot",
        "conf_in",
        "SMS_OUT",
        "in",
        "İn",
        "dr_İn",
    ]);
    let words =
        prop::collection::vec("in|out|IN|Out|user|byotin|[a-z]{0,4}", 1..4).prop_map(|words| words.join("_"));
    prop::option::weighted(0.9, prop_oneof![known.prop_map(str::to_owned), words, ".{0,12}"])
}

fn number() -> impl Strategy<Value = Option<String>> {
    prop::option::weighted(0.9, prop_oneof!["\\+?[0-9*]{0,18}", "[0-9+* a]{0,8}", ".{0,12}"])
}

proptest! {
    #[test]
    fn filters_find_what_readers_see(
        call_type in call_type(),
        inbound in number(),
        outbound in number(),
        digits in 0_u8..=16,
        log in prop::sample::select(vec![&DIRECT_ROUTING_CALLS, &PSTN_CALLS, &SMS]),
    ) {
        let mask = Mask::hiding(digits);
        let rows = row(log, call_type.as_deref(), [inbound.as_deref(), outbound.as_deref()]);
        prop_assert_eq!(found(mask, &rows), seen(mask, rows));
    }
}
