//! Rows for a store, from JSON.

use trunklog_odata::Instant;
use trunklog_records::json::RowDecoder;
use trunklog_records::{Log, RowBuilder, TenantId};
use trunklog_store::{AppendCounts, Engine};
use uuid::Uuid;

/// Stores rows that are given as JSON objects.
pub fn append<S: AsRef<str>>(
    engine: &dyn Engine,
    tenant: TenantId,
    log: &'static Log,
    rows: &[S],
) -> AppendCounts {
    let decoder = RowDecoder::new(log);
    let mut builder = RowBuilder::new(log);
    for row in rows {
        decoder.decode(row.as_ref().as_bytes(), &mut builder).unwrap();
    }
    engine.tenant(tenant).append(&builder.finish()).unwrap()
}

/// One direct-routing call that started at `start`; its id is made of `number`.
pub fn call_row(number: u32, start: &str) -> String {
    let id = Uuid::from_u128(0x5a11_0000_0000_4000_8000_0000_0000_0000 | u128::from(number));
    format!(
        r#"{{"id":"{id}","correlationId":"{id}","userId":null,"startDateTime":"{start}","duration":5,"callType":"ByotIn","successfulCall":true,"callerNumber":"+4930{number:06}","finalSipCode":0,"mediaBypassEnabled":false}}"#
    )
}

/// `count` calls, one a second from `from` on, with the numbers from `first` on.
pub fn call_rows(first: u32, count: u32, from: &str) -> Vec<String> {
    let from = Instant::parse(from).unwrap();
    (0..count)
        .map(|at| {
            let start = from.saturating_add_ticks(i64::from(at) * Instant::TICKS_PER_SEC);
            call_row(first + at, &start.to_string())
        })
        .collect()
}
