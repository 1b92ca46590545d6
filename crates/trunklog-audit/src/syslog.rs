//! A second way for the lines of the trail: syslog (RFC 5424), over UDP (RFC 5426),
//! TCP (RFC 6587, with counted octets) or the socket of this machine.
//!
//! What gets there late or never is not waited for: the files are the trail. A
//! line's hash goes with it, so what a collector has can be compared with them.

mod sink;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

pub(crate) use self::sink::Sink;

/// Where lines are sent as well, such as `udp://10.0.0.5:514`,
/// `tcp://logs.example.com:601` or `unix:///dev/log`.
///
/// ```
/// use trunklog_audit::Syslog;
///
/// let syslog: Syslog = "udp://10.0.0.5:514".parse()?;
/// assert_eq!(syslog.to_string(), "udp://10.0.0.5:514");
/// assert!("tls://10.0.0.5:6514".parse::<Syslog>().is_err());
/// # Ok::<(), trunklog_audit::SyslogError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syslog(pub(crate) Target);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Udp(String),
    Tcp(String),
    Unix(PathBuf),
}

/// Why a text names no place for syslog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected udp://HOST:PORT, tcp://HOST:PORT or unix:///PATH; for TLS run a forwarder such as rsyslog here"
)]
pub struct SyslogError;

impl FromStr for Syslog {
    type Err = SyslogError;

    fn from_str(text: &str) -> Result<Syslog, SyslogError> {
        let (scheme, rest) = text.split_once("://").ok_or(SyslogError)?;
        let has_port = |rest: &str| {
            rest.rsplit_once(':').is_some_and(|(host, port)| {
                !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port != 0)
            })
        };
        let target = match scheme {
            "udp" if has_port(rest) => Target::Udp(rest.to_owned()),
            "tcp" if has_port(rest) => Target::Tcp(rest.to_owned()),
            "unix" if rest.starts_with('/') => Target::Unix(PathBuf::from(rest)),
            _ => return Err(SyslogError),
        };
        Ok(Syslog(target))
    }
}

impl fmt::Display for Syslog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Target::Udp(address) => write!(f, "udp://{address}"),
            Target::Tcp(address) => write!(f, "tcp://{address}"),
            Target::Unix(path) => write!(f, "unix://{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests;
