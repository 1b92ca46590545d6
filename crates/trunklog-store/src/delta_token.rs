//! The token of a delta link, which carries a follower of changes from page to
//! page and from one time to the next.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use trunklog_odata::Instant;
use trunklog_records::masking::Mask;

use crate::error::{Error, ErrorKind, Result};
use crate::fields::Fields;
use crate::fingerprint::Fingerprint;
use crate::page::Key;
use crate::selection::Selection;
use crate::skip_token::MAX_ID_LEN;
use crate::watermark::Watermark;
use crate::{Engine, Store};

/// What a follower of changes knows, as `$deltatoken` carries it.
///
/// It holds no secret and needs no signature: it selects only among rows that
/// its bearer may read. It names the function, the range, the filter, the
/// columns and the mask that it belongs to, and the store: numbers of commits
/// mean nothing in another. The selection is the client's own, without what a
/// mask makes of it, so that another mask can be told from another filter.
///
/// ```
/// use trunklog_records::TimeRange;
/// use trunklog_records::masking::Mask;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::{DeltaToken, DeltaTokenError, Selection, Watermark};
///
/// let all = Selection::all(&SMS, TimeRange::ALL);
/// let token = DeltaToken { after: Watermark(7), epoch: 1, until: None, start: None };
/// let text = token.to_text(&all, Mask::NONE);
/// assert_eq!(DeltaToken::parse(&text, &all, Mask::NONE), Ok(token));
/// let masked = DeltaToken::parse(&text, &all, Mask::hiding(3));
/// assert_eq!(masked, Err(DeltaTokenError::OtherMask));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct DeltaToken {
    /// The commit up to which the follower knows everything.
    pub after: Watermark,
    /// The store whose commits these are, see [`DeltaToken::epoch_in`].
    pub epoch: u64,
    /// The commit up to which changes are being told; None starts at the newest.
    pub until: Option<Watermark>,
    /// The last place of the page before; None starts with the first.
    pub start: Option<Key>,
}

/// The token is not one of ours, or belongs to something else. The text says
/// what the client can do.
///
/// ```
/// use trunklog_records::TimeRange;
/// use trunklog_records::masking::Mask;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::{DeltaToken, DeltaTokenError, Selection};
///
/// let all = Selection::all(&SMS, TimeRange::ALL);
/// let error = DeltaToken::parse("?", &all, Mask::NONE).unwrap_err();
/// assert_eq!(error, DeltaTokenError::Malformed);
/// assert!(error.to_string().ends_with("start again from the first page"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeltaTokenError {
    /// It was changed or cut.
    #[error("the delta token cannot be read: start again from the first page")]
    Malformed,
    /// It was made for another function, range of time, filter or selection.
    #[error(
        "the delta token belongs to another function, range of time, filter or selection: start again from \
         the first page"
    )]
    OtherWalk,
    /// Phone numbers were masked in another way when it was made.
    #[error(
        "phone numbers are no longer masked as they were for the delta token: start again from the first page"
    )]
    OtherMask,
}

/// The layout's number, first in every token.
const VERSION: u8 = 1;

/// Marks that [`DeltaToken::until`] follows.
const UNTIL: u8 = 1;

/// Marks that [`DeltaToken::start`] follows.
const START: u8 = 2;

/// Version, walk, mask, epoch, three numbers and the marks.
const MAX_LEN: usize = 1 + 8 + 1 + 8 + 3 * 8 + 1 + MAX_ID_LEN;

impl DeltaToken {
    /// The number by which a token knows the store whose commits it names.
    ///
    /// It is made of what [`Engine::epoch`] says and of the times of those
    /// commits: after a backup was put back, their numbers may have come again
    /// for others.
    ///
    /// # Errors
    /// Of kind [`ErrorKind::Gone`] where the store does not know one of the
    /// commits, or does no longer.
    ///
    /// ```
    /// use trunklog_store::{DeltaToken, Engine, Result, Store, Watermark};
    ///
    /// /// The token after a walk's last page.
    /// fn token(engine: &dyn Engine, store: &dyn Store, seen: Watermark) -> Result<DeltaToken> {
    ///     let epoch = DeltaToken::epoch_in(engine, store, seen, None)?;
    ///     Ok(DeltaToken { after: seen, epoch, until: None, start: None })
    /// }
    /// ```
    pub fn epoch_in(
        engine: &dyn Engine,
        store: &dyn Store,
        after: Watermark,
        until: Option<Watermark>,
    ) -> Result<u64> {
        let mut fingerprint = Fingerprint::new();
        fingerprint.text(&engine.epoch()?);
        for commit in [Some(after), until].into_iter().flatten() {
            let time = store.commit_time(commit)?.ok_or_else(gone)?;
            fingerprint.bytes(&time.ticks().to_be_bytes());
        }
        Ok(fingerprint.value())
    }

    /// Checks that this is the store that gave the token.
    ///
    /// # Errors
    /// Of kind [`ErrorKind::Gone`] where it is another, or one that a backup was
    /// put back into.
    ///
    /// ```
    /// use trunklog_store::{Changes, ChangesQuery, DeltaToken, Engine, Result, Selection, Store};
    ///
    /// fn follow(
    ///     engine: &dyn Engine,
    ///     store: &dyn Store,
    ///     token: &DeltaToken,
    ///     selection: Selection,
    /// ) -> Result<Changes> {
    ///     token.check_epoch(engine, store)?;
    ///     store.changes(&ChangesQuery::first(selection, token.after, 1_000))
    /// }
    /// ```
    pub fn check_epoch(&self, engine: &dyn Engine, store: &dyn Store) -> Result<()> {
        let epoch = DeltaToken::epoch_in(engine, store, self.after, self.until)?;
        if epoch == self.epoch { Ok(()) } else { Err(gone()) }
    }

    /// The token's text for a selection whose rows are seen through a mask;
    /// safe in a URL.
    pub fn to_text(&self, selection: &Selection, mask: Mask) -> String {
        let mut bytes = Vec::with_capacity(MAX_LEN - MAX_ID_LEN);
        bytes.push(VERSION);
        bytes.extend_from_slice(&walk(selection).to_be_bytes());
        bytes.push(mask.digits());
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

    /// Reads the token of a selection whose rows are seen through a mask.
    /// Whether the store is the one that gave it,
    /// [`check_epoch`](DeltaToken::check_epoch) tells.
    pub fn parse(
        text: &str,
        selection: &Selection,
        mask: Mask,
    ) -> std::result::Result<DeltaToken, DeltaTokenError> {
        // Base64 has four characters for three bytes.
        if text.len() > MAX_LEN.div_ceil(3) * 4 {
            return Err(DeltaTokenError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| DeltaTokenError::Malformed)?;
        let (found, digits, token) = read(&mut Fields::of(&bytes)).ok_or(DeltaTokenError::Malformed)?;
        if found != walk(selection) {
            return Err(DeltaTokenError::OtherWalk);
        }
        if digits != mask.digits() {
            return Err(DeltaTokenError::OtherMask);
        }
        Ok(token)
    }
}

/// The walk and the mask that a token belongs to, and the token.
fn read(fields: &mut Fields<'_>) -> Option<(u64, u8, DeltaToken)> {
    let [version] = fields.take()?;
    if version != VERSION {
        return None;
    }
    let walk = fields.number()?;
    let [digits] = fields.take()?;
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
    // A page that goes on from another knows up to which commit, and no other.
    let is_possible = start.is_some() == until.is_some() && until.is_none_or(|until| until >= after);
    (is_whole && is_possible).then_some((walk, digits, DeltaToken { after, epoch, until, start }))
}

/// A number that differs between what followers may follow.
fn walk(selection: &Selection) -> u64 {
    let mut fingerprint = Fingerprint::of_rows(selection);
    fingerprint.columns(selection);
    fingerprint.value()
}

fn gone() -> Error {
    let text = "the store no longer knows the commits of the delta token, or never did: start again from the first \
                page";
    Error::new(ErrorKind::Gone, text)
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
            calls(0, 9),
            calls(0, 8),
            calls(1, 9),
            few,
            filtered("userId eq 'a'"),
            filtered("userId eq 'b'"),
            Selection { log: &PSTN_CALLS, ..calls(0, 9) },
        ];
        for (place, selection) in each.iter().enumerate() {
            let text = token().to_text(selection, Mask::NONE);
            for (other, selection) in each.iter().enumerate() {
                let expected = if other == place { Ok(token()) } else { Err(DeltaTokenError::OtherWalk) };
                assert_eq!(DeltaToken::parse(&text, selection, Mask::NONE), expected, "{place} as {other}");
            }
        }
    }

    #[test]
    fn belongs_to_one_mask() {
        let masks = [Mask::NONE, Mask::hiding(3), Mask::hiding(4)];
        for mask in masks {
            let text = token().to_text(&calls(0, 9), mask);
            for other in masks {
                let expected = if other == mask { Ok(token()) } else { Err(DeltaTokenError::OtherMask) };
                assert_eq!(DeltaToken::parse(&text, &calls(0, 9), other), expected, "{mask:?} as {other:?}");
            }
        }
    }

    #[test]
    fn only_what_a_page_knows_goes_together() {
        let malformed = Err(DeltaTokenError::Malformed);
        let start = Some(Key::new(at(5), "x"));
        for token in [
            DeltaToken { start: start.clone(), ..token() },
            DeltaToken { until: Some(Watermark(9)), ..token() },
            DeltaToken { until: Some(Watermark(6)), start, ..token() },
        ] {
            let text = token.to_text(&calls(0, 9), Mask::NONE);
            assert_eq!(DeltaToken::parse(&text, &calls(0, 9), Mask::NONE), malformed, "{token:?}");
        }
    }

    #[test]
    fn cut_and_longer_tokens_are_refused() {
        let malformed = Err(DeltaTokenError::Malformed);
        let start = Some(Key::new(at(5), "x"));
        for token in [token(), DeltaToken { until: Some(Watermark(9)), start, ..token() }] {
            let bytes = URL_SAFE_NO_PAD.decode(token.to_text(&calls(0, 9), Mask::NONE)).unwrap();
            let read =
                |bytes: &[u8]| DeltaToken::parse(&URL_SAFE_NO_PAD.encode(bytes), &calls(0, 9), Mask::NONE);
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
        assert_eq!(DeltaToken::parse(&text, &calls(0, 9), Mask::NONE), Ok(longest));
        let start = Some(Key::new(at(5), "x".repeat(MAX_ID_LEN + 1)));
        let text =
            DeltaToken { until: Some(Watermark(9)), start, ..token() }.to_text(&calls(0, 9), Mask::NONE);
        assert_eq!(DeltaToken::parse(&text, &calls(0, 9), Mask::NONE), malformed);
    }

    #[test]
    fn errors_say_what_to_do() {
        for error in [DeltaTokenError::Malformed, DeltaTokenError::OtherWalk, DeltaTokenError::OtherMask] {
            assert!(error.to_string().ends_with(": start again from the first page"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn survives_its_text(
            after in 0..=u64::MAX / 2,
            epoch in any::<u64>(),
            rest in prop::option::of((0..=u64::MAX / 2, -99_i64..99, "\\PC{0,40}")),
        ) {
            let token = DeltaToken {
                after: Watermark(after),
                epoch,
                until: rest.as_ref().map(|(more, _, _)| Watermark(after + more)),
                start: rest.map(|(_, secs, id)| Key::new(at(secs), id)),
            };
            let text = token.to_text(&calls(0, 9), Mask::NONE);
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            prop_assert_eq!(DeltaToken::parse(&text, &calls(0, 9), Mask::NONE), Ok(token));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[A-Za-z0-9_-]{0,120}") {
            let _ = DeltaToken::parse(&text, &calls(0, 9), Mask::NONE);
        }
    }
}
