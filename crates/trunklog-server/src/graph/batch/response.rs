//! From the answers of items to the answer of the batch.

use axum::body::{Bytes, to_bytes};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode};
use trunklog_errors::with_causes;
use trunklog_odata::batch::Item;
use trunklog_odata::{Error, ErrorKind, json};

use crate::answer::{Failure, Occasion, RequestIds, Surface};
use crate::app::App;
use crate::graph::errors::GraphSurface;

/// Names that clients compare letter by letter and that are not written as most
/// are.
const SPELLED: [(&str, &str); 4] = [
    ("client-request-id", "client-request-id"),
    ("odata-version", "OData-Version"),
    ("request-id", "request-id"),
    ("www-authenticate", "WWW-Authenticate"),
];

/// What became of an item.
pub(super) struct Outcome {
    id: String,
    pub(super) status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// How a body is put into JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As it is.
    Json,
    /// A string of base64, as on Graph.
    Base64,
}

impl Form {
    /// The form of what has that media type; None when it is a whole range of
    /// rows, which may be of any size.
    fn of(headers: &HeaderMap) -> Option<Form> {
        const KNOWN: [(&str, Form); 3] =
            [("application/json", Form::Json), ("application/xml", Form::Base64), ("text/xml", Form::Base64)];
        let Some(value) = headers.get(CONTENT_TYPE) else { return Some(Form::Base64) };
        let media_type = value.to_str().ok()?.split(';').next()?.trim();
        KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(media_type)).map(|(_, form)| *form)
    }
}

impl Outcome {
    /// Reads the answer to an item, of which a page is the largest.
    pub(super) async fn of(app: &App, item: &Item, ids: &RequestIds, response: Response) -> Outcome {
        let response = if Form::of(response.headers()).is_some() {
            response
        } else {
            let error = Error::new(ErrorKind::NotAcceptable, "The answer is not one for a batch.")
                .hint("accept application/json, and ask for other formats by a request of their own");
            GraphSurface.refuse(Failure::from(error), &Occasion::of(app, ids))
        };
        let (mut parts, body) = response.into_parts();
        let mut status = parts.status;
        ids.add_to(&mut parts.headers);
        let body = if item.method == Method::HEAD.as_str() {
            Bytes::new()
        } else {
            to_bytes(body, usize::MAX).await.unwrap_or_else(|error| {
                let told = with_causes(&error);
                tracing::error!(request_id = %ids.request, error = %told, "the answer to an item broke off");
                parts.headers.remove(CONTENT_TYPE);
                status = StatusCode::INTERNAL_SERVER_ERROR;
                Bytes::new()
            })
        };
        Outcome { id: item.id.clone(), status, headers: parts.headers, body }
    }

    /// Whether items that depend on it are not answered.
    pub(super) fn has_failed(&self) -> bool {
        !self.status.is_success()
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"id\":");
        json::write_string(&self.id, out);
        out.extend_from_slice(b",\"status\":");
        json::write_int(self.status.as_u16(), out);
        out.extend_from_slice(b",\"headers\":{");
        for (at, name) in self.headers.keys().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            json::write_string(&spelled(name.as_str()), out);
            out.push(b':');
            let values: Vec<&str> =
                self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
            json::write_string(&values.join(", "), out);
        }
        out.push(b'}');
        if !self.body.is_empty() {
            out.extend_from_slice(b",\"body\":");
            match Form::of(&self.headers) {
                Some(Form::Json) => out.extend_from_slice(&self.body),
                Some(Form::Base64) | None => json::write_string(&STANDARD.encode(&self.body), out),
            }
        }
        out.push(b'}');
    }
}

/// The body of the batch's answer. Bodies are dropped as they are copied, so
/// that not all of them are there twice.
pub(super) fn write(outcomes: Vec<Outcome>) -> Vec<u8> {
    let mut out = b"{\"responses\":[".to_vec();
    for (at, outcome) in outcomes.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        outcome.write(&mut out);
    }
    out.extend_from_slice(b"]}");
    out
}

/// A header's name as people write it: `Content-Type`.
fn spelled(name: &str) -> String {
    if let Some((_, spelled)) = SPELLED.iter().find(|(known, _)| *known == name) {
        return (*spelled).to_owned();
    }
    let mut begins = true;
    name.chars()
        .map(|letter| {
            let first = std::mem::replace(&mut begins, letter == '-');
            if first { letter.to_ascii_uppercase() } else { letter }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn names_are_spelled_as_clients_look_for_them() {
        for (name, expected) in [
            ("content-type", "Content-Type"),
            ("retry-after", "Retry-After"),
            ("odata-version", "OData-Version"),
            ("request-id", "request-id"),
            ("allow", "Allow"),
        ] {
            assert_eq!(spelled(name), expected);
        }
    }

    #[test]
    fn only_json_is_put_into_json_as_it_is() {
        let outcome = |media_type: &'static str, body: &'static str| Outcome {
            id: "a\"b".to_owned(),
            status: StatusCode::OK,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]),
            body: Bytes::from_static(body.as_bytes()),
        };
        let json = outcome("application/json;odata.metadata=minimal", r#"{"value":[]}"#);
        let xml = outcome("application/xml", "<x/>");
        let empty = outcome("application/json", "");
        let written = String::from_utf8(write(vec![json, xml, empty])).unwrap();
        assert_eq!(
            written,
            concat!(
                r#"{"responses":[{"id":"a\"b","status":200,"headers":{"Content-Type":"application/json;odata.metadata=minimal"},"body":{"value":[]}},"#,
                r#"{"id":"a\"b","status":200,"headers":{"Content-Type":"application/xml"},"body":"PHgvPg=="},"#,
                r#"{"id":"a\"b","status":200,"headers":{"Content-Type":"application/json"}}]}"#,
            )
        );
    }

    #[test]
    fn whole_ranges_have_no_form() {
        let form = |media_type| {
            Form::of(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]))
        };
        assert_eq!(form("text/csv; charset=utf-8"), None);
        assert_eq!(form("application/x-ndjson"), None);
        assert_eq!(form("Application/JSON"), Some(Form::Json));
    }
}
