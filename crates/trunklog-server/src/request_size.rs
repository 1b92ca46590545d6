//! What is too large about a request.

use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Uri};
use trunklog_odata::{Error, ErrorKind};

use crate::settings::Limits;

/// What is too large about a request with that URL and those headers.
pub(crate) fn oversized(limits: &Limits, uri: &Uri, headers: &HeaderMap) -> Option<Error> {
    let url = uri.path().len() + uri.query().map_or(0, |query| query.len() + 1);
    if url > limits.url_bytes.saturating_add(walk_bytes(uri.query().unwrap_or_default())) {
        return Some(Error::new(ErrorKind::UriTooLong, "The request URL is too long."));
    }
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if size > limits.header_bytes {
        return Some(Error::new(ErrorKind::HeadersTooLarge, "The request headers are too large."));
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let body = length.and_then(|length| length.parse::<usize>().ok()).unwrap_or(0);
    (body > limits.body_bytes)
        .then(|| Error::new(ErrorKind::PayloadTooLarge, "The request body is too large."))
}

/// How much of a query is the state of a walk, which our own links add to what
/// the client wrote: so the link of a URL that was taken is taken, too.
fn walk_bytes(query: &str) -> usize {
    /// A token holds at most eight texts of 128 characters.
    const MOST: usize = 8 * 1024;
    const ADDED: [&str; 11] = [
        "$skip=",
        "$skiptoken=",
        "$deltatoken=",
        "$top=",
        "maxpagesize=",
        "track-changes=",
        // Of the rows of reports.
        "from=",
        "to=",
        "zone=",
        "top=",
        "skiptoken=",
    ];
    let added = query.split('&').filter(|pair| ADDED.iter().any(|name| pair.starts_with(name)));
    added.map(|pair| pair.len() + 1).sum::<usize>().min(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_ours_may_be_longer_than_what_it_continues() {
        let limits = Limits::default();
        let is_too_long = |query: &str| {
            let uri = Uri::try_from(format!("/{}?{query}", "x".repeat(limits.url_bytes - 2))).unwrap();
            oversized(&limits, &uri, &HeaderMap::new()).is_some()
        };
        assert!(!is_too_long(""));
        assert!(is_too_long("$filter=true"));
        assert!(!is_too_long("$skip=1000&$skiptoken=abc&$top=5&maxpagesize=9&track-changes=true"));
        assert!(!is_too_long("maxpagesize=9&$deltatoken=abc"));
        assert!(!is_too_long("from=2026&to=2027&zone=UTC&top=5&skiptoken=abc"));
        assert!(is_too_long(&format!("$skiptoken={}", "a".repeat(9_000))));
    }
}
