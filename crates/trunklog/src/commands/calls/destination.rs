//! Where rows go: standard output, or a file that appears when it is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::format::Packing;
use crate::output::{self, Output};

/// Calls hold personal data.
const OWNER_ONLY: u32 = 0o600;

const BUFFER_BYTES: usize = 128 * 1024;

/// Of gzip, from 1 to 9. More makes files hardly smaller and takes far longer.
const GZIP_LEVEL: u32 = 6;

/// Where rows go. What was written counts only after [`Destination::finish`].
pub(super) enum Destination {
    Standard(Output),
    File(NewFile),
    Gzip(Box<GzEncoder<NewFile>>),
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
    /// Opens the file, or standard output, which is never compressed, when none
    /// is named.
    pub(super) fn open(path: Option<&Path>, packing: Packing) -> Result<Destination> {
        let Some(path) = path else { return Ok(Destination::Standard(output::stdout())) };
        let file = NewFile::create(path)?;
        Ok(match packing {
            Packing::Plain => Destination::File(file),
            Packing::Gzip => Destination::Gzip(Box::new(GzEncoder::new(file, Compression::new(GZIP_LEVEL)))),
        })
    }

    /// Makes what was written final.
    pub(super) fn finish(self) -> Result<()> {
        match self {
            Destination::Standard(mut out) => Ok(out.flush()?),
            Destination::File(mut file) => file.finish(),
            Destination::Gzip(packed) => {
                let path = packed.get_ref().path.clone();
                let file = packed.finish();
                file.with_context(|| format!("cannot write {}", path.display()))?.finish()
            }
        }
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Destination::Standard(out) => out.write(bytes),
            Destination::File(file) => file.write(bytes),
            Destination::Gzip(packed) => packed.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Destination::Standard(out) => out.flush(),
            Destination::File(file) => file.flush(),
            Destination::Gzip(packed) => packed.flush(),
        }
    }
}

impl NewFile {
    fn create(path: &Path) -> Result<NewFile> {
        let path = &target(path)?;
        let name = path.file_name().ok_or_else(|| anyhow!("--output {}: give a file", path.display()))?;
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

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The file that gets the rows: where a link leads to, for the link to stay.
///
/// # Errors
/// When something other than a file is there. A device must not be replaced.
fn target(path: &Path) -> Result<PathBuf> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {
            fs::canonicalize(path).with_context(|| format!("cannot find {}", path.display()))
        }
        Ok(_) => bail!("--output {}: it is not a file; leave it out for standard output", path.display()),
        // Making the file tells more.
        Err(_) => Ok(path.to_owned()),
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
    use std::io::Read;

    use flate2::read::GzDecoder;

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
        let mut destination = Destination::open(Some(&path), Packing::Plain).unwrap();
        destination.write_all(b"new").unwrap();
        destination.flush().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        destination.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names_in(folder.path()), ["calls.csv"]);
    }

    #[test]
    fn a_compressed_file_holds_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("calls.csv.gz");
        let mut destination = Destination::open(Some(&path), Packing::Gzip).unwrap();
        let text = "id,duration\n".repeat(50_000);
        destination.write_all(text.as_bytes()).unwrap();
        destination.finish().unwrap();
        let packed = fs::read(&path).unwrap();
        assert!(packed.len() < text.len() / 20, "{} bytes", packed.len());
        let mut back = String::new();
        GzDecoder::new(packed.as_slice()).read_to_string(&mut back).unwrap();
        assert_eq!(back, text);
        assert_eq!(names_in(folder.path()), ["calls.csv.gz"]);
    }

    #[test]
    fn an_unfinished_file_goes_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("calls");
        for packing in [Packing::Plain, Packing::Gzip] {
            let mut destination = Destination::open(Some(&path), packing).unwrap();
            destination.write_all(b"half").unwrap();
            assert_eq!(names_in(folder.path()).len(), 1, "{packing:?}");
            drop(destination);
            assert!(names_in(folder.path()).is_empty(), "{packing:?}");
        }
    }

    #[test]
    fn only_files_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for other in [Path::new("/"), Path::new("/dev/null"), folder.path()] {
            let error = Destination::open(Some(other), Packing::Plain).err().unwrap().to_string();
            assert!(error.contains("it is not a file"), "{error}");
        }
        let (file, link) = (folder.path().join("calls.csv"), folder.path().join("latest"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink("calls.csv", &link).unwrap();
        let mut destination = Destination::open(Some(&link), Packing::Plain).unwrap();
        destination.write_all(b"new").unwrap();
        destination.finish().unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
