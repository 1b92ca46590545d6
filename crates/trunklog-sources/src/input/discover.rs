//! From what a user names to the files that are meant.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::error::InputError;
use super::path::InputPath;
use crate::names::NameList;

/// How the names of saved Graph answers, of tables and archives end; each also with
/// `.gz`.
const ENDINGS: [&str; 6] = [".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".zip"];

/// What was found to read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InputList {
    /// The inputs, in their order.
    pub paths: Vec<InputPath>,
    /// Files in folders that were skipped because of their names. Hidden ones are
    /// not counted.
    pub passed_over: NameList,
}

/// Finds the inputs that `paths` mean, in their order.
///
/// `-` is standard input. A file is taken whatever its name. A folder means
/// the files below it whose names fit, sorted by name; hidden files and
/// folders are left out, and links to folders are not followed, because they
/// could lead in circles.
pub fn discover<P: AsRef<Path>>(paths: &[P]) -> Result<InputList, InputError> {
    let mut found = InputList::default();
    for path in paths {
        let path = path.as_ref();
        if path == Path::new("-") {
            if found.paths.contains(&InputPath::Stdin) {
                return Err(InputError::StdinTwice);
            }
            found.paths.push(InputPath::Stdin);
            continue;
        }
        let metadata = fs::metadata(path).map_err(|error| describe(path, error))?;
        if !metadata.is_dir() {
            found.paths.push(InputPath::File(path.to_owned()));
            continue;
        }
        let before = found.paths.len();
        walk(path, &mut found)?;
        if found.paths.len() == before {
            return Err(InputError::NothingFits(path.to_owned()));
        }
    }
    Ok(found)
}

fn walk(folder: &Path, found: &mut InputList) -> Result<(), InputError> {
    let list = || -> io::Result<Vec<(PathBuf, fs::FileType)>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if !is_hidden(&entry.file_name()) {
                entries.push((entry.path(), entry.file_type()?));
            }
        }
        entries.sort_by(|(a, _), (b, _)| a.file_name().cmp(&b.file_name()));
        Ok(entries)
    };
    for (path, kind) in list().map_err(|error| describe(folder, error))? {
        if kind.is_dir() {
            walk(&path, found)?;
        } else if path.is_file() {
            if path.file_name().is_some_and(fits) {
                found.paths.push(InputPath::File(path));
            } else {
                found.passed_over.add(path.display().to_string());
            }
        }
    }
    Ok(())
}

fn describe(path: &Path, reason: io::Error) -> InputError {
    if reason.kind() == ErrorKind::NotFound {
        InputError::Missing(path.to_owned())
    } else {
        InputError::Unreadable { name: path.display().to_string(), reason }
    }
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

fn fits(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_lowercase();
    let plain = name.strip_suffix(".gz").unwrap_or(&name);
    ENDINGS.iter().any(|ending| plain.ends_with(ending))
}
