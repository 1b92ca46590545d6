//! Secrets that were right before.
//!
//! Clients that keep no token between runs ask for one every few seconds, those
//! that sign in with HTTP Basic send their secret with each page, and hashing
//! each time would cost 30 ms. Neither the secret nor anything an attacker could
//! compute from a guess is kept: what is remembered of a success is an HMAC with
//! a random key of this process. It holds until the secret expires or the
//! registry changes, as it does when a secret is rotated.

use std::num::NonZeroUsize;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use jiff::Timestamp;
use subtle::ConstantTimeEq;
use trunklog_bounded::BoundedMap;
use uuid::Uuid;

use crate::{Error, ErrorKind, Result};

const MAX_ENTRIES: NonZeroUsize = NonZeroUsize::new(1024).expect("1024 is not zero");

/// Stands for a tenant, a client id and a secret.
///
/// One half finds what is remembered, and the other is compared in constant time.
/// No guess tells anything of either, since nobody knows the key.
pub(super) struct Proof {
    place: [u8; HALF],
    rest: [u8; HALF],
}

/// Half of an HMAC-SHA256, in bytes.
const HALF: usize = 16;

/// Successful checks. Failures are never remembered.
pub(super) struct VerifiedSecrets {
    key: hmac::Key,
    entries: BoundedMap<[u8; HALF], Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    rest: [u8; HALF],
    generation: u64,
    /// When the secret expires, if it does.
    until: Option<Timestamp>,
}

impl VerifiedSecrets {
    pub(super) fn new() -> Result<VerifiedSecrets> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).map_err(|error| {
            Error::because(ErrorKind::Crypto, "the system gives no random numbers", error)
        })?;
        Ok(VerifiedSecrets { key, entries: BoundedMap::new(MAX_ENTRIES) })
    }

    pub(super) fn proof(&self, tenant: Uuid, client_id: Uuid, secret: &str) -> Proof {
        let mut context = hmac::Context::with_key(&self.key);
        // Both ids have a fixed length, so no other triple gives the same bytes.
        context.update(tenant.as_bytes());
        context.update(client_id.as_bytes());
        context.update(secret.as_bytes());
        let tag = context.sign();
        let (place, rest) = tag.as_ref().split_at(HALF);
        let mut proof = Proof { place: [0; HALF], rest: [0; HALF] };
        proof.place.copy_from_slice(place);
        proof.rest.copy_from_slice(rest);
        proof
    }

    /// Whether that was right in this state of the registry and still is.
    pub(super) fn holds(&self, proof: &Proof, generation: u64, now: Timestamp) -> bool {
        self.entries.get(&proof.place).is_some_and(|entry| {
            bool::from(entry.rest.ct_eq(&proof.rest))
                && entry.generation == generation
                && entry.until.is_none_or(|until| now < until)
        })
    }

    /// Remembers a success, at most until the secret expires.
    pub(super) fn remember(&self, proof: &Proof, generation: u64, expires: Option<Timestamp>) {
        self.entries.insert(proof.place, Entry { rest: proof.rest, generation, until: expires });
    }
}

#[cfg(test)]
mod tests;
