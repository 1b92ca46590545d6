//! Looking at a folder from time to time.

use std::collections::HashMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use trunklog_ledger::{Delivery, Ledger};
use trunklog_odata::Instant;
use trunklog_store::{Engine, Store};

use super::contents::Contents;
use super::place::{free_name, make, move_into, report_names};
use super::report::{FileReport, LONGEST_REPORT, Outcome};
use super::retention::sweep;
use super::settings::FolderSettings;
use super::settle::{Seen, Stamp};
use super::take::{Delivered, Finished, Taken};
use crate::input::read_untrusted;
use crate::positions::Positions;

/// The most files that are read in one pass.
const MOST_FILES: usize = 200;

/// How often a file is tried that cannot be read.
const MOST_TRIES: u32 = 10;

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// How often old files are looked for.
const SWEEP: Duration = Duration::from_hours(1);

/// Of how many files that were read last it is looked whether somebody writes them
/// still, and for how long.
const MOST_RECENT: usize = 256;
const RECENT: Duration = Duration::from_hours(1);

/// Watches one folder.
pub struct Watcher {
    pub(super) settings: FolderSettings,
    /// Where rejected records are written.
    pub(super) rejects: PathBuf,
    pub(super) store: Arc<dyn Store>,
    pub(super) positions: Positions,
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) contents: Contents,
    seen: Seen,
    /// Files in `working/` that are tried again.
    tries: HashMap<String, Try>,
    recent: Vec<Recent>,
    swept: Option<Duration>,
}

/// The time of a pass.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// What the clock says.
    pub now: Instant,
    /// How long it is since some start, by a clock that nobody sets.
    pub elapsed: Duration,
}

/// What a pass did.
#[derive(Debug, Default)]
pub struct Pass {
    /// The files that were taken.
    pub files: Vec<FileReport>,
    /// What people should know. The same is told in each pass for as long as it is
    /// so.
    pub problems: Vec<Problem>,
    /// How many files are not complete yet.
    pub waiting: usize,
    /// Whether more files are complete than are taken in one pass.
    pub is_more: bool,
    /// How many files in `done/` were deleted, since they were there for long enough.
    pub deleted: u64,
}

/// Something that people should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Problem {
    /// The file that it is about, if it is about one.
    pub file: Option<String>,
    /// What is wrong, and what to do.
    pub what: String,
}

/// Why nothing can be done for now.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The folder cannot be looked at.
    #[error("the folder '{}' cannot be looked at: {reason}; is its disk or share there?", .path.display())]
    Folder {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// The store failed. Files wait where they are.
    #[error("the store failed")]
    Store(#[source] trunklog_store::Error),
}

struct Try {
    count: u32,
    not_before: Duration,
}

/// A file that was read, and what it was then.
struct Recent {
    path: PathBuf,
    name: String,
    stamp: Stamp,
    until: Duration,
}

impl Watcher {
    /// Watches a folder for a store. Rejected records go to files in `rejects`.
    ///
    /// # Errors
    /// When the store cannot say what was read.
    pub fn open(
        settings: FolderSettings,
        engine: &Arc<dyn Engine>,
        ledger: Arc<dyn Ledger>,
        rejects: PathBuf,
    ) -> Result<Watcher, WatchError> {
        let states = Arc::new(Arc::clone(engine));
        let contents =
            Contents::read(states, settings.tenant, settings.source.name()).map_err(WatchError::Store)?;
        Ok(Watcher {
            store: engine.tenant(settings.tenant),
            positions: Positions::new(Arc::clone(engine), settings.tenant),
            settings,
            rejects,
            ledger,
            contents,
            seen: Seen::default(),
            tries: HashMap::new(),
            recent: Vec::new(),
            swept: None,
        })
    }

    /// How the folder is watched.
    pub fn settings(&self) -> &FolderSettings {
        &self.settings
    }

    /// Looks at the folder once and takes what is complete. When it is to stop, it
    /// does so between two files, or within one, which goes on later.
    ///
    /// # Errors
    /// When the folder cannot be looked at, or the store fails. What was done is
    /// done.
    pub fn pass(&mut self, moment: Moment, stop: &AtomicBool) -> Result<Pass, WatchError> {
        let mut pass = Pass::default();
        self.check_own_folders(&mut pass)?;
        self.put_back_recent(moment, &mut pass);
        // One list, so that a folder that is not there is told first.
        let listed = self.list(&mut pass)?;
        for name in self.leftovers(&mut pass)? {
            if stop.load(Ordering::Relaxed) {
                return Ok(pass);
            }
            self.take_up(&name, &name, moment, stop, &mut pass)?;
        }
        let mut complete = self.seen.look(&listed, self.settings.quiet, moment.elapsed);
        complete.sort_unstable();
        pass.waiting = self.seen.waiting(complete.len());
        pass.is_more = complete.len() > MOST_FILES;
        for name in complete.into_iter().take(MOST_FILES) {
            if stop.load(Ordering::Relaxed) {
                return Ok(pass);
            }
            if let Some(working) = self.claim(&name, &mut pass) {
                self.take_up(&working, &name, moment, stop, &mut pass)?;
            }
        }
        self.sweep(moment, &mut pass);
        Ok(pass)
    }

    /// Takes up a file in `working/`.
    fn take_up(
        &mut self,
        name: &str,
        original: &str,
        moment: Moment,
        stop: &AtomicBool,
        pass: &mut Pass,
    ) -> Result<(), WatchError> {
        if self.tries.get(name).is_some_and(|tried| moment.elapsed < tried.not_before) {
            return Ok(());
        }
        match self.take(name, original, moment.now, stop)? {
            Taken::Finished(finished) => {
                if let Err(what) = self.finish(name, *finished, moment, pass)? {
                    self.try_later(name, moment);
                    pass.tell(Some(original), &what);
                }
            }
            Taken::Growing => {
                self.tries.remove(name);
                let marker = self.settings.marker.as_deref();
                let working = self.settings.working().join(name);
                let put_back = put_back(&working, &self.settings.path, original, marker);
                pass.tell(Some(original), &told_of("while", put_back));
            }
            Taken::Later(what) => {
                self.try_later(name, moment);
                pass.tell(Some(original), &what);
            }
            Taken::Unreadable(what) => {
                if self.try_later(name, moment) < MOST_TRIES {
                    pass.tell(Some(original), &what);
                } else if let Err(what) = self.give_up(name, original, &what, moment, pass)? {
                    pass.tell(Some(original), &what);
                }
            }
            Taken::Stopped => {}
            Taken::Gone => {
                self.tries.remove(name);
            }
        }
        Ok(())
    }

    /// Notes that a file is tried again later, and tells how often it was tried.
    fn try_later(&mut self, name: &str, moment: Moment) -> u32 {
        let tried = self.tries.entry(name.to_owned()).or_insert(Try { count: 0, not_before: Duration::ZERO });
        tried.count += 1;
        let pause = self.settings.poll.saturating_mul(1 << tried.count.min(16)).min(LONGEST_PAUSE);
        tried.not_before = moment.elapsed.saturating_add(pause);
        tried.count
    }

    fn give_up(
        &mut self,
        name: &str,
        original: &str,
        why: &str,
        moment: Moment,
        pass: &mut Pass,
    ) -> Result<Result<(), String>, WatchError> {
        let stamp = fs::symlink_metadata(self.settings.working().join(name)).map(|found| Stamp::of(&found));
        let Ok(stamp) = stamp else { return Ok(Err(why.to_owned())) };
        let report = FileReport::of(&self.settings, original, stamp.bytes, String::new(), moment.now);
        let deliveries = vec![(None, Delivery::default())];
        let finished = Finished { report: report.failed(why), content: None, deliveries, stamp };
        self.finish(name, finished, moment, pass)
    }

    /// Says what became of a file, notes its content, and moves it where it belongs.
    /// The inner error is what kept it from that; then it is tried again.
    fn finish(
        &mut self,
        name: &str,
        finished: Finished,
        moment: Moment,
        pass: &mut Pass,
    ) -> Result<Result<(), String>, WatchError> {
        let Finished { mut report, content, deliveries, stamp } = finished;
        let (working, folder) = (self.settings.working(), self.folder_of(report.outcome));
        let kept_as = match make(&folder).and_then(|()| free_name(&folder, name)) {
            Ok(kept_as) => kept_as,
            Err(error) => return Ok(Err(format!("it cannot be moved to {}: {error}", folder.display()))),
        };
        report.kept_as.clone_from(&kept_as);
        if let Err(error) = report.write(&working, name) {
            return Ok(Err(format!("its report cannot be written: {error}")));
        }
        if let Some(content) = content {
            self.contents.add(content).map_err(WatchError::Store)?;
        }
        if let Err(error) = self.note(&deliveries, moment.now) {
            pass.tell(None, &format!("what came could not be noted: {error}"));
        }
        let kept = folder.join(&kept_as);
        let moved = fs::rename(working.join(name), &kept).and_then(|()| self.move_reports(name));
        if let Err(error) = moved {
            return Ok(Err(format!("it was read, and cannot be moved to {}: {error}", folder.display())));
        }
        self.tries.remove(name);
        if report.outcome != Outcome::Failed {
            let until = moment.elapsed.saturating_add(RECENT);
            self.recent.push(Recent { path: kept, name: report.file.clone(), stamp, until });
            let too_many = self.recent.len().saturating_sub(MOST_RECENT);
            self.recent.drain(..too_many);
        }
        pass.files.push(report);
        Ok(Ok(()))
    }

    fn folder_of(&self, outcome: Outcome) -> PathBuf {
        if outcome == Outcome::Failed { self.settings.failed() } else { self.settings.done() }
    }

    /// Moves what is said of a file, and its marker, after it.
    pub(super) fn move_reports(&self, name: &str) -> io::Result<()> {
        let working = self.settings.working();
        let [json, text] = report_names(&working, name);
        let report: FileReport = serde_json::from_slice(&read_untrusted(&json, LONGEST_REPORT)?)?;
        let folder = self.folder_of(report.outcome);
        let [to_json, to_text] = report_names(&folder, &report.kept_as);
        if let Some(marker) = &self.settings.marker {
            let to = folder.join(format!("{}{marker}", report.kept_as));
            rename_if_there(&working.join(format!("{name}{marker}")), &to)?;
        }
        rename_if_there(&text, &to_text)?;
        fs::rename(json, to_json)
    }

    /// Files that were read and are written to after that are put back.
    fn put_back_recent(&mut self, moment: Moment, pass: &mut Pass) {
        let (folder, marker) = (&self.settings.path, self.settings.marker.as_deref());
        self.recent.retain(|recent| {
            let is_as_it_was = match fs::symlink_metadata(&recent.path) {
                Ok(metadata) => Stamp::of(&metadata) == recent.stamp,
                // Somebody took it away.
                Err(_) => return false,
            };
            if is_as_it_was {
                return moment.elapsed < recent.until;
            }
            let put_back = put_back(&recent.path, folder, &recent.name, marker);
            if put_back.is_ok()
                && let (Some(done), Some(name)) = (recent.path.parent(), recent.path.file_name())
            {
                // What they say is no longer so. One that cannot be deleted does no harm.
                let _ = report_names(done, &name.to_string_lossy()).map(fs::remove_file);
            }
            pass.tell(Some(&recent.name), &told_of("after", put_back));
            false
        });
    }

    fn sweep(&mut self, moment: Moment, pass: &mut Pass) {
        let Some(kept) = self.settings.done_kept else { return };
        if self.swept.is_some_and(|swept| moment.elapsed.saturating_sub(swept) < SWEEP) {
            return;
        }
        self.swept = Some(moment.elapsed);
        match sweep(&self.settings.done(), self.settings.marker.as_deref(), kept, moment.now) {
            Ok(deleted) => pass.deleted = deleted,
            Err(error) => pass.tell(None, &format!("old files in done/ cannot be deleted: {error}")),
        }
    }

    /// Tells the ledger what came.
    fn note(&self, deliveries: &[Delivered], now: Instant) -> trunklog_store::Result<()> {
        for (log, delivery) in deliveries {
            self.ledger.delivered(&self.origin(*log), delivery, now)?;
        }
        Ok(())
    }
}

impl Pass {
    pub(super) fn tell(&mut self, file: Option<&str>, what: &str) {
        self.problems.push(Problem { file: file.map(str::to_owned), what: what.to_owned() });
    }
}

/// Moves a file back into the folder, with its marker.
fn put_back(file: &Path, folder: &Path, name: &str, marker: Option<&str>) -> io::Result<()> {
    let name = move_into(file, folder, name)?;
    let (Some(marker), Some(from)) = (marker, file.file_name().and_then(|name| name.to_str())) else {
        return Ok(());
    };
    rename_if_there(&file.with_file_name(format!("{from}{marker}")), &folder.join(format!("{name}{marker}")))
}

/// What is said of a file that somebody wrote to while or after it was read.
fn told_of(when: &str, put_back: io::Result<()>) -> String {
    match put_back {
        Ok(()) => format!(
            "it was written to {when} it was read, and is read again: its writer should write it under another \
             name and then rename it, or quiet_secs be longer"
        ),
        Err(error) => format!("it was written to {when} it was read, and cannot be put back: {error}"),
    }
}

fn rename_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}
