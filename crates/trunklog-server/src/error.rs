//! Why the server cannot start or go on.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the server cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}, choose another address or end what uses it")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// A file cannot be read or written.
    #[error("cannot use {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A certificate or key cannot be used.
    #[error("cannot use the certificate {path}: {reason}")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The settings contradict each other.
    #[error("{0}")]
    Settings(&'static str),
    /// A listener ended although nobody asked it to.
    #[error("a listener ended unexpectedly: {0}")]
    Listener(String),
}
