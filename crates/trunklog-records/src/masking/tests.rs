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
            Some(Finding::Text(text)) => Some(text),
            Some(Finding::Bool(_)) => panic!("a number is text"),
            None => None,
        }
    })
}

#[derive(Debug, PartialEq)]
enum Finding {
    Text(String),
    Bool(bool),
}

/// The value of an expression for the only row, by the words of
/// [`trunklog_odata::expr`]; null is None.
fn value(expr: &Expr, rows: &Rows) -> Option<Finding> {
    let of = |expr: &Expr| value(expr, rows);
    let truth = |expr: &Expr| match value(expr, rows) {
        Some(Finding::Bool(truth)) => Some(truth),
        Some(Finding::Text(_)) => panic!("not a truth value: {expr:?}"),
        None => None,
    };
    match &expr.node {
        Node::Literal(Literal::Text(text)) => Some(Finding::Text(text.clone())),
        Node::Property(at) => text(rows, *at).map(Finding::Text),
        Node::And(parts) => {
            let parts: Vec<_> = parts.iter().map(truth).collect();
            let whole = if parts.contains(&Some(false)) {
                Some(false)
            } else {
                parts.iter().all(|part| part.is_some()).then_some(true)
            };
            whole.map(Finding::Bool)
        }
        Node::Or(parts) => {
            let parts: Vec<_> = parts.iter().map(truth).collect();
            let whole = if parts.contains(&Some(true)) {
                Some(true)
            } else {
                parts.iter().all(|part| part.is_some()).then_some(false)
            };
            whole.map(Finding::Bool)
        }
        Node::Not(part) => truth(part).map(|part| Finding::Bool(!part)),
        Node::Compare(Comparison::Equal, left, right) => Some(Finding::Bool(of(left) == of(right))),
        Node::Call(function, arguments) => {
            let texts: Option<Vec<String>> = arguments
                .iter()
                .map(|argument| match of(argument) {
                    Some(Finding::Text(text)) => Some(text),
                    _ => None,
                })
                .collect();
            let texts = texts?;
            Some(match function {
                Function::ToLower => Finding::Text(texts[0].chars().map(lower).collect()),
                Function::StartsWith => Finding::Bool(texts[0].starts_with(&texts[1])),
                Function::EndsWith => Finding::Bool(texts[0].ends_with(&texts[1])),
                Function::Contains => Finding::Bool(texts[0].contains(&texts[1])),
                other => panic!("unexpected function {other:?}"),
            })
        }
        Node::If(when, then, or) => of(if truth(when) == Some(true) { then } else { or }),
        Node::Mask(number, digits) => match of(number)? {
            Finding::Text(number) => Some(Finding::Text(masked(&number, *digits).into_owned())),
            Finding::Bool(_) => panic!("a number is text"),
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
        (&DIRECT_ROUTING_CALLS, "ByotOutUserConf", [BERLIN, "+33123456***"]),
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
fn of_calls_that_were_passed_on_both_are_masked() {
    let mask = Mask::of_country("DE");
    for call_type in
        ["ByotOutUserForwarding", "ByotOutUserTransfer", "dr_out_user_forwarding", "user_in_transfer"]
    {
        let rows = row(&DIRECT_ROUTING_CALLS, Some(call_type), [Some(BERLIN), Some(PARIS)]);
        assert_eq!(found(mask, &rows), some(["+493012345***", "+33123456***"]), "{call_type}");
        assert_eq!(seen(mask, rows), some(["+493012345***", "+33123456***"]), "{call_type}");
    }
}

#[test]
fn what_is_no_number_stays() {
    let mask = Mask::hiding(3);
    for text in ["", "+", "Anonymous", "Room 12", "ada.lovelace@contoso.com", "sip:ada@sbc9.example:5061"] {
        let rows = row(&DIRECT_ROUTING_CALLS, None, [Some(text), None]);
        assert_eq!(seen(mask, rows), [Some(text.to_owned()), None]);
    }
    let rows = row(&DIRECT_ROUTING_CALLS, None, [Some("1001"), Some("+12345678***")]);
    assert_eq!(seen(mask, rows), some(["1***", "+12345678***"]));
}

#[test]
fn numbers_of_every_form_are_masked() {
    let mask = Mask::hiding(3);
    for (text, expected) in [
        ("++1", "++*"),
        ("+1001 ext 5", "+1*** ext *"),
        ("sip:4711", "sip:4***"),
        ("٣٣٣٣٣", "٣٣***"),
        ("sip:+4930123456@sbc9.example.com;user=phone", "sip:+4930123***@sbc9.example.com;user=phone"),
    ] {
        let rows = row(&DIRECT_ROUTING_CALLS, None, [Some(text), None]);
        assert_eq!(seen(mask, rows), [Some(expected.to_owned()), None]);
    }
}

#[test]
fn unknown_properties_are_masked_in_every_log() {
    for log in LOGS {
        let mut values = vec![None; log.properties.len()];
        values[log.time_index()] = Some(Value::Instant(Instant::ABSENT));
        let mut rows = RowBuilder::new(log);
        rows.push(&mut values.clone(), Some(r#""later":["+4930123456"],"count":4930123456"#)).unwrap();
        rows.push(&mut values, None).unwrap();
        let rows = Mask::hiding(3).rows(rows.finish());
        let unknown: Vec<_> = rows.text(log.properties.len()).iter().collect();
        assert_eq!(unknown, [Some(r#""later":["+4930123***"],"count":4930123456"#), None], "{}", log.name);
    }
}

#[test]
fn short_numbers_are_hidden_whole() {
    for (numbers, expected) in
        [(["112", "+112"], ["***", "+***"]), (["7", "+49"], ["*", "+**"]), (["*", "1*"], ["*", "**"])]
    {
        let rows = row(&DIRECT_ROUTING_CALLS, None, numbers.map(Some));
        assert_eq!(seen(Mask::hiding(3), rows), some(expected));
    }
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
    assert_eq!(value(&expr, &rows), Some(Finding::Bool(false)));
    let masked = Mask::hiding(3).expr(&DIRECT_ROUTING_CALLS, expr);
    assert_eq!(value(&masked, &rows), Some(Finding::Bool(true)));
}

/// How often a part of an expression is the property at that index.
fn occurrences(expr: &Expr, at: usize) -> usize {
    let mut count = 0;
    let _ = expr.clone().map(&mut |part: Expr| {
        count += usize::from(part.node == Node::Property(at));
        part
    });
    count
}

#[test]
fn the_direction_is_asked_for_once() {
    let log = &DIRECT_ROUTING_CALLS;
    let at = |name: &str| log.index_of(name).unwrap();
    let starts = |name: &str| {
        let text = Expr::new(Kind::Text, Node::Property(at(name)));
        let start = Expr::literal(Literal::Text("+49".to_owned()));
        Expr::new(Kind::Bool, Node::Call(Function::StartsWith, vec![text, start]))
    };
    for (names, times) in [(&["callerNumber"][..], 1), (&["callerNumber", "calleeNumber"], 2)] {
        let any = names.iter().copied().cycle().take(200).map(starts);
        let numbers = Expr::new(Kind::Bool, Node::Or(any.collect()));
        let user = starts("userId");
        let both = Expr::new(Kind::Bool, Node::And(vec![numbers, user.clone()]));
        let masked = Mask::hiding(3).expr(log, both);
        assert_eq!(
            occurrences(&masked, at("callType")),
            times * (MARKS.len() + PASSED_ON.len()),
            "{names:?}"
        );
        let Node::And(parts) = masked.node else { panic!("the parts are joined as before") };
        assert_eq!((parts.len(), &parts[0]), (2, &user), "{names:?}");
    }
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
        "ByotOutUserForwarding",
        "DR_OUT_USER_TRANSFER",
    ]);
    let words =
        prop::collection::vec("in|out|IN|Out|user|byotin|[a-z]{0,4}", 1..4).prop_map(|words| words.join("_"));
    prop::option::weighted(0.9, prop_oneof![known.prop_map(str::to_owned), words, ".{0,12}"])
}

fn number() -> impl Strategy<Value = Option<String>> {
    prop::option::weighted(0.9, prop_oneof!["\\+?[0-9*]{0,18}", "[0-9+* a]{0,8}", ".{0,12}"])
}

fn number_of_few_digits() -> impl Strategy<Value = Option<String>> {
    "[+]?[01]{1,4}".prop_map(Some)
}

/// Conditions on the numbers and the type of a log's calls.
fn conditions(log: &'static Log) -> impl Strategy<Value = Expr> {
    const FUNCTIONS: [Function; 3] = [Function::StartsWith, Function::EndsWith, Function::Contains];
    let party = log.external_party.unwrap();
    let property = |name| Expr::new(Kind::Text, Node::Property(log.index_of(name).unwrap()));
    let properties = [party.direction, party.inbound, party.outbound].map(property);
    let literal = "[+]?[0-9*]{0,2}".prop_map(|text: String| Expr::literal(Literal::Text(text)));
    let text = prop_oneof![2 => prop::sample::select(properties.to_vec()), 1 => literal].boxed();
    let equal = (text.clone(), text.clone())
        .prop_map(|(left, right)| Node::Compare(Comparison::Equal, Box::new(left), Box::new(right)));
    let called = (prop::sample::select(FUNCTIONS.to_vec()), text.clone(), text)
        .prop_map(|(function, text, part)| Node::Call(function, vec![text, part]));
    let leaf = prop_oneof![equal, called].prop_map(|node| Expr::new(Kind::Bool, node));
    leaf.prop_recursive(3, 12, 3, |part| {
        let parts = prop::collection::vec(part.clone(), 1..4);
        prop_oneof![
            parts.clone().prop_map(Node::And),
            parts.prop_map(Node::Or),
            part.prop_map(|part| Node::Not(Box::new(part))),
        ]
        .prop_map(|node| Expr::new(Kind::Bool, node))
    })
}

/// A log with masked numbers, and a condition on its calls.
fn logs_with_conditions() -> impl Strategy<Value = (&'static Log, Expr)> {
    prop::sample::select(vec![&DIRECT_ROUTING_CALLS, &PSTN_CALLS, &SMS])
        .prop_flat_map(|log| (Just(log), conditions(log)))
}

proptest! {
    #[test]
    fn conditions_hold_of_what_readers_see(
        call_type in call_type(),
        inbound in prop_oneof![number(), number_of_few_digits()],
        outbound in prop_oneof![number(), number_of_few_digits()],
        digits in 0_u8..=5,
        (log, condition) in logs_with_conditions(),
    ) {
        let mask = Mask::hiding(digits);
        let rows = row(log, call_type.as_deref(), [inbound.as_deref(), outbound.as_deref()]);
        let found = value(&mask.expr(log, condition.clone()), &rows);
        prop_assert_eq!(found, value(&condition, &mask.rows(rows)));
    }

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
