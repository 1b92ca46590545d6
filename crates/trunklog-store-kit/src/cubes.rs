//! Cases about sums and busy channels, which an engine may keep beside its rows:
//! after each commit, whatever it did, they are what a fold of all rows gives.

mod history;
mod plain;
mod questions;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_odata::expr::{Comparison, Expr};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Cell, Rows, TimeRange};
use trunklog_store::busy::{BusyQuery, MAX_SPAN, Span};
use trunklog_store::cube::{
    Cells, Cube, CubeKey, CubeSet, CubeSettings, Grain, KeyChoice, KeyKind, Mend, NO_KEY, SumQuery, SumSource,
};
use trunklog_store::evaluate::Row;
use trunklog_store::{ReportValue, Selection, Store};

use super::Fixture;
use super::clock::TurnedClock;
use super::dice::Dice;
use super::expressions::{compare, int, property};
use super::odd_rows::{INSTANTS, instant as instant_of, odd_rows};
use super::rows::{
    CALLS, HOUR, append, at, newest, one_a_second, shuffled, store as first_store, stored, tenant,
};
use history::History;
use questions::Questions;

/// The cubes that an engine which keeps some is to be opened with, see
/// [`cube_settings`]. They are small: what they mean matters to nobody.
pub static KIT_CUBES: CubeSet = CubeSet {
    log: &DIRECT_ROUTING_CALLS,
    version: "kit 1",
    needs: &[TRUNK, KIND, SUCCESS, DURATION, INVITE, START, END],
    cubes: &[
        Cube {
            name: "hours",
            grain: Grain::Ticks(HOUR),
            keys: &[
                CubeKey::property(TRUNK, KeyKind::Text),
                CubeKey::property(KIND, KeyKind::Text),
                CubeKey::property(SUCCESS, KeyKind::Int),
            ],
            measures: &["calls", "duration"],
        },
        Cube {
            name: "days",
            grain: Grain::Day,
            keys: &[CubeKey::derived("direction", KeyKind::Text), CubeKey::property(SUCCESS, KeyKind::Int)],
            measures: &["calls", "duration"],
        },
    ],
    fold,
    spans,
};

const HOURS: usize = 0;
const DAYS: usize = 1;

const TRUNK: &str = "trunkFullyQualifiedDomainName";
const KIND: &str = "callType";
const SUCCESS: &str = "successfulCall";
const DURATION: &str = "duration";
const INVITE: &str = "inviteDateTime";
const START: &str = "startDateTime";
const END: &str = "endDateTime";

/// Tenants, by their numbers, and the zones in which they count days.
const ZONES: [(u8, &str); 3] = [(1, "UTC"), (2, "Asia/Kolkata"), (3, "Europe/Berlin")];

/// What an engine that keeps cubes is to be opened with for the kit.
///
/// Its fixture gives them to each engine that it opens. One that keeps none
/// needs nothing: it answers from rows.
pub fn cube_settings() -> CubeSettings {
    let zones: BTreeMap<_, _> = ZONES.iter().map(|(number, name)| (tenant(*number), zone(name))).collect();
    CubeSettings { sets: vec![&KIT_CUBES], zone: TimeZone::UTC, zones }
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("the zones of the cases are known everywhere")
}

fn index(name: &str) -> usize {
    CALLS.index_of(name).expect("the cases name properties of their log")
}

fn fold(rows: &Rows, cells: &mut Cells) {
    let column = |name: &str| rows.column(index(name));
    let (trunks, kinds) = (column(TRUNK), column(KIND));
    let (successes, durations) = (column(SUCCESS), column(DURATION));
    for row in 0..rows.len() {
        let time = rows.time(row).ticks();
        let kind = text(kinds.value(row));
        let success = match successes.value(row) {
            Some(Cell::Bool(value)) => i64::from(value),
            _ => NO_KEY,
        };
        let duration = match durations.value(row) {
            Some(Cell::Int(value)) => i64::from(value),
            _ => 0,
        };
        if cells.wants(HOURS) {
            let keys = [key(cells, text(trunks.value(row))), key(cells, kind), success];
            cells.add(HOURS, time, &keys, &[1, duration]);
        }
        if cells.wants(DAYS) {
            let keys = [key(cells, kind.and_then(direction)), success];
            cells.add(DAYS, time, &keys, &[1, duration]);
        }
    }
}

fn spans(rows: &Rows, each: &mut dyn FnMut(Span<'_>)) {
    let column = |name: &str| rows.column(index(name));
    let (trunks, kinds, successes) = (column(TRUNK), column(KIND), column(SUCCESS));
    let (invites, starts, ends) = (column(INVITE), column(START), column(END));
    for row in 0..rows.len() {
        let time = rows.time(row).ticks();
        let until = |from: Option<i64>| {
            let (from, to) = from.zip(instant(ends.value(row)))?;
            let is_near = |at: i64| (at - time).abs() <= MAX_SPAN;
            (from <= to && to - from <= MAX_SPAN && is_near(from) && is_near(to)).then_some((from, to))
        };
        let start = instant(starts.value(row));
        each(Span {
            at: time,
            series: text(trunks.value(row)),
            direction: match text(kinds.value(row)).and_then(direction) {
                Some("in") => 1,
                Some(_) => 2,
                None => NO_KEY,
            },
            occupied: until(instant(invites.value(row)).or(start)),
            talking: if successes.value(row) == Some(Cell::Bool(true)) { until(start) } else { None },
        });
    }
}

fn text(cell: Option<Cell<'_>>) -> Option<&str> {
    match cell {
        Some(Cell::Text(text)) => Some(text),
        _ => None,
    }
}

fn instant(cell: Option<Cell<'_>>) -> Option<i64> {
    match cell {
        Some(Cell::Instant(at)) if at != Instant::ABSENT => Some(at.ticks()),
        _ => None,
    }
}

fn key(cells: &mut Cells, text: Option<&str>) -> i64 {
    text.map_or(NO_KEY, |text| cells.text(text))
}

/// The direction of a call of a kind, which is a key that no property is.
fn direction(kind: &str) -> Option<&'static str> {
    if kind.starts_with("ByotIn") {
        Some("in")
    } else if kind.starts_with("ByotOut") {
        Some("out")
    } else {
        None
    }
}

/// Asks some questions, and compares the answers with the rows that there are.
fn check(store: &dyn Store, asked: &mut Questions, what: &str) {
    let found = store.check_cubes(CALLS, TimeRange::ALL, Mend::Nothing);
    let found = found.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(found.differences.is_empty(), "{what}: {found:?}");
    let rows = stored(store);
    check_sums(store, &rows, (0..6).map(|_| asked.sums()).collect(), what);
    for _ in 0..2 {
        check_busy(store, &rows, &asked.busy(), what);
    }
}

fn check_sums(store: &dyn Store, rows: &[Row], queries: Vec<SumQuery>, what: &str) {
    let answers = store.sums(&queries).unwrap_or_else(|error| panic!("{what}: {error}: {queries:?}"));
    assert_eq!(answers.watermark, newest(store), "{what}");
    assert_eq!(answers.sums.len(), queries.len(), "{what}");
    for (query, found) in queries.iter().zip(answers.sums) {
        let told = (query.cube().name, query.range, &query.filter, &query.only, &query.edges, &query.by);
        assert_eq!(found.groups, plain::sums(rows, query), "{what}: {told:?} from {:?}", found.source);
        assert!(found.source != SumSource::Cube || query.fits_cube(), "{what}: {told:?} from a cube");
    }
}

fn check_busy(store: &dyn Store, rows: &[Row], query: &BusyQuery, what: &str) {
    let told = (&query.edges, &query.filter, &query.series, query.direction, query.by_series);
    let found = store.busy(query).unwrap_or_else(|error| panic!("{what}: {error}: {told:?}"));
    assert_eq!(found.groups, plain::busy(rows, query), "{what}: {told:?} from {:?}", found.source);
    assert_eq!(found.watermark, newest(store), "{what}");
}

/// Asks questions after each step of a random history, and after each opening.
fn history_agrees(fixture: &dyn Fixture, (number, zone_name): (u8, &str), seed: u64) {
    let clock = TurnedClock::new();
    let mut history = History::new(seed);
    let mut asked = Questions::new(zone(zone_name), seed);
    for opened in 0..3 {
        let engine = fixture.open_with(clock.reader());
        let store = engine.tenant(tenant(number));
        check(&*store, &mut asked, &format!("opened {opened}"));
        for step in 0..12 {
            let did = history.step(&*store);
            check(&*store, &mut asked, &format!("opened {opened}, step {step}, {did}"));
            if step == 6 {
                clock.turn(25);
                engine.tidy().expect("the store can be tidied");
                check(&*store, &mut asked, &format!("opened {opened}, step {step}, tidied"));
            }
        }
    }
    assert!(asked.fitting > 20 && asked.fitting < asked.all - 20, "{} of {} fit", asked.fitting, asked.all);
}

/// Sums and busy channels are those of the rows after appends, updates, late
/// rows, supersession, retention and erasure.
pub fn sums_agree_with_rows(fixture: &dyn Fixture) {
    history_agrees(fixture, ZONES[0], 311);
}

/// The same where days start in the midst of an hour.
pub fn sums_agree_with_rows_where_days_start_at_half_past(fixture: &dyn Fixture) {
    history_agrees(fixture, ZONES[1], 312);
}

/// The same where clocks are changed.
pub fn sums_agree_with_rows_where_clocks_are_changed(fixture: &dyn Fixture) {
    history_agrees(fixture, ZONES[2], 313);
}

/// Sums of rows with odd values, from the first year to the last.
pub fn sums_of_odd_rows_agree(fixture: &dyn Fixture) {
    let engine = fixture.open();
    for (number, zone_name) in ZONES {
        let store = engine.tenant(tenant(number));
        let mut dice = Dice(320 + u64::from(number));
        for _ in 0..2 {
            store.append(&odd_rows(CALLS, 40, &mut dice)).expect("the rows can be stored");
        }
        let rows = stored(&*store);
        let edges = INSTANTS.map(instant_of);
        let query = |cube: usize, by: &[usize], has_edges: bool| SumQuery {
            by: by.to_vec(),
            edges: has_edges.then(|| edges.into()),
            zone: zone(zone_name),
            ..SumQuery::all(&KIT_CUBES, cube, TimeRange::ALL)
        };
        let queries = vec![
            query(HOURS, &[], false),
            query(HOURS, &[0, 1, 2], false),
            query(HOURS, &[2], true),
            query(DAYS, &[], true),
            query(DAYS, &[1, 0], false),
        ];
        check_sums(&*store, &rows, queries, zone_name);
        for by_series in [false, true] {
            let query = BusyQuery { by_series, ..BusyQuery::all(&KIT_CUBES, edges.into()) };
            check_busy(&*store, &rows, &query, zone_name);
        }
    }
}

/// A filter that all rows satisfy, and that looks at what no cube keeps.
fn of_all() -> Expr {
    compare(Comparison::GreaterOrEqual, property(CALLS, DURATION), int(0))
}

/// All answers of a call are of one commit, whoever writes meanwhile.
pub fn sums_of_one_answer_are_of_one_commit(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = first_store(&engine);
    let drafts = shuffled(&one_a_second(600), 331);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for batch in drafts.chunks(20) {
                append(&*store, batch);
            }
        });
        let all = |cube: usize| SumQuery::all(&KIT_CUBES, cube, TimeRange::ALL);
        let queries = [all(HOURS), SumQuery { filter: Some(of_all()), ..all(HOURS) }, all(DAYS)];
        loop {
            let is_last = writer.is_finished();
            let answers = store.sums(&queries).expect("sums can be asked for");
            let selection = Selection::all(CALLS, TimeRange::ALL);
            let count = store.count(&selection, Some(answers.watermark)).expect("rows can be counted");
            for sums in &answers.sums {
                let calls = match sums.groups.as_slice() {
                    [] => 0,
                    [one] => match &one.measures[0] {
                        ReportValue::Int(calls) => u64::try_from(*calls).expect("it is a count"),
                        other => panic!("{other:?} calls"),
                    },
                    many => panic!("{} groups of all rows", many.len()),
                };
                assert_eq!(calls, count, "of {answers:?}");
            }
            if is_last {
                assert_eq!(count, 600);
                break;
            }
        }
    });
}

/// Questions that do not fit the log or the cube are errors, and harm nothing.
pub fn odd_questions_about_sums_are_refused(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = first_store(&engine);
    append(&*store, &one_a_second(3));
    let hours = || SumQuery::all(&KIT_CUBES, HOURS, TimeRange::ALL);
    let no_truth = || Some(property(CALLS, DURATION));
    let only = |key: usize| vec![KeyChoice::of(key, vec![ReportValue::Null])];
    for query in [
        SumQuery { by: vec![3], ..hours() },
        SumQuery { measures: Some(vec![2]), ..hours() },
        SumQuery { only: only(3), ..hours() },
        SumQuery { edges: Some([at(0)].into()), ..hours() },
        SumQuery { edges: Some([at(1), at(0)].into()), ..hours() },
        SumQuery { filter: no_truth(), ..hours() },
        SumQuery { cube: KIT_CUBES.cubes.len(), ..hours() },
    ] {
        assert!(store.sums(&[hours(), query.clone()]).is_err(), "{query:?}");
    }
    let busy = || BusyQuery::all(&KIT_CUBES, [at(0), at(HOUR)].into());
    for query in [
        BusyQuery { edges: [at(0)].into(), ..busy() },
        BusyQuery { edges: [at(1), at(0)].into(), ..busy() },
        BusyQuery { edges: [at(0), at(0)].into(), ..busy() },
        BusyQuery { filter: no_truth(), ..busy() },
    ] {
        assert!(store.busy(&query).is_err(), "{query:?}");
    }
    let answers = store.sums(&[]).expect("nothing can be asked for");
    assert!(answers.sums.is_empty() && answers.watermark == newest(&*store));
    check_sums(&*store, &stored(&*store), vec![hours()], "after odd questions");
}
