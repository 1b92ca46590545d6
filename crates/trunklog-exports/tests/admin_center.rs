//! The admin centre's files, read back by readers that are not ours.

use std::io::{Cursor, Read};

use trunklog_exports::{AdminCenter, Occasion, admin_center_encoder};
use trunklog_odata::Instant;
use trunklog_records::json::RowDecoder;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, LOGS, PSTN_CALLS};
use trunklog_records::{Log, RowBuilder, Rows};
use zip::ZipArchive;

const CALL: &str = r#"{"id":"a","correlationId":"c","userId":"u","userPrincipalName":"ann@example.com",
    "userDisplayName":"=HYPERLINK(\"x\")","startDateTime":"2031-03-28T08:00:00.1234567Z",
    "inviteDateTime":"2031-03-28T08:00:00Z","failureDateTime":"0001-01-01T00:00:00Z","endDateTime":null,
    "duration":60,"callType":"ByotInUcap","successfulCall":true,"callerNumber":"+14255550***",
    "calleeNumber":"two\nlines, \"quoted\"","finalSipCode":0,"mediaBypassEnabled":false,
    "administrativeUnitInfos":[{"id":"north"},{"id":"south"}]}"#;

const PSTN_CALL: &str = r#"{"id":"a","callId":"b","startDateTime":"2031-03-28T08:00:00Z","duration":0,"charge":0.10,
    "callType":"user_out","otherPartyCountryCode":"FR","callDurationSource":"operator","conferenceId":""}"#;

fn decode(log: &'static Log, json: &str) -> Rows {
    let mut rows = RowBuilder::new(log);
    RowDecoder::new(log).decode(json.as_bytes(), &mut rows).unwrap();
    rows.finish()
}

fn export(form: AdminCenter, log: &'static Log, batches: &[Rows]) -> Vec<u8> {
    let day = |day| Instant::from_date(2031, 3, day).unwrap();
    let occasion = Occasion { from: day(1), to: day(28), made: day(29), id: "id".to_owned() };
    let mut encoder = admin_center_encoder(form, log, &occasion);
    let mut out = Vec::new();
    encoder.begin(&mut out).unwrap();
    for batch in batches {
        encoder.rows(batch, &mut out).unwrap();
    }
    encoder.finish(&mut out).unwrap();
    out
}

/// Names and values of the only row, those that are empty left out.
fn table(bytes: &[u8]) -> Vec<(String, String)> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").expect("it starts with a mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(lines.len(), 2);
    let pairs = lines[0].iter().zip(&lines[1]).map(|(name, value)| (name.to_owned(), value.to_owned()));
    pairs.filter(|(_, value)| !value.is_empty()).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn calls_of_direct_routing_have_the_admin_centres_words() {
    let found =
        table(&export(AdminCenter::Csv, &DIRECT_ROUTING_CALLS, &[decode(&DIRECT_ROUTING_CALLS, CALL)]));
    let expected = [
        ("CorrelationId", "c"),
        ("AAD ObjectId", "u"),
        ("UPN", "ann@example.com"),
        ("Display Name", "'=HYPERLINK(\"x\")"),
        ("External Country", "??"),
        ("Invite time", "2031-03-28T08:00:00Z"),
        ("Start time", "2031-03-28T08:00:00.1234567Z"),
        ("Duration (seconds)", "60"),
        ("Success", "Yes"),
        ("Caller Number", "+14255550***"),
        ("Callee Number", "two\nlines, \"quoted\""),
        ("Call type", "dr_in_bot"),
        ("Call Direction", "Inbound"),
        ("Final SIP code", "0"),
        ("Media bypass", "No"),
        ("Administrative Units", "north;south"),
    ];
    assert_eq!(found, pairs(&expected));
}

#[test]
fn calls_of_calling_plans_have_the_admin_centres_words() {
    let found = table(&export(AdminCenter::Csv, &PSTN_CALLS, &[decode(&PSTN_CALLS, PSTN_CALL)]));
    let expected = [
        ("UsageId", "a"),
        ("Call ID", "b"),
        ("Call Type", "user_out"),
        ("Call Direction", "Outbound"),
        ("External Country", "FR"),
        ("Start Time", "2031-03-28T08:00:00Z"),
        ("Duration Seconds", "0"),
        ("Charge", "0.10"),
        ("Source of Call Duration", "Operator"),
    ];
    assert_eq!(found, pairs(&expected));
}

#[test]
fn lines_end_as_rfc_4180_says() {
    for log in LOGS {
        let text = export(AdminCenter::Csv, log, &[]);
        assert!(text.ends_with(b"\r\n"), "{}", log.name);
        assert_eq!(text.split(|byte| *byte == b'\n').count() - 1, 1, "{}", log.name);
    }
}

#[test]
fn an_archive_holds_the_table_and_its_parameters() {
    let batches = vec![decode(&DIRECT_ROUTING_CALLS, CALL); 500];
    let bytes = export(AdminCenter::Zip, &DIRECT_ROUTING_CALLS, &batches);
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, ["parameters.json", "DirectRouting.calls.2031-03-29.csv"]);
    for at in 0..zip.len() {
        let made = zip.by_index(at).unwrap().last_modified().unwrap().to_string();
        assert_eq!(made, "2031-03-29 00:00:00");
    }
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    let parameters: serde_json::Value = serde_json::from_slice(&read("parameters.json")).unwrap();
    assert_eq!(parameters["to"], "2031-03-28T00:00:00Z");
    let table = read("DirectRouting.calls.2031-03-29.csv");
    assert_eq!(table, export(AdminCenter::Csv, &DIRECT_ROUTING_CALLS, &batches));
}

#[test]
fn what_is_held_does_not_grow_with_the_rows() {
    let batch = decode(&DIRECT_ROUTING_CALLS, CALL);
    for form in AdminCenter::ALL {
        let day = Instant::from_date(2031, 3, 1).unwrap();
        let occasion = Occasion { from: day, to: day, made: day, id: "id".to_owned() };
        let mut encoder = admin_center_encoder(form, &DIRECT_ROUTING_CALLS, &occasion);
        let (mut total, mut out) = (0, Vec::new());
        encoder.begin(&mut out).unwrap();
        for _ in 0..50_000 {
            encoder.rows(&batch, &mut out).unwrap();
            total += out.len();
            out.clear();
        }
        encoder.finish(&mut out).unwrap();
        // What was held back comes at the end.
        assert!(total > 0 && out.len() < 512 * 1024, "{form:?}: {} bytes of {total}", out.len());
    }
}
