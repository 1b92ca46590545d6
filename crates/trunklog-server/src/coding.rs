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

/// How much time is taken to make bytes fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Of rows: they shrink nearly as much as with more, in a fraction of the time.
    Rows,
    /// Of a page: it is small and says the same again and again, so that a millisecond
    /// saves a quarter of it.
    Page,
    /// Of what is made once and kept.
    Kept,
}

impl Effort {
    fn level(self) -> Compression {
        Compression::new(match self {
            Effort::Rows => 1,
            Effort::Page => 6,
            Effort::Kept => 9,
        })
    }
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

    /// Codes rows that are there as a whole, if that is worth it.
    pub(crate) fn encode(self, plain: Vec<u8>) -> Content {
        self.encode_with(Effort::Rows, plain)
    }

    /// The same with another effort.
    pub(crate) fn encode_with(self, effort: Effort, plain: Vec<u8>) -> Content {
        let packed = match self {
            Coding::Identity => None,
            Coding::Gzip => smaller(&plain, effort),
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
            Coding::Gzip => Some(encoder(Vec::new(), Effort::Rows)),
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
pub(crate) fn smaller(bytes: &[u8], effort: Effort) -> Option<Vec<u8>> {
    if bytes.len() > MIN_BYTES { gzip(bytes, effort).ok() } else { None }
}

fn gzip(bytes: &[u8], effort: Effort) -> std::io::Result<Vec<u8>> {
    let mut encoder = encoder(Vec::with_capacity(bytes.len() / 4), effort);
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn encoder(out: Vec<u8>, effort: Effort) -> GzEncoder<Vec<u8>> {
    GzEncoder::new(out, effort.level())
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
        for effort in [Effort::Rows, Effort::Page, Effort::Kept] {
            let packed = gzip(text.as_bytes(), effort).unwrap();
            let mut back = String::new();
            flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut back).unwrap();
            assert_eq!(back, text);
            assert!(packed.len() < text.len() / 10, "{effort:?}");
        }
    }

    /// The links of a row differ in little, which the least effort does not see.
    #[test]
    fn a_page_gets_smaller_than_rows_would() {
        let row = |number: u32| {
            let token = number.wrapping_mul(2_654_435_761);
            ["", "ends=answered&#38;", "ends=missed&#38;", "direction=inbound&#38;"].map(|more| {
                format!(
                    "<td><a href=\"./calls?range=90d&#38;{more}who={token:x}\">{}</a></td>\n",
                    number % 977
                )
            })
        };
        let page = (1..400).flat_map(row).collect::<String>();
        let [rows, page_bytes, kept] = [Effort::Rows, Effort::Page, Effort::Kept]
            .map(|effort| gzip(page.as_bytes(), effort).unwrap().len());
        assert!(page_bytes < rows, "{page_bytes} of {rows}");
        assert!(kept < rows, "{kept} of {rows}");
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
