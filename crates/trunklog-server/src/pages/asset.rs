//! The files that pages load.

use std::sync::LazyLock;

use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use http::request::Parts;
use http::{HeaderName, HeaderValue};
use trunklog_web::assets::{self, Asset};

use super::{is_read, no_such_page};
use crate::answer::Failure;
use crate::document::{Document, SharedBytes};

/// A name says what is in a file, so a browser need not ask again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// All of them, as they go to browsers.
static FILES: LazyLock<Vec<(&'static Asset, Document)>> =
    LazyLock::new(|| assets::ALL.into_iter().map(|asset| (asset, Document::kept(asset.text))).collect());

/// The file of that name, for everybody.
pub(super) fn serve(parts: &Parts, name: &str) -> Result<Response, Failure> {
    let found = FILES.iter().find(|(asset, _)| asset.name() == name);
    let Some((asset, document)) = found else { return Err(no_such_page()) };
    if !is_read(parts) {
        return Err(Failure::method_not_allowed("GET, HEAD"));
    }
    let mut response = document.response(&parts.headers, asset.media_type);
    response.extensions_mut().insert(SharedBytes);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    // An icon is a document of its own when somebody opens it.
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'"));
    let same_origin = HeaderValue::from_static("same-origin");
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), same_origin);
    Ok(response)
}
