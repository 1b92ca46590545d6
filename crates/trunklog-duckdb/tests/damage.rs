//! Damage of a store's files: whatever byte is wrong, all rows are there after
//! opening, or opening or reading everything says that they are not.

mod blocks;
mod mixed;
mod remains;

use std::fs;

use trunklog_duckdb::DuckDbEngine;
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::{Engine, ErrorKind, PageQuery};

use remains::{ALL, BATCH, BATCHES, DATABASE, LOG, MARK, Remains, TENANT, all, batches, options, verify};

/// Offsets all over a file, its first and last bytes among them.
fn offsets(bytes: u64, count: u64) -> impl Iterator<Item = u64> {
    let step = (bytes / count).max(1);
    let spread = (0..bytes).step_by(usize::try_from(step).unwrap());
    (0..bytes.min(32)).chain(spread).chain(bytes.saturating_sub(24)..bytes)
}

#[test]
fn zeros_at_the_end_of_the_log_cost_nothing() {
    let left = Remains::in_log();
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
    let left = Remains::in_log();
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
    for left in [Remains::in_log(), Remains::in_older_log()] {
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
    let left = Remains::in_log();
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
    // The store's own tables, its epoch and the log have commits of their own.
    assert!(error.to_string().contains(&format!("{} commits", BATCHES + 3)), "{error}");
}

#[test]
fn without_a_mark_a_cut_log_keeps_whole_commits() {
    let left = Remains::in_log();
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
    let left = Remains::in_log();
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
    let left = Remains::in_log();
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
    let left = Remains::in_database(20_000);
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
    let left = Remains(tempfile::tempdir().unwrap());
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

#[test]
fn any_wrong_block_is_told_with_its_rows() {
    const ROWS: u64 = 60_000;
    const BLOCK: u64 = 262_144;
    let left = Remains::in_database(ROWS);
    assert_eq!(left.rows().unwrap(), ROWS);
    let blocks = (left.bytes(DATABASE) - 12_288) / BLOCK;
    let mut told = 0;
    for block in 0..blocks {
        let damaged = left.copy();
        damaged.flip(DATABASE, 12_288 + block * BLOCK + 1_000);
        match damaged.open().and_then(|engine| verify(&engine)) {
            Ok((rows, faults)) if faults.is_empty() => assert_eq!(rows, ROWS, "block {block}"),
            Ok((rows, faults)) => {
                // What the store notes beside its rows has none.
                let is_of_rows = faults.iter().any(|fault| fault.rows > 0);
                assert_eq!(rows < ROWS, is_of_rows, "block {block}: {faults:?}");
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
    let left = Remains::in_database(40_000);
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
