//! From raw bytes to UTF-8: gzip and encodings, recognised by their first
//! bytes and never by a name.

use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use encoding_rs_io::DecodeReaderBytesBuilder;

use super::gzip::{MAGIC, Members};
use super::peek::peek;

const UTF8_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];
const UTF16LE_MARK: [u8; 2] = [0xff, 0xfe];
const UTF16BE_MARK: [u8; 2] = [0xfe, 0xff];

const BUFFER: usize = 64 * 1024;

/// A stream's text.
pub(super) struct Text {
    /// As UTF-8, without a byte-order mark.
    pub(super) reader: Box<dyn Read + Send>,
    /// Where the text is the stream's own bytes, the length of the mark in front
    /// of them; None where something had to be undone.
    pub(super) mark_len: Option<u64>,
    /// Whether it starts with the byte-order mark of UTF-8.
    pub(super) has_mark: bool,
}

/// The UTF-8 text of a stream. `has_remains` is set where bytes are after its
/// gzip that are none.
pub(super) fn utf8(stream: impl Read + Send + 'static, has_remains: &Arc<AtomicBool>) -> io::Result<Text> {
    let (first, stream) = peek(stream, MAGIC.len())?;
    if first == MAGIC {
        let text = decoded(Members::new(stream, Arc::clone(has_remains))?)?;
        Ok(Text { mark_len: None, ..text })
    } else {
        decoded(stream)
    }
}

/// Undoes the encoding of a text.
///
/// Windows PowerShell 5.1 redirects into UTF-16LE with a mark. Without a mark
/// the zeros beside the first character tell: JSON starts with ASCII (RFC 4627
/// section 3).
fn decoded(stream: impl Read + Send + 'static) -> io::Result<Text> {
    let (first, mut stream) = peek(stream, 4)?;
    match first.as_slice() {
        // Only a mark: an empty text.
        mark if mark == UTF16LE_MARK || mark == UTF16BE_MARK => {
            Ok(Text { reader: Box::new(io::empty()), mark_len: None, has_mark: false })
        }
        [a, b, ..] if [*a, *b] == UTF16LE_MARK || [*a, *b] == UTF16BE_MARK => utf16(stream),
        [a, 0, ..] if a.is_ascii() && *a != 0 => utf16(Cursor::new(UTF16LE_MARK).chain(stream)),
        [0, a, ..] if a.is_ascii() && *a != 0 => utf16(Cursor::new(UTF16BE_MARK).chain(stream)),
        [a, b, c, ..] if [*a, *b, *c] == UTF8_MARK => {
            stream.read_exact(&mut [0; UTF8_MARK.len()])?;
            Ok(Text { reader: Box::new(stream), mark_len: Some(3), has_mark: true })
        }
        _ => Ok(Text { reader: Box::new(stream), mark_len: Some(0), has_mark: false }),
    }
}

/// A text that starts with a mark of UTF-16.
fn utf16(stream: impl Read + Send + 'static) -> io::Result<Text> {
    let decoder = DecodeReaderBytesBuilder::new().build_with_buffer(stream, vec![0; BUFFER])?;
    Ok(Text { reader: Box::new(decoder), mark_len: None, has_mark: false })
}
