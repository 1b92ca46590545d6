//! Counting what passes.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Adds the bytes that were read to a shared count.
pub(super) struct ByteCounter<R> {
    stream: R,
    count: Arc<AtomicU64>,
}

impl<R> ByteCounter<R> {
    pub(super) fn new(stream: R, count: Arc<AtomicU64>) -> ByteCounter<R> {
        ByteCounter { stream, count }
    }
}

impl<R: Read> Read for ByteCounter<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        self.count.fetch_add(u64::try_from(read).unwrap_or(u64::MAX), Ordering::Relaxed);
        Ok(read)
    }
}
