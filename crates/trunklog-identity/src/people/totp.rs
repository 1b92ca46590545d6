//! One-time codes by time (RFC 6238), as authenticator apps show them: SHA-1, six
//! digits, thirty seconds. Others of these hardly any app understands.

use std::fmt;

use aws_lc_rs::{hmac, rand};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::base32;
use crate::{Error, ErrorKind, Result};

const PERIOD_SECS: i64 = 30;
const DIGITS: usize = 6;
const MODULUS: u32 = 1_000_000;
/// As long as the hash, which RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
/// By how many steps the clocks of server and app may differ, either way.
const DRIFT: i64 = 1;

/// The secret that an app and this server share, as base32.
///
/// Serialising it gives the secret; `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TotpSecret(String);

impl TotpSecret {
    /// A new one.
    pub(super) fn generate() -> Result<TotpSecret> {
        let mut bytes = [0; SECRET_BYTES];
        rand::fill(&mut bytes).map_err(|error| {
            Error::because(ErrorKind::Crypto, "the system gives no random numbers", error)
        })?;
        Ok(TotpSecret(base32::encode(&bytes)))
    }

    /// The secret as people type it into an app, to be shown to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The address that apps read, from a link or a QR code, to be shown to its
    /// owner. `issuer` says where the account is.
    pub fn address(&self, issuer: &str, account: &str) -> String {
        let encoded = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let (issuer, account) = (encoded(issuer), encoded(account));
        format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period=30",
            self.0
        )
    }

    /// The step for which that is the code, if it is one at that time that comes
    /// after `last`: no code counts twice.
    pub(super) fn step_of(&self, code: &str, now: Timestamp, last: i64) -> Option<i64> {
        let key = self.key()?;
        let code = code.as_bytes();
        let current = now.as_second().div_euclid(PERIOD_SECS);
        let mut found = None;
        // All are computed, so that the time taken tells nothing.
        for step in current - DRIFT..=current + DRIFT {
            let is_right = bool::from(code_at(&key, step).as_bytes().ct_eq(code));
            if is_right && step > last && found.is_none() {
                found = Some(step);
            }
        }
        found
    }

    /// Whether it is a secret that codes can be made with.
    pub(super) fn is_usable(&self) -> bool {
        self.key().is_some()
    }

    /// The code at that time, for tests.
    #[cfg(test)]
    pub(super) fn code(&self, now: Timestamp) -> String {
        code_at(&self.key().unwrap(), now.as_second().div_euclid(PERIOD_SECS))
    }

    fn key(&self) -> Option<hmac::Key> {
        let bytes = base32::decode(&self.0).filter(|bytes| bytes.len() >= SECRET_BYTES)?;
        Some(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes))
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(..)")
    }
}

/// Source: RFC 4226, section 5.3.
fn code_at(key: &hmac::Key, step: i64) -> String {
    let tag = hmac::sign(key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or_default() & 0x0f);
    let mut word = [0; 4];
    if let Some(part) = bytes.get(offset..offset + word.len()) {
        word.copy_from_slice(part);
    }
    let number = (u32::from_be_bytes(word) & 0x7fff_ffff) % MODULUS;
    format!("{number:0DIGITS$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> TotpSecret {
        TotpSecret(base32::encode(b"12345678901234567890"))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// Source: RFC 6238, appendix B, the last six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret().code(at(second)), code, "{second}");
            assert_eq!(secret().step_of(code, at(second), 0), Some(second / 30));
        }
    }

    #[test]
    fn clocks_may_differ_a_little() {
        let secret = secret();
        let code = secret.code(at(3_000));
        for (second, counts) in [(2_969, false), (2_970, true), (3_030, true), (3_059, true), (3_060, false)]
        {
            assert_eq!(secret.step_of(&code, at(second), 0).is_some(), counts, "{second}");
        }
    }

    #[test]
    fn no_code_counts_twice_nor_one_before_it() {
        let secret = secret();
        let (before, code) = (secret.code(at(2_970)), secret.code(at(3_000)));
        let step = secret.step_of(&code, at(3_000), 0).unwrap();
        assert_eq!(secret.step_of(&code, at(3_000), step), None);
        assert_eq!(secret.step_of(&before, at(3_000), step), None);
        assert!(secret.step_of(&secret.code(at(3_030)), at(3_000), step).is_some());
    }

    #[test]
    fn what_is_no_code_is_none() {
        for wrong in ["", "28708", "2870820", "28708a", "２８７０８２", "287082 "] {
            assert_eq!(secret().step_of(wrong, at(59), 0), None, "{wrong}");
        }
        assert!(!TotpSecret("MZXW6".to_owned()).is_usable());
        assert_eq!(TotpSecret("no secret!".to_owned()).step_of("287082", at(59), 0), None);
    }

    #[test]
    fn a_secret_is_new_and_shown_to_nobody_by_accident() {
        let (one, other) = (TotpSecret::generate().unwrap(), TotpSecret::generate().unwrap());
        assert_ne!(one.expose(), other.expose());
        assert_eq!(one.expose().len(), 32);
        assert_eq!(format!("{one:?}"), "TotpSecret(..)");
    }

    #[test]
    fn the_address_is_read_by_apps() {
        let address = secret().address("Trunklog (cdr.example.com)", "anna@example.com");
        assert_eq!(
            address,
            "otpauth://totp/Trunklog%20%28cdr%2Eexample%2Ecom%29:anna%40example%2Ecom?secret=\
             GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Trunklog%20%28cdr%2Eexample%2Ecom%29&algorithm=SHA1&\
             digits=6&period=30"
        );
    }
}
