//! From raw bytes to UTF-8: gzip and encodings, recognised by their first
//! bytes and never by a name.

use std::io::{self, Cursor, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use encoding_rs_io::DecodeReaderBytesBuilder;

use super::gzip::{MAGIC, Members};

const UTF8_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];
const UTF16LE_MARK: [u8; 2] = [0xff, 0xfe];
const UTF16BE_MARK: [u8; 2] = [0xfe, 0xff];

const BUFFER: usize = 64 * 1024;

/// What [`peek`] took, in front of what it left.
pub(super) type Peeked<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// The UTF-8 text of a stream. `has_remains` is set where bytes stand after its
/// gzip that are none.
pub(super) fn utf8(
    stream: impl Read + Send + 'static,
    has_remains: &Arc<AtomicBool>,
) -> io::Result<Box<dyn Read + Send>> {
    let (first, stream) = peek(stream, MAGIC.len())?;
    if first == MAGIC { decoded(Members::new(stream, Arc::clone(has_remains))?) } else { decoded(stream) }
}

/// Undoes the encoding of a text.
///
/// Windows PowerShell 5.1 redirects into UTF-16LE with a mark. Without a mark
/// the zeros beside the first character tell: JSON begins with ASCII (RFC 4627
/// section 3).
fn decoded(stream: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let (first, mut stream) = peek(stream, 4)?;
    match first.as_slice() {
        // Only a mark: an empty text.
        mark if mark == UTF16LE_MARK || mark == UTF16BE_MARK => Ok(Box::new(io::empty())),
        [a, b, ..] if [*a, *b] == UTF16LE_MARK || [*a, *b] == UTF16BE_MARK => utf16(stream),
        [a, 0, ..] if a.is_ascii() && *a != 0 => utf16(Cursor::new(UTF16LE_MARK).chain(stream)),
        [0, a, ..] if a.is_ascii() && *a != 0 => utf16(Cursor::new(UTF16BE_MARK).chain(stream)),
        [a, b, c, ..] if [*a, *b, *c] == UTF8_MARK => {
            stream.read_exact(&mut [0; UTF8_MARK.len()])?;
            Ok(Box::new(stream))
        }
        _ => Ok(Box::new(stream)),
    }
}

/// A text that begins with a mark of UTF-16.
fn utf16(stream: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let decoder = DecodeReaderBytesBuilder::new().build_with_buffer(stream, vec![0; BUFFER])?;
    Ok(Box::new(decoder))
}

/// The first bytes of a stream, as many as there are up to `count`, and the
/// stream as it was.
pub(super) fn peek<R: Read>(mut stream: R, count: usize) -> io::Result<(Vec<u8>, Peeked<R>)> {
    let mut first = vec![0; count];
    let mut len = 0;
    while len < count {
        match stream.read(&mut first[len..]) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    first.truncate(len);
    Ok((first.clone(), Cursor::new(first).chain(stream)))
}
