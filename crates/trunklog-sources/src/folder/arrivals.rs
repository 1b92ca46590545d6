//! What is in the folder, and claiming it.

use std::fs;
use std::io::ErrorKind;

use super::owner::Owner;
use super::place::{check_own, is_report, is_there, is_too_long, move_into};
use super::settle::{Listed, Stamp};
use super::watcher::{Pass, WatchError, Watcher};
use crate::input::open_untrusted;

/// The most names that are looked at in one pass.
const MOST_NAMES: usize = 20_000;

impl Watcher {
    /// Fails where one of our own folders is not ours alone, or something else is in its
    /// place.
    pub(super) fn check_own_folders(&self, pass: &mut Pass) -> Result<(), WatchError> {
        let mut is_untold = false;
        for path in [self.settings.working(), self.settings.done(), self.settings.failed()] {
            match check_own(&path) {
                Ok(Owner::Untold) => is_untold = true,
                Err(reason) if reason.raw_os_error().is_none() => {
                    return Err(WatchError::Folder { path, reason });
                }
                // What else keeps us from it is told by who needs it.
                Ok(Owner::Ours) | Err(_) => {}
            }
        }
        if is_untold {
            pass.tell(
                None,
                "this disk or share does not tell whose working/, done/ and failed/ are: let nobody write there \
                 but the server",
            );
        }
        Ok(())
    }

    /// The files in the folder that are meant.
    pub(super) fn list(&self, pass: &mut Pass) -> Result<Vec<Listed>, WatchError> {
        let unusable = |reason| WatchError::Folder { path: self.settings.path.clone(), reason };
        let mut listed = Vec::new();
        for entry in fs::read_dir(&self.settings.path).map_err(unusable)? {
            let entry = entry.map_err(unusable)?;
            let name = match entry.file_name().into_string() {
                Ok(name) => name,
                Err(name) => {
                    pass.tell(Some(&name.to_string_lossy()), "its name is not UTF-8: rename it");
                    continue;
                }
            };
            let marker = self.settings.marker.as_deref();
            if !self.settings.patterns.fit(&name) || marker.is_some_and(|marker| name.ends_with(marker)) {
                continue;
            }
            let kind = match entry.file_type() {
                Ok(kind) => kind,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => {
                    pass.tell(Some(&name), &format!("it cannot be looked at: {error}"));
                    continue;
                }
            };
            if kind.is_dir() {
                continue;
            }
            if !kind.is_file() {
                pass.tell(
                    Some(&name),
                    "it is a link or a device, which is not followed: put the file itself there",
                );
                continue;
            }
            if is_report(&name) {
                pass.tell(Some(&name), "its name is that of a report on another file: rename it");
                continue;
            }
            let is_marked = marker.map(|marker| {
                let marker = self.settings.path.join(format!("{name}{marker}"));
                is_there(&marker).unwrap_or(false)
            });
            match entry.metadata() {
                Ok(metadata) => listed.push(Listed { name, stamp: Stamp::of(&metadata), is_marked }),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => pass.tell(Some(&name), &format!("it cannot be looked at: {error}")),
            }
            if listed.len() == MOST_NAMES {
                let what = format!("there are more than {MOST_NAMES} files: the others are looked at later");
                pass.tell(None, &what);
                break;
            }
        }
        Ok(listed)
    }

    /// Moves a file to `working/`, and tells its name there; None where that is not
    /// possible.
    pub(super) fn claim(&self, name: &str, pass: &mut Pass) -> Option<String> {
        if is_too_long(name, self.settings.marker.as_deref()) {
            pass.tell(Some(name), "its name is too long for the names of its reports: rename it");
            return None;
        }
        let file = self.settings.path.join(name);
        // One that nobody here can read stays where its owner sees it.
        if let Err(error) = open_untrusted(&file) {
            match error.kind() {
                ErrorKind::NotFound => {}
                ErrorKind::Other => pass.tell(Some(name), &format!("{error}: put the file itself there")),
                _ => {
                    let what = format!("it cannot be read: {error}; give this process the right to read it");
                    pass.tell(Some(name), &what);
                }
            }
            return None;
        }
        match move_into(&file, &self.settings.working(), name) {
            Ok(working) => {
                self.claim_marker(name, &working);
                Some(working)
            }
            // Somebody took it away.
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                let what = format!(
                    "it cannot be moved to working/: {error}; give this process the right to write in the folder"
                );
                pass.tell(Some(name), &what);
                None
            }
        }
    }

    /// Moves a file's marker after it. One that stayed would make a file complete that
    /// comes later under the same name.
    fn claim_marker(&self, name: &str, working: &str) {
        let Some(marker) = &self.settings.marker else { return };
        let from = self.settings.path.join(format!("{name}{marker}"));
        // It may have gone already, and where it cannot be moved, neither could the file.
        let _ = fs::rename(from, self.settings.working().join(format!("{working}{marker}")));
    }

    /// The files that were claimed before and are not done with. Reports that lost
    /// their file to a crash follow it.
    pub(super) fn leftovers(&self, pass: &mut Pass) -> Result<Vec<String>, WatchError> {
        let working = self.settings.working();
        let unusable = |reason| WatchError::Folder { path: working.clone(), reason };
        let entries = match fs::read_dir(&working) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unusable(error)),
        };
        let mut names = Vec::new();
        let mut reports = Vec::new();
        for entry in entries {
            let entry = entry.map_err(unusable)?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let is_marker = self.settings.marker.as_deref().is_some_and(|marker| name.ends_with(marker));
            if is_report(&name) {
                reports.push(name);
            } else if !is_marker {
                names.push(name);
            }
        }
        names.sort_unstable();
        for name in &names {
            // A crash may have come between a file and its marker.
            if !is_there(&self.settings.path.join(name)).unwrap_or(true) {
                self.claim_marker(name, name);
            }
        }
        let lost = reports.iter().filter_map(|report| report.strip_suffix(".report.json"));
        for name in lost.filter(|name| !names.iter().any(|file| file == name)) {
            if let Err(error) = self.move_reports(name) {
                pass.tell(Some(name), &format!("its report cannot be moved: {error}"));
            }
        }
        Ok(names)
    }
}
