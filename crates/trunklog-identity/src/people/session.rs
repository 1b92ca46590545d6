//! What is known of a person who has signed in.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::hexadecimal;
use crate::{Error, ErrorKind, Result};

const TOKEN_BYTES: usize = 32;
const TOKEN_CHARS: usize = 43;
const ID_CHARS: usize = 64;

/// A person, by whoever vouches for who that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Tells the person from all others for ever: a name may change hands.
    pub id: String,
    /// What people call the person; for the screen, never for a decision.
    pub name: String,
    /// Who says so.
    pub source: PersonSource,
}

/// Who vouches for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum PersonSource {
    /// An account here, by its id.
    Account(Uuid),
    /// A provider outside.
    Provider {
        /// The provider's name in the settings.
        provider: String,
        /// What the provider says of the person's roles, not yet mapped: so a map
        /// that is changed holds for who has signed in already.
        values: Vec<String>,
    },
}

/// Names a session without opening it: a hash of what the browser holds.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(String);

impl SessionId {
    /// The id as text, 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first half of it, which tells sessions apart where a GUID is wanted.
    pub fn short(&self) -> Uuid {
        Uuid::try_parse(self.0.get(..ID_CHARS / 2).unwrap_or_default()).unwrap_or_default()
    }
}

impl FromStr for SessionId {
    type Err = Error;

    fn from_str(text: &str) -> Result<SessionId> {
        let is_id = text.len() == ID_CHARS
            && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
        if is_id {
            return Ok(SessionId(text.to_owned()));
        }
        Err(Error::new(ErrorKind::Invalid, "the name of a session has 64 hexadecimal digits"))
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SessionId {
    /// Enough to tell sessions apart in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({}…)", self.0.get(..8).unwrap_or_default())
    }
}

/// A person's session in one browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// Who has signed in.
    pub person: Person,
    /// When that was.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen: Timestamp,
    /// When who vouches for the person was last asked about roles.
    pub vouched: Timestamp,
    /// When it ends however much it is used.
    pub ends: Timestamp,
    /// From where the person signed in, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
}

/// What a browser holds of its session: 256 random bits. It is kept nowhere here,
/// and `Debug` does not show it.
pub struct SessionToken(String);

impl SessionToken {
    pub(super) fn generate() -> Result<SessionToken> {
        let mut bytes = [0; TOKEN_BYTES];
        rand::fill(&mut bytes).map_err(|error| {
            Error::because(ErrorKind::Crypto, "the system gives no random numbers", error)
        })?;
        Ok(SessionToken(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The token itself, for the cookie.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The session's name.
    pub(super) fn id(&self) -> SessionId {
        SessionId(hexadecimal(digest(&SHA256, self.0.as_bytes()).as_ref()))
    }

    /// What a browser sent, if it can be a token.
    pub(super) fn read(text: &str) -> Option<SessionToken> {
        let is_token = text.len() == TOKEN_CHARS
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        is_token.then(|| SessionToken(text.to_owned()))
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_new_read_back_and_not_shown() {
        let (one, other) = (SessionToken::generate().unwrap(), SessionToken::generate().unwrap());
        assert_ne!(one.expose(), other.expose());
        assert_eq!(SessionToken::read(one.expose()).unwrap().id(), one.id());
        assert_ne!(one.id(), other.id());
        assert!(!one.id().as_str().contains(one.expose()));
        assert_eq!(format!("{one:?}"), "SessionToken(..)");
        for wrong in ["", "../../../../../../etc/passwd-0123456789abcdef", &one.expose()[1..]] {
            assert!(SessionToken::read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_name_of_a_session_is_one() {
        let id = SessionToken::generate().unwrap().id();
        assert_eq!(id.as_str().parse::<SessionId>().unwrap(), id);
        assert!(id.as_str().starts_with(&id.short().simple().to_string()));
        for wrong in ["", "..", "abc", &id.as_str().to_uppercase(), &format!("{id}0"), &"/".repeat(64)] {
            assert!(wrong.parse::<SessionId>().is_err(), "{wrong}");
        }
    }
}
