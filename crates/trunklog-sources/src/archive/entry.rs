//! A file in an archive, unpacked as it is read.

use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Take};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use crate::input::{RawBytes, RawReader};

const BUFFER: usize = 64 * 1024;

/// What the archive's directory says of a file.
#[derive(Debug)]
pub(super) struct Packed {
    /// Its name, as it may be shown.
    pub(super) name: String,
    pub(super) method: Method,
    /// Where its bytes start.
    pub(super) begin: u64,
    pub(super) packed_len: u64,
    /// How long it is when it is unpacked.
    pub(super) len: u64,
    pub(super) checksum: u32,
}

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
    /// It cannot be read, and why.
    Unread(&'static str),
}

/// The bytes of a file.
pub(super) struct Unpacked {
    stream: Stream,
    /// How many bytes are to come.
    to_come: u64,
    checksum: u32,
    found: Crc,
    /// How many may still come out of the archive.
    left: Arc<AtomicU64>,
}

enum Stream {
    Stored(Take<RawReader>),
    Deflated(Box<DeflateDecoder<BufReader<Take<RawReader>>>>),
}

impl Packed {
    /// A file that cannot be read, and why.
    pub(super) fn unread(name: String, reason: &'static str) -> Packed {
        Packed { name, method: Method::Unread(reason), begin: 0, packed_len: 0, len: 0, checksum: 0 }
    }

    /// Opens the file.
    pub(super) fn open(&self, archive: &RawBytes, left: &Arc<AtomicU64>) -> io::Result<Unpacked> {
        let mut reader = archive.reader();
        reader.seek(SeekFrom::Start(self.begin))?;
        let packed = reader.take(self.packed_len);
        let stream = match self.method {
            Method::Stored => Stream::Stored(packed),
            Method::Deflated => {
                Stream::Deflated(Box::new(DeflateDecoder::new(BufReader::with_capacity(BUFFER, packed))))
            }
            Method::Unread(reason) => return Err(io::Error::new(ErrorKind::Unsupported, reason)),
        };
        Ok(Unpacked {
            stream,
            to_come: self.len,
            checksum: self.checksum,
            found: Crc::new(),
            left: Arc::clone(left),
        })
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.stream {
            Stream::Stored(stream) => stream.read(buffer),
            Stream::Deflated(stream) => stream.read(buffer),
        }?;
        let bytes = u64::try_from(read).unwrap_or(u64::MAX);
        self.found.update(&buffer[..read]);
        if read == 0 {
            let is_whole = self.to_come == 0 && self.found.sum() == self.checksum;
            return if is_whole { Ok(0) } else { Err(wrong("it is damaged, or the archive was cut")) };
        }
        // Files of an archive are read one after the other.
        let Some(left) = self.left.load(Ordering::Relaxed).checked_sub(bytes) else {
            return Err(wrong("more comes out of the archive than any export has: unpack it and look at it"));
        };
        self.left.store(left, Ordering::Relaxed);
        self.to_come =
            self.to_come.checked_sub(bytes).ok_or_else(|| wrong("it is longer than the archive says"))?;
        Ok(read)
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}
