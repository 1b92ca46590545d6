//! What a request says of the host that it is sent to.

use std::net::Ipv4Addr;

use http::header::HOST;
use http::{HeaderMap, Version};
use trunklog_odata::{Error, Result};

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

/// 400 for a host that cannot be one.
pub(crate) fn invalid_host() -> Error {
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

/// Whether a text can be `host`, `host:port`, `[v6]` or `[v6]:port`. It ends up
/// in links, so nothing else may pass.
pub(crate) fn is_host(text: &str) -> bool {
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
    use http::HeaderValue;

    use super::*;

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
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(HOST, HeaderValue::from_str(host).unwrap());
            }
            check_host(version, &headers)
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
}
