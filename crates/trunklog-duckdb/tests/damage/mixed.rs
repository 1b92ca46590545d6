//! Files of different moments or places together.

use std::fs;
use std::os::unix::fs::symlink;

use trunklog_duckdb::DuckDbEngine;
use trunklog_store::Engine;

use super::remains::{ALL, BATCH, DATABASE, LOG, MARK, Remains, TENANT, batches, options};

/// A store and its past, as `kill -9` left it each time.
struct Past {
    /// A batch of rows, and no log.
    clean: Remains,
    /// One more in the log.
    dirty: Remains,
    /// After another checkpoint, with two more in the log.
    newer: Remains,
}

impl Past {
    fn of(left: &Remains) -> Past {
        let mut parts = batches(4 * BATCH, BATCH);
        let mut append = |engine: &DuckDbEngine| {
            engine.tenant(TENANT).append(&parts.next().unwrap()).unwrap();
        };
        let engine = left.open().unwrap();
        append(&engine);
        engine.tidy().unwrap();
        drop(engine);
        let clean = left.copy();
        let engine = left.open().unwrap();
        append(&engine);
        let dirty = left.copy();
        engine.tidy().unwrap();
        append(&engine);
        append(&engine);
        let newer = left.copy();
        Past { clean, dirty, newer }
    }
}

#[test]
fn a_log_of_another_state_is_refused() {
    let past = Past::of(&Remains::new());
    for (left, rows) in [(&past.clean, BATCH), (&past.dirty, 2 * BATCH), (&past.newer, 4 * BATCH)] {
        assert_eq!(left.copy().rows().unwrap(), rows);
    }
    // A backup was restored beside a newer log.
    let restored = past.newer.copy();
    for name in [DATABASE, MARK] {
        restored.take(name, &past.clean);
    }
    // A copy was made while a checkpoint was, its log first.
    let copied = past.newer.copy();
    copied.take(LOG, &past.dirty);
    fs::remove_file(copied.path(MARK)).unwrap();
    // The log is another store's.
    let mixed = Remains::in_database(BATCH);
    mixed.take(LOG, &past.newer);
    for (left, whose, rows) in [
        (restored, "a newer state", BATCH),
        (copied, "an older state", 2 * BATCH),
        (mixed, "another database", BATCH),
    ] {
        let log = fs::read(left.path(LOG)).unwrap();
        let refusal = left.refusal();
        assert!(refusal.contains(whose) && refusal.contains("--repair"), "{refusal}");
        assert!(fs::read(left.path(LOG)).unwrap() == log, "it was changed");
        let done = left.repair().unwrap();
        assert!(done.len() == 1 && done[0].contains(".damaged-"), "{done:?}");
        assert_eq!(left.aside(), 1);
        assert_eq!(left.rows().unwrap(), rows, "{whose}");
    }
}

/// A backup, and the same store after more was stored, as `kill -9` left it. The
/// rows lie in blocks of the newer database, of which its log only speaks.
fn continued() -> (Remains, Remains) {
    const ROW_GROUPS: u64 = 60_000;
    let backup = Remains::in_database(BATCH);
    let running = backup.copy();
    let engine = running.open().unwrap();
    let rows = batches(ROW_GROUPS, ROW_GROUPS).next().unwrap();
    engine.tenant(TENANT).append(&rows).unwrap();
    let killed = running.copy();
    assert!(killed.bytes(LOG) > 0 && killed.bytes(DATABASE) > backup.bytes(DATABASE));
    (backup, killed)
}

#[test]
fn a_backup_is_not_destroyed_by_the_log_of_what_came_after_it() {
    let (backup, killed) = continued();
    for restored in [&[DATABASE, MARK][..], &[DATABASE]] {
        let left = killed.copy();
        for name in restored {
            left.take(name, &backup);
        }
        let refusal = left.refusal();
        assert!(refusal.contains("newer state") || refusal.contains("is older"), "{refusal}");
        assert!(!left.repair().unwrap().is_empty());
        assert_eq!(left.rows().unwrap(), BATCH, "{restored:?}");
    }
    assert!(killed.rows().unwrap() > BATCH);
}

#[test]
fn a_backup_keeps_its_own_log() {
    let past = Past::of(&Remains::new());
    let restored = past.newer.copy();
    for name in [DATABASE, LOG] {
        restored.take(name, &past.dirty);
    }
    assert!(restored.refusal().contains("is older"));
    let done = restored.repair().unwrap();
    assert!(done.len() == 1 && done[0].contains("counts from now on"), "{done:?}");
    assert_eq!((restored.aside(), restored.rows().unwrap()), (0, 2 * BATCH));
}

#[test]
fn a_log_that_names_nothing_is_put_aside_only_if_it_is_the_marked_one() {
    let past = Past::of(&Remains::older());
    let restored = past.newer.copy();
    for name in [DATABASE, LOG] {
        restored.take(name, &past.dirty);
    }
    let error = restored.repair().unwrap_err().to_string();
    assert!(error.contains("nobody can say") && error.contains(MARK), "{error}");
    assert_eq!((restored.aside(), restored.bytes(LOG)), (0, past.dirty.bytes(LOG)));
    // As it says.
    fs::remove_file(restored.path(MARK)).unwrap();
    assert_eq!(restored.rows().unwrap(), 2 * BATCH);

    let restored = past.newer.copy();
    restored.take(DATABASE, &past.dirty);
    let done = restored.repair().unwrap();
    assert!(done[0].contains("a newer state") && done[0].contains(".damaged-"), "{done:?}");
    assert_eq!((restored.aside(), restored.rows().unwrap()), (1, BATCH));
}

#[test]
fn older_files_stay_as_they_are() {
    let left = Remains::older();
    let version = || fs::read(left.path(DATABASE)).unwrap()[12..20].to_vec();
    let before = version();
    let mut parts = batches(2 * BATCH, BATCH);
    for checkpoints in 1..=2 {
        let engine = left.open().unwrap();
        engine.tenant(TENANT).append(&parts.next().unwrap()).unwrap();
        engine.tidy().unwrap();
        drop(engine);
        assert_eq!((left.rows().unwrap(), version()), (checkpoints * BATCH, before.clone()));
    }
    let new = Remains::in_database(BATCH);
    assert_ne!(fs::read(new.path(DATABASE)).unwrap()[12..20].to_vec(), before);
}

#[test]
fn a_database_may_be_elsewhere() {
    let (store, elsewhere) = (Remains::in_log(), Remains::new());
    let target = elsewhere.path("calls.db");
    fs::rename(store.path(DATABASE), &target).unwrap();
    symlink(&target, store.path(DATABASE)).unwrap();
    let refusal = store.refusal();
    assert!(refusal.contains("beside a link"), "{refusal}");
    assert!(store.repair().is_err());

    fs::rename(store.path(LOG), elsewhere.path("calls.db.wal")).unwrap();
    assert_eq!(store.rows().unwrap(), ALL);
    assert!(!store.path(LOG).exists());
    // What was acknowledged is noted of the files that are used.
    let mark = elsewhere.path("calls.commit");
    let before = fs::read(&mark).unwrap();
    let engine = store.open().unwrap();
    engine.tenant(TENANT).append(&batches(ALL + 1, ALL + 1).next().unwrap()).unwrap();
    assert!(fs::read(&mark).unwrap() != before);
    let left = elsewhere.copy();
    drop(engine);
    fs::remove_file(left.path("calls.db.wal")).unwrap();
    let error = DuckDbEngine::open(&left.path("calls.db"), options()).map(drop).unwrap_err();
    assert!(error.to_string().contains("is missing: 1 commit would be lost"), "{error}");

    fs::remove_file(&target).unwrap();
    let error = store.open().map(drop).unwrap_err();
    assert!(error.to_string().contains("mount its disk"), "{error}");
}

#[test]
fn a_folder_in_the_place_of_a_file_is_named() {
    for name in [DATABASE, LOG, MARK] {
        let store = Remains::in_database(BATCH);
        if store.path(name).exists() {
            fs::remove_file(store.path(name)).unwrap();
        }
        fs::create_dir(store.path(name)).unwrap();
        let error = store.open().map(drop).unwrap_err();
        assert!(error.to_string().contains("it is a folder"), "{name}: {error}");
    }
}
