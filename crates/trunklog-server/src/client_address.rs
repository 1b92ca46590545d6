//! The address of the client that sent a request.

use std::net::{IpAddr, SocketAddr};

use http::request::Parts;
use http::{HeaderMap, HeaderName};

use crate::forwarded;
use crate::peer::{Peer, is_trusted};
use crate::settings::Settings;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's own address, if it is known. It is not when the request came
/// through a trusted proxy that does not say whom it speaks for, nor when it
/// came from this machine: there a proxy that nobody named makes all clients
/// look alike.
pub(crate) fn of(parts: &Parts, settings: &Settings) -> Option<IpAddr> {
    told(parts, settings).filter(|client| !client.is_loopback())
}

/// The client's own address, or else that of the one who speaks for it. None for a
/// request that came from nowhere.
pub(crate) fn or_peer(parts: &Parts, settings: &Settings) -> Option<IpAddr> {
    told(parts, settings).or_else(|| Some(peer(parts)?.to_canonical()))
}

fn told(parts: &Parts, settings: &Settings) -> Option<IpAddr> {
    let peer = peer(parts)?;
    let proxies = &settings.trusted_proxies;
    let client = if is_trusted(peer, proxies) {
        // Each proxy appends whom it heard from. What is before the first
        // address that is not a proxy's may be the client's invention.
        heard_from(&parts.headers).into_iter().rev().find(|address| !is_trusted(*address, proxies))?
    } else {
        peer
    };
    Some(client.to_canonical())
}

fn peer(parts: &Parts) -> Option<IpAddr> {
    Some(parts.extensions.get::<Peer>()?.address.ip())
}

/// Whom the proxies heard from, the nearest last. An entry that is not an address
/// hides all before it.
fn heard_from(headers: &HeaderMap) -> Vec<IpAddr> {
    let entries: Vec<Option<IpAddr>> = if headers.contains_key(X_FORWARDED_FOR) {
        forwarded::listed(headers, &X_FORWARDED_FOR).into_iter().map(address).collect()
    } else {
        forwarded::hops(headers).into_iter().map(|hop| address(&hop.client?)).collect()
    };
    let hidden = entries.iter().rposition(Option::is_none).map_or(0, |at| at + 1);
    entries.into_iter().skip(hidden).flatten().collect()
}

/// An address with or without brackets and port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::peer::Scheme;

    fn client(peer: &str, headers: &[(&str, &str)]) -> Option<String> {
        asked(peer, headers)[0].clone()
    }

    /// The client's own address, and the nearest that stands for it.
    fn asked(peer: &str, headers: &[(&str, &str)]) -> [Option<String>; 2] {
        let mut request = Request::get("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut parts = request.body(()).unwrap().into_parts().0;
        parts.extensions.insert(Peer { address: peer.parse().unwrap(), scheme: Scheme::Http });
        let settings = Settings {
            trusted_proxies: ["10.0.0.1", "10.0.0.2"].map(|proxy| proxy.parse().unwrap()).to_vec(),
            ..Settings::default()
        };
        [of(&parts, &settings), or_peer(&parts, &settings)].map(|found| Some(found?.to_string()))
    }

    #[test]
    fn a_client_is_its_peer_unless_a_trusted_proxy_says_otherwise() {
        let lie = [("x-forwarded-for", "203.0.113.9")];
        assert_eq!(client("192.0.2.1:9", &lie).as_deref(), Some("192.0.2.1"));
        assert_eq!(client("[::ffff:192.0.2.1]:9", &[]).as_deref(), Some("192.0.2.1"));
        assert_eq!(client("10.0.0.1:9", &lie).as_deref(), Some("203.0.113.9"));
        for (headers, expected) in [
            ([("x-forwarded-for", "6.6.6.6, 203.0.113.9, 10.0.0.2")], Some("203.0.113.9")),
            ([("x-forwarded-for", "203.0.113.9:4711")], Some("203.0.113.9")),
            ([("x-forwarded-for", "2001:db8::1")], Some("2001:db8::1")),
            ([("forwarded", "for=6.6.6.6, For=\"[2001:db8::1]:80\";proto=https")], Some("2001:db8::1")),
            ([("forwarded", "for=6.6.6.6, for=_hidden")], None),
            ([("x-forwarded-for", "6.6.6.6, unknown")], None),
            ([("host", "cdr.example.test")], None),
        ] {
            assert_eq!(client("10.0.0.1:9", &headers).as_deref(), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_client_on_this_machine_may_be_many() {
        assert_eq!(client("127.0.0.1:9", &[]), None);
        assert_eq!(client("[::1]:9", &[]), None);
        assert_eq!(client("[::ffff:127.0.0.1]:9", &[]), None);
    }

    #[test]
    fn who_is_not_known_is_taken_for_its_peer() {
        for (peer, headers, nearest) in [
            ("10.0.0.1:9", [("forwarded", "for=_hidden")], "10.0.0.1"),
            ("10.0.0.1:9", [("x-forwarded-for", "203.0.113.9")], "203.0.113.9"),
            ("192.0.2.1:9", [("x-forwarded-for", "203.0.113.9")], "192.0.2.1"),
            ("[::ffff:127.0.0.1]:9", [("host", "localhost")], "127.0.0.1"),
        ] {
            assert_eq!(asked(peer, &headers)[1].as_deref(), Some(nearest), "{peer} {headers:?}");
        }
    }
}
