//! How what is kept of sums comes about, what a kill or damage leaves of it, and what
//! is done when it is wrong.

mod kills;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{ArrayRef, Int32Array, RecordBatch};
use tempfile::TempDir;
use trunklog_odata::Version;
use trunklog_odata::expr::Expr;
use trunklog_odata::filter::parse;
use trunklog_records::json::RowDecoder;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
use trunklog_records::{RowBuilder, Rows, TimeRange};
use trunklog_samples::{SyntheticLog, SyntheticOptions};
use trunklog_store::busy::BusyQuery;
use trunklog_store::busy::minutes::MINUTE;
use trunklog_store::cube::{CubeCheck, CubeSet, CubeSettings, Mend, SumQuery, SumSource, Sums};
use trunklog_store::{Erase, Erasure, Selection};
use trunklog_store_kit::{KIT_CUBES, cube_settings};

use super::*;
use crate::Options;
use crate::opening;
use crate::options::Access;
use crate::sql;
use crate::write::{append, erase, forget};

const LOG: &Log = &DIRECT_ROUTING_CALLS;
const DATABASE: &str = "trunklog.duckdb";

fn tenant() -> TenantId {
    "7e570000-0000-4000-8000-0000000000ff".parse().unwrap()
}

fn open(folder: &Path, cubes: CubeSettings) -> Instance {
    let options = Options { threads: 1, segment_rows: 150, cubes, ..Options::default() };
    opening::open(&folder.join(DATABASE), &options, Access::Write).unwrap()
}

/// The kit's cubes under another version.
fn other_version() -> &'static CubeSet {
    let CubeSet { log, needs, cubes, fold, spans, .. } = KIT_CUBES;
    Box::leak(Box::new(CubeSet { log, version: "kit, other", needs, cubes, fold, spans }))
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// Calls of twelve days, some of them of the same time in each batch.
fn batches(count: usize) -> Vec<Rows> {
    let options = SyntheticOptions::new(400, at("2024-01-20T00:00:00Z"), at("2024-02-01T00:00:00Z"));
    let rows = SyntheticLog::new(LOG, options).unwrap().next_batch(400).unwrap();
    let size = 400 / count;
    (0..count).map(|batch| every(&rows, count, batch, size)).collect()
}

/// Each row of some whose number leaves a rest.
fn every(rows: &Rows, of: usize, rest: usize, size: usize) -> Rows {
    let numbers = (0..size).map(|at| u32::try_from(at * of + rest).unwrap()).collect();
    crate::rows::pick(rows, numbers).unwrap()
}

/// The same rows with another duration.
fn changed(rows: &Rows) -> Rows {
    let mut columns = rows.batch().columns().to_vec();
    let values: ArrayRef = Arc::new(Int32Array::from(vec![7; rows.len()]));
    columns[LOG.index_of("duration").unwrap()] = values;
    Rows::new(LOG, RecordBatch::try_new(rows.batch().schema(), columns).unwrap()).unwrap()
}

fn store(instance: &Instance, rows: &Rows) {
    append::append(instance, tenant(), rows).unwrap();
}

/// Does all that there is to do in the background.
fn settle(instance: &Instance) {
    let pace = Pace::default();
    while step(instance, tenant(), LOG, &pace).unwrap() {}
    let known = instance.tenant(tenant()).unwrap().unwrap();
    for book in known.known_books() {
        // As if nothing had come for a while.
        let mut notes = book.notes();
        notes.changed = std::time::Instant::now().checked_sub(Duration::from_mins(1));
        notes.shaped = None;
        assert!(notes.changed.is_some(), "the machine runs for longer");
    }
    while step(instance, tenant(), LOG, &pace).unwrap() {}
}

/// A filter that all rows satisfy and that no cube can answer.
fn of_all() -> Option<Expr> {
    let shape = LOG.shape(Version::Beta);
    Some(parse("duration ge -2147483648 or duration eq null", &shape, &|_| None).unwrap())
}

fn sums(instance: &Instance, query: &SumQuery) -> duckdb::Result<Sums> {
    super::sums(instance, tenant(), std::slice::from_ref(query)).map(|mut found| found.sums.remove(0))
}

/// Asserts that cubes and rows tell the same, and tells whether all came from cubes.
fn agree(instance: &Instance, set: &'static CubeSet, what: &str) -> bool {
    let mut are_cubes = true;
    for cube in 0..set.cubes.len() {
        for by in [vec![], vec![0, 1]] {
            let query = SumQuery { by, ..SumQuery::all(set, cube, TimeRange::ALL) };
            let found = sums(instance, &query).unwrap();
            let by_rows = sums(instance, &SumQuery { filter: of_all(), ..query }).unwrap();
            assert_eq!(found.groups, by_rows.groups, "{what}: cube {cube} from {:?}", found.source);
            assert!(matches!(by_rows.source, SumSource::Rows(_)), "{what}");
            are_cubes &= found.source == SumSource::Cube;
        }
    }
    let first = at("2024-01-22T00:00:00Z");
    // Those through which hours, or quarters, are cut among them.
    for minutes in [[0, 1, 2], [0, 15, 45], [7, 60, 180], [0, 60, 121], [0, 7_200, 14_400]] {
        let edges: Arc<[Instant]> =
            minutes.iter().map(|at| first.saturating_add_ticks(at * MINUTE)).collect();
        for by_series in [false, true] {
            let query = BusyQuery { by_series, ..BusyQuery::all(set, Arc::clone(&edges)) };
            let found = busy(instance, tenant(), &query).unwrap();
            let by_rows = busy(instance, tenant(), &BusyQuery { filter: of_all(), ..query }).unwrap();
            assert_eq!(found.groups, by_rows.groups, "{what}: {minutes:?} from {:?}", found.source);
            are_cubes &= found.source == SumSource::Cube;
        }
    }
    are_cubes
}

fn checked(instance: &Instance, mend: Mend) -> CubeCheck {
    check(instance, tenant(), LOG, TimeRange::ALL, mend).unwrap()
}

fn is_exact(instance: &Instance, what: &str) {
    let found = checked(instance, Mend::Nothing);
    assert!(found.is_compared && found.cells > 0 && found.differences.is_empty(), "{what}: {found:?}");
}

fn execute(instance: &Instance, sql: &str) {
    instance.writer().execute_batch(sql).unwrap();
}

fn table(name: &str) -> String {
    sql::table(tenant(), &format!("cube~{}~{name}", LOG.name))
}

fn count(instance: &Instance, sql: &str) -> u64 {
    instance.writer().query_row(sql, [], |row| row.get(0)).unwrap()
}

fn names(instance: &Instance) -> Vec<String> {
    tables::all_names(&instance.writer(), tenant()).unwrap()
}

/// A store that has cubes, with a few commits in it.
fn with_cubes() -> (TempDir, Instance) {
    let folder = tempfile::tempdir().unwrap();
    let instance = open(folder.path(), cube_settings());
    for rows in batches(4) {
        store(&instance, &rows);
    }
    (folder, instance)
}

#[test]
fn tables_are_made_with_the_first_rows() {
    let folder = tempfile::tempdir().unwrap();
    let instance = open(folder.path(), cube_settings());
    let all = SumQuery::all(&KIT_CUBES, 0, TimeRange::ALL);
    assert_eq!(sums(&instance, &all).unwrap().source, SumSource::Rows(0));
    // Of this log nothing is kept.
    let mut sms = RowBuilder::new(&SMS);
    let row = br#"{"id":"1","sentDateTime":"2024-01-20T00:00:00Z"}"#;
    RowDecoder::new(&SMS).decode(row, &mut sms).unwrap();
    store(&instance, &sms.finish());
    assert_eq!(sums(&instance, &all).unwrap().source, SumSource::Rows(0));
    assert!(names(&instance).is_empty());

    let rows = batches(4);
    store(&instance, &rows[0]);
    assert_eq!(names(&instance).len(), KIT_CUBES.cubes.len() + 6);
    assert_eq!(sums(&instance, &all).unwrap().source, SumSource::Cube);
    store(&instance, &rows[1]);
    agree(&instance, &KIT_CUBES, "after two commits");
    drop(instance);
    let instance = open(folder.path(), cube_settings());
    assert_eq!(sums(&instance, &all).unwrap().source, SumSource::Cube, "opened again");
    store(&instance, &rows[2]);
    store(&instance, &changed(&rows[0]));
    settle(&instance);
    assert!(agree(&instance, &KIT_CUBES, "at last"));
    is_exact(&instance, "at last");
}

#[test]
fn a_store_of_before_gets_its_cubes_day_by_day() {
    let folder = tempfile::tempdir().unwrap();
    let instance = open(folder.path(), CubeSettings::none());
    let rows = batches(20);
    for rows in &rows[..10] {
        store(&instance, rows);
    }
    assert!(names(&instance).is_empty());
    drop(instance);
    let instance = open(folder.path(), cube_settings());
    assert!(!agree(&instance, &KIT_CUBES, "before"), "there are no cubes");
    let days = days(&instance, tenant(), LOG).unwrap();
    assert!(days.kept.is_empty() && days.waiting > 5, "{days:?}");
    // Rows of days that are built, and of others, come and change meanwhile.
    let pace = Pace::default();
    let mut steps = 0;
    while step(&instance, tenant(), LOG, &pace).unwrap() {
        match steps {
            0..6 => store(&instance, &rows[10 + steps]),
            6 => store(&instance, &changed(&rows[3])),
            _ => {}
        }
        steps += 1;
        agree(&instance, &KIT_CUBES, &format!("after step {steps}"));
    }
    assert!(steps > 8, "{steps} steps");
    settle(&instance);
    assert!(agree(&instance, &KIT_CUBES, "when all is built"), "all comes from cubes");
    is_exact(&instance, "when all is built");
    let days = super::days(&instance, tenant(), LOG).unwrap();
    assert!(days.kept.len() > 5 && days.waiting == 0, "{days:?}");
}

#[test]
fn many_first_rows_of_a_day_are_left_to_who_tidies() {
    const ROWS: usize = 13_000;
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let options = Options { threads: 1, leaves_days: true, cubes: cube_settings(), ..Options::default() };
        opening::open(&folder.path().join(DATABASE), &options, Access::Write).unwrap()
    };
    let all = |seed| {
        let options = SyntheticOptions {
            seed,
            ..SyntheticOptions::new(ROWS as u64, at("2024-01-20T00:00:00Z"), at("2024-01-21T12:00:00Z"))
        };
        SyntheticLog::new(LOG, options).unwrap().next_batch(ROWS).unwrap()
    };
    // Of the first day half of them are many, of the second they are not.
    let (rows, others) = (all(1), all(2));
    let halves = [every(&rows, 2, 0, ROWS / 2), every(&rows, 2, 1, ROWS / 2)];
    let waiting = |instance: &Instance| {
        let days = days(instance, tenant(), LOG).unwrap();
        (days.kept.len(), days.waiting)
    };
    let instance = open();
    store(&instance, &halves[0]);
    assert_eq!(waiting(&instance), (1, 1));
    assert!(!agree(&instance, &KIT_CUBES, "half of them"));
    // Whoever brought them is not done.
    settle(&instance);
    assert_eq!(waiting(&instance), (1, 1));
    store(&instance, &halves[1]);
    store(&instance, &changed(&halves[0].slice(100, 5_000)));
    forget::forget(&instance, tenant(), LOG, at("2024-01-20T05:00:00Z")).unwrap();
    assert_eq!(waiting(&instance), (1, 1));
    agree(&instance, &KIT_CUBES, "what waits changes");
    while tidy(&instance, tenant(), LOG).unwrap() {}
    assert_eq!(waiting(&instance), (2, 0));
    is_exact(&instance, "tidied");
    settle(&instance);
    assert!(agree(&instance, &KIT_CUBES, "when all is built"));

    // What was left by who ended before is built as what never was.
    forget::forget(&instance, tenant(), LOG, at("2024-01-22T00:00:00Z")).unwrap();
    while tidy(&instance, tenant(), LOG).unwrap() {}
    store(&instance, &halves[0]);
    assert_eq!(waiting(&instance).1, 1, "nothing of the day is left");
    drop(instance);
    let instance = open();
    assert_eq!(waiting(&instance).1, 1, "opened again");
    settle(&instance);
    assert_eq!(waiting(&instance).1, 0);
    assert!(agree(&instance, &KIT_CUBES, "built after all"));

    // Of a day that has rows no other waits.
    store(&instance, &others);
    assert_eq!(waiting(&instance).1, 0);
    is_exact(&instance, "more rows of the same days");
    agree(&instance, &KIT_CUBES, "more rows of the same days");
}

#[test]
fn cubes_of_another_version_are_made_anew() {
    let (folder, instance) = with_cubes();
    settle(&instance);
    drop(instance);
    let other = other_version();
    let settings = CubeSettings { sets: vec![other], ..CubeSettings::none() };
    let instance = open(folder.path(), settings.clone());
    assert!(!agree(&instance, other, "another version"));
    settle(&instance);
    assert!(agree(&instance, other, "another version, made anew"));
    assert!(!agree(&instance, &KIT_CUBES, "the version of before"), "its questions are answered from rows");
    // With rows first.
    drop(instance);
    let instance = open(folder.path(), cube_settings());
    store(&instance, &changed(&batches(4)[2]));
    assert!(!agree(&instance, &KIT_CUBES, "the version of before"));
    settle(&instance);
    assert!(agree(&instance, &KIT_CUBES, "the version of before, made anew"));
    is_exact(&instance, "made anew");
}

/// A day of another zone has other rows.
#[test]
fn cubes_of_another_zone_are_made_anew() {
    let (folder, instance) = with_cubes();
    drop(instance);
    let zone = jiff::tz::TimeZone::get("Asia/Kolkata").unwrap();
    let instance = open(folder.path(), CubeSettings { zone: zone.clone(), ..cube_settings() });
    let query = SumQuery { zone, ..SumQuery::all(&KIT_CUBES, 1, TimeRange::ALL) };
    assert!(matches!(sums(&instance, &query).unwrap().source, SumSource::Rows(_)));
    settle(&instance);
    assert_eq!(sums(&instance, &query).unwrap().source, SumSource::Cube);
    is_exact(&instance, "another zone");
}

/// Who keeps no cubes cannot book, and so takes back that they are kept.
#[test]
fn rows_that_nobody_books_end_what_was_kept() {
    let rows = batches(4);
    let user = LOG.index_of("userId").unwrap();
    let erasure =
        Erasure { selection: Selection::all(LOG, TimeRange::ALL), what: Erase::Properties(vec![user]) };
    let changes: [&dyn Fn(&Instance); 4] = [
        &|instance| store(instance, &changed(&rows[1])),
        &|instance| {
            forget::forget(instance, tenant(), LOG, at("2024-01-25T00:00:00Z")).unwrap();
        },
        &|instance| {
            erase::erase(instance, tenant(), &erasure).unwrap();
        },
        &|_| {},
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let (folder, instance) = with_cubes();
        drop(instance);
        let instance = open(folder.path(), CubeSettings::none());
        change(&instance);
        drop(instance);
        let instance = open(folder.path(), cube_settings());
        let source = sums(&instance, &SumQuery::all(&KIT_CUBES, 0, TimeRange::ALL)).unwrap().source;
        assert_eq!(source == SumSource::Cube, number == 3, "change {number}");
        settle(&instance);
        assert!(agree(&instance, &KIT_CUBES, &format!("change {number}")));
        is_exact(&instance, &format!("change {number}"));
    }
}

#[test]
fn parts_are_added_up_and_texts_of_erased_rows_go() {
    let (_folder, instance) = with_cubes();
    for rows in batches(4) {
        store(&instance, &changed(&rows));
        store(&instance, &rows);
    }
    let parts = format!("SELECT count(*) FROM {}", table("hours"));
    let before = count(&instance, &parts);
    while tidy(&instance, tenant(), LOG).unwrap() {}
    let after = count(&instance, &parts);
    assert!(after * 2 < before, "{after} parts of {before}");
    settle(&instance);
    assert!(agree(&instance, &KIT_CUBES, "added up"));
    is_exact(&instance, "added up");

    let texts = format!("SELECT count(*) FROM {} WHERE text IS NOT NULL", table("texts~"));
    assert!(count(&instance, &texts) > 3);
    let everything = Erasure { selection: Selection::all(LOG, TimeRange::ALL), what: Erase::Rows };
    assert!(erase::erase(&instance, tenant(), &everything).unwrap() > 0);
    // Nothing of them stays until somebody tidies.
    settle(&instance);
    assert_eq!(count(&instance, &texts), 0);
    for name in ["hours", "days", "minutes~", "carries~", "shapes~"] {
        assert_eq!(count(&instance, &format!("SELECT count(*) FROM {}", table(name))), 0, "{name}");
    }
    assert!(agree(&instance, &KIT_CUBES, "erased"));
    // The ids of texts begin anew, and nothing of before is taken for them.
    store(&instance, &batches(4)[1]);
    settle(&instance);
    assert!(agree(&instance, &KIT_CUBES, "stored again"));
    is_exact(&instance, "stored again");
}

#[test]
fn sums_that_are_wrong_are_found_and_mended() {
    let (_folder, instance) = with_cubes();
    settle(&instance);
    is_exact(&instance, "before");
    let some = |name: &str, what: &str| {
        let table = table(name);
        format!("UPDATE {table} SET {what} WHERE rowid = (SELECT min(rowid) FROM {table})")
    };
    for (cubes, wrong) in [
        (&["hours"][..], some("hours", "m1 = m1 + 1")),
        (&["days"], format!("DELETE FROM {}", table("days"))),
        // Stretches are no longer what these minutes come to.
        (&["minutes~", "shapes~"], some("minutes~", "m1 = m1 + 1")),
        // No call goes on over midnight, so there is no row to change.
        (
            &["carries~"],
            format!(
                "INSERT INTO {} SELECT slot - slot % 864000000000, k0, k1, k2, 1, 1 FROM {} LIMIT 1",
                table("carries~"),
                table("minutes~")
            ),
        ),
        (&["shapes~"], some("shapes~", "peak = peak + 1")),
        (&["shapes~"], format!("DELETE FROM {}", table("shapes~"))),
        (&["shapes~"], some("stretches~", "m3 = m3 + 1")),
        (&["shapes~"], some("stretches~", "slot = slot + 60 * 36000000000")),
        (&["shapes~"], format!("DELETE FROM {}", table("stretches~"))),
    ] {
        execute(&instance, &wrong);
        let found = checked(&instance, Mend::Nothing);
        let told: Vec<_> = found.differences.iter().map(|difference| difference.cube).collect();
        assert_eq!(told, cubes, "{wrong}");
        assert!(found.different() > 0 && !found.is_mended, "{wrong}: {found:?}");
        assert!(checked(&instance, Mend::All).is_mended, "{wrong}");
        is_exact(&instance, &wrong);
        settle(&instance);
        assert!(agree(&instance, &KIT_CUBES, &wrong));
    }
}

/// Where a file's blocks begin, after its headers.
const FIRST_BLOCK: usize = 3 * 4_096;

/// Whatever byte of the file is wrong: sums are right, or reading says so.
#[test]
fn damage_never_makes_sums_wrong() {
    let (folder, instance) = with_cubes();
    settle(&instance);
    let query = SumQuery { by: vec![0, 1, 2], ..SumQuery::all(&KIT_CUBES, 0, TimeRange::ALL) };
    let right = sums(&instance, &query).unwrap().groups;
    assert!(instance.checkpoint_on(&instance.writer(), Duration::from_secs(1)).unwrap());
    drop(instance);
    let file = fs::read(folder.path().join(DATABASE)).unwrap();
    let (mut told, mut from_rows) = (0, 0);
    for at in (FIRST_BLOCK..file.len()).step_by(file.len() / 60) {
        let damaged = tempfile::tempdir().unwrap();
        let mut bytes = file.clone();
        bytes[at] ^= 0x41;
        fs::write(damaged.path().join(DATABASE), bytes).unwrap();
        let options = Options { threads: 1, segment_rows: 150, cubes: cube_settings(), ..Options::default() };
        let Ok(instance) = opening::open(&damaged.path().join(DATABASE), &options, Access::Write) else {
            told += 1;
            continue;
        };
        match sums(&instance, &query) {
            Ok(found) => {
                assert_eq!(found.groups, right, "byte {at}");
                from_rows += u32::from(found.source != SumSource::Cube);
            }
            Err(error) => {
                assert!(is_damage(&error), "byte {at}: {error}");
                told += 1;
                continue;
            }
        }
        // What cannot be read of cubes is made anew with the next rows, or before.
        let pace = Pace::default();
        for _ in 0..200 {
            if !step(&instance, tenant(), LOG, &pace).is_ok_and(|more| more) {
                break;
            }
        }
        if append::append(&instance, tenant(), &changed(&batches(4)[0])).is_ok() {
            let by_rows = sums(&instance, &SumQuery { filter: of_all(), ..query.clone() });
            if let (Ok(found), Ok(by_rows)) = (sums(&instance, &query), by_rows) {
                assert_eq!(found.groups, by_rows.groups, "byte {at}, after more rows");
            }
        }
    }
    assert!(told + from_rows > 0, "no byte mattered");
}

/// What comes after a file was opened is seen, also by statements that were used
/// before.
#[test]
fn sums_of_a_store_that_was_opened_again_grow() {
    let rows = batches(4);
    let (folder, instance) = with_cubes();
    settle(&instance);
    assert!(instance.checkpoint_on(&instance.writer(), Duration::from_secs(1)).unwrap());
    drop(instance);
    let instance = open(folder.path(), cube_settings());
    assert!(agree(&instance, &KIT_CUBES, "opened again"));
    store(&instance, &changed(&rows[0]));
    agree(&instance, &KIT_CUBES, "with more rows");
    settle(&instance);
    assert!(agree(&instance, &KIT_CUBES, "in the end"));
}
