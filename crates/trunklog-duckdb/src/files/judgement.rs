//! What a store's files hold, and whether that is all that was acknowledged.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use trunklog_store::{Error, ErrorKind, Result};

use super::Files;
use super::header::{self, Header, HeaderFault};
use super::log::{self, Contents, FaultKind, Name};
use super::mark::{self, Acknowledgement};
use super::stranger::{self, Stranger};
use super::wording::{RESTORE, counted, unreadable};

/// What the files hold.
pub(super) struct Inventory {
    pub(super) header: Header,
    pub(super) database_bytes: u64,
    pub(super) log: Contents,
    pub(super) checkpoint_log: Contents,
    pub(super) mark: Option<Acknowledgement>,
}

impl Inventory {
    /// Looks at the files; None where there are none.
    pub(super) fn look(files: &Files) -> Result<Option<Inventory>> {
        let path = &files.database;
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return left_over(files).map_or(Ok(None), |left| Err(without_database(path, left)));
            }
            Err(error) => return Err(unreadable(path, error)),
        };
        let found = file.metadata().map_err(|error| unreadable(path, error))?;
        if found.is_dir() {
            return Err(unreadable(path, io::ErrorKind::IsADirectory.into()));
        }
        let bytes = found.len();
        let header = match header::read(&file).map_err(|error| unreadable(path, error))? {
            Ok(header) => header,
            Err(fault) => return Err(broken_header(path, bytes, fault)),
        };
        let read = |path: &Path| {
            log::read(path, header.name())
                .map(Option::unwrap_or_default)
                .map_err(|error| unreadable(path, error))
        };
        Ok(Some(Inventory {
            header,
            database_bytes: bytes,
            log: read(&files.log)?,
            checkpoint_log: read(&files.checkpoint_log)?,
            mark: mark::read(&files.mark).map_err(|error| unreadable(&files.mark, error))?,
        }))
    }

    /// Refuses a database that is older or shorter than was acknowledged.
    pub(super) fn is_all_there(&self, files: &Files) -> Result<()> {
        let path = &files.database;
        if let Some(mark) = &self.mark
            && self.header.iteration < mark.iteration
        {
            return Err(Error::new(
                ErrorKind::Corrupt,
                format!(
                    "{} is older than the rows that were stored: it has {} of {} checkpoints, what came later is missing. \
                     {RESTORE}; if this is the backup, run trunklog check --repair to go on with it",
                    path.display(),
                    self.header.iteration,
                    mark.iteration
                ),
            ));
        }
        let promised = self.acknowledged().map_or(0, |mark| mark.database_bytes);
        self.has_at_least(self.header.end.max(promised), path)
    }

    /// Refuses a database that is shorter.
    pub(super) fn has_at_least(&self, expected: u64, database: &Path) -> Result<()> {
        if self.database_bytes < expected {
            Err(cut(database, self.database_bytes, expected))
        } else {
            Ok(())
        }
    }

    /// What was acknowledged since the last checkpoint, if that is known.
    fn acknowledged(&self) -> Option<&Acknowledgement> {
        self.mark.as_ref().filter(|mark| mark.iteration == self.header.iteration)
    }

    /// Says what nobody can know of these files.
    pub(super) fn warn_of_what_is_unknown(&self, files: &Files) {
        let (log, mark) = (files.log.display(), files.mark.display());
        match &self.mark {
            None if self.should_be_marked() && is_missing(&files.mark) => {
                tracing::warn!(
                    "{mark} is missing, which tells what was stored: if the folder was copied, copy it, too; without \
                     it nobody can say whether commits are missing from the end of {log}"
                );
            }
            Some(known) if self.knows_none_of_many(known) => {
                tracing::warn!(
                    "{log} has {} commits and {mark} knows none of them: that is right after a power cut; but if the \
                     database comes from a backup and the log does not, restore the backup into an empty folder",
                    self.log.commits
                );
            }
            _ => {}
        }
    }

    /// Whether a process was there that makes marks: it made the database so that
    /// logs name it, and lived to store something.
    fn should_be_marked(&self) -> bool {
        self.header.database.is_some() && (self.header.iteration, self.log.bytes) != (0, 0)
    }

    /// Whether a log that names no database may be another's. One commit may
    /// have been interrupted before it was marked.
    fn knows_none_of_many(&self, mark: &Acknowledgement) -> bool {
        let knows_none = mark.iteration == self.header.iteration && mark.log_bytes == 0;
        self.header.database.is_none() && self.log.name.is_none() && knows_none && self.log.commits > 1
    }

    /// The logs with what is to be done about them.
    pub(super) fn logs<'a>(&'a self, files: &'a Files) -> [(&'a Path, &'a Contents, Verdict); 2] {
        let Header { iteration, .. } = self.header;
        let verdict = |log, acknowledged, latest| {
            stranger::of(log, &self.header, latest)
                .map_or_else(|| judge(log, acknowledged, self.header.name()), Verdict::Stranger)
        };
        let of_log = verdict(&self.log, self.acknowledged(), iteration);
        // It belongs to the checkpoint that is being written. Nothing is
        // acknowledged from there: no commit falls into a checkpoint.
        let of_checkpoint = verdict(&self.checkpoint_log, None, iteration.saturating_add(1));
        [
            (files.log.as_path(), &self.log, of_log),
            (files.checkpoint_log.as_path(), &self.checkpoint_log, of_checkpoint),
        ]
    }
}

/// What is to be done about a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    Whole,
    /// It can be mended, and no commit is lost.
    Mend(Mend),
    /// Commits are lost.
    Lost(Loss),
    /// It holds changes of something else. DuckDB would make them here.
    Stranger(Stranger),
}

/// How a log is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mend {
    /// It gets its start again; all entries are whole.
    Start { name: Option<Name> },
    /// It is cut to the end of its last whole commit.
    Cut {
        to: u64,
        /// What comes after.
        rest: FaultKind,
        /// Whether the log as it was is kept beside.
        keep: bool,
    },
}

/// What is missing of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Loss {
    /// Where the damage is; None where the log just ends too early.
    pub(super) at: Option<u64>,
    /// Where the commits end that can be read.
    pub(super) whole: u64,
    /// How many bytes of the log are at stake.
    bytes: u64,
    /// How many commits.
    pub(super) commits: u64,
}

fn judge(log: &Contents, acknowledged: Option<&Acknowledgement>, name: Option<Name>) -> Verdict {
    let promised = acknowledged.map_or(0, |mark| mark.log_bytes);
    let missing = acknowledged.map_or(0, |mark| mark.commits.saturating_sub(log.commits));
    let loss = |at, commits: u64| {
        let end = log.bytes.max(promised);
        Verdict::Lost(Loss {
            at,
            whole: log.whole,
            bytes: end - log.whole,
            commits: commits.max(missing).max(1),
        })
    };
    let Some(fault) = log.fault else {
        return if log.whole < promised { loss(None, 0) } else { Verdict::Whole };
    };
    if fault.kind == FaultKind::Start && log.whole == log.bytes {
        if promised <= log.whole {
            return Verdict::Mend(Mend::Start { name });
        }
        // It is too short besides.
        let (bytes, commits) = (log.bytes.max(promised), log.commits + missing);
        return Verdict::Lost(Loss { at: Some(0), whole: 0, bytes, commits });
    }
    if fault.commits > 0 || log.whole < promised {
        return loss(Some(fault.at), fault.commits);
    }
    let cut = |keep| Verdict::Mend(Mend::Cut { to: log.whole, rest: fault.kind, keep });
    match fault.kind {
        FaultKind::Zeros => cut(true),
        // Usual after a kill, and known to be no commit.
        FaultKind::Unfinished => cut(acknowledged.is_none()),
        FaultKind::Entry | FaultKind::Start if acknowledged.is_some() => cut(true),
        // Whether it was a commit nobody knows.
        FaultKind::Entry | FaultKind::Start => loss(Some(fault.at), fault.commits),
    }
}

impl Mend {
    /// What is wrong and that nothing is lost, for people.
    pub(super) fn describe(self, log: &Path, contents: &Contents) -> String {
        let (log, bytes) = (log.display(), contents.bytes);
        match self {
            Mend::Start { .. } => {
                format!("the first bytes of {log} are damaged, but all its commits are whole")
            }
            Mend::Cut { to, rest, .. } => {
                let rest = match rest {
                    FaultKind::Zeros => "zeros, as a power cut leaves them,",
                    FaultKind::Unfinished => "a commit that was not finished",
                    FaultKind::Start | FaultKind::Entry => "what is no commit",
                };
                let left = counted(bytes - to, "byte");
                let commits = counted(contents.commits, "whole commit");
                format!("{log} ends in {left} of {rest} after {commits}; as far as is known, none is lost")
            }
        }
    }
}

impl Loss {
    pub(super) fn refuse(self, log: &Path) -> Error {
        let Loss { at, whole, bytes, commits } = self;
        let what = match at {
            Some(at) => format!("{} is damaged at byte {at}", log.display()),
            None if is_missing(log) => return self.refuse_missing(log),
            None => format!("{} ends too early, after {}", log.display(), counted(whole, "byte")),
        };
        let commits = if commits == 1 { "a commit".to_owned() } else { counted(commits, "commit") };
        let bytes = counted(bytes, "byte");
        Error::new(
            ErrorKind::Corrupt,
            format!(
                "{what}: {commits} after it would be lost, {bytes}. {RESTORE}, or run trunklog check --repair, which \
                 keeps what comes before and puts the damaged log aside, and import the rest again"
            ),
        )
    }

    fn refuse_missing(self, log: &Path) -> Error {
        let (commits, bytes) = (counted(self.commits, "commit"), counted(self.bytes, "byte"));
        Error::new(
            ErrorKind::Corrupt,
            format!(
                "{} is missing: {commits} would be lost, {bytes}. If it was only forgotten when the folder was copied, \
                 copy it, too. Else {RESTORE}, or run trunklog check --repair to go on without it, and import the rest \
                 again",
                log.display()
            ),
        )
    }
}

/// Whether a log that should be there is not.
pub(super) fn is_missing(log: &Path) -> bool {
    matches!(log.try_exists(), Ok(false))
}

/// A file that only makes sense beside a database. DuckDB would make a new
/// database and delete the log.
pub(super) fn left_over(files: &Files) -> Option<&Path> {
    [&files.log, &files.checkpoint_log, &files.mark]
        .into_iter()
        .map(|path| path.as_path())
        .find(|path| fs::metadata(path).is_ok_and(|found| found.len() > 0))
}

pub(super) fn without_database(database: &Path, left: &Path) -> Error {
    Error::new(
        ErrorKind::Corrupt,
        format!(
            "{} is missing, but {} is there: put it back or {RESTORE}; to start with an empty store, move the latter \
             away",
            database.display(),
            left.display()
        ),
    )
}

fn broken_header(database: &Path, bytes: u64, fault: HeaderFault) -> Error {
    let path = database.display();
    let what = match fault {
        HeaderFault::Cut => {
            format!(
                "{path} was cut: it has {bytes} bytes, fewer than its headers. If it never had rows, delete it; else"
            )
        }
        HeaderFault::Unknown => format!("{path} is not a store, or its first bytes are gone:"),
        HeaderFault::Damaged(at) => {
            format!("{path} is damaged, its header at byte {at} is not what was written:")
        }
    };
    Error::new(ErrorKind::Corrupt, format!("{what} {RESTORE}"))
}

fn cut(database: &Path, bytes: u64, expected: u64) -> Error {
    Error::new(
        ErrorKind::Corrupt,
        format!(
            "{} was cut: it has {bytes} bytes of at least {expected}, so rows are missing. {RESTORE}",
            database.display()
        ),
    )
}

#[cfg(test)]
mod tests;
