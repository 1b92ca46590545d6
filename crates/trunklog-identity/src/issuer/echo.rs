//! What of a request is repeated in an error.
//!
//! A body that is not a form, or whose `&` got lost, makes one parameter of all of
//! them, and the secret is a part of it. So a value is repeated only where it has
//! the form that it should have, and no further.

use crate::guid::guid;

/// In place of what is not repeated.
const WITHHELD: &str = "(not shown)";

/// Longest name of a grant. Those of RFC 7523 and the like have some 50.
const MAX_GRANT_CHARS: usize = 60;

/// A grant type: `password`, `urn:ietf:params:oauth:grant-type:jwt-bearer`.
pub(super) fn grant(value: &str) -> &str {
    let is_of_name = |c: char| c.is_ascii_lowercase() || matches!(c, '_' | ':' | '.' | '-');
    let is_name = (1..=MAX_GRANT_CHARS).contains(&value.len()) && value.chars().all(is_of_name);
    if is_name && !speaks_of_secret(value) { value } else { WITHHELD }
}

/// A resource or a scope: an address or a GUID, up to what is in neither.
pub(super) fn resource(value: &str) -> &str {
    const SCHEMES: [&str; 3] = ["https://", "http://", "api://"];
    let is_of_address =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | ':' | '/' | '[' | ']');
    let end = value.find(|c: char| !is_of_address(c)).unwrap_or(value.len());
    let shown = &value[..end];
    let names_something = SCHEMES
        .iter()
        .any(|scheme| shown.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
        || guid(shown.split('/').next().unwrap_or_default()).is_some();
    // What is before an @ is a name and a password.
    if names_something && !value.contains('@') && !speaks_of_secret(shown) { shown } else { WITHHELD }
}

/// A tenant of an address: a GUID, a domain, or what Entra has for several.
pub(super) fn tenant(value: &str) -> &str {
    const SEVERAL: [&str; 3] = ["common", "consumers", "organizations"];
    if guid(value).is_some() || SEVERAL.contains(&value) || is_domain(value) { value } else { WITHHELD }
}

/// A method: a word in capital letters.
pub(super) fn method(value: &str) -> &str {
    const MAX_CHARS: usize = 20;
    let is_word = value.len() <= MAX_CHARS && value.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_word { value } else { WITHHELD }
}

fn is_domain(value: &str) -> bool {
    const MAX_CHARS: usize = 253;
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_top = |label: &str| label.len() >= 2 && label.bytes().all(|byte| byte.is_ascii_alphabetic());
    value.len() <= MAX_CHARS
        && !speaks_of_secret(value)
        && value.split('.').all(is_label)
        && value.rsplit_once('.').is_some_and(|(_, top)| is_top(top))
}

fn speaks_of_secret(value: &str) -> bool {
    value.to_ascii_lowercase().contains("secret")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "Zx8Q~9_aB-cDeFgHiJkLmNoPqRsTuVwXyZ0123.4";

    #[test]
    fn what_has_its_form_is_repeated() {
        for value in ["password", "authorization_code", "urn:ietf:params:oauth:grant-type:jwt-bearer"] {
            assert_eq!(grant(value), value);
        }
        for value in [
            "https://graph.microsoft.com/.default",
            "HTTP://[::1]:8080",
            "api://trunklog/.default",
            "00000003-0000-0000-c000-000000000000/.default",
        ] {
            assert_eq!(resource(value), value);
        }
        assert_eq!(resource("https://a.test/.default openid"), "https://a.test/.default");
        for value in ["00000003-0000-0000-c000-000000000000", "contoso.onmicrosoft.com", "common"] {
            assert_eq!(tenant(value), value);
        }
        assert_eq!(method("DELETE"), "DELETE");
    }

    #[test]
    fn a_secret_that_got_into_a_value_is_not_repeated() {
        for before in [
            "",
            "client_credentials;client_secret=",
            "client_credentials\nclient_secret=",
            "client_credentialsclient_secret=",
            "client_credentials client_secret:",
            "client_credentials&client_secret=",
            "https://graph.microsoft.com/.default;client_secret=",
            "https://graph.microsoft.com/.default\r\nclient_secret=",
            "https://graph.microsoft.com/.default&client_secret=",
            "https://graph.microsoft.com/.default%26client_secret%3D",
            "https://graph.microsoft.com/.default,client_secret:",
            "https://graph.microsoft.com/.defaultclient_secret:",
            "api://x ",
            "https://app:",
        ] {
            let value = format!("{before}{SECRET}@graph.microsoft.com");
            for (value, shown) in
                [(&value, resource(&value)), (&value, grant(&value)), (&value, tenant(&value))]
            {
                assert!(!shown.contains(SECRET), "{value}: {shown}");
            }
            let value = value.trim_end_matches("@graph.microsoft.com");
            if before != "https://app:" {
                for shown in [resource(value), grant(value), tenant(value), method(value)] {
                    assert!(!shown.contains(SECRET), "{value}: {shown}");
                }
            }
        }
    }
}
