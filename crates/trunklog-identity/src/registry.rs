//! A registry: records in a file that commands and servers change side by side.
//!
//! What is kept, how it is written and which rules hold in it is the matter of a
//! [`Record`]. That nobody loses what another wrote, that a change is noticed and a
//! damaged file is neither used nor overwritten is the same for all of them, and
//! here.

mod file;
mod record;

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;
use trunklog_errors::with_causes;

use self::file::RegistryFile;
use crate::private_file::{Sight, failed_just_now};
use crate::{Clock, ErrorKind, Result};

pub(crate) use self::record::{ById, Record};

/// Records of a kind, and the file that they are kept in.
///
/// Any number of processes may hold the same registry: changes are made under
/// a lock on the file as it is then, and every look-up first asks whether the
/// file was replaced. A file that cannot be read leaves the last good state in
/// use and is reported by [`problem`](Registry::problem) and in the log. One that is
/// damaged is read again when it changes, and a read that failed after a second: the
/// next may not, and who was removed must not stay.
pub(crate) struct Registry<R> {
    file: RegistryFile<R>,
    clock: Clock,
    state: RwLock<State<R>>,
}

/// The records as they were at one time.
pub(crate) struct Snapshot<R> {
    /// Grows with each change, so that what was derived from an older state is
    /// recognised.
    pub(crate) generation: u64,
    pub(crate) by_id: ById<R>,
}

/// What a change does to the file.
pub(crate) enum Change<T> {
    /// It is written.
    Write(T),
    /// It stays as it is.
    Keep(T),
}

struct State<R> {
    /// How the file looked when it was last read, whether it could be understood
    /// or not: a broken file is read once, not on every request.
    seen: Sight,
    /// When reading it failed, if that was the last that was tried. Then it says
    /// nothing how the file looked.
    failed: Option<Timestamp>,
    /// Whether there ever was a file. A file that goes away is a mishap, one
    /// that was never there an empty registry.
    had_file: bool,
    snapshot: Arc<Snapshot<R>>,
    problem: Option<String>,
}

impl<R: Record> Registry<R> {
    /// Opens the registry in that directory, which is made if needed. There may
    /// be no file yet.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if directory or file cannot be used,
    /// [`ErrorKind::Damaged`](crate::ErrorKind::Damaged) if the file cannot be
    /// understood.
    pub(crate) fn open(dir: &Path, clock: Clock) -> Result<Registry<R>> {
        let file = RegistryFile::<R>::in_directory(dir)?;
        let (seen, by_id) = file.read()?;
        let state = State {
            seen,
            failed: None,
            had_file: seen != Sight::Missing,
            snapshot: Arc::new(Snapshot { generation: 0, by_id }),
            problem: None,
        };
        Ok(Registry { file, clock, state: RwLock::new(state) })
    }

    /// The records as the file has them now. It is read again if it was replaced.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot<R>> {
        let state = self.read_state();
        if self.is_current(&state, self.file.look()) {
            return Arc::clone(&state.snapshot);
        }
        drop(state);
        let mut state = self.write_state();
        let sight = self.file.look();
        if !self.is_current(&state, sight) {
            self.read_again(&mut state, sight);
        }
        Arc::clone(&state.snapshot)
    }

    /// Changes the file as it is now, which another process may have written
    /// since this one looked. A file that cannot be read is never overwritten.
    ///
    /// # Errors
    /// What `change` says, and those of [`open`](Registry::open). The file stays as
    /// it was then.
    pub(crate) fn update<T>(
        &self,
        change: impl FnOnce(&mut ById<R>, Timestamp) -> Result<Change<T>>,
    ) -> Result<T> {
        let _held = self.file.lock()?;
        let (seen, mut by_id) = self.file.read()?;
        if seen == Sight::Missing && self.read_state().had_file {
            return Err(self.file.gone());
        }
        match change(&mut by_id, (self.clock)())? {
            Change::Keep(outcome) => Ok(outcome),
            Change::Write(outcome) => {
                self.file.write(&by_id)?;
                // What was just written is read at once, whatever failed before.
                self.write_state().failed = None;
                self.snapshot();
                Ok(outcome)
            }
        }
    }

    /// Why the file as it is now is not in use, if so. For the operator's eyes.
    pub(crate) fn problem(&self) -> Option<String> {
        self.snapshot();
        self.read_state().problem.clone()
    }

    /// Whether the file need not be read: it looks as it did when it was, or reading
    /// failed just now.
    fn is_current(&self, state: &State<R>, sight: Sight) -> bool {
        match state.failed {
            Some(failed) => failed_just_now(failed, (self.clock)()),
            None => state.seen == sight,
        }
    }

    fn read_again(&self, state: &mut State<R>, sight: Sight) {
        let outcome = match self.file.read() {
            Ok((Sight::Missing, _)) if state.had_file => Err(self.file.gone()),
            other => other,
        };
        match outcome {
            Ok((seen, by_id)) => {
                let generation = state.snapshot.generation + 1;
                state.had_file |= seen != Sight::Missing;
                (state.seen, state.failed) = (seen, None);
                state.snapshot = Arc::new(Snapshot { generation, by_id });
                state.problem = None;
            }
            Err(error) => {
                let of = R::REGISTRY;
                tracing::error!(error = %with_causes(&error), "the registry of {of} stays as it was");
                if error.kind() == ErrorKind::Damaged {
                    (state.seen, state.failed) = (sight, None);
                } else {
                    state.failed = Some((self.clock)());
                }
                state.problem = Some(error.to_string());
            }
        }
    }

    fn read_state(&self) -> RwLockReadGuard<'_, State<R>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_state(&self) -> RwLockWriteGuard<'_, State<R>> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
