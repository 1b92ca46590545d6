use trunklog_records::call_types::DIRECT_ROUTING;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{RowBuilder, Rows, Value};
use trunklog_reports::{Fact, Facts, Filter};
use trunklog_store::evaluate::{Scope, take_row};

use super::*;

#[test]
fn what_is_searched_for_is_told_apart() {
    for (text, expected) in [
        ("4711", Some(Who::Digits("4711".to_owned()))),
        ("030/47-11", Some(Who::Digits("0304711".to_owned()))),
        ("+4930123***", Some(Who::Digits("+4930123***".to_owned()))),
        ("12", Some(Who::Name("12".to_owned()))),
        ("+44", Some(Who::Digits("+44".to_owned()))),
        (" (+7) ", Some(Who::Digits("+7".to_owned()))),
        ("+", Some(Who::Name("+".to_owned()))),
        ("user7@contoso.example", Some(Who::Name("user7@contoso.example".to_owned()))),
        ("  ", None),
        ("a\nb", None),
    ] {
        assert_eq!(Who::of_search(text), expected, "{text}");
    }
    assert_eq!(Who::of_search(&"x".repeat(LONGEST + 1)), None);
}

#[test]
fn a_colleague_is_told_no_hidden_digit() {
    let mask = Mask::hiding(4);
    let number = Who::Number("+33140000004".to_owned());
    assert_eq!(number.label(mask), "+3314000****");
    assert_eq!(number.label(Mask::NONE), "+33140000004");
    assert_eq!(Who::Digits("140000004".to_owned()).label(mask), "14000****");
    assert_eq!(Who::Number("1234".to_owned()).label(mask), "****", "too short for a number, yet hidden");
    let beside = Who::of_search("Ada +33140000004").unwrap();
    assert_eq!(beside.label(mask), "Ada +3314000****");
    assert_eq!(beside.label(Mask::NONE), "Ada +33140000004");
    assert_eq!(Who::Name("Room 12".to_owned()).label(mask), "Room 12");
    let condition = number.condition(mask);
    assert!(condition.contains("callerNumber eq '+3314000****'"), "{condition}");
    assert!(!number.condition(Mask::NONE).contains('*'));
}

#[test]
fn tokens_hold_all_of_it() {
    let text = || "+4930***".to_owned();
    for who in [
        Who::User(text()),
        Who::Name(text()),
        Who::Number(text()),
        Who::Own(text()),
        Who::Outside(text()),
        Who::Digits(text()),
    ] {
        assert_eq!(Who::from_text(&who.to_text()), Some(who));
    }
    assert_eq!(Who::Outside("+33140000004".to_owned()).label(Mask::hiding(4)), "+3314000****");
}

#[test]
fn quotes_stay_in_their_literal() {
    let condition = Who::Name("O'Neil') or (1 eq 1".to_owned()).condition(Mask::NONE);
    assert!(condition.contains("'o''neil'') or (1 eq 1'"), "{condition}");
}

/// Rows of all call types, with and without numbers and ids.
fn rows() -> Rows {
    let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
    let call_types = DIRECT_ROUTING.iter().flat_map(|of| [of.graph, of.admin_center]);
    let call_types =
        call_types.map(Some).chain([None, Some(""), Some("internal"), Some("DR_IN_USER_TRANSFER")]);
    let numbers = [None, Some("+4930123456"), Some("+4930123457"), Some("+33140000004")];
    let users =
        [(None, Some("id-1")), (Some(""), Some("id-1")), (Some("id-1"), None), (Some("id-2"), Some("id-1"))];
    let text = |text: Option<&'static str>| text.map(|text| Value::Text(text.into()));
    for call_type in call_types {
        for caller in numbers {
            for (callee, (id, principal_name)) in numbers.into_iter().zip(users) {
                rows.row()
                    .set(
                        "startDateTime",
                        Value::Instant(trunklog_odata::Instant::from_date(2026, 11, 30).unwrap()),
                    )
                    .unwrap()
                    .set("callType", text(call_type))
                    .unwrap()
                    .set("callerNumber", text(caller))
                    .unwrap()
                    .set("calleeNumber", text(callee))
                    .unwrap()
                    .set("userId", text(id))
                    .unwrap()
                    .set("userPrincipalName", text(principal_name))
                    .unwrap()
                    .finish()
                    .unwrap();
            }
        }
    }
    rows.finish()
}

/// Else a number would lead to other calls than those that it counts.
#[test]
fn a_token_has_the_calls_that_reports_count() {
    type Of = fn(&Fact<'_>, Mask) -> Option<String>;
    let own: Of = |fact, _| fact.own_number.map(str::to_owned);
    let outside: Of =
        |fact, mask| fact.outside_number.map(|number| masked(number, mask.digits()).into_owned());
    let user: Of = |fact, _| fact.user.map(str::to_owned);
    let rows = rows();
    let facts = Facts::of(&rows);
    for mask in [Mask::NONE, Mask::hiding(4)] {
        for (who, of) in [
            (Who::Own("+4930123456".to_owned()), own),
            (Who::Outside("+33140000004".to_owned()), outside),
            (Who::Outside("+4930123457".to_owned()), outside),
            (Who::User("id-1".to_owned()), user),
        ] {
            let told = match &who {
                Who::Outside(number) => masked(number, mask.digits()).into_owned(),
                Who::Own(text) | Who::User(text) => text.clone(),
                other => panic!("{other:?} is no row of a report"),
            };
            let filter = Filter::read(&who.condition(mask), mask).unwrap().over_rows().unwrap();
            let mut found = 0;
            for (at, fact) in facts.rows().enumerate() {
                let row = take_row(&rows, at);
                let is_there = Scope::new(&DIRECT_ROUTING_CALLS, &row.cells).selects(filter.as_ref());
                assert_eq!(is_there, of(&fact, mask).as_ref() == Some(&told), "{who:?}: {fact:?}");
                found += usize::from(is_there);
            }
            assert!(found > 0, "{who:?}");
        }
    }
}
