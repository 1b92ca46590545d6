//! The resources a token can be for.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;

use crate::{Cloud, Error, ErrorKind, Result};

/// The application id of Microsoft Graph, the same in every cloud. Source:
/// contract section 3.1.
const GRAPH_ID: &str = "00000003-0000-0000-c000-000000000000";

/// The resource names this server answers to: Microsoft Graph's in one of its
/// clouds, its own public address, and those the operator adds.
///
/// Letter case and one trailing slash do not matter, as with Entra.
///
/// ```
/// # fn main() -> Result<(), trunklog_identity::Error> {
/// # use trunklog_identity::{Audiences, Cloud};
/// let audiences = Audiences::new(Cloud::Global, "https://cdr.example.test:8443", &[])?;
/// assert!(audiences.contains("https://graph.microsoft.com/"));
/// // Kiota for Python asks for its host without the port.
/// assert!(audiences.contains("https://cdr.example.test"));
/// assert!(!audiences.contains("https://example.test"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Audiences(Vec<String>);

impl Audiences {
    /// Graph's names in a cloud, those of `public_url` (an absolute http or https
    /// address), and `more`, for example `api://trunklog`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if `public_url` is not such an address or one of
    /// `more` is empty.
    pub fn new(cloud: Cloud, public_url: &str, more: &[String]) -> Result<Audiences> {
        let mut names = vec![format!("https://{}", cloud.graph_host()), GRAPH_ID.to_owned()];
        names.extend(own_names(public_url)?);
        names.extend(more.iter().cloned());
        Audiences::listed(&names)
    }

    /// Exactly these names.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if there is none or one is empty.
    pub(crate) fn listed(names: &[String]) -> Result<Audiences> {
        let mut normal: Vec<String> = names.iter().map(|name| normalized(name.trim())).collect();
        if normal.is_empty() || normal.iter().any(String::is_empty) {
            return Err(Error::new(
                ErrorKind::Configuration,
                "an audience is missing or empty, give the resource that tokens are issued for",
            ));
        }
        normal.sort_unstable();
        normal.dedup();
        Ok(Audiences(normal))
    }

    /// Whether a token for that resource is for this server.
    pub fn contains(&self, resource: &str) -> bool {
        self.0.binary_search(&normalized(resource)).is_ok()
    }
}

/// The address itself, and its host with and without the port. A server that
/// terminates TLS elsewhere is asked for under https too.
fn own_names(public_url: &str) -> Result<Vec<String>> {
    let refuse = || {
        Error::new(
            ErrorKind::Configuration,
            format!("the public address {public_url:?} is not an absolute http or https address"),
        )
    };
    let url = Url::parse(public_url).map_err(|_| refuse())?;
    let host = url.host_str().ok_or_else(refuse)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse());
    }
    let mut names = vec![public_url.to_owned()];
    for scheme in ["https", url.scheme()] {
        names.push(format!("{scheme}://{host}"));
        if let Some(port) = url.port_or_known_default() {
            names.push(format!("{scheme}://{host}:{port}"));
        }
    }
    Ok(names)
}

/// The names of a listener that serves at that address: with and without the
/// port and, in case something else does TLS, under https too. One that this
/// machine alone reaches, or that is open to all its addresses, has the names of
/// this machine; which others it is reached by, only the operator knows.
pub(crate) fn names_of_listener(scheme: &str, address: SocketAddr) -> Vec<String> {
    const OF_THIS_MACHINE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
    let ip = address.ip().to_canonical();
    let own = match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let mut hosts = Vec::new();
    if ip.is_loopback() || ip.is_unspecified() {
        hosts.extend(OF_THIS_MACHINE.map(str::to_owned));
    }
    if !ip.is_unspecified() {
        hosts.push(own);
    }
    let port = address.port();
    let mut names = Vec::new();
    for host in hosts {
        for scheme in ["https", scheme] {
            names.push(format!("{scheme}://{host}"));
            names.push(format!("{scheme}://{host}:{port}"));
        }
    }
    names
}

pub(crate) fn normalized(resource: &str) -> String {
    resource.strip_suffix('/').unwrap_or(resource).to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
