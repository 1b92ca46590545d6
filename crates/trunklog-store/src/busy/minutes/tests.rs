use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::busy::brute_force::{self, drawn};
use crate::busy::counted;

/// Six of them are a minute, so many times start or end on its edge.
const UNIT: i64 = MINUTE / 6;

fn at(ticks: i64) -> Instant {
    Instant::from_ticks(ticks).unwrap()
}

/// The starts and ends of times, as they are sorted.
fn events(times: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let counted = times.iter().filter_map(|time| counted(Some(*time)));
    let mut events: Vec<(i64, i64)> = counted.flat_map(|(from, to)| [(from, 1), (to, -1)]).collect();
    events.sort_unstable();
    events
}

/// Books a time into the sums of its minutes, with a sign.
fn book(sums: &mut BTreeMap<i64, MinuteSums>, time: (i64, i64), is_gone: bool) {
    let Some((from, to)) = counted(Some(time)) else { return };
    for (minute, part) in [MinuteSums::of_start(from), MinuteSums::of_end(to)] {
        *sums.entry(minute).or_default() += if is_gone { -part } else { part };
    }
}

/// What an engine would keep of times.
fn minutes(times: &[(i64, i64)]) -> Vec<Stretch> {
    let mut sums = BTreeMap::new();
    for time in times {
        book(&mut sums, *time, false);
    }
    let shapes = shapes_of(&events(times));
    assert!(shapes.iter().map(|(start, _)| start).eq(sums.keys()), "{shapes:?} {sums:?}");
    let minute = |((start, sums), (_, shape)): ((i64, MinuteSums), (i64, Shape))| {
        assert_eq!(sums.net(), shape.net);
        Stretch { start, sums, shape }
    };
    sums.into_iter().zip(shapes).map(minute).collect()
}

fn times() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec(drawn().prop_map(|drawn| drawn.time(UNIT)), 0..14)
}

fn shape() -> impl Strategy<Value = Shape> {
    (-5_i64..6, 0_i64..6, 0_i64..4).prop_map(|(net, peak, at)| Shape { net, peak: peak.max(net), at })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn minutes_count_what_brute_force_counts(
        times in times(),
        edges in prop::collection::btree_set(-8_i64..24, 2..8),
    ) {
        let edges: Vec<Instant> = edges.into_iter().map(|minute| at(minute * MINUTE)).collect();
        let minutes = minutes(&times);
        let expected = brute_force::loads(&edges, &times);
        prop_assert_eq!(loads(&edges, 0, minutes.iter().copied()), &expected[..]);
        // What is before may be given as a number.
        let within = minutes.partition_point(|minute| minute.start < edges[0].ticks());
        let carry = minutes[..within].iter().map(|minute| minute.sums.net()).sum();
        prop_assert_eq!(loads(&edges, carry, minutes[within..].iter().copied()), expected);
    }

    #[test]
    fn longer_stretches_count_the_same(
        times in times(),
        width in 1_i64..6,
        edges in prop::collection::btree_set(-8_i64..24, 2..8),
    ) {
        let edges: Vec<Instant> = edges.into_iter().map(|edge| at(edge * width * MINUTE)).collect();
        let stretches = Stretch::joined(width * MINUTE, minutes(&times));
        prop_assert!(stretches.iter().all(|stretch| stretch.start.rem_euclid(width * MINUTE) == 0));
        prop_assert_eq!(loads(&edges, 0, stretches), brute_force::loads(&edges, &times));
    }
}

proptest! {
    #[test]
    fn shapes_join_in_any_grouping(one in shape(), two in shape(), three in shape()) {
        prop_assert_eq!(one.then(two).then(three), one.then(two.then(three)));
        prop_assert_eq!(Shape::NOTHING.then(one), one);
        prop_assert_eq!(one.then(Shape::NOTHING), one);
    }

    #[test]
    fn a_shape_is_that_of_its_parts(times in times(), cut in -24_i64..120) {
        let events = events(&times);
        let cut = cut * UNIT;
        let within = events.partition_point(|event| event.0 < cut);
        let whole = Shape::of(-60 * UNIT, events.iter().copied());
        let (before, after) = events.split_at(within);
        let parts = Shape::of(-60 * UNIT, before.iter().copied()).then(Shape::of(cut, after.iter().copied()));
        prop_assert_eq!(parts, whole);
    }

    #[test]
    fn what_is_taken_away_was_never_there(
        kept in times(),
        gone in times(),
        order in any::<prop::sample::Index>(),
    ) {
        let mut expected = BTreeMap::new();
        for time in &kept {
            book(&mut expected, *time, false);
        }
        // In an order in which some come late, and some go before they came.
        let mut booked: Vec<((i64, i64), bool)> = kept.iter().map(|time| (*time, false)).collect();
        booked.extend(gone.iter().flat_map(|time| [(*time, true), (*time, false)]));
        if !booked.is_empty() {
            let first = order.index(booked.len());
            booked.rotate_left(first);
        }
        let mut sums = BTreeMap::new();
        for (time, is_gone) in booked {
            book(&mut sums, time, is_gone);
        }
        let is_empty = |sums: &MinuteSums| *sums == MinuteSums::default();
        sums.retain(|_, sums| !is_empty(sums));
        expected.retain(|_, sums| !is_empty(sums));
        prop_assert_eq!(sums, expected);
    }

    #[test]
    fn a_late_call_changes_the_shapes_of_two_minutes(others in times(), late in drawn()) {
        let late = late.time(UNIT);
        let all: Vec<(i64, i64)> = others.iter().copied().chain([late]).collect();
        let shapes = |times: &[(i64, i64)]| -> BTreeMap<i64, Shape> {
            shapes_of(&events(times)).into_iter().collect()
        };
        let (before, after) = (shapes(&others), shapes(&all));
        let touched = [minute_of_start(late.0), minute_of_end(late.1)];
        for (start, shape) in &after {
            prop_assert!(before.get(start) == Some(shape) || touched.contains(start), "{start}");
        }
    }
}

#[test]
fn the_first_instant_of_a_peak_is_told() {
    let minute = |start: i64, times: &[(i64, i64)]| Shape::of(start, events(times));
    // Twice two at once, with an end and a start at one instant between.
    let shape = minute(0, &[(10, 40), (20, 30), (30, 35)]);
    assert_eq!(shape, Shape { net: 0, peak: 2, at: 20 });
    assert_eq!(minute(7, &[]), Shape::quiet(7));
    // One that is carried in ends, and then another starts: no more than before.
    assert_eq!(Shape::of(0, [(10, -1), (10, 1)]), Shape::quiet(0));
}

#[test]
fn an_end_on_an_edge_is_in_the_minute_before() {
    let minutes = minutes(&[(0, MINUTE), (MINUTE, 2 * MINUTE)]);
    assert_eq!(minutes.iter().map(|minute| minute.start).collect::<Vec<_>>(), [0, MINUTE]);
    assert_eq!(minutes[0].sums, MinuteSums { starts: 1, start_offsets: 0, ends: 1, end_offsets: MINUTE });
    let edges = [0, MINUTE, 2 * MINUTE, 3 * MINUTE].map(at);
    let one = |start: i64| Load { peak: 1, peak_at: at(start), ticks: MINUTE };
    assert_eq!(loads(&edges, 0, minutes), [(0, one(0)), (1, one(MINUTE))]);
}

#[test]
fn quiet_buckets_have_what_is_carried_into_them() {
    let edges = [0, MINUTE, 60 * MINUTE].map(at);
    let load = |start: i64, minutes: i64| Load { peak: 3, peak_at: at(start), ticks: 3 * minutes * MINUTE };
    assert_eq!(loads(&edges, 3, []), [(0, load(0, 1)), (1, load(MINUTE, 59))]);
    assert!(are_minutes(&edges) && !are_minutes(&[at(1)]));
}
