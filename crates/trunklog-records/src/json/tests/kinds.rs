//! Which objects are rows of the decoder's log.

use super::*;
use crate::schema::{LOGS, SMS};

fn kind(log: &'static Log, json: &str) -> Result<(), String> {
    let mut rows = RowBuilder::new(log);
    let read = RowDecoder::new(log).decode(json.as_bytes(), &mut rows);
    assert_eq!(rows.len(), usize::from(read.is_ok()), "{json}");
    match read {
        Ok(_) => Ok(()),
        Err(RowError::OtherLog(other)) => Err(other.name.to_owned()),
        Err(RowError::OtherType(name)) => Err(name),
        Err(error) => panic!("{json}: {error}"),
    }
}

fn other(name: &str) -> Result<(), String> {
    Err(name.to_owned())
}

const PSTN_ROW: &str = r#"{"id":"p","callId":"c","userId":null,"startDateTime":"2031-03-25T08:00:00Z","endDateTime":"2031-03-25T08:01:00Z","duration":60,"charge":0.5,"callType":"user_out","currency":"EUR","calleeNumber":"+441632960222","usageCountryCode":"GB","operator":"Microsoft","callDurationSource":"microsoft"}"#;

#[test]
fn other_types_are_no_rows() {
    for (json, expected) in [
        (
            r#"{"id":"1","version":1,"type":"peerToPeer","modalities":["audio"],"lastModifiedDateTime":"2031-03-24T09:00:00Z","startDateTime":"2031-03-24T08:00:00Z","endDateTime":"2031-03-24T08:10:00Z","joinWebUrl":null,"organizer":{"user":{"id":"u"},"phone":null},"participants":[],"sessions":[]}"#,
            "callRecord",
        ),
        (
            r#"{"id":"1","version":1,"type":"peerToPeer","modalities":["audio"],"startDateTime":"2031-05-06T08:00:00Z","endDateTime":"2031-05-06T08:10:00Z","organizer":{"phone":{"id":"+4930123456"}}}"#,
            "callRecord",
        ),
        (
            r#"{"Id":"1","StartDateTime":"2031-05-06T08:00:00Z","Organizer":null,"Participants":null,"AdditionalProperties":{}}"#,
            "callRecord",
        ),
        (
            r#"{"id":"1","modalities":["audio"],"startDateTime":"2031-03-24T08:00:00Z","endDateTime":"2031-03-24T08:10:00Z","caller":{},"callee":{},"segments":[]}"#,
            "session",
        ),
        (r#"{"id":"1","displayName":"M","userPrincipalName":"m@x","mail":"m@x"}"#, "user"),
        (r#"{"id":"1","startDateTime":"2031-03-24T08:00:00Z","duration":1,"never":1}"#, "unknown"),
        (r#"{"value":[{"id":"1"}],"more":1}"#, "unknown"),
    ] {
        assert_eq!(kind(&DIRECT_ROUTING_CALLS, json), other(expected), "{json}");
    }
}

#[test]
fn rows_of_other_logs_are_told() {
    assert_eq!(kind(&DIRECT_ROUTING_CALLS, PSTN_ROW), other("pstnCalls"));
    assert_eq!(kind(&PSTN_CALLS, DIRECT_ROUTING_ROW), other("directRoutingCalls"));
    assert_eq!(kind(&PSTN_CALLS, r#"{"sentDateTime":"2031-03-24T08:00:00Z","smsUnits":1}"#), other("sms"));
    // Wrong values do not hide it.
    assert_eq!(kind(&DIRECT_ROUTING_CALLS, &PSTN_ROW.replace(":60,", ":\"x\",")), other("pstnCalls"));
    for log in LOGS {
        for other_log in LOGS.into_iter().filter(|other| *other != log) {
            let names = other_log.properties.iter().map(|property| format!("\"{}\":\"\"", property.name));
            let json = format!("{{{}}}", names.collect::<Vec<_>>().join(","));
            assert_eq!(kind(log, &json), other(other_log.name), "{}", log.name);
        }
    }
}

#[test]
fn the_type_that_a_row_names_decides() {
    let row = |of: &str| {
        format!(r#"{{"@odata.type":"{of}","id":"1","startDateTime":"2031-03-24T08:00:00Z","organizer":1}}"#)
    };
    let log = &DIRECT_ROUTING_CALLS;
    assert_eq!(kind(log, &row("#microsoft.graph.callRecords.directRoutingLogRow")), Ok(()));
    assert_eq!(kind(log, &row("#microsoft.graph.callRecords.pstnCallLogRow")), other("pstnCalls"));
    assert_eq!(kind(log, &row("#microsoft.graph.callRecords.segment")), other("segment"));
    assert_eq!(kind(log, &row("#microsoft.graph.driveItem")), other("driveItem"));
    // What names no type leaves it to the properties.
    for of in ["", "x y", "#microsoft.graph.callRecords.callLogRow"] {
        assert_eq!(kind(log, &row(of)), other("callRecord"), "{of}");
    }
    let typed = DIRECT_ROUTING_ROW.replace('}', r##","@type":"#microsoft.graph.callRecords.smsLogRow"}"##);
    assert_eq!(kind(log, &typed), other("sms"));
    let within = r##","AdditionalProperties":{"@odata.type":"#microsoft.graph.callRecords.smsLogRow"}}"##;
    assert_eq!(kind(log, &DIRECT_ROUTING_ROW.replace('}', within)), other("sms"));
    // A type of a property is not the row's.
    let annotated = DIRECT_ROUTING_ROW.replace('}', r##","id@odata.type":"#microsoft.graph.user"}"##);
    assert_eq!(kind(log, &annotated), Ok(()));
}

#[test]
fn a_newer_graph_may_add_properties() {
    let newer = r#","type":"a","version":1,"modalities":[],"tenantCountryCode":"GB","never":{}}"#;
    assert_eq!(kind(&DIRECT_ROUTING_CALLS, &DIRECT_ROUTING_ROW.replace('}', newer)), Ok(()));
    assert_eq!(kind(&PSTN_CALLS, &PSTN_ROW.replace('}', newer)), Ok(()));
    assert_eq!(kind(&SMS, r#"{"sentDateTime":"2031-03-24T08:00:00Z","never":1}"#), Ok(()));
}

#[test]
fn rows_with_few_properties_are_what_they_are_said_to_be() {
    let json = r#"{"id":"1","startDateTime":"2031-03-24T08:00:00Z","callType":"x","duration":1}"#;
    assert_eq!(kind(&DIRECT_ROUTING_CALLS, json), Ok(()));
    assert_eq!(kind(&PSTN_CALLS, json), Ok(()));
    assert_eq!(kind(&DIRECT_ROUTING_CALLS, &json.replace('}', r#","never":1}"#)), Ok(()));
}

#[test]
fn a_table_of_several_logs_is_filled_up_with_nulls() {
    let nulls = |log: &'static Log, row: &str| {
        let has = |name: &str| row.contains(&format!("\"{name}\":"));
        let missing = log.properties.iter().map(|property| property.name).filter(|name| !has(name));
        let members: Vec<String> = missing.map(|name| format!(",\"{name}\":null")).collect();
        row.replace('}', &format!("{}}}", members.concat()))
    };
    let direct = nulls(&PSTN_CALLS, &nulls(&SMS, DIRECT_ROUTING_ROW));
    let pstn = nulls(&DIRECT_ROUTING_CALLS, &nulls(&SMS, PSTN_ROW));
    assert_eq!(kind(&DIRECT_ROUTING_CALLS, &direct), Ok(()));
    assert_eq!(kind(&PSTN_CALLS, &direct), other("directRoutingCalls"));
    assert_eq!(kind(&PSTN_CALLS, &pstn), Ok(()));
    assert_eq!(kind(&DIRECT_ROUTING_CALLS, &pstn), other("pstnCalls"));
}

#[test]
fn stored_rows_are_taken_as_they_are() {
    let log = &DIRECT_ROUTING_CALLS;
    let json = r#"{"id":"1","startDateTime":"2031-03-24T08:00:00Z","organizer":1,"Duration":5,"AdditionalProperties":{"a":1}}"#;
    assert!(kind(log, json).is_err());
    let mut rows = RowBuilder::new(log);
    RowDecoder::new(log).for_stored_rows().decode(json.as_bytes(), &mut rows).unwrap();
    let mut out = Vec::new();
    RowEncoder::new(log, Version::V1).encode(&rows.finish(), &mut out);
    let row = String::from_utf8(out).unwrap();
    assert!(
        row.ends_with(r#","organizer":1,"Duration":5,"AdditionalProperties":{"a":1}}"#)
            && row.contains(r#""duration":null,"#),
        "{row}"
    );
}
