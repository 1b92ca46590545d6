//! From which pages a browser may change anything.

use http::header::ORIGIN;
use http::request::Parts;
use http::{HeaderMap, HeaderName};
use trunklog_odata::{Error, ErrorKind};

use crate::answer::Failure;

pub(super) const OTHER_PAGE: &str = "This was not sent by a page of this server.";

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Checks that a request that changes something was sent by a page of this server:
/// another's would come with the cookies of whoever looks at it.
///
/// What counts is what the browser says by itself, `Sec-Fetch-Site`, and only
/// where there is no such header `Origin`, which is `null` for pages that hide
/// their address, as ours do. A browser that says neither is refused; all of today
/// say the first to servers with TLS and to this machine.
///
/// # Errors
/// 403 for any other request.
pub(crate) fn check_origin(parts: &Parts, root: &str) -> Result<(), Failure> {
    let is_own = match only_value(&parts.headers, &SEC_FETCH_SITE) {
        Given::One(site) => site == "same-origin",
        Given::Nothing => match only_value(&parts.headers, &ORIGIN) {
            Given::One(origin) => origin.eq_ignore_ascii_case(origin_of(root)),
            Given::Nothing | Given::Unclear => false,
        },
        Given::Unclear => false,
    };
    if is_own {
        return Ok(());
    }
    let hint = "open this server's own page and try again there; a proxy has to pass on Origin and \
                Sec-Fetch-Site, and public_url has to be the address in the browser";
    Err(Error::new(ErrorKind::Forbidden, OTHER_PAGE).hint(hint).into())
}

/// What a header says.
enum Given<'a> {
    Nothing,
    One(&'a str),
    /// Several things, or no text.
    Unclear,
}

fn only_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Given<'a> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Given::Nothing,
        (Some(value), None) => value.to_str().map_or(Given::Unclear, Given::One),
        (Some(_), Some(_)) => Given::Unclear,
    }
}

/// Scheme, host and port of an address, as browsers write them.
fn origin_of(root: &str) -> &str {
    let after_scheme = root.find("://").map_or(0, |at| at + 3);
    let end = root[after_scheme..].find('/').map_or(root.len(), |at| after_scheme + at);
    let origin = &root[..end];
    let usual = if origin.starts_with("https://") { ":443" } else { ":80" };
    origin.strip_suffix(usual).unwrap_or(origin)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    const ROOT: &str = "https://cdr.example.com/calls";

    fn passes(headers: &[(&str, &str)]) -> bool {
        let mut request = Request::post("/sign-in");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check_origin(&request.body(()).unwrap().into_parts().0, ROOT).is_ok()
    }

    #[test]
    fn only_our_own_pages_pass() {
        for headers in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://inner:8443")],
            &[("origin", "https://cdr.example.com")],
        ] {
            assert!(passes(headers), "{headers:?}");
        }
        for headers in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://cdr.example.com")],
            &[("origin", "null")],
            &[("origin", "https://cdr.example.com.evil.example")],
            &[("origin", "http://cdr.example.com")],
            &[("origin", "https://cdr.example.com:8443")],
            &[("origin", "https://cdr.example.com"), ("origin", "https://evil.example")],
            &[("referer", "https://cdr.example.com/sign-in")],
        ] {
            assert!(!passes(headers), "{headers:?}");
        }
    }

    #[test]
    fn an_origin_is_written_as_browsers_do() {
        for (root, origin) in [
            ("https://a.example", "https://a.example"),
            ("https://a.example:443/x", "https://a.example"),
            ("https://a.example:80", "https://a.example:80"),
            ("http://localhost:80", "http://localhost"),
            ("http://[::1]:8080/x/y", "http://[::1]:8080"),
            ("a.example/x", "a.example"),
        ] {
            assert_eq!(origin_of(root), origin, "{root}");
        }
    }
}
