//! What browsers keep for us: the token of a session, for a few minutes what the first
//! step of a sign-in proved, and for some months by what they are known at the next one.
//!
//! Over TLS the names start with `__Host-`, so that only this host can have set
//! them, over TLS and for all its paths (RFC 6265bis, section 4.1.3.2). On this
//! machine without TLS there is no such promise.

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use trunklog_identity::DeviceMark;

use super::way::Way;

/// Longer than any of ours.
const MOST_CHARS: usize = 4096;
/// As long as a sign-in may take.
const PENDING_SECS: u32 = 600;

#[derive(Debug, Clone, Copy)]
enum Name {
    Session,
    Pending,
    Device,
}

impl Name {
    fn text(self, way: Way) -> &'static str {
        match (self, way) {
            (Name::Session, Way::Tls) => "__Host-trunklog",
            (Name::Session, Way::Loopback) => "trunklog",
            (Name::Pending, Way::Tls) => "__Host-trunklog-sign-in",
            (Name::Pending, Way::Loopback) => "trunklog-sign-in",
            (Name::Device, Way::Tls) => "__Host-trunklog-device",
            (Name::Device, Way::Loopback) => "trunklog-device",
        }
    }
}

/// The token of the session, if the browser sent one.
pub(super) fn session(way: Way, headers: &HeaderMap) -> Option<String> {
    read(Name::Session.text(way), headers)
}

/// What the browser keeps of a sign-in that is under way.
pub(super) fn pending(way: Way, headers: &HeaderMap) -> Option<String> {
    read(Name::Pending.text(way), headers)
}

/// What the browser keeps to be known again.
pub(super) fn device(way: Way, headers: &HeaderMap) -> Option<String> {
    read(Name::Device.text(way), headers)
}

/// Has the browser keep the token until it is closed; when the session ends is
/// our business.
pub(super) fn keep_session(way: Way, token: &str, headers: &mut HeaderMap) {
    set(Name::Session, way, token, None, headers);
}

pub(super) fn keep_pending(way: Way, sealed: &str, headers: &mut HeaderMap) {
    set(Name::Pending, way, sealed, Some(PENDING_SECS), headers);
}

pub(super) fn keep_device(way: Way, mark: &DeviceMark, headers: &mut HeaderMap) {
    set(Name::Device, way, mark.expose(), Some(DeviceMark::MAX_AGE_SECS), headers);
}

pub(super) fn forget_session(way: Way, headers: &mut HeaderMap) {
    set(Name::Session, way, "", Some(0), headers);
}

pub(super) fn forget_pending(way: Way, headers: &mut HeaderMap) {
    set(Name::Pending, way, "", Some(0), headers);
}

fn set(name: Name, way: Way, value: &str, max_age: Option<u32>, headers: &mut HeaderMap) {
    let mut cookie = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax", name.text(way));
    if way == Way::Tls {
        cookie.push_str("; Secure");
    }
    if let Some(seconds) = max_age {
        cookie.push_str(&format!("; Max-Age={seconds}"));
    }
    // Tokens and what is sealed are base64url.
    if let Ok(mut cookie) = HeaderValue::try_from(cookie) {
        cookie.set_sensitive(true);
        headers.append(SET_COOKIE, cookie);
    }
}

/// The value of that name. Of several none: somebody else may have set one.
fn read(name: &str, headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim());
    let value = values.next().filter(|value| !value.is_empty() && value.len() <= MOST_CHARS)?;
    values.next().is_none().then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_str(line).unwrap());
        }
        headers
    }

    #[test]
    fn a_cookie_is_read_by_its_whole_name() {
        let headers = sent(&["a=b; __Host-trunklog=token", "trunklog=other"]);
        assert_eq!(session(Way::Tls, &headers).as_deref(), Some("token"));
        assert_eq!(session(Way::Loopback, &headers).as_deref(), Some("other"));
        assert_eq!(pending(Way::Tls, &headers), None);
        for lines in [
            &["__Host-trunklog=one; __Host-trunklog=two"][..],
            &["__Host-trunklog=one", "__Host-trunklog=two"],
            &["__Host-trunklog="],
            &["__host-trunklog=one"],
            &["x__Host-trunklog=one"],
            &[],
        ] {
            assert_eq!(session(Way::Tls, &sent(lines)), None, "{lines:?}");
        }
    }

    #[test]
    fn cookies_are_for_this_host_and_no_script() {
        let mut headers = HeaderMap::new();
        keep_session(Way::Tls, "token", &mut headers);
        keep_session(Way::Loopback, "token", &mut headers);
        forget_pending(Way::Tls, &mut headers);
        let lines: Vec<&str> =
            headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect();
        assert_eq!(
            lines,
            [
                "__Host-trunklog=token; Path=/; HttpOnly; SameSite=Lax; Secure",
                "trunklog=token; Path=/; HttpOnly; SameSite=Lax",
                "__Host-trunklog-sign-in=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0",
            ]
        );
    }
}
