//! A long history of three logs, in a process that is killed again and again.
//!
//! The real binary keeps the rows; commits reach it through its control socket, as
//! those of commands do. Each commit is done to an engine in memory, too. In the
//! end the file is opened here: what its cubes tell, what SQL over its rows tells, and
//! what a plain fold of all rows in memory gives must be the same.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::process::Command;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant as Moment};

use jiff::tz::TimeZone;
use trunklog_control::RemoteEngine;
use trunklog_duckdb::DuckDbEngine;
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Rows, TimeRange};
use trunklog_reports::cubes::{DIRECT_ROUTING, QUARTERS, USERS, calls as calls_cube, users as users_cube};
use trunklog_store::busy::{BusyQuery, busy_by_scan};
use trunklog_store::cube::{Days, Grain, SumQuery, SumSource, sums_by_scan};
use trunklog_store::evaluate::{Row, take_apart};
use trunklog_store::{
    Engine, Group, GroupRow, Measure, ReportQuery, ReportValue, ScanQuery, Selection, Store,
};
use trunklog_store_kit::MemoryEngine;
use trunklog_testkit::{Binary, RunningServer};

use super::calls::{DAY, HOUR, MINUTE, SEC};
use super::story::{ANCHORS, Deed, Story, instant};
use super::{TENANTS, engine_options, tenants};
use trunklog_store_kit::Dice;

/// How many commits there are. `TRUNKLOG_HISTORY_COMMITS=1000` makes 100,000 rows of
/// them, which takes some minutes.
const COMMITS: usize = 150;
const VARIABLE: &str = "TRUNKLOG_HISTORY_COMMITS";

/// How many commits a process makes at most before it is killed.
const LIFE: usize = 25;

/// A process that keeps the store, and the way to it.
struct Process {
    server: RunningServer,
    engine: RemoteEngine,
}

impl Process {
    fn start(binary: &Binary, config: &str) -> Process {
        let server = binary.serve(&["--config", config]);
        let engine = RemoteEngine::connect(&binary.data().join("control.sock")).unwrap();
        Process { server, engine }
    }

    /// Kills it after a pause, whatever it does then.
    fn kill_after(&self, pause: Duration) -> JoinHandle<()> {
        let pid = self.server.pid().to_string();
        thread::spawn(move || {
            thread::sleep(pause);
            assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
        })
    }
}

#[test]
fn cubes_sql_and_a_plain_fold_agree_after_a_long_history_with_kills() {
    let commits = std::env::var(VARIABLE).map_or(COMMITS, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
    let config = folder.path().join("trunklog.toml");
    let zone = |(tenant, zone): (&str, &str)| format!("[tenants.\"{tenant}\"]\nzone = \"{zone}\"\n");
    fs::write(&config, TENANTS.map(zone).concat()).unwrap();
    let config = config.to_str().unwrap();

    let model = MemoryEngine::new();
    let tenants = tenants();
    let mut story = Story::new(20_261_130);
    let mut moments = Dice(u64::from(std::process::id()));
    println!("moments of {}", std::process::id());
    let mut unfinished = None;
    let (mut done, mut kills) = (0, 0);
    while done < commits {
        let process = Process::start(&binary, config);
        let mut killer = None;
        let mut slowest = Duration::from_millis(1);
        let last = done + 1 + moments.below(LIFE);
        while done < commits {
            if done == last && killer.is_none() {
                // Within the next commit, or between it and those after it.
                let longest = usize::try_from(slowest.as_micros()).unwrap() * 2;
                let pause = Duration::from_micros(u64::try_from(moments.below(longest)).unwrap());
                killer = Some(process.kill_after(pause));
            }
            let (at, deed) = unfinished.take().unwrap_or_else(|| story.next_deed());
            let began = Moment::now();
            if let Err(error) = deed.apply(&process.engine, tenants[at].0) {
                assert!(killer.is_some(), "commit {done}: {error}");
                // It may have been stored all the same, and is done again.
                unfinished = Some((at, deed));
                break;
            }
            if matches!(deed, Deed::Append(_)) {
                slowest = slowest.max(began.elapsed());
            }
            deed.apply(&model, tenants[at].0).unwrap();
            done += 1;
            if done % 10 == 0 {
                let count = |engine: &dyn Engine| {
                    let all = Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL);
                    engine.tenant(tenants[at].0).count(&all, None)
                };
                // A process that is being killed says nothing.
                if let Ok(found) = count(&process.engine) {
                    assert_eq!(found, count(&model).unwrap(), "after {done} commits and {kills} kills");
                }
            }
        }
        if let Some(killer) = killer {
            killer.join().unwrap();
            kills += 1;
        }
        process.server.kill();
    }
    println!("{done} commits, {} calls, {kills} kills", story.calls);
    assert!(kills >= commits / (2 * LIFE), "{kills} kills");

    let file = binary.data().join("trunklog.duckdb");
    let engine = DuckDbEngine::open(&file, engine_options()).unwrap();
    for (tenant, zone) in &tenants {
        let (stored, model) = (engine.tenant(*tenant), model.tenant(*tenant));
        let all = all_rows(model.as_ref());
        assert!(all.len() > commits, "{tenant} has {} rows", all.len());
        check_rows(&all_rows(stored.as_ref()), &all, &tenant.to_string());
        check_sums(stored.as_ref(), model.as_ref(), zone);
        check_sql(stored.as_ref(), zone);
        check_busy(stored.as_ref(), model.as_ref(), zone);
    }
}

fn all_rows(store: &dyn Store) -> Vec<Row> {
    let selection = Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL);
    let query = ScanQuery { selection, skip: 0, limit: None, watermark: None };
    let mut all = Vec::new();
    let scanned = store.scan(&query, &mut |rows: Rows| {
        all.extend(take_apart(&rows));
        ControlFlow::Continue(())
    });
    scanned.unwrap();
    all
}

/// Shows the first difference only.
fn check_rows(found: &[Row], expected: &[Row], what: &str) {
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found, expected, "{what}: row {at}");
    }
    assert_eq!(found.len(), expected.len(), "{what}: the number of rows");
}

/// From the first anchor's days to the last's.
fn span() -> (i64, i64) {
    (ANCHORS[0] * SEC - 6 * DAY, ANCHORS[ANCHORS.len() - 1] * SEC + 6 * DAY)
}

/// The starts of days within four days of each anchor: of UTC, or of a zone.
fn days(grain: Grain, zone: &TimeZone) -> Vec<Instant> {
    let mut of_zone = Days::new(zone.clone());
    let mut edges = Vec::new();
    for anchor in ANCHORS {
        let mut day = grain_day(grain, &mut of_zone, anchor * SEC - 4 * DAY);
        while day < anchor * SEC + 4 * DAY {
            edges.push(day);
            // The longest day is 25 hours, the shortest 23.
            day = grain_day(grain, &mut of_zone, day + 30 * HOUR);
        }
    }
    edges.sort_unstable();
    edges.dedup();
    edges.into_iter().map(instant).collect()
}

fn grain_day(grain: Grain, of_zone: &mut Days, ticks: i64) -> i64 {
    match grain {
        Grain::Day => of_zone.start(ticks),
        Grain::Ticks(_) => ticks - ticks.rem_euclid(DAY),
    }
}

/// All cubes, told apart by all of their keys, by each, and by days.
fn check_sums(stored: &dyn Store, model: &dyn Store, zone: &TimeZone) {
    for (at, cube) in DIRECT_ROUTING.cubes.iter().enumerate() {
        let query = |by: Vec<usize>, edges: Option<Arc<[Instant]>>, range: TimeRange| SumQuery {
            by,
            edges,
            zone: zone.clone(),
            ..SumQuery::all(&DIRECT_ROUTING, at, range)
        };
        let edges: Arc<[Instant]> = days(cube.grain, zone).into();
        let (first, last) = (edges[0], edges[edges.len() - 1]);
        let range = TimeRange::of(&DIRECT_ROUTING_CALLS, first, last).unwrap();
        let mut queries = vec![
            query(Vec::new(), None, TimeRange::ALL),
            query((0..cube.keys.len()).collect(), None, TimeRange::ALL),
            query(Vec::new(), Some(edges.clone()), range),
        ];
        queries.extend((0..cube.keys.len()).map(|key| query(vec![key], Some(edges.clone()), range)));
        let answers = stored.sums(&queries).unwrap();
        assert_eq!(answers.watermark, stored.newest().unwrap());
        for (query, found) in queries.iter().zip(answers.sums) {
            let what = format!(
                "{} by {:?}, {} edges",
                cube.name,
                query.by,
                query.edges.as_ref().map_or(0, |edges| edges.len())
            );
            assert!(query.fits_cube(), "{what}");
            assert_eq!(found.source, SumSource::Cube, "{what}: the cube was lost on the way");
            let expected = sums_by_scan(model, query, model.newest().unwrap()).unwrap();
            assert!(!expected.groups.is_empty(), "{what}");
            check_groups(&found.groups, &expected.groups, &what);
        }
    }
}

fn check_groups(found: &[GroupRow], expected: &[GroupRow], what: &str) {
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected, "{what}");
    }
    assert_eq!(found.len(), expected.len(), "{what}: the number of groups");
}

/// The numbers of rows that SQL counts, by the properties that cubes have as keys.
fn check_sql(stored: &dyn Store, zone: &TimeZone) {
    let quarters = &DIRECT_ROUTING.cubes[QUARTERS];
    let edges: Arc<[Instant]> = days(quarters.grain, zone).into();
    let cells = SumQuery {
        by: (0..quarters.keys.len()).filter(|at| quarters.keys[*at].property.is_some()).collect(),
        edges: Some(edges.clone()),
        zone: zone.clone(),
        ..SumQuery::all(&DIRECT_ROUTING, QUARTERS, TimeRange::ALL)
    };
    let properties = quarters.keys.iter().filter_map(|key| DIRECT_ROUTING_CALLS.index_of(key.property?));
    check_counts(stored, &cells, calls_cube::ROWS, &edges, properties.map(Group::Property).collect());

    let edges: Arc<[Instant]> = days(Grain::Day, zone).into();
    let user = DIRECT_ROUTING_CALLS.index_of("userId").unwrap();
    let cells = SumQuery {
        by: vec![users_cube::USER],
        edges: Some(edges.clone()),
        zone: zone.clone(),
        ..SumQuery::all(&DIRECT_ROUTING, USERS, TimeRange::ALL)
    };
    check_counts(stored, &cells, users_cube::ROWS, &edges, vec![Group::Property(user)]);
}

fn check_counts(stored: &dyn Store, cells: &SumQuery, rows: usize, edges: &Arc<[Instant]>, by: Vec<Group>) {
    let mut groups =
        vec![Group::Buckets { property: DIRECT_ROUTING_CALLS.time_index(), edges: edges.clone() }];
    groups.extend(by);
    let selection = Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL);
    let query = ReportQuery { selection, watermark: None, groups, measures: vec![Measure::ROWS] };
    let mut counted: BTreeMap<Vec<ReportValue>, ReportValue> = BTreeMap::new();
    for group in stored.report(&query).unwrap().groups {
        // Cubes have 0 and 1 for what is false and true, and leave out what is in no bucket.
        let by: Vec<ReportValue> = group
            .by
            .into_iter()
            .map(|value| match value {
                ReportValue::Bool(value) => ReportValue::Int(i64::from(value)),
                other => other,
            })
            .collect();
        if by[0] != ReportValue::Null {
            counted.insert(by, group.measures[0].clone());
        }
    }
    let answers = stored.sums(std::slice::from_ref(cells)).unwrap();
    assert_eq!(answers.sums[0].source, SumSource::Cube);
    let kept = answers.sums[0].groups.iter().map(|group| (group.by.clone(), group.measures[rows].clone()));
    let kept: BTreeMap<Vec<ReportValue>, ReportValue> = kept.collect();
    assert_eq!(kept.len(), counted.len(), "{} and SQL", cells.cube().name);
    for (kept, counted) in kept.iter().zip(&counted) {
        assert_eq!(kept, counted, "{} and SQL", cells.cube().name);
    }
}

/// Busy channels by half days and days, by minutes, and between odd instants.
fn check_busy(stored: &dyn Store, model: &dyn Store, zone: &TimeZone) {
    let (from, to) = span();
    let halves: Vec<Instant> =
        (0..10_000).map(|at| from + at * 12 * HOUR).take_while(|at| *at <= to).map(instant).collect();
    let around: Vec<Instant> = (0..240).map(|at| instant(ANCHORS[1] * SEC + at * MINUTE)).collect();
    let odd: Vec<Instant> = (0..50).map(|at| instant(ANCHORS[3] * SEC + at * 47 * MINUTE + 11)).collect();
    for edges in [halves, around, odd, days(Grain::Day, zone)] {
        for by_series in [false, true] {
            for direction in [None, Some(1)] {
                let query = BusyQuery {
                    by_series,
                    direction,
                    ..BusyQuery::all(&DIRECT_ROUTING, edges.clone().into())
                };
                let what = format!("{} edges, by series {by_series}, {direction:?}", edges.len());
                let found = stored.busy(&query).unwrap();
                let expected = busy_by_scan(model, &query, model.newest().unwrap()).unwrap();
                for (found, expected) in found.groups.iter().zip(&expected.groups) {
                    assert_eq!(found, expected, "{what}");
                }
                assert_eq!(found.groups.len(), expected.groups.len(), "{what}");
            }
        }
    }
}
