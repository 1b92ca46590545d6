//! From what a user names to the files that are meant.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::{InputError, InputPath};

/// How the names of saved Graph answers end; each also with `.gz`.
const ENDINGS: [&str; 3] = [".json", ".jsonl", ".ndjson"];

/// Finds the inputs that `paths` mean, in their order.
///
/// `-` is standard input. A file is taken whatever its name. A folder stands
/// for the files below it whose names fit, sorted by name; hidden files and
/// folders are left out, and links to folders are not followed, because they
/// could lead in circles.
pub fn discover<P: AsRef<Path>>(paths: &[P]) -> Result<Vec<InputPath>, InputError> {
    let mut found = Vec::new();
    for path in paths {
        let path = path.as_ref();
        if path == Path::new("-") {
            if found.contains(&InputPath::Stdin) {
                return Err(InputError::StdinTwice);
            }
            found.push(InputPath::Stdin);
            continue;
        }
        let metadata = fs::metadata(path).map_err(|error| describe(path, error))?;
        if !metadata.is_dir() {
            found.push(InputPath::File(path.to_owned()));
            continue;
        }
        let before = found.len();
        walk(path, &mut found)?;
        if found.len() == before {
            return Err(InputError::NothingFits(path.to_owned()));
        }
    }
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<InputPath>) -> Result<(), InputError> {
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
        } else if path.file_name().is_some_and(fits) && path.is_file() {
            found.push(InputPath::File(path));
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
