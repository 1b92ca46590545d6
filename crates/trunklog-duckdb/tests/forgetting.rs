//! Deleted rows: what is left of them after a restart.

use std::path::Path;

use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Rows, TenantId, TimeRange};
use trunklog_samples::{SyntheticLog, SyntheticOptions};
use trunklog_store::{Engine, PageQuery, Selection};

const TENANT: TenantId = TenantId::new(uuid::Uuid::from_u128(1));

/// Three batches, each later than the one before.
fn batches() -> [Rows; 3] {
    let at = |text| Instant::parse(text).unwrap();
    let options = SyntheticOptions::new(300, at("2024-01-01T00:00:00Z"), at("2024-06-01T00:00:00Z"));
    let mut calls = SyntheticLog::new(&DIRECT_ROUTING_CALLS, options).unwrap();
    [(); 3].map(|()| calls.next_batch(100).unwrap())
}

fn open(file: &Path) -> DuckDbEngine {
    DuckDbEngine::open(file, Options { memory_mib: 256, threads: 2, query_limit: None, ..Options::default() })
        .unwrap()
}

#[test]
fn a_walk_does_not_see_later_rows_although_its_newest_were_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.duckdb");
    let [old, middle, late] = batches();
    let all = Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL);
    let first = {
        let engine = open(&file);
        let store = engine.tenant(TENANT);
        store.append(&middle).unwrap();
        store.append(&old).unwrap();
        let first = store.page(&PageQuery::of(all.clone(), 10)).unwrap();
        assert_eq!(store.forget(&DIRECT_ROUTING_CALLS, middle.time(0)).unwrap(), 100);
        assert_eq!(store.count(&all, None).unwrap(), 100);
        first
    };
    let engine = open(&file);
    let store = engine.tenant(TENANT);
    assert_eq!(store.append(&late).unwrap().new, 100);
    assert_eq!(store.count(&all, None).unwrap(), 200);
    assert_eq!(store.count(&all, Some(first.watermark)).unwrap(), 100);
    // Deleted rows that come again are new, and later than the walk, too.
    assert_eq!(store.append(&old).unwrap().new, 100);
    assert_eq!(store.count(&all, Some(first.watermark)).unwrap(), 100);
}

#[test]
fn a_tenant_without_rows_is_not_listed() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(&folder.path().join("log.duckdb"));
    let store = engine.tenant(TENANT);
    let [old, ..] = batches();
    store.append(&old).unwrap();
    assert_eq!(engine.tenants().unwrap(), [TENANT]);
    assert_eq!(store.forget(&DIRECT_ROUTING_CALLS, Instant::MAX).unwrap(), 100);
    assert_eq!(engine.tenants().unwrap(), []);
}
