//! A kill at each step of what changes sums: after the next opening they are those of
//! the rows.

use super::*;
use crate::steps;

/// Does something, and gives the folder as a kill after each step leaves it.
fn left(folder: &Path, work: impl FnOnce()) -> Vec<(&'static str, TempDir)> {
    steps::killed(folder, work).1
}

/// The steps of the last two transactions: those before are like them.
fn last(mut left: Vec<(&'static str, TempDir)>) -> Vec<(&'static str, TempDir)> {
    let before = left.len().saturating_sub(6);
    left.split_off(before)
}

/// Asserts that what was left is right, now and after all that is left to do.
fn is_right(left: Vec<(&'static str, TempDir)>, what: &str) {
    assert!(left.len() >= 3, "{what}: {} steps", left.len());
    for (at, (step, folder)) in left.iter().enumerate() {
        let what = format!("{what}, killed at step {at}, {step}");
        let instance = open(folder.path(), cube_settings());
        agree(&instance, &KIT_CUBES, &what);
        let found = checked(&instance, Mend::Nothing);
        assert!(found.differences.is_empty(), "{what}: {found:?}");
        store(&instance, &changed(&batches(8)[5]));
        if *step != "a commit" {
            // Less is left to do before and after it.
            continue;
        }
        agree(&instance, &KIT_CUBES, &format!("{what}, with more rows"));
        settle(&instance);
        assert!(agree(&instance, &KIT_CUBES, &what), "{what}");
        is_exact(&instance, &what);
    }
}

#[test]
fn commits_that_are_killed_leave_sums_right() {
    let rows = batches(8);
    let (folder, instance) = with_cubes();
    settle(&instance);
    is_right(left(folder.path(), || store(&instance, &changed(&rows[0]))), "an update");
    let before = at("2024-01-24T12:00:00Z");
    let forget = || {
        assert!(forget::forget(&instance, tenant(), LOG, before).unwrap() > 0);
    };
    is_right(left(folder.path(), forget), "retention");
    let range = TimeRange::ALL.until(at("2024-01-28T00:00:00Z"));
    let erasure = Erasure { selection: Selection::all(LOG, range), what: Erase::Rows };
    let erase = || {
        assert!(erase::erase(&instance, tenant(), &erasure).unwrap() > 0);
    };
    is_right(left(folder.path(), erase), "an erasure");
    is_right(left(folder.path(), || store(&instance, &rows[0])), "rows that come again");
}

#[test]
fn the_first_commit_may_be_killed() {
    let folder = tempfile::tempdir().unwrap();
    let instance = open(folder.path(), cube_settings());
    is_right(left(folder.path(), || store(&instance, &batches(8)[0])), "the first rows");
}

#[test]
fn what_is_done_in_the_background_may_be_killed() {
    let folder = tempfile::tempdir().unwrap();
    let instance = open(folder.path(), CubeSettings::none());
    for rows in batches(8) {
        store(&instance, &rows);
        store(&instance, &changed(&rows));
    }
    drop(instance);
    let instance = open(folder.path(), cube_settings());
    let pace = Pace::default();
    // The tables and the first days: one is like the other.
    for number in 0..3 {
        let build = || assert!(step(&instance, tenant(), LOG, &pace).unwrap());
        is_right(left(folder.path(), build), &format!("step {number} of building"));
    }
    is_right(last(left(folder.path(), || settle(&instance))), "making shapes");
    for rows in batches(8) {
        store(&instance, &rows);
    }
    let tidy = || {
        for _ in 0..20 {
            tidy(&instance, tenant(), LOG).unwrap();
        }
    };
    is_right(last(left(folder.path(), tidy)), "adding up");
}
