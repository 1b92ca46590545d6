//! How much room logs take.

use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_odata::Instant;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
use trunklog_records::{Log, TenantId};
use trunklog_samples::{SyntheticLog, SyntheticOptions};
use trunklog_store::{Engine, PartKind};

const TENANTS: [TenantId; 2] =
    [TenantId::new(uuid::Uuid::from_u128(1)), TenantId::new(uuid::Uuid::from_u128(2))];

fn fill(engine: &DuckDbEngine, tenant: TenantId, log: &'static Log, rows: u32) {
    let at = |text| Instant::parse(text).unwrap();
    let rows = usize::try_from(rows).unwrap();
    let options = SyntheticOptions::new(300_000, at("2024-01-01T00:00:00Z"), at("2024-06-01T00:00:00Z"));
    let batch = SyntheticLog::new(log, options).unwrap().next_batch(rows).unwrap();
    engine.tenant(tenant).append(&batch).unwrap();
}

#[test]
fn each_log_of_each_tenant_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { memory_mib: 256, threads: 2, query_limit: None, ..Options::default() };
    let engine = DuckDbEngine::open(&folder.path().join("log.duckdb"), options).unwrap();
    let bytes = |tenant: TenantId, log: &'static Log| {
        let parts = engine.stored_parts().unwrap();
        let part = parts.iter().find(|part| part.tenant == Some(tenant) && part.kind == PartKind::Log(log));
        part.map(|part| part.bytes)
    };
    assert_eq!(bytes(TENANTS[0], &SMS), None);
    fill(&engine, TENANTS[0], &DIRECT_ROUTING_CALLS, 20_000);
    fill(&engine, TENANTS[1], &DIRECT_ROUTING_CALLS, 1_000);
    fill(&engine, TENANTS[1], &SMS, 1_000);
    engine.tidy().unwrap();
    let [large, small] = TENANTS.map(|tenant| bytes(tenant, &DIRECT_ROUTING_CALLS).unwrap());
    assert!(large > small && small > 0, "{large} and {small} bytes");
    assert!(bytes(TENANTS[1], &SMS).unwrap() > 0);
    assert_eq!(bytes(TENANTS[0], &SMS), None);
}
