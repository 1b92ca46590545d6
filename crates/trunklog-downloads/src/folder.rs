//! The folder of downloads.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use trunklog_errors::with_causes;
use uuid::Uuid;

use crate::download::{Download, NewDownload, Reason, State};
use crate::draft::Draft;
use crate::files;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How records, files, and files that are being made end.
const RECORD: &str = "json";
const FILE: &str = "data";
const PART: &str = "part";
/// What a file is called that is being written as a whole.
const TEMPORARY: &str = "tmp";

/// With less room than that no file is begun.
const LEAST_ROOM: u64 = 1024 * 1024;

/// How much of it there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Downloads of one person in one tenant.
    pub of_person: usize,
    /// How large one file gets, in bytes.
    pub file_bytes: u64,
    /// How large all of them get together, in bytes.
    pub all_bytes: u64,
    /// How long they are kept.
    pub kept: SignedDuration,
}

impl Default for Limits {
    /// 20 downloads a person, of 2 GiB at most, 10 GiB together, for a day.
    fn default() -> Limits {
        const GIB: u64 = 1024 * 1024 * 1024;
        let kept = SignedDuration::from_hours(24);
        Limits { of_person: 20, file_bytes: 2 * GIB, all_bytes: 10 * GIB, kept }
    }
}

/// Why a download is not taken on.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The person has as many as one may have.
    #[error("a person may have {most} downloads at a time: remove one of them")]
    TooMany {
        /// How many that is.
        most: usize,
    },
    /// All downloads together take as much room as they may.
    #[error("all downloads together take as much room as they may: remove some, or wait for them to expire")]
    Full,
    /// The folder cannot be used.
    #[error(transparent)]
    Folder(#[from] Error),
}

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the downloads in {folder} cannot be {what}")]
pub struct Error {
    folder: PathBuf,
    what: &'static str,
    source: io::Error,
}

impl Error {
    /// The folder, what was tried, and what the system says: for an error of somebody
    /// else's.
    pub fn into_parts(self) -> (PathBuf, &'static str, io::Error) {
        (self.folder, self.what, self.source)
    }
}

/// All downloads.
///
/// All methods may touch the disk, so none is for a thread that must not wait.
///
/// ```
/// use trunklog_downloads::{Downloads, Limits, NewDownload, State};
/// use uuid::Uuid;
///
/// let folder = tempfile::tempdir()?;
/// let downloads = Downloads::open(folder.path(), Limits::default(), std::sync::Arc::new(jiff::Timestamp::now))?;
/// let (id, tenant) = (Uuid::from_u128(1), Uuid::from_u128(2));
/// let new = NewDownload {
///     id,
///     tenant,
///     owner: "ada".to_owned(),
///     log: "sms".to_owned(),
///     form: "csv".to_owned(),
///     range: ["2026-11-01".to_owned(), "2026-11-02".to_owned()],
///     hidden_digits: 4,
///     file_name: "sms.csv".to_owned(),
/// };
/// let mut draft = downloads.order(new)?;
/// draft.write(b"id\n")?;
/// draft.finish(0)?;
/// let found = downloads.get(id, tenant, "ada")?.unwrap();
/// assert_eq!(found.state, State::Done { rows: 0, bytes: 3 });
/// assert!(downloads.get(id, tenant, "ben")?.is_none(), "nobody else gets it");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Downloads {
    folder: PathBuf,
    limits: Limits,
    clock: Clock,
}

impl Downloads {
    /// The downloads in that folder, which is made when it is needed.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path, limits: Limits, clock: Clock) -> Result<Downloads, Error> {
        let downloads = Downloads { folder: folder.to_owned(), limits, clock };
        files::create_folder(folder).map_err(|source| downloads.failed("made", source))?;
        Ok(downloads)
    }

    /// How much of it there may be.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Takes a download on. The draft is to be filled.
    ///
    /// # Errors
    /// The [`Refusal`].
    pub fn order(&self, new: NewDownload) -> Result<Draft, Refusal> {
        let _held = self.lock()?;
        let all = self.without_expired()?;
        self.make_room_for(&new, &all)?;
        let taken: u64 = all.iter().map(Download::takes).fold(0, u64::saturating_add);
        let left = self.limits.all_bytes.saturating_sub(taken);
        if left < LEAST_ROOM.min(self.limits.file_bytes) {
            return Err(Refusal::Full);
        }
        let reserved = left.min(self.limits.file_bytes);
        let now = (self.clock)();
        let expires = now.checked_add(self.limits.kept).unwrap_or(Timestamp::MAX);
        let download = new.ordered(now, expires, reserved);
        let written = |source| self.failed("written", source);
        let part = files::create(&self.path(download.id, PART)).map_err(written)?;
        if let Err(error) = self.write(&download) {
            let _ = files::remove(&self.path(download.id, PART));
            return Err(error.into());
        }
        Ok(Draft::new(self.clone(), download.id, part, reserved))
    }

    /// A person who has as many as one may have loses those that failed, the oldest
    /// first.
    fn make_room_for(&self, new: &NewDownload, all: &[Download]) -> Result<(), Refusal> {
        let own: Vec<&Download> = all.iter().filter(|of| of.is_of(new.tenant, &new.owner)).collect();
        let most = self.limits.of_person.max(1);
        if own.len() < most {
            return Ok(());
        }
        let mut failed = own.iter().rev().filter(|of| matches!(of.state, State::Failed { .. }));
        // The newest come first.
        let Some(oldest) = failed.next() else { return Err(Refusal::TooMany { most }) };
        self.take_away(oldest.id)?;
        Ok(())
    }

    /// The downloads of a person in a tenant, the newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list(&self, tenant: Uuid, owner: &str) -> Result<Vec<Download>, Error> {
        let now = (self.clock)();
        let mut all = self.read_all()?;
        all.retain(|download| download.is_of(tenant, owner) && download.expires > now);
        Ok(all)
    }

    /// A download of a person in a tenant.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn get(&self, id: Uuid, tenant: Uuid, owner: &str) -> Result<Option<Download>, Error> {
        let now = (self.clock)();
        Ok(self.read(id)?.filter(|download| download.is_of(tenant, owner) && download.expires > now))
    }

    /// The file of a download that is done, and how large it is.
    ///
    /// # Errors
    /// When it is not there.
    pub fn file(&self, download: &Download) -> Result<(File, u64), Error> {
        let read = |source| self.failed("read", source);
        let file = File::open(self.path(download.id, FILE)).map_err(read)?;
        let bytes = file.metadata().map_err(read)?.len();
        Ok((file, bytes))
    }

    /// Removes a download of a person, and tells whether there was one. One that is
    /// being made is not finished.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self, id: Uuid, tenant: Uuid, owner: &str) -> Result<bool, Error> {
        let _held = self.lock()?;
        let is_theirs = self.read(id)?.is_some_and(|download| download.is_of(tenant, owner));
        if is_theirs {
            self.take_away(id)?;
        }
        Ok(is_theirs)
    }

    /// How many there are of a tenant's calls, whoever ordered them. Those of which nobody
    /// knows whose calls they have count as the tenant's.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn count_of(&self, tenant: Uuid) -> Result<usize, Error> {
        Ok(self.ids_of(tenant)?.len())
    }

    /// Removes all of these, and tells how many there were. Those that are being made are
    /// not finished: they could hold what was just erased.
    ///
    /// # Errors
    /// When one cannot be removed.
    pub fn remove_all_of(&self, tenant: Uuid) -> Result<usize, Error> {
        let _held = self.lock()?;
        let ids = self.ids_of(tenant)?;
        for id in &ids {
            self.take_away(*id)?;
        }
        Ok(ids.len())
    }

    /// Removes what has expired. To be called now and then.
    ///
    /// # Errors
    /// When one cannot be removed.
    pub fn tidy(&self) -> Result<(), Error> {
        let _held = self.lock()?;
        self.without_expired().map(drop)
    }

    /// Says of all that is being made that it failed, and removes what belongs to no
    /// download. For who has just started and is the only one that makes any.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn fail_unfinished(&self) -> Result<usize, Error> {
        let _held = self.lock()?;
        let mut failed = 0;
        for mut download in self.read_all()? {
            if download.is_in_work() {
                download.state = State::Failed { why: Reason::Stopped };
                self.write(&download)?;
                failed += 1;
            }
        }
        let known = self.ids()?;
        let read = |source| self.failed("read", source);
        for entry in fs::read_dir(&self.folder).map_err(read)? {
            let path = entry.map_err(read)?.path();
            let is_left = match ending(&path) {
                PART | TEMPORARY => true,
                FILE => id_of(&path).is_none_or(|id| !known.contains(&id)),
                _ => false,
            };
            if is_left {
                files::remove(&path).map_err(|source| self.failed("removed", source))?;
            }
        }
        Ok(failed)
    }

    /// Gives a draft that is whole its name. False if somebody removed it meanwhile.
    pub(crate) fn finish(&self, id: Uuid, rows: u64, bytes: u64) -> Result<bool, Error> {
        let _held = self.lock()?;
        let Some(mut download) = self.read(id)?.filter(Download::is_in_work) else {
            self.take_away(id)?;
            return Ok(false);
        };
        let renamed = fs::rename(self.path(id, PART), self.path(id, FILE));
        renamed.map_err(|source| self.failed("written", source))?;
        download.state = State::Done { rows, bytes };
        self.write(&download)?;
        Ok(true)
    }

    /// Notes that a draft failed, unless it was removed.
    pub(crate) fn fail(&self, id: Uuid, why: Reason) {
        let noted = self.lock().and_then(|_held| {
            if let Some(mut download) = self.read(id)?.filter(Download::is_in_work) {
                download.state = State::Failed { why };
                self.write(&download)?;
            }
            files::remove(&self.path(id, PART)).map_err(|source| self.failed("removed", source))
        });
        if let Err(error) = noted {
            tracing::error!(error = %with_causes(&error), "a download failed, which cannot be noted");
        }
    }

    /// Removes a draft.
    pub(crate) fn discard(&self, id: Uuid) {
        if let Err(error) = self.lock().and_then(|_held| self.take_away(id)) {
            tracing::error!(error = %with_causes(&error), "a download cannot be removed");
        }
    }

    /// Whether somebody still wants it.
    pub(crate) fn is_wanted(&self, id: Uuid) -> bool {
        self.path(id, RECORD).exists()
    }

    /// All that have not expired; the others are removed. With the lock held.
    fn without_expired(&self) -> Result<Vec<Download>, Error> {
        let now = (self.clock)();
        let (kept, expired): (Vec<Download>, Vec<Download>) =
            self.read_all()?.into_iter().partition(|download| download.expires > now);
        for download in expired {
            self.take_away(download.id)?;
        }
        Ok(kept)
    }

    /// The record goes last: until then it is known that there is something.
    fn take_away(&self, id: Uuid) -> Result<(), Error> {
        for ending in [PART, FILE, RECORD] {
            files::remove(&self.path(id, ending)).map_err(|source| self.failed("removed", source))?;
        }
        files::sync(&self.folder).map_err(|source| self.failed("removed", source))
    }

    /// All, the newest first. One that cannot be read is in the log and left out.
    fn read_all(&self) -> Result<Vec<Download>, Error> {
        let mut all = Vec::new();
        for id in self.ids()? {
            all.extend(self.read(id)?);
        }
        all.sort_by_key(|of| Reverse((of.created, of.id)));
        Ok(all)
    }

    fn read(&self, id: Uuid) -> Result<Option<Download>, Error> {
        let content = match fs::read(self.path(id, RECORD)) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(self.failed("read", source)),
        };
        match serde_json::from_slice::<Download>(&content) {
            Ok(download) if download.id == id => Ok(Some(download)),
            Ok(_) | Err(_) => {
                tracing::error!(%id, "the record of a download cannot be understood: remove its files");
                Ok(None)
            }
        }
    }

    fn write(&self, download: &Download) -> Result<(), Error> {
        let failed = |source| self.failed("written", source);
        let content = serde_json::to_vec(download).map_err(|error| failed(error.into()))?;
        files::replace(&self.folder, &self.path(download.id, RECORD), &content).map_err(failed)
    }

    /// The ids of all records.
    fn ids(&self) -> Result<Vec<Uuid>, Error> {
        let read = |source| self.failed("read", source);
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(read)? {
            let path = entry.map_err(read)?.path();
            if ending(&path) == RECORD {
                ids.extend(id_of(&path));
            }
        }
        Ok(ids)
    }

    /// Those with a tenant's calls, and those of which nobody knows.
    fn ids_of(&self, tenant: Uuid) -> Result<Vec<Uuid>, Error> {
        let mut ids = Vec::new();
        for id in self.ids()? {
            if self.read(id)?.is_none_or(|download| download.tenant == tenant) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    fn path(&self, id: Uuid, ending: &str) -> PathBuf {
        self.folder.join(format!("{id}.{ending}"))
    }

    fn lock(&self) -> Result<File, Error> {
        files::lock(&self.folder.join("lock")).map_err(|source| self.failed("locked", source))
    }

    pub(crate) fn failed(&self, what: &'static str, source: io::Error) -> Error {
        Error { folder: self.folder.clone(), what, source }
    }
}

impl Download {
    fn is_of(&self, tenant: Uuid, owner: &str) -> bool {
        self.tenant == tenant && self.owner == owner
    }
}

impl std::fmt::Debug for Downloads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Downloads").field("folder", &self.folder).finish_non_exhaustive()
    }
}

fn ending(path: &Path) -> &str {
    path.extension().and_then(|ending| ending.to_str()).unwrap_or_default()
}

fn id_of(path: &Path) -> Option<Uuid> {
    Uuid::from_str(path.file_stem()?.to_str()?).ok()
}
