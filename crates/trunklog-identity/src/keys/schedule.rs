//! When a key is made, when it signs and when it goes.
//!
//! ```text
//! made ── published only ── signs ────────────────── published only ── removed
//!      │← publish_ahead →│← rotate_after →│← token lifetime + skew →│
//! ```
//!
//! A client that caches the JWKS thus knows a key before it meets the first
//! token signed with it, and can check the last one.

use jiff::{SignedDuration, Timestamp};

use crate::{Error, ErrorKind, Result};

/// How much later than it says a token may still be accepted somewhere: the
/// verifiers' clock skew, twice.
const GRACE: SignedDuration = SignedDuration::from_mins(10);

/// The times in the life of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPolicy {
    /// How long a key signs: 30 days unless said otherwise.
    pub rotate_after: SignedDuration,
    /// How long a key is published before it signs: 24 hours unless said
    /// otherwise. The very first key signs at once.
    pub publish_ahead: SignedDuration,
    /// How long a token can be used: 3599 seconds unless said otherwise, as
    /// Entra says in `expires_in`.
    pub token_lifetime: SignedDuration,
}

impl Default for KeyPolicy {
    fn default() -> KeyPolicy {
        KeyPolicy {
            rotate_after: SignedDuration::from_hours(30 * 24),
            publish_ahead: SignedDuration::from_hours(24),
            token_lifetime: SignedDuration::from_secs(3599),
        }
    }
}

impl KeyPolicy {
    /// # Errors
    /// [`ErrorKind::Configuration`] unless the next key can be published while
    /// one signs and tokens live between a second and a day.
    pub(super) fn check(self) -> Result<()> {
        let lifetime = SignedDuration::from_secs(1)..=SignedDuration::from_hours(24);
        let longest = SignedDuration::from_hours(24 * 3660);
        if !lifetime.contains(&self.token_lifetime) {
            return Err(Error::new(
                ErrorKind::Configuration,
                "a token's lifetime has to be between one second and 24 hours",
            ));
        }
        if self.publish_ahead.is_negative()
            || self.publish_ahead >= self.rotate_after
            || self.rotate_after > longest
        {
            return Err(Error::new(
                ErrorKind::Configuration,
                "signing keys have to rotate later than they are published ahead, and within ten years",
            ));
        }
        Ok(())
    }
}

/// When a key was made and when it starts to sign. It ends when the next one
/// starts. All functions here take the terms by the time they start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) created: Timestamp,
    pub(super) signs_from: Timestamp,
}

/// Which key signs: the last that has started. If none has, because the clock was
/// set back or its predecessor was deleted by hand, the first.
pub(super) fn signing(terms: &[Term], now: Timestamp) -> Option<usize> {
    let begun = terms.iter().rposition(|term| term.signs_from <= now);
    begun.or_else(|| (!terms.is_empty()).then_some(0))
}

/// Which keys signed no token that anybody accepts any more.
pub(super) fn finished(terms: &[Term], policy: KeyPolicy, now: Timestamp) -> Vec<usize> {
    let last_tokens = policy.token_lifetime.saturating_add(GRACE);
    (1..terms.len())
        .filter(|&next| later(terms[next].signs_from, last_tokens) <= now)
        .map(|next| next - 1)
        .collect()
}

/// From when on a key should sign that should be made now, if any should.
pub(super) fn next(terms: &[Term], policy: KeyPolicy, now: Timestamp) -> Option<Timestamp> {
    let Some(last) = terms.last() else {
        return Some(now);
    };
    let due = later(last.signs_from, policy.rotate_after);
    let earliest = later(now, policy.publish_ahead);
    (due <= earliest).then_some(earliest)
}

/// From when on a key signs that should do so at once. Files know whole seconds
/// only, and of two keys that start in the same one either might sign.
pub(super) fn at_once(terms: &[Term], now: Timestamp) -> Timestamp {
    let second = SignedDuration::from_secs(1);
    let begun = terms.iter().map(|term| term.signs_from).filter(|&begin| begin <= now).max();
    begun.map_or(now, |begin| later(begin, second).max(now))
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
