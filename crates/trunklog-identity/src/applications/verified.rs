//! Secrets that were right a moment ago.
//!
//! Clients that keep no token between runs ask for one every few seconds, and
//! hashing each time would cost 30 ms. Neither the secret nor anything an
//! attacker could compute from a guess is kept: the key under which a success
//! is remembered is an HMAC with a random key of this process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{Error, ErrorKind, Result};

const REMEMBERED_FOR: SignedDuration = SignedDuration::from_mins(10);
const MAX_ENTRIES: usize = 1024;

/// Stands for a tenant, a client id and a secret.
pub(super) type Proof = [u8; 32];

/// Successful checks. Failures are never remembered.
pub(super) struct VerifiedSecrets {
    key: hmac::Key,
    entries: Mutex<HashMap<Proof, Entry>>,
}

struct Entry {
    generation: u64,
    until: Timestamp,
}

impl VerifiedSecrets {
    pub(super) fn new() -> Result<VerifiedSecrets> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).map_err(|error| {
            Error::because(ErrorKind::Crypto, "the system gives no random numbers", error)
        })?;
        Ok(VerifiedSecrets { key, entries: Mutex::default() })
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
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(proof).is_some_and(|entry| entry.generation == generation && now < entry.until)
    }

    /// Remembers a success, at most until the secret expires.
    pub(super) fn remember(&self, proof: Proof, generation: u64, now: Timestamp, expires: Option<Timestamp>) {
        let mut until = now.checked_add(REMEMBERED_FOR).unwrap_or(Timestamp::MAX);
        if let Some(expires) = expires {
            until = until.min(expires);
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MAX_ENTRIES {
            entries.retain(|_, entry| entry.generation == generation && now < entry.until);
        }
        // Still full of valid ones: beginning anew costs each client one hash.
        if entries.len() >= MAX_ENTRIES {
            entries.clear();
        }
        entries.insert(proof, Entry { generation, until });
    }
}

#[cfg(test)]
mod tests;
