//! What of persons is kept beside the store, and what Trunklog cannot reach.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use trunklog_audit::{KeyOf, Trail};
use trunklog_downloads::{Downloads, Limits};
use trunklog_records::TenantId;
use trunklog_rights::{Erasable, Error, FoundElsewhere, Person, Result};
use trunklog_sources::folder::{FolderSettings, Sighting};
use trunklog_sources::rejected::{IsMeant, RejectFolder, RejectedError, RejectedFile};

use crate::config::Settings;
use crate::output::counted;
use crate::store;

/// The places that an erasure from the log of a tenant looks at after the store. Who
/// keeps another one adds it here.
pub(crate) fn all(settings: &Settings, trail: &Trail, tenant: TenantId) -> Vec<Box<dyn Erasable>> {
    let rejects = RejectFolder::new(settings.rejects_folder());
    let exports = Exports { folder: settings.exports_folder(), limits: settings.downloads, tenant };
    let folders = settings.folders.iter().filter(|folder| folder.tenant == tenant).cloned();
    vec![
        Box::new(Rejects { folder: rejects, tenant }),
        Box::new(WatchedFolders(folders.collect())),
        Box::new(AuditKeys { trail: trail.clone(), tenant }),
        Box::new(exports),
    ]
}

/// Records that were rejected. Those of which nobody knows whose they are count as the
/// tenant's.
struct Rejects {
    folder: RejectFolder,
    tenant: TenantId,
}

impl Rejects {
    fn each(
        &self,
        person: &Person,
        look: &dyn Fn(&RejectedFile, &IsMeant<'_>) -> std::result::Result<u64, RejectedError>,
    ) -> Result<FoundElsewhere> {
        let is_meant = |of: Option<TenantId>, line: &[u8]| {
            of.is_none_or(|tenant| tenant == self.tenant) && person.occurs_in(line)
        };
        let mut found = FoundElsewhere::default();
        let files = self.folder.files().map_err(|error| failed(self.folder.path(), "read", error))?;
        for file in files {
            match look(&file, &is_meant) {
                Ok(records) => found.items += records,
                Err(RejectedError::Missing(_)) => {}
                Err(RejectedError::InUse(name)) => {
                    found.left.push(format!("{name} is being written: erase again when that is done"));
                }
                Err(RejectedError::Unusable { reason, .. }) => {
                    return Err(failed(file.path(), "read or written", reason));
                }
            }
        }
        Ok(found)
    }
}

impl Erasable for Rejects {
    fn name(&self) -> &'static str {
        "rejected records"
    }

    fn find(&self, person: &Person) -> Result<FoundElsewhere> {
        self.each(person, &RejectedFile::count)
    }

    fn erase(&self, person: &Person) -> Result<FoundElsewhere> {
        self.each(person, &RejectedFile::remove_lines)
    }
}

/// Files that were taken from watched folders. One in `done/` in which a person is goes
/// as a whole, since its rows are in the store; one in `failed/` is the operator's, since
/// nothing else has what is in it.
struct WatchedFolders(Vec<FolderSettings>);

impl WatchedFolders {
    fn each(
        &self,
        person: &Person,
        then: &dyn Fn(&FolderSettings, &Sighting) -> io::Result<()>,
    ) -> Result<FoundElsewhere> {
        let mut found = FoundElsewhere::default();
        for folder in &self.0 {
            let sighting = folder.look_for(&|part| person.occurs_in(part));
            let sighting = sighting.map_err(|error| failed(&folder.path, "looked at", error))?;
            then(folder, &sighting).map_err(|error| failed(&folder.done(), "written", error))?;
            found.items += u64::try_from(sighting.done.len()).unwrap_or(u64::MAX);
            found.left.extend(left_of(folder, &sighting));
        }
        Ok(found)
    }
}

/// What stays of a person in a folder, and what to do about it.
fn left_of(folder: &FolderSettings, sighting: &Sighting) -> Vec<String> {
    let Sighting { done: _, failed, working, unreadable } = sighting;
    let mut left = Vec::new();
    if *failed > 0 {
        left.push(format!(
            "the person is in {} in {}: put them back when they are mended, or delete them, and erase again",
            counted(*failed, "file"),
            folder.failed().display()
        ));
    }
    if *working > 0 {
        left.push(format!(
            "the person is in {} in {}, being read: erase again when that is done",
            counted(*working, "file"),
            folder.working().display()
        ));
    }
    if *unreadable > 0 {
        left.push(format!(
            "{} below {} cannot be read to the end: look into them yourself",
            counted(*unreadable, "file"),
            folder.path.display()
        ));
    }
    left
}

impl Erasable for WatchedFolders {
    fn name(&self) -> &'static str {
        "files of watched folders"
    }

    fn find(&self, person: &Person) -> Result<FoundElsewhere> {
        self.each(person, &|_, _| Ok(()))
    }

    fn erase(&self, person: &Person) -> Result<FoundElsewhere> {
        self.each(person, &FolderSettings::delete_done)
    }
}

/// The keys of the audit trail, without which nobody can tell whose its pseudonyms are.
struct AuditKeys {
    trail: Trail,
    tenant: TenantId,
}

impl AuditKeys {
    fn failed(&self, error: trunklog_audit::Error) -> Error {
        failed(self.trail.folder().unwrap_or(Path::new(".")), "changed", io::Error::other(error))
    }
}

/// Whether a key is that of the person. An account may be called as a number is.
fn is_of(person: &Person) -> impl Fn(KeyOf, &str) -> bool {
    move |of: KeyOf, name: &str| match of {
        KeyOf::User => person.is_user() && person.is_named_by(name),
        KeyOf::Number => person.is_named_by(name),
    }
}

impl Erasable for AuditKeys {
    fn name(&self) -> &'static str {
        "keys of the audit trail"
    }

    fn find(&self, person: &Person) -> Result<FoundElsewhere> {
        let keys = self.trail.keys_named(Some(self.tenant.guid()), &is_of(person));
        let keys = keys.map_err(|error| self.failed(error))?.keys;
        Ok(FoundElsewhere { items: keys.into(), left: Vec::new() })
    }

    fn erase(&self, person: &Person) -> Result<FoundElsewhere> {
        let keys = self.trail.forget_named(Some(self.tenant.guid()), &is_of(person));
        let keys = keys.map_err(|error| self.failed(error))?.keys;
        Ok(FoundElsewhere { items: keys.into(), left: Vec::new() })
    }
}

/// Exports that people ordered on the pages. A file holds rows of many persons, packed in
/// ways that cannot be searched, and can be made again: so all of the tenant's go.
struct Exports {
    folder: PathBuf,
    limits: Limits,
    tenant: TenantId,
}

impl Exports {
    fn each(
        &self,
        then: impl Fn(&Downloads) -> std::result::Result<usize, trunklog_downloads::Error>,
    ) -> Result<FoundElsewhere> {
        // Where no server ever ran there is no folder, and none is made.
        if !self.folder.exists() {
            return Ok(FoundElsewhere::default());
        }
        let downloads = Downloads::open(&self.folder, self.limits, Arc::new(Timestamp::now));
        let files = downloads.and_then(|downloads| then(&downloads)).map_err(|error| {
            let (path, doing, source) = error.into_parts();
            failed(&path, doing, source)
        })?;
        Ok(FoundElsewhere { items: u64::try_from(files).unwrap_or(u64::MAX), left: Vec::new() })
    }
}

impl Erasable for Exports {
    fn name(&self) -> &'static str {
        "exports that were ordered, of whomever"
    }

    fn find(&self, _: &Person) -> Result<FoundElsewhere> {
        self.each(|downloads| downloads.count_of(self.tenant.guid()))
    }

    fn erase(&self, _: &Person) -> Result<FoundElsewhere> {
        self.each(|downloads| downloads.remove_all_of(self.tenant.guid()))
    }
}

fn failed(path: &Path, doing: &'static str, source: io::Error) -> Error {
    Error::File { path: path.to_owned(), doing, source }
}

/// Copies of the store and remains of repairs in the data folder. Others than these
/// nobody knows.
pub(crate) fn copies(settings: &Settings) -> Vec<PathBuf> {
    let file = store::file(settings);
    let Some(name) = file.file_name().map(|name| name.to_string_lossy().into_owned()) else {
        return Vec::new();
    };
    // What belongs to the store itself: the write-ahead log and what is spilled.
    let own = [name.clone(), format!("{name}.wal"), format!("{name}.tmp")];
    let Ok(entries) = fs::read_dir(&settings.data_dir) else { return Vec::new() };
    let found = entries.flatten().filter(|entry| {
        let found = entry.file_name().to_string_lossy().into_owned();
        found.contains(&name) && !own.contains(&found)
    });
    let mut found: Vec<PathBuf> = found.map(|entry| entry.path()).collect();
    found.sort();
    found
}
