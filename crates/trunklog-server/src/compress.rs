//! gzip, for clients that ask for it.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

/// Bodies up to this size do not get smaller by much.
const MIN_BYTES: usize = 1024;

/// Whether `Accept-Encoding` admits gzip. Source: RFC 9110 section 12.5.3.
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let mut wildcard = false;
    for value in headers.get_all(ACCEPT_ENCODING) {
        for item in value.to_str().unwrap_or_default().split(',') {
            let mut parts = item.split(';');
            let coding = parts.next().unwrap_or_default().trim();
            let admitted = is_wanted(parts);
            if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") {
                return admitted;
            }
            wildcard |= coding == "*" && admitted;
        }
    }
    wildcard
}

/// Whether the parameters of an item leave its quality above zero.
pub(crate) fn is_wanted<'a>(parameters: impl Iterator<Item = &'a str>) -> bool {
    for parameter in parameters {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if name.trim().eq_ignore_ascii_case("q") {
            return value.trim().parse::<f32>().is_ok_and(|quality| quality > 0.0);
        }
    }
    true
}

/// `bytes` as gzip, if that is worth it.
pub(crate) fn smaller(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() > MIN_BYTES { gzip(bytes).ok() } else { None }
}

/// `bytes` as gzip. Level 1: pages shrink nearly as much as at higher levels,
/// in a fraction of the time.
fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::new(1));
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use http::HeaderValue;

    use super::*;

    fn accepts(value: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
        accepts_gzip(&headers)
    }

    #[test]
    fn gzip_is_negotiated() {
        for value in ["gzip", "gzip, deflate, br", "br;q=1.0, GZIP;q=0.1", "*", "x-gzip"] {
            assert!(accepts(value), "{value}");
        }
        for value in ["", "br", "gzip;q=0", "gzip; q=0.0, *", "*;q=0", "identity"] {
            assert!(!accepts(value), "{value}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn gzip_is_read_back() {
        let text = "call ".repeat(1000);
        let packed = gzip(text.as_bytes()).unwrap();
        let mut back = String::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut back).unwrap();
        assert_eq!(back, text);
        assert!(packed.len() < text.len() / 10);
    }
}
