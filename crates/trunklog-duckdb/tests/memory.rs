//! What the engine says of its memory.

use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{TenantId, TimeRange};
use trunklog_samples::{SyntheticLog, SyntheticOptions};
use trunklog_store::{Engine, PageQuery, Selection};

const TENANT: TenantId = TenantId::new(uuid::Uuid::from_u128(1));

#[test]
fn the_engine_says_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { memory_mib: 256, threads: 2, query_limit: None, ..Options::default() };
    let engine = DuckDbEngine::open(&folder.path().join("log.duckdb"), options).unwrap();
    let empty = engine.memory_bytes().unwrap();
    let at = |text| Instant::parse(text).unwrap();
    let options = SyntheticOptions::new(50_000, at("2024-01-01T00:00:00Z"), at("2024-02-01T00:00:00Z"));
    let mut calls = SyntheticLog::new(&DIRECT_ROUTING_CALLS, options).unwrap();
    let store = engine.tenant(TENANT);
    store.append(&calls.next_batch(50_000).unwrap()).unwrap();
    // What is read lies in memory, wherever it was before.
    let all = Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL);
    assert_eq!(store.page(&PageQuery::of(all, 1_000)).unwrap().rows.len(), 1_000);
    let filled = engine.memory_bytes().unwrap();
    assert!(empty < filled && filled <= 256 << 20, "{empty} {filled}");
}
