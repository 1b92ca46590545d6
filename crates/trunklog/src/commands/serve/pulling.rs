//! What the server pulls by its schedule, a thread for each source.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant as Moment};

use trunklog_audit::{Action, Detail, Trail};
use trunklog_errors::with_causes;
use trunklog_odata::Instant;
use trunklog_pull::check::certificate_warning;
use trunklog_pull::credential::Credential;
use trunklog_pull::fault::Fault;
use trunklog_pull::http::Network;
use trunklog_pull::puller::{PullError, Puller, Round, Watch};
use trunklog_pull::settings::Settings as PullSettings;
use trunklog_pull::time::{SystemTime, Time, until};
use trunklog_pull::walk::{Answer, Walk};
use trunklog_records::{Log, TenantId};
use trunklog_sources::pipeline::RejectFile;
use trunklog_store::Engine;

use super::sources::{Running, SourceKind};
use crate::commands::pull::{PullNotes, reject_origin};
use crate::config::{Settings, expected_of_pull};
use crate::{audit, time};

/// Graph, and other servers like it.
pub(super) const KIND: SourceKind = SourceKind {
    expected: |settings| settings.pulls.iter().map(expected_of_pull).collect(),
    start: |settings, engine, trail| Box::new(Pulling::start(settings, engine, trail)),
};

/// The pause after which it is tried again when nothing can be pulled at all.
const REST: Duration = Duration::from_mins(10);

/// How often what goes on failing is told again.
const REMINDER: Duration = Duration::from_hours(24);

/// The threads that pull.
struct Pulling {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Pulling {
    /// Starts to pull all sources.
    fn start(settings: &Settings, engine: &Arc<dyn Engine>, trail: &Trail) -> Pulling {
        let stop = Arc::new(AtomicBool::new(false));
        let start = |source: &PullSettings| {
            let source = source.clone();
            let (engine, stop) = (Arc::clone(engine), Arc::clone(&stop));
            let (rejects, trail) = (settings.rejects_folder(), trail.clone());
            thread::spawn(move || keep_up(&source, &engine, &rejects, trail, &stop))
        };
        let threads = settings.pulls.iter().map(start).collect();
        Pulling { stop, threads }
    }
}

impl Running for Pulling {
    /// The page that is under way is stored first.
    fn end(self: Box<Self>) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            // Never leave while another thread is inside the engine.
            if thread.join().is_err() {
                tracing::error!("a thread that pulled call records had failed");
            }
        }
    }
}

/// Stands for the source as a whole among its logs.
const SOURCE: &str = "all";

/// The same for its certificate.
const CERTIFICATE: &str = "certificate";

/// Pulls one source until it is to stop.
fn keep_up(source: &PullSettings, engine: &Arc<dyn Engine>, rejects: &Path, trail: Trail, stop: &AtomicBool) {
    let mut told = Told {
        source: source.name.clone(),
        tenant: source.tenant,
        failing: BTreeMap::new(),
        notes: PullNotes::of(source, engine),
        trail,
    };
    while !stop.load(Ordering::Relaxed) {
        if let Err(why) = rounds(source, engine, rejects, &mut told, stop) {
            told.notes.failed(None, &why, time::now());
            told.fails(SOURCE, &format!("call records are not pulled: {why}"));
            SystemTime.wait(REST, stop);
        }
    }
}

/// Pulls round by round until it is to stop, with one token for as long as it is good.
///
/// # Errors
/// What kept it from going on.
fn rounds(
    source: &PullSettings,
    engine: &Arc<dyn Engine>,
    rejects: &Path,
    told: &mut Told,
    stop: &AtomicBool,
) -> Result<(), String> {
    let network = Network::new(source.ca_file.as_deref(), source.place.is_on_this_machine());
    let network = network.map_err(|fault| fault.to_string())?;
    let in_words = |error: PullError| with_causes(&error).to_string();
    let mut puller = Puller::open(source, engine, &network, &SystemTime).map_err(in_words)?;
    loop {
        warn_of_certificate(source, told, SystemTime.now());
        let mut rejected = RejectFile::new(rejects, time::now()).with_origin(reject_origin(source));
        let round = puller.round(&mut rejected, told, stop);
        told.tell_stored();
        match rejected.finish() {
            Ok(None) => {}
            Ok(Some(file)) => {
                tracing::warn!(source = %source.name, file = %file.display(), "some rows cannot be used");
            }
            Err(error) => {
                tracing::warn!(source = %source.name, %error, "rejected rows could not be written down");
            }
        }
        match round.map_err(in_words)? {
            Round::Stopped => return Ok(()),
            Round::Done(due) => {
                told.notes.recovered();
                told.works(SOURCE);
                SystemTime.wait(until(SystemTime.now(), due), stop);
            }
        }
    }
}

fn warn_of_certificate(source: &PullSettings, told: &mut Told, now: Instant) {
    let ends = Credential::read(&source.credential).ok().and_then(|credential| credential.ends());
    let warning = ends.and_then(|ends| certificate_warning(ends, now));
    told.notes.warned(warning.as_deref());
    if let Some(warning) = warning {
        told.fails(CERTIFICATE, &warning);
    } else {
        told.failing.remove(CERTIFICATE);
    }
}

/// What was said in the log, so that nothing is said each hour; and who else is told.
struct Told {
    source: String,
    tenant: TenantId,
    /// What fails, and when that was said.
    failing: BTreeMap<&'static str, (String, Moment)>,
    notes: PullNotes,
    trail: Trail,
}

impl Told {
    fn fails(&mut self, what: &'static str, why: &str) {
        let was_told = self.failing.get(what);
        if was_told.is_some_and(|(told, when)| told == why && when.elapsed() < REMINDER) {
            return;
        }
        tracing::warn!(source = %self.source, log = what, "{why}");
        self.failing.insert(what, (why.to_owned(), Moment::now()));
    }

    fn works(&mut self, what: &'static str) {
        if self.failing.remove(what).is_some() {
            tracing::info!(source = %self.source, log = what, "call records are pulled again");
        }
    }

    fn tell_stored(&mut self) {
        let brought = self.notes.settle(time::now());
        let (new, updated) = (brought.new, brought.updated);
        if new + updated > 0 {
            tracing::info!(source = %self.source, new, updated, "pulled call records");
            let event = audit::by_itself(Action::CallsImport, self.tenant)
                .rows(brought.rows)
                .detail("source", Detail::Word("pull"))
                .detail("new", Detail::Count(new))
                .detail("updated", Detail::Count(updated));
            self.trail.note(event);
        }
    }
}

impl Watch for Told {
    fn stored(&mut self, log: &'static Log, answer: &Answer, walk: &Walk, now: Instant) {
        self.notes.stored(log, answer, walk, now);
        self.works(log.name);
    }

    fn waits(&mut self, log: &'static Log, fault: &Fault, pause: Duration) {
        tracing::debug!(source = %self.source, log = log.name, secs = pause.as_secs(), "waiting: {fault}");
    }

    fn gave_up(&mut self, log: &'static Log, fault: &Fault, why: &str) {
        self.notes.gave_up(log, fault, time::now());
        self.fails(log.name, &format!("call records are not pulled: {why}"));
    }
}
