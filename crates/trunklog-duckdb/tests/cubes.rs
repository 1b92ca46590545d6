//! Sums that are kept beside rows, of an engine as a server has it: they are made in
//! the background, and what makes them ends with the engine.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant as Moment};

use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{TenantId, TimeRange};
use trunklog_samples::{SyntheticLog, SyntheticOptions};
use trunklog_store::Engine;
use trunklog_store::cube::{
    CubeSettings, Grain, Mend, SumQuery, SumSource, ZoneChoice, check_days, check_one_day, note_zones,
    zone_by_name,
};
use trunklog_store_kit::{KIT_CUBES, cube_settings};

const TENANT: TenantId = TenantId::new(uuid::Uuid::from_u128(1));

fn open(file: &Path, cubes: CubeSettings) -> DuckDbEngine {
    DuckDbEngine::open(file, Options { threads: 1, cubes, ..Options::default() }).unwrap()
}

/// A store that keeps no sums.
fn store(file: &Path, rows: u64) {
    let at = |text| Instant::parse(text).unwrap();
    let options = SyntheticOptions::new(rows, at("2024-01-20T00:00:00Z"), at("2024-02-01T00:00:00Z"));
    let mut calls = SyntheticLog::new(&DIRECT_ROUTING_CALLS, options).unwrap();
    let engine = open(file, CubeSettings::none());
    while let Some(rows) = calls.next_batch(10_000) {
        engine.tenant(TENANT).append(&rows).unwrap();
    }
}

fn source(engine: &DuckDbEngine) -> SumSource {
    let all = SumQuery::all(&KIT_CUBES, 0, TimeRange::ALL);
    engine.tenant(TENANT).sums(&[all]).unwrap().sums[0].source
}

#[test]
fn sums_are_made_in_the_background() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.duckdb");
    store(&file, 2_000);
    let engine = open(&file, cube_settings());
    assert_eq!(source(&engine), SumSource::Rows(2_000));
    let began = Moment::now();
    while engine.tenant(TENANT).cube_days(&DIRECT_ROUTING_CALLS).unwrap().waiting > 0 {
        assert!(began.elapsed() < Duration::from_mins(2), "they are not made");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(source(&engine), SumSource::Cube);
    let mut days = Vec::new();
    check_days(&*engine.tenant(TENANT), &DIRECT_ROUTING_CALLS, Mend::Nothing, &mut |day| {
        days.push(day);
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    assert!(days.len() >= 8, "{} days", days.len());
    for (number, day) in (1..).zip(&days) {
        assert_eq!((day.number, day.of), (number, days.len()));
        assert!(day.check.is_compared && day.check.differences.is_empty(), "{day:?}");
    }
    assert!(days.iter().any(|day| day.check.cells > 0));
    let one = check_one_day(&*engine.tenant(TENANT), &DIRECT_ROUTING_CALLS, 15).unwrap().unwrap();
    assert_eq!(one.day, days[15 % days.len()].day);
    // They are there when the store is opened again, also to be looked at.
    drop(engine);
    assert_eq!(source(&open(&file, cube_settings())), SumSource::Cube);
    let options = Options { threads: 1, cubes: cube_settings(), ..Options::default() };
    assert_eq!(source(&DuckDbEngine::open_read_only(&file, options).unwrap()), SumSource::Cube);
}

/// The file is closed when the engine is gone, whatever was going on.
#[test]
fn an_engine_ends_while_sums_are_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.duckdb");
    store(&file, 60_000);
    for _ in 0..3 {
        let engine = open(&file, cube_settings());
        let began = Moment::now();
        // At any moment of the making.
        while engine.tenant(TENANT).cube_days(&DIRECT_ROUTING_CALLS).unwrap().kept.is_empty() {
            assert!(began.elapsed() < Duration::from_mins(2), "none is made");
            thread::sleep(Duration::from_millis(5));
        }
        drop(engine);
    }
    assert!(trunklog_duckdb::exists(&file).unwrap());
    let engine = open(&file, cube_settings());
    let mut different = 0;
    check_days(&*engine.tenant(TENANT), &DIRECT_ROUTING_CALLS, Mend::Nothing, &mut |day| {
        different += day.check.different();
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(different, 0);
}

/// Stores rows of some days.
fn append(engine: &DuckDbEngine, from: &str, to: &str) {
    let at = |text| Instant::parse(text).unwrap();
    let options = SyntheticOptions::new(500, at(from), at(to));
    let mut calls = SyntheticLog::new(&DIRECT_ROUTING_CALLS, options).unwrap();
    while let Some(rows) = calls.next_batch(200) {
        engine.tenant(TENANT).append(&rows).unwrap();
    }
}

fn days_in(zone: &str) -> CubeSettings {
    CubeSettings {
        sets: vec![&KIT_CUBES],
        zone: zone_by_name(zone).unwrap(),
        zones: std::collections::BTreeMap::new(),
    }
}

/// Where the sums of days of a zone come from.
fn source_of_days(engine: &DuckDbEngine, zone: &str) -> SumSource {
    let cube = KIT_CUBES.cubes.iter().position(|cube| cube.grain == Grain::Day).unwrap();
    let zone = zone_by_name(zone).unwrap();
    let days = SumQuery { zone, ..SumQuery::all(&KIT_CUBES, cube, TimeRange::ALL) };
    engine.tenant(TENANT).sums(&[days]).unwrap().sums[0].source
}

/// Else an import without a server's configuration would have all sums made anew, and the
/// server would do so again.
#[test]
fn who_does_not_know_the_zone_takes_that_of_the_store() {
    let (berlin, utc) = (days_in("Europe/Berlin"), days_in("UTC"));
    for (is_noted, has_rows) in [(true, true), (true, false), (false, true)] {
        let what = format!("noted {is_noted}, rows {has_rows}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("log.duckdb");
        let engine = open(&file, berlin.clone());
        if is_noted {
            note_zones(&engine, &berlin).unwrap();
        }
        if has_rows {
            append(&engine, "2024-01-20T00:00:00Z", "2024-01-24T00:00:00Z");
        }
        drop(engine);
        let options =
            Options { threads: 1, cubes: utc.clone(), zones: ZoneChoice::Kept, ..Options::default() };
        let engine = DuckDbEngine::open(&file, options.clone()).unwrap();
        append(&engine, "2024-01-26T00:00:00Z", "2024-01-28T00:00:00Z");
        assert_eq!(source_of_days(&engine, "Europe/Berlin"), SumSource::Cube, "{what}");
        assert!(matches!(source_of_days(&engine, "UTC"), SumSource::Rows(_)), "{what}");
        drop(engine);
        // Who looks at it does so, too.
        let engine = DuckDbEngine::open_read_only(&file, options).unwrap();
        assert_eq!(source_of_days(&engine, "Europe/Berlin"), SumSource::Cube, "{what}");
        drop(engine);
        // The server finds its sums as it left them.
        let engine = open(&file, berlin.clone());
        assert_eq!(engine.tenant(TENANT).cube_days(&DIRECT_ROUTING_CALLS).unwrap().waiting, 0, "{what}");
        assert_eq!(source_of_days(&engine, "Europe/Berlin"), SumSource::Cube, "{what}");
        drop(engine);
        // Its configuration changes the zone.
        let engine = open(&file, utc.clone());
        assert!(matches!(source_of_days(&engine, "Europe/Berlin"), SumSource::Rows(_)), "{what}");
    }
}

#[test]
fn zones_are_noted_as_they_are_set() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(&folder.path().join("log.duckdb"), CubeSettings::none());
    let noted = || {
        let states = engine.states("zone/").unwrap();
        states.into_iter().map(|(name, zone)| format!("{name} {zone}")).collect::<Vec<_>>()
    };
    let berlin = days_in("Europe/Berlin");
    let own =
        CubeSettings { zones: [(TENANT, zone_by_name("Asia/Kolkata").unwrap())].into(), ..berlin.clone() };
    note_zones(&engine, &own).unwrap();
    assert_eq!(noted(), [format!("zone/{TENANT} Asia/Kolkata"), "zone/others Europe/Berlin".to_owned()]);
    note_zones(&engine, &own).unwrap();
    assert_eq!(noted().len(), 2);
    note_zones(&engine, &days_in("UTC")).unwrap();
    assert_eq!(noted(), ["zone/others UTC"]);
}
