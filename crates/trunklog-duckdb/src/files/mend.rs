//! Mending a write-ahead log. What it was is kept beside before it is changed.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use trunklog_odata::Instant;
use trunklog_store::{Error, ErrorKind, Result};

use super::judgement::{Inventory, Loss, Mend, Verdict, is_missing};
use super::log::{self, Contents, FaultKind};
use super::mark::{self, Acknowledgement};
use super::stranger::Stranger;
use super::wording::{counted, unreadable};
use super::{Files, resolve};

/// Mends a log from which no commit is lost, and says so in the log of the
/// program.
pub(super) fn apply(log: &Path, contents: &Contents, mend: Mend) -> Result<()> {
    let what = mend.describe(log, contents);
    if let Some(aside) = mended(log, mend)? {
        tracing::warn!(kept = %aside.display(), "{what}; it was mended and kept as it was");
    } else {
        tracing::info!("{what}; it was cut off");
    }
    Ok(())
}

/// Keeps what can be read of a store, although commits are lost, and tells
/// what was done, a sentence each; nothing where nothing was wrong. The store
/// must not be open. A database that is damaged itself cannot be repaired.
pub fn repair(database: &Path) -> Result<Vec<String>> {
    let database = &resolve(database)?;
    let files = Files::of(database);
    let Some(found) = Inventory::look(&files)? else {
        return Err(Error::new(ErrorKind::Other, format!("there is no store {}", database.display())));
    };
    // Without its metadata nothing of it can be read.
    found.has_at_least(found.header.end, database)?;
    let mut done = Vec::new();
    let mut commits = found.log.commits;
    let mut log_bytes = found.log.bytes;
    let is_older = found.mark.is_some_and(|mark| found.header.iteration < mark.iteration);
    for (path, contents, verdict) in found.logs(&files) {
        let verdict = match found.mark {
            // Its changes are of rows that this database does not have.
            Some(mark) if is_older && contents.bytes > 0 && found.header.name().is_none() => {
                check_that_it_is_newer(path, contents, &mark, &files)?;
                Verdict::Stranger(Stranger::Newer)
            }
            _ => verdict,
        };
        let (what, aside, left, kept) = match verdict {
            Verdict::Whole => continue,
            Verdict::Mend(mend) => {
                let left = if let Mend::Cut { to, .. } = mend { to } else { contents.bytes };
                (mend.describe(path, contents), mended(path, mend)?, left, contents.commits)
            }
            Verdict::Lost(loss) => {
                let kept = if loss.whole == 0 { 0 } else { contents.commits };
                (describe(loss, path, kept), cut_to(path, loss.whole)?, loss.whole, kept)
            }
            Verdict::Stranger(stranger) => {
                let what = format!("{} belongs to {} and was put aside", path.display(), stranger.describe());
                (what, cut_to(path, 0)?, 0, 0)
            }
        };
        if path == files.log {
            (log_bytes, commits) = (left, kept);
        }
        done.push(match aside {
            Some(aside) => format!("{what}; {} has it as it was", aside.display()),
            None => what,
        });
    }
    let Some(before) = found.mark else { return Ok(done) };
    let (iteration, database_bytes) = (found.header.iteration, found.database_bytes);
    if is_older {
        done.push(format!(
            "{} is older than the rows that were stored; it counts from now on",
            database.display()
        ));
    }
    if iteration == before.iteration && database_bytes < before.database_bytes {
        done.push(format!(
            "{} was cut by {}; trunklog check --deep says which rows cannot be read any more",
            database.display(),
            counted(before.database_bytes - database_bytes, "byte")
        ));
    }
    if !done.is_empty() {
        // Numbers of commits that were lost will come again for others.
        fs::File::create(&files.repaired).map_err(|error| unreadable(&files.repaired, error))?;
        let now = Acknowledgement { iteration, database_bytes, log_bytes, commits };
        mark::write(&files.mark, &now).map_err(|error| unreadable(&files.mark, error))?;
    }
    Ok(done)
}

/// Refuses a log that names no database unless it is the one of which the newer
/// store's mark tells. It may have come with the older database: what it has
/// would then be lost, and otherwise destroy that database.
fn check_that_it_is_newer(
    log: &Path,
    contents: &Contents,
    mark: &Acknowledgement,
    files: &Files,
) -> Result<()> {
    let is_marked = (contents.whole, contents.commits) == (mark.log_bytes, mark.commits);
    if is_marked && mark.commits > 0 && log == files.log {
        return Ok(());
    }
    let (log, database, mark) = (log.display(), files.database.display(), files.mark.display());
    Err(Error::new(
        ErrorKind::Corrupt,
        format!(
            "{database} is older than the rows that were stored, and nobody can say whether {log} belongs to it: if \
             both come from the backup, move {mark} away, so that both count; if only the database does, move {log} \
             away and run trunklog check --repair again"
        ),
    ))
}

/// What is lost of a log, for people.
fn describe(loss: Loss, log: &Path, kept: u64) -> String {
    let be = |commits: u64| if commits == 1 { "is" } else { "are" };
    let (path, lost, be_lost) = (log.display(), loss.commits, be(loss.commits));
    let commits = counted(lost, "commit");
    match loss.at {
        Some(at) => {
            let (kept, be_kept) = (counted(kept, "commit"), be(kept));
            format!("{path} was damaged at byte {at}: {kept} {be_kept} kept, {lost} {be_lost} lost")
        }
        None if is_missing(log) => format!("{path} was missing: {commits} {be_lost} lost"),
        None => format!("{path} was too short: {commits} {be_lost} lost"),
    }
}

/// Mends a log and tells where it is kept as it was, if it is.
fn mended(log: &Path, mend: Mend) -> Result<Option<PathBuf>> {
    let change = |aside: Option<PathBuf>, how: &dyn Fn(&fs::File) -> io::Result<()>| {
        let changed = OpenOptions::new().write(true).open(log).and_then(|file| {
            how(&file)?;
            file.sync_all()
        });
        changed.map(|()| aside).map_err(|error| unreadable(log, error))
    };
    match mend {
        Mend::Start { name } => {
            change(Some(keep(log)?), &|file: &fs::File| file.write_all_at(&log::start(name), 0))
        }
        Mend::Cut { to, keep: true, .. } => change(Some(keep(log)?), &|file: &fs::File| file.set_len(to)),
        Mend::Cut { to, keep: false, .. } => change(None, &|file: &fs::File| file.set_len(to)),
    }
}

/// Cuts a log that is to lose commits; None where there is none.
fn cut_to(log: &Path, whole: u64) -> Result<Option<PathBuf>> {
    if !log.try_exists().map_err(|error| unreadable(log, error))? {
        return Ok(None);
    }
    mended(log, Mend::Cut { to: whole, rest: FaultKind::Entry, keep: true })
}

/// Copies a log to a name of its own beside it.
fn keep(log: &Path) -> Result<PathBuf> {
    let failed = |error| unreadable(log, error);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = i64::try_from(since).ok().and_then(|secs| Instant::from_unix_secs(secs).ok());
    let now = now.unwrap_or(Instant::ABSENT).to_string();
    let time: String = now.chars().filter(char::is_ascii_alphanumeric).collect();
    for number in 0_u32.. {
        let suffix = if number == 0 { String::new() } else { format!("-{number}") };
        let mut name = log.as_os_str().to_owned();
        name.push(format!(".damaged-{time}{suffix}"));
        let aside = PathBuf::from(name);
        if aside.try_exists().map_err(failed)? {
            continue;
        }
        fs::copy(log, &aside).and_then(|_| fs::File::open(&aside)?.sync_all()).map_err(failed)?;
        return Ok(aside);
    }
    Err(Error::new(ErrorKind::Other, "there are too many damaged logs beside the store: move them away"))
}
