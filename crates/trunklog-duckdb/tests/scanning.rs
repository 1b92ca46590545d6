//! Long scans: what they hold up, and what stops them.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_odata::Instant;
use trunklog_odata::expr::{Comparison, Direction, Expr, Kind, Literal, Node, OrderBy};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Rows, TenantId, TimeRange};
use trunklog_samples::{SyntheticLog, SyntheticOptions};
use trunklog_store::{Columns, Engine, PageQuery, ScanQuery, Selection};

const TENANT: TenantId = TenantId::new(uuid::Uuid::from_u128(1));

/// More than one window of a scan.
const ROWS: u64 = 140_000;

/// Calls that took less than no time.
fn none() -> Selection {
    let duration = DIRECT_ROUTING_CALLS.index_of("duration").unwrap();
    let duration = Box::new(Expr::new(Kind::Int, Node::Property(duration)));
    let zero = Box::new(Expr::literal(Literal::Int(0)));
    let filter = Expr::new(Kind::Bool, Node::Compare(Comparison::Less, duration, zero));
    Selection { filter: Some(filter), ..Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL) }
}

#[test]
fn a_scan_that_finds_nothing_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { memory_mib: 256, threads: 2, query_limit: None, ..Options::default() };
    let engine = DuckDbEngine::open(&folder.path().join("log.duckdb"), options).unwrap();
    let store = engine.tenant(TENANT);
    let at = |text| Instant::parse(text).unwrap();
    let options = SyntheticOptions::new(ROWS, at("2024-01-01T00:00:00Z"), at("2024-06-01T00:00:00Z"));
    let mut calls = SyntheticLog::new(&DIRECT_ROUTING_CALLS, options).unwrap();
    while let Some(rows) = calls.next_batch(70_000) {
        store.append(&rows).unwrap();
    }
    let query = ScanQuery { selection: none(), skip: 0, limit: None, watermark: None };
    let scan = |flow: ControlFlow<()>| {
        let mut batches = 0;
        let mut each = |rows: Rows| {
            assert!(rows.is_empty());
            batches += 1;
            flow
        };
        store.scan(&query, &mut each).unwrap();
        batches
    };
    assert!(scan(ControlFlow::Continue(())) >= 2, "each window is a chance to stop");
    assert_eq!(scan(ControlFlow::Break(())), 1);
}

#[test]
fn rows_are_stored_and_tidied_while_others_read() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { memory_mib: 256, threads: 2, segment_rows: 5_000, ..Options::default() };
    let engine = DuckDbEngine::open(&folder.path().join("log.duckdb"), options).unwrap();
    let store = engine.tenant(TENANT);
    let at = |text| Instant::parse(text).unwrap();
    let options = SyntheticOptions::new(30_000, at("2024-01-01T00:00:00Z"), at("2024-06-01T00:00:00Z"));
    let mut calls = SyntheticLog::new(&DIRECT_ROUTING_CALLS, options).unwrap();
    let batches: Vec<Rows> = std::iter::from_fn(|| calls.next_batch(1_000)).collect();
    store.append(&batches[0]).unwrap();
    let duration = DIRECT_ROUTING_CALLS.index_of("duration").unwrap();
    let by = Expr::new(Kind::Int, Node::Property(duration));
    let order = vec![OrderBy { by, direction: Direction::Descending }];
    // Few columns, so that many pages are read while rows are stored.
    let columns = Columns::Only(vec![duration]);
    let ordered = Selection { order, columns, ..Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL) };
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    // Each page shows rows of all that was stored before.
                    let before = store.count(&ordered, None).unwrap();
                    let page = store.page(&PageQuery::of(ordered.clone(), 40_000)).unwrap();
                    assert!(page.rows.len() as u64 >= before, "{} of {before}", page.rows.len());
                }
            });
        }
        // Not in their order, so that segments are split and written anew. Each
        // append comes to row groups that a checkpoint wrote.
        for rows in batches.iter().rev() {
            store.append(rows).unwrap();
            engine.tidy().unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(store.count(&ordered, None).unwrap(), 30_000);
    engine.health().unwrap();
}
