//! What a form sends.

use axum::body::Body;
use http::header::CONTENT_TYPE;
use percent_encoding::percent_decode;
use trunklog_odata::Error;

use super::{Visit, check_origin};
use crate::answer::Failure;

/// More than any of our forms sends.
const MOST_BYTES: usize = 16 * 1024;
const MOST_FIELDS: usize = 16;

/// The fields of a form, or the parameters of a query.
#[derive(Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads what a form or a query has. None if it is no text, or too much.
    pub(super) fn parse(encoded: &[u8]) -> Option<Fields> {
        if encoded.len() > MOST_BYTES {
            return None;
        }
        let mut fields = Vec::new();
        for pair in encoded.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
            if fields.len() >= MOST_FIELDS {
                return None;
            }
            let mut parts = pair.splitn(2, |&byte| byte == b'=');
            let name = decoded(parts.next().unwrap_or_default())?;
            fields.push((name, decoded(parts.next().unwrap_or_default())?));
        }
        Some(Fields(fields))
    }

    /// A field; None if it is not there, or twice.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// The same, empty if it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
}

/// Reads the form that a page of ours sent. Any other page's is refused before it
/// is read.
pub(super) async fn read(visit: &Visit<'_>, body: Body) -> Result<Fields, Failure> {
    check_origin(visit.parts, &visit.root)?;
    let media_type = visit.parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    let body = visit.body(body).await?;
    let is_form = media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded");
    if !is_form && !body.is_empty() {
        return Err(Error::bad_request("The form was not sent as one.").into());
    }
    Fields::parse(&body).ok_or_else(|| Error::bad_request("The form cannot be read.").into())
}

/// `+` is a blank, `%XX` a byte.
fn decoded(encoded: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = encoded.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    Some(percent_decode(&spaced).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_none_counts_twice() {
        let fields =
            Fields::parse(b"name=anna%40example.com&password=a+b%2Bc%26&next=&x=1&x=2&flag").unwrap();
        assert_eq!(fields.get("name"), Some("anna@example.com"));
        assert_eq!(fields.get("password"), Some("a b+c&"));
        assert_eq!((fields.get("next"), fields.get("x"), fields.get("flag")), (Some(""), None, Some("")));
        assert_eq!((fields.get("other"), fields.text("other")), (None, ""));
    }

    #[test]
    fn what_is_no_form_is_none() {
        assert!(Fields::parse(b"a=%ff").is_none());
        assert!(Fields::parse("a=1&".repeat(MOST_FIELDS + 1).as_bytes()).is_none());
        assert!(Fields::parse(&vec![b'a'; MOST_BYTES + 1]).is_none());
        assert!(Fields::parse(b"").unwrap().get("a").is_none());
    }
}
