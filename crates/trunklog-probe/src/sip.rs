//! SIP OPTIONS: the request, and what an answer starts with.

use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;

/// The most bytes of an answer that are read.
pub(crate) const MOST_BYTES: usize = 8 * 1024;

/// The request. Source: RFC 3261, sections 8.1.1 and 11.1; the branch's start,
/// section 8.1.1.7.
///
/// `own` is what we call ourselves, `local` where the connection starts. Nobody can
/// call us there; SBCs want the header all the same.
pub(crate) fn options(host: &str, port: u16, own: &str, local: SocketAddr) -> String {
    let [branch, tag, call] = [1_u8, 2, 3].map(unique);
    let local_port = local.port();
    [
        format!("OPTIONS sip:{host}:{port};transport=tls SIP/2.0"),
        format!("Via: SIP/2.0/TLS {own}:{local_port};branch=z9hG4bK{branch};rport;alias"),
        "Max-Forwards: 70".to_owned(),
        format!("From: <sip:trunklog@{own}>;tag={tag}"),
        format!("To: <sip:{host}:{port}>"),
        format!("Call-ID: {call}@{own}"),
        "CSeq: 1 OPTIONS".to_owned(),
        format!("Contact: <sip:trunklog@{own}:{local_port};transport=tls>"),
        "User-Agent: Trunklog".to_owned(),
        "Accept: application/sdp".to_owned(),
        "Content-Length: 0".to_owned(),
        String::new(),
        String::new(),
    ]
    .join("\r\n")
}

/// A text that no other request has: the hash of a number, by a new key.
fn unique(number: u8) -> String {
    format!("{:016x}", RandomState::new().hash_one(number))
}

/// What is known of an answer from what came of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Its status.
    Status(u16),
    /// More has to come.
    Unfinished,
    /// It is no SIP.
    Other,
}

/// Reads the status of the first answer. Provisional answers (1xx) count: somebody
/// speaks SIP. Requests of the other side, such as its own OPTIONS, are passed over.
pub(crate) fn status(bytes: &[u8]) -> Reading {
    let mut rest = bytes;
    loop {
        // Blank lines between messages keep connections alive (RFC 5626, 3.5.1).
        while let [b'\r' | b'\n', after @ ..] = rest {
            rest = after;
        }
        let Some(end) = find(rest, b"\r\n") else {
            return if could_be(rest) { Reading::Unfinished } else { Reading::Other };
        };
        let Ok(line) = std::str::from_utf8(&rest[..end]) else { return Reading::Other };
        if let Some(status) = line.strip_prefix("SIP/2.0 ") {
            let code = status.get(..3).and_then(|code| code.parse::<u16>().ok());
            return code.filter(|code| (100..700).contains(code)).map_or(Reading::Other, Reading::Status);
        }
        if !line.ends_with(" SIP/2.0") {
            return Reading::Other;
        }
        // A request, whose body is none here.
        let Some(end) = find(rest, b"\r\n\r\n") else { return Reading::Unfinished };
        rest = &rest[end + 4..];
    }
}

/// Whether a line that has not ended may become one of SIP.
fn could_be(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\r'))
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_whole_and_each_is_another() {
        let local = "192.0.2.1:40000".parse().unwrap();
        let [one, other] = [(), ()].map(|()| options("sbc1.example", 5061, "log.example", local));
        assert_ne!(one, other);
        assert!(one.starts_with("OPTIONS sip:sbc1.example:5061;transport=tls SIP/2.0\r\nVia: SIP/2.0/TLS log.example:40000;branch=z9hG4bK"), "{one}");
        assert!(one.ends_with("Content-Length: 0\r\n\r\n") && !one.contains("\n\n"), "{one}");
        for header in ["Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "Contact"] {
            assert_eq!(one.matches(&format!("\r\n{header}: ")).count(), 1, "{header}");
        }
    }

    #[test]
    fn answers_are_read_as_they_come() {
        for (text, expected) in [
            ("SIP/2.0 200 OK\r\n", Reading::Status(200)),
            ("SIP/2.0 403 Forbidden\r\nVia: x\r\n\r\n", Reading::Status(403)),
            ("\r\n\r\nSIP/2.0 100 Trying\r\n", Reading::Status(100)),
            ("", Reading::Unfinished),
            ("SIP/2.0 20", Reading::Unfinished),
            (
                "OPTIONS sip:trunklog@x SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\nSIP/2.0 200 OK\r\n",
                Reading::Status(200),
            ),
            ("OPTIONS sip:trunklog@x SIP/2.0\r\nCSeq: 1", Reading::Unfinished),
            ("HTTP/1.1 400 Bad Request\r\n", Reading::Other),
            ("SIP/2.0 999 x\r\n", Reading::Other),
            ("SIP/2.0 \r\n", Reading::Other),
            ("\u{15}\u{3}\u{3}", Reading::Other),
        ] {
            assert_eq!(status(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn an_answer_is_the_same_in_pieces() {
        let whole = b"\r\nSIP/2.0 503 Service Unavailable\r\n\r\n";
        for end in 0..whole.len() {
            let read = status(&whole[..end]);
            assert!(matches!(read, Reading::Unfinished | Reading::Status(503)), "{end}: {read:?}");
        }
    }
}
