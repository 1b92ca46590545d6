//! What is kept of an account, and what is said to make one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::recovery::CodeHash;
use super::role::PersonRoles;
use super::totp::TotpSecret;
use crate::hashing::SecretHash;
use crate::{Error, ErrorKind, Result};

/// Addresses of mail are no longer (RFC 5321).
const MOST_NAME_CHARS: usize = 254;

/// The account of a person, kept here.
///
/// Serialising it gives the form in the registry's file, hashes and the secret of
/// the app included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Tells it from every other account, also from a later one of that name.
    pub id: Uuid,
    /// What the person signs in with, in lower case.
    pub name: String,
    /// What the person may do.
    pub roles: PersonRoles,
    /// When it was made.
    pub created: Timestamp,
    /// Sessions from before that have ended.
    pub(crate) sessions_from: Timestamp,
    pub(crate) password: Password,
    /// The app that shows codes; none before the person set it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) app: Option<App>,
    /// Codes for who lost the app, those that were not used yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) recovery: Vec<CodeHash>,
}

/// A password as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Password {
    pub(crate) hash: SecretHash,
    pub(crate) since: Timestamp,
    /// Whether the person has to choose another at the next sign-in.
    pub(crate) is_first: bool,
}

/// An authenticator app as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct App {
    pub(crate) secret: TotpSecret,
    /// The step of the last code that was used.
    pub(crate) last_step: i64,
}

impl Account {
    /// Whether an app is set up, without which nobody gets in.
    pub fn has_app(&self) -> bool {
        self.app.is_some()
    }

    /// Whether the person has to choose a password at the next sign-in.
    pub fn must_choose_password(&self) -> bool {
        self.password.is_first
    }

    /// How many recovery codes are left.
    pub fn recovery_codes(&self) -> usize {
        self.recovery.len()
    }
}

/// The first password of an account, or a new one after a reset.
pub enum FirstPassword {
    /// One that the person has chosen, or whoever made the account for them.
    Chosen(String),
    /// A random one, to be handed over: the person chooses another with it.
    Random,
}

/// The name in the form in which it is kept, if it is one.
pub(super) fn checked_name(name: &str) -> Result<String> {
    let name = name.trim().to_lowercase();
    let length = name.chars().count();
    let is_good = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | '@' | '+');
    if length == 0 || length > MOST_NAME_CHARS || !name.chars().all(is_good) {
        return Err(Error::new(
            ErrorKind::Invalid,
            "the name of an account has 1 to 254 letters, digits and signs out of . - _ @ +, such as \
             anna.berg@example.com",
        ));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_in_one_form() {
        assert_eq!(checked_name(" Anna.Berg@Example.com\n").unwrap(), "anna.berg@example.com");
        assert_eq!(checked_name("ÄNNE").unwrap(), "änne");
        for wrong in ["", " ", "anna berg", "anna/berg", "a\u{0}", "<b>", &"a".repeat(255)] {
            assert_eq!(checked_name(wrong).unwrap_err().kind(), ErrorKind::Invalid, "{wrong}");
        }
    }
}
