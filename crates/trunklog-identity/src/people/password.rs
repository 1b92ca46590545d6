//! Which passwords may be chosen.
//!
//! Length is what counts; no kinds of characters are asked for (NIST SP 800-63B,
//! section 3.1.1.2; OWASP ASVS 5.0, section 6.2). What is refused is what anybody
//! would try first.

use std::collections::BTreeSet;
use std::fmt;

use crate::{Error, ErrorKind};

const LEAST_CHARS: usize = 12;
/// More than anybody types, and little to hash.
const MOST_CHARS: usize = 256;
const LEAST_DIFFERENT: usize = 5;
/// How many characters have to be left without the name and what this is called.
const LEAST_OWN: usize = 8;
const OWN_NAME: &str = "trunklog";

/// Those of the 30,000 most common passwords that are long enough, in lower case.
/// From the lists of zxcvbn (MIT), without what is not fit for print.
const COMMON: &str = include_str!("common_passwords.txt");

/// Why a password cannot be chosen.
///
/// ```
/// use trunklog_identity::PasswordFault;
///
/// let told = PasswordFault::Common.to_string();
/// assert_eq!(told, "the password is one of the most common ones: take another");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    /// It is too short.
    TooShort,
    /// It is too long.
    TooLong,
    /// It holds what nobody can type.
    Control,
    /// It is made of too few different characters.
    TooUniform,
    /// Everybody takes it.
    Common,
    /// It is little more than the account's name, or what this program is called.
    OwnName,
    /// It is the one that was handed over.
    HandedOver,
}

impl PasswordFault {
    /// What is wrong, and what is asked for.
    pub fn message(self) -> &'static str {
        match self {
            PasswordFault::TooShort => {
                "the password is too short: take at least 12 characters, four words for example"
            }
            PasswordFault::TooLong => "the password is too long: take at most 256 characters",
            PasswordFault::Control => {
                "the password holds a control character: take letters, digits, signs and blanks"
            }
            PasswordFault::TooUniform => {
                "the password is made of too few different characters: take at least five"
            }
            PasswordFault::Common => "the password is one of the most common ones: take another",
            PasswordFault::OwnName => {
                "the password is little more than the account's name or this program's: take another"
            }
            PasswordFault::HandedOver => "the password is the one that was handed over: take another",
        }
    }
}

impl fmt::Display for PasswordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl From<PasswordFault> for Error {
    fn from(fault: PasswordFault) -> Error {
        Error::new(ErrorKind::Invalid, fault.message())
    }
}

/// Checks a password that somebody chose for that account.
///
/// # Errors
/// What is asked for; the password is not in it.
pub(super) fn checked<'p>(password: &'p str, account: &str) -> Result<&'p str, PasswordFault> {
    let length = password.chars().count();
    if length < LEAST_CHARS {
        return Err(PasswordFault::TooShort);
    }
    if length > MOST_CHARS {
        return Err(PasswordFault::TooLong);
    }
    if password.chars().any(char::is_control) {
        return Err(PasswordFault::Control);
    }
    if password.chars().collect::<BTreeSet<char>>().len() < LEAST_DIFFERENT {
        return Err(PasswordFault::TooUniform);
    }
    let lower = password.to_lowercase();
    if COMMON.lines().any(|common| common == lower) {
        return Err(PasswordFault::Common);
    }
    let account = account.to_lowercase();
    // Of an address, what is before the @ is what people put into passwords.
    let person = account.split('@').next().unwrap_or_default();
    let own = [account.as_str(), person, OWN_NAME]
        .into_iter()
        .filter(|name| !name.is_empty())
        .fold(lower, |rest, name| rest.replace(name, ""));
    if own.chars().count() < LEAST_OWN {
        return Err(PasswordFault::OwnName);
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_anybody_would_try_is_refused() {
        for (password, why) in [
            ("", "12 characters"),
            ("elevenchars", "12 characters"),
            ("ää ää ää ää", "12 characters"),
            ("aaaaaaaaaaaaaaaa", "different"),
            ("123412341234", "different"),
            ("1qaz2wsx3edc", "common"),
            ("QWERTY123456", "common"),
            ("Trunklog2026", "name"),
            ("anna.berg@example.com1", "name"),
            ("anna.berg2026", "name"),
            ("tab\tin the middle", "control"),
        ] {
            let error = Error::from(checked(password, "Anna.Berg@example.com").unwrap_err());
            assert_eq!(error.kind(), ErrorKind::Invalid);
            let text = error.to_string();
            assert!(text.contains(why), "{password}: {text}");
            assert!(password.is_empty() || !text.contains(password), "{text}");
        }
        assert!(checked(&"ab cde ".repeat(40), "anna").is_err());
    }

    #[test]
    fn no_kind_of_character_is_asked_for() {
        for password in ["correct horse battery staple", "ключ от старой двери", "anna.berg rides a moped"]
        {
            assert_eq!(checked(password, "anna.berg").unwrap(), password);
        }
        // A name of one letter takes nothing away that matters.
        assert!(checked("correct horse battery", "a").is_ok());
    }

    #[test]
    fn the_list_holds_what_would_pass_otherwise() {
        assert!(COMMON.lines().count() > 200);
        assert!(
            COMMON.lines().all(|line| line.chars().count() >= LEAST_CHARS && line == line.to_lowercase())
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(password in ".{0,300}", account in ".{0,40}") {
            let _ = checked(&password, &account);
        }
    }
}
