//! What is kept of sources and of the disk: whatever states of a store say, it is read,
//! told, and counted on.
//!
//! Each line of the input is a state: what comes after the tenant in its name, a tab,
//! and its value.

#![no_main]

use std::sync::Arc;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use trunklog_ledger::{Counts, Delivery, ExpectedSource, Ledger, Origin, SourceName, StoreLedger};
use trunklog_ledger::{disk, status};
use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_records::schema::SMS;
use trunklog_store::Engine;
use trunklog_store_kit::MemoryEngine;

const SOURCE: &str = "folder/a";

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let tenant: TenantId = "7e570000-0000-4000-8000-000000000001".parse().expect("it is a tenant");
    let now = Instant::parse("2026-11-24T08:00:00Z").expect("it is an instant");
    let engine: Arc<dyn Engine> = Arc::new(MemoryEngine::new());
    for (name, value) in text.lines().filter_map(|line| line.split_once('\t')) {
        // The disk is no tenant's.
        let is_disk = name.starts_with("disk/");
        let name = if is_disk { name.to_owned() } else { format!("ledger/{tenant}/{name}") };
        // One may be too long, or come twice.
        let _ = engine.exchange_state(&name, None, Some(value));
    }
    let source: SourceName = SOURCE.parse().expect("it is a name");
    let every = Some(Duration::from_hours(1));
    let expected = [ExpectedSource { source: source.clone(), tenant, logs: Vec::new(), every }];
    tell(engine.as_ref(), tenant, &expected, now);
    let origin = Origin { tenant, source, log: Some(&SMS) };
    let counts = Counts { received: 3, new: 2, rejected: 1, ambiguous: 1, ..Counts::default() };
    let delivery = Delivery { counts, newest: Some(now), ..Delivery::default() };
    let ledger = StoreLedger::new(Arc::clone(&engine));
    // What is there may leave too little room in a state.
    let _ = ledger.failed(&origin, text, now);
    let _ = ledger.delivered(&origin, &delivery, now);
    let _ = ledger.complete_until(&origin);
    tell(engine.as_ref(), tenant, &expected, now);
});

/// Tells all that follows from the states.
fn tell(engine: &dyn Engine, tenant: TenantId, expected: &[ExpectedSource], now: Instant) {
    let sources = status::of_tenant(engine, tenant, expected, now, 48).expect("memory has no faults");
    assert!(sources.iter().any(|of| of.source == SOURCE && of.is_configured));
    serde_json::to_string(&sources).expect("it can be told");
    let tenants = status::tenants(engine, expected).expect("memory has no faults");
    assert!(tenants.contains(&tenant));
    status::complete_until(engine, tenant, &SMS, expected).expect("memory has no faults");
    if let Some(measured) = disk::kept(engine).expect("memory has no faults") {
        let forecast = disk::forecast(engine, &measured, now).expect("memory has no faults");
        let _ = measured.pressure(forecast);
        if let Some(forecast) = forecast {
            assert!(forecast.days_left.is_none() || forecast.bytes_per_day > 0);
        }
        let _ = disk::keep(engine, &measured, now);
    }
}
