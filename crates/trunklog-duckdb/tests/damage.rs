//! Damage of a store's files: whatever byte is wrong, all rows are there after
//! opening, or opening or reading everything says that they are not.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first thing that is wrong")]

use std::fs::{self, OpenOptions};
use std::os::unix::fs::{FileExt, symlink};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_odata::Instant;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, LOGS};
use trunklog_records::{Rows, TenantId, TimeRange};
use trunklog_sources::synthetic::{SyntheticLog, SyntheticOptions};
use trunklog_store::{Engine, Error, ErrorKind, Fault, PageQuery, Selection};

const TENANT: TenantId = TenantId::new(uuid::Uuid::from_u128(1));
const BATCH: u64 = 60;
const BATCHES: u64 = 4;
const ALL: u64 = BATCH * BATCHES;
const DATABASE: &str = "trunklog.duckdb";
const LOG: &str = "trunklog.duckdb.wal";
const MARK: &str = "trunklog.commit";

fn batches(rows: u64, size: u64) -> impl Iterator<Item = Rows> {
    let at = |text| Instant::parse(text).unwrap();
    let options = SyntheticOptions::new(rows, at("2024-01-01T00:00:00Z"), at("2024-06-01T00:00:00Z"));
    let mut calls = SyntheticLog::new(&DIRECT_ROUTING_CALLS, options).unwrap();
    std::iter::from_fn(move || calls.next_batch(usize::try_from(size).unwrap()))
}

fn options() -> Options {
    Options { memory_mib: 256, threads: 2, query_limit: None }
}

fn all() -> Selection {
    Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL)
}

/// A store as `kill -9` leaves it.
struct Left(TempDir);

impl Left {
    /// Its rows are in the write-ahead log.
    fn in_log() -> Left {
        Left::in_log_of(&Left::new())
    }

    /// The same in a file of the version that older programs made.
    fn in_older_log() -> Left {
        Left::in_log_of(&Left::older())
    }

    fn in_log_of(running: &Left) -> Left {
        let engine = running.open().unwrap();
        for rows in batches(ALL, BATCH) {
            engine.tenant(TENANT).append(&rows).unwrap();
        }
        running.copy()
    }

    /// Nothing.
    fn new() -> Left {
        Left(tempfile::tempdir().unwrap())
    }

    /// An empty store of an older program.
    fn older() -> Left {
        let left = Left::new();
        drop(duckdb::Connection::open(left.path(DATABASE)).unwrap());
        left
    }

    /// Its rows are in the database.
    fn in_database(rows: u64) -> Left {
        let left = tempfile::tempdir().unwrap();
        let engine = DuckDbEngine::open(&left.path().join(DATABASE), options()).unwrap();
        for rows in batches(rows, 20_000) {
            engine.tenant(TENANT).append(&rows).unwrap();
        }
        engine.tidy().unwrap();
        drop(engine);
        assert!(!left.path().join(LOG).exists());
        Left(left)
    }

    fn copy(&self) -> Left {
        let other = tempfile::tempdir().unwrap();
        copy(self.0.path(), other.path());
        Left(other)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn bytes(&self, name: &str) -> u64 {
        fs::metadata(self.path(name)).unwrap().len()
    }

    fn flip(&self, name: &str, at: u64) {
        let file = OpenOptions::new().read(true).write(true).open(self.path(name)).unwrap();
        let mut byte = [0];
        file.read_exact_at(&mut byte, at).unwrap();
        file.write_all_at(&[byte[0] ^ 0x41], at).unwrap();
    }

    fn put(&self, name: &str, bytes: &[u8], at: u64) {
        let file = OpenOptions::new().write(true).open(self.path(name)).unwrap();
        file.write_all_at(bytes, at).unwrap();
    }

    fn cut(&self, name: &str, bytes: u64) {
        OpenOptions::new().write(true).open(self.path(name)).unwrap().set_len(bytes).unwrap();
    }

    fn open(&self) -> Result<DuckDbEngine, Error> {
        DuckDbEngine::open(&self.path(DATABASE), options())
    }

    /// How many rows there are after opening, and that each can be read.
    fn rows(&self) -> Result<u64, Error> {
        let engine = self.open()?;
        let (rows, faults) = verify(&engine)?;
        assert_eq!(faults, []);
        Ok(rows)
    }

    /// Puts a file of another store into the place of this one's.
    fn take(&self, name: &str, other: &Left) {
        fs::copy(other.path(name), self.path(name)).unwrap();
    }

    /// What opening says that must fail, for writing and for reading.
    fn refusal(&self) -> String {
        let error = self.open().map(drop).unwrap_err();
        let looked = DuckDbEngine::open_read_only(&self.path(DATABASE), options()).map(drop);
        assert_eq!((error.kind(), looked.unwrap_err().kind()), (ErrorKind::Corrupt, ErrorKind::Corrupt));
        error.to_string()
    }

    fn repair(&self) -> Result<Vec<String>, Error> {
        trunklog_duckdb::repair(&self.path(DATABASE))
    }

    /// Files that were kept aside.
    fn aside(&self) -> usize {
        let names = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().contains(".damaged-")).count()
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn verify(engine: &DuckDbEngine) -> Result<(u64, Vec<Fault>), Error> {
    let (mut rows, mut faults) = (0, Vec::new());
    for tenant in engine.tenants()? {
        for log in LOGS {
            let mut from = Some(0);
            while let Some(at) = from {
                let part = engine.tenant(tenant).verify(log, at)?;
                rows += part.rows;
                faults.extend(part.faults);
                from = part.next;
            }
        }
    }
    Ok((rows, faults))
}

/// Offsets all over a file, its first and last bytes among them.
fn offsets(bytes: u64, count: u64) -> impl Iterator<Item = u64> {
    let step = (bytes / count).max(1);
    let spread = (0..bytes).step_by(usize::try_from(step).unwrap());
    (0..bytes.min(32)).chain(spread).chain(bytes.saturating_sub(24)..bytes)
}

#[test]
fn zeros_at_the_end_of_the_log_cost_nothing() {
    let left = Left::in_log();
    for zeros in [1, 21, 4096, 100_000] {
        for with_mark in [true, false] {
            let damaged = left.copy();
            damaged.cut(LOG, left.bytes(LOG) + zeros);
            if !with_mark {
                fs::remove_file(damaged.path(MARK)).unwrap();
            }
            let looked = DuckDbEngine::open_read_only(&damaged.path(DATABASE), options()).map(drop);
            assert!(looked.unwrap_err().to_string().contains("zeros"), "{zeros}");
            assert_eq!(damaged.aside(), 0);
            assert_eq!(damaged.rows().unwrap(), ALL, "{zeros}");
            assert_eq!(damaged.aside(), 1);
            assert_eq!(damaged.rows().unwrap(), ALL, "{zeros}");
            assert_eq!(damaged.aside(), 1, "it was mended already");
        }
    }
}

#[test]
fn any_wrong_byte_of_the_log_is_mended_or_told() {
    let left = Left::in_log();
    let mut told = 0;
    for at in offsets(left.bytes(LOG), 60) {
        let damaged = left.copy();
        damaged.flip(LOG, at);
        match damaged.rows() {
            Ok(rows) => assert_eq!(rows, ALL, "byte {at}"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Corrupt, "byte {at}: {error}");
                assert!(error.to_string().contains("--repair"), "byte {at}: {error}");
                // Nothing was changed, so the rest can still be had.
                assert_eq!(damaged.bytes(LOG), left.bytes(LOG));
                told += 1;
            }
        }
    }
    assert!(told > 60, "only {told} were told");
}

#[test]
fn the_start_of_the_log_is_made_again() {
    for left in [Left::in_log(), Left::in_older_log()] {
        for bytes in [&[0; 8][..], &[100, 0, 98, 101, 0, 1], &[0xff]] {
            let damaged = left.copy();
            damaged.put(LOG, bytes, 0);
            assert_eq!(damaged.rows().unwrap(), ALL, "{bytes:?}");
            assert_eq!(damaged.aside(), 1);
        }
    }
}

#[test]
fn a_log_that_was_cut_is_told() {
    let left = Left::in_log();
    let bytes = left.bytes(LOG);
    for length in offsets(bytes, 40) {
        let damaged = left.copy();
        damaged.cut(LOG, length);
        let error = damaged.rows().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{length}: {error}");
    }
    let damaged = left.copy();
    fs::remove_file(damaged.path(LOG)).unwrap();
    let error = damaged.rows().unwrap_err();
    // The table comes into being with a commit of its own.
    assert!(error.to_string().contains(&format!("{} commits", BATCHES + 1)), "{error}");
}

#[test]
fn without_a_mark_a_cut_log_keeps_whole_commits() {
    let left = Left::in_log();
    fs::remove_file(left.path(MARK)).unwrap();
    for length in offsets(left.bytes(LOG), 20) {
        let damaged = left.copy();
        damaged.cut(LOG, length);
        let engine = damaged.open().unwrap();
        let rows = engine.tenant(TENANT).count(&all(), None).unwrap();
        assert!(rows < ALL && rows % BATCH == 0, "{length}: {rows}");
    }
}

#[test]
fn what_can_be_read_is_kept_by_a_repair() {
    let left = Left::in_log();
    let bytes = left.bytes(LOG);
    let mut kept = Vec::new();
    for at in [bytes / 4, bytes / 2, bytes * 3 / 4, bytes - 3] {
        let damaged = left.copy();
        damaged.flip(LOG, at);
        assert!(damaged.open().is_err(), "byte {at}");
        let done = trunklog_duckdb::repair(&damaged.path(DATABASE)).unwrap();
        assert_eq!(done.len(), 1, "{done:?}");
        assert!(done[0].contains("kept") && done[0].contains("lost"), "{done:?}");
        assert_eq!(damaged.aside(), 1);
        let rows = damaged.rows().unwrap();
        assert!(rows < ALL && rows.is_multiple_of(BATCH), "byte {at}: {rows}");
        kept.push(rows);
        // The rest may be stored again, and nothing comes twice.
        let engine = damaged.open().unwrap();
        for rows in batches(ALL, BATCH) {
            engine.tenant(TENANT).append(&rows).unwrap();
        }
        drop(engine);
        assert_eq!(damaged.rows().unwrap(), ALL);
        assert_eq!(trunklog_duckdb::repair(&damaged.path(DATABASE)).unwrap(), [""; 0]);
    }
    assert!(kept.is_sorted() && kept[3] == ALL - BATCH, "{kept:?}");
}

#[test]
fn a_log_is_never_deleted_for_want_of_its_database() {
    let left = Left::in_log();
    let damaged = left.copy();
    fs::remove_file(damaged.path(DATABASE)).unwrap();
    for _ in 0..2 {
        let error = damaged.open().map(drop).unwrap_err();
        assert!(error.to_string().contains("is missing"), "{error}");
        assert!(trunklog_duckdb::exists(&damaged.path(DATABASE)).is_err());
    }
    assert_eq!(damaged.bytes(LOG), left.bytes(LOG));
    fs::remove_file(damaged.path(LOG)).unwrap();
    assert!(damaged.open().is_err(), "its rows were acknowledged");
    fs::remove_file(damaged.path(MARK)).unwrap();
    assert!(!trunklog_duckdb::exists(&damaged.path(DATABASE)).unwrap());
    assert_eq!(damaged.rows().unwrap(), 0);
}

#[test]
fn a_database_that_was_cut_is_told_with_its_sizes() {
    let left = Left::in_database(20_000);
    let bytes = left.bytes(DATABASE);
    for length in [0, 1, 4096, 12_287, 12_288, bytes / 2, bytes - 1] {
        let damaged = left.copy();
        damaged.cut(DATABASE, length);
        for looked in [
            damaged.open().map(drop),
            DuckDbEngine::open_read_only(&damaged.path(DATABASE), options()).map(drop),
        ] {
            let error = looked.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
            let text = error.to_string();
            assert!(text.contains("was cut") && text.contains(&format!("{length} bytes")), "{text}");
        }
    }
}

#[test]
fn an_older_database_is_told_until_somebody_agrees() {
    let left = Left(tempfile::tempdir().unwrap());
    let mut parts = batches(3 * BATCH, BATCH);
    let engine = left.open().unwrap();
    engine.tenant(TENANT).append(&parts.next().unwrap()).unwrap();
    engine.tidy().unwrap();
    drop(engine);
    let backup = fs::read(left.path(DATABASE)).unwrap();
    let newer = left.copy();
    let engine = newer.open().unwrap();
    engine.tenant(TENANT).append(&parts.next().unwrap()).unwrap();
    engine.tidy().unwrap();
    engine.tenant(TENANT).append(&parts.next().unwrap()).unwrap();
    // Together with a log that does not fit it.
    let mixed = newer.copy();
    drop(engine);
    assert_eq!(newer.rows().unwrap(), 3 * BATCH);
    for restored in [newer, mixed] {
        fs::write(restored.path(DATABASE), &backup).unwrap();
        let error = restored.open().map(drop).unwrap_err();
        assert!(error.to_string().contains("is older"), "{error}");
        assert!(!trunklog_duckdb::repair(&restored.path(DATABASE)).unwrap().is_empty());
        assert_eq!(restored.rows().unwrap(), BATCH);
    }
}

/// A store and its past, as `kill -9` left it each time.
struct Past {
    /// A batch of rows, and no log.
    clean: Left,
    /// One more in the log.
    dirty: Left,
    /// After another checkpoint, with two more in the log.
    newer: Left,
}

impl Past {
    fn of(left: &Left) -> Past {
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
    let past = Past::of(&Left::new());
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
    let mixed = Left::in_database(BATCH);
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

#[test]
fn a_backup_keeps_its_own_log() {
    let past = Past::of(&Left::new());
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
    let past = Past::of(&Left::older());
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
    let left = Left::older();
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
    let new = Left::in_database(BATCH);
    assert_ne!(fs::read(new.path(DATABASE)).unwrap()[12..20].to_vec(), before);
}

#[test]
fn a_database_may_be_elsewhere() {
    let (store, elsewhere) = (Left::in_log(), Left::new());
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
        let store = Left::in_database(BATCH);
        if store.path(name).exists() {
            fs::remove_file(store.path(name)).unwrap();
        }
        fs::create_dir(store.path(name)).unwrap();
        let error = store.open().map(drop).unwrap_err();
        assert!(error.to_string().contains("it is a folder"), "{name}: {error}");
    }
}

#[test]
fn any_wrong_block_is_told_with_its_rows() {
    const ROWS: u64 = 60_000;
    const BLOCK: u64 = 262_144;
    let left = Left::in_database(ROWS);
    assert_eq!(left.rows().unwrap(), ROWS);
    let blocks = (left.bytes(DATABASE) - 12_288) / BLOCK;
    let mut told = 0;
    for block in 0..blocks {
        let damaged = left.copy();
        damaged.flip(DATABASE, 12_288 + block * BLOCK + 1_000);
        match damaged.open().and_then(|engine| verify(&engine)) {
            Ok((rows, faults)) if faults.is_empty() => assert_eq!(rows, ROWS, "block {block}"),
            Ok((rows, _)) => {
                assert!(rows < ROWS, "block {block}");
                told += 1;
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Corrupt, "block {block}: {error}");
                told += 1;
            }
        }
    }
    assert!(told >= 3, "{told} of {blocks} blocks were told");
}

#[test]
fn a_store_that_fails_to_read_says_so_of_itself() {
    let left = Left::in_database(40_000);
    let engine = left.open().unwrap();
    engine.health().unwrap();
    // All that is stored, but for the headers.
    let bytes = usize::try_from(left.bytes(DATABASE) - 12_288).unwrap();
    left.put(DATABASE, &vec![0x5a; bytes], 12_288);
    for _ in 0..3 {
        engine.tenant(TENANT).page(&PageQuery::of(all(), 1_000)).map(drop).unwrap_err();
        // A measurement is no success, nor is what reads no rows.
        assert!(engine.memory_bytes().is_some());
        assert_eq!(engine.state("test/none").unwrap(), None);
        assert!(engine.states("test/").unwrap().is_empty());
        let _ = engine.tenants();
    }
    assert_eq!(engine.health().unwrap_err().kind(), ErrorKind::Corrupt);
}

#[test]
fn nothing_is_written_where_the_store_is_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    fs::create_dir(&here).unwrap();
    let mut rows = batches(ALL, BATCH);
    let engine = DuckDbEngine::open(&here.join(DATABASE), options()).unwrap();
    let store = engine.tenant(TENANT);
    store.append(&rows.next().unwrap()).unwrap();
    assert!(engine.exchange_state("test/here", None, Some("1")).unwrap());

    fs::rename(&here, &there).unwrap();
    for made_again in [false, true] {
        if made_again {
            fs::create_dir(&here).unwrap();
        }
        assert_eq!(store.append(&batches(1, 1).next().unwrap()).unwrap_err().kind(), ErrorKind::Moved);
        assert_eq!(store.forget(&DIRECT_ROUTING_CALLS, Instant::MAX).unwrap_err().kind(), ErrorKind::Moved);
        assert_eq!(engine.tidy().unwrap_err().kind(), ErrorKind::Moved);
        let set = engine.exchange_state("test/here", Some("1"), Some("2"));
        assert_eq!(set.unwrap_err().kind(), ErrorKind::Moved);
        assert_eq!(engine.state("test/here").unwrap().as_deref(), Some("1"));
        assert_eq!(engine.check().unwrap_err().kind(), ErrorKind::Moved);
        assert_eq!(store.count(&all(), None).unwrap(), BATCH, "what is open can still be read");
    }
    assert_eq!(fs::read_dir(&here).unwrap().count(), 0, "something was written");

    fs::remove_dir(&here).unwrap();
    fs::rename(&there, &here).unwrap();
    engine.check().unwrap();
    assert!(engine.exchange_state("test/here", Some("1"), Some("2")).unwrap());
    for rows in rows {
        store.append(&rows).unwrap();
    }
    drop((store, engine));
    let engine = DuckDbEngine::open(&here.join(DATABASE), options()).unwrap();
    assert_eq!(engine.tenant(TENANT).count(&all(), None).unwrap(), ALL);
    assert_eq!(engine.state("test/here").unwrap().as_deref(), Some("2"));
}
