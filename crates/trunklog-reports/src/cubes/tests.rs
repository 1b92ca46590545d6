use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;
use trunklog_records::Cell;
use trunklog_samples::{SyntheticLog, SyntheticOptions};
use trunklog_store::cube::{Cells, MAX_KEYS, NO_KEY};
use trunklog_store::{ReportValue, values_of_bin};

use super::*;
use crate::classes::{Class, classify};
use crate::facts::sample::{CALL_TYPES, CODES, Call, PHONES, SAID, calls as some_calls, rows};

/// What cells are told apart by, as values, and their sums.
type Told = BTreeMap<(i64, Vec<ReportValue>), Vec<i64>>;

fn value(cells: &Cells, kind: KeyKind, key: i64) -> ReportValue {
    match kind {
        _ if key == NO_KEY => ReportValue::Null,
        KeyKind::Text => ReportValue::Text(cells.text_of(key).unwrap().to_owned()),
        KeyKind::Int => ReportValue::Int(key),
    }
}

fn told(cells: &Cells, cube: usize) -> Told {
    let keys = DIRECT_ROUTING.cubes[cube].keys;
    let sorted = cells.sorted(cube);
    let cell = sorted.iter().map(|cell| {
        let values = keys.iter().zip(cell.key.keys).map(|(of, key)| value(cells, of.kind, key));
        ((cell.key.slot, values.collect()), cell.sums.to_vec())
    });
    cell.collect()
}

fn text(text: Option<&str>) -> ReportValue {
    text.map_or(ReportValue::Null, |text| ReportValue::Text(text.to_owned()))
}

fn int(value: Option<i64>) -> ReportValue {
    value.map_or(ReportValue::Null, ReportValue::Int)
}

/// What is looked up in a table of the sample.
fn said<T: Copy>(table: &[(&str, T)], of: Option<&str>) -> Option<T> {
    table.iter().find(|(text, _)| Some(*text) == of).map(|(_, said)| *said)
}

/// The start of a day in a zone, from the calendar.
fn day(zone: &TimeZone, ticks: i64) -> i64 {
    let at = Timestamp::from_nanosecond(i128::from(ticks) * 100).unwrap();
    let start = at.to_zoned_datetime(zone.clone()).start_of_day().unwrap();
    i64::try_from(start.timestamp().as_nanosecond() / 100).unwrap()
}

/// What a cube should hold, computed in the plainest way.
fn expected(calls: &[Call], cube: usize, zone: &TimeZone) -> Told {
    let mut told = Told::new();
    for call in calls {
        for (slot, keys, measures) in parts(call, cube, zone) {
            let sums = told.entry((slot, keys)).or_insert_with(|| vec![0; measures.len()]);
            for (sum, value) in sums.iter_mut().zip(measures) {
                *sum += value;
            }
        }
    }
    told
}

/// What a row brings to a cube: slots, keys and measures.
fn parts(call: &Call, cube: usize, zone: &TimeZone) -> Vec<(i64, Vec<ReportValue>, Vec<i64>)> {
    const DAY: i64 = 864_000_000_000;
    let there = |ticks: Option<i64>| ticks.filter(|ticks| *ticks != Instant::ABSENT.ticks());
    let (invite, end, failure) = (there(call.invite), there(call.end), there(call.failure));
    let is_answered = call.successful == Some(true);
    let of_type = CALL_TYPES.iter().find(|of| Some(of.0) == call.call_type);
    let direction = of_type.and_then(|of| of.1);
    let leg = int(Some(of_type.map_or(0, |of| i64::from(of.2))));

    let held = end.or(failure).map(|end| end - invite.unwrap_or(call.start));
    let setup = invite.map(|invite| call.start - invite);
    let talk = end.filter(|_| is_answered).map(|end| end - call.start);
    let duration = call.duration.map(i64::from);
    let is_odd = held.is_none()
        || [held, setup, talk].iter().flatten().any(|ticks| *ticks < 0 || *ticks > DAY)
        || duration.is_some_and(|secs| !(0..=86_400).contains(&secs));
    let is_compared = duration.is_some() && end.is_some();
    let disagrees = is_compared
        && [Some(call.start), invite].iter().flatten().all(|from| {
            let apart = duration.unwrap() * 10_000_000 - (end.unwrap() - from);
            !(-10_000_000..=10_000_000).contains(&apart)
        });

    // The sum, and how many rows are in it.
    let ms = |ticks: Option<i64>| match ticks {
        Some(ticks) if !is_odd => [ticks / 10_000, 1],
        _ => [0, 0],
    };
    let secs = match duration {
        Some(secs) if !is_odd && is_answered => [secs, 1],
        _ => [0, 0],
    };
    let answer = setup.filter(|_| is_answered && direction == Some(2));
    let one = |holds: bool| i64::from(holds);
    let class = classify(call.successful, call.codes.0, call.codes.1);
    let is_user_behaviour = match call.codes {
        (Some(sip), Some(sub)) => CODES.contains(&(sip, sub, true)),
        _ => class.is_user_behaviour(),
    };
    let is_missed = direction == Some(1) && leg == ReportValue::Int(0) && !is_answered && is_user_behaviour;

    let (trunk, direction_key) = (text(call.trunk), int(direction));
    let slot = |width: i64| call.start / width * width;
    match cube {
        QUARTERS | DAYS => {
            let (sip, sub) = (call.codes.0.unwrap_or(0), call.codes.1);
            let is_normal = call.codes.0 == Some(0) && [Some(540_000), Some(560_000)].contains(&sub);
            let bits = [
                is_answered,
                !is_answered && (300..400).contains(&sip),
                is_answered || [480, 486, 600, 603].contains(&sip),
                !is_answered && [408, 500, 503, 504].contains(&sip),
                is_answered && is_normal,
                leg == int(Some(1)),
                is_missed,
            ];
            let class = i64::try_from(Class::ALL.iter().position(|of| *of == class).unwrap()).unwrap();
            let kind = (6..).zip(bits).map(|(bit, holds)| one(holds) << bit).sum::<i64>() + class;
            let keys = vec![
                trunk,
                text(call.call_type),
                int(call.codes.0.map(i64::from)),
                int(call.codes.1.map(i64::from)),
                int(call.successful.map(i64::from)),
                int(Some(kind)),
            ];
            let head = [1, one(is_odd), one(disagrees), one(!is_odd)];
            let sums = [secs, ms(talk), ms(answer), ms(setup), ms(held)];
            let measures = head.into_iter().chain(sums.into_iter().flatten()).chain([one(is_compared)]);
            let slot = if cube == QUARTERS { slot(DAY / 96) } else { day(zone, call.start) };
            vec![(slot, keys, measures.collect())]
        }
        COUNTRIES => {
            let outside = match direction {
                Some(1) => call.caller,
                Some(_) => call.callee,
                None => None,
            };
            let of_beta = said(&SAID, call.other_country).flatten();
            let country = of_beta.or(said(&PHONES, outside).flatten());
            let keys = vec![trunk, direction_key, leg, text(country), text(Some(class.key()))];
            let head = [1, one(is_answered), one(!is_odd)];
            let measures = head.into_iter().chain(secs).chain(ms(talk)).collect();
            vec![(slot(DAY / 24), keys, measures)]
        }
        SPREAD | SPREAD_DAYS => {
            let part = |what: i64, ticks: Option<i64>| {
                let [value, n] = ms(ticks);
                let bin = (0..10_000).find(|bin| value <= values_of_bin(*bin).1).unwrap();
                let keys = vec![
                    trunk.clone(),
                    direction_key.clone(),
                    leg.clone(),
                    int(Some(what)),
                    int(Some(i64::from(bin))),
                    text(call.call_type),
                ];
                let slot = if cube == SPREAD { slot(DAY / 24) } else { day(zone, call.start) };
                (n > 0).then(|| (slot, keys, vec![1]))
            };
            [part(0, talk), part(1, answer)].into_iter().flatten().collect()
        }
        USERS => {
            let filled = |text: Option<&'static str>| text.filter(|text| !text.is_empty());
            let user = filled(call.user_id).or(filled(call.principal_name));
            let head = [1, one(is_answered), one(is_missed), one(!is_odd)];
            let measures = head.into_iter().chain([secs[0], ms(talk)[0]]).collect();
            vec![(day(zone, call.start), vec![text(user), direction_key, leg], measures)]
        }
        _ => {
            let own = match direction {
                Some(1) => call.callee,
                Some(_) => call.caller.filter(|_| of_type.is_some_and(|of| of.3)),
                None => None,
            };
            let measures = vec![1, one(is_answered), one(is_missed)];
            vec![(day(zone, call.start), vec![text(own), direction_key], measures)]
        }
    }
}

fn zones() -> impl Strategy<Value = TimeZone> {
    let names =
        vec!["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "America/Santiago", "Africa/Cairo"];
    select(names).prop_map(|name| TimeZone::get(name).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cells_are_what_a_plain_computation_finds(
        calls in some_calls(200),
        zone in zones(),
        batch in 1..90_usize,
    ) {
        let mut cells = Cells::new(&DIRECT_ROUTING, zone.clone());
        for calls in calls.chunks(batch) {
            (DIRECT_ROUTING.fold)(&rows(calls), &mut cells);
        }
        for cube in 0..DIRECT_ROUTING.cubes.len() {
            let expected = expected(&calls, cube, &zone);
            prop_assert_eq!(told(&cells, cube), expected.clone(), "{}", DIRECT_ROUTING.cubes[cube].name);
            // Alone it is the same.
            let mut alone = Cells::of_one(&DIRECT_ROUTING, cube, zone.clone(), None);
            (DIRECT_ROUTING.fold)(&rows(&calls), &mut alone);
            prop_assert_eq!(told(&alone, cube), expected);
        }
    }

    #[test]
    fn what_is_booked_out_again_leaves_nothing(calls in some_calls(60), zone in zones()) {
        let mut cells = Cells::new(&DIRECT_ROUTING, zone);
        let rows = rows(&calls);
        (DIRECT_ROUTING.fold)(&rows, &mut cells);
        cells.set_negative(true);
        for row in (0..rows.len()).rev() {
            (DIRECT_ROUTING.fold)(&rows.slice(row, 1), &mut cells);
        }
        for cube in 0..DIRECT_ROUTING.cubes.len() {
            prop_assert_eq!(told(&cells, cube), Told::new());
        }
    }

    #[test]
    fn a_key_that_is_a_property_has_its_value(calls in some_calls(40)) {
        let rows = rows(&calls);
        for row in 0..rows.len() {
            let mut cells = Cells::new(&DIRECT_ROUTING, TimeZone::UTC);
            (DIRECT_ROUTING.fold)(&rows.slice(row, 1), &mut cells);
            for (at, cube) in DIRECT_ROUTING.cubes.iter().enumerate() {
                for cell in cells.sorted(at) {
                    for (key, found) in cube.keys.iter().zip(cell.key.keys) {
                        let Some(property) = key.property else { continue };
                        let column = rows.column(DIRECT_ROUTING_CALLS.index_of(property).unwrap());
                        let stored = match column.value(row) {
                            None => ReportValue::Null,
                            Some(Cell::Text(text)) => ReportValue::Text(text.to_owned()),
                            Some(Cell::Int(value)) => ReportValue::Int(i64::from(value)),
                            Some(Cell::Bool(value)) => ReportValue::Int(i64::from(value)),
                            Some(other) => panic!("{property} cannot be a key: {other}"),
                        };
                        let found = value(&cells, key.kind, found);
                        prop_assert_eq!(found, stored, "{} of {}", key.name, cube.name);
                    }
                }
            }
        }
    }
}

#[test]
fn cubes_are_as_a_store_needs_them() {
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let names: BTreeSet<&str> = DIRECT_ROUTING.cubes.iter().map(|cube| cube.name).collect();
    assert_eq!(names.len(), DIRECT_ROUTING.cubes.len());
    assert!(names.into_iter().all(is_name));
    for cube in DIRECT_ROUTING.cubes {
        assert!(cube.keys.len() <= MAX_KEYS, "{}", cube.name);
        assert!(cube.keys.iter().all(|key| key.fits(&DIRECT_ROUTING_CALLS)), "{}", cube.name);
        assert!(cube.measures.iter().all(|measure| is_name(measure)), "{}", cube.name);
        let keys: BTreeSet<&str> = cube.keys.iter().map(|key| key.name).collect();
        let measures: BTreeSet<&str> = cube.measures.iter().copied().collect();
        assert_eq!((keys.len(), measures.len()), (cube.keys.len(), cube.measures.len()), "{}", cube.name);
    }
}

#[test]
fn places_are_those_of_their_names() {
    let trunk = "trunkFullyQualifiedDomainName";
    let calls_keys = [
        (trunk, calls::TRUNK),
        ("callType", calls::CALL_TYPE),
        ("finalSipCode", calls::SIP),
        ("callEndSubReason", calls::SUB),
        ("successfulCall", calls::SUCCESSFUL),
        ("kind", calls::KIND),
    ];
    let calls_measures = [
        ("rows", calls::ROWS),
        ("odd", calls::ODD),
        ("disagreeing", calls::DISAGREEING),
        ("timed", calls::TIMED),
        ("duration_s", calls::DURATION_S),
        ("duration_n", calls::DURATION_N),
        ("talk_ms", calls::TALK_MS),
        ("talk_n", calls::TALK_N),
        ("answer_ms", calls::ANSWER_MS),
        ("answer_n", calls::ANSWER_N),
        ("setup_ms", calls::SETUP_MS),
        ("setup_n", calls::SETUP_N),
        ("held_ms", calls::HELD_MS),
        ("held_n", calls::HELD_N),
        ("compared", calls::COMPARED),
    ];
    let countries_keys = [
        (trunk, countries::TRUNK),
        ("direction", countries::DIRECTION),
        ("leg", countries::LEG),
        ("country", countries::COUNTRY),
        ("class", countries::CLASS),
    ];
    let countries_measures = [
        ("rows", countries::ROWS),
        ("answered", countries::ANSWERED),
        ("timed", countries::TIMED),
        ("duration_s", countries::DURATION_S),
        ("duration_n", countries::DURATION_N),
        ("talk_ms", countries::TALK_MS),
        ("talk_n", countries::TALK_N),
    ];
    let spread_keys = [
        (trunk, spread::TRUNK),
        ("direction", spread::DIRECTION),
        ("leg", spread::LEG),
        ("what", spread::WHAT),
        ("bin", spread::BIN),
        ("callType", spread::CALL_TYPE),
    ];
    let users_keys = [("user", users::USER), ("direction", users::DIRECTION), ("leg", users::LEG)];
    let users_measures = [
        ("rows", users::ROWS),
        ("answered", users::ANSWERED),
        ("missed", users::MISSED),
        ("timed", users::TIMED),
        ("duration_s", users::DURATION_S),
        ("talk_ms", users::TALK_MS),
    ];
    let numbers_keys = [("number", numbers::NUMBER), ("direction", numbers::DIRECTION)];
    let numbers_measures =
        [("rows", numbers::ROWS), ("answered", numbers::ANSWERED), ("missed", numbers::MISSED)];
    let places: [(usize, &str, &[(&str, usize)], &[(&str, usize)]); 7] = [
        (QUARTERS, "quarters", &calls_keys, &calls_measures),
        (DAYS, "days", &calls_keys, &calls_measures),
        (COUNTRIES, "countries", &countries_keys, &countries_measures),
        (SPREAD, "spread", &spread_keys, &[("n", spread::N)]),
        (USERS, "users", &users_keys, &users_measures),
        (NUMBERS, "numbers", &numbers_keys, &numbers_measures),
        (SPREAD_DAYS, "spread_days", &spread_keys, &[("n", spread::N)]),
    ];
    assert_eq!(places.len(), DIRECT_ROUTING.cubes.len());
    for (at, name, keys, measures) in places {
        let cube = &DIRECT_ROUTING.cubes[at];
        assert_eq!(cube.name, name);
        let by_place = |names: &[(&str, usize)]| {
            let mut names = names.to_vec();
            names.sort_by_key(|(_, place)| *place);
            assert!(names.iter().enumerate().all(|(at, (_, place))| at == *place), "{name}");
            names.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<String>>()
        };
        assert_eq!(by_place(keys), cube.keys.iter().map(|key| key.name).collect::<Vec<_>>());
        assert_eq!(by_place(measures), cube.measures);
    }
}

#[test]
fn the_version_names_all_that_cells_are_made_with() {
    let expected = format!("{DEFINITIONS:04}.{LAYOUT:04} {NUMBER_PLAN}");
    assert_eq!(DIRECT_ROUTING.version, expected);
}

#[test]
fn numbers_outside_are_in_no_cube() {
    let (outside, own) = ("+4930000001", "+4930999999");
    let start = Instant::from_date(2026, 11, 30).unwrap().ticks();
    let mut calls = Vec::new();
    for (call_type, direction, _, is_own) in CALL_TYPES {
        let (caller, callee) = match (direction, is_own) {
            (Some(1), _) => (outside, own),
            (Some(_), true) => (own, outside),
            // Forwarded, and of unknown types both may be.
            _ => (outside, outside),
        };
        let (caller, callee) = (Some(caller), Some(callee));
        calls.push(Call { start, call_type: Some(call_type), caller, callee, ..Call::default() });
    }
    let mut cells = Cells::new(&DIRECT_ROUTING, TimeZone::UTC);
    (DIRECT_ROUTING.fold)(&rows(&calls), &mut cells);
    let texts: Vec<&str> = (0..).map_while(|key| cells.text_of(key)).collect();
    assert!(texts.contains(&own) && !texts.contains(&outside), "{texts:?}");
}

#[test]
fn each_row_is_in_each_cube_once() {
    let day = |day| Instant::from_date(2026, 11, day).unwrap();
    let mut log =
        SyntheticLog::new(&DIRECT_ROUTING_CALLS, SyntheticOptions::new(5_000, day(23), day(30))).unwrap();
    let mut cells = Cells::new(&DIRECT_ROUTING, TimeZone::get("Europe/Berlin").unwrap());
    while let Some(rows) = log.next_batch(700) {
        (DIRECT_ROUTING.fold)(&rows, &mut cells);
    }
    let sum = |cube: usize, measure: &str| -> i64 {
        let at = DIRECT_ROUTING.cubes[cube].measure(measure).unwrap();
        cells.sorted(cube).iter().map(|cell| cell.sums[at]).sum()
    };
    for cube in [QUARTERS, DAYS, COUNTRIES, USERS, NUMBERS] {
        assert_eq!(sum(cube, "rows"), 5_000, "{cube}");
    }
    for (cube, measure) in
        [(DAYS, "talk_ms"), (COUNTRIES, "talk_ms"), (USERS, "duration_s"), (DAYS, "held_ms")]
    {
        let quarters = sum(QUARTERS, measure);
        assert!(quarters > 0 && sum(cube, measure) == quarters, "{measure} of {cube}");
    }
    for cube in [SPREAD, SPREAD_DAYS] {
        assert_eq!(sum(cube, "n"), sum(QUARTERS, "talk_n") + sum(QUARTERS, "answer_n"));
    }
    let missed = sum(USERS, "missed");
    assert!(missed > 0 && missed == sum(NUMBERS, "missed"));
    assert!(sum(USERS, "answered") == sum(COUNTRIES, "answered"));
}
