use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use trunklog_odata::Instant;
use trunklog_odata::expr::{Direction, Expr, Kind, Literal, Node, OrderBy};
use trunklog_records::schema::{LOGS, SMS};
use trunklog_records::{RowBuilder, TimeRange};
use trunklog_store::busy::{BusyGroup, BusyQuery, Load};
use trunklog_store::cube::{CubeCheck, CubeDays, CubeDifference, KeyChoice, Mend, SumQuery};
use trunklog_store::{
    Aggregate, ChangedBuckets, Changes, ChangesQuery, Error, ErrorKind, Fault, Group, GroupRow, Key, Measure,
    Operand, OrderValue, Reason, Removal, ReportQuery, ReportValue, Selection, Verification, Watermark,
};

use trunklog_store_kit::KIT_CUBES;

use super::request::VERSION;
use super::*;

fn instant(ticks: i64) -> Instant {
    Instant::from_ticks(ticks).unwrap()
}

/// A head or a reply as it arrives.
fn sent<T: Serialize + DeserializeOwned>(head: &T) -> T {
    serde_json::from_slice(&serde_json::to_vec(head).unwrap()).unwrap()
}

#[test]
fn errors_of_all_kinds_arrive_as_they_were() {
    for kind in ErrorKind::ALL {
        let reply = Reply::error(&Error::new(kind, "what failed").caused_by("why"));
        let error = sent(&reply).into_result().unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, "what failed"));
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "why");
    }
}

#[test]
fn an_error_of_an_unknown_kind_keeps_its_words() {
    let reply = r#"{"error":{"kind":"on_holiday","message":"come again","cause":null,"more":1}}"#;
    let error = serde_json::from_str::<Reply>(reply).unwrap().into_result().unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Other, "come again"));
}

#[test]
fn only_requests_of_this_version_are_read() {
    let request = |version: Value, op: Value| {
        Request::read(json!({"version": version, "op": op, "name": "a"}).to_string().as_bytes())
    };
    assert!(matches!(request(json!(VERSION), json!("state")), Ok(Op::State { name }) if name == "a"));
    // Whatever form the rest has.
    for (version, op) in [
        (VERSION - 1, json!("state")),
        (VERSION - 1, json!("another")),
        (VERSION + 1, json!({"nested": []})),
        (u32::MAX, Value::Null),
    ] {
        let error = request(json!(version), op).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the running server is another version than this command: restart the server"
        );
    }
    for (version, op) in [
        (json!(VERSION), json!("another")),
        (json!(-1), json!("check")),
        (json!("5"), json!("check")),
        (Value::Null, json!("check")),
    ] {
        let error = request(version, op).unwrap_err();
        assert!(error.to_string().starts_with("a request from the other process cannot be read"), "{error}");
    }
    for head in ["", "{", "[]", "7", r#"{"op":"check"}"#] {
        let error = Request::read(head.as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("a request from the other process cannot be read"), "{error}");
    }
}

#[test]
fn a_log_is_known_by_its_name_and_schema() {
    for log in LOGS {
        assert_eq!(sent(&LogRef::of(log)).into_log().unwrap(), log);
        let mut other = serde_json::to_value(LogRef::of(log)).unwrap();
        other["schema"] = json!(1);
        let error = serde_json::from_value::<LogRef>(other).unwrap().into_log().unwrap_err();
        let text = format!(
            "the running server has another version of {} than this command: restart the server",
            log.name
        );
        assert_eq!(error.to_string(), text);
        // Another log's schema is another one, too.
        let mut other = serde_json::to_value(LogRef::of(log)).unwrap();
        let next = LOGS.into_iter().find(|next| *next != log).unwrap();
        other["name"] = json!(next.name);
        assert!(serde_json::from_value::<LogRef>(other).unwrap().into_log().is_err(), "{}", log.name);
    }
    let unknown: LogRef = serde_json::from_value(json!({"name": "another", "schema": 1})).unwrap();
    let error = unknown.into_log().unwrap_err();
    assert!(error.to_string().starts_with("the name of a log from the other process"), "{error}");
}

#[test]
fn reports_arrive_as_they_were_asked_for() {
    let time = SMS.time_index();
    let truth = Expr::new(Kind::Bool, Node::IsNull(Box::new(Expr::literal(Literal::Text("a".to_owned())))));
    let millis = Operand::Millis { from: time, to: time };
    let aggregates = [
        Aggregate::Rows,
        Aggregate::Distinct(SMS.id_index()),
        Aggregate::Sum(millis),
        Aggregate::Smallest(millis),
        Aggregate::Largest(Operand::Property(SMS.id_index())),
        Aggregate::Bins(millis),
    ];
    let query = ReportQuery {
        selection: Selection { filter: Some(truth.clone()), ..Selection::all(&SMS, TimeRange::ALL) },
        watermark: Some(Watermark(u64::MAX)),
        groups: vec![
            Group::Property(SMS.id_index()),
            Group::Prefix { property: SMS.id_index(), chars: 3 },
            Group::Buckets { property: time, edges: Arc::from([Instant::ABSENT, instant(0), Instant::MAX]) },
        ],
        measures: aggregates
            .into_iter()
            .flat_map(|of| [Measure::of(of), Measure { of, when: Some(truth.clone()) }])
            .collect(),
    };
    let (head, body) = ReportHead::of(&query).unwrap();
    let read = sent(&head).into_query(&body).unwrap();
    assert_eq!((&read.selection, read.watermark), (&query.selection, query.watermark));
    assert_eq!((&read.groups, &read.measures), (&query.groups, &query.measures));

    let ordered = ReportQuery {
        selection: Selection {
            order: vec![OrderBy { by: truth, direction: Direction::Ascending }],
            ..query.selection
        },
        ..query
    };
    assert!(ReportHead::of(&ordered).is_err(), "an order is lost without a word");
}

#[test]
fn groups_arrive_as_they_were() {
    let groups = [
        GroupRow { by: vec![], measures: vec![ReportValue::Int(i64::MIN), ReportValue::Int(i64::MAX)] },
        GroupRow {
            by: vec![ReportValue::Null, ReportValue::Bool(true), ReportValue::Text("\u{0}\"é".to_owned())],
            measures: vec![ReportValue::Bins(vec![]), ReportValue::Bins(vec![(0, u64::MAX), (u16::MAX, 1)])],
        },
    ];
    assert_eq!(read_groups(&groups_part(&groups).unwrap()).unwrap(), groups);
    assert!(read_groups(b"[[[]]]").is_err());
}

fn is_null() -> Expr {
    let property = Expr::new(Kind::Text, Node::Property(KIT_CUBES.log.id_index()));
    Expr::new(Kind::Bool, Node::IsNull(Box::new(property)))
}

#[test]
fn questions_about_sums_arrive_as_they_were_asked() {
    let plain = SumQuery::all(&KIT_CUBES, 0, TimeRange::ALL);
    let values =
        vec![ReportValue::Null, ReportValue::Text("\u{0}\"é".to_owned()), ReportValue::Int(i64::MIN)];
    let full = SumQuery {
        range: TimeRange::ALL.since(instant(-7)).until(instant(i64::from(u32::MAX))),
        filter: Some(is_null()),
        only: vec![KeyChoice { bits: Some(-2), ..KeyChoice::of(1, values) }, KeyChoice::of(0, vec![])],
        edges: Some([instant(-7), instant(0), Instant::MAX].into()),
        by: vec![1, 0],
        measures: Some(vec![1]),
        zone: jiff::tz::TimeZone::get("Asia/Kolkata").unwrap(),
        ..SumQuery::all(&KIT_CUBES, 1, TimeRange::ALL)
    };
    let fixed = jiff::tz::TimeZone::fixed(jiff::tz::Offset::from_seconds(-12_345).unwrap());
    let queries = [plain.clone(), full.clone(), SumQuery { zone: fixed, ..plain.clone() }];
    let body = encode_questions(&queries).unwrap();
    let read = decode_questions(&body, &[&KIT_CUBES]).unwrap();
    assert_eq!(read.len(), queries.len());
    for (read, asked) in read.iter().zip(&queries) {
        assert!(std::ptr::eq(read.set, asked.set));
        assert_eq!((read.cube, read.range, &read.filter), (asked.cube, asked.range, &asked.filter));
        assert_eq!((&read.only, &read.edges, &read.by), (&asked.only, &asked.edges, &asked.by));
        assert_eq!((&read.measures, &read.zone), (&asked.measures, &asked.zone));
    }
    assert!(decode_questions(&body, &[]).is_err(), "nobody has these cubes");
    assert!(decode_questions(b"[{}]", &[&KIT_CUBES]).is_err());
    // What fits no cube is refused where it arrives, too.
    for odd in [
        SumQuery { cube: 2, ..plain.clone() },
        SumQuery { by: vec![3], ..plain.clone() },
        SumQuery { measures: Some(vec![2]), ..plain.clone() },
        SumQuery { edges: Some([instant(0)].into()), ..plain },
    ] {
        let body = encode_questions(&[full.clone(), odd]).unwrap();
        assert!(decode_questions(&body, &[&KIT_CUBES]).is_err());
    }
}

#[test]
fn busy_channels_arrive_as_they_were() {
    let query = BusyQuery {
        filter: Some(is_null()),
        series: Some(vec![None, Some("a \"trunk\"".to_owned())]),
        direction: Some(i64::MIN),
        by_series: true,
        ..BusyQuery::all(&KIT_CUBES, [Instant::ABSENT, instant(0), Instant::MAX].into())
    };
    let (head, body) = BusyHead::of(&query).unwrap();
    let read = sent(&head).into_query(&body, &[&KIT_CUBES]).unwrap();
    assert_eq!((&read.edges, &read.filter, &read.series), (&query.edges, &query.filter, &query.series));
    assert_eq!((read.direction, read.by_series), (query.direction, query.by_series));
    assert!(sent(&head).into_query(&body, &[]).is_err(), "nobody has these cubes");
    let turned = BusyQuery::all(&KIT_CUBES, [instant(1), instant(0)].into());
    let (head, body) = BusyHead::of(&turned).unwrap();
    assert!(sent(&head).into_query(&body, &[&KIT_CUBES]).is_err());

    let load = |peak: i64| Load { peak, peak_at: instant(-1), ticks: i64::MAX };
    let group = |bucket: usize, series: Option<&str>| BusyGroup {
        bucket,
        series: series.map(str::to_owned),
        occupied: load(7),
        talking: load(0),
    };
    let groups = [group(0, None), group(9_999, Some("ü"))];
    assert_eq!(read_busy_part(&busy_part(&groups).unwrap()).unwrap(), groups);
    assert!(read_busy_part(b"[{}]").is_err());
}

#[test]
fn what_is_found_about_cubes_arrives_as_it_was() {
    let day = TimeRange::ALL.since(instant(-7)).until(instant(7));
    for days in [CubeDays::default(), CubeDays { kept: vec![TimeRange::ALL, day], waiting: u64::MAX }] {
        let (reply, body) = days_message(&days).unwrap();
        assert_eq!(read_days((sent(&reply), body)).unwrap(), days);
    }
    let turned = (Reply::CubeDays { waiting: 0 }, b"[[1,0]]".to_vec());
    assert!(read_days(turned).is_err());
    let differences = vec![CubeDifference { cube: "\u{0}ü", cells: u64::MAX }];
    let some = CubeCheck { cells: 3, differences, is_mended: true, is_compared: true };
    for check in [CubeCheck::default(), some] {
        let (reply, body) = check_message(&check).unwrap();
        assert_eq!(read_check((sent(&reply), body)).unwrap(), check);
    }
    for mend in [Mend::All, Mend::Nothing] {
        assert_eq!(sent(&MendForm::of(mend)).into_mend(), mend);
    }
}

#[test]
fn changes_arrive_as_they_were() {
    let key =
        Key { order: vec![OrderValue::Null, OrderValue::Number(0.1)], time: instant(7), id: "ü".to_owned() };
    let removed = |reason| Removal { time: instant(-5), id: "an id".to_owned(), reason };
    let changes = Changes {
        rows: RowBuilder::new(&SMS).finish(),
        removed: vec![removed(Reason::Changed), removed(Reason::Deleted)],
        next: Some(key.clone()),
        until: Watermark(u64::MAX),
    };
    let (reply, body) = changes_message(&changes).unwrap();
    let read = read_changes(&SMS, (sent(&reply), body.clone())).unwrap();
    assert!(read.rows.is_empty());
    assert_eq!((read.removed, read.next, read.until), (changes.removed, changes.next, changes.until));
    let Reply::Changes { removed_bytes, .. } = reply else { panic!("another reply") };
    for end in (0..removed_bytes).chain([removed_bytes + 1]) {
        let cut = read_changes(&SMS, (sent(&reply), body[..end].to_vec()));
        assert!(cut.is_err(), "cut at {end}");
    }

    let query = ChangesQuery {
        until: Some(Watermark(9)),
        start: Some(key),
        ..ChangesQuery::first(Selection::all(&SMS, TimeRange::ALL), Watermark(3), 50)
    };
    let read = sent(&ChangesHead::of(&query)).into_query(b"").unwrap();
    assert_eq!((read.selection, read.after, read.until), (query.selection, query.after, query.until));
    assert_eq!((read.start, read.limit), (query.start, query.limit));
}

#[test]
fn lists_arrive_as_they_were() {
    let these =
        ChangedBuckets::These(vec![(Instant::ABSENT, Watermark(1)), (instant(0), Watermark(u64::MAX))]);
    for buckets in [ChangedBuckets::All, ChangedBuckets::These(vec![]), these] {
        let (reply, body) = buckets_message(&buckets).unwrap();
        assert_eq!(read_buckets((sent(&reply), body)).unwrap(), buckets);
    }
    let fault = |times| Fault { what: "cannot be read".to_owned(), rows: 2, times };
    let faults = vec![fault(None), fault(Some((instant(1), Instant::MAX)))];
    let verified = Verification { rows: 3, faults, next: Some(u64::MAX) };
    let (reply, body) = verified_message(verified.clone()).unwrap();
    assert_eq!(read_verified((sent(&reply), body)).unwrap(), verified);
    let states = vec![("a/b".to_owned(), "\u{0}\n".to_owned()), ("ü".to_owned(), String::new())];
    let (reply, body) = states_message(&states).unwrap();
    assert_eq!(read_states((sent(&reply), body)).unwrap(), states);
}
