//! Moving files within a watched folder, without replacing any.

use std::fs::{self, DirBuilder, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::owner::{Owner, owner_of, rights_within};

/// How many names are tried before giving up.
const MOST_NAMES: u32 = 10_000;

/// Moves a file into a folder, which is made where it is missing, under its name or
/// one like it that is free: `calls.csv`, `calls-2.csv`. Tells which it was.
///
/// Only the process that watches the folder puts files there, so that a name that
/// was free still is.
pub(super) fn move_into(file: &Path, folder: &Path, name: &str) -> io::Result<String> {
    make(folder)?;
    let free = free_name(folder, name)?;
    fs::rename(file, folder.join(&free))?;
    Ok(free)
}

/// Makes a folder. All may look into it: who puts files there may want to see what became
/// of them. Nobody writes there who may not write around it.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    if found(folder)?.is_some() {
        return Ok(());
    }
    let around = fs::metadata(folder.parent().unwrap_or(folder))?;
    match DirBuilder::new().mode(rights_within(&around)).create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => found(folder).map(|_| ()),
        outcome => outcome,
    }
}

/// Fails where one of our own folders is not ours alone, or something else is in its place.
/// Others may write beside them, and would have us read, move and delete files anywhere.
/// That is an error of ours, and none of the system's.
pub(super) fn check_own(folder: &Path) -> io::Result<Owner> {
    match found(folder)? {
        Some(found) => owner_of(folder, &found),
        None => Ok(Owner::Ours),
    }
}

/// What is in the place of one of our own folders; None where nothing is. Fails where it is
/// no folder.
fn found(folder: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(folder) {
        Ok(found) if found.is_dir() => Ok(Some(found)),
        Ok(_) => {
            let what = "it is a link or a file where a folder of the server's own should be: remove it";
            Err(io::Error::new(ErrorKind::NotADirectory, what))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A name like this that no file has, nor would a report of it.
pub(super) fn free_name(folder: &Path, name: &str) -> io::Result<String> {
    for number in 1..=MOST_NAMES {
        let name = numbered(name, number);
        let [json, text] = report_names(folder, &name);
        let mut is_free = true;
        for path in [folder.join(&name), json, text] {
            is_free &= !is_there(&path)?;
        }
        if is_free {
            return Ok(name);
        }
    }
    Err(io::Error::new(ErrorKind::AlreadyExists, "there are too many files of one name: clear the folder"))
}

/// The longest name of a file, in bytes: what nearly all disks and shares take.
const LONGEST_NAME: usize = 255;

/// Whether a name leaves no room for the endings of what is said of the file, and for a
/// number that tells it from others.
pub(super) fn is_too_long(name: &str, marker: Option<&str>) -> bool {
    let endings = ENDINGS.into_iter().chain(marker).map(str::len).max().unwrap_or(0);
    name.len() + endings + ROOM_FOR_NUMBER > LONGEST_NAME
}

/// How much of a name a number takes: `-9999`.
const ROOM_FOR_NUMBER: usize = 5;

/// What the names of reports end with.
const ENDINGS: [&str; 2] = [".report.json", ".report.txt"];

/// Where the reports of a file are: as JSON, and as text.
pub(super) fn report_names(folder: &Path, name: &str) -> [PathBuf; 2] {
    ENDINGS.map(|end| folder.join(format!("{name}{end}")))
}

/// Whether a name is that of a report.
pub(super) fn is_report(name: &str) -> bool {
    reported(name).is_some()
}

/// The name of the file that a report of that name is about.
pub(super) fn reported(name: &str) -> Option<&str> {
    ENDINGS.iter().find_map(|end| name.strip_suffix(end))
}

/// Whether something has that name, be it a link that leads nowhere.
pub(super) fn is_there(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// A name with a number before its ending, from 2 on.
fn numbered(name: &str, number: u32) -> String {
    if number == 1 {
        return name.to_owned();
    }
    match name.split_once('.').filter(|(stem, _)| !stem.is_empty()) {
        Some((stem, ending)) => format!("{stem}-{number}.{ending}"),
        None => format!("{name}-{number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let done = folder.path().join("done");
        let put = |text: &str| {
            let file = folder.path().join("calls.csv.gz");
            fs::write(&file, text).unwrap();
            move_into(&file, &done, "calls.csv.gz").unwrap()
        };
        assert_eq!([put("1"), put("2"), put("3")], ["calls.csv.gz", "calls-2.csv.gz", "calls-3.csv.gz"]);
        assert_eq!(fs::read_to_string(done.join("calls.csv.gz")).unwrap(), "1");
        // A report that is left of another file keeps its name, too.
        fs::write(done.join("a.report.json"), "").unwrap();
        assert_eq!(free_name(&done, "a").unwrap(), "a-2");
        std::os::unix::fs::symlink("/nonexistent", done.join("b")).unwrap();
        assert_eq!(free_name(&done, "b").unwrap(), "b-2");
        assert!(is_too_long(&"n".repeat(239), None) && !is_too_long(&"n".repeat(238), None));
        assert!(is_too_long(&"n".repeat(231), Some(".is-all-of-it.finished")));
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(make(&file).is_err(), "it is no folder");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path(), &link).unwrap();
        assert!(make(&link).unwrap_err().to_string().contains("a link"));
    }
}
