//! One signing key and its file.
//!
//! The file's name says when the key starts to sign, when it was made (both in
//! seconds since 1970) and its id: `1795507200.1795507200.<kid>.pem`. All a
//! process has to know about a key it did not make is thus in the directory
//! listing, and listings sort by time.

use std::fmt;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::signature::{KeyPair, RsaKeyPair, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::Serialize;

use super::schedule::Term;
use crate::private_file;
use crate::{Error, ErrorKind, Result};

const SUFFIX: &str = ".pem";
const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
const PEM_LINE: usize = 64;
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// An RS256 key pair of the built-in issuer.
pub struct SigningKey {
    kid: String,
    term: Term,
    pair: RsaKeyPair,
    modulus: String,
    exponent: String,
    /// As jsonwebtoken takes it, which parses it for each token: its signers are
    /// made from this alone, and none keeps what was parsed. A whole answer with
    /// a token takes about a millisecond all the same.
    private: EncodingKey,
    public: DecodingKey,
}

impl SigningKey {
    /// # Errors
    /// [`ErrorKind::Invalid`] if the times are before 1970,
    /// [`ErrorKind::Crypto`] if the library does not hand the key out.
    pub(super) fn new(pair: RsaKeyPair, created: Timestamp, signs_from: Timestamp) -> Result<SigningKey> {
        if created < Timestamp::UNIX_EPOCH || signs_from < Timestamp::UNIX_EPOCH {
            return Err(Error::new(ErrorKind::Invalid, "the clock shows a time before 1970, set it"));
        }
        let parts = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let modulus = URL_SAFE_NO_PAD.encode(&parts.n);
        let exponent = URL_SAFE_NO_PAD.encode(&parts.e);
        Ok(SigningKey {
            kid: thumbprint(&modulus, &exponent),
            // The name of the file holds whole seconds.
            term: Term { created: whole_second(created), signs_from: whole_second(signs_from) },
            private: EncodingKey::from_rsa_pem(pem_of(&pair)?.as_bytes())
                .map_err(|error| Error::because(ErrorKind::Crypto, "a key cannot be used to sign", error))?,
            public: DecodingKey::from_rsa_raw_components(&parts.n, &parts.e),
            pair,
            modulus,
            exponent,
        })
    }

    /// Names the key in a token's header: its RFC 7638 thumbprint.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// When the key was made.
    pub fn created(&self) -> Timestamp {
        self.term.created
    }

    /// When the key starts, or started, to sign.
    pub fn signs_from(&self) -> Timestamp {
        self.term.signs_from
    }

    pub(super) fn term(&self) -> Term {
        self.term
    }

    pub(super) fn modulus(&self) -> &str {
        &self.modulus
    }

    pub(super) fn exponent(&self) -> &str {
        &self.exponent
    }

    /// The public half, to check signatures with.
    pub(crate) fn public(&self) -> &DecodingKey {
        &self.public
    }

    /// A signed token with those claims.
    ///
    /// # Errors
    /// [`ErrorKind::Crypto`] if the key does not sign.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> Result<String> {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, claims, &self.private).map_err(|error| {
            Error::because(ErrorKind::Crypto, format!("key {} does not sign", self.kid), error)
        })
    }

    /// Whether a file of that name is meant to be a key.
    pub(super) fn is_file_name(name: &str) -> bool {
        name.strip_suffix(SUFFIX).is_some_and(|stem| !stem.starts_with('.'))
    }

    pub(super) fn file_name(&self) -> String {
        let Term { created, signs_from } = self.term;
        format!("{}.{}.{}{SUFFIX}", signs_from.as_second(), created.as_second(), self.kid)
    }

    /// Reads a key's file. `None` if it went away meanwhile.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if it cannot be read, [`ErrorKind::Damaged`] if it is
    /// not the key its name says.
    pub(super) fn read(directory: &Path, name: &str) -> Result<Option<SigningKey>> {
        let path = directory.join(name);
        let damaged = |what: &str| {
            Error::new(
                ErrorKind::Damaged,
                format!("{}: {what}; restore it from a backup or move it elsewhere", path.display()),
            )
        };
        let term = term_in(name).ok_or_else(|| damaged("its name tells no times"))?;
        let content = match private_file::read(&path, MAX_FILE_BYTES) {
            Ok(Some((_, content))) => content,
            Ok(None) => return Ok(None),
            Err(error) => return Err(Error::file(&path, "read")(error)),
        };
        let pkcs8 = from_pem(&content).ok_or_else(|| damaged("no private key in PEM form"))?;
        let pair = RsaKeyPair::from_pkcs8(&pkcs8)
            .map_err(|_| damaged("no RSA key of 2048 to 8192 bits in PKCS#8 form"))?;
        let key = SigningKey::new(pair, term.created, term.signs_from)?;
        if key.file_name() != name {
            return Err(damaged("it holds another key than its name says"));
        }
        Ok(Some(key))
    }

    /// The private key, PKCS#8 in PEM form.
    ///
    /// # Errors
    /// [`ErrorKind::Crypto`] if the library does not hand it out.
    pub(super) fn to_pem(&self) -> Result<String> {
        pem_of(&self.pair)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).field("term", &self.term).finish_non_exhaustive()
    }
}

/// A private key, PKCS#8 in PEM form.
fn pem_of(pair: &RsaKeyPair) -> Result<String> {
    let der: Pkcs8V1Der<'static> = AsDer::<Pkcs8V1Der<'static>>::as_der(pair)
        .map_err(|error| Error::because(ErrorKind::Crypto, "a new key cannot be exported", error))?;
    let text = STANDARD.encode(der.as_ref());
    let mut pem = String::with_capacity(text.len() + text.len() / PEM_LINE + 64);
    pem.push_str(BEGIN);
    for (position, character) in text.chars().enumerate() {
        if position.is_multiple_of(PEM_LINE) {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push('\n');
    pem.push_str(END);
    pem.push('\n');
    Ok(pem)
}

/// Source: RFC 7638 section 3, the required members in the order of their
/// names.
pub(super) fn thumbprint(modulus: &str, exponent: &str) -> String {
    let members = format!(r#"{{"e":"{exponent}","kty":"RSA","n":"{modulus}"}}"#);
    URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()))
}

fn term_in(name: &str) -> Option<Term> {
    let mut parts = name.strip_suffix(SUFFIX)?.splitn(3, '.');
    let signs_from = seconds(parts.next()?)?;
    let created = seconds(parts.next()?)?;
    parts.next().map(|_| Term { created, signs_from })
}

fn seconds(text: &str) -> Option<Timestamp> {
    Timestamp::from_second(text.parse().ok()?).ok()
}

fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

fn from_pem(content: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(content).ok()?;
    let (_, rest) = text.split_once(BEGIN)?;
    let (body, _) = rest.split_once(END)?;
    let body: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(body).ok()
}
