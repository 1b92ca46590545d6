use std::collections::HashSet;

use trunklog_odata::Version;
use trunklog_odata::edm::EdmType;

use super::*;

#[test]
fn every_log_has_its_time_and_an_id() {
    for log in LOGS {
        assert_eq!(log.properties[log.time_index()].edm, EdmType::DateTimeOffset, "{}", log.name);
        assert_eq!(log.properties[log.id_index()].edm, EdmType::String, "{}", log.name);
        assert!(log.identified_by.iter().all(|name| log.index_of(name).is_some()), "{}", log.name);
    }
}

#[test]
fn only_rows_that_sum_up_a_period_show_no_time() {
    for log in LOGS {
        assert_eq!(log.shows_time(), log.origin == Origin::Stored, "{}", log.name);
    }
}

#[test]
fn the_party_outside_is_found_in_properties_of_text() {
    for log in LOGS {
        let Some(party) = log.external_party else { continue };
        for name in [party.direction, party.inbound, party.outbound] {
            let property = &log.properties[log.index_of(name).unwrap()];
            assert_eq!(property.edm, EdmType::String, "{name}");
        }
    }
}

#[test]
fn summaries_group_by_text() {
    for log in LOGS {
        let Origin::Computed(summary) = log.origin else { continue };
        for (here, there) in summary.groups {
            for (log, name) in [(log, here), (summary.of, there)] {
                assert_eq!(log.properties[log.index_of(name).unwrap()].edm, EdmType::String, "{name}");
            }
        }
    }
}

#[test]
fn summaries_end_their_periods_behind_their_begin() {
    for log in LOGS {
        assert_eq!(log.period_end_index().is_some(), log.origin != Origin::Stored, "{}", log.name);
        let Some(end) = log.period_end_index() else { continue };
        assert_eq!(log.properties[end].edm, EdmType::DateTimeOffset, "{}", log.name);
        assert_ne!(end, log.time_index(), "{}", log.name);
        // Who learns the end of a period later imports the same row again.
        assert!(!log.identified_by.contains(&log.properties[end].name), "{}", log.name);
    }
}

#[test]
fn positions_are_unique_and_without_gaps() {
    for log in LOGS {
        for version in [Version::V1, Version::Beta] {
            let positions: Vec<_> =
                log.layout(version).iter().map(|at| log.properties[*at].position(version).unwrap()).collect();
            assert!(positions.iter().copied().eq(1..=u8::try_from(positions.len()).unwrap()), "{}", log.name);
        }
    }
}

#[test]
fn names_are_unique_and_leave_room_for_dynamic_properties() {
    for log in LOGS {
        let names: HashSet<_> = log.properties.iter().map(|property| property.name.to_lowercase()).collect();
        assert_eq!(names.len(), log.properties.len(), "{}", log.name);
        assert!(!names.contains(&DYNAMIC_PROPERTIES.to_lowercase()));
    }
}

#[test]
fn a_number_of_64_bits_has_one_for_each_property() {
    assert!(LOGS.into_iter().all(|log| log.properties.len() <= 64));
}

#[test]
fn versions_show_what_the_documentation_counts() {
    let shown = |log: &Log, version| log.layout(version).len();
    assert_eq!(
        (shown(&DIRECT_ROUTING_CALLS, Version::V1), shown(&DIRECT_ROUTING_CALLS, Version::Beta)),
        (21, 25)
    );
    assert_eq!((shown(&PSTN_CALLS, Version::V1), shown(&PSTN_CALLS, Version::Beta)), (23, 29));
    assert_eq!(shown(&PSTN_BLOCKED_USERS, Version::Beta), 8);
    assert_eq!(shown(&PSTN_ONLINE_MEETING_DIALOUT, Version::Beta), 9);
}

#[test]
fn beta_puts_the_end_before_the_invite() {
    let names = |version| -> Vec<_> {
        DIRECT_ROUTING_CALLS.layout(version)[5..9]
            .iter()
            .map(|at| DIRECT_ROUTING_CALLS.properties[*at].name)
            .collect()
    };
    assert_eq!(names(Version::V1), ["startDateTime", "inviteDateTime", "failureDateTime", "endDateTime"]);
    assert_eq!(names(Version::Beta), ["startDateTime", "endDateTime", "inviteDateTime", "failureDateTime"]);
}

#[test]
fn properties_of_other_sources_come_last_and_are_never_shown() {
    for log in LOGS {
        let (read, kept) = log.properties.split_at(log.json_properties().len());
        assert!(read.iter().all(Property::is_read), "{}", log.name);
        for property in kept {
            assert!(!property.is_read(), "{} is among those of JSON", property.name);
            for version in [Version::V1, Version::Beta] {
                assert_eq!(property.position(version), None, "{}", property.name);
            }
        }
    }
}

#[test]
fn rows_that_give_way_are_told_by_properties_of_their_log() {
    for log in LOGS {
        let Some(supersession) = log.supersession else { continue };
        let index = |name: &str| log.index_of(name).unwrap_or_else(|| panic!("{}: {name}", log.name));
        assert!(!log.properties[index(supersession.marked_by)].is_read());
        assert!(!supersession.same.is_empty(), "{}", log.name);
        for name in supersession.same.iter().chain(supersession.alike) {
            assert_eq!(log.properties[index(name)].edm, EdmType::String, "{name}");
        }
    }
}

#[test]
fn json_cannot_say_what_only_other_sources_do() {
    use crate::RowBuilder;
    use crate::json::RowDecoder;

    let log = &DIRECT_ROUTING_CALLS;
    for decoder in [RowDecoder::new(log), RowDecoder::new(log).for_stored_rows()] {
        let mut rows = RowBuilder::new(log);
        let row =
            br#"{"id":"a","startDateTime":"2026-11-01T00:00:00Z","callType":"ByotIn","recordedBy":"x"}"#;
        decoder.decode(row, &mut rows).unwrap();
        let rows = rows.finish();
        assert_eq!(rows.batch().column(log.index_of(RECORDED_BY).unwrap()).null_count(), 1);
        assert_eq!(rows.batch().column(log.properties.len()).null_count(), 0, "it is an unknown property");
    }
}

#[test]
fn hidden_ends_of_texts_contradict_nothing() {
    for (left, right, expected) in [
        ("+49301234567", "+49301234567", true),
        ("+49301234***", "+49301234567", true),
        ("+4930123****", "+49301234***", true),
        ("***", "anything", true),
        ("", "+4930", true),
        ("+49301234***", "+49301235***", false),
        ("+49301234567", "+49301234568", false),
    ] {
        assert_eq!(Supersession::are_alike(left, right), expected, "{left} {right}");
        assert_eq!(Supersession::are_alike(right, left), expected, "{right} {left}");
    }
}
