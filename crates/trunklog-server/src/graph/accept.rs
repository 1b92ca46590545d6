//! `Accept`: there is JSON only, so the question is whether it will do.

use http::HeaderMap;
use http::header::ACCEPT;

use crate::compress::is_wanted;

/// Whether the client takes JSON. Parameters such as `odata.metadata` are not
/// looked at; the answer says which it has.
pub(super) fn admits_json(headers: &HeaderMap) -> bool {
    let mut named_any = false;
    for value in headers.get_all(ACCEPT) {
        for item in value.to_str().unwrap_or("*/*").split(',').filter(|item| !item.trim().is_empty()) {
            named_any = true;
            let mut parts = item.split(';');
            let media_type = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
            let json = matches!(media_type.as_str(), "*/*" | "application/*" | "application/json");
            if json && is_wanted(parts) {
                return true;
            }
        }
    }
    !named_any
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn admits(value: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(value));
        admits_json(&headers)
    }

    #[test]
    fn json_is_admitted_as_clients_ask_for_it() {
        for value in [
            "",
            "*/*",
            "application/json",
            "Application/JSON;odata.metadata=none;q=0.5",
            "application/json; charset=utf-8, text/plain, */*",
            "text/html, application/*;q=0.1",
        ] {
            assert!(admits(value), "{value}");
        }
        assert!(admits_json(&HeaderMap::new()));
        for value in ["application/xml", "text/html, image/png", "application/json;q=0", "text/*"] {
            assert!(!admits(value), "{value}");
        }
    }
}
