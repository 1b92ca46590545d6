//! Why rows cannot be written.

use std::io;

use arrow::error::ArrowError;
use parquet::errors::ParquetError;

/// Why rows cannot be written. The texts hold no value of a row.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The columns do not fit into an Arrow batch or message.
    #[error("the rows cannot be written as Arrow")]
    Arrow(#[from] ArrowError),
    /// The columns do not fit into a Parquet file.
    #[error("the rows cannot be written as Parquet")]
    Parquet(#[from] ParquetError),
    /// A file in an archive became too large, or the archive had ended.
    #[error("the rows cannot be written into an archive")]
    Archive(#[from] io::Error),
}
