//! Files of the admin centre, of scripts, of spreadsheets.

use serde_json::json;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS, RECORDED_BY, SMS};
use trunklog_records::{Cell, Oddity};

use super::*;

/// An export as the documentation of 2023 has it, one call that was established and
/// one that failed.
const DIRECT_ROUTING: &str = "CorrelationId,AAD ObjectId,UPN,Display Name,User country,External Country,Invite time,\
    Start time,Failure time,End time,Duration (seconds),Success,Caller Number,Callee Number,Call type,Call Direction,\
    Azure region for Media,Azure region for Signaling,Final SIP code,Final Microsoft subcode,Final SIP Phrase,SBC FQDN,\
    Media bypass,Shared correlation ID\r\n\
    c1,u1,ann@example.com,Ann Lee,US,??,2023-04-05T06:07:08.123Z,2023-04-05T06:07:08.456Z,,2023-04-05T06:08:08.456Z,60,\
    Yes,+14255550123,+14255550100,dr_in,Inbound,USWE,USWE,0,540000,BYE,sbc1.example.com,No,s1\r\n\
    c2,u1,ann@example.com,Ann Lee,US,GB,2023-04-05T07:00:00.000Z,2023-04-05T07:00:04.000Z,2023-04-05T07:00:04.000Z,,4,No,\
    +14255550100,+442079460123,Dr_Out_User_Transfer,Outbound,USWE,USWE,486,560486,\"Busy, here\",sbc1.example.com,No,\r\n";

const CALLING_PLANS: &str = "UsageId,Call ID,Conference ID,User Location,AAD ObjectId,UPN,User Display Name,Caller ID,\
    Call Type,Call Direction,Number Type,Domestic/International,Destination Dialed,Destination Number,External Country,\
    Start Time,End Time,Duration Seconds,Connection Fee,Charge,Currency,Capability,Operator,Source of Call Duration,\
    Administrative Units\r\n\
    p1,000000001@192.0.2.7,,US,u1,ann@example.com,Ann Lee,+14255550100,user_out,Outbound,Subscriber,International,Germany,\
    +49305550***,DE,2024-05-06T07:08:09.1234567Z,2024-05-06T07:09:39.1234567Z,90,0.00,0.10,USD,MCOPSTN2,Microsoft,\
    Microsoft,north;south\r\n\
    m1,sms-7,,US,u1,ann@example.com,Ann Lee,+14255550100,sms_out,Outbound,,International,Germany,+49305550***,DE,\
    2024-05-06T07:08:09Z,,,,0.01,USD,MCOSMS1,Microsoft,,\r\n";

/// What the admin centre wrote for the pilots: other names, and no numbers.
const OLD: &str = "CorrelationId,SIP address,Display name,User country,Invite time,Start time,Failure time,End time,\
    Duration (seconds),Number type,Media bypass,SBC FQDN,Azure region,Event type,Final SIP code,Final Microsoft subcode,\
    Final SIP phrase,Unique Customer Support ID\r\n\
    c1,mara.field@fabrikam.example,Mara Field,GB,2031-03-21T08:00:00Z,2031-03-21T08:00:01Z,,2031-03-21T08:00:41Z,40,dr_in,\
    No,sbc9.fabrikam.example,EUWE,Success,0,540000,BYE,support-1\r\n";

#[test]
fn calls_of_direct_routing_become_graphs() {
    let mut found = read(DIRECT_ROUTING);
    assert!(found.rejected.is_empty(), "{found:?}");
    assert_eq!(found.notes.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3]);
    let rows = found.rows_of(&DIRECT_ROUTING_CALLS);
    let value = |name: &str, row| {
        let at = DIRECT_ROUTING_CALLS.index_of(name).unwrap();
        rows.column(at).value(row).map(|cell: Cell<'_>| cell.to_string())
    };
    for (name, of_first, of_second) in [
        ("correlationId", Some("c1"), Some("c2")),
        ("userId", Some("u1"), Some("u1")),
        ("userCountryCode", Some("US"), Some("US")),
        ("otherPartyCountryCode", None, Some("GB")),
        ("startDateTime", Some("2023-04-05T06:07:08.456Z"), Some("2023-04-05T07:00:04Z")),
        ("failureDateTime", Some("0001-01-01T00:00:00Z"), Some("2023-04-05T07:00:04Z")),
        ("endDateTime", Some("2023-04-05T06:08:08.456Z"), Some("0001-01-01T00:00:00Z")),
        ("duration", Some("60"), Some("4")),
        ("callType", Some("ByotIn"), Some("ByotOutUserTransfer")),
        ("successfulCall", Some("true"), Some("false")),
        ("mediaBypassEnabled", Some("false"), Some("false")),
        ("finalSipCodePhrase", Some("BYE"), Some("Busy, here")),
        ("sharedCorrelationId", Some("s1"), None),
        (RECORDED_BY, Some("export"), Some("export")),
    ] {
        assert_eq!((value(name, 0).as_deref(), value(name, 1).as_deref()), (of_first, of_second), "{name}");
    }
    assert_eq!(rows.column(DIRECT_ROUTING_CALLS.properties.len()).value(0), None, "the direction is known");
    assert_eq!(rows.id(0).len(), 36);
}

#[test]
fn calls_of_calling_plans_and_messages_go_to_their_logs() {
    let mut found = read(CALLING_PLANS);
    assert!(found.rejected.is_empty(), "{found:?}");
    let call = &found.json_of(&PSTN_CALLS)[0];
    for (name, expected) in [
        ("id", json!("p1")),
        ("callId", json!("000000001@192.0.2.7")),
        ("conferenceId", json!(null)),
        ("usageCountryCode", json!("US")),
        ("startDateTime", json!("2024-05-06T07:08:09.1234567Z")),
        ("connectionCharge", json!(0.00)),
        ("inventoryType", json!("Subscriber")),
        ("destinationName", json!("Germany")),
        ("otherPartyCountryCode", json!("DE")),
        ("callDurationSource", json!("microsoft")),
        ("administrativeUnitInfos", json!([{"id": "north"}, {"id": "south"}])),
    ] {
        assert_eq!(call[name], expected, "{name}");
    }
    let message = &found.json_of(&SMS)[0];
    for (name, expected) in [
        ("id", json!("m1")),
        ("smsId", json!("sms-7")),
        ("smsType", json!("sms_out")),
        ("sourceNumber", json!("+14255550100")),
        ("destinationNumber", json!("+49305550***")),
        ("sentDateTime", json!("2024-05-06T07:08:09Z")),
        ("callCharge", json!(0.01)),
        ("licenseCapability", json!("MCOSMS1")),
        ("operator", json!("Microsoft")),
    ] {
        assert_eq!(message[name], expected, "{name}");
    }
}

#[test]
fn older_exports_and_unknown_columns_are_read() {
    let mut found = read(OLD);
    let call = &found.json_of(&DIRECT_ROUTING_CALLS)[0];
    for (name, expected) in [
        ("callType", json!("ByotIn")),
        ("successfulCall", json!(true)),
        ("mediaPathLocation", json!("EUWE")),
        ("userPrincipalName", json!("mara.field@fabrikam.example")),
        ("callerNumber", json!(null)),
        ("uniqueCustomerSupportId", json!("support-1")),
    ] {
        assert_eq!(call[name], expected, "{name}");
    }
}

#[test]
fn the_same_call_has_one_id_in_exports_of_all_years() {
    let id = |text: &str| read(text).rows_of(&DIRECT_ROUTING_CALLS).id(0).to_owned();
    let first = "CorrelationId,SIP Address,Invite time,Start time,Caller Number,Callee Number,Call type,SBC FQDN\r\n\
        c1,ann@example.com,2023-04-05T06:07:08.123Z,2023-04-05T06:07:08.456Z,+14255550123,+14255550100,ByotIn,\
        sbc1.example.com\r\n";
    assert_eq!(id(first), id(DIRECT_ROUTING));
    assert_eq!(id(&first.replace("ByotIn", "dr_in")), id(DIRECT_ROUTING));
    assert_ne!(id(&first.replace("c1", "c9")), id(DIRECT_ROUTING));
}

#[test]
fn encodings_separators_and_line_ends_change_nothing() {
    let expected = read(DIRECT_ROUTING).sorted();
    assert_eq!(expected.len(), 2);
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let with_tabs = DIRECT_ROUTING.replace("\"Busy, here\"", "\"Busy\u{1} here\"").replace(',', "\t");
    let with_tabs = with_tabs.replace('\u{1}', ",");
    for (what, bytes) in [
        ("a mark", format!("\u{feff}{DIRECT_ROUTING}").into_bytes()),
        ("LF", DIRECT_ROUTING.replace("\r\n", "\n").into_bytes()),
        ("UTF-16", utf16(&format!("\u{feff}{DIRECT_ROUTING}"))),
        ("UTF-16 without a mark", utf16(DIRECT_ROUTING)),
        ("tabs", with_tabs.clone().into_bytes()),
        ("a line for spreadsheets", format!("sep=\t\r\n{with_tabs}").into_bytes()),
        ("blank lines", DIRECT_ROUTING.replace("\r\n", "\r\n\r\n").into_bytes()),
        ("names in capitals", DIRECT_ROUTING.replace("CorrelationId", "CORRELATION ID").into_bytes()),
        ("times that say UTC", DIRECT_ROUTING.replace("Start time", "Start time (UTC)").into_bytes()),
    ] {
        let mut found = read(&bytes);
        assert!(found.rejected.is_empty(), "{what}: {found:?}");
        assert_eq!(found.sorted(), expected, "{what}");
    }
}

#[test]
fn translated_names_are_read() {
    let names = [
        ("CorrelationId", "Korrelations-ID"),
        ("Display Name", "Anzeigename"),
        ("Invite time", "Einladungszeit (UTC)"),
        ("Start time", "Startzeit (UTC)"),
        ("Failure time", "Fehlerzeit (UTC)"),
        ("End time", "Endzeit (UTC)"),
        ("Duration (seconds)", "Dauer (Sekunden)"),
        ("Final SIP code", "Endgültiger SIP-Code"),
        ("SBC FQDN", "SBC-FQDN"),
        (",No,", ",Nein,"),
        (",Yes,", ",Ja,"),
        ("Yes,", "Ja,"),
    ];
    let german = names.iter().fold(DIRECT_ROUTING.to_owned(), |text, (from, to)| text.replace(from, to));
    assert!(german.contains("Korrelations-ID") && german.contains("Nein"));
    assert_eq!(read(german).sorted(), read(DIRECT_ROUTING).sorted());
}

#[test]
fn what_excel_changed_is_rejected_by_line_with_column_and_cause() {
    let resaved = "sep=;\r\nCorrelationId;SIP address;Invite time;Start time;Failure time;End time;Caller Number;\
        Duration (seconds);Number type;Media bypass;SBC FQDN;Event type\r\n\
        c1;mara@example.com;21.03.2031 09:00;21.03.2031 09:00;;21.03.2031 09:00;4,93012E+11;40;dr_in;Nein;sbc9;Success\r\n\
        c2;mara@example.com;2031-03-21T08:00:00Z;2031-03-21T08:00:00Z;;;4930123456;40;dr_in;Nein;sbc9;Success\r\n\
        c3;mara@example.com;2031-03-21T08:00:00Z;2031-03-21T08:00:00Z;;;+4930123456;40;dr_in;Nein;sbc9;Success\r\n";
    let utf16: Vec<u8> = format!("\u{feff}{resaved}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [resaved.as_bytes(), &utf16] {
        let mut found = read(bytes);
        assert_eq!(found.rejected.iter().map(|(line, ..)| *line).collect::<Vec<_>>(), [3, 4]);
        let reasons = reasons(&found);
        assert!(reasons[0].starts_with("Invite time, Start time, End time: a date in the form of a country"));
        assert!(reasons[0].contains("; Caller Number: only the first digits are left"), "{reasons:?}");
        assert!(reasons[1].starts_with("Caller Number: a number without its +"), "{reasons:?}");
        for secret in ["4,93", "4930123456", "21.03", "mara"] {
            assert!(!reasons.concat().contains(secret), "{reasons:?}");
        }
        assert_eq!(found.rows_of(&DIRECT_ROUTING_CALLS).len(), 1);
    }
}

/// A rejected record is kept alone. Without the names of its columns nobody could read it
/// again, and its reason would be that it has none.
#[test]
fn what_is_rejected_is_read_again_with_the_names_of_its_columns() {
    let names = "CorrelationId;SIP address;Invite time;Start time;Failure time;End time;Caller Number;Duration \
        (seconds);Number type;Media bypass;SBC FQDN;Event type";
    let record =
        "c1;mara@example.com;21.03.2031 09:00;2031-03-21T08:00:00Z;;;+4930123456;40;dr_in;Nein;sbc9;Success";
    let other = "id,startDateTime,callType\n1,yesterday,ByotIn\n";
    let found = read(format!("sep=;\r\n{names}\r\n{record}\r\n{other}"));
    assert_eq!(found.rejected.len(), 2, "{found:?}");
    for (_, reason, text) in &found.rejected {
        assert_eq!(reasons(&read(text)), [reason.as_str()], "{text}");
    }
    let mended = found.rejected[0].2.replace("21.03.2031 09:00", "2031-03-21T08:00:00Z");
    assert_eq!(read(mended).rows_of(&DIRECT_ROUTING_CALLS).len(), 1);
}

/// PowerShell writes the mark, too, and quotes around all names; it keeps nobody from
/// calculating, so a `'` of its tables belongs to the text.
#[test]
fn what_kept_spreadsheets_from_calculating_is_taken_off_again() {
    let table = |mark: &str, name: &str| {
        format!("{mark}{name},sentDateTime,destinationName\nm1,2031-03-21T08:00:00Z,'=1+1\n")
    };
    let destination = |table: &str| read(table).json_of(&SMS)[0]["destinationName"].clone();
    for (mark, name, expected) in
        [("\u{feff}", "smsId", "=1+1"), ("", "smsId", "'=1+1"), ("\u{feff}", "\"smsId\"", "'=1+1")]
    {
        assert_eq!(destination(&table(mark, name)), expected, "{mark:?} {name}");
    }
    let for_people = table("\u{feff}", "smsId");
    // A rejected record is read again as it was.
    let found = read(for_people.replace("2031-03-21T08:00:00Z", "yesterday"));
    assert_eq!(destination(&found.rejected[0].2.replace("yesterday", "2031-03-21T08:00:00Z")), "=1+1");
    // Tables that were put together have each their own.
    let mut both = read(format!("{}{for_people}", table("", "smsId").replace("m1", "m0")));
    let destinations: Vec<_> = both.json_of(&SMS).iter().map(|row| row["destinationName"].clone()).collect();
    assert_eq!(destinations, ["'=1+1", "=1+1"]);
}

#[test]
fn rows_with_graphs_names_are_read_as_their_json() {
    let names = "id,correlationId,userId,startDateTime,failureDateTime,endDateTime,duration,callType,successfulCall,\
        callerNumber,mediaBypassEnabled,trunkFullyQualifiedDomainName,administrativeUnitInfos";
    let quoted = |line: &str| format!("\"{}\"", line.replace(',', "\",\""));
    // As Export-Csv of Windows PowerShell writes it, and the CLI for Microsoft 365.
    let power_shell = format!(
        "#TYPE System.Management.Automation.PSCustomObject\r\n{}\r\n{}\r\n",
        quoted(names),
        quoted(
            "a,c,u,2031-03-21T08:00:00.105Z,0001-01-01T00:00:00Z,2031-03-21T08:00:40.105Z,40,ByotIn,True,+4930123456,\
             False,sbc9,System.Object[]"
        )
        .replace("\"u\"", "")
    );
    let cli = format!(
        "{names}\na,c,,2031-03-21T08:00:00.105Z,0001-01-01T00:00:00Z,2031-03-21T08:00:40.105Z,40,ByotIn,1,+4930123456,0,\
         sbc9,\n"
    );
    let mut expected = None;
    for text in [power_shell, cli] {
        let mut found = read(&text);
        assert!(found.rejected.is_empty(), "{found:?}");
        let row = found.json_of(&DIRECT_ROUTING_CALLS).remove(0);
        assert_eq!(row["userId"], json!(null));
        assert_eq!((&row["successfulCall"], &row["mediaBypassEnabled"]), (&json!(true), &json!(false)));
        assert_eq!(expected.get_or_insert(row.clone()), &row);
        let rows = read(&text).rows_of(&DIRECT_ROUTING_CALLS);
        let at = DIRECT_ROUTING_CALLS.index_of(RECORDED_BY).unwrap();
        assert_eq!(rows.column(at).value(0), None, "Graph recorded it");
    }
}

#[test]
fn local_dates_of_scripts_are_rejected() {
    let text = "id,correlationId,startDateTime,trunkFullyQualifiedDomainName\r\na,c,11/1/2019 12:00:25 AM,sbc\r\n\
        b,c,2019-11-01T00:00:25,sbc\r\n";
    let found = read(text);
    let reasons = reasons(&found);
    assert!(reasons[0].starts_with("startDateTime: a date in the form of a country"), "{reasons:?}");
    assert!(reasons[1].starts_with("startDateTime: expected a date with time and zone"), "{reasons:?}");
}

#[test]
fn a_table_of_few_columns_needs_its_log() {
    let text = "id,calleeNumber,callerNumber,startDateTime\na,+49,+49,2031-03-21T08:00:00Z\n";
    assert!(is_table(text.as_bytes()));
    let found = read(text);
    assert!(reasons(&found)[0].ends_with("say which with --log"), "{found:?}");
    let premise = Premise { log: Some(&PSTN_CALLS), ..Premise::default() };
    assert_eq!(read_from(text.as_bytes(), None, premise).rows_of(&PSTN_CALLS).len(), 1);
}

#[test]
fn tables_that_were_put_together_are_read() {
    let both = format!("{DIRECT_ROUTING}{CALLING_PLANS}\u{feff}sep=,\r\n{DIRECT_ROUTING}");
    let mut found = read(both);
    assert!(found.rejected.is_empty(), "{found:?}");
    assert_eq!((found.notes.len(), found.rows_of(&DIRECT_ROUTING_CALLS).len()), (6, 4));
    // Names that come again change nothing.
    let again = format!("{DIRECT_ROUTING}{DIRECT_ROUTING}");
    let found = read(&again);
    assert!(found.positions.iter().all(Option::is_some));
}

#[test]
fn what_is_no_row_keeps_no_other_out() {
    let (names, rows) = DIRECT_ROUTING.split_once("\r\n").unwrap();
    let (first, second) = rows.split_once("\r\n").unwrap();
    for (bad, reason) in [
        ("c1,u1", "not as many values as there are columns"),
        (&format!("{first},more"), "not as many values as there are columns"),
        (&first.replace("Ann Lee", "Ann, Lee"), "not as many values as there are columns"),
        (&first.replace("Ann Lee", "\"Ann Lee"), "not as many values"),
        (&first.replace(",60,", ",a minute,"), "Duration (seconds): expected a whole number"),
        (&first.replace("2023-04-05T06:07:08.456Z", ""), "Start time: empty"),
        ("\"\"", "not as many values"),
    ] {
        let text = format!("{names}\r\n{bad}\r\n{second}");
        let mut found = read(&text);
        assert_eq!(found.rows_of(&DIRECT_ROUTING_CALLS).len(), 1, "{bad}: {found:?}");
        assert!(
            found.rejected.iter().any(|(line, told, _)| *line == 2 && told.starts_with(reason)),
            "{found:?}"
        );
        assert!(found.rejected.iter().all(|(_, told, _)| !told.contains("Ann")), "{found:?}");
    }
    // A letter in the code page of a country.
    let mut bytes = format!("{names}\r\n{first}\r\n{second}").into_bytes();
    let at = text_at(&bytes, b"Ann Lee");
    bytes[at] = 0xc4;
    let mut found = read(&bytes);
    assert!(reasons(&found)[0].starts_with("not UTF-8"), "{found:?}");
    assert_eq!(found.rows_of(&DIRECT_ROUTING_CALLS).len(), 1);
}

fn text_at(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).position(|window| window == text).unwrap()
}

#[test]
fn a_last_line_without_its_end_is_told() {
    let cut = DIRECT_ROUTING.trim_end();
    let found = read(cut);
    assert_eq!(found.notes.last().unwrap().1.oddity, Some(Oddity::NoLineEnd));
    assert_eq!(found.notes[0].1.oddity, None);
    let found = read(DIRECT_ROUTING.replace(",60,", ",-60,"));
    assert_eq!(found.notes[0].1.oddity, Some(Oddity::NegativeDuration));
}

#[test]
fn files_without_known_names_are_rejected_once() {
    for text in ["", "a,b,c\n1,2,3\n", "{\"id\":1}", "\"CorrelationId"] {
        assert!(!is_table(text.as_bytes()), "{text}");
    }
    let mut found = read("a,b,c\n1,2,3\n4,5,6\n");
    assert_eq!(found.rejected.len(), 1);
    assert!(found.sorted().is_empty());
}

#[test]
fn a_table_without_the_time_of_its_rows_is_rejected_once_and_a_line_without_it_alone() {
    let without = |column: &str, text: &str| {
        let (names, rows) = text.split_once("\r\n").unwrap();
        let at = names.split(',').position(|name| name == column).unwrap();
        let line = |line: &str| -> String {
            let left = line.split(',').enumerate().filter(|(number, _)| *number != at);
            left.map(|(_, text)| text).collect::<Vec<_>>().join(",")
        };
        std::iter::once(names).chain(rows.lines()).map(|text| line(text) + "\r\n").collect::<String>()
    };
    let of_graph = "id,correlationId,startDateTime,callType,trunkFullyQualifiedDomainName\r\n\
        a,c,2031-03-21T08:00:00Z,ByotIn,sbc\r\nb,c,,ByotIn,sbc\r\nd,c,2031-03-21T08:00:00Z,ByotIn,sbc\r\n";
    for (text, log, column) in [
        (without("Start time", DIRECT_ROUTING), &DIRECT_ROUTING_CALLS, "startDateTime"),
        (without("Start Time", CALLING_PLANS), &PSTN_CALLS, "startDateTime"),
        (without("startDateTime", of_graph), &DIRECT_ROUTING_CALLS, "startDateTime"),
        ("smsId,smsUnits,startDateTime\r\n1,2,3\r\n4,5,6\r\n".to_owned(), &SMS, "sentDateTime"),
    ] {
        assert!(is_table(text.as_bytes()), "{text}");
        let mut found = read(&text);
        let told = reasons(&found);
        assert_eq!((told.len(), found.rejected[0].0), (1, 1), "{found:?}");
        let reason = format!("a table of {} without the time of its rows", log.name);
        assert!(told[0].starts_with(&reason) && told[0].contains(&format!("column {column}")), "{told:?}");
        assert!(found.sorted().is_empty());
    }
    // The accounting of a SIP server is no table of Graph's.
    assert!(!is_table(b"id,method,from_tag,to_tag,callid,sip_code,time\n1,INVITE,a,b,c,200,2461368.4\n"));
    let mut found = read(of_graph);
    assert_eq!(found.rejected.len(), 1);
    let (line, reason, _) = &found.rejected[0];
    assert_eq!((*line, reason.as_str()), (3, "startDateTime is missing"));
    assert_eq!(found.rows_of(&DIRECT_ROUTING_CALLS).len(), 2);
}

#[test]
fn a_file_is_read_on_from_each_place() {
    let text = format!("{DIRECT_ROUTING}bad line\r\n\r\n{}", DIRECT_ROUTING.split_once("\r\n").unwrap().1);
    for bytes in [text.clone().into_bytes(), format!("\u{feff}sep=,\r\n{text}").into_bytes()] {
        let whole = read(&bytes);
        assert_eq!((whole.notes.len(), whole.rejected.len()), (4, 1));
        for (passed, position) in whole.positions.iter().enumerate() {
            let rest = read_from(&bytes, position.as_deref(), Premise::default());
            assert_eq!(rest.positions, whole.positions[passed + 1..]);
        }
        for position in ["", "{}", "{\"at\":0,\"line\":1}", "nonsense"] {
            let all = read_from(&bytes, Some(position), Premise::default());
            assert_eq!(all.notes, whole.notes, "{position}");
        }
    }
}
