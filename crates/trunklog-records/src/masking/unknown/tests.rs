use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn seen(members: &str) -> String {
    let seen = masked_members(members, 3);
    let _: Value = serde_json::from_str(&format!("{{{seen}}}")).unwrap();
    seen.into_owned()
}

#[test]
fn numbers_are_masked_at_any_depth() {
    for (members, expected) in [
        (r#""later":"+4930123456""#, r#""later":"+4930123***""#),
        (r#""a":[{"b":{"c":"tel:4711"}}]"#, r#""a":[{"b":{"c":"tel:4***"}}]"#),
        (r#""a":"call to (030) 123 45 67 failed""#, r#""a":"call to (030) 123 4* ** failed""#),
        (r#""a":"\u002b4930\u003123456","b":1"#, r#""a":"+4930123***","b":1"#),
        (r#""mri":"4:+14255550123""#, r#""mri":"4:+14255550***""#),
        (r#""callerNumber2":4930123456"#, r#""callerNumber2":"4930123***""#),
        (r#""callerNumber2":4.930123456e9"#, r#""callerNumber2":"4.930123***e*""#),
        (r#""callee":{"id":[4930123456,12],"n":"4711"}"#, r#""callee":{"id":["4930123***",12],"n":"4***"}"#),
        (r#""phones":["4711"],"room":"4711""#, r#""phones":["4***"],"room":"4711""#),
        (r#""+4930123456":{"x":1}"#, r#""+4930123***":{"x":1}"#),
        (r#""userPhone":"4\"711""#, r#""userPhone":"*\"***""#),
        (r#""phone":493012,"to":[112,12]"#, r#""phone":"493***","to":["***",12]"#),
        (r#""phone":4930123456000e-3"#, r#""phone":"4930123******e-*""#),
        (r#""phone":-12345678901234567890"#, r#""phone":"-1234****************""#),
        (r#""redirectTo":"4711","originalDID":"4711""#, r#""redirectTo":"4***","originalDID":"4***""#),
        (r#""phone":{"4711":1}"#, r#""phone":{"4***":1}"#),
        (r#""phone":{"4711":1,"4712":2,"4713":3}"#, r#""phone":{"4***":1,"4*** (b)":2,"4*** (c)":3}"#),
        (r#""4930123456":1,"4930123457":2"#, r#""4930123***":1,"4930123*** (b)":2"#),
        (r#""caller":"20.30.40.50""#, r#""caller":"20.30.4*.**""#),
        (r#""caller":"2031-05-12""#, r#""caller":"2031-0*-**""#),
        (r#""caller":"/Date(1935475200000)/""#, r#""caller":"/Date(1935475200***)/""#),
        (
            r#""callerId":"12345678-1234-1234-1234-123456789012""#,
            r#""callerId":"12345***-****-****-****-************""#,
        ),
        (r#""caller":"p4930123456d""#, r#""caller":"p**********d""#),
        (r#""a":"callto:4711 or sms:4711""#, r#""a":"callto:4*** or sms:****""#),
        (r#""a":"6.5.4.3.2.1.0.3.9.4.e164.arpa""#, r#""a":"*.*.*.*.*.*.*.*.*.*.e164.arpa""#),
        (r#""phone":"\ud83d""#, "\"phone\":\"\u{fffd}\""),
    ] {
        assert_eq!(seen(members), expected);
    }
}

#[test]
fn what_is_no_number_stays_as_it_was_written() {
    for members in [
        "",
        r#""later":[1, 2.50, true, null] , "x":"\u00e4""#,
        r#""bytes":4930123456,"startedMs":1935475200000,"numberOfBytes":4930123456"#,
        r#""at":"2031-05-02T08:00:00.1234567Z","of":"from 2031-05-02 08:00:00 to 20310502T080000+0200""#,
        r#""callerJoined":"2031-05-02T08:00:00.1234567+02:00","callDuration":"PT1H2M3.1234567S""#,
        r#""when":"/Date(1935475200000+0200)/""#,
        r#""callerId":"12345678-1234-1234-1234-12345678901f","id":"12345678-1234-1234-1234-123456789012""#,
        r#""seen":"02.05.2031 08:00:00","agent":"v10.0.19041.1234","mac":"00-11-22-33-44-55""#,
        r#""place":"52.5200066, 13.4049540","sequenceNumber":4930123456,"callerJoinedAt":1935475200000"#,
        r#""callee":{"ip":"20.30.40.50","durationMs":1935475200000,"n":12}"#,
        r#""path":"/users/7d0f6a51-2f5e-4a77-9c1d-0c5b7a1e4a10/calls""#,
        r#""hash":"7d0f6a512f5e4a779c1d0c5b7a1e4a10""#,
        r#""callerIp":"192.168.100.110","media":"192.168.100.110:50123, [2001:db8::1234]:50123""#,
        r#""callerName":"Ada Lovelace","calleeUpn":"ada7@contoso.com","phoneType":"mobile""#,
        r#""status":"486 Busy Here","callerNumberLength":11"#,
    ] {
        assert_eq!(seen(members), members);
    }
}

#[test]
fn broken_json_neither_panics_nor_shows_more() {
    for members in ["\"", "\"a\":\"+49", "\"a\\", "}]", "\"a\":\"\\é", "\"phone\":-"] {
        assert!(!masked_members(members, 3).contains("49"), "{members}");
    }
}

/// JSON with texts and numbers of many digits.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        "[+]?[0-9]{7,15}".prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let name = prop::sample::select(vec!["a", "phone", "Caller", "numberOfCalls"]);
        let member = (name.prop_map(str::to_owned), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            prop::collection::vec(member, 0..4).prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    })
}

/// Asserts that no text of the form of a number is whole.
fn assert_masked(value: &Value) {
    match value {
        Value::String(text) => {
            let number = text.strip_prefix('+').unwrap_or(text);
            let is_number = number.len() >= 7 && number.bytes().all(|b| b.is_ascii_digit());
            assert!(!is_number, "{text}");
        }
        Value::Array(items) => items.iter().for_each(assert_masked),
        Value::Object(members) => members.values().for_each(assert_masked),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

proptest! {
    #[test]
    fn any_json_stays_json_and_tells_no_number(value in json()) {
        let members = format!("\"later\":{value}");
        let seen = masked_members(&members, 3);
        let read: Value = serde_json::from_str(&format!("{{{seen}}}")).unwrap();
        assert_masked(&read);
        prop_assert_eq!(masked_members(&seen, 3), seen.as_ref(), "masked again");
    }

    #[test]
    fn any_text_is_survived(members in ".{0,40}", tangle in "[\"\\\\{}\\[\\],:0-9a]{0,40}") {
        for text in [members, tangle] {
            let _ = masked_members(&text, 3);
        }
    }
}
