//! Looking at a store without changing it.

use std::fs;

use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_records::json::RowDecoder;
use trunklog_records::schema::SMS;
use trunklog_records::{RowBuilder, TenantId};
use trunklog_store::Engine;

const TENANT: TenantId = TenantId::new(uuid::Uuid::from_u128(1));

#[test]
fn a_store_that_is_looked_at_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("log.duckdb");
    let engine = DuckDbEngine::open(&written, Options::default()).unwrap();
    let row = |id: &str| {
        let mut rows = RowBuilder::new(&SMS);
        let row = format!(r#"{{"id":"{id}","sentDateTime":"2026-11-24T08:00:00Z"}}"#);
        RowDecoder::new(&SMS).decode(row.as_bytes(), &mut rows).unwrap();
        rows.finish()
    };
    engine.tenant(TENANT).append(&row("a")).unwrap();

    // What a crash would leave: the rows are in the write-ahead log only.
    let left = folder.path().join("left.duckdb");
    fs::copy(&written, &left).unwrap();
    let log = folder.path().join("left.duckdb.wal");
    fs::copy(folder.path().join("log.duckdb.wal"), &log).unwrap();
    drop(engine);
    let names = || fs::read_dir(folder.path()).unwrap().count();
    let before = (fs::read(&left).unwrap(), fs::read(&log).unwrap(), names());

    let engine = DuckDbEngine::open_read_only(&left, Options::default()).unwrap();
    engine.check().unwrap();
    assert_eq!(engine.tenants().unwrap(), [TENANT]);
    assert!(engine.tenant(TENANT).append(&row("b")).is_err());
    drop(engine);
    assert!((fs::read(&left).unwrap(), fs::read(&log).unwrap(), names()) == before);

    let missing = folder.path().join("missing.duckdb");
    assert!(DuckDbEngine::open_read_only(&missing, Options::default()).is_err());
    assert!(!missing.exists());
}
