//! Secrets that were right a moment ago.
//!
//! Clients that keep no token between runs ask for one every few seconds, and
//! hashing each time would cost 30 ms. Neither the secret nor anything an
//! attacker could compute from a guess is kept: the key under which a success
//! is remembered is an HMAC with a random key of this process.

use std::num::NonZeroUsize;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use jiff::{SignedDuration, Timestamp};
use trunklog_bounded::BoundedMap;
use uuid::Uuid;

use crate::{Error, ErrorKind, Result};

const REMEMBERED_FOR: SignedDuration = SignedDuration::from_mins(10);
const MAX_ENTRIES: NonZeroUsize = NonZeroUsize::new(1024).expect("1024 is not zero");

/// Stands for a tenant, a client id and a secret.
pub(super) type Proof = [u8; 32];

/// Successful checks. Failures are never remembered.
pub(super) struct VerifiedSecrets {
    key: hmac::Key,
    entries: BoundedMap<Proof, Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    generation: u64,
    until: Timestamp,
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
        let mut proof = Proof::default();
        proof.copy_from_slice(context.sign().as_ref());
        proof
    }

    /// Whether that was right in this state of the registry and still is.
    pub(super) fn holds(&self, proof: &Proof, generation: u64, now: Timestamp) -> bool {
        self.entries.get(proof).is_some_and(|entry| entry.generation == generation && now < entry.until)
    }

    /// Remembers a success, at most until the secret expires.
    pub(super) fn remember(&self, proof: Proof, generation: u64, now: Timestamp, expires: Option<Timestamp>) {
        let mut until = now.checked_add(REMEMBERED_FOR).unwrap_or(Timestamp::MAX);
        if let Some(expires) = expires {
            until = until.min(expires);
        }
        self.entries.insert(proof, Entry { generation, until });
    }
}

#[cfg(test)]
mod tests;
