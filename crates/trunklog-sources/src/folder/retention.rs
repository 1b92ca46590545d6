//! What becomes of files that were read long ago.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use trunklog_odata::Instant;

use super::place::report_names;

const REPORT: &str = ".report.json";

/// The most files that are deleted at once.
const MOST_FILES: usize = 10_000;

/// Deletes files in a folder whose report was written longer ago than that, with
/// their reports and markers, and tells how many they were. What has no report was
/// put there by somebody else, and stays.
///
/// # Errors
/// When something cannot be deleted. What was deleted before is gone.
pub(super) fn sweep(folder: &Path, marker: Option<&str>, kept: Duration, now: Instant) -> io::Result<u64> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let now = Duration::from_secs(u64::try_from(now.ticks() / Instant::TICKS_PER_SEC).unwrap_or(0));
    let mut old = Vec::new();
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Some(file) = name.strip_suffix(REPORT).filter(|file| !file.is_empty()) else { continue };
        let Some(metadata) = entry.metadata().ok().filter(fs::Metadata::is_file) else { continue };
        let written = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        if written.is_some_and(|written| now.saturating_sub(written) > kept) {
            old.push(file.to_owned());
        }
        if old.len() == MOST_FILES {
            break;
        }
    }
    let mut deleted = 0;
    for file in old {
        delete(folder, &file, marker)?;
        deleted += 1;
    }
    Ok(deleted)
}

/// Deletes a file with its marker and its reports, as far as they are there.
pub(super) fn delete(folder: &Path, file: &str, marker: Option<&str>) -> io::Result<()> {
    let [json, text] = report_names(folder, file);
    remove(&folder.join(file))?;
    if let Some(marker) = marker {
        remove(&folder.join(format!("{file}{marker}")))?;
    }
    remove(&text)?;
    // Last: as long as it is there, the others are found again.
    remove(&json)
}

/// Deletes a file, if it is there. Folders stay.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_long_ago_goes_with_its_reports() {
        let folder = tempfile::tempdir().unwrap();
        let files = ["a.csv", "a.csv.ok", "a.csv.report.json", "a.csv.report.txt", "b.csv", ".report.json"];
        for name in files {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let written = fs::metadata(folder.path().join("a.csv.report.json")).unwrap().modified().unwrap();
        let written = written.duration_since(UNIX_EPOCH).unwrap().as_secs();
        let later = |secs: u64| Instant::from_unix_secs(i64::try_from(written + secs).unwrap()).unwrap();
        let day = Duration::from_hours(24);
        let sweep = |secs: u64| sweep(folder.path(), Some(".ok"), day, later(secs)).unwrap();
        assert_eq!((sweep(0), sweep(86_000)), (0, 0));
        assert_eq!(sweep(86_402), 1);
        let mut left: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, [".report.json", "b.csv"]);
        assert_eq!(super::sweep(Path::new("/nonexistent/x"), None, day, later(0)).unwrap(), 0);
    }
}
