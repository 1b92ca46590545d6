use serde_json::{Value, json};
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::schema::SMS;
use trunklog_store::{
    ChangesQuery, Erase, GroupRow, Key, MAX_GROUPS, Measure, PageQuery, Report, ReportQuery, ReportValue,
    ScanQuery, Selection, Start,
};
use trunklog_store_kit::MemoryEngine;

use super::*;
use crate::protocol::{ChangesHead, EraseForm, LogRef, PageHead, ReportHead, ScanHead, SelectionHead, Turn};

fn tenant() -> String {
    "11111111-2222-3333-4444-555555555555".to_owned()
}

/// One of each request that is about a log, with its body.
fn requests_about_a_log() -> Vec<(Op, Vec<u8>)> {
    let selection = Selection::all(&SMS, TimeRange::ALL);
    let (log, before) = (LogRef::of(&SMS), Instant::ABSENT);
    let after = Key::new(before, "id");
    let page = PageQuery { start: Start::After(after), ..PageQuery::of(selection.clone(), 1) };
    let scan = ScanQuery { selection: selection.clone(), skip: 0, limit: None, watermark: None };
    let changes = ChangesQuery::first(selection.clone(), Watermark(0), 1);
    let report = ReportQuery {
        selection: selection.clone(),
        watermark: None,
        groups: vec![],
        measures: vec![Measure::ROWS],
    };
    let rows = || SelectionHead::of(&selection);
    let (report, groups) = ReportHead::of(&report).unwrap();
    let plain = [
        Op::Append { tenant: tenant(), log: log.clone() },
        Op::Page { tenant: tenant(), page: PageHead::of(&page) },
        Op::Count { tenant: tenant(), rows: rows(), watermark: None },
        Op::Scan { tenant: tenant(), scan: ScanHead::of(&scan) },
        Op::Changes { tenant: tenant(), changes: ChangesHead::of(&changes) },
        Op::ChangedBuckets { tenant: tenant(), log: log.clone(), after: 0 },
        Op::Row { tenant: tenant(), log: log.clone(), time: before, id: "id".to_owned() },
        Op::Erase { tenant: tenant(), rows: rows(), what: EraseForm::of(&Erase::Rows) },
        Op::Forget { tenant: tenant(), log: log.clone(), before },
        Op::Forgettable { tenant: tenant(), log: log.clone(), before },
        Op::Verify { tenant: tenant(), log, from: 0 },
    ];
    let mut requests: Vec<(Op, Vec<u8>)> = plain.into_iter().map(|op| (op, Vec::new())).collect();
    requests.push((Op::Report { tenant: tenant(), report }, groups));
    requests
}

/// The first message that comes back.
fn first_reply(head: &Value, body: &[u8]) -> Reply {
    let (mut client, server) = UnixStream::pair().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || answer_all(server, &MemoryEngine::new()).unwrap());
        protocol::write_message(&mut client, head, body).unwrap();
        let (reply, _) = protocol::read_message::<Reply>(&mut client).unwrap();
        drop(client);
        reply
    })
}

/// Puts another number wherever a schema is; tells how many there were.
fn exchange_schemas(value: &mut Value) -> usize {
    let Value::Object(members) = value else { return 0 };
    let mut exchanged = 0;
    for (name, member) in members {
        if name == "schema" {
            *member = json!(1);
            exchanged += 1;
        }
        exchanged += exchange_schemas(member);
    }
    exchanged
}

#[test]
fn a_request_about_another_schema_is_refused() {
    for (op, body) in requests_about_a_log() {
        let mut head = serde_json::to_value(Request::new(op)).unwrap();
        let reply = first_reply(&head, &body);
        assert!(!matches!(reply, Reply::Error { .. }), "{head}: {reply:?}");

        assert_eq!(exchange_schemas(&mut head), 1, "{head}");
        let Reply::Error { message, .. } = first_reply(&head, &body) else { panic!("answered: {head}") };
        assert_eq!(
            message,
            "the running server has another version of sms than this command: restart the server"
        );
    }
}

/// The parts in which the groups of a report arrive.
fn parts_of(report: &Report, max_part: usize) -> Vec<Vec<u8>> {
    let (client, mut server) = UnixStream::pair().unwrap();
    std::thread::scope(|scope| {
        let mut client = client;
        scope.spawn(|| {
            Outlet::new(&mut server).with_max_part(max_part).report(report).unwrap();
            protocol::write_message(&mut server, &Reply::Done, b"").unwrap();
        });
        let mut parts = Vec::new();
        loop {
            let (reply, part) = protocol::read_message::<Reply>(&mut client).unwrap();
            if !matches!(reply, Reply::Part) {
                return parts;
            }
            parts.push(part);
            protocol::write_message(&mut client, &Turn::More, b"").unwrap();
        }
    })
}

fn groups_of(parts: &[Vec<u8>]) -> Vec<GroupRow> {
    parts.iter().flat_map(|part| protocol::read_groups(part).unwrap()).collect()
}

#[test]
fn the_largest_report_arrives_in_parts() {
    let bins = || ReportValue::Bins((0..40_u16).map(|bin| (bin, u64::from(bin) + 1)).collect());
    let group = |number: usize| GroupRow {
        by: vec![ReportValue::Text(format!("group {number}"))],
        measures: vec![ReportValue::Int(1), bins()],
    };
    let report = Report { groups: (0..MAX_GROUPS).map(group).collect(), watermark: Watermark(1) };
    let parts = parts_of(&report, protocol::MAX_BODY as usize);
    assert!(groups_of(&parts) == report.groups, "groups arrived otherwise");
    assert!(parts.len() > 1);
}

#[test]
fn groups_that_do_not_fit_into_a_message_are_sent_in_halves() {
    let group = |chars: usize| GroupRow {
        by: vec![ReportValue::Text("x".repeat(chars))],
        measures: vec![ReportValue::Int(1)],
    };
    let groups: Vec<GroupRow> = [10, 200, 3_000, 40, 1, 990, 0, 700, 700].into_iter().map(group).collect();
    let report = Report { groups, watermark: Watermark(1) };
    let parts = parts_of(&report, 1_000);
    assert_eq!(groups_of(&parts), report.groups);
    for part in &parts {
        let groups = protocol::read_groups(part).unwrap().len();
        assert!(part.len() <= 1_000 || groups == 1, "{groups} groups in {} bytes", part.len());
    }
    assert!(parts.len() < report.groups.len(), "each group is sent alone");
}

#[test]
fn a_client_that_has_enough_gets_the_end_at_once() {
    let group = GroupRow { by: vec![], measures: vec![] };
    let report = Report { groups: vec![group; 5_000], watermark: Watermark(1) };
    for (turn, is_sent) in [(Some(Turn::Enough), true), (None, false)] {
        let (mut client, mut server) = UnixStream::pair().unwrap();
        std::thread::scope(|scope| {
            let sending = scope.spawn(|| Outlet::new(&mut server).report(&report));
            let (reply, _) = protocol::read_message::<Reply>(&mut client).unwrap();
            assert!(matches!(reply, Reply::Part));
            if let Some(turn) = turn {
                protocol::write_message(&mut client, &turn, b"").unwrap();
            }
            // Going away breaks the answer off, too.
            drop(client);
            let sent = sending.join().unwrap();
            assert_eq!(sent.is_ok(), is_sent, "{turn:?}: {sent:?}");
            assert!(matches!(sent, Ok(()) | Err(Failure::Gone)), "{sent:?}");
        });
    }
}
