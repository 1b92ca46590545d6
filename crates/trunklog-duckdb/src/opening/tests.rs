//! The first opening of a store of the first form, killed or failing at each step.

use std::cell::Cell;
use std::fs::{self, File, OpenOptions};
use std::path::PathBuf;
use std::rc::Rc;

use arrow::array::RecordBatch;
use flate2::read::GzDecoder;
use tempfile::TempDir;
use trunklog_records::{Log, Rows, TenantId, TimeRange};
use trunklog_store::{PageQuery, Selection};

use super::*;
use crate::read::page;
use crate::steps::{self, copy};
use crate::tables;
use crate::write::append;

const DATABASE: &str = "trunklog.duckdb";

/// What is reached right after the write of a commit, before anybody is told of it.
const COMMITTED: &str = "a commit";

/// All steps of the first opening.
const STEPS: [&str; 10] = [
    "attached",
    "marked",
    "a change for the first checkpoint",
    "the first checkpoint",
    "before a commit",
    COMMITTED,
    "a commit that is acknowledged",
    "before a commit",
    COMMITTED,
    "a commit that is acknowledged",
];

/// A store as the program of before left it.
fn store() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/form_1/trunklog.duckdb.gz");
    let mut packed = GzDecoder::new(File::open(packed).unwrap());
    std::io::copy(&mut packed, &mut File::create(folder.path().join(DATABASE)).unwrap()).unwrap();
    folder
}

fn open_in(folder: &Path) -> Result<Instance> {
    let options = Options { threads: 1, ..Options::default() };
    open(&folder.join(DATABASE), &options, Access::Write)
}

/// Opens a store and notes each step, with the folder as a kill leaves it there.
fn opened(folder: &Path) -> (Instance, Vec<(&'static str, TempDir)>) {
    let (instance, left) = steps::killed(folder, || open_in(folder));
    (instance.unwrap(), left)
}

fn log_of(folder: &Path) -> PathBuf {
    folder.join("trunklog.duckdb.wal")
}

fn log_bytes(folder: &Path) -> u64 {
    fs::metadata(log_of(folder)).map_or(0, |log| log.len())
}

/// All rows of all logs.
fn rows(instance: &Instance) -> Vec<(TenantId, &'static Log, RecordBatch)> {
    let logs = instance.read(tables::stored_logs).unwrap();
    let page = |tenant, log| {
        let query = PageQuery::of(Selection::all(log, TimeRange::ALL), 10_000);
        page::page(instance, tenant, &query).unwrap().rows.into_batch()
    };
    logs.into_iter().map(|(tenant, log)| (tenant, log, page(tenant, log))).collect()
}

/// What a store of the first form has when its opening ends well.
fn expected() -> Vec<(TenantId, &'static Log, RecordBatch)> {
    let folder = store();
    let rows = rows(&open_in(folder.path()).unwrap());
    let counts: Vec<_> = rows.iter().map(|(_, log, batch)| (log.name, batch.num_rows())).collect();
    assert_eq!(
        counts,
        [
            ("directRoutingCalls", 500),
            ("pstnBlockedUsers", 40),
            ("pstnCalls", 150),
            ("pstnOnlineMeetingDialout", 20),
            ("sms", 60),
            ("directRoutingCalls", 400),
            ("sms", 60)
        ]
    );
    rows
}

/// Asserts that the next opening of a store finds everything and completes, that the
/// one after it has nothing to do, and that rows can be stored.
fn completes(folder: &Path, expected: &[(TenantId, &'static Log, RecordBatch)], what: &str) {
    let instance = open_in(folder).unwrap();
    assert!(rows(&instance) == expected, "{what}: other rows");
    let epoch = instance.read(format::epoch).unwrap();
    assert_eq!(epoch.len(), 36, "{what}");
    for (tenant, log, _) in expected {
        let is_left = instance.read(|connection| tables::has_table(connection, *tenant, log.name)).unwrap();
        assert!(!is_left, "{what}: {} of the first form", log.name);
    }
    drop(instance);

    let (instance, steps) = opened(folder);
    let steps: Vec<_> = steps.into_iter().map(|(step, _)| step).collect();
    assert_eq!(steps, ["attached", "marked"], "{what}: something was left to do");
    assert_eq!(instance.read(format::epoch).unwrap(), epoch, "{what}");
    for (tenant, log, batch) in expected {
        let given = Rows::new(log, batch.clone()).unwrap();
        instance.begin_writing().unwrap();
        let appended = append::append(&instance, *tenant, &given).unwrap();
        assert_eq!(appended.unchanged, given.len() as u64, "{what}: {}", log.name);
    }
    assert!(rows(&instance) == expected, "{what}: other rows at last");
}

#[test]
fn a_first_opening_that_is_killed_at_any_step_is_completed_by_the_next() {
    let expected = expected();
    let folder = store();
    let (instance, left) = opened(folder.path());
    let steps: Vec<_> = left.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, STEPS);
    for (at, (step, left)) in left.iter().enumerate() {
        completes(copy(left.path()).path(), &expected, &format!("killed at step {at}, {step}"));
    }
    // The same while a commit is written.
    for pair in left.windows(2).filter(|pair| pair[1].0 == COMMITTED) {
        let (before, after) = (log_bytes(pair[0].1.path()), log_bytes(pair[1].1.path()));
        assert!(before < after);
        for bytes in [before + 1, before.midpoint(after), after - 1] {
            let torn = copy(pair[1].1.path());
            OpenOptions::new().write(true).open(log_of(torn.path())).unwrap().set_len(bytes).unwrap();
            completes(torn.path(), &expected, &format!("{bytes} bytes of {before} to {after}"));
        }
    }
    drop(instance);
    completes(folder.path(), &expected, "not killed");
}

#[test]
fn a_first_opening_that_fails_at_any_step_is_completed_by_the_next() {
    let expected = expected();
    for (at, step) in STEPS.into_iter().enumerate() {
        let folder = store();
        let reached = Rc::new(Cell::new(0));
        let count = Rc::clone(&reached);
        let watcher = move |_| {
            count.set(count.get() + 1);
            count.get() <= at
        };
        assert!(steps::watch(watcher, || open_in(folder.path())).is_err(), "{step}");
        assert_eq!(reached.get(), at + 1, "{step}");
        completes(folder.path(), &expected, &format!("failed at step {at}, {step}"));
    }
}

/// No column is added, so it does not matter how many rows there are.
#[test]
fn a_first_opening_writes_no_rows() {
    let folder = store();
    let instance = open_in(folder.path()).unwrap();
    for (tenant, log) in instance.read(tables::stored_logs).unwrap() {
        let (_, table) = instance.log(tenant, log).unwrap().unwrap();
        let places = table.state().layout.places.clone();
        assert_eq!(places.len(), 1);
        let lacking = places[0].segment.lacking().clone();
        assert!(lacking.starts_with(&["changed", "superseded"]), "{}: {lacking:?}", log.name);
    }
}
