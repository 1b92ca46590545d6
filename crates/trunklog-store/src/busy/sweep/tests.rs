use proptest::prelude::*;

use super::*;
use crate::busy::brute_force::{self, Drawn, drawn};
use crate::busy::{MAX_SPAN, minutes::MINUTE};

const SERIES: [Option<&str>; 3] = [None, Some(""), Some("sbc.example")];

fn at(ticks: i64) -> Instant {
    Instant::from_ticks(ticks).unwrap()
}

/// A call, and the time of its row.
fn call(unit: i64, (drawn, cut, series, later): (Drawn, i64, usize, i64)) -> (i64, Span<'static>) {
    let (from, to) = drawn.time(unit);
    let talking = ((from + cut * unit).min(to), to);
    // Times of rows reach from the earliest to the latest that there may be.
    let (earliest, latest) = (to - MAX_SPAN, from + MAX_SPAN);
    let time = earliest + (latest - earliest) / 48 * later;
    let (occupied, talking) = (Some((from, to)), Some(talking));
    let span = Span { at: time, series: SERIES[series], direction: 1, occupied, talking };
    (time, span)
}

/// The groups of calls, by brute force.
fn expected(edges: &[Instant], by_series: bool, calls: &[(i64, Span<'static>)]) -> Vec<BusyGroup> {
    let mut groups = BTreeMap::<(usize, Option<String>), [Load; 2]>::new();
    let series = if by_series { SERIES.to_vec() } else { vec![None] };
    for name in series {
        let of_series = calls.iter().map(|(_, span)| span).filter(|span| !by_series || span.series == name);
        let of_series: Vec<&Span<'_>> = of_series.collect();
        for which in 0..2 {
            let times: Vec<(i64, i64)> =
                of_series.iter().filter_map(|span| [span.occupied, span.talking][which]).collect();
            for (bucket, load) in brute_force::loads(edges, &times) {
                let none = [Load::none(edges[bucket]); 2];
                groups.entry((bucket, name.map(str::to_owned))).or_insert(none)[which] = load;
            }
        }
    }
    groups
        .into_iter()
        .map(|((bucket, series), [occupied, talking])| BusyGroup { bucket, series, occupied, talking })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_sweep_counts_what_brute_force_counts(
        unit in prop::sample::select(vec![2, MINUTE / 6, Instant::TICKS_PER_HOUR]),
        calls in prop::collection::vec((drawn(), 0_i64..=24, 0_usize..3, 0_i64..=48), 0..14),
        edges in prop::collection::btree_set(-60_i64..260, 2..9),
        by_series in any::<bool>(),
        at_a_time in 1_usize..4,
    ) {
        // Edges in the midst of units, too.
        let edges: Arc<[Instant]> = edges.into_iter().map(|half| at(half * unit / 2)).collect();
        let mut calls: Vec<(i64, Span<'static>)> = calls.into_iter().map(|drawn| call(unit, drawn)).collect();
        calls.sort_by_key(|(time, _)| *time);
        let mut sweep = Sweep::new(edges.clone(), by_series);
        for batch in calls.chunks(at_a_time) {
            for (_, span) in batch {
                sweep.add(span).unwrap();
            }
            sweep.settle(batch.last().unwrap().0 - MAX_SPAN).unwrap();
        }
        prop_assert_eq!(sweep.finish().unwrap(), expected(&edges, by_series, &calls));
    }
}

fn occupied(series: Option<&str>, from: i64, to: i64) -> Span<'_> {
    Span { at: from, series, direction: 1, occupied: Some((from, to)), talking: None }
}

#[test]
fn what_is_settled_is_gone_from_memory() {
    let edges: Arc<[Instant]> = [at(0), at(1_000)].into();
    let mut sweep = Sweep::new(edges, false);
    for from in 0..1_000 {
        sweep.add(&occupied(None, from, from + 3)).unwrap();
        sweep.settle(from).unwrap();
        assert!(sweep.events.len() <= 8, "{} events wait at {from}", sweep.events.len());
    }
    // What is outside all buckets never waits.
    sweep.add(&occupied(None, 1_000, 2_000)).unwrap();
    assert!(sweep.events.len() <= 8);
    let groups = sweep.finish().unwrap();
    let load = Load { peak: 3, peak_at: at(2), ticks: 2_997 };
    assert_eq!(groups, [BusyGroup { bucket: 0, series: None, occupied: load, talking: Load::none(at(0)) }]);
}

#[test]
fn a_call_before_what_is_settled_is_an_error() {
    let mut sweep = Sweep::new([at(0), at(1_000)].into(), false);
    sweep.settle(500).unwrap();
    let error = sweep.add(&occupied(None, 499, 600)).unwrap_err();
    assert!(error.kind() == ErrorKind::Other && error.to_string().contains("24 hours"), "{error}");
    sweep.add(&occupied(None, 500, 600)).unwrap();
    // One that lies before all buckets changes nothing.
    sweep.add(&occupied(None, -900, -500)).unwrap();
    assert_eq!(sweep.finish().unwrap().len(), 1);
}

#[test]
fn times_that_are_too_long_or_have_no_length_do_not_count() {
    let mut sweep = Sweep::new([at(0), at(10)].into(), false);
    for (from, to) in [(0, MAX_SPAN + 1), (5, 5), (7, 6), (i64::MIN, i64::MAX)] {
        sweep.add(&occupied(None, from, to)).unwrap();
    }
    let groups = sweep.finish().unwrap();
    assert!(groups.is_empty(), "{groups:?}");
}

#[test]
fn too_many_groups_are_refused() {
    let many = i64::try_from(MAX_GROUPS).unwrap();
    for (buckets, is_refused) in [(many, false), (many + 1, true)] {
        let edges: Arc<[Instant]> = (0..=buckets).map(at).collect();
        let mut sweep = Sweep::new(edges, true);
        sweep.add(&occupied(Some("a"), 0, buckets)).unwrap();
        let groups = sweep.finish();
        assert_eq!(groups.as_ref().err().map(|error| error.kind()), is_refused.then_some(ErrorKind::TooMany));
        assert_eq!(groups.map_or(0, |groups| groups.len()), if is_refused { 0 } else { MAX_GROUPS });
    }
    // Of many series as well, and before all of their loads are in memory.
    let edges: Arc<[Instant]> = (0..=1_000).map(at).collect();
    let mut sweep = Sweep::new(edges, true);
    for number in 0..300 {
        sweep.add(&occupied(Some(&number.to_string()), 0, 1_000)).unwrap();
    }
    assert_eq!(sweep.settle(2_000).unwrap_err().kind(), ErrorKind::TooMany);
}
