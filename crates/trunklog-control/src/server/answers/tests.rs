use serde_json::{Value, json};
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::schema::SMS;
use trunklog_store::busy::BusyQuery;
use trunklog_store::cube::{SumAnswers, SumQuery, SumSource, Sums};
use trunklog_store::{
    ChangesQuery, Erase, GroupRow, Key, MAX_GROUPS, Measure, PageQuery, Report, ReportQuery, ReportValue,
    ScanQuery, Selection, Start,
};
use trunklog_store_kit::{KIT_CUBES, MemoryEngine};

use super::*;
use crate::protocol::{
    BusyHead, ChangesHead, EraseForm, LogRef, MendForm, PageHead, ReportHead, ScanHead, SelectionHead, Turn,
};

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
        Op::CubeDays { tenant: tenant(), log: log.clone() },
        Op::CheckCubes {
            tenant: tenant(),
            log: log.clone(),
            from: before,
            end: before,
            mend: MendForm::Nothing,
        },
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
        let served = Served { engine: Arc::new(MemoryEngine::new()), sets: vec![&KIT_CUBES] };
        scope.spawn(move || answer_all(server, &served).unwrap());
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

#[test]
fn sums_of_another_version_are_refused() {
    let busy = BusyQuery::all(&KIT_CUBES, [Instant::ABSENT, Instant::MAX].into());
    let (busy, buckets) = BusyHead::of(&busy).unwrap();
    let questions = protocol::encode_questions(&[SumQuery::all(&KIT_CUBES, 0, TimeRange::ALL)]).unwrap();
    let requests =
        [(Op::Busy { tenant: tenant(), busy }, buckets), (Op::Sums { tenant: tenant() }, questions)];
    let ask = |head: &Value, body: &Value| first_reply(head, &serde_json::to_vec(body).unwrap());
    for (op, body) in requests {
        let head = serde_json::to_value(Request::new(op)).unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let reply = ask(&head, &body);
        assert!(matches!(reply, Reply::Busy { .. } | Reply::Sums { .. }), "{head}: {reply:?}");
        for (member, other, what) in [
            ("version", json!("kit 0"), "the sums of directRoutingCalls"),
            ("log", json!({"name": "directRoutingCalls", "schema": 1}), "directRoutingCalls"),
            ("log", serde_json::to_value(LogRef::of(&SMS)).unwrap(), "the sums of sms"),
        ] {
            let (mut head, mut body) = (head.clone(), body.clone());
            let of_busy = head.get_mut("busy").map(|busy| &mut busy["set"]);
            *of_busy.unwrap_or_else(|| &mut body[0]["set"]).get_mut(member).unwrap() = other;
            let Reply::Error { message, .. } = ask(&head, &body) else { panic!("answered: {head} {body}") };
            let text = "than this command: restart the server";
            assert_eq!(message, format!("the running server has another version of {what} {text}"));
        }
    }
}

/// The parts in which an answer arrives.
fn parts_of(
    max_part: usize,
    send: impl FnOnce(&mut Outlet<'_>) -> std::result::Result<(), Failure> + Send,
) -> Vec<Vec<u8>> {
    let (client, mut server) = UnixStream::pair().unwrap();
    std::thread::scope(|scope| {
        let mut client = client;
        scope.spawn(|| {
            send(&mut Outlet::new(&mut server).with_max_part(max_part)).unwrap();
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
    let parts = parts_of(protocol::MAX_BODY as usize, |outlet| outlet.report(&report));
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
    let parts = parts_of(1_000, |outlet| outlet.report(&report));
    assert_eq!(groups_of(&parts), report.groups);
    for part in &parts {
        let groups = protocol::read_groups(part).unwrap().len();
        assert!(part.len() <= 1_000 || groups == 1, "{groups} groups in {} bytes", part.len());
    }
    assert!(parts.len() < report.groups.len(), "each group is sent alone");
}

#[test]
fn the_answers_to_several_questions_are_told_apart() {
    let group = |number: i64, chars: usize| GroupRow {
        by: vec![ReportValue::Null, ReportValue::Text("x".repeat(chars))],
        measures: vec![ReportValue::Int(number)],
    };
    let sums = |groups: Vec<GroupRow>| Sums { groups, source: SumSource::Rows(3) };
    let long = vec![group(1, 9_000), group(2, 9_000), group(3, 30_000), group(4, 0)];
    let many = (0..1_200).map(|number| group(number, 2)).collect();
    let answers = SumAnswers { sums: vec![sums(many), sums(vec![]), sums(long)], watermark: Watermark(1) };
    let parts = parts_of(10_000, |outlet| outlet.sums(&answers));
    let mut found: Vec<Vec<GroupRow>> = vec![Vec::new(); 3];
    for part in &parts {
        let (question, mut groups) = protocol::read_sums_part(part).unwrap();
        assert!(part.len() <= 10_000 || groups.len() == 1, "{} groups in {} bytes", groups.len(), part.len());
        found[question].append(&mut groups);
    }
    assert!(found.iter().eq(answers.sums.iter().map(|sums| &sums.groups)), "groups arrived otherwise");
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
