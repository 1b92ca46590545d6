//! The folders that the server watches, a thread for each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant as Clock};

use trunklog_audit::{Action, Detail, Outcome as Ended, Trail};
use trunklog_errors::{shown, with_causes};
use trunklog_ledger::{Ledger, Origin, StoreLedger};
use trunklog_sources::folder::{
    FileReport, FolderSettings, Moment, Outcome, Pass, Problem, WatchError, Watcher,
};
use trunklog_store::Engine;

use super::sources::{Running, SourceKind};
use crate::config::Settings;
use crate::{audit, time};

/// Watched folders.
pub(super) const KIND: SourceKind = SourceKind {
    expected: |settings| settings.folders.iter().map(FolderSettings::expected).collect(),
    start: |settings, engine, trail| Box::new(Folders::start(settings, engine, trail)),
};

/// The longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// How often what goes on failing is told again.
const REMINDER: Duration = Duration::from_hours(24);

/// The most problems that are remembered as told.
const MOST_TOLD: usize = 1_000;

/// How often a pause looks whether it is to end.
const LOOK: Duration = Duration::from_millis(100);

/// The threads that watch.
struct Folders {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Folders {
    /// Starts to watch all folders.
    fn start(settings: &Settings, engine: &Arc<dyn Engine>, trail: &Trail) -> Folders {
        let stop = Arc::new(AtomicBool::new(false));
        let start = |folder: &FolderSettings| {
            let (folder, engine, stop) = (folder.clone(), Arc::clone(engine), Arc::clone(&stop));
            let (rejects, trail) = (settings.rejects_folder(), trail.clone());
            thread::spawn(move || Watch::of(folder, engine, rejects, trail).keep_up(&stop))
        };
        let threads = settings.folders.iter().map(start).collect();
        Folders { stop, threads }
    }
}

impl Running for Folders {
    fn end(self: Box<Self>) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            // Never leave while another thread is inside the engine.
            if thread.join().is_err() {
                tracing::error!("a thread that watched a folder had failed");
            }
        }
    }
}

/// One folder.
struct Watch {
    settings: FolderSettings,
    engine: Arc<dyn Engine>,
    ledger: StoreLedger,
    rejects: PathBuf,
    trail: Trail,
    began: Clock,
    told: Told,
    is_failing: bool,
}

impl Watch {
    fn of(settings: FolderSettings, engine: Arc<dyn Engine>, rejects: PathBuf, trail: Trail) -> Watch {
        let ledger = StoreLedger::new(Arc::clone(&engine));
        Watch {
            settings,
            engine,
            ledger,
            rejects,
            trail,
            began: Clock::now(),
            told: Told::default(),
            is_failing: true,
        }
    }

    /// Watches until it is to stop.
    fn keep_up(&mut self, stop: &AtomicBool) {
        let poll = self.settings.poll;
        let mut watcher = None;
        let mut pause = poll;
        while !stop.load(Ordering::Relaxed) {
            match self.pass(&mut watcher, stop) {
                Ok(pass) => {
                    pause = if pass.is_more { Duration::ZERO } else { poll };
                    self.tell(&pass);
                    self.works();
                }
                Err(error) => {
                    pause = pause.saturating_mul(2).clamp(poll, LONGEST_PAUSE.max(poll));
                    self.fails(&error);
                }
            }
            wait(pause, stop);
        }
    }

    fn pass(&self, watcher: &mut Option<Watcher>, stop: &AtomicBool) -> Result<Pass, WatchError> {
        let watcher = if let Some(watcher) = watcher {
            watcher
        } else {
            let ledger = Arc::new(self.ledger.clone());
            let rejects = self.rejects.clone();
            watcher.insert(Watcher::open(self.settings.clone(), &self.engine, ledger, rejects)?)
        };
        watcher.pass(Moment { now: time::now(), elapsed: self.began.elapsed() }, stop)
    }

    fn tell(&mut self, pass: &Pass) {
        let source = &self.settings.source;
        for report in &pass.files {
            tell_file(&self.rejects, report);
            self.note(report);
        }
        if pass.deleted > 0 {
            tracing::info!(%source, files = pass.deleted, "deleted files that were read long ago");
        }
        for Problem { file, what } in self.told.new_ones(&pass.problems) {
            tracing::warn!(%source, file = file.as_deref().unwrap_or("-"), "{}", shown(what));
        }
    }

    /// Tells the audit trail what was taken in.
    fn note(&self, report: &FileReport) {
        if report.outcome == Outcome::ReadBefore {
            return;
        }
        let event = audit::by_itself(Action::CallsImport, self.settings.tenant)
            .rows(report.rows)
            .detail("source", Detail::Word("folder"))
            .detail("new", Detail::Count(report.new))
            .detail("updated", Detail::Count(report.updated));
        let has_failed = report.outcome == Outcome::Failed;
        self.trail.note(event.outcome(if has_failed { Ended::Failed } else { Ended::Done }));
    }

    fn works(&mut self) {
        if !self.is_failing {
            return;
        }
        self.is_failing = false;
        if self.told.recover() {
            tracing::info!(source = %self.settings.source, "the folder is watched again");
        }
        if let Err(error) = self.ledger.recovered(&self.origin()) {
            tracing::debug!(error = %with_causes(&error), "that a source works again was not noted");
        }
    }

    fn fails(&mut self, error: &WatchError) {
        self.is_failing = true;
        let why = with_causes(error).to_string();
        if self.told.fails(&why) {
            tracing::warn!(source = %self.settings.source, "{why}; this is tried again");
        }
        if let Err(error) = self.ledger.failed(&self.origin(), &why, time::now()) {
            tracing::debug!(error = %with_causes(&error), "that a source fails was not noted");
        }
    }

    fn origin(&self) -> Origin {
        Origin { tenant: self.settings.tenant, source: self.settings.source.clone(), log: None }
    }
}

fn tell_file(rejects: &Path, report: &FileReport) {
    let FileReport { source, rows, new, updated, rejected, .. } = report;
    // As a text it is quoted: who puts files there must not write lines into the log.
    let file = report.file.as_str();
    match report.outcome {
        Outcome::Stored => tracing::info!(%source, file, rows, new, updated, "took a file"),
        Outcome::ReadBefore => {
            tracing::info!(%source, file, "a file has the content of one that was read before");
        }
        Outcome::StoredInPart => {
            let kept = report
                .rejects_file
                .as_ref()
                .map_or_else(String::new, |name| rejects.join(name).display().to_string());
            let (missing, pages) = (report.missing(), report.missing_pages_total);
            tracing::warn!(
                %source, file, rows, new, updated, rejected, rejects = %kept, missing, missing_pages = pages,
                "took a file in part"
            );
        }
        Outcome::Failed => {
            let why = report.reason.as_deref().unwrap_or("nothing of it could be used");
            tracing::warn!(%source, file, "a file failed: {}", shown(why));
        }
    }
}

/// What was said in the log, so that nothing is said again each time.
#[derive(Default)]
struct Told {
    problems: BTreeMap<Problem, Clock>,
    failure: Option<(String, Clock)>,
}

impl Told {
    /// The problems that were not told yet, or long ago.
    fn new_ones<'p>(&mut self, problems: &'p [Problem]) -> Vec<&'p Problem> {
        // What is no longer so is told at once when it comes again.
        let current: BTreeSet<&Problem> = problems.iter().collect();
        self.problems.retain(|problem, _| current.contains(problem));
        let mut new = Vec::new();
        for problem in current {
            let is_due = self.problems.get(problem).is_none_or(|told| told.elapsed() >= REMINDER);
            if is_due && self.problems.len() < MOST_TOLD {
                self.problems.insert(problem.clone(), Clock::now());
                new.push(problem);
            }
        }
        new
    }

    /// Whether to say that it fails.
    fn fails(&mut self, why: &str) -> bool {
        let was_told = self.failure.as_ref();
        if was_told.is_some_and(|(told, when)| told == why && when.elapsed() < REMINDER) {
            return false;
        }
        self.failure = Some((why.to_owned(), Clock::now()));
        true
    }

    /// Whether to say that it works again.
    fn recover(&mut self) -> bool {
        self.failure.take().is_some()
    }
}

/// Waits that long, or until it is to stop.
pub(super) fn wait(pause: Duration, stop: &AtomicBool) {
    let began = Clock::now();
    while !stop.load(Ordering::Relaxed) {
        let Some(left) = pause.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) else { return };
        thread::sleep(left.min(LOOK));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_is_told_once() {
        let mut told = Told::default();
        let problem = |file: &str| Problem { file: Some(file.to_owned()), what: "it is a link".to_owned() };
        let both = [problem("a"), problem("b")];
        assert_eq!(told.new_ones(&both[..1]).len(), 1);
        assert_eq!(told.new_ones(&both), [&both[1]]);
        assert!(told.new_ones(&both).is_empty());
        assert!(told.new_ones(&[]).is_empty());
        assert_eq!(told.new_ones(&both).len(), 2, "they came again");
        assert!(told.fails("no") && !told.fails("no") && told.fails("yes"));
        assert!(told.recover() && !told.recover());
    }
}
