//! Who watches an import.

/// Is told how an import gets on, by the thread that called it.
pub trait Progress {
    /// The import starts. `total_bytes` is what the inputs have before
    /// decompression, None when that cannot be known.
    fn started(&self, total_bytes: Option<u64>) {
        let _ = total_bytes;
    }

    /// So many more bytes were read, before decompression, and so many more
    /// rows were decoded.
    fn advanced(&self, bytes: u64, rows: u64);

    /// The import is over, well or not.
    fn finished(&self) {}
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn advanced(&self, _bytes: u64, _rows: u64) {}
}
