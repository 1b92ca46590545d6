//! What a browser carries for us between two steps of a sign-in, and can neither
//! read nor change.
//!
//! So nothing has to be kept here for who has not signed in, and no flood of
//! sign-ins that are never finished pushes out those of others. The key is of
//! this process: after a restart, a sign-in that was under way starts anew. What
//! makes a browser known for longer ([`devices`](super::devices)) has a key of its
//! own, which is kept.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Result};

pub(super) const KEY_BYTES: usize = 32;
/// No browser keeps a longer cookie.
const MOST_CHARS: usize = 4096;

/// Closes and opens what browsers carry.
pub(super) struct Sealer {
    key: RandomizedNonceKey,
}

#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    until: i64,
    value: T,
}

impl Sealer {
    /// One with a key of this process.
    pub(super) fn new() -> Result<Sealer> {
        Sealer::with(&Sealer::new_key()?)
    }

    /// A key that is to be kept.
    pub(super) fn new_key() -> Result<[u8; KEY_BYTES]> {
        let mut key = [0; KEY_BYTES];
        rand::fill(&mut key)
            .map_err(|_| Error::new(ErrorKind::Crypto, "the system gives no random numbers"))?;
        Ok(key)
    }

    /// One with a key that was kept.
    pub(super) fn with(key: &[u8; KEY_BYTES]) -> Result<Sealer> {
        let refuse = |_| Error::new(ErrorKind::Crypto, "a key for sealing cannot be used");
        Ok(Sealer { key: RandomizedNonceKey::new(&AES_256_GCM, key).map_err(refuse)? })
    }

    /// Closes a value that counts until `until`, for one purpose.
    pub(super) fn seal<T: Serialize>(&self, purpose: &str, value: T, until: Timestamp) -> Result<String> {
        let failed = || Error::new(ErrorKind::Crypto, "what a sign-in has to remember cannot be sealed");
        let mut bytes =
            serde_json::to_vec(&Sealed { until: until.as_second(), value }).map_err(|_| failed())?;
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(purpose.as_bytes()), &mut bytes)
            .map_err(|_| failed())?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.extend_from_slice(&bytes);
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The value, if it was sealed here for that purpose and still counts.
    pub(super) fn open<T: DeserializeOwned>(&self, purpose: &str, text: &str, now: Timestamp) -> Option<T> {
        if text.len() > MOST_CHARS {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut bytes = rest.to_vec();
        let plain = self.key.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut bytes).ok()?;
        let Sealed { until, value } = serde_json::from_slice(plain).ok()?;
        (now.as_second() < until).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_value_is_opened_in_time_and_for_its_purpose_alone() {
        let sealer = Sealer::new().unwrap();
        let text = sealer.seal("one", "secret".to_owned(), at(100)).unwrap();
        assert!(!text.contains("secret"));
        let opened = |sealer: &Sealer, purpose, second| sealer.open::<String>(purpose, &text, at(second));
        assert_eq!(opened(&sealer, "one", 99).as_deref(), Some("secret"));
        assert_eq!(opened(&sealer, "one", 100), None);
        assert_eq!(opened(&sealer, "other", 99), None);
        assert_eq!(opened(&Sealer::new().unwrap(), "one", 99), None);
        // Another kind of value is none, whoever sealed it.
        assert_eq!(sealer.open::<Vec<u8>>("one", &text, at(99)), None);
    }

    #[test]
    fn what_was_changed_is_not_opened() {
        let sealer = Sealer::new().unwrap();
        let text = sealer.seal("one", 7_u8, at(100)).unwrap();
        for at_char in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at_char] = if bytes[at_char] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(sealer.open::<u8>("one", &changed, at(99)), None, "{at_char}");
        }
        for wrong in ["", "A", "====", &"A".repeat(5_000), &text[..text.len() - 4]] {
            assert_eq!(sealer.open::<u8>("one", wrong, at(99)), None);
        }
    }

    #[test]
    fn two_seals_of_one_value_differ() {
        let sealer = Sealer::new().unwrap();
        assert_ne!(sealer.seal("one", 7, at(1)).unwrap(), sealer.seal("one", 7, at(1)).unwrap());
    }
}
