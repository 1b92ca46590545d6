//! Engines against a plain computation over the same random calls.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::tz::TimeZone;
use trunklog_duckdb::DuckDbEngine;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_reports::calendar::Bucket;
use trunklog_reports::cubes::DIRECT_ROUTING;
use trunklog_reports::{Answer, Ask, Dimension, Extra, Report, Value};
use trunklog_store::busy::BusyQuery;
use trunklog_store::{Engine, Store};
use trunklog_store_kit::MemoryEngine;

use super::calls::{Call, DAY, HOUR, MINUTE, SEC, TRUNKS, rows};
use super::plain::{self, Expected};
use super::{engine_options, float, tenants, whole};
use trunklog_store_kit::Dice;

/// 2026-03-08T00:00:00Z: clocks are changed in Newfoundland that day.
const BASE: i64 = 1_772_928_000 * SEC;

const CALLS: usize = 400;

/// Calls of four days, more of them at some times than at others.
fn some_calls(dice: &mut Dice) -> Vec<Call> {
    (0..CALLS)
        .map(|number| {
            let start = if dice.chance(50) {
                BASE + 12 * HOUR + dice.between(0, 20) * MINUTE
            } else {
                BASE + dice.between(0, 4 * DAY)
            };
            Call::new(dice, number, start)
        })
        .collect()
}

fn instant(ticks: i64) -> Instant {
    Instant::from_ticks(ticks).unwrap()
}

/// One engine that reads rows, and one that keeps cubes; each with all calls.
struct Engines {
    stores: [Arc<dyn Store>; 2],
    zone: TimeZone,
    // After the stores, so that the file is closed before it goes.
    _folder: tempfile::TempDir,
}

impl Engines {
    fn with(calls: &[Call], tenant: usize) -> Engines {
        let folder = tempfile::tempdir().unwrap();
        let duckdb = DuckDbEngine::open(&folder.path().join("store.duckdb"), engine_options()).unwrap();
        let engines: [Arc<dyn Engine>; 2] = [Arc::new(MemoryEngine::new()), Arc::new(duckdb)];
        let (tenant, zone) = tenants()[tenant].clone();
        let stores = engines.map(|engine| engine.tenant(tenant));
        for store in &stores {
            for batch in calls.chunks(150) {
                store.append(&rows(batch)).unwrap();
            }
        }
        Engines { stores, zone, _folder: folder }
    }

    fn ask(&self, range: TimeRange) -> Ask {
        Ask { zone: self.zone.clone(), days: self.zone.clone(), ..Ask::of(range) }
    }
}

fn answer(report: &str, store: &dyn Store, ask: &Ask) -> Answer {
    Report::by_key(report).unwrap().answer(store, ask).unwrap()
}

/// Compares the figures of a row with what they should come to.
fn check_figures(answer: &Answer, row: usize, calls: &[&Call], what: &str) {
    for (key, expected) in plain::figures(calls) {
        let told = answer.table.value(row, key).unwrap_or_else(|| panic!("{what}: no {key}"));
        let (value, n) = match told {
            Value::Int(value) => (Some(float(*value)), None),
            Value::Number(value) => (Some(*value), None),
            Value::Ratio { value, n } => (*value, Some(*n)),
            Value::Null => (None, None),
            other => panic!("{what}: {key} is {other:?}"),
        };
        let (is_so, expected_n) = match expected {
            Expected::Exactly(expected, n) => (are_equal(value, expected), n),
            Expected::Near(millis, n) => (is_near(value, millis), n),
        };
        assert!(is_so, "{what}: {key} is {told:?}, not {expected:?}");
        assert_eq!(n.unwrap_or(expected_n), expected_n, "{what}: the rows of {key}");
    }
}

/// Divisions in another order may differ in the last digits.
fn are_equal(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * other.abs().max(1.0),
        (one, other) => one == other,
    }
}

/// A bin is as wide as a factor of 1.04, and single milliseconds at its start.
fn is_near(seconds: Option<f64>, millis: Option<i64>) -> bool {
    match (seconds, millis.map(float)) {
        (Some(seconds), Some(millis)) => (seconds * 1_000.0 - millis).abs() <= 0.02 * millis + 0.501,
        (seconds, millis) => seconds.is_none() && millis.is_none(),
    }
}

#[test]
fn key_figures_are_those_of_a_plain_computation() {
    for seed in 0..6 {
        let mut dice = Dice(9_000 + seed);
        let calls = some_calls(&mut dice);
        let engines = Engines::with(&calls, usize::try_from(seed % 3).unwrap());
        let cut = dice.between(0, DAY);
        let ranges = [
            // Days of UTC, quarters, and the midst of a minute.
            (BASE, BASE + 4 * DAY),
            (BASE + 12 * HOUR + 15 * MINUTE, BASE + 2 * DAY + 45 * MINUTE),
            (BASE + cut, BASE + cut + 2 * DAY + 1),
        ];
        for (from, to) in ranges {
            let range = TimeRange::of(&DIRECT_ROUTING_CALLS, instant(from), instant(to)).unwrap();
            let within: Vec<&Call> =
                calls.iter().filter(|call| from <= call.start && call.start < to).collect();
            for (at, store) in engines.stores.iter().enumerate() {
                let what = format!("seed {seed}, engine {at}, {range:?}");
                let all = answer("kpis", store.as_ref(), &engines.ask(range));
                assert_eq!(all.table.rows.len(), 1, "{what}");
                check_figures(&all, 0, &within, &what);
                let is_of_cubes = at == 1 && from == BASE;
                assert!(!is_of_cubes || all.source.key() == "cube", "{what}: {:?}", all.source);

                let ask = Ask { by: vec![Dimension::Trunk], ..engines.ask(range) };
                let by_trunk = answer("kpis", store.as_ref(), &ask);
                let used: BTreeSet<Option<&str>> = within.iter().map(|call| call.trunk).collect();
                assert_eq!(by_trunk.table.rows.len(), used.len(), "{what}");
                for row in 0..by_trunk.table.rows.len() {
                    let trunk = match by_trunk.table.value(row, "trunk") {
                        Some(Value::Text(trunk)) => Some(trunk.as_str()),
                        _ => None,
                    };
                    let of_trunk: Vec<&Call> =
                        within.iter().copied().filter(|call| call.trunk == trunk).collect();
                    check_figures(&by_trunk, row, &of_trunk, &format!("{what}, {trunk:?}"));
                }

                let ask = Ask { by: vec![Dimension::Direction], ..engines.ask(range) };
                let by_direction = answer("kpis", store.as_ref(), &ask);
                for row in 0..by_direction.table.rows.len() {
                    let Some(Value::Word { key, .. }) = by_direction.table.value(row, "direction") else {
                        panic!("{what}: row {row} has no direction");
                    };
                    let of_direction: Vec<&Call> =
                        within.iter().copied().filter(|call| call.kind.direction == *key).collect();
                    check_figures(&by_direction, row, &of_direction, &format!("{what}, {key}"));
                }
            }
        }
    }
}

#[test]
fn busy_channels_are_those_of_a_plain_computation() {
    for seed in 0..6 {
        let mut dice = Dice(9_100 + seed);
        let calls = some_calls(&mut dice);
        let engines = Engines::with(&calls, usize::try_from(seed % 3).unwrap());
        // Whole minutes, and edges in the midst of some.
        let off = if seed % 2 == 0 { 0 } else { 7 * SEC + 1 };
        let mut edges: Vec<i64> =
            (0..40).map(|_| BASE + dice.between(11 * 60, 60 * 60) * MINUTE + off).collect();
        edges.extend([BASE + 12 * HOUR, BASE + 12 * HOUR + 10 * MINUTE]);
        edges.sort_unstable();
        edges.dedup();
        let query = BusyQuery {
            by_series: true,
            ..BusyQuery::all(&DIRECT_ROUTING, edges.iter().map(|edge| instant(*edge)).collect())
        };
        for (at, store) in engines.stores.iter().enumerate() {
            let what = format!("seed {seed}, engine {at}");
            let groups = store.busy(&query).unwrap().groups;
            let mut seen = 0;
            for (bucket, edge) in edges.windows(2).enumerate() {
                for trunk in TRUNKS {
                    let of_trunk: Vec<&Call> = calls.iter().filter(|call| call.trunk == trunk).collect();
                    let found = groups
                        .iter()
                        .find(|group| group.bucket == bucket && group.series.as_deref() == trunk);
                    seen += usize::from(found.is_some());
                    for talking in [false, true] {
                        let times: Vec<(i64, i64)> =
                            of_trunk.iter().filter_map(|call| call.busy(talking)).collect();
                        let (peak, peak_at) = plain::peak(&times, edge[0], edge[1]);
                        let ticks = plain::ticks(&times, edge[0], edge[1]);
                        let what = format!("{what}, bucket {bucket} of {trunk:?}, talking {talking}");
                        let Some(group) = found else {
                            assert_eq!(peak, 0, "{what}");
                            continue;
                        };
                        let load = if talking { group.talking } else { group.occupied };
                        let told = (usize::try_from(load.peak).unwrap(), load.peak_at.ticks(), load.ticks);
                        assert_eq!(told, (peak, peak_at, ticks), "{what}");
                    }
                }
            }
            assert_eq!(seen, groups.len(), "{what}: groups that nobody knows");
            assert!(seen > 20, "{what}: {seen} groups");
        }
    }
}

#[test]
fn users_that_were_hit_are_counted_once() {
    let mut dice = Dice(9_200);
    let calls = some_calls(&mut dice);
    let engines = Engines::with(&calls, 1);
    let range = TimeRange::of(&DIRECT_ROUTING_CALLS, instant(BASE), instant(BASE + 4 * DAY)).unwrap();
    for store in &engines.stores {
        let ask = Ask { extras: vec![Extra::Users], top: Some(1_000), ..engines.ask(range) };
        let told = answer("endReasons", store.as_ref(), &ask);
        let mut rows = 0;
        for row in 0..told.table.rows.len() {
            let code = |key: &str| match told.table.value(row, key) {
                Some(Value::Int(code)) => Some(i32::try_from(*code).unwrap()),
                _ => None,
            };
            let Some(Value::Word { key: class, .. }) = told.table.value(row, "class") else {
                panic!("row {row} has no class");
            };
            let is_so = |call: &&Call| {
                call.how.codes == (code("sipCode"), code("subcode"))
                    && (call.how.successful == Some(true)) == (*class == "answered")
            };
            let ended_so: Vec<&Call> = calls.iter().filter(is_so).collect();
            let users: BTreeSet<&str> = ended_so.iter().filter_map(|call| call.user).collect();
            let number = |key: &str| match told.table.value(row, key) {
                Some(Value::Int(number)) => float(*number),
                Some(Value::Number(number)) => *number,
                other => panic!("{key} of row {row} is {other:?}"),
            };
            let expected = (float(whole(ended_so.len())), float(whole(users.len())));
            assert_eq!((number("attempts"), number("users")), expected, "row {row}");
            rows += ended_so.len();
        }
        assert_eq!(rows, calls.len());
    }
}

#[test]
fn users_of_days_are_those_of_a_plain_computation() {
    for tenant in 0..3 {
        let mut dice = Dice(9_250);
        let calls = some_calls(&mut dice);
        let engines = Engines::with(&calls, tenant);
        for (from, to) in [(BASE, BASE + 4 * DAY), (BASE + 11 * HOUR + 1, BASE + 3 * DAY + MINUTE)] {
            let range = TimeRange::of(&DIRECT_ROUTING_CALLS, instant(from), instant(to)).unwrap();
            for (at, store) in engines.stores.iter().enumerate() {
                for by in [Vec::new(), vec![Dimension::Direction], vec![Dimension::Trunk]] {
                    let ask = Ask {
                        bucket: Some(Bucket::Day),
                        extras: vec![Extra::Users],
                        by: by.clone(),
                        ..engines.ask(range)
                    };
                    let told = answer("series", store.as_ref(), &ask);
                    let table = &told.table;
                    let start = |row: usize| match table.value(row, "start") {
                        Some(Value::Instant(start)) => start.ticks(),
                        other => panic!("the start of row {row} is {other:?}"),
                    };
                    let starts: BTreeSet<i64> = (0..table.rows.len()).map(start).collect();
                    for row in 0..table.rows.len() {
                        let end = starts.range(start(row) + 1..).next().copied().unwrap_or(to);
                        let is_of_row = |call: &&Call| {
                            let direction = match table.value(row, "direction") {
                                Some(Value::Word { key, .. }) => call.kind.direction == *key,
                                _ => true,
                            };
                            let trunk = match table.value(row, "trunk") {
                                Some(Value::Text(trunk)) => call.trunk == Some(trunk.as_str()),
                                Some(Value::Null) => call.trunk.is_none(),
                                _ => true,
                            };
                            start(row) <= call.start && call.start < end && direction && trunk
                        };
                        let users: BTreeSet<&str> =
                            calls.iter().filter(is_of_row).filter_map(|call| call.user).collect();
                        let expected = Value::Int(i64::try_from(users.len()).unwrap());
                        let what = format!("tenant {tenant}, engine {at}, by {by:?}, row {row}");
                        assert_eq!(table.value(row, "users"), Some(&expected), "{what}");
                    }
                    // Rows tell what sums by user are not kept by.
                    let rows_alone = at == 0 || by.contains(&Dimension::Trunk);
                    let has_note = |note| told.notes.contains(&note);
                    assert_eq!(has_note("note-usersOfRows"), rows_alone, "{at} {by:?}: {:?}", told.notes);
                }
            }
        }
    }
}

#[test]
fn users_are_those_of_a_plain_computation() {
    let mut dice = Dice(9_300);
    let calls = some_calls(&mut dice);
    let engines = Engines::with(&calls, 2);
    for (from, to) in [(BASE, BASE + 4 * DAY), (BASE + 11 * HOUR + 1, BASE + 2 * DAY + MINUTE)] {
        let range = TimeRange::of(&DIRECT_ROUTING_CALLS, instant(from), instant(to)).unwrap();
        let within = || calls.iter().filter(|call| from <= call.start && call.start < to);
        let users: BTreeSet<&str> = within().filter_map(|call| call.user).collect();
        for store in &engines.stores {
            let ask = Ask { top: Some(1_000), ..engines.ask(range) };
            let told = answer("users", store.as_ref(), &ask);
            assert_eq!(told.table.rows.len(), users.len());
            for row in 0..told.table.rows.len() {
                let Some(Value::Text(user)) = told.table.value(row, "user") else {
                    panic!("row {row} has no user");
                };
                let of_user: Vec<&Call> = within().filter(|call| call.user == Some(user.as_str())).collect();
                for (key, expected) in plain::figures(&of_user) {
                    if !["attempts", "answered", "missed", "minutes"].contains(&key) {
                        continue;
                    }
                    let value = match told.table.value(row, key) {
                        Some(Value::Int(value)) => Some(float(*value)),
                        Some(Value::Number(value)) => Some(*value),
                        other => panic!("{key} of {user} is {other:?}"),
                    };
                    let Expected::Exactly(expected, _) = expected else { panic!("{key} is no quantile") };
                    assert!(are_equal(value, expected), "{key} of {user}: {value:?}, not {expected:?}");
                }
            }
        }
    }
}
