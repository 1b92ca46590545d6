use proptest::prelude::*;

use super::*;
use crate::path::function_call;

const FROM: &str = "2019-11-01T00:00:00Z";
const TO: &str = "2019-12-01T00:00:00Z";

fn range(arguments: &str, profile: Profile) -> Result<(String, String)> {
    let call =
        function_call(&format!("communications/callRecords/getDirectRoutingCalls{arguments}"), profile)?;
    let alias = |name: &str| (name == "@a").then(|| FROM.to_owned());
    call.range(alias, profile).map(|(from, to)| (from.to_string(), to.to_string()))
}

fn accepts(arguments: &str) {
    assert_eq!(range(arguments, Profile::Default), Ok((FROM.into(), TO.into())), "{arguments}");
}

fn refuses(arguments: &str, profile: Profile, message: &str) {
    assert_eq!(range(arguments, profile).unwrap_err().message(), message, "{arguments}");
}

#[test]
fn accepts_every_documented_form() {
    accepts("(fromDateTime=2019-11-01,toDateTime=2019-12-01)");
    accepts("(fromDateTime=2019-11-1,toDateTime=2019-12-1)");
    accepts("(toDateTime=2019-12-01,fromDateTime=2019-11-01)");
    accepts("(FROMDATETIME=2019-11-01,todatetime=2019-12-01)");
    accepts("(fromDateTime=2019-11-01T00:00:00.0000000Z,toDateTime=2019-12-01T00:00Z)");
    accepts("(fromDateTime=2019-11-01T01:00:00+01:00,toDateTime=2019-12-01)");
    accepts("(fromDateTime=2019-11-01T00%3A00%3A00%2B00%3A00,toDateTime=2019-12-01)");
    accepts("%28fromDateTime=2019-11-01%2CtoDateTime=2019-12-01%29");
    accepts("(%20fromDateTime%20=%202019-11-01%20,%20toDateTime%20=%202019-12-01%20)");
    accepts("(fromDateTime=@a,toDateTime=2019-12-01)");
}

#[test]
fn tolerates_known_client_mistakes_unless_strict() {
    for arguments in [
        "(fromDateTime='2019-11-01',toDateTime='2019-12-01T00:00:00Z')",
        "(from=2019-11-01,to=2019-12-01)",
        "(fromDateTime=2019-11-01T00%3A00%3A00%2B00%3A00toDateTime=2019-12-01T00%3A00%3A00%2B00%3A00)",
        "(fromDateTime='2019-11-01'toDateTime='2019-12-01')",
    ] {
        accepts(arguments);
        assert!(range(arguments, Profile::Strict).is_err(), "{arguments}");
    }
}

#[test]
fn refuses_in_graphs_words() {
    refuses(
        "(fromDateTime=,toDateTime=)",
        Profile::Default,
        "Expression expected at position 13 in 'fromDateTime=,toDateTime='.",
    );
    refuses(
        "(fromDateTime=8/1/2022,toDateTime=9/1/2022)",
        Profile::Default,
        "Bad Request - Error in query syntax.",
    );
    refuses(
        "(fromDateTime=2019-13-01,toDateTime=2019-12-01)",
        Profile::Default,
        "Syntax error at position 17 in 'fromDateTime=2019-13-01,toDateTime=2019-12-01'.",
    );
    refuses(
        "(fromDateTime=2019-11-01,)",
        Profile::Default,
        "Syntax error at position 24 in 'fromDateTime=2019-11-01,'.",
    );
    refuses(
        "(fromDateTime=2019-11-01T00:00:00,toDateTime=2019-12-01)",
        Profile::Default,
        "The DateTimeOffset text '2019-11-01T00:00:00' should be in format \
         'yyyy-mm-ddThh:mm:ss('.'s+)?(zzzzzz)?' and each field value is within valid range.",
    );
    refuses(
        "(fromDateTime=2019-11-01,FromDateTime=2019-11-01)",
        Profile::Default,
        "Parameter or entity key names must be unique. There is most likely an error in the model.",
    );
}

#[test]
fn other_parameters_are_another_resource() {
    for arguments in [
        "",
        "()",
        "(fromDateTime=2019-11-01)",
        "(fromDateTime=2019-11-01,toDateTime=2019-12-01,foo=1)",
        "(a=1,b=2)",
    ] {
        assert_eq!(
            range(arguments, Profile::Default).unwrap_err().kind(),
            crate::ErrorKind::NotFound,
            "{arguments}"
        );
    }
}

#[test]
fn names_are_found_under_every_qualification() {
    for (segment, spelling) in [
        ("getSmsLog()", Spelling::Plain),
        ("Microsoft.Graph.CallRecords.getSmsLog()", Spelling::Qualified),
        ("callrecords.getSmsLog()", Spelling::HalfQualified),
    ] {
        let call =
            function_call(&format!("communications/callRecords/{segment}/"), Profile::Default).unwrap();
        assert_eq!((call.name.as_str(), call.spelling), ("getSmsLog", spelling));
    }
}

proptest! {
    #[test]
    fn no_segment_makes_it_panic(segment in "\\PC{0,80}") {
        let _ = range(&segment, Profile::Default);
        let _ = range(&segment, Profile::Strict);
    }

    #[test]
    fn no_argument_text_makes_it_panic(text in "[(),=' @A-Za-z0-9:+.%-]{0,60}") {
        let _ = range(&format!("({text})"), Profile::Default);
        let _ = range(&format!("({text})"), Profile::Strict);
    }
}
