//! Engine failures: out of memory.

use std::path::Path;

use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Rows, TenantId, TimeRange};
use trunklog_samples::{SyntheticLog, SyntheticOptions};
use trunklog_store::{Engine, Error, ErrorKind, Selection};

const TENANT: TenantId = TenantId::new(uuid::Uuid::from_u128(1));

fn batches(rows: u64, size: usize) -> impl Iterator<Item = Rows> {
    let at = |text| Instant::parse(text).unwrap();
    let options = SyntheticOptions::new(rows, at("2024-01-01T00:00:00Z"), at("2024-06-01T00:00:00Z"));
    let mut calls = SyntheticLog::new(&DIRECT_ROUTING_CALLS, options).unwrap();
    std::iter::from_fn(move || calls.next_batch(size))
}

fn open(file: &Path, memory_mib: u32) -> DuckDbEngine {
    DuckDbEngine::open(file, Options { memory_mib, threads: 2, query_limit: None, ..Options::default() })
        .unwrap()
}

fn count(engine: &DuckDbEngine) -> u64 {
    engine.tenant(TENANT).count(&Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL), None).unwrap()
}

#[test]
fn too_little_memory_is_an_error_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.duckdb");
    let mut acknowledged = 0;
    let mut errors: Vec<Error> = Vec::new();
    {
        let engine = open(&file, 24);
        let store = engine.tenant(TENANT);
        // Whole batches of this size need more memory than there is.
        for rows in batches(600_000, 100_000) {
            match store.append(&rows) {
                Ok(appended) => acknowledged += appended.new,
                Err(error) => errors.push(error),
            }
            engine.check().unwrap();
            assert_eq!(count(&engine), acknowledged);
        }
        // Small ones fit, so the engine must still work.
        for rows in batches(2_000, 500) {
            acknowledged += store.append(&rows).unwrap().new;
        }
        let _ = engine.tidy();
    }
    assert!(!errors.is_empty(), "the memory limit was meant to be too small");
    for error in &errors {
        assert_eq!(error.kind(), ErrorKind::OutOfMemory, "{error}: {:?}", std::error::Error::source(error));
    }
    assert_eq!(count(&open(&file, 256)), acknowledged);
}

#[test]
fn rows_of_all_times_need_no_more_memory_than_those_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { memory_mib: 96, threads: 2, segment_rows: 5_000, ..Options::default() };
    let engine = DuckDbEngine::open(&folder.path().join("log.duckdb"), options).unwrap();
    let store = engine.tenant(TENANT);
    for rows in batches(300_000, 5_000) {
        store.append(&rows).unwrap();
    }
    // They lie in about sixty segments. Other rows of the same times are new, the
    // same ones unchanged.
    let at = |text| Instant::parse(text).unwrap();
    let mut late = SyntheticOptions::new(50_000, at("2024-01-01T00:00:00Z"), at("2024-06-01T00:00:00Z"));
    late.seed = 9;
    let late = SyntheticLog::new(&DIRECT_ROUTING_CALLS, late).unwrap().next_batch(50_000).unwrap();
    assert_eq!(store.append(&late).unwrap().new, 50_000);
    assert_eq!(store.append(&late).unwrap().unchanged, 50_000);
    assert_eq!(count(&engine), 350_000);
}
