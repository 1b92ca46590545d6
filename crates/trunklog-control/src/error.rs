//! Why a store could not be owned, served or reached.

use std::io;
use std::path::PathBuf;

/// A failure in sharing a store between processes.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The lock file cannot be opened, locked or written.
    #[error("cannot lock {path}: check that the folder exists and may be written")]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The socket cannot be made.
    #[error(
        "cannot take requests on {path}: check that the folder may be written and its path has fewer than 100 bytes"
    )]
    Listen {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something other than a socket is where the socket should be.
    #[error("{0} is not a socket: move it away")]
    NotASocket(PathBuf),
    /// Nobody answers on the socket.
    #[error("nobody answers on {path}")]
    Connect {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The running server answered, and cannot serve.
    #[error("the running server cannot serve")]
    Refused(#[from] trunklog_store::Error),
}
