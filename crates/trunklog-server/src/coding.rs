//! How the bytes of an answer are coded: as they are, or as gzip for clients
//! that take it.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

/// Bodies up to this size do not get smaller by much.
const MIN_BYTES: usize = 1024;

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Coding {
    /// As it is.
    #[default]
    Identity,
    Gzip,
}

/// Bytes in a coding.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    pub(crate) coding: Coding,
}

impl Coding {
    /// The best one that the client takes.
    pub(crate) fn accepted(headers: &HeaderMap) -> Coding {
        if accepts_gzip(headers) { Coding::Gzip } else { Coding::Identity }
    }

    /// The `Content-Encoding`, if there is one to be said.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Coding::Identity => None,
            Coding::Gzip => Some("gzip"),
        }
    }

    /// Codes what is there as a whole, if that is worth it.
    pub(crate) fn encode(self, plain: Vec<u8>) -> Content {
        let packed = match self {
            Coding::Identity => None,
            Coding::Gzip => smaller(&plain),
        };
        match packed {
            Some(bytes) => Content { bytes, coding: Coding::Gzip },
            None => Content { bytes: plain, coding: Coding::Identity },
        }
    }

    /// Codes what comes bit by bit; None where it stays as it is.
    pub(crate) fn encoder(self) -> Option<GzEncoder<Vec<u8>>> {
        match self {
            Coding::Identity => None,
            Coding::Gzip => Some(encoder(Vec::new())),
        }
    }
}

/// Whether `Accept-Encoding` admits gzip. Source: RFC 9110 section 12.5.3.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let mut wildcard = false;
    for value in headers.get_all(ACCEPT_ENCODING) {
        for item in value.to_str().unwrap_or_default().split(',') {
            let mut parts = item.split(';');
            let coding = parts.next().unwrap_or_default().trim();
            let admitted = is_admitted(parts);
            if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") {
                return admitted;
            }
            wildcard |= coding == "*" && admitted;
        }
    }
    wildcard
}

/// Whether the parameters of an item leave its quality above zero.
fn is_admitted<'a>(parameters: impl Iterator<Item = &'a str>) -> bool {
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

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = encoder(Vec::with_capacity(bytes.len() / 4));
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Level 1: rows shrink nearly as much as at higher levels, in a fraction of the
/// time.
fn encoder(out: Vec<u8>) -> GzEncoder<Vec<u8>> {
    GzEncoder::new(out, Compression::new(1))
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

    #[test]
    fn only_what_gets_smaller_is_coded() {
        for (coding, bytes, expected) in [
            (Coding::Identity, 10_000, Coding::Identity),
            (Coding::Gzip, MIN_BYTES, Coding::Identity),
            (Coding::Gzip, 10_000, Coding::Gzip),
        ] {
            let plain = vec![b'x'; bytes];
            let content = coding.encode(plain.clone());
            assert_eq!(content.coding, expected, "{coding:?} {bytes}");
            assert_eq!(content.bytes == plain, expected == Coding::Identity, "{coding:?} {bytes}");
            assert_eq!(content.coding.name(), (expected == Coding::Gzip).then_some("gzip"));
        }
    }
}
