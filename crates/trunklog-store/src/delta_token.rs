//! The token of a delta link, which carries a follower of changes from page to
//! page and from one time to the next.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use trunklog_odata::Instant;
use trunklog_records::masking::Mask;

use crate::fields::Fields;
use crate::fingerprint::Fingerprint;
use crate::page::{Key, Watermark};
use crate::selection::Selection;
use crate::skip_token::MAX_ID_LEN;

/// What a follower of changes knows, as `$deltatoken` carries it.
///
/// It holds no secret and needs no signature: it selects only among rows that
/// its bearer may read. It names the function, the range, the filter, the
/// columns and the mask that it belongs to, and the store: numbers of commits
/// mean nothing in another.
///
/// ```
/// use trunklog_records::TimeRange;
/// use trunklog_records::masking::Mask;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::{DeltaToken, DeltaTokenError, Selection, Watermark};
///
/// let all = Selection::all(&SMS, TimeRange::ALL);
/// let epoch = DeltaToken::epoch_of("the text of the store's epoch");
/// let token = DeltaToken { after: Watermark(7), epoch, until: None, start: None };
/// let text = token.to_text(&all, Mask::NONE);
/// assert_eq!(DeltaToken::parse(&text, &all, Mask::NONE, epoch), Ok(token));
/// let masked = DeltaToken::parse(&text, &all, Mask::hiding(3), epoch);
/// assert_eq!(masked, Err(DeltaTokenError::OtherWalk));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct DeltaToken {
    /// The commit up to which the follower knows everything.
    pub after: Watermark,
    /// The store whose commits these are, see [`DeltaToken::epoch_of`].
    pub epoch: u64,
    /// The commit up to which changes are being told; None starts at the newest.
    pub until: Option<Watermark>,
    /// The last place of the page before; None starts with the first.
    pub start: Option<Key>,
}

/// The token is not one of ours, or belongs to something else. The text says
/// what the client can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeltaTokenError {
    /// It was changed or cut.
    #[error("the delta token cannot be read: start again from the first page")]
    Malformed,
    /// It was made for another function, range of time, filter, selection or
    /// mask.
    #[error(
        "the delta token belongs to another function, range of time, filter or selection, or to another \
         mask of phone numbers: start again from the first page"
    )]
    OtherWalk,
    /// It was made by another store, or before a backup was put back.
    #[error("the store is no longer the one that gave the delta token: start again from the first page")]
    OtherEpoch,
}

/// The layout's number, first in every token.
const VERSION: u8 = 1;

/// Marks that [`DeltaToken::until`] follows.
const UNTIL: u8 = 1;

/// Marks that [`DeltaToken::start`] follows.
const START: u8 = 2;

/// Version, walk, epoch, three numbers and the marks.
const MAX_LEN: usize = 1 + 2 * 8 + 3 * 8 + 1 + MAX_ID_LEN;

impl DeltaToken {
    /// The number by which a token knows a store: what
    /// [`Engine::epoch`](crate::Engine::epoch) says.
    pub fn epoch_of(text: &str) -> u64 {
        let mut fingerprint = Fingerprint::new();
        fingerprint.text(text);
        fingerprint.value()
    }

    /// The token's text for a selection whose rows are seen through a mask;
    /// safe in a URL.
    pub fn to_text(&self, selection: &Selection, mask: Mask) -> String {
        let mut bytes = Vec::with_capacity(MAX_LEN - MAX_ID_LEN);
        bytes.push(VERSION);
        bytes.extend_from_slice(&walk(selection, mask).to_be_bytes());
        bytes.extend_from_slice(&self.epoch.to_be_bytes());
        bytes.extend_from_slice(&self.after.0.to_be_bytes());
        let marks = self.until.map_or(0, |_| UNTIL) | self.start.as_ref().map_or(0, |_| START);
        bytes.push(marks);
        if let Some(until) = self.until {
            bytes.extend_from_slice(&until.0.to_be_bytes());
        }
        if let Some(start) = &self.start {
            bytes.extend_from_slice(&start.time.ticks().to_be_bytes());
            bytes.extend_from_slice(start.id.as_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the token of a selection whose rows are seen through a mask, in
    /// the store of that epoch.
    pub fn parse(
        text: &str,
        selection: &Selection,
        mask: Mask,
        epoch: u64,
    ) -> Result<DeltaToken, DeltaTokenError> {
        if text.len() > MAX_LEN.div_ceil(3) * 4 {
            return Err(DeltaTokenError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| DeltaTokenError::Malformed)?;
        let (found, token) = read(&mut Fields::of(&bytes)).ok_or(DeltaTokenError::Malformed)?;
        if found != walk(selection, mask) {
            return Err(DeltaTokenError::OtherWalk);
        }
        if token.epoch != epoch {
            return Err(DeltaTokenError::OtherEpoch);
        }
        Ok(token)
    }
}

/// The walk that a token belongs to, and the token.
fn read(fields: &mut Fields<'_>) -> Option<(u64, DeltaToken)> {
    let [version] = fields.take()?;
    if version != VERSION {
        return None;
    }
    let walk = fields.number()?;
    let epoch = fields.number()?;
    let after = Watermark(fields.number()?);
    let [marks] = fields.take()?;
    let until = if marks & UNTIL == 0 { None } else { Some(Watermark(fields.number()?)) };
    let start = if marks & START == 0 {
        None
    } else {
        let time = Instant::from_ticks(i64::from_be_bytes(fields.take()?)).ok()?;
        Some(Key::new(time, fields.last(MAX_ID_LEN)?))
    };
    let is_whole = fields.last(0).is_some() && marks & !(UNTIL | START) == 0;
    is_whole.then_some((walk, DeltaToken { after, epoch, until, start }))
}

/// A number that differs between what followers may follow.
fn walk(selection: &Selection, mask: Mask) -> u64 {
    let mut fingerprint = Fingerprint::of_rows(selection);
    fingerprint.columns(selection);
    fingerprint.bytes(&[mask.digits()]);
    fingerprint.value()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use trunklog_odata::Version;
    use trunklog_odata::filter::parse;
    use trunklog_records::TimeRange;
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS};

    use super::*;
    use crate::selection::Columns;

    fn at(secs: i64) -> Instant {
        Instant::from_unix_secs(secs).unwrap()
    }

    fn calls(from: i64, to: i64) -> Selection {
        let range = TimeRange::of(&DIRECT_ROUTING_CALLS, at(from), at(to)).unwrap();
        Selection::all(&DIRECT_ROUTING_CALLS, range)
    }

    fn filtered(filter: &str) -> Selection {
        let shape = DIRECT_ROUTING_CALLS.shape(Version::V1);
        Selection { filter: Some(parse(filter, &shape, &|_| None).unwrap()), ..calls(0, 9) }
    }

    fn token() -> DeltaToken {
        DeltaToken { after: Watermark(7), epoch: 11, until: None, start: None }
    }

    #[test]
    fn belongs_to_what_is_followed_alone() {
        let few = Selection { columns: Columns::Only(vec![0, 3]), ..calls(0, 9) };
        let each = [
            (calls(0, 9), Mask::NONE),
            (calls(0, 8), Mask::NONE),
            (calls(1, 9), Mask::NONE),
            (calls(0, 9), Mask::hiding(3)),
            (calls(0, 9), Mask::hiding(4)),
            (few, Mask::NONE),
            (filtered("userId eq 'a'"), Mask::NONE),
            (filtered("userId eq 'b'"), Mask::NONE),
            (Selection { log: &PSTN_CALLS, ..calls(0, 9) }, Mask::NONE),
        ];
        for (place, (selection, mask)) in each.iter().enumerate() {
            let text = token().to_text(selection, *mask);
            for (other, (selection, mask)) in each.iter().enumerate() {
                let expected = if other == place { Ok(token()) } else { Err(DeltaTokenError::OtherWalk) };
                assert_eq!(DeltaToken::parse(&text, selection, *mask, 11), expected, "{place} as {other}");
            }
        }
    }

    #[test]
    fn belongs_to_one_store() {
        let text = token().to_text(&calls(0, 9), Mask::NONE);
        let read = |epoch| DeltaToken::parse(&text, &calls(0, 9), Mask::NONE, epoch);
        assert_eq!(read(11), Ok(token()));
        assert_eq!(read(12), Err(DeltaTokenError::OtherEpoch));
        assert_ne!(DeltaToken::epoch_of("a"), DeltaToken::epoch_of("b"));
        // Tokens that clients hold carry this number.
        assert_eq!(DeltaToken::epoch_of(""), 0xa8c7_f832_281a_39c5);
    }

    #[test]
    fn cut_and_longer_tokens_are_refused() {
        let malformed = Err(DeltaTokenError::Malformed);
        let start = Some(Key::new(at(5), "x"));
        for token in [
            token(),
            DeltaToken { until: Some(Watermark(9)), ..token() },
            DeltaToken { until: Some(Watermark(9)), start, ..token() },
        ] {
            let bytes = URL_SAFE_NO_PAD.decode(token.to_text(&calls(0, 9), Mask::NONE)).unwrap();
            let read = |bytes: &[u8]| {
                DeltaToken::parse(&URL_SAFE_NO_PAD.encode(bytes), &calls(0, 9), Mask::NONE, 11)
            };
            assert_eq!(read(&bytes), Ok(token.clone()));
            // Without the id's byte it could be read, with another id.
            let whole = bytes.len() - usize::from(token.start.is_some());
            for len in 0..whole {
                assert_eq!(read(&bytes[..len]), malformed, "after {len} bytes");
            }
            let longer = read(&[&bytes[..], b"y"].concat());
            assert_eq!(longer.is_ok(), token.start.is_some(), "{longer:?}");
        }
        let start = Some(Key::new(at(5), "x".repeat(MAX_ID_LEN)));
        let longest = DeltaToken { until: Some(Watermark(u64::MAX)), start, ..token() };
        let text = longest.to_text(&calls(0, 9), Mask::NONE);
        assert_eq!(DeltaToken::parse(&text, &calls(0, 9), Mask::NONE, 11), Ok(longest));
        let start = Some(Key::new(at(5), "x".repeat(MAX_ID_LEN + 1)));
        let text = DeltaToken { start, ..token() }.to_text(&calls(0, 9), Mask::NONE);
        assert_eq!(DeltaToken::parse(&text, &calls(0, 9), Mask::NONE, 11), malformed);
    }

    #[test]
    fn errors_say_what_to_do() {
        for error in [DeltaTokenError::Malformed, DeltaTokenError::OtherWalk, DeltaTokenError::OtherEpoch] {
            assert!(error.to_string().ends_with(": start again from the first page"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn survives_its_text(
            after in any::<u64>(),
            until in prop::option::of(any::<u64>()),
            start in prop::option::of((-99_i64..99, "\\PC{0,40}")),
        ) {
            let token = DeltaToken {
                after: Watermark(after),
                epoch: 11,
                until: until.map(Watermark),
                start: start.map(|(secs, id)| Key::new(at(secs), id)),
            };
            let text = token.to_text(&calls(0, 9), Mask::NONE);
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            prop_assert_eq!(DeltaToken::parse(&text, &calls(0, 9), Mask::NONE, 11), Ok(token));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[A-Za-z0-9_-]{0,120}") {
            let _ = DeltaToken::parse(&text, &calls(0, 9), Mask::NONE, 11);
        }
    }
}
