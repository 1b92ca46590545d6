//! The registry's file.

use std::fs::File;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use super::record::{ById, Record};
use crate::private_file::{self, Sight};
use crate::{Error, ErrorKind, Result};

/// Where records of a kind are kept.
pub(super) struct RegistryFile<R> {
    path: PathBuf,
    lock_path: PathBuf,
    records: PhantomData<R>,
    /// Has reads fail as they do when a process has too many files open.
    #[cfg(test)]
    pub(super) fails: std::sync::atomic::AtomicBool,
}

impl<R: Record> RegistryFile<R> {
    /// The file in that directory, which is made if needed.
    pub(super) fn in_directory(directory: &Path) -> Result<RegistryFile<R>> {
        private_file::create_directory(directory).map_err(Error::file(directory, "made"))?;
        Ok(RegistryFile {
            path: directory.join(R::FILE_NAME),
            lock_path: directory.join(format!("{}.lock", R::FILE_NAME)),
            records: PhantomData,
            #[cfg(test)]
            fails: std::sync::atomic::AtomicBool::new(false),
        })
    }

    pub(super) fn look(&self) -> Sight {
        private_file::look(&self.path)
    }

    /// Keeps other writers away until the returned file is dropped.
    pub(super) fn lock(&self) -> Result<File> {
        private_file::lock(&self.lock_path).map_err(Error::file(&self.lock_path, "locked"))
    }

    /// The records, and how the file looked when they were in it. No file means
    /// no records.
    pub(super) fn read(&self) -> Result<(Sight, ById<R>)> {
        #[cfg(test)]
        self.failed()?;
        let read = private_file::read(&self.path, R::MAX_BYTES);
        match read.map_err(Error::file(&self.path, "read"))? {
            None => Ok((Sight::Missing, ById::new())),
            Some((stamp, content)) => Ok((Sight::Present(stamp), self.parse(&content)?)),
        }
    }

    #[cfg(test)]
    fn failed(&self) -> Result<()> {
        if self.fails.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(Error::file(&self.path, "read")(std::io::Error::other("too many open files")));
        }
        Ok(())
    }

    pub(super) fn write(&self, by_id: &ById<R>) -> Result<()> {
        let mut content = R::to_json(by_id.values().collect()).map_err(|error| {
            let text = format!("the {} cannot be written as JSON", R::RECORDS);
            Error::because(ErrorKind::Invalid, text, error)
        })?;
        content.push(b'\n');
        private_file::replace(&self.path, &content).map_err(Error::file(&self.path, "written"))
    }

    /// The error for a file that was there and is gone.
    pub(super) fn gone(&self) -> Error {
        let (path, records) = (self.path.display(), R::RECORDS);
        let text = format!("{path} is gone; put it back, or restart to start with no {records}");
        Error::new(ErrorKind::Damaged, text)
    }

    fn parse(&self, content: &[u8]) -> Result<ById<R>> {
        let (format, records) = R::from_json(content).map_err(|error| {
            let text = private_file::safe_text(&error);
            self.damaged(&format!("line {}, column {}: {text}", error.line(), error.column()))
        })?;
        if format != R::FORMAT {
            let known = R::FORMAT;
            return Err(self.damaged(&format!("it has format {format}, this version reads format {known}")));
        }
        R::by_id(records).map_err(|what| self.damaged(&what))
    }

    fn damaged(&self, what: &str) -> Error {
        Error::new(
            ErrorKind::Damaged,
            format!(
                "{}: {what}; correct it or put a backup in its place, it is not overwritten meanwhile",
                self.path.display()
            ),
        )
    }
}
