//! Named streams of bytes, ready to be cut into records.

mod counting;
mod discover;
mod gzip;
mod text;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use counting::Counting;

pub use discover::{InputList, discover};

/// Something that can be opened as an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputPath {
    /// Standard input, written `-`.
    Stdin,
    /// A file, or anything else that opens like one.
    File(PathBuf),
}

/// An open input: UTF-8 text with a name.
///
/// gzip (also of several members) and UTF-16 have been undone and the
/// byte-order mark is gone. Plain UTF-8 passes without another layer.
pub struct Input {
    name: String,
    reader: Box<dyn Read + Send>,
    raw_bytes: Arc<AtomicU64>,
    has_remains: Arc<AtomicBool>,
}

/// Why an input cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// Nothing has that name.
    #[error("there is no file or folder '{}'", .0.display())]
    Missing(PathBuf),
    /// Opening or reading failed; what was read before counts.
    #[error("cannot read '{name}': {reason}")]
    Unreadable {
        /// The input's name.
        name: String,
        /// What the system or the decompressor said.
        reason: io::Error,
    },
    /// A folder without a file of a known name.
    #[error(
        "the folder '{}' holds no file named *.json, *.jsonl or *.ndjson (or such a name with .gz)",
        .0.display()
    )]
    NothingFits(PathBuf),
    /// Standard input can be read only once.
    #[error("standard input (-) is named twice")]
    StdinTwice,
}

impl InputPath {
    /// Opens it and looks at its first bytes.
    pub fn open(&self) -> Result<Input, InputError> {
        match self {
            InputPath::Stdin => Input::new(self.to_string(), io::stdin()),
            InputPath::File(path) => {
                let file = File::open(path).map_err(|reason| self.unreadable(reason))?;
                Input::new(self.to_string(), file)
            }
        }
    }

    /// How many bytes it has before decompression; None when only reading it
    /// can tell.
    pub fn raw_len(&self) -> Option<u64> {
        match self {
            InputPath::Stdin => None,
            InputPath::File(path) => {
                fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|metadata| metadata.len())
            }
        }
    }

    fn unreadable(&self, reason: io::Error) -> InputError {
        InputError::Unreadable { name: self.to_string(), reason }
    }
}

impl fmt::Display for InputPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InputPath::Stdin => f.write_str("standard input"),
            InputPath::File(path) => path.display().fmt(f),
        }
    }
}

impl Input {
    /// Takes any stream as an input; its first bytes are read to see what it
    /// is.
    pub fn new(name: impl Into<String>, stream: impl Read + Send + 'static) -> Result<Input, InputError> {
        let name = name.into();
        let raw_bytes = Arc::new(AtomicU64::new(0));
        let has_remains = Arc::new(AtomicBool::new(false));
        match text::utf8(Counting::new(stream, Arc::clone(&raw_bytes)), &has_remains) {
            Ok(reader) => Ok(Input { name, reader, raw_bytes, has_remains }),
            Err(reason) => Err(InputError::Unreadable { name, reason }),
        }
    }

    /// What to call it in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes were read so far, before decompression.
    pub fn raw_bytes(&self) -> u64 {
        self.raw_bytes.load(Ordering::Relaxed)
    }

    /// The count behind [`Input::raw_bytes`], for those who watch from outside.
    pub fn raw_bytes_counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.raw_bytes)
    }

    /// Whether bytes that are no gzip were found after its gzip, and passed
    /// over; for those who ask when it was read to its end.
    pub fn remains_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.has_remains)
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
