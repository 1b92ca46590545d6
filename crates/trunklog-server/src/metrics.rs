//! What is counted. Labels are names from tables, never values of a request,
//! and nothing is told per tenant, but for the trunks of tenants that the operator
//! names (`trunk_gauges.rs`), and for sources by the names that the operator gave
//! them (`source_gauges.rs`).

use std::time::Duration;

use http::StatusCode;
use prometheus_client::encoding::text::{encode, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use trunklog_store::ErrorKind;

use crate::memory::MemoryUse;
use crate::throttle::Refusals;

type Label = (&'static str, &'static str);

const BUCKETS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<[Label; 2], Counter>,
    durations: Family<[Label; 1], Histogram>,
    rows: Family<[Label; 1], Counter>,
    store_errors: Family<[Label; 1], Counter>,
    exports: Family<[Label; 2], Counter>,
    refused: Family<[Label; 1], Counter>,
    cut: Family<[Label; 1], Counter>,
    pub(crate) connections: Gauge,
    pub(crate) unread: Gauge,
    pub(crate) throttled: Refusals,
}

impl Metrics {
    pub(crate) fn new() -> Metrics {
        let mut registry = Registry::with_prefix("trunklog");
        let requests = Family::<[Label; 2], Counter>::default();
        let durations =
            Family::<[Label; 1], Histogram>::new_with_constructor(duration_histogram as fn() -> Histogram);
        let rows = Family::<[Label; 1], Counter>::default();
        let store_errors = Family::<[Label; 1], Counter>::default();
        let exports = Family::<[Label; 2], Counter>::default();
        let refused = Family::<[Label; 1], Counter>::default();
        let cut = Family::<[Label; 1], Counter>::default();
        let connections = Gauge::default();
        let unread = Gauge::default();
        let throttled = Refusals::default();
        registry.register("requests", "Requests answered", requests.clone());
        registry.register(
            "request_duration_seconds",
            "Time from a request's headers to its answer",
            durations.clone(),
        );
        registry.register("rows_served", "Rows sent to clients", rows.clone());
        registry.register("store_errors", "Failures of the store", store_errors.clone());
        registry.register("exports", "Whole ranges sent, or begun to be", exports.clone());
        registry.register("connections", "Open connections", connections.clone());
        registry.register("unread_bytes", "Bytes of answers that clients have not taken yet", unread.clone());
        registry.register("refused", "Requests and connections that were one too many", refused.clone());
        registry.register("cut", "Connections and answers that the server ended", cut.clone());
        registry.register("throttled", "Limits on requests that were exceeded", throttled.clone());
        registry.register("build", "What is running", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        Metrics {
            registry,
            requests,
            durations,
            rows,
            store_errors,
            exports,
            refused,
            cut,
            connections,
            unread,
            throttled,
        }
    }

    pub(crate) fn request(&self, route: &'static str, status: StatusCode, took: Duration) {
        self.requests.get_or_create(&[("function", route), ("status", class(status))]).inc();
        self.durations.get_or_create(&[("function", route)]).observe(took.as_secs_f64());
    }

    pub(crate) fn rows(&self, function: &'static str, rows: usize) {
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        self.rows.get_or_create(&[("function", function)]).inc_by(rows);
    }

    pub(crate) fn store_error(&self, kind: ErrorKind) {
        self.store_errors.get_or_create(&[("kind", kind.name())]).inc();
    }

    pub(crate) fn export(&self, format: &'static str, end: ExportEnd) {
        self.exports.get_or_create(&[("format", format), ("end", end.name())]).inc();
    }

    /// Counts what there was no room for.
    pub(crate) fn refused(&self, reason: &'static str) -> Counter {
        self.refused.get_or_create_owned(&[("reason", reason)])
    }

    /// Counts what was ended because of its client.
    pub(crate) fn cut(&self, reason: &'static str) -> Counter {
        self.cut.get_or_create_owned(&[("reason", reason)])
    }

    /// All of it as `OpenMetrics` text, with further lines.
    pub(crate) fn text(&self, memory: &MemoryUse, others: &str) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode_registry(&mut text, &self.registry)?;
        text.push_str(others);
        encode(&mut text, &memory.metrics())?;
        Ok(text)
    }
}

/// How an export ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExportEnd {
    Complete,
    ClientLeft,
    StoreFailed,
    EncoderFailed,
}

impl ExportEnd {
    fn name(self) -> &'static str {
        match self {
            ExportEnd::Complete => "complete",
            ExportEnd::ClientLeft => "client_left",
            ExportEnd::StoreFailed => "store_failed",
            ExportEnd::EncoderFailed => "encoder_failed",
        }
    }
}

fn duration_histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_what_was_counted() {
        let metrics = Metrics::new();
        metrics.request("getDirectRoutingCalls", StatusCode::OK, Duration::from_millis(3));
        metrics.rows("getDirectRoutingCalls", 1000);
        let memory = MemoryUse { resident: Some(48 << 20), store: None };
        let text = metrics.text(&memory, "trunklog_trunk_attempts 1\n").unwrap();
        let line = "trunklog_requests_total{function=\"getDirectRoutingCalls\",status=\"2xx\"} 1";
        assert!(text.contains(line), "{text}");
        assert!(text.contains("trunklog_rows_served_total{function=\"getDirectRoutingCalls\"} 1000"));
        assert!(text.contains("\ntrunklog_resident_memory_bytes 50331648\n"), "{text}");
        assert!(!text.contains("store_memory") && text.contains("\ntrunklog_trunk_attempts 1\n"), "{text}");
        assert!(text.ends_with("# EOF\n") && text.matches("# EOF").count() == 1, "{text}");
    }
}
