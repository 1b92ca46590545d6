//! What is kept of an application, and what is said to make or change one.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::hashing::SecretHash;
use crate::{Error, ErrorKind, Result, Role};

/// Longest name in characters; names travel in tokens.
const MAX_NAME_CHARS: usize = 120;

/// An application as the registry keeps it.
///
/// Serialising it gives the form in the registry's file, hashes included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// What the client signs in with; `appid` in its tokens.
    pub client_id: Uuid,
    /// The service principal; `oid` and `sub` in its tokens.
    pub object_id: Uuid,
    /// The tenant whose calls it may read.
    pub tenant: Uuid,
    /// For people.
    pub name: String,
    /// The roles its tokens carry.
    pub roles: BTreeSet<Role>,
    /// When it was registered.
    pub created: Timestamp,
    /// Its secrets, oldest first. Expired ones stay until the next rotation, so
    /// that a client is told what is wrong.
    pub secrets: Vec<SecretRecord>,
}

/// A secret as the registry keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretRecord {
    /// Names the secret without telling it.
    pub id: Uuid,
    /// The first three characters, to tell secrets apart.
    pub hint: String,
    pub(crate) hash: SecretHash,
    /// When it was made.
    pub created: Timestamp,
    /// The first moment it cannot be used any more; never if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

impl SecretRecord {
    /// Whether the secret can be used at that time.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|end| now < end)
    }

    /// Whether the hint does not exclude that secret.
    pub(super) fn may_be(&self, secret: &str) -> bool {
        secret.starts_with(&self.hint)
    }
}

/// An application to register.
#[derive(Debug, Clone)]
pub struct NewApplication {
    /// The tenant whose calls it may read.
    pub tenant: Uuid,
    /// For people: 1 to 120 characters without control characters.
    pub name: String,
    /// The roles its tokens are to carry.
    pub roles: BTreeSet<Role>,
    /// The client id, a new one if absent.
    pub client_id: Option<Uuid>,
    /// How long the first secret can be used, for ever if absent.
    pub valid_for: Option<SignedDuration>,
}

/// How a new secret takes over.
#[derive(Debug, Clone, Copy, Default)]
pub struct RotateOptions {
    /// How long the newest of the old secrets can still be used; not at all if
    /// absent or zero.
    pub keep_old_for: Option<SignedDuration>,
    /// How long the new secret can be used, for ever if absent.
    pub valid_for: Option<SignedDuration>,
}

/// The name without surrounding blanks, if it is one.
pub(super) fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(Error::new(
            ErrorKind::Invalid,
            format!("an application's name has 1 to {MAX_NAME_CHARS} characters, none a control character"),
        ));
    }
    Ok(name.to_owned())
}

/// When a period that starts now ends; never if there is none.
pub(super) fn end_of(period: Option<SignedDuration>, now: Timestamp) -> Result<Option<Timestamp>> {
    let Some(period) = period else {
        return Ok(None);
    };
    if !period.is_positive() {
        return Err(Error::new(ErrorKind::Invalid, "a period of time has to be longer than nothing"));
    }
    match now.checked_add(period) {
        Ok(end) => Ok(Some(end)),
        Err(_) => Err(Error::new(ErrorKind::Invalid, "a period of time has to end before the year 10000")),
    }
}
