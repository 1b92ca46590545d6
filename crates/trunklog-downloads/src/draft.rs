//! A file that is being made.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use uuid::Uuid;

use crate::download::Reason;
use crate::folder::{Downloads, Error};

/// A file that is being made. What is dropped without being finished has failed.
#[derive(Debug)]
pub struct Draft {
    downloads: Downloads,
    id: Uuid,
    file: BufWriter<File>,
    written: u64,
    most: u64,
    /// What is noted when it is dropped; None once it is finished.
    ends_as: Option<Reason>,
}

/// Why a file does not get any further.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// It would become too large.
    #[error("the file would become larger than {most} bytes: choose a shorter range of time")]
    TooLarge {
        /// How large it may become.
        most: u64,
    },
    /// The disk takes no more.
    #[error("the file cannot be written")]
    Disk(#[source] io::Error),
    /// Somebody removed it.
    #[error("the download was removed while it was made")]
    Unwanted,
    /// The folder cannot be used.
    #[error(transparent)]
    Folder(#[from] Error),
}

impl Draft {
    pub(crate) fn new(downloads: Downloads, id: Uuid, file: File, most: u64) -> Draft {
        let file = BufWriter::new(file);
        Draft { downloads, id, file, written: 0, most, ends_as: Some(Reason::Stopped) }
    }

    /// Which download it becomes.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Writes what comes next.
    ///
    /// # Errors
    /// The [`Stop`], after which it has failed.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let written = self.written.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if written > self.most {
            self.ends_as = Some(Reason::TooLarge);
            return Err(Stop::TooLarge { most: self.most });
        }
        self.file.write_all(bytes).map_err(|error| self.of_disk(error))?;
        self.written = written;
        Ok(())
    }

    /// Checks that somebody still wants it.
    ///
    /// # Errors
    /// [`Stop::Unwanted`].
    pub fn check_wanted(&self) -> Result<(), Stop> {
        if self.downloads.is_wanted(self.id) { Ok(()) } else { Err(Stop::Unwanted) }
    }

    /// Says that the rows for it could not be had.
    pub fn fail(mut self, why: Reason) {
        self.ends_as = Some(why);
    }

    /// Removes it, as if it had never been ordered.
    pub fn discard(mut self) {
        self.ends_as = None;
        self.downloads.discard(self.id);
    }

    /// It is whole: from now on its owner can fetch it.
    ///
    /// # Errors
    /// The [`Stop`], after which it has failed.
    pub fn finish(mut self, rows: u64) -> Result<(), Stop> {
        let flushed = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        flushed.map_err(|error| self.of_disk(error))?;
        if !self.downloads.finish(self.id, rows, self.written)? {
            return Err(Stop::Unwanted);
        }
        self.ends_as = None;
        Ok(())
    }

    fn of_disk(&mut self, error: io::Error) -> Stop {
        self.ends_as = Some(Reason::Disk);
        Stop::Disk(error)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(why) = self.ends_as {
            self.downloads.fail(self.id, why);
        }
    }
}
