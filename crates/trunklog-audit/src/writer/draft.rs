//! Lines that are about to be appended, each with its place in the chain.

use std::io;
use std::path::Path;

use crate::chain::Mark;
use crate::entry::Entry;
use crate::error::{Error, Result};

/// Lines that are about to be appended.
pub(super) struct Draft {
    bytes: Vec<u8>,
    last: Mark,
    entries: u64,
}

impl Draft {
    /// Nothing yet, after that entry.
    pub(super) fn after(last: Mark) -> Draft {
        Draft { bytes: Vec::new(), last, entries: 0 }
    }

    /// Ends the line that somebody else did not.
    pub(super) fn finish_line(&mut self) {
        self.bytes.push(b'\n');
    }

    /// Adds the entry that `make` makes of its number.
    pub(super) fn add(&mut self, make: impl FnOnce(u64) -> Result<Entry>) -> Result<()> {
        let entry = make(self.last.n + 1)?;
        let written = entry.write_after(self.last.hash, &mut self.bytes);
        self.last = written.map_err(|error| {
            Error::file(Path::new("an entry of the audit trail"), "written")(io::Error::other(error))
        })?;
        self.entries += 1;
        Ok(())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The last entry, or the one before all of them.
    pub(super) fn last(&self) -> Mark {
        self.last
    }

    pub(super) fn entries(&self) -> u64 {
        self.entries
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
    }
}
