use arrow::array::new_null_array;
use proptest::prelude::*;
use trunklog_records::RowBuilder;
use trunklog_records::schema::SMS;

use super::sample::{CALL_TYPES, CODES, Call, PHONES, SAID, calls, rows};
use super::*;

const SEC: i64 = Instant::TICKS_PER_SEC;
const DAY: i64 = Instant::TICKS_PER_DAY;

/// An answered outbound call of a minute, invited two seconds before.
fn answered() -> Call {
    let start = Instant::parse("2026-11-30T08:00:00Z").unwrap().ticks();
    Call {
        start,
        invite: Some(start - 2 * SEC),
        end: Some(start + 60 * SEC),
        failure: Some(Instant::ABSENT.ticks()),
        duration: Some(60),
        successful: Some(true),
        call_type: Some("ByotOut"),
        codes: (Some(0), Some(560_000)),
        ..Call::default()
    }
}

/// An inbound call that nobody took.
fn missed() -> Call {
    Call {
        end: Some(Instant::ABSENT.ticks()),
        failure: answered().end,
        duration: Some(0),
        successful: Some(false),
        call_type: Some("ByotIn"),
        codes: (Some(480), Some(560_480)),
        ..answered()
    }
}

fn with<T>(call: &Call, tell: impl FnOnce(Fact<'_>) -> T) -> T {
    let rows = rows(std::slice::from_ref(call));
    tell(Facts::of(&rows).row(0))
}

#[test]
fn times_of_an_answered_call() {
    with(&answered(), |fact| {
        assert!(fact.is_answered() && !fact.is_odd() && !fact.disagrees() && fact.is_comparable());
        let start = fact.start.unwrap();
        let times = (fact.setup_ms(), fact.answer_ms(), fact.talk_ms(), fact.held_ms());
        assert_eq!(times, (Some(2_000), Some(2_000), Some(60_000), Some(62_000)));
        assert_eq!(fact.occupied(), Some((start - 2 * SEC, start + 60 * SEC)));
        assert_eq!(fact.talking(), Some((start, start + 60 * SEC)));
        assert_eq!((fact.failure, fact.time), (None, start));
    });
}

#[test]
fn times_of_a_call_that_nobody_took() {
    with(&missed(), |fact| {
        assert!(fact.is_missed() && !fact.is_odd());
        let times = (fact.setup_ms(), fact.answer_ms(), fact.talk_ms(), fact.held_ms());
        assert_eq!(times, (Some(2_000), None, None, Some(62_000)));
        assert_eq!((fact.occupied().is_some(), fact.talking(), fact.end), (true, None, None));
        // There is no end that a duration could be compared with.
        assert!(!fact.disagrees() && !fact.is_comparable());
    });
}

#[test]
fn inbound_calls_do_not_show_the_answer() {
    with(&Call { call_type: Some("ByotIn"), ..answered() }, |fact| {
        assert_eq!((fact.answer_ms(), fact.setup_ms()), (None, Some(2_000)));
        assert!(!fact.is_missed());
    });
}

#[test]
fn what_takes_less_than_nothing_or_more_than_a_day_is_odd() {
    let call = answered();
    let start = call.start;
    for (is_odd, call) in [
        // Held.
        (false, Call { start: start - 2 * SEC, end: Some(start - 2 * SEC + DAY), ..call.clone() }),
        (true, Call { end: Some(start - 2 * SEC + DAY + 1), ..call.clone() }),
        (true, Call { end: Some(start - 2 * SEC - 1), ..call.clone() }),
        // Talk, without an invitation.
        (false, Call { invite: None, end: Some(start + DAY), ..call.clone() }),
        (true, Call { invite: None, end: Some(start + DAY + 1), ..call.clone() }),
        (true, Call { end: Some(start - 1), ..call.clone() }),
        (false, Call { end: Some(start), duration: Some(0), ..call.clone() }),
        // It is talk only when somebody answered.
        (false, Call { end: Some(start - 1), successful: Some(false), ..call.clone() }),
        // Set-up.
        (true, Call { invite: Some(start + 1), ..call.clone() }),
        (false, Call { invite: Some(start), ..call.clone() }),
        // What an unanswered row without an invitation occupied.
        (true, Call { invite: None, end: None, failure: Some(start - 1), ..missed() }),
        (true, Call { invite: None, end: None, failure: Some(start + DAY + 1), ..missed() }),
        // Duration.
        (true, Call { duration: Some(-1), ..call.clone() }),
        (false, Call { duration: Some(86_400), ..call.clone() }),
        (true, Call { duration: Some(86_401), ..call.clone() }),
        (false, Call { duration: None, ..call.clone() }),
        // Neither an end nor a failure.
        (true, Call { end: None, ..call.clone() }),
        (true, Call { end: Some(Instant::ABSENT.ticks()), failure: None, ..call.clone() }),
        (false, Call { end: None, failure: Some(start), ..call.clone() }),
        // Nothing is known of an invitation.
        (false, Call { invite: None, ..call.clone() }),
    ] {
        with(&call, |fact| {
            assert_eq!(fact.is_odd(), is_odd, "{call:?}");
            assert!(!is_odd || (fact.occupied(), fact.talking()) == (None, None), "{call:?}");
        });
    }
}

#[test]
fn a_duration_disagrees_with_both_times() {
    let call = answered();
    for (disagrees, call) in [
        // Of 60 s from the start and 62 s from the invitation.
        (true, Call { duration: Some(58), ..call.clone() }),
        (false, Call { duration: Some(59), ..call.clone() }),
        (false, Call { duration: Some(61), ..call.clone() }),
        (false, Call { duration: Some(63), ..call.clone() }),
        (true, Call { duration: Some(64), ..call.clone() }),
        // A tick more than a second.
        (true, Call { duration: Some(63), end: Some(call.start + 60 * SEC - 1), ..call.clone() }),
        // Only what is there is compared.
        (true, Call { duration: Some(62), invite: None, ..call.clone() }),
        (false, Call { duration: None, ..call.clone() }),
        (false, Call { duration: Some(0), end: None, ..call.clone() }),
    ] {
        with(&call, |fact| assert_eq!(fact.disagrees(), disagrees, "{call:?}"));
    }
}

#[test]
fn spans_have_a_length() {
    let call = answered();
    let none = Call { invite: None, end: Some(call.start), duration: Some(0), ..call.clone() };
    with(&none, |fact| assert!(!fact.is_odd() && fact.occupied().is_none() && fact.talking().is_none()));
    // Without an invitation the channel is held from the start.
    with(&Call { invite: None, ..call.clone() }, |fact| {
        assert_eq!((fact.occupied(), fact.held_ms(), fact.setup_ms()), (fact.talking(), Some(60_000), None));
    });
    // A row whose time is no moment is in no range.
    let absent = Instant::ABSENT.ticks();
    with(&Call { start: absent, ..call }, |fact| {
        assert_eq!((fact.start, fact.time, fact.is_odd()), (None, absent, false));
        assert_eq!((fact.occupied(), fact.held_ms()), (None, Some(62_000)));
    });
}

#[test]
fn milliseconds_are_rounded_down() {
    let call = answered();
    let end = Some(call.start + 9_999);
    with(&Call { end, duration: Some(0), ..call.clone() }, |fact| assert_eq!(fact.talk_ms(), Some(0)));
    with(&Call { end: Some(call.start - 1), ..call }, |fact| assert_eq!(fact.talk_ms(), Some(-1)));
}

#[test]
fn parties_are_told_by_the_direction() {
    let call = Call { caller: Some("caller"), callee: Some("callee"), ..answered() };
    for (call_type, direction, is_leg, is_own) in CALL_TYPES {
        let (outside, own) = match direction {
            Some(1) => (Some("caller"), Some("callee")),
            Some(_) => (Some("callee"), is_own.then_some("caller")),
            None => (None, None),
        };
        with(&Call { call_type: Some(call_type), ..call.clone() }, |fact| {
            let told = (fact.outside_number, fact.own_number, fact.is_leg);
            assert_eq!(told, (outside, own, is_leg), "{call_type}");
        });
    }
    with(&Call { call_type: None, ..call }, |fact| assert_eq!(fact.direction, None));
}

#[test]
fn the_country_is_what_graph_says_or_else_the_number() {
    let call = answered();
    for (callee, of_number) in PHONES {
        let call = Call { callee: Some(callee), ..call.clone() };
        with(&call, |fact| assert_eq!(fact.country().map(Country::code), of_number));
        for (other_country, said) in SAID {
            with(&Call { other_country: Some(other_country), ..call.clone() }, |fact| {
                assert_eq!(fact.country().map(Country::code), said.or(of_number), "{callee} {other_country}");
            });
        }
    }
    // The caller's does not matter.
    with(&Call { caller: Some("+4930123456"), ..call }, |fact| assert_eq!(fact.country(), None));
}

#[test]
fn users_are_told_by_id_or_else_by_name() {
    for (user_id, principal_name, user) in [
        (Some("id"), Some("name"), Some("id")),
        (Some(""), Some("name"), Some("name")),
        (None, Some("name"), Some("name")),
        (None, Some(""), None),
        (None, None, None),
    ] {
        with(&Call { user_id, principal_name, ..answered() }, |fact| assert_eq!(fact.user, user));
    }
}

#[test]
fn missed_is_what_came_in_and_people_did_not_take() {
    for (sip, sub, is_missed) in CODES {
        let call = Call { codes: (Some(sip), Some(sub)), ..missed() };
        with(&call, |fact| assert_eq!(fact.is_missed(), is_missed, "{sip}/{sub}"));
        let unknown = Call { successful: None, ..call.clone() };
        with(&unknown, |fact| assert_eq!(fact.is_missed(), is_missed, "{sip}/{sub}"));
        let answered = Call { successful: Some(true), ..call.clone() };
        with(&answered, |fact| assert!(!fact.is_missed()));
        for call_type in ["ByotOut", "ByotInUserTransfer", "somethingNew"] {
            with(&Call { call_type: Some(call_type), ..call.clone() }, |fact| assert!(!fact.is_missed()));
        }
    }
}

#[test]
#[should_panic(expected = "only rows of direct routing")]
fn rows_of_another_log_have_no_such_facts() {
    let _ = Facts::of(&RowBuilder::new(&SMS).finish());
}

/// Rows in which all other columns are null.
fn only(rows: &Rows, properties: &[&str]) -> Rows {
    let batch = rows.batch();
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, column)| {
        let is_kept = field.name() == "id" || properties.contains(&field.name().as_str());
        if is_kept { column.clone() } else { new_null_array(field.data_type(), batch.num_rows()) }
    });
    let columns = columns.collect();
    let batch = arrow::record_batch::RecordBatch::try_new(schema.clone(), columns).unwrap();
    Rows::new(rows.log(), batch).unwrap()
}

#[test]
fn each_property_is_one_of_the_log() {
    for property in Facts::PROPERTIES {
        assert!(DIRECT_ROUTING_CALLS.index_of(property).is_some(), "{property}");
    }
}

proptest! {
    #[test]
    fn facts_are_of_one_row_and_need_the_named_properties(calls in calls(40)) {
        let rows = rows(&calls);
        let all = Facts::of(&rows);
        prop_assert_eq!((all.len(), all.is_empty()), (calls.len(), calls.is_empty()));
        let kept = only(&rows, Facts::PROPERTIES);
        prop_assert!(Facts::of(&kept).rows().eq(all.rows()));
        for row in 0..rows.len() {
            let alone = rows.slice(row, 1);
            prop_assert_eq!(Facts::of(&alone).row(0), all.row(row));
        }
    }

    #[test]
    fn spans_are_near_their_row(calls in calls(40)) {
        let rows = rows(&calls);
        for fact in Facts::of(&rows).rows() {
            for (from, until) in [fact.occupied(), fact.talking()].into_iter().flatten() {
                prop_assert!(from < until && until - from <= DAY);
                prop_assert!((fact.time - DAY..=fact.time + DAY).contains(&from));
                prop_assert!((fact.time - DAY..=fact.time + DAY).contains(&until));
            }
            if let (Some(occupied), Some(talking)) = (fact.occupied(), fact.talking()) {
                prop_assert!(occupied.0 <= talking.0 && talking.1 <= occupied.1);
            }
        }
    }
}
