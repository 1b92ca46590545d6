//! What can be opened as an input.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::error::InputError;
use super::stream::Input;
use super::untrusted::open_untrusted;

/// Something that can be opened as an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputPath {
    /// Standard input, written `-`.
    Stdin,
    /// A file, or anything else that opens like one.
    File(PathBuf),
    /// A file in a place where others put what they want: nothing but a file is opened, and
    /// no link is followed.
    Untrusted(PathBuf),
}

impl InputPath {
    /// Opens it and looks at its first bytes.
    pub fn open(&self) -> Result<Input, InputError> {
        match self.open_file()? {
            Some((file, _)) => Input::of_file(self.to_string(), file),
            None => Input::new(self.to_string(), io::stdin()),
        }
    }

    /// Opens the file, and tells where it is; None of standard input.
    pub(crate) fn open_file(&self) -> Result<Option<(File, &Path)>, InputError> {
        let (file, path) = match self {
            InputPath::Stdin => return Ok(None),
            InputPath::File(path) => (File::open(path), path.as_path()),
            InputPath::Untrusted(path) => (open_untrusted(path), path.as_path()),
        };
        let file = file.map_err(|reason| self.unreadable(reason))?;
        Ok(Some((file, path)))
    }

    /// How many bytes it has before decompression; None when only reading it
    /// can tell.
    pub fn raw_len(&self) -> Option<u64> {
        match self {
            InputPath::Stdin => None,
            InputPath::File(path) | InputPath::Untrusted(path) => {
                fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|metadata| metadata.len())
            }
        }
    }

    /// The error that it cannot be read for that reason.
    pub(crate) fn unreadable(&self, reason: io::Error) -> InputError {
        InputError::Unreadable { name: self.to_string(), reason }
    }
}

impl fmt::Display for InputPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InputPath::Stdin => f.write_str("standard input"),
            InputPath::File(path) | InputPath::Untrusted(path) => path.display().fmt(f),
        }
    }
}
