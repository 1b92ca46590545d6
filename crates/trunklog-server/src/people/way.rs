//! Over which connections people sign in.

use std::net::IpAddr;

use http::request::Parts;
use trunklog_odata::{Error, ErrorKind};

use crate::answer::Failure;
use crate::peer::{Peer, Scheme, is_trusted};
use crate::public_address;
use crate::settings::Settings;

pub(super) const NO_TLS: &str = "Signing in needs HTTPS.";

/// How what people send gets here, unless anybody could read it on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Over TLS, to us or to a proxy before us.
    Tls,
    /// Plain, without leaving this machine.
    Loopback,
}

impl Way {
    /// # Errors
    /// 403 for plain HTTP from elsewhere: passwords and cookies would be read on
    /// the way.
    pub(crate) fn of(parts: &Parts, settings: &Settings) -> Result<Way, Failure> {
        Way::found(parts, settings).ok_or_else(|| {
            Error::new(ErrorKind::Forbidden, NO_TLS)
                .hint(
                    "open the https address of this server; behind a proxy that has TLS, set public_url, or \
                     list the proxy in trusted_proxies and have it send X-Forwarded-Proto",
                )
                .into()
        })
    }

    fn found(parts: &Parts, settings: &Settings) -> Option<Way> {
        let peer = parts.extensions.get::<Peer>()?;
        if peer.scheme == Scheme::Https {
            return Some(Way::Tls);
        }
        let address = peer.address.ip().to_canonical();
        let is_proxy = is_trusted(address, &settings.trusted_proxies);
        let root = public_address::of(parts, settings).ok()?;
        // Who is near enough to speak for browsers may have TLS before us: a named
        // proxy, or one on this machine where the operator says that we are known
        // by an https address.
        if root.starts_with("https://") && (is_proxy || address.is_loopback()) {
            return Some(Way::Tls);
        }
        let is_here = address.is_loopback() && !is_proxy && names_this_machine(&root);
        is_here.then_some(Way::Loopback)
    }
}

/// Whether a root is that of a server that only this machine reaches under it.
fn names_this_machine(root: &str) -> bool {
    let authority = root.split_once("://").map_or(root, |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn way(peer: Option<(&str, Scheme)>, headers: &[(&str, &str)], public_url: Option<&str>) -> Option<Way> {
        let mut request = Request::get("/sign-in");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut parts = request.body(()).unwrap().into_parts().0;
        if let Some((address, scheme)) = peer {
            parts.extensions.insert(Peer { address: address.parse().unwrap(), scheme });
        }
        let settings = Settings {
            trusted_proxies: vec!["10.0.0.1".parse().unwrap()],
            public_url: public_url.map(str::to_owned),
            ..Settings::default()
        };
        Way::found(&parts, &settings)
    }

    #[test]
    fn what_could_be_read_on_the_way_is_refused() {
        let host = ("host", "cdr.example.com");
        let far = Some(("192.0.2.1:9", Scheme::Http));
        assert_eq!(way(far, &[host], None), None);
        assert_eq!(way(far, &[("host", "localhost")], None), None);
        // Neither what a client says nor the configured address makes it safe.
        assert_eq!(way(far, &[host, ("x-forwarded-proto", "https")], None), None);
        assert_eq!(way(far, &[host], Some("https://cdr.example.com")), None);
        assert_eq!(way(None, &[host], Some("https://cdr.example.com")), None);
    }

    #[test]
    fn tls_is_known_here_and_before_us() {
        let host = ("host", "cdr.example.com");
        assert_eq!(way(Some(("192.0.2.1:9", Scheme::Https)), &[host], None), Some(Way::Tls));
        let proxy = Some(("10.0.0.1:9", Scheme::Http));
        assert_eq!(way(proxy, &[host, ("x-forwarded-proto", "https")], None), Some(Way::Tls));
        assert_eq!(way(proxy, &[host, ("x-forwarded-proto", "http")], None), None);
        assert_eq!(way(proxy, &[host], None), None);
        assert_eq!(way(proxy, &[host], Some("https://cdr.example.com")), Some(Way::Tls));
        let here = Some(("127.0.0.1:9", Scheme::Http));
        assert_eq!(way(here, &[host], Some("https://cdr.example.com")), Some(Way::Tls));
    }

    #[test]
    fn on_this_machine_no_tls_is_needed() {
        for (peer, host) in [
            ("127.0.0.1:9", "localhost:8080"),
            ("127.0.0.1:9", "127.0.0.1:8080"),
            ("[::1]:9", "[::1]:8080"),
            ("[::ffff:127.0.0.1]:9", "LOCALHOST"),
        ] {
            assert_eq!(
                way(Some((peer, Scheme::Http)), &[("host", host)], None),
                Some(Way::Loopback),
                "{host}"
            );
        }
        // A proxy that nobody named: its clients may be anywhere.
        for host in ["cdr.example.com", "localhost.example.com", "127.0.0.1.example.com", "10.0.0.9"] {
            assert_eq!(way(Some(("127.0.0.1:9", Scheme::Http)), &[("host", host)], None), None, "{host}");
        }
    }
}
