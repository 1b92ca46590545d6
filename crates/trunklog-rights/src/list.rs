//! The list of erased persons beside the store.
//!
//! The store's own list is in its backups, and only in those that were made later. A
//! backup of before knows nothing of an erasure, so the list is also a file in the
//! data folder: when that backup is put back, the file says who has to be erased
//! again.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::entries::ListedEntry;
use crate::{Error, FOLDER, Result, files};

/// The file, a line of JSON for each entry.
#[derive(Debug, Clone)]
pub struct ErasedList {
    path: PathBuf,
}

impl ErasedList {
    /// That of a data folder. It is made with its first entry.
    pub fn of(data_dir: &Path) -> ErasedList {
        ErasedList { path: data_dir.join(FOLDER).join("erased.ndjson") }
    }

    /// All entries.
    ///
    /// # Errors
    /// When the file cannot be read, or a line of it is damaged: who was erased must
    /// not be forgotten without a word.
    pub fn read(&self) -> Result<Vec<ListedEntry>> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::file(&self.path, "read", error)),
        };
        ErasedList::parse(&text).map_err(|line| {
            let path = self.path.display();
            Error::Key(format!("line {line} of {path} is damaged: put the file back from a backup"))
        })
    }

    /// The entries that the text of such a file has.
    ///
    /// # Errors
    /// The first line, from 1, that is damaged.
    pub fn parse(text: &str) -> std::result::Result<Vec<ListedEntry>, usize> {
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty());
        lines.map(|(number, line)| serde_json::from_str(line).map_err(|_| number)).collect()
    }

    /// Sets or removes the entry of a state.
    pub(crate) fn set(&self, name: &str, entry: Option<ListedEntry>) -> Result<()> {
        let before = self.read()?;
        let mut after: Vec<ListedEntry> =
            before.iter().filter(|known| known.name() != name).cloned().collect();
        after.extend(entry);
        if after == before {
            return Ok(());
        }
        let mut text = Vec::new();
        for entry in &after {
            serde_json::to_writer(&mut text, entry).expect("an entry is texts and numbers");
            text.push(b'\n');
        }
        files::replace(&self.path, &text).map_err(|error| Error::file(&self.path, "written", error))
    }
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Instant;

    use super::*;
    use crate::entries::{Entry, How};

    fn entry(hash: char) -> ListedEntry {
        let entry = Entry { how: How::Rows, since: Instant::ABSENT, receipt: "r".to_owned(), is_done: true };
        let tenant = "7e570000-0000-4000-8000-000000000001".to_owned();
        ListedEntry { tenant, hash: hash.to_string().repeat(32), entry }
    }

    #[test]
    fn entries_come_and_go() {
        let folder = tempfile::tempdir().unwrap();
        let list = ErasedList::of(folder.path());
        assert!(list.read().unwrap().is_empty());
        for one in [entry('a'), entry('b'), entry('a')] {
            list.set(&one.name(), Some(one.clone())).unwrap();
        }
        assert_eq!(list.read().unwrap(), [entry('b'), entry('a')]);
        list.set(&entry('b').name(), None).unwrap();
        assert_eq!(list.read().unwrap(), [entry('a')]);
        let text = fs::read_to_string(&list.path).unwrap();
        fs::write(&list.path, text + "{\"tenant\"").unwrap();
        assert!(list.read().unwrap_err().to_string().starts_with("line 2 of "));
    }
}
