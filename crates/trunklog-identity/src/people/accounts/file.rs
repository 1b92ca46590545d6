//! The file of the accounts, in the way of that of the applications: JSON that an
//! operator can read, and in which anything unknown is an error.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::people::account::{self, Account};
use crate::private_file::{self, Sight};
use crate::{Error, ErrorKind, Result};

const FILE_NAME: &str = "people.json";
const LOCK_NAME: &str = "people.json.lock";
const FORMAT: u32 = 1;

/// Some ten thousand accounts.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// The accounts by their ids.
pub(super) type ById = BTreeMap<Uuid, Account>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<A> {
    format: u32,
    people: Vec<A>,
}

/// Where the accounts are kept.
pub(super) struct AccountsFile {
    path: PathBuf,
    lock_path: PathBuf,
}

impl AccountsFile {
    /// The file in that directory, which is made if needed.
    pub(super) fn in_directory(directory: &Path) -> Result<AccountsFile> {
        private_file::create_directory(directory).map_err(|error| io_error(directory, "made", &error))?;
        Ok(AccountsFile { path: directory.join(FILE_NAME), lock_path: directory.join(LOCK_NAME) })
    }

    pub(super) fn look(&self) -> Sight {
        private_file::look(&self.path)
    }

    /// Keeps other writers away until the returned file is dropped.
    pub(super) fn lock(&self) -> Result<File> {
        private_file::lock(&self.lock_path).map_err(|error| io_error(&self.lock_path, "locked", &error))
    }

    /// The accounts, and how the file looked when they were in it. No file means
    /// no accounts.
    pub(super) fn read(&self) -> Result<(Sight, ById)> {
        let read = private_file::read(&self.path, MAX_BYTES);
        match read.map_err(|error| io_error(&self.path, "read", &error))? {
            None => Ok((Sight::Missing, ById::new())),
            Some((stamp, content)) => Ok((Sight::Present(stamp), self.parse(&content)?)),
        }
    }

    pub(super) fn write(&self, by_id: &ById) -> Result<()> {
        let document: Document<&Account> = Document { format: FORMAT, people: by_id.values().collect() };
        let mut content = serde_json::to_vec_pretty(&document).map_err(|error| {
            Error::because(ErrorKind::Invalid, "the accounts cannot be written as JSON", error)
        })?;
        content.push(b'\n');
        private_file::replace(&self.path, &content).map_err(|error| io_error(&self.path, "written", &error))
    }

    /// The error for a file that was there and is gone.
    pub(super) fn gone(&self) -> Error {
        Error::new(
            ErrorKind::Damaged,
            format!("{} is gone; put it back, or restart to start with no accounts", self.path.display()),
        )
    }

    fn parse(&self, content: &[u8]) -> Result<ById> {
        let document: Document<Account> = serde_json::from_slice(content).map_err(|error| {
            let text = private_file::safe_text(&error);
            self.damaged(&format!("line {}, column {}: {text}", error.line(), error.column()))
        })?;
        if document.format != FORMAT {
            return Err(self
                .damaged(&format!("it has format {}, this version reads format {FORMAT}", document.format)));
        }
        let mut names = BTreeSet::new();
        let mut by_id = ById::new();
        for account in document.people {
            let id = account.id;
            if !account.password.hash.is_usable() {
                return Err(self.damaged(&format!("account {id} has a password without an argon2id hash")));
            }
            if account.app.as_ref().is_some_and(|app| !app.secret.is_usable()) {
                return Err(self.damaged(&format!("account {id} has an app without a usable secret")));
            }
            if account::checked_name(&account.name).ok().as_ref() != Some(&account.name) {
                return Err(self.damaged(&format!("account {id} has a name that cannot be one")));
            }
            if !names.insert(account.name.clone()) || by_id.insert(id, account).is_some() {
                return Err(self.damaged(&format!("account {id}, or its name, is listed twice")));
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
