//! What pulling brings, as the store is told of its sources.

use std::collections::BTreeMap;
use std::sync::Arc;

use trunklog_errors::with_causes;
use trunklog_ledger::{Counts, Delivery, Ledger, Origin, SourceName, StoreLedger};
use trunklog_odata::Instant;
use trunklog_pull::advice::advice;
use trunklog_pull::fault::Fault;
use trunklog_pull::settings::Settings as PullSettings;
use trunklog_pull::walk::{Answer, Walk};
use trunklog_records::{Log, TenantId};
use trunklog_sources::pipeline::RejectOrigin;
use trunklog_store::Engine;

use crate::config::source_of_pull;

/// Takes note of what one `[[pull]]` section brings. A window that was read to its end is
/// a delivery.
pub(crate) struct PullNotes {
    tenant: TenantId,
    source: SourceName,
    ledger: StoreLedger,
    /// What came of windows that are not read to their end.
    open: BTreeMap<&'static str, (&'static Log, Delivery)>,
    brought: Brought,
}

/// What was stored, in all logs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Brought {
    /// Rows that came.
    pub(crate) rows: u64,
    pub(crate) new: u64,
    pub(crate) updated: u64,
}

/// Whose records those of a section are that cannot be used. To which log they had to
/// belong is said as they come.
pub(crate) fn reject_origin(settings: &PullSettings) -> RejectOrigin {
    let source = source_of_pull(settings).to_string();
    RejectOrigin { tenant: settings.tenant, source, log: None, period: None }
}

impl PullNotes {
    /// Those of a section.
    pub(crate) fn of(settings: &PullSettings, engine: &Arc<dyn Engine>) -> PullNotes {
        PullNotes {
            tenant: settings.tenant,
            source: source_of_pull(settings),
            ledger: StoreLedger::new(Arc::clone(engine)),
            open: BTreeMap::new(),
            brought: Brought::default(),
        }
    }

    /// A page is stored.
    pub(crate) fn stored(&mut self, log: &'static Log, answer: &Answer, walk: &Walk, now: Instant) {
        self.brought.rows += answer.rows;
        self.brought.new += answer.stored.new;
        self.brought.updated += answer.stored.updated;
        let (_, delivery) = self.open.entry(log.name).or_insert((log, Delivery::default()));
        delivery.counts += Counts { late: answer.late, ..Counts::of_rows(answer.stored, answer.rejected) };
        delivery.newest = delivery.newest.max(answer.newest);
        (delivery.complete_from, delivery.complete_until) = walk.position().complete();
        if answer.next_link.is_none() {
            self.close(log, now);
        }
    }

    /// Nothing helps for now, of one log.
    pub(crate) fn gave_up(&mut self, log: &'static Log, fault: &Fault, now: Instant) {
        // Whoever may read sums may read this: what names files of the machine is for
        // its operator, in the log.
        let plain = Fault { detail: None, ..fault.clone() };
        self.failed(Some(log), &format!("{plain}: {}", advice(fault)), now);
    }

    /// Nothing comes, of one log or at all; `why` has what to do.
    pub(crate) fn failed(&mut self, log: Option<&'static Log>, why: &str, now: Instant) {
        // What came before comes first, since it says that all is well.
        if let Some(log) = log {
            self.close(log, now);
        }
        told(self.ledger.failed(&self.origin(log), why, now));
    }

    /// It works, as far as all logs have it in common.
    pub(crate) fn recovered(&self) {
        told(self.ledger.recovered(&self.origin(None)));
    }

    /// It works, and will not unless somebody sees to it; None when that was done.
    pub(crate) fn warned(&self, warning: Option<&str>) {
        told(self.ledger.warned(&self.origin(None), warning));
    }

    /// Notes what came of windows that were not read to their end, and gives what was
    /// stored since that was last asked.
    pub(crate) fn settle(&mut self, now: Instant) -> Brought {
        let open: Vec<&'static Log> = self.open.values().map(|(log, _)| *log).collect();
        for log in open {
            self.close(log, now);
        }
        std::mem::take(&mut self.brought)
    }

    fn close(&mut self, log: &'static Log, now: Instant) {
        if let Some((_, delivery)) = self.open.remove(log.name) {
            told(self.ledger.delivered(&self.origin(Some(log)), &delivery, now));
        }
    }

    fn origin(&self, log: Option<&'static Log>) -> Origin {
        Origin { tenant: self.tenant, source: self.source.clone(), log }
    }
}

/// The rows are stored all the same.
fn told(outcome: trunklog_store::Result<()>) {
    if let Err(error) = outcome {
        tracing::debug!(error = %with_causes(&error), "what was pulled was not noted for trunklog status");
    }
}

#[cfg(test)]
mod tests {
    use trunklog_ledger::{ExpectedSource, status};
    use trunklog_pull::fault::FaultKind;
    use trunklog_pull::position::Position;
    use trunklog_pull::walk::Rules;
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
    use trunklog_store::AppendCounts;
    use trunklog_store_kit::MemoryEngine;

    use super::*;
    use crate::config::Settings;

    const TENANT: &str = "7e570000-0000-4000-8000-000000000001";

    struct Bench {
        engine: Arc<dyn Engine>,
        settings: Settings,
        now: Instant,
    }

    impl Bench {
        fn new() -> Bench {
            let text = format!(
                "[[pull]]\nname = \"a\"\ntenant = \"{TENANT}\"\nclient_id = \"x\"\nsecret_file = \"/s\"\n\
                 logs = [\"directRoutingCalls\", \"sms\"]\n"
            );
            Bench {
                engine: Arc::new(MemoryEngine::new()),
                settings: Settings::from_layer(toml::from_str(&text).unwrap()).unwrap(),
                now: Instant::parse("2026-11-24T12:00:00Z").unwrap(),
            }
        }

        fn notes(&self) -> PullNotes {
            PullNotes::of(&self.settings.pulls[0], &self.engine)
        }

        /// The walk over a log, at its start.
        fn walk(&self, log: &'static Log) -> Walk {
            let pull = &self.settings.pulls[0];
            let mut walk = Walk::new(Rules::of(pull, log), Position::new(pull.place.root()));
            walk.next(self.now);
            walk
        }

        fn status(&self) -> status::SourceStatus {
            let expected: Vec<ExpectedSource> = self.settings.expected_sources();
            let tenant = TENANT.parse().unwrap();
            let mut all = status::of_tenant(self.engine.as_ref(), tenant, &expected, self.now, 2).unwrap();
            assert_eq!(all.len(), 1);
            all.remove(0)
        }
    }

    /// A page of seven rows and a record that is none.
    fn page(next_link: Option<&str>) -> Answer {
        let stored =
            AppendCounts { new: 2, updated: 1, unchanged: 1, superseded: 0, withheld: 3, ambiguous: 1 };
        let next_link = next_link.map(str::to_owned);
        Answer { rows: 8, rejected: 1, stored, late: 1, next_link, ..Answer::default() }
    }

    #[test]
    fn a_window_is_a_delivery() {
        let bench = Bench::new();
        let (mut notes, mut walk) = (bench.notes(), bench.walk(&SMS));
        let link = format!("{}/next", bench.settings.pulls[0].place.root());
        for answer in [page(Some(&link)), page(None)] {
            walk.stored(&answer, bench.now).unwrap();
            notes.stored(&SMS, &answer, &walk, bench.now);
        }
        let status = bench.status();
        assert_eq!((status.source.as_str(), status.is_configured), ("pull/a", true));
        let Counts { deliveries, received, new, late, updated, duplicate, rejected, ambiguous, .. } =
            status.total;
        assert_eq!((deliveries, received, new, late), (1, 16, 4, 2));
        assert_eq!((updated, duplicate, rejected, ambiguous), (2, 8, 2, 2));
        assert_eq!(status.complete_until, Some(bench.now.to_string()));
        assert_eq!(notes.settle(bench.now), Brought { rows: 16, new: 4, updated: 2 });
        assert_eq!(notes.settle(bench.now), Brought::default());
        assert_eq!(bench.status().total, status.total, "nothing is noted twice");
    }

    #[test]
    fn until_when_a_log_is_there_is_known_when_it_was_read() {
        let bench = Bench::new();
        let (mut notes, mut walk) = (bench.notes(), bench.walk(&SMS));
        let until = |log: &'static Log| {
            let (engine, expected) = (bench.engine.as_ref(), bench.settings.expected_sources());
            status::complete_until(engine, TENANT.parse().unwrap(), log, &expected).unwrap()
        };
        assert_eq!(until(&SMS), None);
        walk.stored(&page(None), bench.now).unwrap();
        notes.stored(&SMS, &page(None), &walk, bench.now);
        assert_eq!((until(&SMS), until(&DIRECT_ROUTING_CALLS)), (Some(bench.now), None));
    }

    #[test]
    fn no_name_of_a_file_is_told() {
        let bench = Bench::new();
        let fault = Fault::new(FaultKind::Credential).because("/etc/graph.secret cannot be read");
        bench.notes().gave_up(&SMS, &fault, bench.now);
        let why = bench.status().failure.unwrap();
        assert!(why.starts_with("the application's secret") && !why.contains("/etc"), "{why}");
    }

    #[test]
    fn a_failure_lasts_though_a_part_of_a_window_came() {
        let bench = Bench::new();
        let (mut notes, mut walk) = (bench.notes(), bench.walk(&SMS));
        let link = format!("{}/next", bench.settings.pulls[0].place.root());
        let answer = page(Some(&link));
        walk.stored(&answer, bench.now).unwrap();
        notes.stored(&SMS, &answer, &walk, bench.now);
        notes.failed(Some(&SMS), "no right to read", bench.now);
        assert_eq!(notes.settle(bench.now).new, 2);
        let status = bench.status();
        assert_eq!((status.failure.as_deref(), status.total.new), (Some("no right to read"), 2));
        notes.failed(None, "no network", bench.now);
        notes.recovered();
        assert_eq!(bench.status().failure.as_deref(), Some("no right to read"), "of the log");
        walk.stored(&page(None), bench.now).unwrap();
        notes.stored(&SMS, &page(None), &walk, bench.now);
        assert_eq!(bench.status().failure, None);
    }
}
