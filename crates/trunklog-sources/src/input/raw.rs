//! The bytes of an input that are read in any order.

use std::fs::File;
use std::io::{self, Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The bytes of an input, of which any number of readers can be made.
#[derive(Debug, Clone)]
pub(crate) enum RawBytes {
    /// A file, from a place on.
    File {
        /// The file.
        file: Arc<File>,
        /// Where in it the bytes start.
        begin: u64,
        /// How many they are.
        len: u64,
        /// Counts what is read.
        count: Arc<AtomicU64>,
    },
    /// All that a stream had.
    Memory(Arc<[u8]>),
}

/// Reads bytes from any place.
#[derive(Debug)]
pub(crate) enum RawReader {
    /// Of a file. Readers of one file know nothing of each other's places.
    File {
        /// The file.
        file: Arc<File>,
        /// Where in it the bytes start.
        begin: u64,
        /// How many they are.
        len: u64,
        /// Where it is among them.
        at: u64,
        /// Counts what is read.
        count: Arc<AtomicU64>,
    },
    /// Of what is in memory.
    Memory(Cursor<Arc<[u8]>>),
}

impl RawBytes {
    /// How many bytes there are.
    pub(crate) fn len(&self) -> u64 {
        match self {
            RawBytes::File { len, .. } => *len,
            RawBytes::Memory(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        }
    }

    /// A reader at their start.
    pub(crate) fn reader(&self) -> RawReader {
        match self {
            RawBytes::File { file, begin, len, count } => RawReader::File {
                file: Arc::clone(file),
                begin: *begin,
                len: *len,
                at: 0,
                count: Arc::clone(count),
            },
            RawBytes::Memory(bytes) => RawReader::Memory(Cursor::new(Arc::clone(bytes))),
        }
    }
}

impl Read for RawReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            RawReader::File { file, begin, len, at, count } => {
                let left = usize::try_from(len.saturating_sub(*at)).unwrap_or(usize::MAX);
                let wanted = buffer.len().min(left);
                let read = file.read_at(&mut buffer[..wanted], begin.saturating_add(*at))?;
                let bytes = u64::try_from(read).unwrap_or(u64::MAX);
                *at += bytes;
                count.fetch_add(bytes, Ordering::Relaxed);
                Ok(read)
            }
            RawReader::Memory(cursor) => cursor.read(buffer),
        }
    }
}

impl Seek for RawReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            RawReader::File { len, at, .. } => {
                let place = match to {
                    SeekFrom::Start(place) => Some(place),
                    SeekFrom::End(by) => len.checked_add_signed(by),
                    SeekFrom::Current(by) => at.checked_add_signed(by),
                };
                *at = place.ok_or_else(|| io::Error::from(ErrorKind::InvalidInput))?;
                Ok(*at)
            }
            RawReader::Memory(cursor) => cursor.seek(to),
        }
    }
}
