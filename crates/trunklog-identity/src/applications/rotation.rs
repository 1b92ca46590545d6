//! How one secret follows another.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::record::{SecretRecord, end_of};
use crate::hashing::{Memories, SecretHash};
use crate::{PlainSecret, Result};

/// Secrets that can be used at one time, the habit of Entra's portal.
pub(super) const LIVE_SECRETS: usize = 2;

/// The newest of the secrets that can be used now, ended at `last_use`, that many
/// of them that there is room for one more.
pub(super) fn still_usable(
    secrets: &[SecretRecord],
    now: Timestamp,
    last_use: Timestamp,
) -> Vec<SecretRecord> {
    let mut live: Vec<SecretRecord> = secrets.iter().filter(|secret| secret.is_live(now)).cloned().collect();
    live.sort_by_key(|secret| secret.created);
    let mut newest = live.split_off(live.len().saturating_sub(LIVE_SECRETS - 1));
    for secret in &mut newest {
        secret.expires = Some(secret.expires.map_or(last_use, |end| end.min(last_use)));
    }
    newest
}

/// A secret whose hint none of `others` has, so that
/// [`Applications::verify`](super::Applications::verify) can tell by the hint which hash to compute.
pub(super) fn new_secret(
    others: &[SecretRecord],
    now: Timestamp,
    valid_for: Option<SignedDuration>,
    memories: &Memories,
) -> Result<(SecretRecord, PlainSecret)> {
    let expires = end_of(valid_for, now)?;
    let mut secret = PlainSecret::generate()?;
    while others.iter().any(|other| other.may_be(secret.expose())) {
        secret = PlainSecret::generate()?;
    }
    let record = SecretRecord {
        id: Uuid::new_v4(),
        hint: secret.hint().to_owned(),
        hash: SecretHash::of(secret.expose(), memories.lend().memory())?,
        created: now,
        expires,
    };
    Ok((record, secret))
}
