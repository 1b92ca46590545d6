use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_records::masking::Mask;
use trunklog_records::schema::PSTN_CALLS;
use trunklog_records::{RowBuilder, TimeRange, Value as Stored};
use trunklog_store::with_computed_logs;
use trunklog_store_kit::MemoryEngine;

use super::*;
use crate::filter::Filter;
use crate::questions::testing::{at, number, range, text};

fn store() -> Arc<dyn Store> {
    let engine = with_computed_logs(Arc::new(MemoryEngine::new()));
    engine.tenant("11111111-2222-3333-4444-555555555555".parse().unwrap())
}

/// A call: when, its type, who organised, what it cost, in which currency, and how long.
type Call = (&'static str, &'static str, &'static str, &'static str, &'static str, i32);

const CALLS: [Call; 7] = [
    ("2026-11-27T08:00:00Z", "conf_out", "ada", "0.10", "EUR", 30),
    ("2026-11-27T09:00:00Z", "conf_out", "ada", "0.205", "EUR", 90),
    ("2026-11-27T10:00:00Z", "oc_conf_out", "ada", "0.50", "USD", 60),
    ("2026-11-27T11:00:00Z", "conf_out", "bob", "1.00", "EUR", 600),
    // Of another kind, and of another time.
    ("2026-11-27T12:00:00Z", "user_out", "bob", "9.00", "EUR", 600),
    ("2026-11-29T00:00:00Z", "conf_out", "bob", "9.00", "EUR", 600),
    ("2026-11-26T23:59:59Z", "conf_out", "bob", "9.00", "EUR", 600),
];

#[test]
fn dial_out_is_what_its_log_tells() {
    let mut rows = RowBuilder::new(&PSTN_CALLS);
    for (id, (time, kind, user, charge, currency, secs)) in CALLS.into_iter().enumerate() {
        let text = |text: &'static str| Stored::Text(text.into());
        let row = rows.row().set("id", Stored::Text(id.to_string().into())).unwrap();
        let row = row.set("startDateTime", Stored::Instant(at(time))).unwrap();
        let row = row.set("callType", text(kind)).unwrap().set("userId", text(user)).unwrap();
        let row = row.set("charge", text(charge)).unwrap().set("currency", text(currency)).unwrap();
        row.set("duration", Stored::Int(secs)).unwrap().finish().unwrap();
    }
    let store = store();
    store.append(&rows.finish()).unwrap();
    let asked = range("2026-11-27T00:00:00Z", "2026-11-29T00:00:00Z");
    let told = |ask: &Ask| {
        let table = DIAL_OUT.answer(&*store, ask).unwrap().table;
        let row = |row: usize| {
            let texts = ["userId", "currency"].map(|column| text(&table, row, column).unwrap_or_default());
            let Some(Value::Decimal(charge)) = table.value(row, "totalCharge") else { panic!("no charge") };
            let Some(Value::Number(minutes)) = table.value(row, "totalMinutes") else { panic!("no minutes") };
            format!("{} {} {minutes} {charge}", texts.join(" "), number(&table, row, "totalCalls"))
        };
        (0..table.rows.len()).map(row).collect::<Vec<_>>()
    };
    let all = Ask::of(asked);
    assert_eq!(told(&all), ["ada EUR 2 2 0.305", "ada USD 1 1 0.50", "bob EUR 1 10 1.00"]);
    assert_eq!(told(&Ask { top: Some(1), ..all.clone() }), ["ada EUR 2 2 0.305"]);
    let filter = Filter::over(&LOG, "totalCallCharge ge 0.5 and currency eq 'EUR'", Mask::NONE).unwrap();
    assert_eq!(told(&Ask { filter, ..all }), ["bob EUR 1 10 1.00"]);
    assert!(told(&Ask::of(TimeRange::ALL.until(Instant::ABSENT))).is_empty());
}
