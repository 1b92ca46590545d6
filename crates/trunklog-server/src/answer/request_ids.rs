//! The names of a request.

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
pub(crate) const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const MAX_CLIENT_ID: usize = 128;

/// The names of one request.
#[derive(Debug, Clone)]
pub(crate) struct RequestIds {
    /// Ours.
    pub(crate) request: Uuid,
    /// The client's, if it sent a usable one.
    client: Option<HeaderValue>,
}

impl RequestIds {
    /// New ones for a request with those headers.
    pub(crate) fn of(headers: &HeaderMap) -> RequestIds {
        let usable = |value: &&HeaderValue| {
            let bytes = value.as_bytes();
            (1..=MAX_CLIENT_ID).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
        };
        RequestIds { request: Uuid::new_v4(), client: headers.get(CLIENT_REQUEST_ID).filter(usable).cloned() }
    }

    /// Those that the outermost layer gave the request.
    pub(crate) fn in_extensions(extensions: &http::Extensions) -> RequestIds {
        extensions
            .get::<RequestIds>()
            .cloned()
            .unwrap_or_else(|| RequestIds { request: Uuid::new_v4(), client: None })
    }

    /// The client's name for the request, or ours again.
    pub(crate) fn client(&self) -> String {
        let client = self.client.as_ref().and_then(|value| value.to_str().ok());
        client.map_or_else(|| self.request.to_string(), str::to_owned)
    }

    /// Tells them to the client.
    pub(crate) fn add_to(&self, headers: &mut HeaderMap) {
        if let Ok(request) = HeaderValue::from_str(&self.request.to_string()) {
            headers.insert(CLIENT_REQUEST_ID, self.client.clone().unwrap_or_else(|| request.clone()));
            headers.insert(REQUEST_ID, request);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clients_id_is_repeated_when_it_is_one() {
        let ids = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CLIENT_REQUEST_ID, HeaderValue::from_static(value));
            RequestIds::of(&headers)
        };
        assert_eq!(ids("abc-1").client(), "abc-1");
        for value in ["", "a b", "\t"] {
            let ids = ids(value);
            assert_eq!(ids.client(), ids.request.to_string());
        }
    }
}
