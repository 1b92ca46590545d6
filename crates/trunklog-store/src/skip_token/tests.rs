use proptest::prelude::*;
use trunklog_odata::expr::{Direction, Expr, Literal, Node, OrderBy};
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};
use trunklog_records::{Log, TimeRange};

use super::*;
use crate::selection::Columns;

fn range(from: i64, to: i64) -> TimeRange {
    let at = |secs| Instant::from_unix_secs(secs).unwrap();
    TimeRange::of(&DIRECT_ROUTING_CALLS, at(from), at(to)).unwrap()
}

fn calls(from: i64, to: i64) -> Selection {
    Selection::all(&DIRECT_ROUTING_CALLS, range(from, to))
}

fn token(id: &str) -> SkipToken {
    let time = Instant::from_unix_secs(5).unwrap();
    SkipToken { watermark: Watermark(7), skip: 1_000, after: Key::new(time, id) }
}

fn property(log: &Log, name: &str, kind: Kind) -> Expr {
    Expr::new(kind, Node::Property(log.index_of(name).unwrap()))
}

fn filtered(name: &str) -> Selection {
    let filter =
        Expr::new(Kind::Bool, Node::IsNull(Box::new(property(&DIRECT_ROUTING_CALLS, name, Kind::Text))));
    Selection { filter: Some(filter), ..calls(0, 9) }
}

/// A selection ordered by literals of those kinds, which is all that a token
/// asks of an order.
fn ordered(kinds: &[Kind]) -> Selection {
    let literal = |kind| match kind {
        Kind::Text => Literal::Text(String::new()),
        Kind::Instant => Literal::Instant(Instant::ABSENT),
        Kind::Int => Literal::Int(0),
        Kind::Number => Literal::Number(0.0),
        Kind::Bool => Literal::Bool(true),
        Kind::Date => Literal::Date(0),
        Kind::TimeOfDay => Literal::TimeOfDay(0),
    };
    let by = |kind: &Kind| OrderBy { by: Expr::literal(literal(*kind)), direction: Direction::Ascending };
    Selection { order: kinds.iter().map(by).collect(), ..calls(0, 9) }
}

fn ordered_token(order: Vec<OrderValue>) -> SkipToken {
    let mut token = token("x");
    token.after.order = order;
    token
}

#[test]
fn belongs_to_its_walk_alone() {
    let other = Err(SkipTokenError::OtherWalk);
    let text = token("x").to_text(&calls(0, 9));
    assert_eq!(SkipToken::parse(&text, &calls(0, 9)), Ok(token("x")));
    assert_eq!(SkipToken::parse(&text, &calls(0, 8)), other);
    assert_eq!(SkipToken::parse(&text, &Selection::all(&PSTN_CALLS, range(0, 9))), other);
    assert_eq!(SkipToken::parse(&text, &filtered("userId")), other);
    assert_eq!(SkipToken::parse(&text, &ordered(&[Kind::Int])), other);

    let text = token("x").to_text(&filtered("userId"));
    assert_eq!(SkipToken::parse(&text, &filtered("userId")), Ok(token("x")));
    assert_eq!(SkipToken::parse(&text, &filtered("callType")), other);
    assert_eq!(SkipToken::parse(&text, &calls(0, 9)), other);

    let by_int = ordered_token(vec![OrderValue::Int(1)]);
    let text = by_int.to_text(&ordered(&[Kind::Int]));
    assert_eq!(SkipToken::parse(&text, &ordered(&[Kind::Int])), Ok(by_int));
    assert_eq!(SkipToken::parse(&text, &ordered(&[Kind::Date])), other);
    let mut descending = ordered(&[Kind::Int]);
    descending.order[0].direction = Direction::Descending;
    assert_eq!(SkipToken::parse(&text, &descending), other);
}

/// Walks go on when the program is replaced by one that writes other tokens.
#[test]
fn tokens_of_version_2_are_read() {
    let text = "AsAhKNekUYdLAAAAAAAAAAcAAAAAAAAD6AAAAAAC-vCAAHg";
    assert_eq!(SkipToken::parse(text, &calls(0, 9)), Ok(token("x")));
    assert_eq!(SkipToken::parse(text, &calls(0, 8)), Err(SkipTokenError::OtherWalk));
    assert_eq!(SkipToken::parse(text, &filtered("userId")), Err(SkipTokenError::OtherWalk));
    let text = "AkJqgcFPYXWgAAAAAAAAAAcAAAAAAAAD6AAAAAAC-vCAAHg";
    assert_eq!(SkipToken::parse(text, &filtered("userId")), Ok(token("x")));
    assert_eq!(SkipToken::parse(text, &filtered("callType")), Err(SkipTokenError::OtherWalk));
    // Those of computed logs had a watermark that means something else now.
    let report = Selection::all(&PSTN_ONLINE_MEETING_DIALOUT, range(0, 9));
    let text = "At-N7ai-F2LoAAAAAAAAAAcAAAAAAAAD6AAAAAAC-vCAAHg";
    assert_eq!(SkipToken::parse(text, &report), Err(SkipTokenError::Malformed));
    let text = token("x").to_text(&report);
    assert_eq!(SkipToken::parse(&text, &report), Ok(token("x")));
}

#[test]
fn errors_say_what_to_do() {
    for error in [SkipTokenError::Malformed, SkipTokenError::OtherWalk] {
        assert!(error.to_string().ends_with(": start again from the first page"), "{error}");
    }
}

#[test]
fn columns_do_not_matter() {
    let text = token("x").to_text(&calls(0, 9));
    let few = Selection { columns: Columns::Only(vec![3]), ..calls(0, 9) };
    assert_eq!(SkipToken::parse(&text, &few), Ok(token("x")));
}

#[test]
fn carries_values_of_every_kind() {
    let kinds = [
        Kind::Text,
        Kind::Instant,
        Kind::Int,
        Kind::Number,
        Kind::Bool,
        Kind::Date,
        Kind::TimeOfDay,
        Kind::Text,
    ];
    let token = ordered_token(vec![
        OrderValue::Text("ä\0'".to_owned()),
        OrderValue::Int(Instant::ABSENT.ticks()),
        OrderValue::Int(i64::MIN),
        OrderValue::Number(-0.1),
        OrderValue::Bool(false),
        OrderValue::Int(-1),
        OrderValue::Int(i64::MAX),
        OrderValue::Null,
    ]);
    let selection = ordered(&kinds);
    let text = token.to_text(&selection);
    assert_eq!(SkipToken::parse(&text, &selection), Ok(token));
    // Without the id's byte it could be read, with another id.
    let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
    for len in 0..bytes.len() - 1 {
        let cut = URL_SAFE_NO_PAD.encode(&bytes[..len]);
        assert_eq!(SkipToken::parse(&cut, &selection), Err(SkipTokenError::Malformed), "after {len} bytes");
    }
}

#[test]
fn long_texts_are_cut_and_the_longest_token_is_read() {
    let long = "😀".repeat(ORDERED_CHARS);
    let selection = ordered(&[Kind::Text; MAX_ORDER]);
    let longer = OrderValue::Text(format!("{long}and more"));
    let mut token = ordered_token(vec![longer; MAX_ORDER]);
    token.after.id = "x".repeat(MAX_ID_LEN);
    let read = SkipToken::parse(&token.to_text(&selection), &selection).unwrap();
    assert_eq!(read.after.order, vec![OrderValue::of_text(&long); MAX_ORDER]);
    assert_eq!(read.after.id, token.after.id);

    token.after.id.push('x');
    let text = token.to_text(&selection);
    assert_eq!(SkipToken::parse(&text, &selection), Err(SkipTokenError::Malformed));
}

#[test]
fn values_that_do_not_fit_the_order_are_refused() {
    let malformed = |order: Vec<OrderValue>, kinds: &[Kind]| {
        let selection = ordered(kinds);
        let read = SkipToken::parse(&ordered_token(order.clone()).to_text(&selection), &selection);
        assert_eq!(read, Err(SkipTokenError::Malformed), "{order:?} for {kinds:?}");
    };
    let text = || OrderValue::Text("x".to_owned());
    malformed(vec![], &[Kind::Int]);
    malformed(vec![OrderValue::Int(1)], &[]);
    malformed(vec![OrderValue::Int(1); 2], &[Kind::Int]);
    malformed(vec![OrderValue::Int(1)], &[Kind::Int; 2]);
    malformed(vec![OrderValue::Null; MAX_ORDER + 1], &[Kind::Int; MAX_ORDER + 1]);
    for (value, fitting) in [
        (text(), &[Kind::Text][..]),
        (OrderValue::Bool(true), &[Kind::Bool]),
        (OrderValue::Number(0.5), &[Kind::Number]),
        (OrderValue::Number(f64::NAN), &[]),
        (OrderValue::Number(f64::INFINITY), &[]),
        (OrderValue::Int(1), &[Kind::Int, Kind::Instant, Kind::Date, Kind::TimeOfDay]),
    ] {
        for kind in
            [Kind::Text, Kind::Instant, Kind::Int, Kind::Number, Kind::Bool, Kind::Date, Kind::TimeOfDay]
        {
            if !fitting.contains(&kind) {
                malformed(vec![value.clone()], &[kind]);
            }
        }
    }
}

proptest! {
    #[test]
    fn survives_its_text(id in "\\PC{0,40}", value in "\\PC{0,40}") {
        let text = token(&id).to_text(&calls(0, 9));
        prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        prop_assert_eq!(SkipToken::parse(&text, &calls(0, 9)), Ok(token(&id)));

        let by_text = SkipToken {
            after: Key { order: vec![OrderValue::Text(value)], ..token(&id).after },
            ..token(&id)
        };
        let selection = ordered(&[Kind::Text]);
        prop_assert_eq!(SkipToken::parse(&by_text.to_text(&selection), &selection), Ok(by_text));
    }

    #[test]
    fn no_text_makes_it_panic(text in "[A-Za-z0-9_-]{0,120}") {
        let _ = SkipToken::parse(&text, &calls(0, 9));
        let _ = SkipToken::parse(&text, &ordered(&[Kind::Text, Kind::Int]));
    }

    #[test]
    fn no_change_makes_it_panic(at in 0_usize..70, to in any::<u8>()) {
        let selection = ordered(&[Kind::Text, Kind::Number]);
        let order = vec![OrderValue::Text("abc".to_owned()), OrderValue::Number(1.5)];
        let text = ordered_token(order).to_text(&selection);
        let mut bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        let at = at % bytes.len();
        bytes[at] = to;
        let _ = SkipToken::parse(&URL_SAFE_NO_PAD.encode(bytes), &selection);
    }
}
