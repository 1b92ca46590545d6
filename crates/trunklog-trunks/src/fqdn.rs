//! Names of hosts, as trunks have them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::TrunkError;

/// The longest name. Teams takes 63 characters; the name of the state that keeps a
/// trunk has room for this many.
const LONGEST: usize = 150;

/// The longest part between dots. Source: RFC 1035, section 2.3.4.
const LONGEST_PART: usize = 63;

/// The name of a host, with a dot in it, in small letters. An address is none.
///
/// ```
/// use trunklog_trunks::Fqdn;
///
/// let name: Fqdn = "SBC1.contoso.example.".parse()?;
/// assert_eq!(name.to_string(), "sbc1.contoso.example");
/// for wrong in ["localhost", "10.0.0.1", "sbc1..example", "-a.example", "a b.example", ""] {
///     assert!(wrong.parse::<Fqdn>().is_err(), "{wrong}");
/// }
/// # Ok::<(), trunklog_trunks::TrunkError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fqdn(String);

impl Fqdn {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Fqdn {
    type Err = TrunkError;

    fn from_str(text: &str) -> Result<Fqdn, TrunkError> {
        let text = text.trim();
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let is_part = |part: &str| {
            (1..=LONGEST_PART).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
                && !part.starts_with('-')
                && !part.ends_with('-')
        };
        let is_name = name.len() <= LONGEST
            && name.contains('.')
            && name.split('.').all(is_part)
            // The last part of an address is a number; that of a name never is.
            && name.rsplit('.').next().is_some_and(|last| !last.bytes().all(|byte| byte.is_ascii_digit()));
        if is_name { Ok(Fqdn(name)) } else { Err(TrunkError::Name) }
    }
}

impl TryFrom<String> for Fqdn {
    type Error = TrunkError;

    fn try_from(text: String) -> Result<Fqdn, TrunkError> {
        text.parse()
    }
}

impl From<Fqdn> for String {
    fn from(name: Fqdn) -> String {
        name.0
    }
}

impl fmt::Display for Fqdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_not_too_long() {
        let long = |len: usize| format!("{}.example", "a.".repeat(len) + "b");
        assert!(long(70).parse::<Fqdn>().is_ok());
        assert!(long(80).parse::<Fqdn>().is_err());
        assert!(format!("{}.example", "a".repeat(64)).parse::<Fqdn>().is_err());
        assert!("ü.example".parse::<Fqdn>().is_err());
        assert!("sbc_1.contoso.example".parse::<Fqdn>().is_ok());
    }
}
