//! Why an input cannot be used.

use std::io;
use std::path::PathBuf;

use trunklog_errors::shown;

/// Why an input cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// Nothing has that name.
    #[error("there is no file or folder '{}'", shown(&.0.to_string_lossy()))]
    Missing(PathBuf),
    /// Opening or reading failed; what was read before counts.
    #[error("cannot read '{}': {reason}", shown(.name))]
    Unreadable {
        /// The input's name.
        name: String,
        /// What the system or the decompressor said.
        reason: io::Error,
    },
    /// The store cannot say how far the input was read before.
    #[error("cannot tell how far '{}' was read: {reason}", shown(.name))]
    Position {
        /// The input's name.
        name: String,
        /// What the store said.
        reason: trunklog_store::Error,
    },
    /// A folder without a file of a known name.
    #[error(
        "the folder '{}' holds no file named *.json, *.jsonl, *.ndjson, *.csv, *.tsv or *.zip (or such a name with \
         .gz)",
        shown(&.0.to_string_lossy())
    )]
    NothingFits(PathBuf),
    /// Standard input can be read only once.
    #[error("standard input (-) is named twice")]
    StdinTwice,
}
