use std::collections::{HashMap, HashSet};

use trunklog_records::Rows;
use trunklog_records::call_types::{Direction, direction};
use trunklog_records::schema::{Origin, PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};

use crate::tests::{all_texts, ints, options, rows_of, ten_thousandths, texts, ticks};

fn rows(count: u64) -> Rows {
    rows_of(&PSTN_CALLS, options(count))
}

#[test]
fn all_types_of_calls_occur() {
    let rows = rows(20_000);
    let types: HashSet<&str> = all_texts(&rows, "callType").into_iter().collect();
    let forms =
        ["user_in", "user_out", "user_out_conf", "user_out_forwarding", "user_out_transfer", "ucap_in"];
    for name in forms.into_iter().chain(["conf_in", "conf_out", "oc_user_in", "oc_user_out_forwarding"]) {
        assert!(types.contains(name), "{name}");
    }
    // The attendants are in a country with a Calling Plan; meetings are always
    // Microsoft's.
    for name in ["oc_ucap_in", "oc_conf_in", "oc_conf_out"] {
        assert!(!types.contains(name), "{name}");
    }
}

#[test]
fn durations_are_the_time_between_start_and_end() {
    let rows = rows(20_000);
    let (starts, ends) = (ticks(&rows, "startDateTime"), ticks(&rows, "endDateTime"));
    let durations = ints(&rows, "duration");
    let mut all = starts.iter().zip(ends).zip(durations);
    assert!(all.all(|((start, end), secs)| end - start == i64::from(*secs) * 10_000_000));
    assert!(starts.iter().any(|start| start % 10 != 0), "Graph sends seven digits");
    let unanswered = durations.iter().filter(|secs| **secs == 0).count();
    assert!((500..2_500).contains(&unanswered), "{unanswered}");
}

#[test]
fn only_answered_calls_to_outside_cost_anything() {
    let rows = rows(20_000);
    let types = all_texts(&rows, "callType");
    let (charges, connections) = (all_texts(&rows, "charge"), all_texts(&rows, "connectionCharge"));
    let (contexts, capabilities) =
        (texts(&rows, "destinationContext"), all_texts(&rows, "licenseCapability"));
    let durations = ints(&rows, "duration");
    let mut scales = HashSet::new();
    for row in 0..rows.len() {
        let case = format!("{} {} {:?}", types[row], capabilities[row], contexts[row]);
        let outbound = direction(types[row]) == Some(Direction::Outbound);
        assert_eq!(contexts[row].is_some(), outbound, "{case}");
        let (charge, connection) = (ten_thousandths(charges[row]), ten_thousandths(connections[row]));
        if charge > 0 {
            assert!(outbound && durations[row] > 0, "{case}");
            assert!(["MCOPSTNPP", "MCOMEETACPEA"].contains(&capabilities[row]), "{case}");
            scales.insert(charges[row].len() - charges[row].find('.').unwrap());
        }
        if connection > 0 {
            assert!(charge > 0 && contexts[row] == Some("International"), "{case}");
        }
    }
    assert!(scales.len() > 1, "all charges have the same number of digits");
}

#[test]
fn currency_and_operator_follow_the_country() {
    let rows = rows(20_000);
    let (countries, currencies) = (all_texts(&rows, "usageCountryCode"), all_texts(&rows, "currency"));
    let (operators, sources) = (all_texts(&rows, "operator"), all_texts(&rows, "callDurationSource"));
    let (types, ids) = (all_texts(&rows, "callType"), all_texts(&rows, "callId"));
    let mut seen = HashSet::new();
    for row in 0..rows.len() {
        let expected = match countries[row] {
            "DE" => "EUR",
            "GB" => "GBP",
            "US" => "USD",
            other => panic!("no user is in {other}"),
        };
        assert_eq!(currencies[row], expected);
        let is_operators = types[row].starts_with("oc_");
        assert_eq!(sources[row], if is_operators { "operator" } else { "microsoft" });
        assert_eq!(operators[row] == "Microsoft", !is_operators);
        // Microsoft's own have the form of the documentation's sample.
        assert_eq!(ids[row].contains("@192.0.2."), !is_operators, "{}", ids[row]);
        seen.insert((countries[row], is_operators));
    }
    assert_eq!(seen, HashSet::from([("DE", false), ("GB", false), ("GB", true), ("US", false)]));
}

#[test]
fn a_call_that_is_sent_on_keeps_its_call_id() {
    let rows = rows(20_000);
    let (types, ids) = (all_texts(&rows, "callType"), all_texts(&rows, "callId"));
    let users = texts(&rows, "userId");
    let mut first: HashMap<&str, usize> = HashMap::new();
    let mut sent_on = 0;
    for row in 0..rows.len() {
        if types[row].ends_with("_forwarding") || types[row].ends_with("_transfer") {
            sent_on += 1;
            let before = first[ids[row]];
            assert!(types[before].ends_with("user_in"), "{}", types[before]);
            assert_eq!(users[before], users[row]);
        } else {
            assert_eq!(first.insert(ids[row], row), None, "{}", ids[row]);
        }
    }
    assert!(sent_on > 200, "{sent_on}");
}

#[test]
fn nobody_is_shown_for_attendants_and_queues() {
    let rows = rows(20_000);
    let (types, users) = (all_texts(&rows, "callType"), texts(&rows, "userId"));
    for row in 0..rows.len() {
        assert_eq!(users[row].is_none(), types[row] == "ucap_in", "{}", types[row]);
    }
}

#[test]
fn calls_of_a_meeting_have_one_conference_and_one_organiser() {
    let rows = rows(20_000);
    let (types, users) = (all_texts(&rows, "callType"), texts(&rows, "userId"));
    let mut organisers: HashMap<&str, (Option<&str>, u32)> = HashMap::new();
    for (row, conference) in texts(&rows, "conferenceId").into_iter().enumerate() {
        assert_eq!(conference.is_some(), types[row].starts_with("conf_"), "{}", types[row]);
        let Some(conference) = conference else { continue };
        let (organiser, calls) = organisers.entry(conference).or_insert((users[row], 0));
        assert_eq!(*organiser, users[row]);
        *calls += 1;
    }
    assert!(organisers.values().any(|(_, calls)| *calls > 3));
}

/// What the report of dial-out groups by is known of each call that it counts.
#[test]
fn calls_out_of_meetings_can_be_reported() {
    let Origin::Computed(summary) = PSTN_ONLINE_MEETING_DIALOUT.origin else { panic!("it is computed") };
    // As many as are beside a handful of direct-routing calls.
    let few = rows(96);
    let counted = |rows: &Rows| -> Vec<usize> {
        let types = all_texts(rows, summary.selected_by);
        (0..rows.len()).filter(|row| summary.selected.contains(&types[*row])).collect()
    };
    assert!(!counted(&few).is_empty());

    let rows = rows(20_000);
    let groups: Vec<_> = summary.groups.iter().map(|(_, name)| texts(&rows, name)).collect();
    let calls = counted(&rows);
    assert!(calls.len() > 1_500, "{}", calls.len());
    let mut seen: HashMap<Vec<&str>, u32> = HashMap::new();
    for row in calls {
        let group = groups.iter().map(|values| values[row].unwrap()).collect();
        *seen.entry(group).or_default() += 1;
    }
    assert!(seen.len() > 100 && seen.values().any(|calls| *calls > 5), "{}", seen.len());
}
