//! gzip of one member or several, and what is after the last.

use std::io::{self, BufReader, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::bufread::GzDecoder;

use super::peek::{PeekedStream, peek};

/// How each member starts (RFC 1952, section 2.3.1).
pub(super) const MAGIC: [u8; 2] = [0x1f, 0x8b];

const BUFFER: usize = 64 * 1024;

/// What the members of a stream hold, one after the other. Bytes that start no
/// further member, as some tools pad files with, end it and are noted.
pub(super) struct Members<R: Read> {
    /// None at the end.
    member: Option<GzDecoder<PeekedStream<BufReader<R>>>>,
    has_remains: Arc<AtomicBool>,
}

impl<R: Read> Members<R> {
    /// The members of a stream that starts with one.
    pub(super) fn new(stream: R, has_remains: Arc<AtomicBool>) -> io::Result<Members<R>> {
        let (_, stream) = peek(BufReader::with_capacity(BUFFER, stream), MAGIC.len())?;
        Ok(Members { member: Some(GzDecoder::new(stream)), has_remains })
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(mut member) = self.member.take() {
            match member.read(buffer) {
                Ok(0) => {
                    // The bytes that were peeked at were the first of the member.
                    let (_, rest) = member.into_inner().into_inner();
                    let (first, rest) = peek(rest, MAGIC.len())?;
                    if first == MAGIC {
                        self.member = Some(GzDecoder::new(rest));
                    } else if !first.is_empty() {
                        self.has_remains.store(true, Ordering::Relaxed);
                    }
                }
                Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
                outcome => {
                    self.member = Some(member);
                    return outcome;
                }
            }
        }
        Ok(0)
    }
}
