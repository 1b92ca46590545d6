//! The file that is written to.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::MetadataExt;

use jiff::Timestamp;
use jiff::civil::Date;

use super::day_of;
use super::draft::Draft;
use crate::chain::Mark;
use crate::error::{Error, Result};
use crate::folder::Folder;

/// The file that is written to, as this process left it.
pub(super) struct Tail {
    pub(super) number: u64,
    pub(super) file: File,
    pub(super) length: u64,
    pub(super) last: Mark,
    /// The day of the last entry.
    pub(super) day: Option<Date>,
}

impl Tail {
    /// Whether nobody wrote since.
    pub(super) fn is_as_left(&self, folder: &Folder) -> bool {
        let path = folder.file(self.number);
        let (Ok(here), Ok(there)) = (self.file.metadata(), fs::metadata(&path)) else { return false };
        here.ino() == there.ino()
            && here.dev() == there.dev()
            && there.len() == self.length
            && !folder.file(self.number + 1).exists()
    }

    /// Appends a draft and forces it to disk; all of it, or nothing.
    pub(super) fn write(&mut self, folder: &Folder, draft: &Draft, now: Timestamp) -> Result<()> {
        let bytes = draft.bytes();
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // What was refused should not be told as done. If not even that works, the
            // next one who writes mends it.
            let _ = self.file.set_len(self.length);
            return Err(Error::file(&folder.file(self.number), "written")(error));
        }
        self.length += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.last = draft.last();
        self.day = Some(day_of(now));
        Ok(())
    }
}
