use trunklog_odata::Version;
use trunklog_odata::expr::{Kind, Node};
use trunklog_odata::filter::parse;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Cell, Log, Rows};

use super::*;
use crate::Store;
use crate::cube::NO_KEY;
use crate::testing::{TestStore, decoded};

static LOG: &Log = &DIRECT_ROUTING_CALLS;

/// Channels are occupied from the invite on, or else from the start.
static SET: CubeSet = CubeSet {
    log: &DIRECT_ROUTING_CALLS,
    version: "1",
    needs: &["callType", "trunkFullyQualifiedDomainName", "inviteDateTime", "endDateTime"],
    cubes: &[],
    fold: |_, _| {},
    spans,
};

fn spans(rows: &Rows, each: &mut dyn FnMut(Span<'_>)) {
    let column = |name: &str| rows.column(LOG.index_of(name).unwrap());
    let instant = |cell: Option<Cell<'_>>| match cell {
        Some(Cell::Instant(at)) => Some(at.ticks()),
        _ => None,
    };
    let (kinds, trunks) = (column("callType"), column("trunkFullyQualifiedDomainName"));
    let (invites, ends) = (column("inviteDateTime"), column("endDateTime"));
    for row in 0..rows.len() {
        let start = rows.time(row).ticks();
        let end = instant(ends.value(row));
        each(Span {
            at: start,
            series: match trunks.value(row) {
                Some(Cell::Text(trunk)) => Some(trunk),
                _ => None,
            },
            direction: match kinds.value(row) {
                Some(Cell::Text("ByotIn")) => 1,
                Some(Cell::Text("ByotOut")) => 2,
                _ => NO_KEY,
            },
            occupied: instant(invites.value(row)).or(Some(start)).zip(end),
            talking: end.map(|end| (start, end)),
        });
    }
}

/// Two that follow each other without a gap, one that lasts through all of
/// them, one of no length and one without an end; and one two days before.
const ROWS: [&str; 6] = [
    r#"{"id":"1","inviteDateTime":"2026-11-30T10:00:00Z","startDateTime":"2026-11-30T10:00:05Z","endDateTime":"2026-11-30T10:30:00Z","callType":"ByotIn","trunkFullyQualifiedDomainName":"a"}"#,
    r#"{"id":"2","startDateTime":"2026-11-30T10:30:00Z","endDateTime":"2026-11-30T11:00:00Z","callType":"ByotOut","trunkFullyQualifiedDomainName":"a","duration":1800}"#,
    r#"{"id":"3","inviteDateTime":"2026-11-30T09:50:00Z","startDateTime":"2026-11-30T09:55:00Z","endDateTime":"2026-11-30T12:10:00Z","callType":"ByotIn","trunkFullyQualifiedDomainName":"b"}"#,
    r#"{"id":"4","startDateTime":"2026-11-30T11:20:00Z","endDateTime":"2026-11-30T11:20:00Z","callType":"ByotIn"}"#,
    r#"{"id":"5","startDateTime":"2026-11-30T11:30:00Z","callType":"ByotIn"}"#,
    r#"{"id":"6","startDateTime":"2026-11-28T11:30:00Z","endDateTime":"2026-11-28T11:31:00Z"}"#,
];

fn at(time: &str) -> Instant {
    Instant::parse(&format!("2026-11-30T{time}Z")).unwrap()
}

fn hours() -> Arc<[Instant]> {
    ["10:00:00", "11:00:00", "12:00:00", "13:00:00"].map(at).into()
}

/// The third row comes late.
fn store() -> TestStore {
    let early = [ROWS[0], ROWS[1], ROWS[3], ROWS[4], ROWS[5]];
    TestStore::of([decoded(LOG, &early), decoded(LOG, &[ROWS[2]])])
}

fn load(peak: i64, peak_at: &str, minutes: i64) -> Load {
    Load { peak, peak_at: at(peak_at), ticks: minutes * minutes::MINUTE }
}

fn group(bucket: usize, series: Option<&str>, occupied: Load, talking: Load) -> BusyGroup {
    BusyGroup { bucket, series: series.map(str::to_owned), occupied, talking }
}

#[test]
fn channels_are_counted_by_bucket() {
    let answer = store().busy(&BusyQuery::all(&SET, hours())).unwrap();
    let five_secs_less = |load: Load| Load { ticks: load.ticks - 5 * Instant::TICKS_PER_SEC, ..load };
    let expected = BusyAnswer {
        groups: vec![
            group(0, None, load(2, "10:00:00", 120), five_secs_less(load(2, "10:00:05", 120))),
            group(1, None, load(1, "11:00:00", 60), load(1, "11:00:00", 60)),
            group(2, None, load(1, "12:00:00", 10), load(1, "12:00:00", 10)),
        ],
        source: SumSource::Rows(5),
        watermark: Watermark(2),
    };
    assert_eq!(answer, expected);
}

#[test]
fn series_are_counted_apart() {
    let answer = store().busy(&BusyQuery { by_series: true, ..BusyQuery::all(&SET, hours()) }).unwrap();
    let peaks: Vec<(usize, Option<&str>, i64)> = answer
        .groups
        .iter()
        .map(|group| (group.bucket, group.series.as_deref(), group.occupied.peak))
        .collect();
    assert_eq!(peaks, [(0, Some("a"), 1), (0, Some("b"), 1), (1, Some("b"), 1), (2, Some("b"), 1)]);
}

#[test]
fn a_question_may_be_about_some_calls() {
    let all = BusyQuery::all(&SET, hours());
    let filter = |text: &str| Some(parse(text, &LOG.shape(Version::Beta), &|_| None).unwrap());
    let series = |names: &[Option<&str>]| Some(names.iter().map(|name| name.map(str::to_owned)).collect());
    let half = load(1, "10:30:00", 30);
    let second = vec![group(0, None, half, half)];
    for query in [
        BusyQuery { direction: Some(2), ..all.clone() },
        BusyQuery { filter: filter("callType eq 'ByotOut'"), ..all.clone() },
        // A filter may look at what spans do not need.
        BusyQuery { filter: filter("duration gt 60"), ..all.clone() },
        BusyQuery { series: series(&[Some("a"), None]), direction: Some(2), ..all.clone() },
    ] {
        assert_eq!(store().busy(&query).unwrap().groups, second, "{query:?}");
    }
    for query in [
        BusyQuery { direction: Some(NO_KEY), ..all.clone() },
        BusyQuery { series: series(&[None]), ..all.clone() },
        BusyQuery { series: series(&[]), ..all.clone() },
        BusyQuery { filter: filter("duration gt 1800"), ..all.clone() },
    ] {
        let groups = store().busy(&query).unwrap().groups;
        assert!(groups.is_empty(), "{query:?}: {groups:?}");
    }
    let of_b = BusyQuery { series: series(&[Some("b")]), ..all };
    let groups = store().busy(&of_b).unwrap().groups;
    assert_eq!(groups.iter().map(|group| group.occupied.peak).collect::<Vec<_>>(), [1, 1, 1]);
    assert!(groups.iter().all(|group| group.series.is_none()), "they are not counted apart");
}

#[test]
fn questions_that_do_not_fit_are_refused() {
    let all = BusyQuery::all(&SET, hours());
    let duration = Expr::new(Kind::Int, Node::Property(LOG.index_of("duration").unwrap()));
    for query in [
        BusyQuery { edges: [].into(), ..all.clone() },
        BusyQuery { edges: [at("10:00:00")].into(), ..all.clone() },
        BusyQuery { edges: ["10:00:00", "10:00:00"].map(at).into(), ..all.clone() },
        BusyQuery { edges: ["11:00:00", "10:00:00"].map(at).into(), ..all.clone() },
        BusyQuery { filter: Some(duration), ..all },
    ] {
        assert!(query.check().is_err() && store().busy(&query).is_err(), "{query:?}");
    }
}

#[test]
fn buckets_may_reach_to_the_ends_of_time() {
    let edges = [Instant::ABSENT, Instant::MAX].into();
    let groups = store().busy(&BusyQuery::all(&SET, edges)).unwrap().groups;
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].occupied.peak, 2);
}
