use proptest::prelude::*;

use super::properties::{GENERIC, knows};
use super::*;
use crate::schema::{DIRECT_ROUTING_CALLS, Log, PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT, SMS};

fn other(name: &str) -> Option<RowKind> {
    Some(RowKind::Other(name.to_owned()))
}

fn log(log: &'static Log) -> Option<RowKind> {
    Some(RowKind::Log(log))
}

fn of(names: &str) -> Option<RowKind> {
    kind_of_properties(names.split(' '))
}

#[test]
fn the_tables_do_not_contradict_each_other() {
    for foreign in &FOREIGN {
        for name in foreign.properties.iter().chain(foreign.common) {
            assert!(!LOGS.into_iter().any(|log| knows(log, name)), "{}: {name}", foreign.name);
            assert!(is_mark(name), "{}: {name}", foreign.name);
        }
        for name in foreign.shared {
            assert!(
                LOGS.into_iter().any(|log| knows(log, name)) && is_mark(name),
                "{}: {name}",
                foreign.name
            );
        }
        assert!(!foreign.properties.is_empty());
    }
    for name in GENERIC {
        assert!(LOGS.into_iter().filter(|log| knows(log, name)).count() > 1, "{name}");
    }
    for log in LOGS {
        assert_ne!(own_marks(log), 0, "{}", log.name);
        assert!(log.properties.len() < 64, "{}", log.name);
    }
}

#[test]
fn each_log_knows_its_own_rows() {
    for expected in LOGS {
        let names = || expected.properties.iter().map(|property| property.name);
        assert_eq!(kind_of_properties(names()), log(expected), "{}", expected.name);
        let newer = ["type", "version", "organizer", "neverSeen", "x@odata.type", "@odata.etag"];
        assert_eq!(kind_of_properties(names().chain(newer)), log(expected), "{}", expected.name);
        let upper: Vec<String> = names().map(str::to_uppercase).collect();
        assert_eq!(kind_of_properties(upper.iter().map(String::as_str)), log(expected));
    }
}

#[test]
fn types_beside_the_logs_are_told_by_their_properties() {
    for (names, expected) in [
        (
            "id version type modalities lastModifiedDateTime startDateTime endDateTime joinWebUrl organizer",
            "callRecord",
        ),
        ("id startDateTime endDateTime organizer_v2", "callRecord"),
        ("id modalities startDateTime endDateTime isTest failureInfo caller callee", "session"),
        ("id startDateTime endDateTime failureInfo caller callee media", "segment"),
        ("id creationDateTime startDateTime endDateTime joinWebUrl subject participants", "onlineMeeting"),
        ("Id DisplayName GivenName Surname Mail UserPrincipalName BusinessPhones", "user"),
        ("id sentDateTime receivedDateTime subject sender", "message"),
        ("subscriptionId changeType resource tenantId", "changeNotification"),
    ] {
        assert_eq!(of(names), other(expected), "{names}");
    }
}

#[test]
fn sparse_rows_are_told_by_what_they_have() {
    for (names, expected) in [
        ("id startDateTime correlationId", log(&DIRECT_ROUTING_CALLS)),
        ("id startDateTime callType duration charge", log(&PSTN_CALLS)),
        ("id startDateTime currency destinationName licenseCapability", log(&PSTN_CALLS)),
        ("userId usageLocation currency totalCalls", log(&PSTN_ONLINE_MEETING_DIALOUT)),
        ("sentDateTime", log(&SMS)),
        // As Python writes them.
        ("id start_date_time correlation_id", log(&DIRECT_ROUTING_CALLS)),
        ("_id start_date_time _correlation_id", None),
        // A name that comes twice counts once.
        ("startDateTime correlationId CorrelationId callId currency", log(&PSTN_CALLS)),
        // Two logs have these, all have those, and none has these.
        ("id startDateTime callType callerNumber", None),
        ("id userId startDateTime", None),
        ("foo bar", None),
        ("@odata.context value Count", None),
    ] {
        assert_eq!(of(names), expected, "{names}");
    }
}

#[test]
fn types_are_named_in_many_ways() {
    for (name, expected) in [
        ("#microsoft.graph.callRecords.pstnCallLogRow", log(&PSTN_CALLS)),
        ("microsoft.graph.callRecords.directRoutingLogRow", log(&DIRECT_ROUTING_CALLS)),
        ("Collection(microsoft.graph.callRecords.smsLogRow)", log(&SMS)),
        ("#Collection(microsoft.graph.callRecords.smsLogRow)", log(&SMS)),
        ("https://graph.microsoft.com/beta/$metadata#microsoft.graph.callRecords.smsLogRow", log(&SMS)),
        ("#Microsoft.Graph.CallRecords.SmsLogRow", log(&SMS)),
        (
            "Microsoft.Graph.PowerShell.Models.MicrosoftGraphCallRecordsDirectRoutingLogRow",
            log(&DIRECT_ROUTING_CALLS),
        ),
        ("Microsoft.Graph.Beta.PowerShell.Models.MicrosoftGraphCallRecordsPstnCallLogRow", log(&PSTN_CALLS)),
        ("smsLogRow", log(&SMS)),
        ("session", other("session")),
        ("#microsoft.graph.callRecords.callRecord", other("callRecord")),
        ("Microsoft.Graph.PowerShell.Models.MicrosoftGraphUser", other("user")),
        ("#microsoft.graph.callRecords.userFeedback", other("userFeedback")),
        ("Microsoft.Graph.Models.DriveItem", other("driveItem")),
        ("#microsoft.graph.callRecords.callLogRow", None),
        ("System.Management.Automation.PSCustomObject", None),
        ("Selected.System.Management.Automation.PSCustomObject", None),
        ("", None),
        ("users", None),
        ("#Int32", None),
        ("https://graph.microsoft.com/v1.0/$metadata#communications/callRecords", None),
        ("two words", None),
        ("a..b", None),
        ("Collection(", None),
        ("#", None),
    ] {
        assert_eq!(kind_of_type_name(name), expected, "{name}");
    }
}

#[test]
fn what_may_be_more_than_a_name_is_not_repeated() {
    for name in ["x._4930123456789".to_owned(), format!("x.{}", "y".repeat(MAX_NAME + 1))] {
        assert_eq!(kind_of_type_name(&name), other(UNKNOWN), "{name}");
    }
}

#[test]
fn names_that_could_be_numbers_are_not_printed() {
    let longest = "x".repeat(MAX_NAME);
    for name in ["TooManyRequests", "a", "429", "x-1.b_2", "0000a0000", longest.as_str()] {
        assert_eq!(printable_name(name), Some(name));
    }
    let long = longest + "x";
    let numbers = ["441632960111", "x_44163", "01632-960-111", "1632.960"];
    for name in ["", "a b", "a/b", "ä", "a\u{1b}", long.as_str()].into_iter().chain(numbers) {
        assert_eq!(printable_name(name), None, "{name}");
    }
}

proptest! {
    #[test]
    fn names_that_are_repeated_are_harmless(name in ".{0,80}", path in "[#A-Za-z.(_0-9]{0,80}") {
        for name in [name, path] {
            if let Some(RowKind::Other(short)) = kind_of_type_name(&name) {
                prop_assert!(is_identifier(&short), "{short}");
                prop_assert_eq!(printable_name(&short), Some(short.as_str()));
            }
        }
    }
}
