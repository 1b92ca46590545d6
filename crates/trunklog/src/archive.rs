//! Files for somebody else: in a folder, or as one zip.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

const OWNER_ONLY_FILE: u32 = 0o600;
const OWNER_ONLY_FOLDER: u32 = 0o700;

/// Of zip without its extension for large files.
const MOST_BYTES: u32 = u32::MAX;
const MOST_FILES: u16 = u16::MAX;

/// The signatures of a zip's parts, and the versions and flags that all files have.
/// Source: APPNOTE.TXT 6.3.10, sections 4.3 and 4.4.
const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const VERSION: u16 = 20;
const UTF_8: u16 = 1 << 11;
const DEFLATE: u16 = 8;
/// 1 January 1980: the moment says nothing about the content.
const DATE: u16 = (1 << 5) | 1;

/// Files that come into being in a folder. They go away with it unless it is finished.
pub(crate) struct Archive {
    target: PathBuf,
    folder: PathBuf,
    names: Vec<String>,
    is_finished: bool,
}

impl Archive {
    /// A new one, at a path that ends in `.zip` or else becomes a folder. Nothing may be
    /// there yet.
    pub(crate) fn create(target: &Path) -> Result<Archive> {
        if fs::symlink_metadata(target).is_ok() {
            bail!("{} is there already: choose another --output", target.display());
        }
        let Some(name) = target.file_name() else {
            bail!("--output {}: give a folder or a file that ends in .zip", target.display());
        };
        let folder =
            target.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
        let made = DirBuilder::new().mode(OWNER_ONLY_FOLDER).create(&folder);
        made.with_context(|| format!("cannot write beside {}", target.display()))?;
        Ok(Archive { target: target.to_owned(), folder, names: Vec::new(), is_finished: false })
    }

    /// Starts a file of that name.
    pub(crate) fn file(&mut self, name: &str) -> Result<BufWriter<File>> {
        let path = self.folder.join(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY_FILE).open(&path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        self.names.push(name.to_owned());
        Ok(BufWriter::new(file))
    }

    /// Gives it its name.
    pub(crate) fn finish(mut self) -> Result<()> {
        let failed = || format!("cannot write {}", self.target.display());
        let is_zip = self.target.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
        if is_zip {
            let packed = self.folder.join(".zip");
            self.pack(&packed).with_context(failed)?;
            fs::rename(&packed, &self.target).with_context(failed)?;
        } else {
            fs::rename(&self.folder, &self.target).with_context(failed)?;
            self.is_finished = true;
        }
        Ok(())
    }

    /// Writes all files as one.
    fn pack(&self, to: &Path) -> io::Result<()> {
        let file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY_FILE).open(to)?;
        let mut out = BufWriter::new(file);
        let (mut at, mut central) = (0_u64, Vec::new());
        for name in &self.names {
            let packed = Packed::of(&self.folder.join(name))?;
            let entry = packed.entry(name)?;
            let mut head = LOCAL.to_le_bytes().to_vec();
            head.extend_from_slice(&entry);
            out.write_all(&head)?;
            out.write_all(name.as_bytes())?;
            out.write_all(&packed.bytes)?;
            central.extend_from_slice(&CENTRAL.to_le_bytes());
            central.extend_from_slice(&VERSION.to_le_bytes());
            central.extend_from_slice(&entry);
            // No comment, the first disk, no attributes of either kind.
            central.extend_from_slice(&[0; 10]);
            central.extend_from_slice(&fits(at)?.to_le_bytes());
            central.extend_from_slice(name.as_bytes());
            at += (head.len() + name.len() + packed.bytes.len()) as u64;
        }
        out.write_all(&central)?;
        let count = u16::try_from(self.names.len()).map_err(|_| too_large())?;
        out.write_all(&END.to_le_bytes())?;
        out.write_all(&[0; 4])?;
        out.write_all(&count.to_le_bytes())?;
        out.write_all(&count.to_le_bytes())?;
        out.write_all(&fits(central.len() as u64)?.to_le_bytes())?;
        out.write_all(&fits(at)?.to_le_bytes())?;
        out.write_all(&[0; 2])?;
        out.flush()?;
        out.get_ref().sync_all()
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        if !self.is_finished {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// A file's content, compressed.
struct Packed {
    bytes: Vec<u8>,
    sum: u32,
    len: u64,
}

impl Packed {
    fn of(path: &Path) -> io::Result<Packed> {
        let mut file = File::open(path)?;
        let (mut sum, mut len, mut buffer) = (Crc::new(), 0, vec![0; 64 * 1024]);
        let mut out = DeflateEncoder::new(Vec::new(), Compression::default());
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                return Ok(Packed { bytes: out.finish()?, sum: sum.sum(), len });
            }
            sum.update(&buffer[..read]);
            out.write_all(&buffer[..read])?;
            len += read as u64;
        }
    }

    /// What the two heads of a file have in common.
    fn entry(&self, name: &str) -> io::Result<Vec<u8>> {
        let mut entry = Vec::with_capacity(26);
        for word in [VERSION, UTF_8, DEFLATE, 0, DATE] {
            entry.extend_from_slice(&word.to_le_bytes());
        }
        entry.extend_from_slice(&self.sum.to_le_bytes());
        entry.extend_from_slice(&fits(self.bytes.len() as u64)?.to_le_bytes());
        entry.extend_from_slice(&fits(self.len)?.to_le_bytes());
        let name = u16::try_from(name.len()).map_err(|_| too_large())?;
        entry.extend_from_slice(&name.to_le_bytes());
        entry.extend_from_slice(&[0; 2]);
        Ok(entry)
    }
}

fn fits(bytes: u64) -> io::Result<u32> {
    u32::try_from(bytes).map_err(|_| too_large())
}

fn too_large() -> io::Error {
    let text = format!("a zip has at most {MOST_FILES} files of {MOST_BYTES} bytes: choose a folder");
    io::Error::new(io::ErrorKind::FileTooLarge, text)
}

#[cfg(test)]
mod tests {
    use flate2::read::DeflateDecoder;

    use super::*;

    fn filled(target: &Path) -> Archive {
        let mut archive = Archive::create(target).unwrap();
        for (name, text) in [("a.csv", "one\ntwo\n".repeat(1_000)), ("empty.txt", String::new())] {
            let mut file = archive.file(name).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file.flush().unwrap();
        }
        archive
    }

    fn number(bytes: &[u8], at: usize, len: usize) -> usize {
        bytes[at..at + len].iter().rev().fold(0, |number, byte| (number << 8) | usize::from(*byte))
    }

    #[test]
    fn a_zip_has_all_files() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("rows.zip");
        filled(&target).finish().unwrap();
        let zip = fs::read(&target).unwrap();
        let end = zip.len() - 22;
        assert_eq!(number(&zip, end, 4), usize::try_from(END).unwrap());
        let mut at = number(&zip, end + 16, 4);
        let mut found = Vec::new();
        for _ in 0..number(&zip, end + 10, 2) {
            assert_eq!(number(&zip, at, 4), usize::try_from(CENTRAL).unwrap());
            let (sum, packed, len) =
                (number(&zip, at + 16, 4), number(&zip, at + 20, 4), number(&zip, at + 24, 4));
            let (name_len, local) = (number(&zip, at + 28, 2), number(&zip, at + 42, 4));
            let name = String::from_utf8(zip[at + 46..at + 46 + name_len].to_vec()).unwrap();
            assert_eq!(number(&zip, local, 4), usize::try_from(LOCAL).unwrap());
            let content = local + 30 + name_len;
            let mut text = String::new();
            DeflateDecoder::new(&zip[content..content + packed]).read_to_string(&mut text).unwrap();
            let mut crc = Crc::new();
            crc.update(text.as_bytes());
            assert_eq!((text.len(), usize::try_from(crc.sum()).unwrap()), (len, sum), "{name}");
            found.push((name, text.lines().count()));
            at += 46 + name_len;
        }
        assert_eq!(at, end);
        assert_eq!(found, [("a.csv".to_owned(), 2_000), ("empty.txt".to_owned(), 0)]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_folder_appears_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("rows");
        drop(filled(&target));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "what is not finished goes away");
        filled(&target).finish().unwrap();
        assert_eq!(fs::read_to_string(target.join("a.csv")).unwrap().lines().count(), 2_000);
        assert!(Archive::create(&target).is_err(), "nothing is replaced");
    }
}
