//! An open input.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::counting::ByteCounter;
use super::error::InputError;
use super::raw::RawBytes;
use super::text;

/// An open input: UTF-8 text with a name.
///
/// gzip (also of several members) and UTF-16 have been undone and the
/// byte-order mark is gone. Plain UTF-8 passes without another layer.
pub struct Input {
    name: String,
    reader: Box<dyn Read + Send>,
    /// What was looked at and not read yet.
    head: Head,
    has_mark: bool,
    /// The file, where its bytes are the text.
    plain: Option<PlainFile>,
    raw_bytes: Arc<AtomicU64>,
    has_remains: Arc<AtomicBool>,
}

/// The first bytes of an input.
#[derive(Default)]
struct Head {
    bytes: Vec<u8>,
    /// How many of them were read.
    read: usize,
    /// What ended the looking. It is told when reading gets there.
    failure: Option<io::Error>,
}

/// A file that can be read from any place.
struct PlainFile {
    file: File,
    /// Where the text starts, after a byte-order mark.
    begin: u64,
}

impl Input {
    /// Takes any stream as an input; its first bytes are read to see what it
    /// is.
    pub fn new(name: impl Into<String>, stream: impl Read + Send + 'static) -> Result<Input, InputError> {
        let name = name.into();
        match Input::of_stream(&name, stream) {
            Ok((input, _)) => Ok(input),
            Err(reason) => Err(InputError::Unreadable { name, reason }),
        }
    }

    /// The same of a file, from where it is. Where its bytes are the text,
    /// [`Input::skip`] need not read them.
    pub(crate) fn of_file(name: impl Into<String>, file: File) -> Result<Input, InputError> {
        let name = name.into();
        Input::try_file(&name, file).map_err(|reason| InputError::Unreadable { name, reason })
    }

    fn try_file(name: &str, mut file: File) -> io::Result<Input> {
        let same = if file.metadata()?.is_file() {
            let begin = file.stream_position()?;
            Some((file.try_clone()?, begin))
        } else {
            None
        };
        let (mut input, mark_len) = Input::of_stream(name, file)?;
        input.plain =
            same.zip(mark_len).map(|((file, begin), mark_len)| PlainFile { file, begin: begin + mark_len });
        Ok(input)
    }

    /// The input, and the length of its byte-order mark where its bytes are the
    /// text.
    fn of_stream(name: &str, stream: impl Read + Send + 'static) -> io::Result<(Input, Option<u64>)> {
        let raw_bytes = Arc::new(AtomicU64::new(0));
        let has_remains = Arc::new(AtomicBool::new(false));
        let text = text::utf8(ByteCounter::new(stream, Arc::clone(&raw_bytes)), &has_remains)?;
        let input = Input {
            name: name.to_owned(),
            reader: text.reader,
            head: Head::default(),
            has_mark: text.has_mark,
            plain: None,
            raw_bytes,
            has_remains,
        };
        Ok((input, text.mark_len))
    }

    /// What to call it in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether its UTF-8 started with a byte-order mark, as files for spreadsheets do.
    pub fn has_mark(&self) -> bool {
        self.has_mark
    }

    /// Looks at the text's first bytes, up to `max`, which are still to be read
    /// all the same. Tells whether nothing kept it from looking; what did is
    /// told when reading gets there.
    pub fn look(&mut self, max: u64) -> bool {
        let mut bytes = Vec::new();
        let outcome = self.reader.by_ref().take(max).read_to_end(&mut bytes);
        self.head = Head { bytes, read: 0, failure: outcome.err() };
        self.head.failure.is_none()
    }

    /// What [`Input::look`] saw.
    pub fn head(&self) -> &[u8] {
        &self.head.bytes
    }

    /// Skips that many bytes at the start of the text, before any of them
    /// was read. Where they are plain in a file, it goes there.
    ///
    /// # Errors
    /// When the text is shorter, or cannot be read up to there.
    pub fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let Some(plain) = &self.plain else {
            let passed = io::copy(&mut self.by_ref().take(bytes), &mut io::sink())?;
            return if passed == bytes { Ok(()) } else { Err(too_short()) };
        };
        let to = plain.begin.saturating_add(bytes);
        if plain.file.metadata()?.len() < to {
            return Err(too_short());
        }
        let mut file = plain.file.try_clone()?;
        file.seek(SeekFrom::Start(to))?;
        self.reader = Box::new(ByteCounter::new(file, Arc::clone(&self.raw_bytes)));
        self.head = Head::default();
        Ok(())
    }

    /// All bytes of the text, before any of them was read, to be read in any order.
    /// Those of a file stay there; of others at most `max` are taken.
    ///
    /// # Errors
    /// When they cannot be read, or are too many.
    pub(crate) fn raw_bytes_of(&mut self, max: u64) -> io::Result<RawBytes> {
        if let Some(plain) = &self.plain {
            let len = plain.file.metadata()?.len().saturating_sub(plain.begin);
            let file = Arc::new(plain.file.try_clone()?);
            return Ok(RawBytes::File { file, begin: plain.begin, len, count: Arc::clone(&self.raw_bytes) });
        }
        let mut bytes = Vec::new();
        self.by_ref().take(max.saturating_add(1)).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).is_ok_and(|len| len <= max) {
            return Ok(RawBytes::Memory(bytes.into()));
        }
        let mib = max / (1024 * 1024);
        let reason = format!("more than {mib} MiB of an archive in a stream: give it as a file");
        Err(io::Error::new(ErrorKind::InvalidData, reason))
    }

    /// How many bytes were read so far, before decompression.
    pub fn raw_bytes(&self) -> u64 {
        self.raw_bytes.load(Ordering::Relaxed)
    }

    /// The count behind [`Input::raw_bytes`], for those who watch from outside.
    pub fn raw_bytes_counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.raw_bytes)
    }

    /// Whether bytes that are not gzip were found after its gzip, and
    /// skipped; for those who ask when it was read to its end.
    pub fn remains_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.has_remains)
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let head = &mut self.head;
        let mut seen = &head.bytes[head.read..];
        if !seen.is_empty() {
            let read = seen.read(buffer)?;
            head.read += read;
            if head.read == head.bytes.len() {
                // Nobody looks any more.
                head.bytes = Vec::new();
                head.read = 0;
            }
            return Ok(read);
        }
        match head.failure.take() {
            Some(failure) => {
                self.reader = Box::new(io::empty());
                Err(failure)
            }
            None => self.reader.read(buffer),
        }
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("name", &self.name).finish_non_exhaustive()
    }
}

fn too_short() -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, "it ends before the place where reading goes on")
}
