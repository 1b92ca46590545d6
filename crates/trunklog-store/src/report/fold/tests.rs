use trunklog_odata::Version;
use trunklog_odata::expr::Expr;
use trunklog_odata::filter::parse;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS};
use trunklog_records::{Log, RowBuilder, TimeRange, Value};

use super::*;
use crate::Watermark;
use crate::report::Measure;
use crate::testing::{TestStore, decoded};

static CALLS: &Log = &PSTN_CALLS;

fn calls() -> Rows {
    decoded(
        CALLS,
        &[
            r#"{"id":"1","startDateTime":"2026-11-30T10:00:00Z","endDateTime":"2026-11-30T10:01:00Z","callType":"user_out","duration":60,"charge":0.105,"userId":"ann"}"#,
            r#"{"id":"2","startDateTime":"2026-11-30T10:30:00Z","endDateTime":"2026-11-30T10:30:00.0159999Z","callType":"user_out","duration":0,"charge":2.5,"userId":"änn"}"#,
            r#"{"id":"3","startDateTime":"2026-11-30T11:00:00Z","endDateTime":"0001-01-01T00:00:00Z","callType":"user_in","duration":-5,"userId":"ann"}"#,
            r#"{"id":"4","startDateTime":"2026-11-30T11:30:00Z","endDateTime":"2026-11-30T11:29:59.9999Z","duration":60,"charge":-0.5}"#,
        ],
    )
}

fn at(name: &str) -> usize {
    CALLS.index_of(name).unwrap()
}

fn of(name: &str) -> Operand {
    Operand::Property(at(name))
}

fn filter(text: &str) -> Expr {
    parse(text, &CALLS.shape(Version::Beta), &|_| None).unwrap()
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn query(groups: Vec<Group>, measures: Vec<Measure>) -> ReportQuery {
    ReportQuery { selection: Selection::all(CALLS, TimeRange::ALL), watermark: None, groups, measures }
}

/// The report over the calls: the values of each group, then its measures.
fn report(groups: Vec<Group>, measures: Vec<Measure>) -> Vec<(Vec<ReportValue>, Vec<ReportValue>)> {
    let report = by_scan(&TestStore::of([calls()]), &query(groups, measures)).unwrap();
    assert_eq!(report.watermark, Watermark(1));
    report.groups.into_iter().map(|group| (group.by, group.measures)).collect()
}

/// A measure of all calls.
fn total(of: Aggregate) -> ReportValue {
    let groups = report(Vec::new(), vec![Measure::of(of)]);
    let [(by, measures)] = groups.as_slice() else { panic!("{groups:?}") };
    assert!(by.is_empty());
    measures[0].clone()
}

fn text(text: &str) -> ReportValue {
    ReportValue::Text(text.to_owned())
}

#[test]
fn rows_are_grouped_and_counted() {
    let out = Measure { of: Aggregate::Rows, when: Some(filter("duration gt 0")) };
    let groups = report(vec![Group::Property(at("callType"))], vec![Measure::ROWS, out]);
    let counts = |all, some| vec![ReportValue::Int(all), ReportValue::Int(some)];
    assert_eq!(
        groups,
        [
            (vec![ReportValue::Null], counts(1, 1)),
            (vec![text("user_in")], counts(1, 0)),
            (vec![text("user_out")], counts(2, 1)),
        ]
    );
}

#[test]
fn null_and_empty_text_are_two_groups() {
    let mut rows = RowBuilder::new(CALLS);
    for (id, user) in [("1", None), ("2", Some("")), ("3", Some(""))] {
        let mut values = vec![None; CALLS.properties.len()];
        values[CALLS.id_index()] = Some(Value::Text(id.into()));
        values[CALLS.time_index()] = Some(Value::Instant(Instant::ABSENT));
        values[at("userId")] = user.map(|user| Value::Text(user.into()));
        rows.push(&mut values, None).unwrap();
    }
    let query = query(vec![Group::Property(at("userId"))], vec![Measure::ROWS]);
    let report = by_scan(&TestStore::of([rows.finish()]), &query).unwrap();
    let groups: Vec<_> = report.groups.into_iter().map(|group| (group.by, group.measures)).collect();
    let counts = |count| vec![ReportValue::Int(count)];
    assert_eq!(groups, [(vec![ReportValue::Null], counts(1)), (vec![text("")], counts(2))]);
}

#[test]
fn values_become_one() {
    let int = ReportValue::Int;
    let millis = Operand::Millis { from: at("startDateTime"), to: at("endDateTime") };
    let ticks = |text| int(instant(text).ticks());
    for (of, expected) in [
        (Aggregate::Rows, int(4)),
        (Aggregate::Distinct(at("userId")), int(2)),
        (Aggregate::Distinct(at("duration")), int(3)),
        (Aggregate::Distinct(at("currency")), int(0)),
        (Aggregate::Sum(of("duration")), int(115)),
        (Aggregate::Sum(of("charge")), text("2.105")),
        (Aggregate::Sum(of("connectionCharge")), text("0.00")),
        // Rounded down: 15.9999 to 15, and -0.1 to -1.
        (Aggregate::Sum(millis), int(60_000 + 15 - 1)),
        (Aggregate::Smallest(of("duration")), int(-5)),
        (Aggregate::Largest(of("duration")), int(60)),
        (Aggregate::Smallest(of("userId")), text("ann")),
        (Aggregate::Largest(of("userId")), text("änn")),
        (Aggregate::Largest(of("currency")), ReportValue::Null),
        (Aggregate::Smallest(of("currency")), ReportValue::Null),
        (Aggregate::Smallest(of("startDateTime")), ticks("2026-11-30T10:00:00Z")),
        (Aggregate::Largest(of("startDateTime")), ticks("2026-11-30T11:30:00Z")),
        (Aggregate::Smallest(millis), int(-1)),
        (Aggregate::Bins(of("duration")), ReportValue::Bins(vec![(0, 1), (bin_of(60), 2)])),
        (Aggregate::Bins(millis), ReportValue::Bins(vec![(15, 1), (bin_of(60_000), 1)])),
    ] {
        assert_eq!(total(of), expected, "{of:?}");
    }
}

fn bin_of(value: i64) -> u16 {
    crate::report::bin_of(value).unwrap()
}

#[test]
fn texts_are_grouped_by_their_start() {
    let groups = report(vec![Group::Prefix { property: at("userId"), chars: 1 }], vec![Measure::ROWS]);
    let by: Vec<_> = groups.into_iter().map(|(by, measures)| (by[0].clone(), measures[0].clone())).collect();
    let int = ReportValue::Int;
    assert_eq!(by, [(ReportValue::Null, int(1)), (text("a"), int(2)), (text("ä"), int(1))]);
}

#[test]
fn buckets_have_their_start_and_not_their_end() {
    let edges: Vec<Instant> =
        ["2026-11-30T10:30:00Z", "2026-11-30T11:00:00Z", "2026-11-30T11:30:00Z"].map(instant).into();
    let buckets = Group::Buckets { property: at("startDateTime"), edges: edges.into() };
    let groups = report(vec![buckets], vec![Measure::of(Aggregate::Smallest(of("id")))]);
    let int = ReportValue::Int;
    assert_eq!(
        groups,
        [
            // What comes before the first edge, and what comes at the last.
            (vec![ReportValue::Null], vec![text("1")]),
            (vec![int(0)], vec![text("2")]),
            (vec![int(1)], vec![text("3")]),
        ]
    );
}

#[test]
fn a_report_of_nothing_has_one_group_if_it_has_no_groups() {
    let nothing = TestStore::default();
    let all =
        by_scan(&nothing, &query(vec![], vec![Measure::ROWS, Measure::of(Aggregate::Bins(of("duration")))]));
    let all = all.unwrap();
    assert_eq!(all.watermark, Watermark(0));
    let measures = vec![ReportValue::Int(0), ReportValue::Bins(vec![])];
    assert_eq!(all.groups, [GroupRow { by: vec![], measures }]);
    let grouped = by_scan(&nothing, &query(vec![Group::Property(at("userId"))], vec![Measure::ROWS]));
    assert!(grouped.unwrap().groups.is_empty());
}

#[test]
fn filter_range_and_watermark_choose_the_rows() {
    let later = r#"{"id":"5","startDateTime":"2026-11-30T10:15:00Z","duration":1}"#;
    let store = TestStore::of([calls(), decoded(CALLS, &[later])]);
    let all = query(vec![], vec![Measure::of(Aggregate::Sum(of("duration")))]);
    let sum = |query: &ReportQuery| {
        let report = by_scan(&store, query).unwrap();
        (report.groups[0].measures[0].clone(), report.watermark)
    };
    assert_eq!(sum(&all), (ReportValue::Int(116), Watermark(2)));
    let before = ReportQuery { watermark: Some(Watermark(1)), ..all.clone() };
    assert_eq!(sum(&before), (ReportValue::Int(115), Watermark(1)));
    let filtered = Selection { filter: Some(filter("userId eq 'ann'")), ..all.selection.clone() };
    assert_eq!(sum(&ReportQuery { selection: filtered, ..all.clone() }).0, ReportValue::Int(55));
    let (from, to) = (instant("2026-11-30T10:00:00Z"), instant("2026-11-30T10:15:00Z"));
    let range = TimeRange::of(&DIRECT_ROUTING_CALLS, from, to).unwrap();
    let selection = Selection { range, ..all.selection.clone() };
    assert_eq!(sum(&ReportQuery { selection, ..all.clone() }).0, ReportValue::Int(60));
}

#[test]
fn only_columns_that_count_are_read() {
    let when = filter("callType eq 'user_out' and duration gt 0");
    let millis = Operand::Millis { from: at("startDateTime"), to: at("endDateTime") };
    let measure = Measure { of: Aggregate::Bins(millis), when: Some(when) };
    let names = |query: &ReportQuery| -> BTreeSet<&'static str> {
        columns(query).into_iter().map(|at| CALLS.properties[at].name).collect()
    };
    assert_eq!(
        names(&query(vec![Group::Property(at("currency"))], vec![measure])),
        BTreeSet::from(["callType", "currency", "duration", "endDateTime", "startDateTime"])
    );
    assert_eq!(names(&query(vec![], vec![Measure::ROWS])), BTreeSet::new());
}

/// Rows that differ in their id alone.
fn many(numbers: std::ops::Range<usize>) -> Rows {
    let mut rows = RowBuilder::new(CALLS);
    for number in numbers {
        let mut values = vec![None; CALLS.properties.len()];
        values[CALLS.id_index()] = Some(Value::Text(number.to_string().into()));
        values[CALLS.time_index()] = Some(Value::Instant(Instant::ABSENT));
        rows.push(&mut values, None).unwrap();
    }
    rows.finish()
}

#[test]
fn too_many_groups_are_an_error() {
    let by_id = query(vec![Group::Property(CALLS.id_index())], vec![Measure::ROWS]);
    let mut fold = Fold::new(&by_id);
    fold.add(&many(0..MAX_GROUPS)).unwrap();
    fold.add(&many(0..3)).unwrap();
    let error = fold.add(&many(MAX_GROUPS..MAX_GROUPS + 1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooMany);
    assert_eq!(
        error.to_string(),
        "the report has more than 100000 groups: take a shorter range of time or coarser groups"
    );
    assert_eq!(fold.into_groups().len(), MAX_GROUPS);
}

#[test]
fn too_many_different_values_are_an_error() {
    let different = query(vec![], vec![Measure::of(Aggregate::Distinct(CALLS.id_index()))]);
    let mut fold = Fold { different: MAX_DIFFERENT - 4, ..Fold::new(&different) };
    fold.add(&calls()).unwrap();
    fold.add(&calls()).unwrap();
    let error = fold.add(&many(7..8)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooMany);
    assert!(error.to_string().ends_with("take a shorter range of time"), "{error}");
}

#[test]
fn queries_that_do_not_fit_are_refused() {
    let edges = |edges: &[Instant]| Group::Buckets { property: at("startDateTime"), edges: edges.into() };
    let (first, last) = (Instant::ABSENT, Instant::MAX);
    let units = at("administrativeUnitInfos");
    for group in [
        Group::Property(CALLS.properties.len()),
        Group::Property(units),
        Group::Prefix { property: at("userId"), chars: 0 },
        Group::Prefix { property: at("duration"), chars: 1 },
        Group::Buckets { property: at("duration"), edges: [first, last].into() },
        edges(&[first]),
        edges(&[first, first]),
        edges(&[last, first]),
    ] {
        let error = by_scan(&TestStore::default(), &query(vec![group.clone()], vec![])).unwrap_err();
        assert_eq!(error.to_string(), "a group does not fit the properties of pstnCalls", "{group:?}");
    }
    for aggregate in [
        Aggregate::Distinct(CALLS.properties.len()),
        Aggregate::Sum(of("userId")),
        Aggregate::Smallest(of("charge")),
        Aggregate::Largest(Operand::Property(units)),
        Aggregate::Bins(of("startDateTime")),
        Aggregate::Bins(Operand::Millis { from: at("startDateTime"), to: at("duration") }),
    ] {
        let error = by_scan(&TestStore::default(), &query(vec![], vec![Measure::of(aggregate)])).unwrap_err();
        assert_eq!(error.to_string(), "a measure does not fit the properties of pstnCalls", "{aggregate:?}");
    }
    let mut ordered = query(vec![], vec![]);
    ordered.selection.order =
        trunklog_odata::filter::order_by("duration", &CALLS.shape(Version::Beta)).unwrap();
    assert!(by_scan(&TestStore::default(), &ordered).is_err());
    let when = Some(Expr::literal(trunklog_odata::expr::Literal::Int(1)));
    let misfit = query(vec![], vec![Measure { of: Aggregate::Rows, when }]);
    assert!(by_scan(&TestStore::default(), &misfit).is_err());
}
