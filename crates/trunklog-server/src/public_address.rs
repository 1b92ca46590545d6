//! The address by which a client knows this server, which links start with.

use http::header::HOST;
use http::request::Parts;
use http::{HeaderMap, HeaderName};
use trunklog_odata::Result;

use crate::forwarded;
use crate::host::{invalid_host, is_host};
use crate::peer::{Peer, Scheme, is_trusted};
use crate::settings::Settings;

const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

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
    let forwarded =
        if trusted { ForwardedAddress::read(&parts.headers) } else { ForwardedAddress::default() };
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

/// What proxies say of the address that the client used.
#[derive(Default)]
struct ForwardedAddress {
    scheme: Option<Scheme>,
    host: Option<String>,
}

impl ForwardedAddress {
    /// What the nearest proxy added: only the last entry is its own, the ones
    /// before may be the client's invention.
    fn read(headers: &HeaderMap) -> ForwardedAddress {
        let listed =
            |name: &HeaderName| forwarded::listed(headers, name).pop().filter(|value| !value.is_empty());
        let hop = forwarded::hops(headers).pop().unwrap_or_default();
        ForwardedAddress {
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
