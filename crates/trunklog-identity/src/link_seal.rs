//! What links hide of people and numbers.
//!
//! A page about a person or a number has an address that can be sent to a
//! colleague, and addresses end up in histories and logs. So the address has a
//! token, which this server alone can read: the text, encrypted under a key of the
//! tenant (AES-256-GCM-SIV, RFC 8452). The nonce is always the same, for which that
//! cipher is made: the same text gives the same token, and nothing else is told.
//!
//! Of a text that somebody chose, that would be too much: who may see a link, but not
//! all digits in it, could have tokens made of all numbers until one is the link's. So
//! these tokens have a nonce of their maker's ([`LinkSeal::token_by`]): the same person
//! gets the same token again, and nobody else does.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::{Error, ErrorKind, Result};

/// How long a key is.
const KEY_BYTES: usize = 32;

/// Texts are as long as a multiple of this, so that a token tells not how long its
/// text is.
const BLOCK: usize = 32;

/// How long the mark is that tells whether a token is one of ours (RFC 8452, section 4).
const MARK: usize = 16;

/// The longest token that is looked at.
const LONGEST: usize = 1_024;

/// Makes tokens of texts and reads them again.
///
/// ```
/// use trunklog_identity::LinkSeal;
/// use uuid::Uuid;
///
/// let key = LinkSeal::new_key()?;
/// let tenant = Uuid::from_u128(1);
/// let seal = LinkSeal::of(&key, tenant).unwrap();
/// let token = seal.token("+4930123456").unwrap();
/// assert!(!token.contains("4930") && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
/// assert_eq!(seal.text(&token).as_deref(), Some("+4930123456"));
/// assert_eq!(LinkSeal::of(&key, Uuid::from_u128(2)).unwrap().text(&token), None);
/// # Ok::<(), trunklog_identity::Error>(())
/// ```
pub struct LinkSeal {
    key: LessSafeKey,
    tenant: Uuid,
}

impl LinkSeal {
    /// A new key, as text that can be kept.
    ///
    /// # Errors
    /// When the machine gives no random bytes.
    pub fn new_key() -> Result<String> {
        let mut key = [0; KEY_BYTES];
        rand::fill(&mut key)
            .map_err(|_| Error::new(ErrorKind::Crypto, "the machine gives no random bytes"))?;
        Ok(URL_SAFE_NO_PAD.encode(key))
    }

    /// The seal of a key and of a tenant; None of what is no key.
    pub fn of(key: &str, tenant: Uuid) -> Option<LinkSeal> {
        let bytes = URL_SAFE_NO_PAD.decode(key).ok().filter(|bytes| bytes.len() == KEY_BYTES)?;
        let key = UnboundKey::new(&AES_256_GCM_SIV, &bytes).ok()?;
        Some(LinkSeal { key: LessSafeKey::new(key), tenant })
    }

    /// The token of a text that we chose; None where it is too long.
    pub fn token(&self, text: &str) -> Option<String> {
        let mut bytes = padded(text);
        self.key.seal_in_place_append_tag(nonce(), self.of_tenant(), &mut bytes).ok()?;
        let token = URL_SAFE_NO_PAD.encode(bytes);
        (token.len() <= LONGEST).then_some(token)
    }

    /// The token of a text that somebody chose, who is known by `maker`: another maker
    /// gets another token of the same text. None where the text is too long.
    ///
    /// ```
    /// use trunklog_identity::LinkSeal;
    /// use uuid::Uuid;
    ///
    /// let seal = LinkSeal::of(&LinkSeal::new_key()?, Uuid::from_u128(1)).unwrap();
    /// let token = seal.token_by("anna", "+4930123456").unwrap();
    /// assert_ne!(seal.token_by("ben", "+4930123456").unwrap(), token);
    /// assert_eq!(seal.text(&token).as_deref(), Some("+4930123456"));
    /// # Ok::<(), trunklog_identity::Error>(())
    /// ```
    pub fn token_by(&self, maker: &str, text: &str) -> Option<String> {
        let of_maker = self.nonce_of(maker)?;
        let mut bytes = padded(text);
        let nonce = Nonce::assume_unique_for_key(of_maker);
        self.key.seal_in_place_append_tag(nonce, self.of_tenant(), &mut bytes).ok()?;
        let token = URL_SAFE_NO_PAD.encode([of_maker.as_slice(), &bytes].concat());
        (token.len() <= LONGEST).then_some(token)
    }

    /// The text of a token; None of what is none, or one of another tenant.
    pub fn text(&self, token: &str) -> Option<String> {
        if token.len() > LONGEST {
            return None;
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        // Texts are whole blocks, so the length tells whether a nonce comes first.
        let (nonce, sealed) = if bytes.len() % BLOCK == NONCE_LEN + MARK {
            let (first, rest) = bytes.split_at_mut_checked(NONCE_LEN)?;
            (Nonce::try_assume_unique_for_key(first).ok()?, rest)
        } else {
            (nonce(), bytes.as_mut_slice())
        };
        let plain = self.key.open_in_place(nonce, self.of_tenant(), sealed).ok()?;
        let end = plain.iter().rposition(|byte| *byte == 0x80)?;
        String::from_utf8(plain[..end].to_vec()).ok()
    }

    /// A maker's nonce, which tells nobody who that is without the key.
    fn nonce_of(&self, maker: &str) -> Option<[u8; NONCE_LEN]> {
        let mut bytes = digest(&SHA256, maker.as_bytes()).as_ref().to_vec();
        self.key.seal_in_place_append_tag(nonce(), self.of_tenant(), &mut bytes).ok()?;
        bytes.get(..NONCE_LEN)?.try_into().ok()
    }

    fn of_tenant(&self) -> Aad<[u8; 16]> {
        Aad::from(self.tenant.into_bytes())
    }
}

/// Never shows the key.
impl std::fmt::Debug for LinkSeal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkSeal").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

/// A text with a mark where it ends, and nothing up to the next block.
fn padded(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0x80);
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    bytes
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seal() -> LinkSeal {
        LinkSeal::of(&LinkSeal::new_key().unwrap(), Uuid::from_u128(7)).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_read_back(text in ".{0,150}") {
            let seal = seal();
            let token = seal.token(&text).unwrap();
            prop_assert_eq!(seal.text(&token), Some(text.clone()));
            prop_assert_eq!(seal.token(&text), Some(token));
            let token = seal.token_by("anna", &text).unwrap();
            prop_assert_eq!(seal.text(&token), Some(text.clone()));
            prop_assert_eq!(seal.token_by("anna", &text), Some(token));
        }

        #[test]
        fn what_is_no_token_is_none(token in ".{0,80}") {
            prop_assert_eq!(seal().text(&token), None);
        }
    }

    #[test]
    fn a_changed_token_and_another_key_say_nothing() {
        let seal = seal();
        let token = seal.token("text").unwrap();
        let mut changed = token.clone().into_bytes();
        changed[3] = if changed[3] == b'A' { b'B' } else { b'A' };
        assert_eq!(seal.text(&String::from_utf8(changed).unwrap()), None);
        assert_eq!(self::seal().text(&token), None);
        assert!(LinkSeal::of("short", Uuid::nil()).is_none());
    }

    /// Who could make a link's token again would know what is in it.
    #[test]
    fn a_token_of_a_chosen_text_is_made_again_by_its_maker_alone() {
        let seal = seal();
        let token = seal.token_by("anna", "d+4930123456").unwrap();
        assert_ne!(seal.token_by("ben", "d+4930123456").unwrap(), token);
        assert_ne!(seal.token("d+4930123456").unwrap(), token);
        // Nor do two makers' tokens have a part in common that tells of the text.
        let other = seal.token_by("ben", "d+4930123456").unwrap();
        let halves = |token: &str| URL_SAFE_NO_PAD.decode(token).unwrap().split_off(NONCE_LEN);
        assert_ne!(halves(&token), halves(&other));
        let mut changed = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for at in 0..changed.len() {
            changed[at] ^= 1;
            assert_eq!(seal.text(&URL_SAFE_NO_PAD.encode(&changed)), None, "{at}");
            changed[at] ^= 1;
        }
    }

    #[test]
    fn a_token_tells_not_how_long_its_text_is() {
        let seal = seal();
        let texts = ["", "1", "+4930123456", "a name of thirty signs, indeed"];
        let lengths = texts.map(|text| seal.token(text).unwrap().len());
        assert!(lengths.iter().all(|length| *length == lengths[0]), "{lengths:?}");
        assert_eq!(seal.token(&"x".repeat(2_000)), None);
    }
}
