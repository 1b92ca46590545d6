//! Where rows go: standard output, or a file that appears when it is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

use crate::output::{self, Output};

/// Calls hold personal data.
const OWNER_ONLY: u32 = 0o600;

const BUFFER_BYTES: usize = 128 * 1024;

/// Where rows go. What was written counts only after [`Destination::finish`].
pub(super) enum Destination {
    Standard(Output),
    File(NewFile),
}

/// A file on its way, under another name beside its own. It goes away unless
/// it is finished.
pub(super) struct NewFile {
    path: PathBuf,
    beside: PathBuf,
    out: BufWriter<File>,
    is_finished: bool,
}

impl Destination {
    /// Opens the file, or standard output when none is named.
    pub(super) fn open(path: Option<&Path>) -> Result<Destination> {
        match path {
            None => Ok(Destination::Standard(output::stdout())),
            Some(path) => NewFile::create(path).map(Destination::File),
        }
    }

    /// Makes what was written final.
    pub(super) fn finish(self) -> Result<()> {
        match self {
            Destination::Standard(mut out) => Ok(out.flush()?),
            Destination::File(mut file) => file.finish(),
        }
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Destination::Standard(out) => out.write(bytes),
            Destination::File(file) => file.out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Destination::Standard(out) => out.flush(),
            Destination::File(file) => file.out.flush(),
        }
    }
}

impl NewFile {
    fn create(path: &Path) -> Result<NewFile> {
        let name = path.file_name().ok_or_else(|| anyhow!("--output {}: name a file", path.display()))?;
        let part = format!(".{}.{}.part", name.to_string_lossy(), std::process::id());
        let beside = path.with_file_name(part);
        let file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(&beside);
        let file = file.with_context(|| format!("cannot write beside {}", path.display()))?;
        let out = BufWriter::with_capacity(BUFFER_BYTES, file);
        Ok(NewFile { path: path.to_owned(), beside, out, is_finished: false })
    }

    /// Gives the file its name, once its content is on disk.
    fn finish(&mut self) -> Result<()> {
        let written = self.out.flush().and_then(|()| self.out.get_ref().sync_all());
        let named = written.and_then(|()| fs::rename(&self.beside, &self.path));
        named.with_context(|| format!("cannot write {}", self.path.display()))?;
        self.is_finished = true;
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_finished {
            // There is nobody left to tell.
            let _ = fs::remove_file(&self.beside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_appears_when_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("calls.csv");
        fs::write(&path, "old").unwrap();
        let mut destination = Destination::open(Some(&path)).unwrap();
        destination.write_all(b"new").unwrap();
        destination.flush().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        destination.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names_in(folder.path()), ["calls.csv"]);
    }

    #[test]
    fn an_unfinished_file_goes_away() {
        let folder = tempfile::tempdir().unwrap();
        let mut destination = Destination::open(Some(&folder.path().join("calls.csv"))).unwrap();
        destination.write_all(b"half").unwrap();
        assert_eq!(names_in(folder.path()).len(), 1);
        drop(destination);
        assert!(names_in(folder.path()).is_empty());
        assert!(Destination::open(Some(Path::new("/"))).is_err());
    }
}
