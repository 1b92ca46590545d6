//! Counting what passes.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Adds the bytes that were read to a shared count.
pub(super) struct Counting<R> {
    stream: R,
    count: Arc<AtomicU64>,
}

impl<R> Counting<R> {
    pub(super) fn new(stream: R, count: Arc<AtomicU64>) -> Counting<R> {
        Counting { stream, count }
    }
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        self.count.fetch_add(u64::try_from(read).unwrap_or(u64::MAX), Ordering::Relaxed);
        Ok(read)
    }
}
