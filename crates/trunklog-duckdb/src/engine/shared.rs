//! The instance that all of an engine's stores use, and its replacement when it
//! fails.

use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant as Moment};

use trunklog_store::{Error, ErrorKind, Result};

use crate::cubes::Pace;
use crate::error::{Severity, severity, store_error};
use crate::health::Health;
use crate::instance::Instance;
use crate::opening;
use crate::options::{Access, Options};
use crate::upkeep::tidy;

pub(super) struct Shared {
    file: PathBuf,
    options: Options,
    access: Access,
    pub(super) health: Health,
    /// By which what nobody waits for leaves room for what somebody does.
    pub(super) pace: Pace,
    /// Users of the instance hold it for reading, who replaces it for writing:
    /// an instance is only ever closed when nobody uses it.
    slot: RwLock<Slot>,
}

struct Slot {
    instance: Option<Instance>,
    /// Counts the instances, so that of several who see one fail only the
    /// first replaces it.
    generation: u64,
    /// When and why the file could not be opened again.
    failed: Option<(Moment, ErrorKind)>,
}

/// The pause after the file could not be opened again: trying it for each
/// request would keep all of them waiting.
const REOPEN_PAUSE: Duration = Duration::from_secs(1);

impl Shared {
    /// Whether cubes are kept, and may be made.
    pub(super) fn makes_cubes(&self) -> bool {
        self.access != Access::Read && !self.options.cubes.sets.is_empty()
    }

    /// Opens the store in `file`.
    pub(super) fn open(file: PathBuf, options: Options, access: Access) -> Result<Shared> {
        let instance = opening::open(&file, &options, access)?;
        let slot = RwLock::new(Slot { instance: Some(instance), generation: 0, failed: None });
        Ok(Shared { file, options, access, health: Health::default(), pace: Pace::default(), slot })
    }

    /// Runs `work` on the instance. When that fails fatally, the instance is
    /// replaced before the error is returned.
    pub(super) fn run<T>(&self, doing: &str, work: impl Fn(&Instance) -> duckdb::Result<T>) -> Result<T> {
        let outcome = self.try_to_run(doing, work);
        self.health.note(&outcome);
        outcome
    }

    /// The same for what writes. DuckDB finds its write-ahead log by its path,
    /// so nothing may be written once another file, or none, is in the place
    /// of the one that is open.
    pub(super) fn write<T>(&self, doing: &str, work: impl Fn(&Instance) -> duckdb::Result<T>) -> Result<T> {
        self.is_in_place(doing)?;
        self.run(doing, |instance| {
            instance.begin_writing()?;
            work(instance)
        })
    }

    pub(super) fn is_in_place(&self, doing: &str) -> Result<()> {
        let slot = self.slot.read().unwrap_or_else(PoisonError::into_inner);
        if slot.instance.as_ref().is_none_or(Instance::is_in_place) {
            return Ok(());
        }
        Err(moved(doing))
    }

    /// What `run` does, without a note of how it ended. What reads no rows does
    /// well also where none can be read, so its success says nothing.
    pub(super) fn try_to_run<T>(
        &self,
        doing: &str,
        work: impl Fn(&Instance) -> duckdb::Result<T>,
    ) -> Result<T> {
        let _asking = self.pace.asking();
        self.at_leisure(doing, work)
    }

    /// What `write` does, for what nobody waits for.
    pub(super) fn write_at_leisure<T>(
        &self,
        doing: &str,
        work: impl Fn(&Instance) -> duckdb::Result<T>,
    ) -> Result<T> {
        self.is_in_place(doing)?;
        self.at_leisure(doing, work)
    }

    /// What `try_to_run` does, for what nobody waits for.
    pub(super) fn at_leisure<T>(
        &self,
        doing: &str,
        work: impl Fn(&Instance) -> duckdb::Result<T>,
    ) -> Result<T> {
        let (result, generation) = {
            let slot = self.slot.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(instance) = &slot.instance {
                (work(instance), slot.generation)
            } else {
                let generation = slot.generation;
                drop(slot);
                self.replace(generation)?;
                return Err(Error::new(
                    ErrorKind::Recovering,
                    format!("{doing}: the engine was reopened: try again"),
                ));
            }
        };
        result.map_err(|error| {
            if severity(&error) == Severity::Fatal {
                tracing::error!(error = %error, "the storage engine failed; reopening the store");
                if let Err(error) = self.replace(generation) {
                    tracing::error!(error = %error, cause = ?std::error::Error::source(&error), "the store cannot be reopened yet");
                }
            }
            store_error(doing, error)
        })
    }

    /// Closes the instance of that generation and opens the file anew.
    fn replace(&self, generation: u64) -> Result<()> {
        let mut slot = self.slot.write().unwrap_or_else(PoisonError::into_inner);
        if slot.generation != generation {
            return Ok(());
        }
        if let Some((at, kind)) = slot.failed
            && slot.instance.is_none()
            && at.elapsed() < REOPEN_PAUSE
        {
            return Err(Error::new(kind, "the store could not be opened again; it is tried every second"));
        }
        // What is there instead belongs to somebody else.
        if slot.instance.as_ref().is_some_and(|instance| !instance.is_in_place()) {
            return Err(moved("reopening the store"));
        }
        self.health.closed(ErrorKind::Recovering);
        // Two instances on one file would destroy it, so the old one goes first.
        slot.instance = None;
        let access = if self.access == Access::Write { Access::Reopen } else { self.access };
        let instance = opening::open(&self.file, &self.options, access).inspect_err(|error| {
            slot.failed = Some((Moment::now(), error.kind()));
            self.health.closed(error.kind());
        })?;
        slot.instance = Some(instance);
        slot.generation += 1;
        slot.failed = None;
        self.health.opened();
        tracing::info!("the store is open again");
        Ok(())
    }
}

fn moved(doing: &str) -> Error {
    let what = "the store's folder was moved or replaced while it was open: move it back, or start again";
    Error::new(ErrorKind::Moved, format!("{doing}: {what}"))
}

/// The write-ahead log is folded into the file when it is larger than this, in
/// bytes. Larger means fewer checkpoints, a longer pause for those who read while
/// one is written, and a slower start after a crash.
const CHECKPOINT_BYTES: u64 = 16 << 20;

/// When the write-ahead log is larger than this, whoever reads has to wait for a
/// checkpoint.
const OVERDUE_BYTES: u64 = 32 * CHECKPOINT_BYTES;

/// How long new readers wait so that a checkpoint can be written.
const USUAL: Duration = Duration::from_millis(200);

/// The same when the store is tidied.
pub(super) const TIDYING: Duration = Duration::from_secs(2);

/// The same when a checkpoint is overdue: longer than the longest read.
const OVERDUE: Duration = Duration::from_secs(65);

impl Shared {
    /// Writes a checkpoint when the write-ahead log has grown. DuckDB's own
    /// automatic one is part of a commit, so that its failure would be the
    /// append's; here the rows are durable before it is tried.
    pub(super) fn checkpoint_when_due(&self) {
        let mut log = self.file.clone().into_os_string();
        log.push(".wal");
        let bytes = std::fs::metadata(log).map_or(0, |log| log.len());
        if bytes <= CHECKPOINT_BYTES {
            return;
        }
        let patience = if bytes > OVERDUE_BYTES { OVERDUE } else { USUAL };
        if let Err(error) = self.checkpoint(patience) {
            tracing::warn!(error = %error, "a checkpoint failed and is tried again later; all rows are stored");
        }
    }

    /// Writes a checkpoint, and waits until readers leave a gap for it.
    pub(super) fn checkpoint_surely(&self) -> Result<()> {
        let doing = "writing a checkpoint";
        let is_done = self.write(doing, |instance| instance.checkpoint_on(&instance.writer(), OVERDUE))?;
        if is_done {
            return Ok(());
        }
        Err(Error::new(ErrorKind::InUse, format!("{doing}: somebody reads all the time: try again later")))
    }

    /// Writes a checkpoint, unless somebody reads for longer than `patience`.
    pub(super) fn checkpoint(&self, patience: Duration) -> Result<()> {
        self.write("writing a checkpoint", |instance| tidy::checkpoint(instance, patience))
    }
}
