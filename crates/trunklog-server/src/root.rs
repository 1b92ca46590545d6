//! The address by which a client knows this server, which links start with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::header::HOST;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Version};
use trunklog_odata::{Error, Result};

use crate::forwarded;
use crate::settings::Settings;

const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Who is at the other end of a connection; the listener adds it to each
/// request. A request without it came from nowhere and is not trusted.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// The peer's address.
    pub address: SocketAddr,
    /// How the connection came in.
    pub scheme: Scheme,
}

/// How a connection came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Without TLS.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }
}

/// The root of links, without a slash at its end.
///
/// # Errors
/// 400 when the request names no host, or one that cannot be one.
pub(crate) fn of(parts: &Parts, settings: &Settings) -> Result<String> {
    if let Some(url) = &settings.public_url {
        return Ok(url.trim_end_matches('/').to_owned());
    }
    let peer = parts.extensions.get::<Peer>();
    let trusted = peer.is_some_and(|peer| is_trusted(peer.address.ip(), &settings.trusted_proxies));
    let forwarded = if trusted { Forwarded::read(&parts.headers) } else { Forwarded::default() };
    let scheme = forwarded.scheme.or_else(|| Some(peer?.scheme)).unwrap_or(Scheme::Http);
    let host = forwarded
        .host
        .or_else(|| parts.uri.authority().map(|authority| authority.as_str().to_owned()))
        .or_else(|| Some(parts.headers.get(HOST)?.to_str().ok()?.to_owned()))
        .unwrap_or_default();
    if !is_host(&host) {
        return Err(invalid_host());
    }
    Ok(format!("{}://{host}", scheme.name()))
}

/// Checks what every request says of its host, whoever answers it. Parts of the
/// way that take different ones of two hosts can be played off against each
/// other (RFC 9112, sections 3.2 and 11.2).
///
/// # Errors
/// 400 for more than one `Host`, for one that cannot be one, and for none in
/// HTTP/1.1.
pub(crate) fn check_host(version: Version, headers: &HeaderMap) -> Result<()> {
    let mut hosts = headers.get_all(HOST).iter();
    let (host, other) = (hosts.next(), hosts.next());
    let hint = match host {
        Some(_) if other.is_some() => "the request has more than one Host header",
        Some(host) if !host.to_str().is_ok_and(is_host) => {
            "the Host header is a name or an address, with a port or without"
        }
        None if version == Version::HTTP_11 => "HTTP/1.1 needs a Host header",
        Some(_) | None => return Ok(()),
    };
    Err(invalid_host().hint(hint))
}

fn invalid_host() -> Error {
    Error::bad_request("Bad Request - Invalid Hostname.")
}

/// Whether an authority, perhaps with a path, names a domain that others can
/// reach: no address, and not this machine itself.
pub(crate) fn is_domain(authority: &str) -> bool {
    let host = authority.split(['/', ':']).next().unwrap_or_default();
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let is_here = name == "localhost" || name.ends_with(".localhost");
    // What is left of an IPv6 address is its bracket.
    !is_here && !name.is_empty() && !name.starts_with('[') && name.parse::<Ipv4Addr>().is_err()
}

/// A dual-stack socket shows IPv4 peers as mapped addresses.
pub(crate) fn is_trusted(peer: IpAddr, proxies: &[IpAddr]) -> bool {
    proxies.iter().any(|proxy| proxy.to_canonical() == peer.to_canonical())
}

#[derive(Default)]
struct Forwarded {
    scheme: Option<Scheme>,
    host: Option<String>,
}

impl Forwarded {
    /// What the nearest proxy added: only the last entry is its own, the ones
    /// before may be the client's invention.
    fn read(headers: &HeaderMap) -> Forwarded {
        let listed =
            |name: &HeaderName| forwarded::listed(headers, name).pop().filter(|value| !value.is_empty());
        let hop = forwarded::hops(headers).pop().unwrap_or_default();
        Forwarded {
            scheme: listed(&X_FORWARDED_PROTO)
                .and_then(scheme)
                .or_else(|| hop.proto.as_deref().and_then(scheme)),
            host: listed(&X_FORWARDED_HOST).map(str::to_owned).or(hop.host),
        }
    }
}

fn scheme(name: &str) -> Option<Scheme> {
    [Scheme::Http, Scheme::Https].into_iter().find(|scheme| scheme.name().eq_ignore_ascii_case(name))
}

/// Whether a text can be `host`, `host:port`, `[v6]` or `[v6]:port`. It ends up
/// in links, so nothing else may pass.
fn is_host(text: &str) -> bool {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let Some((host, port)) = rest.split_once(']') else { return false };
        (host.parse::<std::net::Ipv6Addr>().is_ok(), port)
    } else {
        let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
        let valid = !host.is_empty()
            && host.len() <= 253
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
        (valid, port)
    };
    let port = match port.strip_prefix(':') {
        Some(port) => port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok(),
        None => port.is_empty(),
    };
    host && port
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn parts(headers: &[(&str, &str)], peer: Option<&str>) -> Parts {
        let mut request = Request::get("/v1.0");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut parts = request.body(()).unwrap().into_parts().0;
        if let Some(peer) = peer {
            parts.extensions.insert(Peer { address: peer.parse().unwrap(), scheme: Scheme::Https });
        }
        parts
    }

    #[test]
    fn only_hosts_pass() {
        for host in ["localhost", "a.example:8443", "127.0.0.1:1", "[::1]", "[::1]:443", "my_host"] {
            assert!(is_host(host), "{host}");
        }
        for host in
            ["", ":80", "a b", "a/b", "a@b", "a:", "a:99999", "a:x", "a\"b", "[::1", "[x]", "a?b", "a:1:2"]
        {
            assert!(!is_host(host), "{host}");
        }
    }

    #[test]
    fn a_request_has_one_host_and_a_valid_one() {
        const NONE: &[&str] = &[];
        let check = |version, hosts: &[&str]| {
            let headers: Vec<(&str, &str)> = hosts.iter().map(|host| ("host", *host)).collect();
            check_host(version, &parts(&headers, None).headers)
        };
        for (version, hosts) in [
            (Version::HTTP_11, &["localhost"][..]),
            (Version::HTTP_11, &["a.example:8443"][..]),
            (Version::HTTP_11, &["[::1]:1"][..]),
            (Version::HTTP_10, NONE),
            (Version::HTTP_2, NONE),
            (Version::HTTP_2, &["a.example"][..]),
        ] {
            assert_eq!(check(version, hosts), Ok(()), "{version:?} {hosts:?}");
        }
        for (version, hosts) in [
            (Version::HTTP_11, NONE),
            (Version::HTTP_11, &["a.example", "a.example"][..]),
            (Version::HTTP_11, &["a.example", "b.example"][..]),
            (Version::HTTP_11, &[""][..]),
            (Version::HTTP_11, &["a.example, b.example"][..]),
            (Version::HTTP_11, &["a@b"][..]),
            (Version::HTTP_11, &["a/b"][..]),
            (Version::HTTP_10, &["a", "b"][..]),
            (Version::HTTP_10, &["a b"][..]),
            (Version::HTTP_2, &["a", "b"][..]),
        ] {
            let error = check(version, hosts).unwrap_err();
            assert_eq!(error.message(), "Bad Request - Invalid Hostname.", "{version:?} {hosts:?}");
            assert!(error.hint_text().is_some());
        }
    }

    #[test]
    fn domains_are_told_from_addresses_and_from_here() {
        for authority in ["t.example", "t.example:8443", "T.example./calls", "calls", "1.2.3.4.example"] {
            assert!(is_domain(authority), "{authority}");
        }
        for authority in [
            "localhost",
            "LocalHost:8443",
            "localhost.",
            "a.localhost/x",
            "127.0.0.1:1",
            "[::1]:443",
            "",
            ":80",
        ] {
            assert!(!is_domain(authority), "{authority}");
        }
    }

    #[test]
    fn forwarding_headers_are_believed_from_trusted_peers_only() {
        let headers =
            [("host", "inner:1"), ("x-forwarded-host", "evil, outer.example"), ("x-forwarded-proto", "http")];
        let settings = Settings { trusted_proxies: vec!["10.0.0.1".parse().unwrap()], ..Settings::default() };
        let root = |peer| of(&parts(&headers, peer), &settings).unwrap();
        assert_eq!(root(Some("10.0.0.1:99")), "http://outer.example");
        assert_eq!(root(Some("[::ffff:10.0.0.1]:99")), "http://outer.example");
        assert_eq!(root(Some("10.0.0.2:99")), "https://inner:1");
        assert_eq!(root(None), "http://inner:1");
    }

    #[test]
    fn the_standard_header_is_understood() {
        let headers =
            [("host", "inner"), ("forwarded", "for=1.2.3.4, for=x;proto=https;host=\"outer:8443\"")];
        let settings = Settings { trusted_proxies: vec!["10.0.0.1".parse().unwrap()], ..Settings::default() };
        assert_eq!(of(&parts(&headers, Some("10.0.0.1:99")), &settings).unwrap(), "https://outer:8443");
    }

    #[test]
    fn the_configured_address_wins() {
        let settings = Settings { public_url: Some("https://t.example/".to_owned()), ..Settings::default() };
        assert_eq!(of(&parts(&[], None), &settings).unwrap(), "https://t.example");
        assert!(of(&parts(&[], None), &Settings::default()).is_err());
    }
}
