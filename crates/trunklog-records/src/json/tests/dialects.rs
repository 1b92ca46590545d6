//! What scripts make of rows.

use serde_json::{Map, Value as Json};

use super::*;
use crate::notes::Oddity;

/// [`DIRECT_ROUTING_ROW`] with other JSON for one of its values.
fn with(name: &str, json: &str) -> String {
    let mut row: Map<String, Json> = serde_json::from_str(DIRECT_ROUTING_ROW).unwrap();
    *row.get_mut(name).unwrap() = "the value".into();
    Json::Object(row).to_string().replace("\"the value\"", json)
}

/// What a direct-routing row shows of a property, as JSON.
fn shown(json: &str, name: &str) -> String {
    let (row, notes) = read(&DIRECT_ROUTING_CALLS, json).unwrap();
    assert_eq!(notes, RowNotes::default(), "{json}");
    let row: Map<String, Json> = serde_json::from_str(&row).unwrap();
    row[name].to_string()
}

/// A name as the classes of Graph's cmdlets have it.
pub(super) fn pascal_case(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

#[test]
fn times_of_windows_powershell_are_utc() {
    for (json, expected) in [
        (r#""\/Date(1930204800105)\/""#, r#""2031-03-02T08:00:00.105Z""#),
        (r#""/Date(1930204800105+0100)/""#, r#""2031-03-02T08:00:00.105Z""#),
        (r#""\/Date(-62135596800000)\/""#, r#""0001-01-01T00:00:00Z""#),
        (r#""0001-01-01T00:00:00+01:00""#, r#""0001-01-01T00:00:00Z""#),
        (
            r#"{"value":"\/Date(1930204800105)\/","DisplayHint":2,"DateTime":"Sunday, 2 March 2031"}"#,
            r#""2031-03-02T08:00:00.105Z""#,
        ),
        (
            r#"{"DateTime":"x","DisplayHint":2,"value":"2031-03-02T09:00:00+01:00"}"#,
            r#""2031-03-02T08:00:00Z""#,
        ),
        (r#"" 2031-03-02T08:00:00Z ""#, r#""2031-03-02T08:00:00Z""#),
    ] {
        assert_eq!(shown(&with("inviteDateTime", json), "inviteDateTime"), expected, "{json}");
    }
    for json in [
        r#""\/Date(x)\/""#,
        r#"{"dateTime":"2031-03-02T08:00:00","timeZone":"UTC"}"#,
        r#"{"value":"2031-03-02T08:00:00Z","more":1}"#,
        r#"{"value":{"value":1}}"#,
        "{}",
    ] {
        let error = read(&DIRECT_ROUTING_CALLS, &with("inviteDateTime", json)).unwrap_err();
        assert!(matches!(error, RowError::Type { property: "inviteDateTime", .. }), "{json}: {error}");
    }
}

#[test]
fn objects_of_cmdlets_are_rows() {
    let row: Map<String, Json> = serde_json::from_str(DIRECT_ROUTING_ROW).unwrap();
    let pascal: Map<String, Json> =
        row.into_iter().map(|(name, value)| (pascal_case(&name), value)).collect();
    let plain = read(&DIRECT_ROUTING_CALLS, DIRECT_ROUTING_ROW).unwrap();
    let additional = |json: &str| {
        let mut row = pascal.clone();
        row.insert("AdditionalProperties".to_owned(), serde_json::from_str(json).unwrap());
        read(&DIRECT_ROUTING_CALLS, &Json::Object(row).to_string()).unwrap()
    };
    for json in ["{}", "null", "\"\""] {
        assert_eq!(additional(json), plain, "{json}");
    }
    // What the row has itself comes first.
    let json = r##"{"@odata.type":"#microsoft.graph.callRecords.directRoutingLogRow","duration":7}"##;
    assert_eq!(additional(json), plain);
    let (row, notes) = additional(r#"{"userCountryCode":"US","newThing":{"a":1}}"#);
    assert!(row.contains(r#""userCountryCode":"US","#) && row.ends_with(r#","newThing":{"a":1}}"#), "{row}");
    assert_eq!(notes, RowNotes::default());
    let cut = r#""System.Collections.Generic.Dictionary`2[System.String,System.Object]""#;
    let (row, notes) = additional(cut);
    assert_eq!((row, notes.dropped), (plain.0.clone(), 1));
    // Something else of that name is as good as any unknown property.
    let (row, _) = additional("[1]");
    assert!(row.ends_with(r#","AdditionalProperties":[1]}"#), "{row}");
}

#[test]
fn objects_of_python_are_rows() {
    let snake_case = |name: &str| {
        let word =
            |c: char| if c.is_ascii_uppercase() { format!("_{}", c.to_ascii_lowercase()) } else { c.into() };
        name.chars().map(word).collect::<Vec<String>>().concat()
    };
    let row: Map<String, Json> = serde_json::from_str(DIRECT_ROUTING_ROW).unwrap();
    let mut row: Map<String, Json> =
        row.into_iter().map(|(name, value)| (snake_case(&name), value)).collect();
    assert!(row.contains_key("trunk_fully_qualified_domain_name"));
    row.insert("additional_data".to_owned(), serde_json::json!({"userCountryCode": "US"}));
    row.insert("odata_type".to_owned(), Json::Null);
    let (read, notes) = read(&DIRECT_ROUTING_CALLS, &Json::Object(row).to_string()).unwrap();
    let plain = DIRECT_ROUTING_ROW.replace('}', r#","userCountryCode":"US"}"#);
    assert_eq!((read, notes), super::read(&DIRECT_ROUTING_CALLS, &plain).unwrap());
    // Other names keep their underscores, and keys of stores are no ids.
    let json = r#"{"_id":{"a":1},"start_date_time":"2031-03-02T08:00:00Z","call_type":"a","new_thing":1}"#;
    let (read, _) = super::read(&DIRECT_ROUTING_CALLS, json).unwrap();
    assert!(
        read.ends_with(r#","_id":{"a":1},"new_thing":1}"#) && read.contains(r#""callType":"a""#),
        "{read}"
    );
}

#[test]
fn what_a_row_has_itself_comes_before_additional_properties() {
    let json = r#"{"AdditionalProperties":{"id":"b","callType":"b","newThing":2,"more":3},
        "id":"a","startDateTime":"2031-03-02T08:00:00Z","CallType":null,"newThing":1}"#;
    let (row, _) = read(&DIRECT_ROUTING_CALLS, json).unwrap();
    assert!(row.starts_with(r#"{"id":"a","#) && row.contains(r#""callType":"b","#), "{row}");
    assert!(row.ends_with(r#","newThing":1,"more":3}"#), "{row}");
}

#[test]
fn the_first_value_that_is_not_null_counts() {
    let with = |members: &str| {
        let json = format!(r#"{{"startDateTime":"2031-03-02T08:00:00Z",{members}}}"#);
        let (row, _) = read(&DIRECT_ROUTING_CALLS, &json).unwrap();
        serde_json::from_str::<Map<String, Json>>(&row).unwrap()["callType"].to_string()
    };
    for (members, expected) in [
        (r#""callType":"a","CallType":"b""#, "\"a\""),
        (r#""CallType":"a","callType":"b""#, "\"a\""),
        (r#""CallType":null,"callType":"b""#, "\"b\""),
        (r#""callType":"a","CALLTYPE":null"#, "\"a\""),
    ] {
        assert_eq!(with(members), expected, "{members}");
    }
}

#[test]
fn calls_outlive_what_was_cut_of_their_units() {
    let units = |json: &str| {
        let row = DIRECT_ROUTING_ROW.replace('}', &format!(r#","administrativeUnitInfos":{json}}}"#));
        let (row, notes) = read(&DIRECT_ROUTING_CALLS, &row).unwrap();
        let row: Map<String, Json> = serde_json::from_str(&row).unwrap();
        (row["administrativeUnitInfos"].to_string(), notes.dropped)
    };
    for (json, expected) in [
        (r#""@{id=14ea6f8c}""#, (r#"[{"id":"14ea6f8c"}]"#, 0)),
        (r#""System.Object[]""#, ("null", 1)),
        (r#"{"id":"14ea6f8c"}"#, (r#"[{"id":"14ea6f8c"}]"#, 0)),
        (r#"["System.Collections.Hashtable"]"#, ("null", 1)),
        (r#"{"value":[{"Id":"14ea6f8c"}],"Count":1}"#, (r#"[{"id":"14ea6f8c"}]"#, 0)),
        (r#""""#, ("null", 0)),
    ] {
        assert_eq!(units(json), (expected.0.to_owned(), expected.1), "{json}");
    }
}

#[test]
fn wrapped_arrays_are_unwrapped_wherever_they_are() {
    let row = DIRECT_ROUTING_ROW
        .replace('}', r#","newThing":{"a":{"value":[1,{"b":{"value":[],"Count":0}}],"Count":2}}}"#);
    let (row, _) = read(&DIRECT_ROUTING_CALLS, &row).unwrap();
    assert!(row.ends_with(r#","newThing":{"a":[1,{"b":[]}]}}"#), "{row}");
}

#[test]
fn halves_of_surrogate_pairs_become_the_replacement_character() {
    let row = |name: &str, more: &str| {
        let row = with("userDisplayName", name).replace('}', &format!("{more}}}"));
        read(&DIRECT_ROUTING_CALLS, &row)
    };
    let (json, notes) = row(r#""Mara \ud83d""#, "").unwrap();
    assert!(json.contains("\"userDisplayName\":\"Mara \u{fffd}\""), "{json}");
    assert_eq!(notes, RowNotes { repaired: 1, ..RowNotes::default() });
    // Pairs stay, and names and unknown values are repaired, too.
    let (json, notes) = row(r#""\ud83d\ude00""#, r#","n\ude00":"\ud83d","m":["\ud83d\ude00"]"#).unwrap();
    assert!(json.contains("\"userDisplayName\":\"\u{1f600}\""), "{json}");
    assert!(json.ends_with(",\"n\u{fffd}\":\"\\ufffd\",\"m\":[\"\\ud83d\\ude00\"]}"), "{json}");
    assert_eq!(notes.repaired, 2);
    let (json, notes) = row(r#""a""#, r#","m":["\ud83d\ude00"]"#).unwrap();
    assert!(json.ends_with(r#","m":["\ud83d\ude00"]}"#), "{json}");
    assert_eq!(notes, RowNotes::default());
    let (json, notes) = row(r#""a""#, r#","administrativeUnitInfos":[{"id":"\ud83d"}]"#).unwrap();
    assert!(json.contains(r#""administrativeUnitInfos":[{"id":"\ufffd"}]"#), "{json}");
    assert_eq!(notes.repaired, 1);
    // Escapes that are none are an error as before.
    for name in [r#""\ud83""#, r#""\ud83g""#, r#""\ud83d\ug000""#] {
        assert_eq!(row(name, "").unwrap_err(), RowError::Syntax, "{name}");
    }
}

#[test]
fn durations_are_whole_seconds() {
    for (json, expected) in [("\"40 \"", "40"), ("\" 40\"", "40"), ("40.0", "40"), ("\"\"", "null")] {
        assert_eq!(shown(&with("duration", json), "duration"), expected, "{json}");
    }
    for json in ["2147483648", "\"2147483648\"", "\"00:00:40\"", "\"PT40S\"", "\"4,5\""] {
        let error = read(&DIRECT_ROUTING_CALLS, &with("duration", json)).unwrap_err();
        assert_eq!(error.to_string(), "duration: expected a whole number within 32 bits", "{json}");
    }
}

#[test]
fn empty_text_is_no_value_but_where_text_belongs() {
    for (name, expected) in [
        ("failureDateTime", "null"),
        ("duration", "null"),
        ("successfulCall", "null"),
        ("finalSipCodePhrase", "\"\""),
    ] {
        assert_eq!(shown(&with(name, "\"\""), name), expected, "{name}");
    }
    assert_eq!(shown(&with("successfulCall", "\" False \""), "successfulCall"), "false");
    assert_eq!(shown(&with("failureDateTime", "\" \""), "failureDateTime"), "null");
    let error = read(&DIRECT_ROUTING_CALLS, &with("startDateTime", "\"\"")).unwrap_err();
    assert_eq!(error, RowError::Missing("startDateTime"));
    let json = r#"{"id":"x","startDateTime":"2031-03-02T08:00:00Z","charge":"","callDurationSource":" "}"#;
    let (row, _) = read(&PSTN_CALLS, json).unwrap();
    assert!(row.contains(r#""charge":null,"#) && row.contains(r#""callDurationSource":null,"#), "{row}");
}

#[test]
fn decimals_with_exponents_are_written_out() {
    let charge = |json: &str| {
        let json = format!(r#"{{"id":"x","startDateTime":"2031-03-02T08:00:00Z","charge":{json}}}"#);
        read(&PSTN_CALLS, &json).map(|(row, _)| row)
    };
    for (json, expected) in [
        ("1.25E-2", "0.0125"),
        ("1e-05", "0.00001"),
        ("12345678901234567890.1234567890", "12345678901234567890.1234567890"),
    ] {
        let row = charge(json).unwrap();
        assert!(row.contains(&format!(r#""charge":{expected},"#)), "{row}");
    }
    for json in ["\"1,25\"", "1e999999", "{}", "\"\\ud83d\""] {
        let error = charge(json).unwrap_err().to_string();
        assert!(error.starts_with("charge: expected a decimal number such as 12.83"), "{json}: {error}");
    }
}

#[test]
fn odd_rows_are_named() {
    let oddity = |name: &str, json: &str| read(&DIRECT_ROUTING_CALLS, &with(name, json)).unwrap().1.oddity;
    for (name, json, expected) in [
        ("duration", "-1606000000", Some(Oddity::NegativeDuration)),
        ("duration", "\"-1\"", Some(Oddity::NegativeDuration)),
        ("duration", "0", None),
        ("callEndSubReason", "-1", None),
        ("startDateTime", "\"0001-01-01T00:00:00\"", Some(Oddity::NoTime)),
        ("startDateTime", "\"0001-01-01T23:59:59Z\"", Some(Oddity::NoTime)),
        ("startDateTime", "\"0001-01-02T00:00:00Z\"", None),
        ("failureDateTime", "\"0001-01-01T00:00:00\"", None),
    ] {
        assert_eq!(oddity(name, json), expected, "{name} {json}");
    }
    let sums = r#"{"periodStartDateTime":"2031-03-01T00:00:00Z","totalCallSeconds":-1}"#;
    let (_, notes) = read(&PSTN_ONLINE_MEETING_DIALOUT, sums).unwrap();
    assert_eq!(notes.oddity, Some(Oddity::NegativeDuration));
    assert_eq!(Oddity::NegativeDuration.to_string(), "a negative duration");
}
