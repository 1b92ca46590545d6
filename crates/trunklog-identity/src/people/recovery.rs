//! Codes for who lost the app: each works once, in its place.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::{base32, hexadecimal};
use crate::{Error, ErrorKind, Result};

/// How many a person gets.
pub(super) const CODES: usize = 10;
/// 120 bits, which base32 turns into 24 letters: enough that a fast hash keeps
/// them secret (OWASP ASVS 5.0, 6.5.2).
const CODE_BYTES: usize = 15;
const CODE_CHARS: usize = 24;
const GROUP: usize = 4;

/// A recovery code as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct CodeHash(String);

impl fmt::Debug for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeHash(..)")
    }
}

/// New codes as they are shown, and as they are kept.
pub(super) fn generate() -> Result<(Vec<String>, Vec<CodeHash>)> {
    let mut shown = Vec::with_capacity(CODES);
    let mut kept = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let mut bytes = [0; CODE_BYTES];
        rand::fill(&mut bytes).map_err(|error| {
            Error::because(ErrorKind::Crypto, "the system gives no random numbers", error)
        })?;
        let code = base32::encode(&bytes);
        kept.push(hash(&code));
        shown.push(grouped(&code));
    }
    Ok((shown, kept))
}

/// Which of the codes that is, if it is one.
pub(super) fn position(kept: &[CodeHash], typed: &str) -> Option<usize> {
    let code = normal(typed)?;
    let hash = hash(&code);
    // All are looked at, so that the time taken tells nothing.
    let mut found = None;
    for (at, known) in kept.iter().enumerate() {
        if bool::from(known.0.as_bytes().ct_eq(hash.0.as_bytes())) {
            found = Some(at);
        }
    }
    found
}

/// A code without what people put between its letters; None if it is none.
fn normal(typed: &str) -> Option<String> {
    // No code is so long, whatever is between its letters.
    if typed.len() > 4 * CODE_CHARS {
        return None;
    }
    let code: String = typed
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    (code.len() == CODE_CHARS && base32::decode(&code).is_some()).then_some(code)
}

fn hash(code: &str) -> CodeHash {
    CodeHash(hexadecimal(digest(&SHA256, code.as_bytes()).as_ref()))
}

fn grouped(code: &str) -> String {
    let mut text = String::with_capacity(code.len() + code.len() / GROUP);
    for (at, letter) in code.chars().enumerate() {
        if at > 0 && at.is_multiple_of(GROUP) {
            text.push('-');
        }
        text.push(letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let (shown, kept) = generate().unwrap();
        assert_eq!((shown.len(), kept.len()), (CODES, CODES));
        for (at, code) in shown.iter().enumerate() {
            assert_eq!(code.len(), 29, "{code}");
            let plain = code.replace('-', "");
            for typed in [code.clone(), code.to_lowercase(), plain, format!("  {}\n", code.replace('-', " "))]
            {
                assert_eq!(position(&kept, &typed), Some(at), "{typed}");
            }
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        let (shown, kept) = generate().unwrap();
        let longer = format!("{}A", shown[0]);
        for wrong in ["", "123456", "-", &shown[0][1..], &longer, &"-".repeat(1_000_000)] {
            assert_eq!(position(&kept, wrong), None);
        }
        assert_eq!(position(&[], &shown[0]), None);
        assert_eq!(format!("{:?}", kept[0]), "CodeHash(..)");
    }
}
