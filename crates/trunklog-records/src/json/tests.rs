use proptest::prelude::*;
use trunklog_odata::envelope::{JsonFormat, Metadata, Numbers};
use trunklog_odata::{Instant, Version};

use super::*;
use crate::notes::RowNotes;
use crate::rows::{RowBuilder, RowError, Value};
use crate::schema::{DIRECT_ROUTING_CALLS, Log, PSTN_BLOCKED_USERS, PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};

mod dialects;
mod generated;
mod kinds;

fn decode(log: &'static Log, json: &str) -> Result<crate::Rows, RowError> {
    let mut rows = RowBuilder::new(log);
    RowDecoder::new(log).decode(json.as_bytes(), &mut rows)?;
    Ok(rows.finish())
}

/// A row as beta shows it, and what reading it changed or found odd.
fn read(log: &'static Log, json: &str) -> Result<(String, RowNotes), RowError> {
    let mut rows = RowBuilder::new(log);
    let notes = RowDecoder::new(log).decode(json.as_bytes(), &mut rows)?;
    let mut out = Vec::new();
    RowEncoder::new(log, Version::Beta).encode(&rows.finish(), &mut out);
    Ok((String::from_utf8(out).unwrap(), notes))
}

fn round_trip(log: &'static Log, version: Version, json: &str) -> String {
    let mut out = Vec::new();
    RowEncoder::new(log, version).encode(&decode(log, json).unwrap(), &mut out);
    String::from_utf8(out).unwrap()
}

const DIRECT_ROUTING_ROW: &str = r#"{"id":"9e8bba57-dc14-533a-a7dd-f0da6575eed1","correlationId":"c98e1515-a937-4b81-b8a8-3992afde64e0","userId":"db03c14b-06eb-4189-939b-7cbf3a20ba27","userPrincipalName":"richard.malk@contoso.com","userDisplayName":"Richard Malk","startDateTime":"2019-11-01T00:00:25.105Z","inviteDateTime":"2019-11-01T00:00:21.949Z","failureDateTime":"0001-01-01T00:00:00Z","endDateTime":"2019-11-01T00:00:30.105Z","duration":5,"callType":"ByotIn","successfulCall":true,"callerNumber":"+12345678***","calleeNumber":"+01234567***","mediaPathLocation":"USWE","signalingLocation":"EUNO","finalSipCode":0,"callEndSubReason":540000,"finalSipCodePhrase":"BYE","trunkFullyQualifiedDomainName":"tll-audiocodes01.adatum.biz","mediaBypassEnabled":false}"#;

#[test]
fn the_documented_row_comes_back_as_it_came() {
    assert_eq!(round_trip(&DIRECT_ROUTING_CALLS, Version::V1, DIRECT_ROUTING_ROW), DIRECT_ROUTING_ROW);
}

#[test]
fn versions_show_their_own_properties() {
    let beta = DIRECT_ROUTING_ROW.replace(
        '}',
        r#","userCountryCode":"US","otherPartyCountryCode":null,"transferorCorrelationId":null,"administrativeUnitInfos": [ {"id" : "a b"} ]}"#,
    );
    let on_beta = round_trip(&DIRECT_ROUTING_CALLS, Version::Beta, &beta);
    assert!(on_beta.ends_with(
        r#""mediaBypassEnabled":false,"userCountryCode":"US","otherPartyCountryCode":null,"transferorCorrelationId":null,"administrativeUnitInfos":[{"id":"a b"}]}"#
    ));
    assert_eq!(round_trip(&DIRECT_ROUTING_CALLS, Version::V1, &beta), DIRECT_ROUTING_ROW);
}

#[test]
fn properties_of_a_newer_graph_are_given_back() {
    let json = DIRECT_ROUTING_ROW
        .replace('}', r##","newThing":{"a": [1, "x y\" z"]},"x@odata.type":"#Int32","more":1.50}"##);
    let expected = DIRECT_ROUTING_ROW.replace('}', r#","newThing":{"a":[1,"x y\" z"]},"more":1.50}"#);
    assert_eq!(round_trip(&DIRECT_ROUTING_CALLS, Version::V1, &json), expected);
}

#[test]
fn decimals_keep_their_scale() {
    let json = r#"{"id":"x","startDateTime":"2019-11-01T01:48:48.7950838Z","charge":0.00,"connectionCharge":"12.830"}"#;
    let out = round_trip(&PSTN_CALLS, Version::V1, json);
    assert!(out.contains(r#""charge":0.00,"#) && out.contains(r#""connectionCharge":12.830,"#), "{out}");
    assert!(out.contains(r#""startDateTime":"2019-11-01T01:48:48.7950838Z""#));
}

#[test]
fn only_the_chosen_properties_are_written_in_their_order() {
    let json = DIRECT_ROUTING_ROW.replace('}', r#","newThing":1}"#);
    let rows = decode(&DIRECT_ROUTING_CALLS, &json).unwrap();
    let write = |names: &[&str], unknown: Option<usize>| {
        let named = names.iter().map(|name| DIRECT_ROUTING_CALLS.index_of(name).unwrap());
        let layout: Vec<usize> = named.chain(unknown).collect();
        let mut out = Vec::new();
        RowEncoder::of(&DIRECT_ROUTING_CALLS, &layout).encode(&rows, &mut out);
        String::from_utf8(out).unwrap()
    };
    let unknown = DIRECT_ROUTING_CALLS.properties.len();
    assert_eq!(write(&["finalSipCode", "callType"], None), r#"{"finalSipCode":0,"callType":"ByotIn"}"#);
    assert_eq!(write(&["duration"], Some(unknown)), r#"{"duration":5,"newThing":1}"#);
    assert_eq!(write(&[], Some(unknown)), r#"{"newThing":1}"#);
    assert_eq!(write(&[], None), "{}");
}

#[test]
fn full_metadata_names_what_json_does_not_show() {
    let json = r#"{"id":"x","startDateTime":"2019-11-01T00:00:00Z","charge":0.10,"duration":null,"callDurationSource":"operator","administrativeUnitInfos":[{"id":"a"}],"new":1}"#;
    let rows = decode(&PSTN_CALLS, json).unwrap();
    let names =
        ["id", "startDateTime", "charge", "duration", "callDurationSource", "administrativeUnitInfos"];
    let mut layout: Vec<usize> = names.iter().map(|name| PSTN_CALLS.index_of(name).unwrap()).collect();
    layout.push(PSTN_CALLS.properties.len());
    let write = |layout: &[usize], numbers| {
        let format = JsonFormat { metadata: Metadata::Full, numbers };
        let mut out = Vec::new();
        RowEncoder::formatted(&PSTN_CALLS, layout, format).encode(&rows, &mut out);
        String::from_utf8(out).unwrap()
    };
    assert_eq!(
        write(&layout, Numbers::Plain),
        concat!(
            r##"{"@odata.type":"#microsoft.graph.callRecords.pstnCallLogRow","id":"x","##,
            r##""startDateTime@odata.type":"#DateTimeOffset","startDateTime":"2019-11-01T00:00:00Z","##,
            r##""charge@odata.type":"#Decimal","charge":0.10,"duration":null,"##,
            r##""callDurationSource@odata.type":"#microsoft.graph.callRecords.pstnCallDurationSource","##,
            r##""callDurationSource":"operator","##,
            r##""administrativeUnitInfos@odata.type":"#Collection(microsoft.graph.callRecords.administrativeUnitInfo)","##,
            r##""administrativeUnitInfos":[{"id":"a"}],"new":1}"##,
        )
    );
    let only_unknown = write(&layout[6..], Numbers::Plain);
    assert_eq!(only_unknown, r##"{"@odata.type":"#microsoft.graph.callRecords.pstnCallLogRow","new":1}"##);
    assert!(write(&layout, Numbers::Text).contains(r#""charge":"0.10","#));
}

#[test]
fn decimals_become_text_where_floats_are_not_enough() {
    let json = r#"{"id":"x","startDateTime":"2019-11-01T00:00:00Z","charge":12345678901234567.89}"#;
    let rows = decode(&PSTN_CALLS, json).unwrap();
    let layout = ["charge", "connectionCharge"].map(|name| PSTN_CALLS.index_of(name).unwrap());
    let format = JsonFormat { numbers: Numbers::Text, ..JsonFormat::default() };
    let mut out = Vec::new();
    RowEncoder::formatted(&PSTN_CALLS, &layout, format).encode(&rows, &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        r#"{"charge":"12345678901234567.89","connectionCharge":null}"#
    );
}

#[test]
fn enumerations_are_printed_as_the_metadata_has_them() {
    let json = r#"{"blockDateTime":"2020-06-12T10:00:00Z","userBlockMode":"Blocked"}"#;
    assert!(round_trip(&PSTN_BLOCKED_USERS, Version::Beta, json).contains(r#""userBlockMode":"blocked""#));
    let json = json.replace("Blocked", "Sideways");
    assert_eq!(
        decode(&PSTN_BLOCKED_USERS, &json).unwrap_err(),
        RowError::Type { property: "userBlockMode", expected: "blocked or unblocked".into() }
    );
}

#[test]
fn rows_without_an_id_get_the_same_one_each_time() {
    let json = DIRECT_ROUTING_ROW.replace(r#""id":"9e8bba57-dc14-533a-a7dd-f0da6575eed1","#, "");
    let id = |json: &str| decode(&DIRECT_ROUTING_CALLS, json).unwrap().id(0).to_owned();
    assert_eq!(id(&json), id(&json));
    assert_ne!(id(&json), id(&json.replace("ByotIn", "ByotOut")));
}

#[test]
fn script_dialects_are_understood() {
    let json = DIRECT_ROUTING_ROW
        .replace(r#""duration":5"#, r#""duration":"5""#)
        .replace(r#""successfulCall":true"#, r#""successfulCall":"True""#)
        .replace("0001-01-01T00:00:00Z", "0001-01-01T00:00:00")
        .replace('}', r#","administrativeUnitInfos":["@{id=0a1b}"]}"#);
    assert_eq!(round_trip(&DIRECT_ROUTING_CALLS, Version::V1, &json), DIRECT_ROUTING_ROW);
    assert!(round_trip(&DIRECT_ROUTING_CALLS, Version::Beta, &json).contains(r#"[{"id":"0a1b"}]"#));
}

#[test]
fn wrong_records_are_refused_with_a_reason() {
    let with = |name: &str, value: &str| {
        format!(r#"{{"id":"x","startDateTime":"2019-11-01T00:00:00Z","{name}":{value}}}"#)
    };
    for (json, reason) in [
        (r#"{"id":"x"}"#.to_owned(), "startDateTime is missing"),
        (r#"{"id":"x","startDateTime":null}"#.to_owned(), "startDateTime is missing"),
        (
            r#"{"id":"x","startDateTime":"2019-11-01T00:00:00"}"#.to_owned(),
            "startDateTime: expected a date with time and zone, such as 2019-11-01T00:00:00Z",
        ),
        (with("duration", "1.5"), "duration: expected a whole number within 32 bits"),
        (with("duration", "3000000000"), "duration: expected a whole number within 32 bits"),
        (with("duration", "[1,{}]"), "duration: expected a whole number within 32 bits"),
        (with("callType", "{\"a\":[]}"), "callType: expected text"),
        (with("successfulCall", "1"), "successfulCall: expected true or false"),
        (with("administrativeUnitInfos", "[1]"), "administrativeUnitInfos: expected an array of objects"),
        ("[]".to_owned(), "expected a JSON object with one row"),
        ("{\"id\":\"x\",".to_owned(), "not valid JSON"),
        ("{\"id\":\"x\"} trailing".to_owned(), "not valid JSON"),
    ] {
        assert_eq!(decode(&DIRECT_ROUTING_CALLS, &json).unwrap_err().to_string(), reason, "{json}");
    }
}

proptest! {
    #[test]
    fn what_was_written_reads_back_the_same(
        caller in any::<String>(), duration in any::<i32>(), ticks in -62_135_596_800_0000000_i64..=253_402_300_799_0000000,
        success in any::<Option<bool>>(),
    ) {
        let json = serde_json::json!({
            "id": "x", "callerNumber": caller, "duration": duration, "successfulCall": success,
            "startDateTime": Instant::from_ticks(ticks).unwrap().to_string(),
        });
        let once = round_trip(&DIRECT_ROUTING_CALLS, Version::Beta, &json.to_string());
        prop_assert_eq!(round_trip(&DIRECT_ROUTING_CALLS, Version::Beta, &once), once.clone());
        let value: serde_json::Value = serde_json::from_str(&once).unwrap();
        for (name, expected) in json.as_object().unwrap() {
            prop_assert_eq!(&value[name], expected);
        }
    }

    #[test]
    fn no_input_makes_it_panic(json in "[{}\\[\\]\":,a-z0-9.@= \\\\-]{0,60}") {
        let _ = decode(&DIRECT_ROUTING_CALLS, &json);
    }
}

#[test]
fn what_rows_lack_gets_its_usual_value() {
    let log = &PSTN_ONLINE_MEETING_DIALOUT;
    let [october, november] = [10, 11].map(|month| Instant::from_date(2026, month, 1).unwrap());
    let end = log.index_of("periodEndDateTime").unwrap();
    let decoder = RowDecoder::new(log)
        .with_usual(log.time_index(), Value::Instant(october))
        .with_usual(end, Value::Instant(november));
    let mut rows = RowBuilder::new(log);
    for json in [
        r#"{"userId":"u","totalCalls":3}"#,
        r#"{"userId":"u","totalCalls":3,"periodStartDateTime":null,"periodEndDateTime":null}"#,
        r#"{"userId":"u","totalCalls":3,"periodEndDateTime":"2026-10-16T00:00:00Z"}"#,
        r#"{"userId":"u","totalCalls":3,"periodStartDateTime":"2026-09-01T00:00:00Z"}"#,
    ] {
        decoder.decode(json.as_bytes(), &mut rows).unwrap();
    }
    let error = decoder.decode(br#"{"userId":"u","periodStartDateTime":"soon"}"#, &mut rows).unwrap_err();
    assert!(matches!(error, RowError::Type { property: "periodStartDateTime", .. }), "{error}");
    let rows = rows.finish();
    assert_eq!([0, 1, 2].map(|row| rows.time(row)), [october; 3]);
    assert_eq!(rows.time(3).to_string(), "2026-09-01T00:00:00Z");
    let ends = [0, 1, 2, 3].map(|row| Instant::from_ticks(rows.int64(end).value(row)).unwrap());
    let own = Instant::from_date(2026, 10, 16).unwrap();
    assert_eq!(ends, [november, november, own, november]);
    // The start of the period is part of what identifies a row, its end is not.
    assert_eq!([rows.id(1), rows.id(2)], [rows.id(0); 2]);
    assert_ne!(rows.id(3), rows.id(0));
}

#[test]
fn periods_end_behind_their_begin() {
    let row = |end: &str| {
        let json = format!(r#"{{"periodStartDateTime":"2026-10-01T00:00:00Z","periodEndDateTime":"{end}"}}"#);
        decode(&PSTN_ONLINE_MEETING_DIALOUT, &json)
    };
    assert!(row("2026-10-01T00:00:00.0000001Z").is_ok());
    for end in ["2026-10-01T00:00:00Z", "2026-09-30T00:00:00Z"] {
        assert_eq!(
            row(end).unwrap_err().to_string(),
            "periodEndDateTime: expected a time after the start of the period"
        );
    }
}
