//! To which log rows go, and what is told of what is none.

use trunklog_records::schema::SMS;

use super::*;

/// A row that only one log can have.
fn marked(id: u64, log: &'static Log) -> String {
    let time = "2026-11-24T08:15:00Z";
    if log == &PSTN_CALLS {
        format!(r#"{{"id":"{id}","callId":"c","startDateTime":"{time}","charge":0.10,"currency":"EUR"}}"#)
    } else {
        format!(r#"{{"id":"{id}","correlationId":"c","startDateTime":"{time}","finalSipCode":0}}"#)
    }
}

/// Rows of two logs in turn, a line each.
fn in_turn(count: u64) -> String {
    let log = |id: u64| if id.is_multiple_of(2) { &DIRECT_ROUTING_CALLS } else { &PSTN_CALLS };
    (0..count).map(|id| marked(id, log(id)) + "\n").collect()
}

#[test]
fn rows_of_two_logs_in_turn_make_full_batches() {
    let store = Memory::default();
    let (outcome, rejected) = run(&import(10), vec![input("a", in_turn(45))], &store);
    let summary = outcome.unwrap();
    assert!(rejected.is_empty(), "{rejected:?}");
    assert_eq!((store.count_of(&DIRECT_ROUTING_CALLS), store.count_of(&PSTN_CALLS)), (23, 22));
    assert_eq!(*store.batches.lock().unwrap(), [10, 10, 10, 10, 3, 2]);
    let by_log: Vec<_> = summary.appended_by_log.iter().map(|(log, rows)| (*log, rows.new)).collect();
    assert_eq!(by_log, [("directRoutingCalls", 23), ("pstnCalls", 22)]);
    assert_eq!(summary.appended.new, 45);
}

#[test]
fn open_batches_share_one_limit_of_text() {
    let store = Memory::default();
    let row = marked(0, &PSTN_CALLS).len();
    let import = Import { batch_bytes: 4 * row, ..import(1_000) };
    run(&import, vec![input("a", in_turn(200))], &store).0.unwrap();
    // Less text is kept of a row than it has as JSON.
    let batches = store.batches.lock().unwrap();
    assert!(batches.len() > 2, "{batches:?}");
    assert_eq!(batches.iter().sum::<usize>(), 200);
}

#[test]
fn rows_that_fit_two_logs_are_rejected_in_any_order() {
    let unclear = r#"{"id":"u","startDateTime":"2026-11-24T08:15:00Z","callType":"new","duration":3}"#;
    let plain = r#"{"id":"e","startDateTime":"2026-11-24T08:15:00Z","endDateTime":"2026-11-24T08:15:00Z"}"#;
    let told = r#"{"id":"t","startDateTime":"2026-11-24T08:15:00Z","callType":"user_out","duration":3}"#;
    let [direct, pstn] = [marked(1, &DIRECT_ROUTING_CALLS), marked(2, &PSTN_CALLS)];
    let neighbours = [(direct.as_str(), 1, 1), (pstn.as_str(), 0, 2), ("", 0, 1)];
    for (neighbour, calls, pstn_calls) in neighbours {
        for lines in [[neighbour, unclear, plain, told], [told, plain, unclear, neighbour]] {
            let store = Memory::default();
            let (outcome, rejected) = run(&import(10), vec![input("a", lines.join("\n"))], &store);
            assert_eq!(outcome.unwrap().rejected_total(), 2, "{rejected:?}");
            let either = "could be a row of directRoutingCalls or of pstnCalls: say which with --log";
            assert!(rejected.iter().any(|told| told.contains(either)), "{rejected:?}");
            assert!(rejected.iter().any(|told| told.contains("only rows of a log have")), "{rejected:?}");
            assert_eq!(store.count_of(&DIRECT_ROUTING_CALLS), calls, "{neighbour}");
            assert_eq!(store.count_of(&PSTN_CALLS), pstn_calls, "{neighbour}");
        }
    }
    for log in [&DIRECT_ROUTING_CALLS, &PSTN_CALLS] {
        let store = Memory::default();
        let import = Import { log: Some(log), ..import(10) };
        let text = [unclear, plain, told].join("\n");
        let (outcome, rejected) = run(&import, vec![input("a", text)], &store);
        assert_eq!(outcome.unwrap().rows, 3, "{rejected:?}");
        assert_eq!(store.count_of(log), 3);
    }
}

#[test]
fn the_type_of_a_row_comes_before_its_page() {
    let typed = r##"{"Id":"1","SentDateTime":"2026-11-24T08:15:00Z","AdditionalProperties":{"@odata.type":"#microsoft.graph.callRecords.smsLogRow"}}"##;
    let page = format!(
        r#"{{"@odata.context":"https://g/v1.0/$metadata#Collection(microsoft.graph.callRecords.pstnCallLogRow)","value":[{typed}]}}"#
    );
    let store = Memory::default();
    let (outcome, rejected) = run(&import(10), vec![input("a", page)], &store);
    assert_eq!(outcome.unwrap().rows, 1, "{rejected:?}");
    assert_eq!(store.count_of(&SMS), 1);
}

#[test]
fn pages_of_other_types_are_rejected_by_name() {
    let store = Memory::default();
    let page = |context: &str| {
        format!(r#"{{"@odata.context":"https://g/v1.0/$metadata#{context}","value":[{}]}}"#, row(1))
    };
    for (context, named) in [
        ("communications/callRecords", "callRecord"),
        ("communications/callRecords(sessions(segments()))/$entity", "callRecord"),
        ("Collection(microsoft.graph.callRecords.session)", "session"),
        ("users", "user"),
    ] {
        for import in [import(10), Import { log: Some(&DIRECT_ROUTING_CALLS), ..import(10) }] {
            let (outcome, rejected) = run(&import, vec![input("a", page(context))], &store);
            assert_eq!(outcome.unwrap().rows, 0, "{context}");
            assert!(rejected.len() == 1 && rejected[0].contains(named), "{context}: {rejected:?}");
        }
    }
    assert_eq!(store.count_of(&DIRECT_ROUTING_CALLS), 0);
}

#[test]
fn answers_without_rows_are_missing_pages() {
    let store = Memory::default();
    let error = r#"{"error":{"code":"TooManyRequests","message":"m"}}"#;
    let text = format!("{}\n{error}\n[{},{error}]\n", row(1), row(2));
    let inputs = vec![input("a", text), input("b", "<html><title>502 Bad Gateway</title></html>")];
    let (outcome, rejected) = run(&import(10), inputs, &store);
    let summary = outcome.unwrap();
    assert!(rejected.is_empty(), "{rejected:?}");
    assert_eq!((summary.rows, summary.rejected_total(), summary.missing_pages_total), (2, 0, 3));
    let missing: Vec<String> = summary.missing_pages.iter().map(ToString::to_string).collect();
    assert_eq!(
        missing,
        [
            "a:2: an error (TooManyRequests)",
            "a:3: an error (TooManyRequests)",
            "b:1: a web page, as gateways send it (status 502)",
        ]
    );
}

#[test]
fn what_no_reader_knows_is_rejected_once() {
    let store = Memory::default();
    let table = "CorrelationId,SIP address,Display name\n".to_owned() + &"1,a@b.example,A\n".repeat(10_000);
    let (outcome, rejected) = run(&import(10), vec![input("a.csv", table), input("b", rows(0..3))], &store);
    assert_eq!(outcome.unwrap().rows, 3);
    assert_eq!(rejected.len(), 1);
    assert!(rejected[0].starts_with("a.csv:1: a table (CSV)"), "{rejected:?}");
    assert!(rejected[0].ends_with(": CorrelationId,SIP address,Display name"), "{rejected:?}");
}
