use std::collections::BTreeMap;

use proptest::prelude::*;
use trunklog_records::Rows;
use trunklog_records::schema::SMS;

use super::*;
use crate::cube::{Cube, CubeKey, KeyKind};

/// Cells that tests fill by hand.
static SET: CubeSet = CubeSet {
    log: &SMS,
    version: "test",
    needs: &[],
    cubes: &[
        Cube {
            name: "minutes",
            grain: Grain::Ticks(60),
            keys: &[CubeKey::derived("a", KeyKind::Int), CubeKey::derived("b", KeyKind::Int)],
            measures: &["rows", "value"],
        },
        Cube { name: "days", grain: Grain::Day, keys: &[], measures: &["rows"] },
    ],
    fold: nothing,
    spans: no_spans,
};

fn nothing(_: &Rows, _: &mut Cells) {}

fn no_spans(_: &Rows, _: &mut dyn FnMut(crate::busy::Span<'_>)) {}

/// What a cell is told apart by, and its sums.
type Told = BTreeMap<(i64, Vec<i64>), Vec<i64>>;

fn told(cells: &Cells, cube: usize) -> Told {
    let keys = SET.cubes[cube].keys.len();
    let cells = cells.sorted(cube);
    assert!(cells.is_sorted_by(|a, b| a.key < b.key));
    cells.iter().map(|cell| ((cell.key.slot, cell.key.keys[..keys].to_vec()), cell.sums.to_vec())).collect()
}

/// A row: its time, its keys, its value and whether it is taken away.
fn rows() -> impl Strategy<Value = Vec<(i64, [i64; 2], i64, bool)>> {
    let key = prop_oneof![Just(NO_KEY), Just(0), -3..3_i64, any::<i64>(), 0..2_000_i64];
    let row = (-500..5_000_i64, [key.clone(), key], -100..100_i64, any::<bool>());
    proptest::collection::vec(row, 0..3_000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn cells_are_the_sums_of_their_rows(rows in rows()) {
        let mut cells = Cells::new(&SET, TimeZone::UTC);
        let (mut minutes, mut days) = (Told::new(), Told::new());
        for (time, keys, value, is_negative) in rows {
            cells.set_negative(is_negative);
            cells.add(0, time, &keys, &[1, value]);
            cells.add(1, time, &[], &[1]);
            let sign = if is_negative { -1 } else { 1 };
            let minute = minutes.entry((time - time.rem_euclid(60), keys.to_vec())).or_insert(vec![0, 0]);
            minute[0] += sign;
            minute[1] += sign * value;
            let day = time - time.rem_euclid(Instant::TICKS_PER_DAY);
            days.entry((day, Vec::new())).or_insert(vec![0])[0] += sign;
        }
        prop_assert!(cells.len(0) == minutes.len() && cells.len(1) == days.len());
        minutes.retain(|_, sums| sums.iter().any(|sum| *sum != 0));
        days.retain(|_, sums| sums.iter().any(|sum| *sum != 0));
        prop_assert_eq!(told(&cells, 0), minutes);
        prop_assert_eq!(told(&cells, 1), days);
    }
}

#[test]
fn cells_at_one_spot_stay_apart() {
    let mut cells = Cells::new(&SET, TimeZone::UTC);
    let key = |a: i64| CellKey { slot: 0, keys: [a, 0, NO_KEY, NO_KEY, NO_KEY, NO_KEY] };
    let most = *SPOTS.end();
    let same = (0..).filter(|a| spot(&key(*a), 2, most) == spot(&key(0), 2, most));
    let same: Vec<i64> = same.take(8).collect();
    for round in 1..=4 {
        for a in &same {
            cells.add(0, 0, &[*a, 0], &[1, *a]);
        }
        assert_eq!(cells.len(0), same.len());
        let expected: Told = same.iter().map(|a| ((0, vec![*a, 0]), vec![round, round * a])).collect();
        assert_eq!(told(&cells, 0), expected);
    }
}

#[test]
fn what_is_taken_away_leaves_no_cell() {
    let mut cells = Cells::new(&SET, TimeZone::UTC);
    cells.add(0, 61, &[1, NO_KEY], &[1, 7]);
    cells.set_negative(true);
    cells.add(0, 119, &[1, NO_KEY], &[1, 7]);
    assert_eq!((cells.len(0), told(&cells, 0)), (1, Told::new()));
    // What comes back is there.
    cells.set_negative(false);
    cells.add(0, 60, &[1, NO_KEY], &[1, 5]);
    assert_eq!(told(&cells, 0), Told::from([((60, vec![1, NO_KEY]), vec![1, 5])]));
}

#[test]
fn a_cube_that_nobody_wants_stays_empty_and_buckets_are_slots() {
    let edges = [10, 20, 80].map(|ticks| Instant::from_ticks(ticks).unwrap());
    let mut cells = Cells::of_one(&SET, 0, TimeZone::UTC, Some(Arc::from(edges)));
    assert!(cells.wants(0) && !cells.wants(1) && cells.is_empty());
    for time in [9, 10, 19, 20, 79, 80] {
        cells.add(0, time, &[0, 0], &[1, time]);
        cells.add(1, time, &[], &[1]);
    }
    let expected = [((0, vec![0, 0]), vec![2, 29]), ((1, vec![0, 0]), vec![2, 99])];
    assert_eq!((told(&cells, 0), cells.len(1)), (Told::from(expected), 0));
}

#[test]
fn each_text_has_one_number() {
    let mut cells = Cells::new(&SET, TimeZone::UTC);
    let (first, second) = (cells.text("a"), cells.text(""));
    assert_eq!((cells.text("a"), cells.text("")), (first, second));
    assert_eq!((cells.text_of(first), cells.text_of(second)), (Some("a"), Some("")));
    assert_eq!((cells.text_of(NO_KEY), cells.text_of(2)), (None, None));
}
