//! The chain: each line's hash is over the one before it and itself.

use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;

use aws_lc_rs::digest::{Context, SHA256, digest};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The SHA-256 of a line, which follows from all lines before it.
///
/// ```
/// use trunklog_audit::Hash;
///
/// let hash: Hash = "00ff".repeat(16).parse()?;
/// assert_eq!(hash.to_string(), "00ff".repeat(16));
/// assert!("00ff".parse::<Hash>().is_err());
/// # Ok::<(), &'static str>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

/// An entry and its hash, as `12:00ff…`. Noted elsewhere, it proves later that
/// nothing up to that entry was changed, also against somebody who can write the
/// files and compute all hashes anew.
///
/// ```
/// use trunklog_audit::Mark;
///
/// let text = format!("12:{}", "00ff".repeat(16));
/// let mark: Mark = text.parse()?;
/// assert_eq!((mark.n, mark.to_string()), (12, text));
/// # Ok::<(), &'static str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The entry's number.
    pub n: u64,
    /// Its hash.
    pub hash: Hash,
}

impl Hash {
    /// What comes before the first line.
    pub(crate) const START: Hash = Hash([0; 32]);

    /// The hash of a line, without its own member `hash`, that follows another.
    pub(crate) fn following(before: Hash, content: &[u8]) -> Hash {
        let mut context = Context::new(&SHA256);
        context.update(&before.0);
        context.update(content);
        Hash::from_digest(context.finish().as_ref())
    }

    /// The hash of some bytes alone.
    pub(crate) fn of(bytes: &[u8]) -> Hash {
        Hash::from_digest(digest(&SHA256, bytes).as_ref())
    }

    fn from_digest(digest: &[u8]) -> Hash {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest);
        Hash(bytes)
    }
}

impl Mark {
    /// Before the first entry.
    pub(crate) const START: Mark = Mark { n: 0, hash: Hash::START };
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Hash, &'static str> {
        const FORM: &str = "a hash has 64 digits, 0 to 9 and a to f";
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(FORM);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let (high, low) = (digit(pair[0]).ok_or(FORM)?, digit(pair[1]).ok_or(FORM)?);
            *byte = (high << 4) | low;
        }
        Ok(Hash(bytes))
    }
}

/// Only small letters, as they are written: one hash has one text.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.n, self.hash)
    }
}

impl FromStr for Mark {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Mark, &'static str> {
        let (n, hash) =
            text.split_once(':').ok_or("a mark is the number of an entry, a colon and its hash")?;
        let n = n.parse().map_err(|_| "before the colon is the number of an entry")?;
        Ok(Mark { n, hash: hash.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_follows_from_all_before_it() {
        let first = Hash::following(Hash::START, b"one");
        assert_ne!(first, Hash::following(first, b"one"));
        assert_ne!(Hash::following(first, b"two"), Hash::following(Hash::START, b"two"));
        // Source: FIPS 180-4, the example of one block.
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Hash::of(b"abc").to_string(), known);
    }

    #[test]
    fn only_one_text_is_a_hash() {
        let text = "0123456789abcdef".repeat(4);
        assert_eq!(text.parse::<Hash>().unwrap().to_string(), text);
        assert!(text.to_uppercase().parse::<Hash>().is_err());
        assert!(text[1..].parse::<Hash>().is_err());
        for mark in ["12", "x:00", "12:00", ":"] {
            assert!(mark.parse::<Mark>().is_err(), "{mark}");
        }
    }
}
