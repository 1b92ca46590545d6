//! Client secrets: made once, kept as a hash.

use std::fmt;

use argon2::password_hash::SaltString;
use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Result};

/// 240 bits, which base64 turns into 40 characters.
const SECRET_BYTES: usize = 30;
const HINT_CHARS: usize = 3;

/// Source: OWASP Password Storage Cheat Sheet, argon2id, second row. More is
/// not needed: the secrets are random, not chosen by people.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;
const SALT_BYTES: usize = 16;

/// What a hash in the file may ask for. A slip in an edited file must not cost
/// gigabytes on every sign-in.
const MAX_MEMORY_KIB: u32 = 262_144;
const MAX_PASSES: u32 = 16;
const MAX_LANES: u32 = 16;

/// Computed when there is no hash to compare with; nothing hashes to all zero.
const NO_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A secret in the clear: 40 characters safe in a URL and on a command line.
///
/// It is shown once and kept nowhere. `Debug` does not show it.
pub struct PlainSecret(String);

impl PlainSecret {
    pub(super) fn generate() -> Result<PlainSecret> {
        loop {
            let mut bytes = [0; SECRET_BYTES];
            rand::fill(&mut bytes).map_err(|error| {
                Error::because(ErrorKind::Crypto, "the system gives no random numbers", error)
            })?;
            let text = URL_SAFE_NO_PAD.encode(bytes);
            // A leading hyphen would be taken for an option on a command line.
            if text.starts_with(|first: char| first.is_ascii_alphanumeric()) {
                return Ok(PlainSecret(text));
            }
        }
    }

    /// The secret itself, to be shown to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The part that is kept in the clear.
    pub(super) fn hint(&self) -> &str {
        self.0.get(..HINT_CHARS).unwrap_or_default()
    }
}

impl fmt::Debug for PlainSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainSecret(..)")
    }
}

/// An argon2id hash as a PHC string.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SecretHash(String);

impl SecretHash {
    pub(super) fn of(secret: &PlainSecret) -> Result<SecretHash> {
        let mut salt = [0; SALT_BYTES];
        rand::fill(&mut salt).map_err(|error| {
            Error::because(ErrorKind::Crypto, "the system gives no random numbers", error)
        })?;
        let failed = |_| Error::new(ErrorKind::Crypto, "a client secret cannot be hashed, is memory short?");
        let salt = SaltString::encode_b64(&salt).map_err(failed)?;
        let hash = hasher().hash_password(secret.expose().as_bytes(), &salt).map_err(failed)?;
        Ok(SecretHash(hash.to_string()))
    }

    /// Whether it is an argon2id hash that can be computed at a sane price.
    pub(super) fn is_usable(&self) -> bool {
        let Ok(parsed) = PasswordHash::new(&self.0) else {
            return false;
        };
        parsed.algorithm == ARGON2ID_IDENT
            && parsed.salt.is_some()
            && parsed.hash.is_some()
            && Params::try_from(&parsed).is_ok_and(|params| {
                params.m_cost() <= MAX_MEMORY_KIB
                    && params.t_cost() <= MAX_PASSES
                    && params.p_cost() <= MAX_LANES
            })
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(..)")
    }
}

/// Whether the secret has that hash. Without a hash the same work is done for
/// nothing.
pub(super) fn matches(hash: Option<&SecretHash>, secret: &str) -> bool {
    let text = hash.map_or(NO_HASH, |hash| hash.0.as_str());
    PasswordHash::new(text).is_ok_and(|parsed| hasher().verify_password(secret.as_bytes(), &parsed).is_ok())
        && hash.is_some()
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES))
        .expect("the constants above lie within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests;
