//! What proxies say of the requests that they pass on: the header `Forwarded`
//! (RFC 7239), and how the older ones with `X-` are read.
//!
//! Proxies append, so what comes last is the nearest one's. Whether it is to be
//! believed is the caller's business.

use http::header::FORWARDED;
use http::{HeaderMap, HeaderName};

/// What one proxy says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Hop {
    /// Whom it heard from (`for`).
    pub(crate) client: Option<String>,
    pub(crate) proto: Option<String>,
    pub(crate) host: Option<String>,
}

/// What the proxies say in `Forwarded`, the nearest last. An entry that says
/// nothing is one, too.
pub(crate) fn hops(headers: &HeaderMap) -> Vec<Hop> {
    let lines = headers.get_all(FORWARDED).iter();
    lines.flat_map(|line| parts(line.to_str().unwrap_or_default(), ',')).map(Hop::read).collect()
}

/// The entries of a header that is a plain list, the nearest proxy's last. A
/// line that is not text is one entry, which says nothing.
pub(crate) fn listed<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<&'a str> {
    let lines = headers.get_all(name).iter();
    lines.flat_map(|line| line.to_str().unwrap_or_default().split(',')).map(str::trim).collect()
}

impl Hop {
    fn read(entry: &str) -> Hop {
        let mut hop = Hop::default();
        for pair in parts(entry, ';') {
            let Some((name, value)) = pair.split_once('=') else { continue };
            let place = match name.trim().to_ascii_lowercase().as_str() {
                "for" => &mut hop.client,
                "proto" => &mut hop.proto,
                "host" => &mut hop.host,
                _ => continue,
            };
            place.get_or_insert_with(|| unquoted(value));
        }
        hop
    }
}

/// The parts between separators. Those in quoted strings separate nothing (RFC
/// 9110, section 5.6.4), unless the quotes are not as they must be: a client may
/// have opened one to swallow what the proxy adds.
fn parts(text: &str, separator: char) -> Vec<&str> {
    cut(text, separator).unwrap_or_else(|| text.split(separator).collect())
}

/// None if a quoted string is not a whole value.
fn cut(text: &str, separator: char) -> Option<Vec<&str>> {
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Place {
        Plain,
        Quoted,
        /// After a backslash in a quoted string.
        Escaped,
        /// After a quoted string.
        Closed,
    }

    let mut found = Vec::new();
    let (mut begin, mut place, mut before) = (0, Place::Plain, ' ');
    for (at, letter) in text.char_indices() {
        place = match (place, letter) {
            (Place::Plain, '"') if before == '=' => Place::Quoted,
            (Place::Plain, '"') => return None,
            (Place::Plain, _) | (Place::Closed, ',' | ';') => Place::Plain,
            (Place::Quoted, '\\') => Place::Escaped,
            (Place::Quoted, '"') | (Place::Closed, ' ' | '\t') => Place::Closed,
            (Place::Quoted | Place::Escaped, _) => Place::Quoted,
            (Place::Closed, _) => return None,
        };
        if place == Place::Plain && letter == separator {
            found.push(&text[begin..at]);
            begin = at + letter.len_utf8();
        }
        before = letter;
    }
    found.push(&text[begin..]);
    matches!(place, Place::Plain | Place::Closed).then_some(found)
}

/// A value without the quotes around it.
fn unquoted(value: &str) -> String {
    let value = value.trim();
    let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return value.trim_matches('"').to_owned();
    };
    let mut letters = inner.chars();
    let mut text = String::with_capacity(inner.len());
    while let Some(letter) = letters.next() {
        text.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
    }
    text
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(lines: &[&str]) -> Vec<[Option<String>; 3]> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED, HeaderValue::from_str(line).unwrap());
        }
        hops(&headers).into_iter().map(|Hop { client, proto, host }| [client, proto, host]).collect()
    }

    fn hop(client: &str, proto: &str, host: &str) -> [Option<String>; 3] {
        [client, proto, host].map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()))
    }

    #[test]
    fn each_proxy_says_its_own() {
        assert_eq!(
            read(&[
                "for=192.0.2.1;proto=https , For=\"[2001:db8::1]:80\"; host=a.example",
                "by=x;Proto=http"
            ]),
            [hop("192.0.2.1", "https", ""), hop("[2001:db8::1]:80", "", "a.example"), hop("", "http", "")]
        );
        assert_eq!(read(&["for=a,,nothing"]), [hop("a", "", ""), hop("", "", ""), hop("", "", "")]);
        assert!(read(&[]).is_empty());
    }

    #[test]
    fn what_is_quoted_separates_nothing() {
        assert_eq!(
            read(&[r#"for="_a,b;host=evil.example\"";host="a.example:8443" ,for=192.0.2.1"#]),
            [hop("_a,b;host=evil.example\"", "", "a.example:8443"), hop("192.0.2.1", "", "")]
        );
        // The first of two pairs with one name counts.
        assert_eq!(read(&["host=a;host=b"]), [hop("", "", "a")]);
    }

    #[test]
    fn a_quote_that_a_client_opened_swallows_nothing() {
        for opened in ["for=\"", "for=\"a\\", "x\"y", "host=evil.example;for=\"", "for=\"a\"b"] {
            for added in ["for=192.0.2.1;host=a.example", "for=\"192.0.2.1\";host=\"a.example\""] {
                let line = format!("{opened}, {added}");
                let found = read(&[line.as_str()]);
                assert_eq!(found.last(), Some(&hop("192.0.2.1", "", "a.example")), "{opened} {added}");
            }
        }
    }
}
