//! The token that carries a walk from page to page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use trunklog_odata::Instant;
use trunklog_records::{Log, TimeRange};

use crate::page::{Key, Watermark};

/// A walk's state between two pages, as `$skiptoken` carries it.
///
/// It holds no secret and needs no signature: it selects only among rows that
/// its bearer may read. It names the log and the range that it belongs to, so
/// that it cannot be mistaken for another walk's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkipToken {
    /// The walk's watermark.
    pub watermark: Watermark,
    /// How many rows lie before the next page.
    pub skip: u64,
    /// The last row of the page before.
    pub after: Key,
}

/// The token is not one of ours, or belongs to another walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SkipTokenError {
    /// It was changed or cut.
    #[error("the skip token cannot be read")]
    Malformed,
    /// It was made for another function or another range of time.
    #[error("the skip token belongs to another function or range of time")]
    OtherWalk,
}

/// The layout's number, first in every token.
const VERSION: u8 = 1;

/// Version, walk, watermark, skip and time; the id follows.
const FIXED_LEN: usize = 1 + 4 * 8;

/// Ids are GUIDs; a longer text than this is no id.
const MAX_ID_LEN: usize = 1_024;

impl SkipToken {
    /// The token's text for a walk over `range` of `log`; safe in a URL.
    pub fn to_text(&self, log: &Log, range: TimeRange) -> String {
        let mut bytes = Vec::with_capacity(FIXED_LEN + self.after.id.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&walk(log, range).to_be_bytes());
        bytes.extend_from_slice(&self.watermark.0.to_be_bytes());
        bytes.extend_from_slice(&self.skip.to_be_bytes());
        bytes.extend_from_slice(&self.after.time.ticks().to_be_bytes());
        bytes.extend_from_slice(self.after.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the token of a walk over `range` of `log`.
    pub fn parse(text: &str, log: &Log, range: TimeRange) -> Result<SkipToken, SkipTokenError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SkipTokenError::Malformed)?;
        let (fixed, id) = bytes.split_at_checked(FIXED_LEN).ok_or(SkipTokenError::Malformed)?;
        let number = |at: usize| {
            let bytes = fixed[1 + at * 8..].first_chunk().expect("the fixed part holds four numbers");
            u64::from_be_bytes(*bytes)
        };
        let id = std::str::from_utf8(id).map_err(|_| SkipTokenError::Malformed)?;
        let time = Instant::from_ticks(number(3).cast_signed()).map_err(|_| SkipTokenError::Malformed)?;
        if fixed[0] != VERSION || id.len() > MAX_ID_LEN {
            return Err(SkipTokenError::Malformed);
        }
        if number(0) != walk(log, range) {
            return Err(SkipTokenError::OtherWalk);
        }
        Ok(SkipToken {
            watermark: Watermark(number(1)),
            skip: number(2),
            after: Key { time, id: id.to_owned() },
        })
    }
}

/// A number that differs between walks: FNV-1a over the log and its range.
fn walk(log: &Log, range: TimeRange) -> u64 {
    let from = range.from().ticks().to_be_bytes();
    let end = range.end().ticks().to_be_bytes();
    log.name
        .bytes()
        .chain(from)
        .chain(end)
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS};

    use super::*;

    fn range(from: i64, to: i64) -> TimeRange {
        let at = |secs| Instant::from_unix_secs(secs).unwrap();
        TimeRange::of(&DIRECT_ROUTING_CALLS, at(from), at(to)).unwrap()
    }

    fn token(id: &str) -> SkipToken {
        let time = Instant::from_unix_secs(5).unwrap();
        SkipToken { watermark: Watermark(7), skip: 1_000, after: Key { time, id: id.to_owned() } }
    }

    #[test]
    fn belongs_to_its_walk_alone() {
        let text = token("x").to_text(&DIRECT_ROUTING_CALLS, range(0, 9));
        assert_eq!(SkipToken::parse(&text, &DIRECT_ROUTING_CALLS, range(0, 9)), Ok(token("x")));
        assert_eq!(
            SkipToken::parse(&text, &DIRECT_ROUTING_CALLS, range(0, 8)),
            Err(SkipTokenError::OtherWalk)
        );
        assert_eq!(SkipToken::parse(&text, &PSTN_CALLS, range(0, 9)), Err(SkipTokenError::OtherWalk));
    }

    proptest! {
        #[test]
        fn survives_its_text(id in "\\PC{0,40}") {
            let text = token(&id).to_text(&DIRECT_ROUTING_CALLS, range(0, 9));
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            prop_assert_eq!(SkipToken::parse(&text, &DIRECT_ROUTING_CALLS, range(0, 9)), Ok(token(&id)));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[A-Za-z0-9_-]{0,120}") {
            let _ = SkipToken::parse(&text, &DIRECT_ROUTING_CALLS, range(0, 9));
        }
    }
}
