//! From an item to the request that it stands for.

use http::header::{ACCEPT_ENCODING, AUTHORIZATION, FORWARDED, HOST};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use trunklog_identity::Cloud;
use trunklog_odata::batch::{Item, Target};
use trunklog_odata::envelope::PAGE_SIZE;
use trunklog_odata::{Error, ErrorKind, Profile, QueryOptions, Version};

use crate::answer::{CLIENT_REQUEST_ID, Failure, RequestIds};
use crate::graph::accept::Representation;
use crate::graph::request::{ApiRequest, InBatch, Resource};
use crate::peer::Peer;
use crate::request_size::oversized;

/// How the batch reached the server. An item cannot say otherwise: links are
/// made of it.
static WAY: [HeaderName; 4] = [
    HOST,
    FORWARDED,
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-proto"),
];

/// What the batch says for all items that do not say it themselves.
static SHARED: [HeaderName; 2] = [AUTHORIZATION, CLIENT_REQUEST_ID];

/// About how large a row is at most, and an answer without rows.
const ROW_BYTES: usize = 1024;
const OTHER_BYTES: usize = 16 * 1024;

/// The head of the request that an item of a batch stands for.
///
/// # Errors
/// When there can be no such request: 400, or what is too large about it.
pub(super) fn head(request: ApiRequest<'_>, item: &Item) -> Result<Parts, Failure> {
    let path = path(request, &item.target)?;
    let uri: Uri = path.parse().map_err(|_| refused("its url is not a URL"))?;
    let settings = &request.app.settings;
    let headers = headers(request, item)?;
    if let Some(error) = oversized(&settings.limits, &uri, &headers) {
        return Err(error.into());
    }
    match Version::split(uri.path()).map(|(_, rest)| Resource::of(rest)) {
        Ok(Resource::Batch) => return Err(refused("a batch cannot hold a batch")),
        Ok(Resource::Function) if wants_export(&uri, &headers, settings.profile) => {
            return Err(Error::new(ErrorKind::NotAcceptable, "Items of a batch are answered with JSON.")
                .hint("ask for other formats by a request of their own")
                .into());
        }
        Ok(_) | Err(_) => {}
    }
    let mut parts = http::Request::new(()).into_parts().0;
    parts.method =
        Method::from_bytes(item.method.as_bytes()).map_err(|_| refused("its method is not one of HTTP"))?;
    parts.headers = headers;
    parts.uri = uri;
    if let Some(peer) = request.parts.extensions.get::<Peer>() {
        parts.extensions.insert(*peer);
    }
    parts.extensions.insert(RequestIds::of(&parts.headers));
    parts.extensions.insert(InBatch);
    Ok(parts)
}

/// About how large the answer to an item is at most: a page of as many rows as
/// it asks for, or something small.
pub(super) fn estimate(request: ApiRequest<'_>, item: &Item) -> usize {
    let rows = usize::try_from(most_rows(request, item)).unwrap_or(usize::MAX);
    rows.saturating_mul(ROW_BYTES).saturating_add(OTHER_BYTES)
}

/// The most rows that the answer has.
fn most_rows(request: ApiRequest<'_>, item: &Item) -> u64 {
    let uri = path(request, &item.target).ok().and_then(|path| path.parse::<Uri>().ok());
    let Some(uri) = uri.filter(|_| item.method == Method::GET.as_str()) else { return 0 };
    let resource = Version::split(uri.path()).map(|(_, rest)| Resource::of(rest));
    let options = QueryOptions::parse(uri.query().unwrap_or_default(), request.app.settings.profile);
    let (Ok(Resource::Function), Ok(options)) = (resource, options) else { return 0 };
    let page = u64::from(PAGE_SIZE);
    options.top().map_or(page, |top| top.min(page))
}

/// Whether a call asks for a whole range in another form than JSON, which may
/// be of any size and would have to be held in memory here. Options that cannot
/// be read are the function's to refuse.
fn wants_export(uri: &Uri, headers: &HeaderMap, profile: Profile) -> bool {
    QueryOptions::parse(uri.query().unwrap_or_default(), profile).is_ok_and(|options| {
        let representation = Representation::of(options.format(), headers, profile);
        matches!(representation, Ok(Representation::Export(_)))
    })
}

/// Path and query on this server.
fn path(request: ApiRequest<'_>, target: &Target) -> Result<String, Failure> {
    match target {
        Target::Relative(rest) => Ok(format!("/{}/{rest}", request.version.segment())),
        Target::Absolute { host, path } => on_this_server(request.root, host, path)
            .ok_or_else(|| refused("its url leads to another host; leave the host out")),
    }
}

/// The path of an address that is ours, or would be if this were Graph; None
/// for any other.
fn on_this_server(root: &str, host: &str, path: &str) -> Option<String> {
    if let Target::Absolute { host: ours, path: base } = Target::parse(root)
        && ours == host
    {
        // A proxy that serves us below a path takes that off.
        let rest = path.strip_prefix(base.trim_end_matches('/')).filter(|rest| rest.starts_with('/'));
        return Some(rest.unwrap_or(path).to_owned());
    }
    Cloud::ALL.iter().any(|cloud| cloud.graph_host() == host).then(|| path.to_owned())
}

fn headers(request: ApiRequest<'_>, item: &Item) -> Result<HeaderMap, Failure> {
    let outer = &request.parts.headers;
    let mut headers = HeaderMap::new();
    for name in WAY.iter().chain(&SHARED) {
        for value in outer.get_all(name) {
            headers.append(name.clone(), value.clone());
        }
    }
    // HTTP/2 names the host in the URL.
    if let Some(authority) = request.parts.uri.authority()
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        headers.insert(HOST, host);
    }
    for (name, value) in &item.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_str(value);
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(refused("one of its headers is not one of HTTP"));
        };
        // The batch is compressed, not its items.
        if name != ACCEPT_ENCODING && !WAY.contains(&name) {
            headers.insert(name, value);
        }
    }
    Ok(headers)
}

fn refused(why: &'static str) -> Failure {
    Error::bad_request("The request cannot be answered as a part of a batch.").hint(why).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_hosts_and_graphs_lead_here() {
        let path = |root, host| on_this_server(root, host, "/v1.0/x");
        let some = Some("/v1.0/x".to_owned());
        for (root, host) in [
            ("https://t.example", "t.example"),
            ("https://T.example:443", "t.example"),
            ("http://t.example:8080", "t.example:8080"),
            ("https://t.example", "graph.microsoft.com"),
            ("https://t.example", "dod-graph.microsoft.us"),
        ] {
            assert_eq!(path(root, host), some, "{root} {host}");
        }
        for (root, host) in [
            ("https://t.example", "t.example.evil.example"),
            ("https://t.example", "user@t.example"),
            ("https://t.example", "t.example:8443"),
            ("https://t.example", ""),
        ] {
            assert_eq!(path(root, host), None, "{root} {host}");
        }
    }

    #[test]
    fn a_path_below_which_we_are_served_is_taken_off() {
        let path = |path| on_this_server("https://t.example/calls", "t.example", path);
        assert_eq!(path("/calls/v1.0/x").as_deref(), Some("/v1.0/x"));
        assert_eq!(path("/callsigns").as_deref(), Some("/callsigns"));
    }
}
