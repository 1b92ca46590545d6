//! Which objects are rows of the decoder's log.

use super::*;
use crate::rows::Clue;
use crate::schema::{LOGS, SMS};

fn kind(log: &'static Log, json: &str) -> Result<(), String> {
    kind_as(log, Claim::Said, json)
}

fn kind_as(log: &'static Log, claim: Claim, json: &str) -> Result<(), String> {
    let mut rows = RowBuilder::new(log);
    let read = RowDecoder::new(log).decode_as(json.as_bytes(), claim, &mut rows);
    assert_eq!(rows.len(), usize::from(read.is_ok()), "{json}");
    match read {
        Ok(_) => Ok(()),
        Err(RowError::OtherLog { log: other, .. }) => Err(other.name.to_owned()),
        Err(RowError::OtherType(name)) => Err(name),
        Err(error @ RowError::Ambiguous(_)) => Err(error.to_string()),
        // What has no time is a row all the same.
        Err(RowError::Missing(_)) if claim == Claim::Guess => Ok(()),
        Err(error) => panic!("{json}: {error}"),
    }
}

/// What a row that nobody tells of turns out to be, whichever log is guessed.
fn guessed(json: &str) -> Result<&'static str, String> {
    let outcomes = LOGS.map(|log| match kind_as(log, Claim::Guess, json) {
        Ok(()) => Ok(log.name),
        Err(told) => LOGS.into_iter().find(|log| log.name == told).map(|log| log.name).ok_or(told),
    });
    for (log, outcome) in LOGS.into_iter().zip(&outcomes) {
        assert_eq!(outcome, &outcomes[0], "guessed {}: {json}", log.name);
    }
    outcomes[0].clone()
}

const EITHER: &str = "could be a row of directRoutingCalls or of pstnCalls";

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

/// A row with the other columns of a log, which have no value.
fn with_columns(log: &'static Log, row: &str, no_value: &str) -> String {
    let has = |name: &str| row.contains(&format!("\"{name}\":"));
    let missing = log.properties.iter().map(|property| property.name).filter(|name| !has(name));
    let members: Vec<String> = missing.map(|name| format!(",\"{name}\":{no_value}")).collect();
    row.replace('}', &format!("{}}}", members.concat()))
}

#[test]
fn a_table_of_several_logs_is_filled_up_with_what_is_no_value() {
    for no_value in ["null", r#""""#, r#"" ""#, r#""\t""#] {
        let with = |log, row: &str| with_columns(log, row, no_value);
        let direct = with(&PSTN_CALLS, &with(&SMS, DIRECT_ROUTING_ROW));
        let pstn = with(&DIRECT_ROUTING_CALLS, &with(&SMS, PSTN_ROW));
        assert_eq!(kind(&DIRECT_ROUTING_CALLS, &direct), Ok(()));
        assert_eq!(kind(&PSTN_CALLS, &direct), other("directRoutingCalls"));
        assert_eq!(kind(&PSTN_CALLS, &pstn), Ok(()));
        assert_eq!(kind(&DIRECT_ROUTING_CALLS, &pstn), other("pstnCalls"));
        assert_eq!(guessed(&direct), Ok("directRoutingCalls"));
        assert_eq!(guessed(&pstn), Ok("pstnCalls"));
        // Where few values are left, the type of the call tells it.
        let row = |of: &str| {
            let row = r#"{"id":"1","startDateTime":"2031-03-24T08:00:00Z","callType":"of","duration":1}"#;
            with(&PSTN_CALLS, &with(&DIRECT_ROUTING_CALLS, &row.replace("of", of)))
        };
        assert_eq!(guessed(&row("user_out")), Ok("pstnCalls"));
        assert_eq!(guessed(&row("ByotOut")), Ok("directRoutingCalls"));
        assert_eq!(guessed(&row("new")), other(EITHER).map(|()| ""));
        for log in [&DIRECT_ROUTING_CALLS, &PSTN_CALLS] {
            assert_eq!(kind(log, &row("new")), Ok(()), "{}", log.name);
        }
    }
}

#[test]
fn what_is_only_guessed_has_to_be_borne_out() {
    let row = |more: &str| format!(r#"{{"id":"1","startDateTime":"2031-03-24T08:00:00Z"{more}}}"#);
    for (more, expected) in [
        (r#","callType":"user_in","callerNumber":"+1","calleeNumber":"+2""#, Ok("pstnCalls")),
        (r#","callType":"conf_out","duration":3,"userId":"u""#, Ok("pstnCalls")),
        (r#","callType":"ByotInUcap","duration":3"#, Ok("directRoutingCalls")),
        (r#","call_type":"oc_ucap_in""#, Ok("pstnCalls")),
        (r#","callType":"x","finalSipCode":0"#, Ok("directRoutingCalls")),
        (r#","callType":"x","charge":0.1"#, Ok("pstnCalls")),
        // Columns of one log alone tell it, too, unless the call's type does not.
        (r#","callType":"x","finalSipCode":null"#, Ok("directRoutingCalls")),
        (r#","callType":"ByotIn","finalSipCode":null"#, Ok("directRoutingCalls")),
        (r#","callType":"user_in","finalSipCode":null"#, Err(EITHER)),
        (r#","callType":"x""#, Err(EITHER)),
        (r#","callerNumber":"+1","calleeNumber":"+2","never":1"#, Err(EITHER)),
        (r#","callType":"x","correlationId":"c","callId":"c""#, Err(EITHER)),
        (r#","callType":"user_in","correlationId":"c","callId":"c""#, Ok("pstnCalls")),
        // Any object has these.
        ("", Err("unknown")),
        (r#","endDateTime":"2031-03-24T08:00:00Z","duration":1,"userId":"u""#, Err("unknown")),
        (r#","foo":"calendar thing","bar":1"#, Err("unknown")),
    ] {
        assert_eq!(guessed(&row(more)), expected.map_err(str::to_owned), "{more}");
    }
    assert_eq!(
        guessed(r#"{"userId":"u","usageLocation":"DE","totalCalls":3}"#),
        Ok("pstnOnlineMeetingDialout")
    );
    let three = "could be a row of pstnCalls or of pstnOnlineMeetingDialout or of sms";
    assert_eq!(
        guessed(r#"{"userId":"u","currency":"EUR","destinationContext":"d"}"#),
        other(three).map(|()| "")
    );
    // What says it is believed.
    for log in [&DIRECT_ROUTING_CALLS, &PSTN_CALLS] {
        for more in ["", r#","callType":"user_in""#, r#","callType":"ByotIn""#] {
            assert_eq!(kind(log, &row(more)), Ok(()), "{more}");
        }
    }
}

#[test]
fn all_that_graph_returns_of_a_row_tells_its_log() {
    assert_eq!(guessed(DIRECT_ROUTING_ROW), Ok("directRoutingCalls"));
    assert_eq!(guessed(PSTN_ROW), Ok("pstnCalls"));
    for log in LOGS {
        let names = log.properties.iter().map(|property| format!("\"{}\":null", property.name));
        let json = format!("{{{}}}", names.collect::<Vec<_>>().join(","));
        assert_eq!(guessed(&json), Ok(log.name));
    }
}

#[test]
fn common_names_alone_make_no_type() {
    for json in [
        r#"{"type":"RECORD","stream":"calls","record":{"id":"1"}}"#,
        r#"{"type":"about:blank","title":"Too Many Requests","status":429,"detail":"x"}"#,
        r#"{"body":{"value":[]}}"#,
        r#"{"id":"1","type":"x"}"#,
        r#"{"version":1}"#,
    ] {
        assert_eq!(guessed(json), other("unknown").map(|()| ""), "{json}");
    }
    // Rows that a script joined with users and events stay rows.
    let user = r#""displayName":"M","givenName":"M","surname":"F","mail":"m@x","jobTitle":"x","mobilePhone":"+1","businessPhones":[],"accountEnabled":true"#;
    let block =
        r#""userId":"u","blockDateTime":"2031-03-05T08:01:00Z","blockReason":"fraud","remediationId":"r""#;
    assert_eq!(guessed(&format!("{{{block},{user}}}")), Ok("pstnBlockedUsers"));
    let text = r#""smsId":"s","sentDateTime":"2031-03-05T08:01:00Z","body":"b","from":"f","subject":"s""#;
    assert_eq!(guessed(&format!("{{{text}}}")), Ok("sms"));
    let call = r#""callId":"c","startDateTime":"2031-03-05T08:01:00Z","type":"x","version":2,"organizer":"Sales","subject":"y""#;
    assert_eq!(guessed(&format!("{{{call}}}")), Ok("pstnCalls"));
    // And these stay what they are.
    let record = r#"{"id":"1","version":1,"type":"groupCall","modalities":[],"joinWebUrl":"x","organizer":{},"conferenceId":"7"}"#;
    assert_eq!(guessed(record), other("callRecord").map(|()| ""));
    let user = format!(r#"{{"id":"1",{user},"usageLocation":"DE"}}"#);
    assert_eq!(guessed(&user), other("user").map(|()| ""));
}

#[test]
fn it_is_told_whether_the_type_or_the_properties_tell() {
    let by = |json: &str| match RowDecoder::new(&PSTN_CALLS)
        .decode(json.as_bytes(), &mut RowBuilder::new(&PSTN_CALLS))
    {
        Err(RowError::OtherLog { log, by }) => (log.name, by),
        outcome => panic!("{json}: {outcome:?}"),
    };
    assert_eq!(by(DIRECT_ROUTING_ROW), ("directRoutingCalls", Clue::Properties));
    let of = "#microsoft.graph.callRecords.smsLogRow";
    for typed in [
        format!(r#"{{"@odata.type":"{of}","sentDateTime":"2031-03-24T08:00:00Z"}}"#),
        format!(r#"{{"Id":"1","AdditionalProperties":{{"@odata.type":"{of}"}}}}"#),
        format!(r#"{{"odata_type":"{of}","additional_data":{{}}}}"#),
    ] {
        assert_eq!(by(&typed), ("sms", Clue::Type), "{typed}");
    }
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
