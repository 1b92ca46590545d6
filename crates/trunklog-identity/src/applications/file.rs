//! The registry's file.
//!
//! It is JSON so that an operator can read it, back it up and, with care, edit
//! it. Anything in it that this version does not know is an error: rewriting
//! the file would drop it silently.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::record::Application;
use crate::private_file::{self, Sight};
use crate::{Error, ErrorKind, Result};

const FILE_NAME: &str = "applications.json";
const LOCK_NAME: &str = "applications.json.lock";
const FORMAT: u32 = 1;

/// Some ten thousand applications.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The applications by client id.
pub(super) type ById = BTreeMap<Uuid, Application>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<A> {
    format: u32,
    applications: Vec<A>,
}

/// Where the registry is kept.
pub(super) struct RegistryFile {
    path: PathBuf,
    lock_path: PathBuf,
}

impl RegistryFile {
    /// The file in that directory, which is made if needed.
    pub(super) fn in_directory(directory: &Path) -> Result<RegistryFile> {
        private_file::create_directory(directory).map_err(|error| io_error(directory, "made", &error))?;
        Ok(RegistryFile { path: directory.join(FILE_NAME), lock_path: directory.join(LOCK_NAME) })
    }

    pub(super) fn look(&self) -> Sight {
        private_file::look(&self.path)
    }

    /// Keeps other writers away until the returned file is dropped.
    pub(super) fn lock(&self) -> Result<File> {
        private_file::lock(&self.lock_path).map_err(|error| io_error(&self.lock_path, "locked", &error))
    }

    /// The applications, and how the file looked when they were in it. No file
    /// means no applications.
    pub(super) fn read(&self) -> Result<(Sight, ById)> {
        let read = private_file::read(&self.path, MAX_BYTES);
        match read.map_err(|error| io_error(&self.path, "read", &error))? {
            None => Ok((Sight::Missing, ById::new())),
            Some((stamp, content)) => Ok((Sight::Present(stamp), self.parse(&content)?)),
        }
    }

    pub(super) fn write(&self, by_id: &ById) -> Result<()> {
        let document: Document<&Application> =
            Document { format: FORMAT, applications: by_id.values().collect() };
        let mut content = serde_json::to_vec_pretty(&document).map_err(|error| {
            Error::because(ErrorKind::Invalid, "the applications cannot be written as JSON", error)
        })?;
        content.push(b'\n');
        private_file::replace(&self.path, &content).map_err(|error| io_error(&self.path, "written", &error))
    }

    /// The error for a file that was there and is gone.
    pub(super) fn gone(&self) -> Error {
        Error::new(
            ErrorKind::Damaged,
            format!("{} is gone; put it back, or restart to start with no applications", self.path.display()),
        )
    }

    fn parse(&self, content: &[u8]) -> Result<ById> {
        let document: Document<Application> = serde_json::from_slice(content).map_err(|error| {
            self.damaged(&format!(
                "line {}, column {}: {}",
                error.line(),
                error.column(),
                private_file::safe_text(&error)
            ))
        })?;
        if document.format != FORMAT {
            return Err(self
                .damaged(&format!("it has format {}, this version reads format {FORMAT}", document.format)));
        }
        let mut by_id = ById::new();
        for application in document.applications {
            let id = application.client_id;
            if !application.secrets.iter().all(|secret| secret.hash.is_usable()) {
                return Err(self.damaged(&format!("application {id} has a secret without an argon2id hash")));
            }
            if by_id.insert(id, application).is_some() {
                return Err(self.damaged(&format!("application {id} is listed twice")));
            }
        }
        Ok(by_id)
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

fn io_error(path: &Path, what: &str, error: &io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("{} cannot be {what}: {error}", path.display()))
}
