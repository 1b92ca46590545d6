//! Secrets: made once, kept as a hash; and passwords, which are kept the same way.

use std::fmt;

use argon2::password_hash::{Output, ParamsString, Salt, SaltString};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, PasswordHash, Version};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::memory::{MEMORY_KIB, Memory};
use crate::{Error, ErrorKind, Result};

/// 240 bits, which base64 turns into 40 characters.
const SECRET_BYTES: usize = 30;
const HINT_CHARS: usize = 3;

/// The rest of what [`MEMORY_KIB`] has from OWASP.
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;
const SALT_BYTES: usize = 16;
const VERSION: Version = Version::V0x13;

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
    pub(crate) fn generate() -> Result<PlainSecret> {
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
    pub(crate) fn hint(&self) -> &str {
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
    /// Hashes it anew, with its own salt.
    pub(crate) fn of(secret: &str, memory: &mut Memory) -> Result<SecretHash> {
        let mut salt = [0; SALT_BYTES];
        rand::fill(&mut salt).map_err(|error| {
            Error::because(ErrorKind::Crypto, "the system gives no random numbers", error)
        })?;
        let failed = || Error::new(ErrorKind::Crypto, "a secret cannot be hashed, is memory short?");
        let params = usual_params();
        let written = ParamsString::try_from(&params).map_err(|_| failed())?;
        let output = hashed(secret, &salt, params, VERSION, memory).ok_or_else(failed)?;
        let salt = SaltString::encode_b64(&salt).map_err(|_| failed())?;
        let hash = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(VERSION.into()),
            params: written,
            salt: Some(salt.as_salt()),
            hash: Some(output),
        };
        Ok(SecretHash(hash.to_string()))
    }

    /// Whether it is an argon2id hash that can be computed at a sane price.
    pub(crate) fn is_usable(&self) -> bool {
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
pub(crate) fn matches(hash: Option<&SecretHash>, secret: &str, memory: &mut Memory) -> bool {
    let text = hash.map_or(NO_HASH, |hash| hash.0.as_str());
    let parsed = PasswordHash::new(text).ok();
    let is_right = parsed.and_then(|parsed| is_hash_of(&parsed, secret, memory)).unwrap_or(false);
    is_right && hash.is_some()
}

/// Whether that is the secret's hash. `None` if it cannot be computed.
fn is_hash_of(parsed: &PasswordHash<'_>, secret: &str, memory: &mut Memory) -> Option<bool> {
    let mut buffer = [0; Salt::MAX_LENGTH];
    let salt = parsed.salt?.decode_b64(&mut buffer).ok()?;
    let params = Params::try_from(parsed).ok()?;
    let version = parsed.version.map_or(Ok(VERSION), Version::try_from).ok()?;
    // Outputs are compared in constant time.
    Some(hashed(secret, salt, params, version, memory)? == parsed.hash?)
}

/// The argon2id hash. `None` if there is no memory for it.
fn hashed(
    secret: &str,
    salt: &[u8],
    params: Params,
    version: Version,
    memory: &mut Memory,
) -> Option<Output> {
    let length = params.output_len().unwrap_or(HASH_BYTES);
    let blocks = memory.blocks(params.block_count())?;
    let argon2 = Argon2::new(Algorithm::Argon2id, version, params);
    Output::init_with(length, |out| {
        argon2.hash_password_into_with_memory(secret.as_bytes(), salt, out, blocks).map_err(Into::into)
    })
    .ok()
}

fn usual_params() -> Params {
    Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES))
        .expect("the constants above are within argon2's limits")
}

#[cfg(test)]
mod tests;
