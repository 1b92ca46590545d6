//! What every handler has at hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use trunklog_audit::Trail;
use trunklog_downloads::Downloads;
use trunklog_identity::{Clock, Issuer, People, SigningKeys, Verifier, checks_at_once};
use trunklog_odata::Instant;
use trunklog_odata::envelope::Hints;
use trunklog_records::{Log, TenantId};
use trunklog_store::Engine;

use crate::backlog::{Backlog, Bounds};
use crate::kept_answers::KeptAnswers;
use crate::kept_documents::KeptDocuments;
use crate::metrics::Metrics;
use crate::probes::Probes;
use crate::reveal_quota::RevealQuota;
use crate::settings::Settings;
use crate::source_gauges::SourceGauges;
use crate::throttle::Throttle;
use crate::trunk_gauges::TrunkGauges;
use crate::workers::{Places, Workers};

/// How many exports may wait for each that runs. They run for long, so a client
/// does better to come again.
const EXPORTS_WAITING: usize = 2;

/// What one address may hold that has not signed in, whatever others hold: a
/// form and a token, several at a time.
const LITTLE_BYTES: usize = 32 * 1024;

/// What cubes count by is not cut through: a quarter of an hour.
const QUARTER: i64 = 15 * 60 * Instant::TICKS_PER_SEC;

/// The parts that the server puts on the network.
#[derive(Clone)]
pub struct Services {
    /// The stored logs.
    pub engine: Arc<dyn Engine>,
    /// Issues tokens.
    pub issuer: Arc<Issuer>,
    /// Checks tokens.
    pub verifier: Arc<Verifier>,
    /// The issuer's keys, which the server keeps rotating.
    pub keys: Arc<SigningKeys>,
    /// The people who may sign in, and who has.
    pub people: Arc<People>,
    /// Who read, revealed, exported or changed what.
    pub trail: Trail,
    /// What people ordered as files.
    pub downloads: Arc<Downloads>,
    /// Tells the time.
    pub clock: Clock,
}

pub(crate) struct App {
    pub(crate) settings: Arc<Settings>,
    pub(crate) services: Services,
    /// Reads of the store.
    pub(crate) store: Workers,
    /// Reads that look at more rows than they give: filters, orders, counts.
    /// Apart and fewer, so that plain pages never wait for them.
    pub(crate) searches: Workers,
    /// Checks of secrets and passwords, apart so that their hashing never delays pages. This is
    /// what bounds how many are hashed at a time.
    pub(crate) secrets: Workers,
    /// Whole ranges on their way, which take long.
    pub(crate) exports: Workers,
    /// Answers on their way to clients.
    pub(crate) backlog: Backlog,
    /// Documents that were made already.
    pub(crate) documents: KeptDocuments,
    /// Answers of reports that were given already.
    pub(crate) answers: KeptAnswers,
    pub(crate) metrics: Metrics,
    /// How trunks do, of the tenants that the operator names.
    pub(crate) trunks: TrunkGauges,
    /// What our own looks at trunks found.
    pub(crate) probes: Probes,
    /// How sources and the disk do.
    pub(crate) sources: SourceGauges,
    pub(crate) throttle: Throttle,
    /// What people had shown of masked numbers.
    pub(crate) revealed: RevealQuota,
    draining: AtomicBool,
}

impl App {
    pub(crate) fn new(settings: Arc<Settings>, services: Services) -> App {
        let limits = &settings.limits;
        let metrics = Metrics::new();
        let workers = |name, places| Workers::new(places, metrics.refused(name));
        let short = Places::for_short_work(limits.store_workers, limits.store_queue);
        // One more than half, because one is kept free for another tenant.
        let searches = limits.store_workers.div_ceil(2).saturating_add(1);
        let searches = Places::for_long_work(searches, limits.store_queue);
        let exports = Places::for_long_work(limits.exports, limits.exports.saturating_mul(EXPORTS_WAITING));
        let bounds = Bounds {
            server: limits.unread_bytes,
            connection: limits.connection_unread_bytes,
            little: LITTLE_BYTES,
            waiting: limits.store_queue,
        };
        App {
            store: workers("store", short),
            searches: workers("searches", searches),
            secrets: workers("secrets", Places::for_short_work(checks_at_once(), limits.store_queue)),
            exports: workers("exports", exports),
            backlog: Backlog::new(bounds, metrics.unread.clone(), metrics.refused("unread")),
            documents: KeptDocuments::default(),
            answers: KeptAnswers::default(),
            revealed: RevealQuota::new(settings.reveals_per_hour.0),
            throttle: Throttle::new(settings.throttle, metrics.throttled.clone()),
            metrics,
            trunks: TrunkGauges::of(&settings.trunks_of),
            probes: Probes::default(),
            sources: SourceGauges::default(),
            draining: AtomicBool::new(false),
            settings,
            services,
        }
    }

    pub(crate) fn hints(&self) -> Hints {
        if self.settings.profile.is_strict() { Hints::Hide } else { Hints::Show }
    }

    pub(crate) fn now(&self) -> Instant {
        Instant::from_unix_secs((self.services.clock)().as_second()).unwrap_or(Instant::ABSENT)
    }

    /// The first instant whose rows of a log reports show, None when all are.
    ///
    /// It moves on with the clock. Reports start with a whole quarter of an hour, so
    /// that they stay the same for a while and cubes can answer.
    pub(crate) fn reports_shown_since(&self, tenant: TenantId, log: &Log) -> Option<Instant> {
        let shown = self.settings.retention.of(tenant).shown_since(log, self.now())?;
        let after = shown.ticks().rem_euclid(QUARTER);
        Some(if after == 0 { shown } else { shown.saturating_add_ticks(QUARTER - after) })
    }

    /// From now on the server is not ready.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}
