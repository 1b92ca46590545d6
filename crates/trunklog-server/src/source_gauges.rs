//! How sources and the disk do, for those who watch the server.
//!
//! Names of sources are the operator's own, from the settings, as the names of logs
//! are ours: nothing that comes from rows or requests is a label here. They are made
//! in the background, once a minute.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};

use prometheus_client::encoding::text::encode_registry;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use trunklog_errors::with_causes;
use trunklog_ledger::ExpectedSource;
use trunklog_ledger::disk::{self, Pressure};
use trunklog_ledger::status::{self, SourceStatus};
use trunklog_odata::Instant;
use trunklog_store::{Engine, Result};

type Labels = Vec<(&'static str, String)>;
type Gauges = Family<Labels, Gauge<f64, AtomicU64>>;

/// Figures of a source, each with its name, its help and how it is made.
type OfSource = (&'static str, &'static str, fn(&SourceStatus, Instant) -> Option<f64>);

const OF_SOURCE: [OfSource; 5] = [
    ("source_failing", "Whether nothing comes from the source, since it fails", |source, _| {
        Some(flag(source.failing_since.is_some()))
    }),
    ("source_overdue", "Whether something should have come by now", |source, _| {
        Some(flag(source.is_overdue))
    }),
    ("source_lag_seconds", "How far behind now the source is complete, or its newest row is", |source, _| {
        source.lag_secs.map(float)
    }),
    ("source_last_success_age_seconds", "How long ago something came", |source, now| {
        let at = Instant::parse(source.succeeded_at.as_deref()?).ok()?;
        let ticks = now.ticks().saturating_sub(at.ticks()) / Instant::TICKS_PER_SEC;
        u64::try_from(ticks).ok().map(float)
    }),
    ("source_gap_count", "Stretches of hours of the last week in which nothing came", |source, _| {
        u64::try_from(source.gaps.len()).ok().map(float)
    }),
];

const RECORDS: (&str, &str) =
    ("source_records", "Records of the source since it is known, by what became of them");

/// The gauges of sources and of the disk.
#[derive(Debug, Default)]
pub(crate) struct SourceGauges {
    /// As they were told last.
    text: Mutex<String>,
}

impl SourceGauges {
    /// What is known, as lines of metrics.
    pub(crate) fn text(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes them anew. What cannot be told is left out until the next time.
    pub(crate) fn renew(
        &self,
        engine: &dyn Engine,
        expected: &[ExpectedSource],
        now: Instant,
    ) -> fmt::Result {
        let mut registry = Registry::with_prefix("trunklog");
        let mut has_any = false;
        match tell_sources(&mut registry, engine, expected, now) {
            Ok(told) => has_any |= told,
            Err(error) => {
                let error = with_causes(&error);
                tracing::warn!(%error, "the sources cannot be told in the metrics; this is tried again");
            }
        }
        match tell_disk(&mut registry, engine, now) {
            Ok(told) => has_any |= told,
            Err(error) => {
                let error = with_causes(&error);
                tracing::warn!(%error, "the disk cannot be told in the metrics; this is tried again");
            }
        }
        let mut text = String::new();
        if has_any {
            encode_registry(&mut text, &registry)?;
        }
        *self.text.lock().unwrap_or_else(PoisonError::into_inner) = text;
        Ok(())
    }
}

/// Tells how the sources do that are set up; whether there are any.
fn tell_sources(
    registry: &mut Registry,
    engine: &dyn Engine,
    expected: &[ExpectedSource],
    now: Instant,
) -> Result<bool> {
    let mut sources = Vec::new();
    let tenants: BTreeSet<_> = expected.iter().map(|one| one.tenant).collect();
    for tenant in tenants {
        let all = status::of_tenant(engine, tenant, expected, now, 1)?;
        sources.extend(all.into_iter().filter(|source| source.is_configured));
    }
    if sources.is_empty() {
        return Ok(false);
    }
    for (name, help, figure) in OF_SOURCE {
        let family = register(registry, name, help);
        for source in &sources {
            if let Some(value) = figure(source, now) {
                family.get_or_create(&vec![("source", source.source.clone())]).set(value);
            }
        }
    }
    let records = register(registry, RECORDS.0, RECORDS.1);
    for source in &sources {
        let total = source.total;
        let expected = total.expected.map(|expected| ("expected", expected));
        let counts = [
            ("received", total.received),
            ("new", total.new),
            ("late", total.late),
            ("updated", total.updated),
            ("duplicate", total.duplicate),
            ("rejected", total.rejected),
            ("missing", total.missing()),
            ("ambiguous", total.ambiguous),
        ];
        for (what, count) in counts.into_iter().chain(expected) {
            let labels = vec![("source", source.source.clone()), ("what", what.to_owned())];
            records.get_or_create(&labels).set(float(count));
        }
    }
    Ok(true)
}

/// Tells how full the disk is; whether anybody has measured it.
fn tell_disk(registry: &mut Registry, engine: &dyn Engine, now: Instant) -> Result<bool> {
    let Some(disk) = disk::kept(engine)? else { return Ok(false) };
    tell(
        registry,
        "disk_free_bytes",
        "Room that is left on the disk of the data folder",
        float(disk.free_bytes),
    );
    tell(registry, "disk_size_bytes", "Size of the disk of the data folder", float(disk.total_bytes));
    let parts = register(registry, "data_bytes", "What is in the data folder, by what it is");
    for part in &disk.parts {
        parts.get_or_create(&vec![("what", part.what.clone())]).set(float(part.bytes));
    }
    let forecast = disk::forecast(engine, &disk, now)?;
    let pressure = disk.pressure(forecast);
    let is_full = flag(pressure == Pressure::Full);
    tell(registry, "disk_full", "Whether the disk is full, so that nothing new is stored", is_full);
    let help = "How pressing it is to make room: 0 not at all, 1 soon, 2 now, 3 it is full";
    tell(registry, "disk_pressure", help, degree(pressure));
    if let Some(forecast) = forecast {
        let rate = signed(forecast.bytes_per_day);
        tell(registry, "disk_fill_bytes_per_day", "By how much the disk fills a day", rate);
        if let Some(days) = forecast.days_left {
            let days = float(days);
            tell(registry, "disk_days_left", "For how many days there is room at this rate", days);
        }
    }
    Ok(true)
}

/// How pressing it is to make room, as a number.
fn degree(pressure: Pressure) -> f64 {
    match pressure {
        Pressure::None => 0.0,
        Pressure::Soon => 1.0,
        Pressure::Urgent => 2.0,
        Pressure::Full => 3.0,
    }
}

/// Tells one figure.
fn tell(registry: &mut Registry, name: &'static str, help: &'static str, value: f64) {
    let gauge = Gauge::<f64, AtomicU64>::default();
    gauge.set(value);
    registry.register(name, help, gauge);
}

fn register(registry: &mut Registry, name: &'static str, help: &'static str) -> Gauges {
    let family = Gauges::default();
    registry.register(name, help, family.clone());
    family
}

fn flag(is_so: bool) -> f64 {
    if is_so { 1.0 } else { 0.0 }
}

/// A whole number as gauges have it. Above 2^53 the last digits are lost.
#[allow(clippy::cast_precision_loss)]
fn float(number: u64) -> f64 {
    number as f64
}

/// The same of one that may be negative.
#[allow(clippy::cast_precision_loss)]
fn signed(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use trunklog_ledger::disk::{DiskPart, DiskUse};
    use trunklog_ledger::{Counts, Delivery, Ledger, Origin, StoreLedger};
    use trunklog_records::schema::SMS;
    use trunklog_store_kit::MemoryEngine;

    use super::*;

    #[test]
    fn sources_and_disk_are_told_where_there_are_any() {
        let engine: Arc<dyn Engine> = Arc::new(MemoryEngine::new());
        let now = Instant::parse("2026-11-24T08:00:00Z").unwrap();
        let gauges = SourceGauges::default();
        gauges.renew(engine.as_ref(), &[], now).unwrap();
        assert_eq!(gauges.text(), "");
        let tenant = "7e570000-0000-4000-8000-000000000001".parse().unwrap();
        let source: trunklog_ledger::SourceName = "folder/sbc1".parse().unwrap();
        let every = Some(Duration::from_hours(1));
        let expected = ExpectedSource { source: source.clone(), tenant, logs: Vec::new(), every };
        let origin = Origin { tenant, source, log: Some(&SMS) };
        let counts = Counts { received: 3, new: 2, rejected: 1, ambiguous: 1, ..Counts::default() };
        let counts = Counts { expected: Some(5), ..counts };
        let newest = Instant::parse("2026-11-24T07:00:00Z").ok();
        let delivery = Delivery { counts, newest, complete_until: newest, ..Delivery::default() };
        StoreLedger::new(Arc::clone(&engine)).delivered(&origin, &delivery, now).unwrap();
        let parts = vec![DiskPart { what: "sms".to_owned(), bytes: 5 }];
        let disk = DiskUse { measured_at: None, folder: None, free_bytes: 7, total_bytes: 70, parts };
        disk::keep(engine.as_ref(), &disk, now).unwrap();
        gauges.renew(engine.as_ref(), &[expected], now).unwrap();
        let text = gauges.text();
        for line in [
            "trunklog_source_failing{source=\"folder/sbc1\"} 0.0",
            "trunklog_source_lag_seconds{source=\"folder/sbc1\"} 3600.0",
            "trunklog_source_last_success_age_seconds{source=\"folder/sbc1\"} 0.0",
            "trunklog_source_records{source=\"folder/sbc1\",what=\"new\"} 2.0",
            "trunklog_source_records{source=\"folder/sbc1\",what=\"received\"} 3.0",
            "trunklog_source_records{source=\"folder/sbc1\",what=\"expected\"} 5.0",
            "trunklog_source_records{source=\"folder/sbc1\",what=\"ambiguous\"} 1.0",
            "trunklog_disk_free_bytes 7.0",
            "trunklog_disk_full 1.0",
            "trunklog_disk_pressure 3.0",
            "trunklog_data_bytes{what=\"sms\"} 5.0",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} in {text}");
        }
        assert!(!text.contains(&tenant.to_string()) && !text.contains("# EOF"), "{text}");
    }
}
