//! How the server is set up, as plain values.

use std::net::{IpAddr, SocketAddr};

use trunklog_odata::Profile;

use crate::Tls;

/// Where the server listens and how it presents itself.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where HTTPS is served.
    pub https: Option<SocketAddr>,
    /// Where HTTP without TLS is served.
    pub http: Option<SocketAddr>,
    /// Where health and metrics are served, without TLS.
    pub ops: Option<SocketAddr>,
    /// The certificate; needed when `https` is set.
    pub tls: Option<Tls>,
    /// The address that clients use, such as `https://trunklog.example.com`.
    pub public_url: Option<String>,
    /// The peers whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How closely answers follow Graph.
    pub profile: Profile,
    /// What a client may use up.
    pub limits: Limits,
}

/// What a client may use up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The headers of a request.
    pub header_bytes: usize,
    /// The URL of a request.
    pub url_bytes: usize,
    /// The body of a request.
    pub body_bytes: usize,
    /// How long a client may take to send its headers, or its form.
    pub header_secs: u64,
    /// How long a connection lives without progress in either direction.
    pub stall_secs: u64,
    /// Connections at a time; more wait in the system's queue.
    pub connections: usize,
    /// Reads of the store at a time.
    pub store_workers: usize,
    /// Requests that wait for the store; more get a 503.
    pub store_queue: usize,
    /// How long a shutdown waits for answers in flight.
    pub shutdown_secs: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            header_bytes: 16 * 1024,
            url_bytes: 8 * 1024,
            body_bytes: 64 * 1024,
            header_secs: 10,
            stall_secs: 30,
            connections: 1024,
            store_workers: 4,
            store_queue: 256,
            shutdown_secs: 30,
        }
    }
}
