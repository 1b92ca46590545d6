//! `$batch`: several requests in one JSON document.
//!
//! ```text
//! {"requests":[{"id":"1","method":"GET","url":"/communications/…","headers":{},"dependsOn":["0"]}]}
//! ```
//!
//! A document that is not a batch is refused as a whole. What is wrong with one
//! request alone, such as an address that leads nowhere, is that request's
//! error and is found when it is answered.
//!
//! Source: learn.microsoft.com/graph/json-batching and the contract's section
//! 2.10.

use std::collections::{BTreeMap, HashMap};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Deserialize;

use crate::{Error, Result};

/// The most requests that a batch may hold.
pub const MAX_ITEMS: usize = 20;

/// What a URL cannot hold. Clients write URLs into a batch as people write
/// them, with spaces in a filter.
const NOT_IN_URLS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The requests of a batch, in the order of the document.
///
/// ```
/// use trunklog_odata::batch::{Batch, MAX_ITEMS};
///
/// let body = br#"{"requests":[
///     {"id":"1","method":"GET","url":"/x"},
///     {"id":"2","method":"GET","url":"/y","dependsOn":["1"]}
/// ]}"#;
/// let batch = Batch::parse(body)?;
/// assert!(batch.items.len() <= MAX_ITEMS);
/// assert_eq!(batch.items[1].after, [0]);
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// At least one and at most [`MAX_ITEMS`], with ids that differ in more
    /// than letter case.
    pub items: Vec<Item>,
}

/// One request of a batch. Its body means nothing to the functions and is left
/// out.
///
/// ```
/// use trunklog_odata::batch::Batch;
///
/// let body = br#"{"requests":[{"id":"a","method":"get","url":"/x","headers":{"Accept":"*/*"}}]}"#;
/// let batch = Batch::parse(body)?;
/// let item = &batch.items[0];
/// assert_eq!((item.id.as_str(), item.method.as_str()), ("a", "GET"));
/// assert_eq!(item.headers["Accept"], "*/*");
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What the client calls it; never empty.
    pub id: String,
    /// The method in capitals, whatever it is.
    pub method: String,
    /// What is asked for.
    pub target: Target,
    /// The headers, as they were written.
    pub headers: BTreeMap<String, String>,
    /// The positions of the items that must have succeeded before. They form no
    /// circle.
    pub after: Vec<usize>,
}

/// What an item's `url` names, percent-encoded where it has to be.
///
/// ```
/// use trunklog_odata::batch::Target;
///
/// let target = Target::parse("/x?$filter=smsUnits gt 1");
/// assert_eq!(target, Target::Relative("x?$filter=smsUnits%20gt%201".to_owned()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Path and query below the version that the batch was sent to, without a
    /// leading slash.
    Relative(String),
    /// A whole address.
    Absolute {
        /// In lower case, with the port unless it is the scheme's.
        host: String,
        /// Path and query, with a leading slash.
        path: String,
    },
}

#[derive(Deserialize)]
struct Document {
    requests: Vec<Request>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    id: String,
    method: String,
    url: String,
    headers: Option<BTreeMap<String, String>>,
    depends_on: Option<Vec<String>>,
}

impl Batch {
    /// Reads the body of a batch. Members that are not known are ignored.
    ///
    /// # Errors
    /// 400 when it is not a batch, holds no request or too many, or when ids are
    /// empty, occur twice, name nothing or wait for each other.
    ///
    /// ```
    /// use trunklog_odata::batch::{Batch, Target};
    ///
    /// let batch = Batch::parse(br#"{"requests":[{"id":"1","method":"GET","url":"/x?$top=1"}]}"#)?;
    /// assert_eq!(batch.items[0].method, "GET");
    /// assert!(matches!(batch.items[0].target, Target::Relative(_)));
    /// # Ok::<(), trunklog_odata::Error>(())
    /// ```
    pub fn parse(body: &[u8]) -> Result<Batch> {
        if body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff") {
            return Err(refused("the body is in UTF-16; JSON is sent in UTF-8".to_owned()));
        }
        // Editors and PowerShell write it; a reader may pass over it (RFC 8259,
        // section 8.1).
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let document: Document = serde_json::from_slice(body).map_err(|error| {
            // The library's own text would repeat what the client sent.
            let (line, column) = (error.line(), error.column());
            refused(format!(
                "expected {{\"requests\":[…]}}, each with id, method and url as strings; \
                 reading ended at line {line}, column {column}"
            ))
        })?;
        let requests = document.requests;
        if requests.is_empty() || requests.len() > MAX_ITEMS {
            let count = requests.len();
            return Err(refused(format!("a batch holds 1 to {MAX_ITEMS} requests, this one {count}")));
        }
        let places = places(&requests)?;
        let mut items = Vec::with_capacity(requests.len());
        for (at, request) in requests.into_iter().enumerate() {
            let mut after = Vec::new();
            for id in request.depends_on.unwrap_or_default() {
                let place = places
                    .get(&id.to_lowercase())
                    .ok_or_else(|| refused(format!("requests[{at}] depends on an id that no request has")))?;
                if !after.contains(place) {
                    after.push(*place);
                }
            }
            items.push(Item {
                id: request.id,
                method: request.method.to_uppercase(),
                target: Target::parse(&request.url),
                headers: request.headers.unwrap_or_default(),
                after,
            });
        }
        if is_circular(&items) {
            return Err(refused("the requests depend on each other in a circle".to_owned()));
        }
        Ok(Batch { items })
    }
}

impl Target {
    /// Reads a URL. Any text is one: what leads nowhere is found out later.
    ///
    /// ```
    /// use trunklog_odata::batch::Target;
    ///
    /// let target = Target::parse("https://Graph.Example:443/v1.0/x");
    /// let (host, path) = ("graph.example".to_owned(), "/v1.0/x".to_owned());
    /// assert_eq!(target, Target::Absolute { host, path });
    /// ```
    pub fn parse(url: &str) -> Target {
        let url = without_fragment(url.trim());
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")] {
            let Some(start) = url.get(..scheme.len()) else { continue };
            if !start.eq_ignore_ascii_case(scheme) {
                continue;
            }
            let rest = &url[scheme.len()..];
            let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
            let host = host.strip_suffix(port).unwrap_or(host).to_ascii_lowercase();
            let slash = if path.starts_with('/') { "" } else { "/" };
            return Target::Absolute { host, path: format!("{slash}{}", encoded(path)) };
        }
        Target::Relative(encoded(url.trim_start_matches('/')))
    }
}

/// The URL without a fragment, which no server needs. But people write URLs into
/// a batch as they come, and a `#` in a number or before an option is none: it
/// stays, to be read or refused with what follows it.
fn without_fragment(url: &str) -> &str {
    match url.split_once('#') {
        Some((before, fragment)) if !before.contains('?') && !fragment.contains(['?', '=']) => before,
        _ => url,
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NOT_IN_URLS).to_string()
}

/// Where each id is; ids in lower case.
fn places(requests: &[Request]) -> Result<HashMap<String, usize>> {
    let mut places = HashMap::with_capacity(requests.len());
    for (at, request) in requests.iter().enumerate() {
        if request.id.is_empty() {
            return Err(refused(format!("requests[{at}] has an empty id")));
        }
        if let Some(first) = places.insert(request.id.to_lowercase(), at) {
            return Err(refused(format!("requests[{first}] and requests[{at}] have the same id")));
        }
    }
    Ok(places)
}

fn is_circular(items: &[Item]) -> bool {
    let mut settled = vec![false; items.len()];
    let next = |settled: &[bool]| {
        (0..items.len()).find(|&at| !settled[at] && items[at].after.iter().all(|&before| settled[before]))
    };
    while let Some(at) = next(&settled) {
        settled[at] = true;
    }
    settled.contains(&false)
}

/// Graph's words, which do not say what is wrong.
fn refused(hint: String) -> Error {
    Error::bad_request("Invalid batch payload format.").hint(hint)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(body: &str) -> Result<Batch> {
        Batch::parse(body.as_bytes())
    }

    fn batch(requests: &[&str]) -> Result<Batch> {
        parse(&format!(r#"{{"requests":[{}]}}"#, requests.join(",")))
    }

    fn waiting(id: &str, before: &str) -> String {
        format!(r#"{{"id":"{id}","method":"GET","url":"x","dependsOn":[{before}]}}"#)
    }

    #[test]
    fn a_batch_is_read() {
        let read = batch(&[
            r#"{"id":"a","method":"get","url":"/x?$filter=a eq 'ü'","headers":{"Accept":"*/*"},"more":[1]}"#,
            r#"{"id":"b","method":"POST","url":"https://Graph.Microsoft.com:443/beta/y#z","body":{},"dependsOn":["A"]}"#,
        ]);
        let items = read.unwrap().items;
        assert_eq!((items[0].id.as_str(), items[0].method.as_str()), ("a", "GET"));
        assert_eq!(items[0].target, Target::Relative("x?$filter=a%20eq%20'%C3%BC'".to_owned()));
        assert_eq!(items[0].headers["Accept"], "*/*");
        assert_eq!(items[1].after, [0]);
        let expected =
            Target::Absolute { host: "graph.microsoft.com".to_owned(), path: "/beta/y".to_owned() };
        assert_eq!(items[1].target, expected);
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        let body = waiting("1", "");
        let marked = format!("\u{feff}{{\"requests\":[{body}]}}");
        assert_eq!(parse(&marked), batch(&[&body]));
        let wide: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(Batch::parse(&wide).unwrap_err().hint_text().unwrap().contains("UTF-16"));
        assert!(parse("\u{feff}\u{feff}{}").is_err());
    }

    #[test]
    fn urls_are_told_apart() {
        let absolute =
            |host: &str, path: &str| Target::Absolute { host: host.to_owned(), path: path.to_owned() };
        for (url, expected) in [
            ("", Target::Relative(String::new())),
            ("//host/x", Target::Relative("host/x".to_owned())),
            ("HTTP://h", absolute("h", "/")),
            ("https://h:8443?x", absolute("h:8443", "/?x")),
            ("https://user@h/", absolute("user@h", "/")),
            ("ftp://h/x", Target::Relative("ftp://h/x".to_owned())),
            ("x#y", Target::Relative("x".to_owned())),
            (
                "x?$filter=a eq '*31#'&$top=1",
                Target::Relative("x?$filter=a%20eq%20'*31%23'&$top=1".to_owned()),
            ),
            ("x?$top=1#&$filter=true", Target::Relative("x?$top=1%23&$filter=true".to_owned())),
            ("https://h/x#?$filter=true", absolute("h", "/x%23?$filter=true")),
            // A host ends where a fragment starts (RFC 3986, section 3.2).
            ("https://h#x.test:443/?$filter=true", absolute("h", "/%23x.test:443/?$filter=true")),
        ] {
            assert_eq!(Target::parse(url), expected, "{url}");
        }
    }

    #[test]
    fn what_is_no_batch_is_refused() {
        let many: Vec<String> = (0..=MAX_ITEMS).map(|id| waiting(&id.to_string(), "")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(batch(&many[..MAX_ITEMS]).is_ok());
        assert!(batch(&many).is_err());
        for body in [
            "",
            "[]",
            "{}",
            r#"{"requests":[]}"#,
            r#"{"requests":{}}"#,
            r#"{"requests":[1]}"#,
            r#"{"requests":[{"id":1,"method":"GET","url":"x"}]}"#,
            r#"{"requests":[{"id":"","method":"GET","url":"x"}]}"#,
            r#"{"requests":[{"id":"1","url":"x"}]}"#,
            r#"{"requests":[{"id":"1","method":"GET"}]}"#,
            r#"{"requests":[{"id":"1","method":"GET","url":"x","headers":{"a":1}}]}"#,
            r#"{"requests":[{"id":"1","method":"GET","url":"x"}]} more"#,
        ] {
            let error = parse(body).unwrap_err();
            assert_eq!(error.message(), "Invalid batch payload format.", "{body}");
        }
    }

    #[test]
    fn ids_are_unique_and_dependencies_exist_and_end() {
        let free = |id: &str| waiting(id, "");
        assert!(batch(&[&free("a"), &free("A")]).is_err());
        assert!(batch(&[&free("a"), &waiting("b", r#""c""#)]).is_err());
        assert!(batch(&[&waiting("a", r#""a""#)]).is_err());
        assert!(batch(&[&waiting("a", r#""b""#), &waiting("b", r#""c""#), &waiting("c", r#""a""#)]).is_err());
        let chain = batch(&[&waiting("a", r#""b","B""#), &waiting("b", r#""c""#), &free("c")]).unwrap();
        assert_eq!(
            chain.items.iter().map(|item| item.after.clone()).collect::<Vec<_>>(),
            [vec![1], vec![2], vec![]]
        );
    }

    proptest! {
        #[test]
        fn never_panics(url in "\\PC{0,30}", id in "\\PC{0,5}") {
            let body = serde_json::json!({"requests": [{"id": id, "method": "GET", "url": url}]});
            let _ = parse(&body.to_string());
            let _ = parse(&url);
        }
    }
}
