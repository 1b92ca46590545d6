//! Cases about counts and sums whose results are written down.

use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_odata::expr::Comparison;
use trunklog_records::json::RowDecoder;
use trunklog_records::schema::{PSTN_BLOCKED_USERS, PSTN_CALLS};
use trunklog_records::{Log, RowBuilder, TimeRange};
use trunklog_store::evaluate::{Cell, Row};
use trunklog_store::{
    Aggregate, Error, ErrorKind, Group, GroupRow, MAX_GROUPS, Measure, Operand, Report, ReportQuery,
    ReportValue, Selection, Store, bin_of,
};

use super::Fixture;
use super::expressions::{ascending, compare, int, property, text};
use super::rows::{CALLS, HOUR, append, at, draft, newest, row_of, store, together};

static LOG: &Log = &PSTN_CALLS;

fn index(name: &str) -> usize {
    LOG.index_of(name).expect("the cases name properties of their log")
}

fn whole(groups: Vec<Group>, measures: Vec<Measure>) -> ReportQuery {
    ReportQuery { selection: Selection::all(LOG, TimeRange::ALL), watermark: None, groups, measures }
}

fn report(store: &dyn Store, query: &ReportQuery) -> Report {
    store.report(query).expect("the report can be made")
}

fn texts(text: &str) -> ReportValue {
    ReportValue::Text(text.to_owned())
}

/// Six calls: two users, one of them without a name, and charges.
fn give(store: &dyn Store) {
    let rows = [
        r#""userId":"u1","callType":"user_in","duration":10,"charge":0.10,"callDurationSource":"microsoft""#,
        r#""userId":"u1","callType":"user_out","duration":70,"charge":0.20,"endDateTime":"2024-01-01T01:01:10.5Z""#,
        r#""userId":"u1","callType":"user_in","duration":-5,"charge":-0.005,"endDateTime":"0001-01-01T00:00:00Z""#,
        r#""userId":"ü2","callType":"conf_in","duration":2147483647,"charge":1,"endDateTime":"2024-01-01T02:59:59.9999Z""#,
        r#""userId":"ü2","callType":"user_in","duration":2147483647"#,
        r#""callType":"user_in","duration":0,"charge":123456789012345678.12"#,
    ];
    let mut builder = RowBuilder::new(LOG);
    for (number, members) in rows.iter().enumerate() {
        let row = format!(r#"{{"id":"{number}","startDateTime":"2024-01-01T0{number}:00:00Z",{members}}}"#);
        RowDecoder::new(LOG).decode(row.as_bytes(), &mut builder).expect("the row is one of its log");
    }
    store.append(&builder.finish()).expect("the rows can be stored");
}

/// Every measure, in groups by a text that may be null.
pub fn reports_say_what_was_stored(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    give(&*store);
    let property_of = |name| Operand::Property(index(name));
    let lasting = Operand::Millis { from: index("startDateTime"), to: index("endDateTime") };
    let of_in = compare(Comparison::Equal, property(LOG, "callType"), text("user_in"));
    let measures = vec![
        Measure::ROWS,
        Measure { of: Aggregate::Rows, when: Some(of_in.clone()) },
        Measure::of(Aggregate::Distinct(index("callType"))),
        Measure::of(Aggregate::Sum(property_of("duration"))),
        Measure::of(Aggregate::Sum(property_of("charge"))),
        Measure::of(Aggregate::Smallest(property_of("callType"))),
        Measure::of(Aggregate::Largest(property_of("startDateTime"))),
        Measure::of(Aggregate::Sum(lasting)),
        Measure::of(Aggregate::Bins(property_of("duration"))),
        Measure { of: Aggregate::Largest(property_of("duration")), when: Some(of_in) },
        Measure::of(Aggregate::Largest(property_of("callDurationSource"))),
    ];
    let query = whole(vec![Group::Property(index("userId"))], measures);
    let bins = |values: &[(i64, u64)]| {
        ReportValue::Bins(
            values.iter().map(|(of, count)| (bin_of(*of).expect("it is not negative"), *count)).collect(),
        )
    };
    let hour = |hour: i64| ReportValue::Int(at(hour * HOUR).ticks());
    let long = i64::from(i32::MAX);
    let expected = vec![
        GroupRow {
            by: vec![ReportValue::Null],
            measures: vec![
                ReportValue::Int(1),
                ReportValue::Int(1),
                ReportValue::Int(1),
                ReportValue::Int(0),
                texts("123456789012345678.12"),
                texts("user_in"),
                hour(5),
                ReportValue::Int(0),
                bins(&[(0, 1)]),
                ReportValue::Int(0),
                ReportValue::Null,
            ],
        },
        GroupRow {
            by: vec![texts("u1")],
            measures: vec![
                ReportValue::Int(3),
                ReportValue::Int(2),
                ReportValue::Int(2),
                ReportValue::Int(75),
                texts("0.295"),
                texts("user_in"),
                hour(2),
                ReportValue::Int(70_500),
                bins(&[(10, 1), (70, 1)]),
                ReportValue::Int(10),
                texts("microsoft"),
            ],
        },
        GroupRow {
            by: vec![texts("ü2")],
            measures: vec![
                ReportValue::Int(2),
                ReportValue::Int(1),
                ReportValue::Int(2),
                ReportValue::Int(2 * long),
                texts("1.00"),
                texts("conf_in"),
                hour(4),
                // It ends a tenth of a millisecond before it starts.
                ReportValue::Int(-1),
                bins(&[(long, 2)]),
                ReportValue::Int(long),
                ReportValue::Null,
            ],
        },
    ];
    let found = report(&*store, &query);
    assert_eq!(found.watermark, newest(&*store));
    for (found, expected) in found.groups.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.groups.len(), expected.len(), "the number of groups");
}

/// Buckets have their first instant and not their last; what is in none is a
/// separate group. Prefixes count characters.
pub fn reports_group_by_buckets_and_prefixes(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    give(&*store);
    let edges: Arc<[Instant]> = [at(HOUR), at(2 * HOUR + 1), at(3 * HOUR), at(9 * HOUR)].into();
    let buckets = Group::Buckets { property: index("startDateTime"), edges };
    let counted = |group: Group| -> Vec<(ReportValue, ReportValue)> {
        let found = report(&*store, &whole(vec![group], vec![Measure::ROWS]));
        let pair = |row: GroupRow| {
            let [by, rows] =
                [row.by, row.measures].map(|values| values.into_iter().next().expect("it has one"));
            (by, rows)
        };
        found.groups.into_iter().map(pair).collect()
    };
    let number = ReportValue::Int;
    let expected = [(ReportValue::Null, number(1)), (number(0), number(2)), (number(2), number(3))];
    assert_eq!(counted(buckets), expected, "by buckets");
    let edges: Arc<[Instant]> = [Instant::ABSENT, at(0)].into();
    let ends = Group::Buckets { property: index("endDateTime"), edges };
    assert_eq!(counted(ends), [(ReportValue::Null, number(5)), (number(0), number(1))], "by ends");
    let prefix = |chars| Group::Prefix { property: index("userId"), chars };
    let expected = [(ReportValue::Null, number(1)), (texts("u"), number(3)), (texts("ü"), number(2))];
    assert_eq!(counted(prefix(1)), expected, "by one character");
    let expected = [(ReportValue::Null, number(1)), (texts("u1"), number(3)), (texts("ü2"), number(2))];
    assert_eq!(counted(prefix(2)), expected, "by two characters");
    assert_eq!(counted(prefix(200)), expected, "by more characters than there are");
    let both = whole(vec![Group::Property(index("callType")), prefix(1)], vec![]);
    let by: Vec<Vec<ReportValue>> = report(&*store, &both).groups.into_iter().map(|row| row.by).collect();
    let pair = |kind: &str, user| vec![texts(kind), user];
    let expected = [
        pair("conf_in", texts("ü")),
        pair("user_in", ReportValue::Null),
        pair("user_in", texts("u")),
        pair("user_in", texts("ü")),
        pair("user_out", texts("u")),
    ];
    assert_eq!(by, expected, "by two groups");
}

/// Without groups there is one, also of no rows; with them there is none.
pub fn reports_of_no_rows_are_empty(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let measures = || {
        vec![
            Measure::ROWS,
            Measure::of(Aggregate::Distinct(index("userId"))),
            Measure::of(Aggregate::Sum(Operand::Property(index("duration")))),
            Measure::of(Aggregate::Sum(Operand::Property(index("charge")))),
            Measure::of(Aggregate::Smallest(Operand::Property(index("userId")))),
            Measure::of(Aggregate::Bins(Operand::Property(index("duration")))),
        ]
    };
    let zero = || ReportValue::Int(0);
    let nothing = vec![zero(), zero(), zero(), texts("0.00"), ReportValue::Null, ReportValue::Bins(vec![])];
    let check = |query: &ReportQuery, what: &str| {
        let found = report(&*store, query);
        assert_eq!(found.groups, [GroupRow { by: vec![], measures: nothing.clone() }], "{what}");
        let grouped = ReportQuery { groups: vec![Group::Property(index("userId"))], ..query.clone() };
        assert_eq!(report(&*store, &grouped).groups, [], "{what}, by user");
    };
    let query = whole(vec![], measures());
    check(&query, "an empty store");
    let before = newest(&*store);
    give(&*store);
    check(&ReportQuery { watermark: Some(before), ..query.clone() }, "before the first row");
    let none = compare(Comparison::Greater, property(LOG, "duration"), int(i64::MAX - 1));
    let none = Selection { filter: Some(none), ..query.selection.clone() };
    check(&ReportQuery { selection: none, ..query.clone() }, "a filter that no row satisfies");
    let earlier = TimeRange::of(LOG, at(-9 * HOUR), at(-HOUR)).expect("the range starts before it ends");
    let earlier = Selection { range: earlier, ..query.selection.clone() };
    check(&ReportQuery { selection: earlier, ..query }, "a range without rows");
}

/// A sum that no `i64` can hold is held at its limit.
pub fn sums_are_held_at_their_limit(fixture: &dyn Fixture) {
    // Each row lasts nearly ten thousand years.
    const ROWS: usize = 30_000;
    let engine = fixture.open();
    let store = store(&engine);
    let (from, to) = (Instant::ABSENT.saturating_add_ticks(1), Instant::MAX);
    let (start, end) = (index("startDateTime"), index("endDateTime"));
    let rows: Vec<Row> = (0..ROWS)
        .map(|number| {
            let mut row = row_of(LOG, 0, &number.to_string(), &[]);
            row.cells[start] = Cell::Ticks(from.ticks());
            row.cells[end] = Cell::Ticks(to.ticks());
            row
        })
        .collect();
    store.append(&together(LOG, &rows)).expect("the rows can be stored");
    let millis = |from, to| Measure::of(Aggregate::Sum(Operand::Millis { from, to }));
    let measures = vec![Measure::ROWS, millis(start, end), millis(end, start), millis(start, start)];
    let found = report(&*store, &whole(vec![], measures));
    let rows = i64::try_from(ROWS).expect("they are few");
    let expected = [rows, i64::MAX, i64::MIN, 0].map(ReportValue::Int);
    assert_eq!(found.groups, [GroupRow { by: vec![], measures: expected.to_vec() }]);
}

/// As many groups as there may be are told; one more is an error that says so.
pub fn too_many_groups_are_refused(fixture: &dyn Fixture) {
    let log: &'static Log = &PSTN_BLOCKED_USERS;
    let engine = fixture.open();
    let store = store(&engine);
    let count = i64::try_from(MAX_GROUPS).expect("the limit is small") + 1;
    let rows: Vec<_> = (0..count).map(|number| row_of(log, number, &number.to_string(), &[])).collect();
    for batch in rows.chunks(40_000) {
        store.append(&together(log, batch)).expect("the rows can be stored");
    }
    let query = ReportQuery {
        selection: Selection::all(log, TimeRange::ALL),
        watermark: None,
        groups: vec![Group::Property(log.id_index())],
        measures: vec![Measure::ROWS],
    };
    let error = store.report(&query).expect_err("there are more groups than may be");
    assert_eq!(error.kind(), ErrorKind::TooMany, "{error}");
    assert!(error.to_string().contains(&MAX_GROUPS.to_string()), "{error}");
    let range = TimeRange::of(log, at(0), at(count - 2)).expect("the range starts before it ends");
    let query = ReportQuery { selection: Selection { range, ..query.selection }, ..query };
    let found = store.report(&query).expect("there are as many groups as may be");
    assert_eq!(found.groups.len(), MAX_GROUPS);
    assert!(found.groups.iter().all(|row| row.measures == [ReportValue::Int(1)]));
    assert!(found.groups.is_sorted_by(|left, right| left.by < right.by), "groups have no order");
}

/// What does not fit the log is an error.
pub fn odd_reports_are_refused(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    append(&*store, &[draft(0, "x")]);
    let log: &'static Log = CALLS;
    let at_name = |name: &str| log.index_of(name).expect("calls have the property");
    let (start, duration, user) = (log.time_index(), at_name("duration"), at_name("userId"));
    let (units, past) = (at_name("administrativeUnitInfos"), log.properties.len());
    let plain = ReportQuery {
        selection: Selection::all(log, TimeRange::ALL),
        watermark: None,
        groups: vec![],
        measures: vec![],
    };
    let edges = |edges: Vec<Instant>| Group::Buckets { property: start, edges: edges.into() };
    let groups = [
        Group::Property(past),
        Group::Property(units),
        Group::Prefix { property: duration, chars: 2 },
        Group::Prefix { property: user, chars: 0 },
        edges(vec![at(0)]),
        edges(vec![at(1), at(0)]),
        edges(vec![at(0), at(0)]),
        Group::Buckets { property: user, edges: [at(0), at(1)].into() },
    ];
    let of = Operand::Property;
    let measures = [
        Measure::of(Aggregate::Distinct(past)),
        Measure::of(Aggregate::Sum(of(user))),
        Measure::of(Aggregate::Smallest(of(units))),
        Measure::of(Aggregate::Bins(of(start))),
        Measure::of(Aggregate::Sum(Operand::Millis { from: start, to: duration })),
        Measure { of: Aggregate::Rows, when: Some(property(log, "duration")) },
    ];
    let ordered = Selection { order: vec![ascending(property(log, "duration"))], ..plain.selection.clone() };
    let mut queries = vec![ReportQuery { selection: ordered, ..plain.clone() }];
    queries.extend(groups.map(|group| ReportQuery { groups: vec![group], ..plain.clone() }));
    queries.extend(measures.map(|measure| ReportQuery { measures: vec![measure], ..plain.clone() }));
    for query in queries {
        let error: Error = store.report(&query).expect_err("the report does not fit its log");
        assert_eq!(error.kind(), ErrorKind::Other, "{error}");
    }
}
