//! Where a person goes on after a sign-in.

use std::fmt::Display;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// With what else a browser carries through a sign-in, it has to fit into a cookie.
const MOST_BYTES: usize = 1024;

/// A path below this server's root, with its query, to which a person may be sent;
/// the first page for anything else. Whoever makes a link to a sign-in must not
/// choose another server, nor the sign-in itself.
pub(super) fn checked(next: &str) -> &str {
    const FIRST: &str = "/";
    let is_text = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let is_ours = path.split('/').find(|part| !part.is_empty());
    let is_sign_in = matches!(is_ours, Some("sign-in" | "sign-out"));
    if is_text && is_path && !is_sign_in && next.len() <= MOST_BYTES { next } else { FIRST }
}

/// The same for a query.
pub(super) fn encoded(next: &str) -> impl Display + '_ {
    utf8_percent_encode(next, NON_ALPHANUMERIC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_server() {
        for good in ["/", "/calls", "/t/6f1d/calls?range=7d&x=%2F%2Fevil", "/calls#end", "/sign-ins", "/a//b"]
        {
            assert_eq!(checked(good), good);
        }
        for bad in [
            "",
            "calls",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/calls\\..",
            "https://evil.example",
            "https:/evil.example",
            "javascript:alert(1)",
            "/a b",
            "/a\r\nset-cookie: x=y",
            "/\tevil",
            "/ä",
            "@evil.example",
            ".evil.example",
            "/sign-in",
            "/sign-in?next=/sign-in",
            "/sign-in/oidc/entra/start",
            "/sign-out",
            "/sign-out#x",
        ] {
            assert_eq!(checked(bad), "/", "{bad:?}");
        }
        let long = format!("/{}", "a".repeat(MOST_BYTES));
        assert_eq!(checked(&long), "/");
    }
}
