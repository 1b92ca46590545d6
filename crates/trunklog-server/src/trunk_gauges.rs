//! How trunks do, for those who watch tenants that the operator names.
//!
//! The figures are those of the last four whole quarters of an hour, so that their
//! span is always as long, and cubes answer. They are made in the background, once a
//! minute: whoever looks at the metrics waits for nothing.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};

use prometheus_client::encoding::text::encode_registry;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use trunklog_errors::with_causes;
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{TenantId, TimeRange};
use trunklog_reports::Totals;
use trunklog_reports::cubes::{DIRECT_ROUTING, QUARTERS, calls};
use trunklog_reports::kpi::KPIS;
use trunklog_store::busy::BusyQuery;
use trunklog_store::cube::SumQuery;
use trunklog_store::{Engine, ReportValue, Result, Store};

/// The most trunks of a tenant that are told: those with the most attempts.
const MOST_TRUNKS: usize = 50;

/// What the hour ends at the last multiple of.
const QUARTER: i64 = Instant::TICKS_PER_HOUR / 4;

/// The longest name of a host (RFC 1035).
const LONGEST_NAME: usize = 253;

type Labels = [(&'static str, String); 2];
type Figures = Family<Labels, Gauge<f64, AtomicU64>>;

/// A gauge of each trunk: its name and help, the key figure, and whether it is the
/// figure's value or the number of rows that this was taken over.
struct Figure {
    name: &'static str,
    help: &'static str,
    kpi: &'static str,
    part: Part,
}

#[derive(Clone, Copy)]
enum Part {
    Value,
    N,
}

const FIGURES: [Figure; 7] = [
    figure(
        "trunk_attempts",
        "Rows of the trunk in the last four quarters of an hour",
        "attempts",
        Part::Value,
    ),
    figure("trunk_asr_ratio", "Answer-seizure ratio of these rows", "asr", Part::Value),
    figure("trunk_asr_n", "Rows that the answer-seizure ratio was taken over", "asr", Part::N),
    figure("trunk_ner_ratio", "Network effectiveness ratio of these rows", "ner", Part::Value),
    figure("trunk_ner_n", "Rows that the network effectiveness ratio was taken over", "ner", Part::N),
    figure("trunk_acd_seconds", "Average call duration of these rows", "acd", Part::Value),
    figure("trunk_acd_n", "Rows that the average call duration was taken over", "acd", Part::N),
];

const OCCUPIED: (&str, &str) = (
    "trunk_occupied_channels",
    "Most channels that were occupied at once in the last four quarters of an hour",
);

const fn figure(name: &'static str, help: &'static str, kpi: &'static str, part: Part) -> Figure {
    Figure { name, help, kpi, part }
}

impl Figure {
    /// What it comes to.
    fn of(&self, totals: &Totals) -> Option<f64> {
        let told = KPIS.iter().find(|kpi| kpi.definition.key == self.kpi)?.of(totals);
        match self.part {
            Part::Value => told.value,
            Part::N => Some(float(told.n)),
        }
    }
}

/// The gauges of trunks.
#[derive(Debug)]
pub(crate) struct TrunkGauges {
    tenants: Vec<TenantId>,
    /// As they were told last.
    text: Mutex<String>,
}

impl TrunkGauges {
    /// Those of some tenants, which are not known yet.
    pub(crate) fn of(tenants: &[TenantId]) -> TrunkGauges {
        TrunkGauges { tenants: tenants.to_vec(), text: Mutex::default() }
    }

    /// Whether there are any to tell.
    pub(crate) fn are_wanted(&self) -> bool {
        !self.tenants.is_empty()
    }

    /// What is known, as lines of metrics.
    pub(crate) fn text(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes them anew. A tenant whose trunks cannot be told has none until the next
    /// time.
    pub(crate) fn renew(&self, engine: &dyn Engine, now: Instant) -> fmt::Result {
        let hour = last_hour(now);
        let mut registry = Registry::with_prefix("trunklog");
        let figures = FIGURES.map(|figure| register(&mut registry, figure.name, figure.help));
        let occupied = register(&mut registry, OCCUPIED.0, OCCUPIED.1);
        for tenant in &self.tenants {
            let store = engine.tenant(*tenant);
            if let Err(error) = tell(store.as_ref(), *tenant, hour, &figures, &occupied) {
                let error = with_causes(&error);
                tracing::warn!(%tenant, %error, "the trunks cannot be told in the metrics; this is tried again");
            }
        }
        let mut text = String::new();
        encode_registry(&mut text, &registry)?;
        *self.text.lock().unwrap_or_else(PoisonError::into_inner) = text;
        Ok(())
    }
}

fn register(registry: &mut Registry, name: &'static str, help: &'static str) -> Figures {
    let family = Figures::default();
    registry.register(name, help, family.clone());
    family
}

/// The last four quarters of an hour that are over.
fn last_hour(now: Instant) -> TimeRange {
    let end = now.saturating_add_ticks(-now.ticks().rem_euclid(QUARTER));
    let from = end.saturating_add_ticks(-Instant::TICKS_PER_HOUR);
    TimeRange::of(&DIRECT_ROUTING_CALLS, from, end).unwrap_or(TimeRange::ALL)
}

/// Sets the gauges of a tenant.
fn tell(
    store: &dyn Store,
    tenant: TenantId,
    hour: TimeRange,
    figures: &[Figures; FIGURES.len()],
    occupied: &Figures,
) -> Result<()> {
    let edges = [hour.from(), hour.end()].into();
    let busy = store.busy(&BusyQuery { by_series: true, ..BusyQuery::all(&DIRECT_ROUTING, edges) })?;
    for (trunk, totals) in most_used(totals(store, hour)?) {
        let labels = || [("tenant", tenant.to_string()), ("trunk", trunk.clone())];
        for (figure, family) in FIGURES.iter().zip(figures) {
            // What was taken over nothing has no value, and so no gauge.
            if let Some(value) = figure.of(&totals) {
                family.get_or_create(&labels()).set(value);
            }
        }
        let load = busy.groups.iter().find(|group| group.series.as_deref() == Some(trunk.as_str()));
        occupied.get_or_create(&labels()).set(float(load.map_or(0, |group| group.occupied.peak)));
    }
    Ok(())
}

/// What is counted of each trunk, as far as the figures need it: by the codes with
/// which calls ended. Rows without a trunk count nowhere.
fn totals(store: &dyn Store, hour: TimeRange) -> Result<BTreeMap<String, Totals>> {
    let query = SumQuery {
        by: vec![calls::TRUNK, calls::SIP, calls::SUB, calls::SUCCESSFUL],
        ..SumQuery::all(&DIRECT_ROUTING, QUARTERS, hour)
    };
    let mut totals = BTreeMap::<String, Totals>::new();
    for group in store.sums(&[query])?.sums.into_iter().flat_map(|sums| sums.groups) {
        let code = |at: usize| int(&group.by[at]).and_then(|code| i32::try_from(code).ok());
        let sum = |measure: usize| int(&group.measures[measure]).unwrap_or_default();
        let successful = int(&group.by[3]).map(|value| value == 1);
        let counted = Totals {
            duration_s: sum(calls::DURATION_S),
            duration_n: sum(calls::DURATION_N),
            ..Totals::of_end(sum(calls::ROWS), successful, code(1), code(2))
        };
        if let ReportValue::Text(trunk) = &group.by[0] {
            totals.entry(trunk.clone()).or_default().add(&counted);
        }
    }
    Ok(totals)
}

fn int(value: &ReportValue) -> Option<i64> {
    match value {
        ReportValue::Int(value) => Some(*value),
        _ => None,
    }
}

/// The trunks with the most rows. What cannot be the name of a host is none.
fn most_used(totals: BTreeMap<String, Totals>) -> Vec<(String, Totals)> {
    let is_name = |trunk: &String| (1..=LONGEST_NAME).contains(&trunk.len());
    let mut trunks: Vec<_> = totals.into_iter().filter(|(trunk, _)| is_name(trunk)).collect();
    trunks.sort_by_key(|(_, totals)| Reverse(totals.rows));
    trunks.truncate(MOST_TRUNKS);
    trunks
}

/// A whole number as gauges have it. Above 2^53 the last digits are lost.
#[allow(clippy::cast_precision_loss)]
fn float(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hour_is_four_quarters_that_are_over() {
        for (now, from, to) in [
            ("2026-11-24T08:00:00Z", "2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z"),
            ("2026-11-24T08:14:59Z", "2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z"),
            ("2026-11-24T00:15:00Z", "2026-11-23T23:15:00Z", "2026-11-24T00:15:00Z"),
        ] {
            let hour = last_hour(Instant::parse(now).unwrap());
            assert_eq!((hour.from().to_string(), hour.end().to_string()), (from.to_owned(), to.to_owned()));
        }
    }

    #[test]
    fn cubes_can_answer() {
        let hour = last_hour(Instant::parse("2026-11-24T08:20:00Z").unwrap());
        assert!(SumQuery::all(&DIRECT_ROUTING, QUARTERS, hour).fits_cube());
    }

    #[test]
    fn each_figure_is_a_key_figure() {
        let one =
            Totals { duration_s: 60, duration_n: 1, ..Totals::of_end(1, Some(true), Some(0), Some(560_000)) };
        let told = FIGURES.map(|figure| figure.of(&one));
        assert_eq!(told, [1.0, 1.0, 1.0, 1.0, 1.0, 60.0, 1.0].map(Some));
    }

    #[test]
    fn the_trunks_that_are_told_are_few_and_have_names() {
        let rows = |rows: i64| Totals { rows, ..Totals::default() };
        let mut totals: BTreeMap<String, Totals> = (0..60).map(|at| (format!("sbc{at}"), rows(at))).collect();
        totals.insert("x".repeat(LONGEST_NAME + 1), rows(1_000));
        totals.insert(String::new(), rows(1_000));
        let told = most_used(totals);
        let names: Vec<&str> = told.iter().map(|(trunk, _)| trunk.as_str()).collect();
        assert_eq!((names.len(), names[0], names[49]), (MOST_TRUNKS, "sbc59", "sbc10"));
    }
}
