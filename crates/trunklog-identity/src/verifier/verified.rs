//! Tokens that were checked before.

use std::num::NonZeroUsize;

use aws_lc_rs::digest::{SHA256, digest};
use trunklog_bounded::BoundedMap;

use super::principal::Principal;

const MAX_ENTRIES: NonZeroUsize = NonZeroUsize::new(10_000).expect("10,000 is not zero");

/// Stands for a token. Tokens themselves are not kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(token: &str) -> Fingerprint {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Fingerprint(bytes)
    }
}

/// What a token turned out to be, and when that has to be found out again.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) principal: Principal,
    /// Position of the source among the verifier's.
    pub(super) source: usize,
    /// Of the source's keys.
    pub(super) generation: u64,
    /// The token's `exp`, in seconds since 1970.
    pub(super) expires: i64,
}

/// The tokens that were sent last.
pub(super) struct VerifiedTokens(BoundedMap<Fingerprint, Entry>);

impl Default for VerifiedTokens {
    fn default() -> VerifiedTokens {
        VerifiedTokens(BoundedMap::new(MAX_ENTRIES))
    }
}

impl VerifiedTokens {
    pub(super) fn get(&self, fingerprint: &Fingerprint) -> Option<Entry> {
        self.0.get(fingerprint)
    }

    pub(super) fn remember(&self, fingerprint: Fingerprint, entry: Entry) {
        self.0.insert(fingerprint, entry);
    }
}

#[cfg(test)]
mod tests;
