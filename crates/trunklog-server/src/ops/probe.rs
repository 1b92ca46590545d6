//! Whether the store can serve.

mod silence;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use trunklog_errors::with_causes;
use trunklog_ledger::disk::{self, Pressure};
use trunklog_store::ErrorKind;

use self::silence::Silence;
use crate::app::App;

/// How long an outcome counts, so that asking costs nothing.
const FRESH: Duration = Duration::from_secs(1);
/// How long the store may take. Nobody who asks waits much longer.
const LIMIT: Duration = Duration::from_secs(2);

/// Tries the store, on a separate thread: it neither waits for the workers of
/// requests nor takes one. There is one try at a time, so a disk that hangs
/// costs one thread.
pub(super) struct Probe {
    app: Arc<App>,
    latest: Mutex<Option<Try>>,
    silence: Arc<Silence>,
}

/// Nothing as long as a try goes on, then when it ended and how.
type Try = watch::Receiver<Option<(Instant, Outcome)>>;

type Outcome = Result<Condition, Unwell>;

/// How a server is that can serve.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Condition {
    /// How pressing it is to make room on the disk, where that is known: it hinders no
    /// reading.
    pub(super) pressure: Option<Pressure>,
    /// Whether the applications are those of before, as their file cannot be used.
    pub(super) has_old_applications: bool,
    /// The same of the accounts of people.
    pub(super) has_old_accounts: bool,
}

/// Why the store cannot serve. It goes to anybody who asks, so it is only a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unwell {
    Failed(ErrorKind),
    Silent,
}

impl fmt::Display for Unwell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unwell::Failed(kind) => kind.name(),
            Unwell::Silent => "no answer",
        })
    }
}

impl Probe {
    pub(super) fn new(app: Arc<App>) -> Probe {
        Probe { app, latest: Mutex::default(), silence: Arc::default() }
    }

    /// What the engine knows of the last requests, and what a try finds.
    pub(super) async fn outcome(&self) -> Outcome {
        let mut latest = self.latest_or_new();
        // The engine knows without waiting what a try would wait for, such as
        // a store that is being opened again.
        self.app.services.engine.health().map_err(|error| Unwell::Failed(error.kind()))?;
        match timeout(LIMIT, latest.wait_for(Option::is_some)).await {
            Ok(Ok(ended)) => ended.map_or(Err(Unwell::Silent), |(_, outcome)| outcome),
            // It takes too long, or has panicked. The next one may not.
            Ok(Err(_)) | Err(_) => Err(self.silent()),
        }
    }

    /// The log is told once, not each time that somebody asks.
    fn silent(&self) -> Unwell {
        if self.silence.begin(Instant::now()) {
            tracing::error!(
                after_secs = LIMIT.as_secs(),
                "the store does not answer; see whether its disk hangs, this is told again when it is over"
            );
        }
        Unwell::Silent
    }

    /// The try that goes on or has just ended, else a new one.
    fn latest_or_new(&self) -> Try {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let before = latest.as_ref().and_then(|latest| *latest.borrow());
        if let Some(latest) = &*latest {
            let counts = match before {
                Some((at, _)) => at.elapsed() < FRESH,
                // Unless it panicked and will never end.
                None => latest.has_changed().is_ok(),
            };
            if counts {
                return latest.clone();
            }
        }
        let (end, new) = watch::channel(None);
        let (app, silence) = (Arc::clone(&self.app), Arc::clone(&self.silence));
        spawn_blocking(move || {
            let outcome = attempt(&app, before.map(|(_, outcome)| outcome));
            if let Some(lasted) = silence.end(Instant::now()) {
                tracing::info!(secs = lasted.as_secs(), "the store answers again");
            }
            end.send_replace(Some((Instant::now(), outcome)));
        });
        *latest = Some(new.clone());
        new
    }
}

fn attempt(app: &App, before: Option<Outcome>) -> Outcome {
    let engine = app.services.engine.as_ref();
    engine.check().map_err(|error| {
        let unwell = Unwell::Failed(error.kind());
        app.metrics.store_error(error.kind());
        // Probes come every few seconds; the log is told once.
        if before != Some(Err(unwell)) {
            tracing::error!(error = %with_causes(&error), "the store cannot serve");
        }
        unwell
    })?;
    Ok(Condition {
        // It is told in the metrics' log when it cannot be known.
        pressure: disk::pressure(engine, app.now()).unwrap_or_default(),
        // The registries log why.
        has_old_applications: app.services.issuer.problem().is_some(),
        has_old_accounts: app.services.people.accounts().problem().is_some(),
    })
}
