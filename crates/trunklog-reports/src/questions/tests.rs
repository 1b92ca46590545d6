//! Each question beside a plain computation over the same made-up rows.

mod busy;
mod compared;
mod kpis;
mod limits;
mod plain;

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::masking::Mask;

use super::testing::{country, stored};
use crate::calendar::{Bucket, Comparison, local_text, range, zone};
use crate::facts::sample::Call;
use crate::{Answer, Ask, Class, Dimension, Filter, Report, Table, Value};
use plain::{class, direction, is_leg};

/// A filter, and which rows it is true of.
type Said = (&'static str, fn(&Call) -> bool);

const FILTERS: [Said; 8] = [
    ("", |_| true),
    ("direction eq 'inbound'", |call| direction(call) == Some(1)),
    ("direction in ('outbound','unknown')", |call| direction(call) != Some(1)),
    ("class in ('userBusy','sbcFault') and isLeg eq false", |call| {
        [Class::UserBusy, Class::SbcFault].contains(&class(call)) && !is_leg(call)
    }),
    ("trunkFullyQualifiedDomainName eq 'sbc1.contoso.com'", |call| call.trunk == Some("sbc1.contoso.com")),
    ("trunkFullyQualifiedDomainName in ('sbc2.contoso.com','') and direction eq 'outbound'", |call| {
        matches!(call.trunk, Some("sbc2.contoso.com" | "")) && direction(call) == Some(2)
    }),
    ("country in ('DE','GG','CA')", |call| matches!(country(call), Some("DE" | "GG" | "CA"))),
    ("userId eq 'u1' or duration gt 60", |call| {
        call.user_id == Some("u1") || call.duration.is_some_and(|secs| secs > 60)
    }),
];

/// What is asked, with what the filter is true of.
#[derive(Debug, Clone)]
struct Case {
    ask: Ask,
    holds: fn(&Call) -> bool,
}

fn zones() -> impl Strategy<Value = TimeZone> {
    let names = vec![
        "UTC",
        "Europe/Berlin",
        "Asia/Kolkata",
        "America/St_Johns",
        "America/Santiago",
        "Australia/Lord_Howe",
    ];
    select(names).prop_map(|name| zone(name).unwrap())
}

/// Ranges over changes of clocks, ones that cut through slots, long ones, and none.
fn ranges() -> impl Strategy<Value = (&'static str, &'static str)> {
    select(vec![
        ("2026-03-28", "2026-03-31"),
        ("2026-10-24", "2026-10-27"),
        ("2026-10-25T00:20", "2026-10-25T04:10"),
        ("2026-09-05T10:00", "2026-09-07T00:00:01"),
        ("2026-04-23T18:00:00.5Z", "2026-04-24T12:00Z"),
        ("2026-11-28T07:23", "2026-12-01T03:11"),
        ("2026-02-28T23:59", "2026-12-01"),
        ("2026-11-30", "2026-11-30"),
    ])
}

/// Questions whose buckets are not too many.
fn cases(by: &'static [Dimension]) -> impl Strategy<Value = Case> {
    let bucket = select(vec![
        None,
        Some(Bucket::QuarterHour),
        Some(Bucket::Hour),
        Some(Bucket::Day),
        Some(Bucket::Week),
        Some(Bucket::Month),
    ]);
    let compare = proptest::option::weighted(0.4, select(Comparison::ALL.to_vec()));
    let by = proptest::sample::subsequence(by.to_vec(), 0..=by.len());
    (zones(), zones(), ranges(), bucket, by, select(FILTERS.to_vec()), compare).prop_map(
        |(zone, days, (from, to), bucket, by, (text, holds), compare)| {
            let range = range(Some(from), Some(to), &zone, Instant::ABSENT).unwrap();
            let is_long = range.end().ticks() - range.from().ticks() > 30 * Instant::TICKS_PER_DAY;
            let bucket = bucket.map(|bucket| match bucket {
                Bucket::QuarterHour | Bucket::Hour if is_long => Bucket::Day,
                bucket => bucket,
            });
            let filter =
                if text.is_empty() { Filter::default() } else { Filter::read(text, Mask::NONE).unwrap() };
            let ask = Ask { zone, days, bucket, by, filter, compare, ..Ask::of(range) };
            Case { ask, holds }
        },
    )
}

/// The rows of a table by what they are about.
type Told = BTreeMap<String, Vec<Value>>;

fn told(table: &Table) -> Told {
    let keys = table.columns.iter().filter(|column| column.is_key).count();
    assert!(table.columns[..keys].iter().all(|column| column.is_key));
    let mut told = Told::new();
    for row in &table.rows {
        assert_eq!(row.len(), table.columns.len());
        let (key, counted) = row.split_at(keys);
        assert!(told.insert(format!("{key:?}"), counted.to_vec()).is_none(), "{key:?} is there twice");
    }
    told
}

/// What a dimension of a call is.
fn value(dimension: Dimension, call: &Call) -> Value {
    let word = |key, name| Value::Word { key, name };
    match (dimension, direction(call)) {
        (Dimension::Trunk, _) => Value::maybe_text(call.trunk),
        (Dimension::CallType, _) => Value::maybe_text(call.call_type),
        (Dimension::Direction, Some(1)) => word("inbound", "direction-inbound"),
        (Dimension::Direction, Some(_)) => word("outbound", "direction-outbound"),
        (Dimension::Direction, None) => word("unknown", "direction-unknown"),
        (other, _) => panic!("calls over trunks are not told apart by {other:?}"),
    }
}

/// Compares an answer with what rows come to. `is_within` says which rows put a
/// group into a range, and `values` what those of a group come to in a bucket.
fn check(
    answer: &Answer,
    calls: &[Call],
    case: &Case,
    bucket: Option<Bucket>,
    is_within: impl Fn(&Call, TimeRange) -> bool,
    values: impl Fn(&[&Call], TimeRange) -> Vec<Value>,
) {
    let ask = &case.ask;
    let by: Vec<Dimension> = Dimension::ALL.into_iter().filter(|by| ask.by.contains(by)).collect();
    let counted: Vec<&Call> = calls.iter().filter(|call| (case.holds)(call)).collect();
    let group = |call: &Call| by.iter().map(|by| value(*by, call)).collect::<Vec<Value>>();
    let edges = bucket.map(|bucket| bucket.edges(ask.range, &ask.zone).unwrap());
    let before = ask.compare.map(|compare| compare.range(ask.range, &ask.zone));

    let mut groups = Vec::new();
    for range in [Some(ask.range), before].into_iter().flatten() {
        for call in counted.iter().filter(|call| is_within(call, range)) {
            if !groups.contains(&group(call)) {
                groups.push(group(call));
            }
        }
    }
    if by.is_empty() && groups.is_empty() {
        groups.push(Vec::new());
    }
    let is_of = |call: &&Call, of: &Vec<Value>| group(call) == *of;
    let expected = |ranges: &[Option<TimeRange>]| {
        let mut rows = Vec::new();
        for range in ranges {
            for of in &groups {
                let calls: Vec<&Call> = counted.iter().copied().filter(|call| is_of(call, of)).collect();
                let mut key = Vec::new();
                if bucket.is_some() {
                    let start = range.map(|range| range.from());
                    key.push(Value::maybe_instant(start));
                    key.push(Value::maybe_text(start.map(|start| local_text(&ask.zone, start))));
                }
                key.extend(of.iter().cloned());
                rows.push((format!("{key:?}"), range.map(|range| values(&calls, range))));
            }
        }
        rows
    };
    let pairs = |edges: &[Instant]| -> Vec<Option<TimeRange>> {
        let range = |pair: &[Instant]| Some(TimeRange::ALL.since(pair[0]).until(pair[1]));
        edges.windows(2).map(range).collect()
    };
    let now = edges.as_ref().map_or_else(|| vec![Some(ask.range)], |edges| pairs(edges));
    let rows: Told = expected(&now).into_iter().map(|(key, values)| (key, values.unwrap())).collect();
    assert_eq!(told(&answer.table), rows);
    assert_eq!(answer.table.rows.len(), now.len() * groups.len());

    assert_eq!(answer.compared.is_some(), before.is_some());
    let (Some(compared), Some(compare)) = (&answer.compared, ask.compare) else { return };
    assert_eq!(compared.columns, answer.table.columns);
    let earlier = match &edges {
        None => vec![before],
        Some(edges) => {
            let compared = compare.buckets(ask.range, edges, &ask.zone);
            let ranges = pairs(&compared.edges);
            compared.places.iter().map(|place| place.and_then(|place| ranges[place])).collect()
        }
    };
    // Beside each row is that of the same group: as many, and each as expected.
    let keys = compared.columns.iter().filter(|column| column.is_key).count();
    let mut expected = expected(&earlier);
    for row in &compared.rows {
        let (key, counted) = row.split_at(keys);
        let is_nothing = counted.iter().all(|value| *value == Value::Null);
        let wanted = (!is_nothing).then(|| counted.to_vec());
        let at = expected.iter().position(|(of, values)| *of == format!("{key:?}") && *values == wanted);
        expected.swap_remove(at.unwrap_or_else(|| panic!("{key:?} {counted:?} is not expected")));
    }
    assert!(expected.is_empty(), "{expected:?}");
    for (row, beside) in answer.table.rows.iter().zip(&compared.rows) {
        let dimensions = keys - by.len()..keys;
        assert_eq!(row[dimensions.clone()], beside[dimensions]);
    }
}

/// The answer to a case.
fn ask(report: &Report, calls: &[Call], case: &Case) -> Answer {
    let answer = report.answer(&*stored(calls), &case.ask).unwrap();
    // All columns that are shown are of those that the report may have.
    let all: Vec<&str> = (report.columns)().iter().map(|column| column.key).collect();
    let shown: Vec<&str> = answer.table.columns.iter().map(|column| column.key).collect();
    let unique: BTreeSet<&&str> = all.iter().collect();
    assert_eq!(unique.len(), all.len());
    let mut rest = all.iter();
    assert!(shown.iter().all(|key| rest.any(|of| of == key)), "{shown:?} of {all:?}");
    answer
}
