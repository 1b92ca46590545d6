//! Tokens that were checked before.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;

use super::principal::Principal;

const MAX_ENTRIES: usize = 10_000;

/// What is dropped at a time when the memory is full, so that not every further
/// token has to look for room.
const DROPPED_AT_ONCE: usize = MAX_ENTRIES / 10;

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

/// What a token turned out to be, and when that has to be found out anew.
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

/// The tokens checked last.
#[derive(Default)]
pub(super) struct VerifiedTokens(Mutex<HashMap<Fingerprint, Entry>>);

impl VerifiedTokens {
    pub(super) fn get(&self, fingerprint: &Fingerprint) -> Option<Entry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(fingerprint).cloned()
    }

    pub(super) fn remember(&self, fingerprint: Fingerprint, entry: Entry, now: Timestamp) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MAX_ENTRIES {
            make_room(&mut entries, now);
        }
        entries.insert(fingerprint, entry);
    }
}

/// Drops what has expired, and if that is little, what expires first.
fn make_room(entries: &mut HashMap<Fingerprint, Entry>, now: Timestamp) {
    entries.retain(|_, entry| entry.expires > now.as_second());
    let enough = MAX_ENTRIES - DROPPED_AT_ONCE;
    if entries.len() <= enough {
        return;
    }
    let surplus = entries.len() - enough;
    let mut ends: Vec<i64> = entries.values().map(|entry| entry.expires).collect();
    let (_, &mut last_dropped, _) = ends.select_nth_unstable(surplus - 1);
    let mut to_drop = surplus;
    entries.retain(|_, entry| {
        let keep = to_drop == 0 || entry.expires > last_dropped;
        to_drop -= usize::from(!keep);
        keep
    });
}

#[cfg(test)]
mod tests;
