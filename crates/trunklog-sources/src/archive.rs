//! Zip archives: what is in one is read as if it were files of their own.
//!
//! Nothing is unpacked to the disk, and nothing is held but a part of one file. An
//! archive may claim anything, so what comes out of it is bounded by its own size,
//! and checked against its directory.

mod entry;

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use trunklog_errors::is_plain;
use zip::read::ZipFile;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use crate::input::{Input, InputError, RawBytes, RawReader};
use entry::{Method, Packed};

/// How a file starts that is an archive, also an empty one.
const SIGNATURES: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// The largest archive that is read from a stream, such as standard input, which has
/// no other end than its own. Its directory is there.
const MAX_STREAM: u64 = 64 * 1024 * 1024;

/// The most files of an archive.
const MAX_ENTRIES: usize = 10_000;

/// How many times as large as the archive all that is in it may be. Tables of calls
/// shrink to a tenth or a twentieth.
const MAX_RATIO: u64 = 200;

/// What may come out of any archive, however small, in bytes.
const ALWAYS: u64 = 16 * 1024 * 1024;

const DAMAGED: &str = "is damaged, or was cut";

/// The file that each document of Office has, which are archives, too.
const OF_OFFICE: &str = "[Content_Types].xml";

/// The longest name of a file in an archive that is shown, in characters.
const MAX_NAME: usize = 200;

/// An open archive.
#[derive(Debug)]
pub struct Archive {
    name: String,
    bytes: RawBytes,
    entries: Vec<Packed>,
    /// Files that hide themselves, which nobody means.
    hidden: Vec<Packed>,
    /// How many more bytes may come out of it.
    left: Arc<AtomicU64>,
}

/// Whether a file that starts so is an archive.
pub fn is_archive(start: &[u8]) -> bool {
    SIGNATURES.iter().any(|signature| start.starts_with(signature))
}

impl Archive {
    /// Reads the directory of an archive, of which nothing was read before.
    ///
    /// # Errors
    /// When it cannot be read, has too many files, or is too large for a stream.
    pub fn open(input: &mut Input) -> io::Result<Archive> {
        let name = input.name().to_owned();
        let bytes = input.raw_bytes_of(MAX_STREAM)?;
        let mut zip = ZipArchive::new(bytes.reader()).map_err(explained)?;
        if zip.len() > MAX_ENTRIES {
            let reason = format!("the archive has more than {MAX_ENTRIES} files: unpack it");
            return Err(io::Error::new(ErrorKind::InvalidData, reason));
        }
        let (mut entries, mut hidden) = (Vec::new(), Vec::new());
        for at in 0..zip.len() {
            let name = match zip.name_for_index(at) {
                Some(Ok(name)) => printable(&name),
                _ => format!("file {}", at + 1),
            };
            let kind = if is_hidden(&name) { &mut hidden } else { &mut entries };
            let packed = match zip.by_index_raw(at) {
                Ok(file) if file.is_dir() => continue,
                Ok(file) => packed(name, &file),
                Err(_) => Packed::unread(name, DAMAGED),
            };
            kind.push(packed);
        }
        let left = ALWAYS.max(bytes.len().saturating_mul(MAX_RATIO));
        Ok(Archive { name, bytes, entries, hidden, left: Arc::new(AtomicU64::new(left)) })
    }

    /// How many files it has, without folders and hidden files.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether it is a workbook of Excel or another document of Office, and nothing that
    /// was put together of files.
    pub fn is_document(&self) -> bool {
        self.entries.iter().any(|entry| entry.name == OF_OFFICE)
    }

    /// The files, opened one after the other: `export.zip: calls.csv`.
    pub fn inputs(&self) -> impl Iterator<Item = Result<Input, InputError>> + '_ {
        self.entries.iter().map(|entry| self.input(entry))
    }

    /// The same with hidden files, for who looks for what must not be left anywhere.
    pub(crate) fn all_inputs(&self) -> impl Iterator<Item = Result<Input, InputError>> + '_ {
        self.entries.iter().chain(&self.hidden).map(|entry| self.input(entry))
    }

    fn input(&self, entry: &Packed) -> Result<Input, InputError> {
        let name = format!("{}: {}", self.name, entry.name);
        match entry.open(&self.bytes, &self.left) {
            Ok(stream) => Input::new(name, stream),
            Err(reason) => Err(InputError::Unreadable { name, reason }),
        }
    }
}

/// What is known of a file.
fn packed(name: String, file: &ZipFile<'_, RawReader>) -> Packed {
    let method = match file.compression() {
        _ if file.encrypted() => Method::Unread("it is encrypted"),
        CompressionMethod::Stored => Method::Stored,
        CompressionMethod::Deflated => Method::Deflated,
        _ => Method::Unread("it is packed by another method than deflate"),
    };
    let Some(begin) = file.data_start() else { return Packed::unread(name, DAMAGED) };
    let (packed_len, len, checksum) = (file.compressed_size(), file.size(), file.crc32());
    Packed { name, method, begin, packed_len, len, checksum }
}

/// What hides itself, and what macOS puts beside each file.
fn is_hidden(name: &str) -> bool {
    name.split(['/', '\\']).any(|part| part.starts_with('.') || part == "__MACOSX")
}

/// A name as it may be shown: it comes from a file.
fn printable(name: &str) -> String {
    let printable = |sign: char| if is_plain(sign) { sign } else { '\u{fffd}' };
    name.chars().take(MAX_NAME).map(printable).collect()
}

/// A cut archive has lost its directory, which is at its end.
fn explained(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) if error.kind() != ErrorKind::UnexpectedEof => error,
        _ => io::Error::new(ErrorKind::InvalidData, format!("the archive {DAMAGED}")),
    }
}

#[cfg(test)]
mod tests;
