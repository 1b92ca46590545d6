use super::*;
use crate::test_support::{Bench, export, record};
use crate::{Options, Trail};

/// A trail with an entry on each of so many days, the last of them today.
fn daily(bench: &Bench, days: usize) -> Trail {
    let trail = Trail::open(&bench.path(), Options { days: None, ..bench.options() }).unwrap();
    for day in 0..days {
        if day > 0 {
            bench.advance_days(1);
        }
        record(&trail, 2);
    }
    trail
}

#[test]
fn a_new_day_starts_a_new_file_and_the_chain_goes_on() {
    let bench = Bench::new();
    drop(daily(&bench, 3));
    assert!(bench.file(3).exists() && !bench.file(4).exists());
    let entries = bench.entries();
    let whats: Vec<&str> = entries.iter().map(|entry| entry.what.as_str()).collect();
    let day = ["trail.file", "calls.export", "calls.export"];
    assert_eq!(whats[3..], [day, day].concat());
    assert!(bench.verify().is_whole(), "{:?}", bench.verify());
}

#[test]
fn whole_files_go_when_all_of_them_is_too_old() {
    let bench = Bench::new();
    drop(daily(&bench, 10));
    let folder = Folder::new(&bench.path());
    assert_eq!(expired(&folder, 20, bench.now()).unwrap(), None);
    let found = expired(&folder, 5, bench.now()).unwrap().unwrap();
    // A file counts as old as the start of the next one.
    assert_eq!((found.files, found.through.n), (vec![1, 2, 3], 9));

    // Whoever opens the trail looks after it.
    let trail = Trail::open(&bench.path(), Options { days: Some(5), ..bench.options() }).unwrap();
    trail.record(export()).wait().unwrap();
    assert!(!bench.file(3).exists() && bench.file(4).exists());
    let found = bench.verify();
    assert!(found.is_whole(), "{found:?}");
    assert_eq!((found.first, found.files), (Some(10), 7));
    let told: Vec<_> = bench.entries().into_iter().filter(|entry| entry.what == "trail.expired").collect();
    assert_eq!((told.len(), &told[0].details["through"]), (1, &9.into()));
}

#[test]
fn files_that_went_without_a_word_are_missed() {
    let bench = Bench::new();
    drop(daily(&bench, 4));
    std::fs::remove_file(bench.file(1)).unwrap();
    let found = bench.verify();
    assert!(found.damage[0].what.contains("starts with entry 4"), "{found:?}");
}

#[test]
fn a_clock_that_jumped_ahead_removes_nothing_that_day() {
    let bench = Bench::new();
    drop(daily(&bench, 3));
    bench.advance_days(3_650);
    let folder = Folder::new(&bench.path());
    assert_eq!(expired(&folder, 30, bench.now()).unwrap(), None);
    record(&Trail::open(&bench.path(), Options { days: Some(30), ..bench.options() }).unwrap(), 1);
    assert!(bench.file(1).exists());
    // A day later it is no jump any more.
    bench.advance_days(1);
    record(&Trail::open(&bench.path(), Options { days: None, ..bench.options() }).unwrap(), 1);
    let found = expired(&folder, 30, bench.now()).unwrap().unwrap();
    // The last file from before the jump ends when the next one starts.
    assert_eq!(found.files, [1, 2]);
}
