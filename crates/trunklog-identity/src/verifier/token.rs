//! A token in compact form (RFC 7515 section 3.1), before and after its
//! signature was checked.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, AlgorithmFamily, crypto};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::claims::Claims;
use super::error::{AuthError, AuthFault};
use super::key_set::VerifyingKey;

/// What a token's type may be called. Source: RFC 7519 section 5.1, RFC 9068
/// section 2.1.
const TYPES: [&str; 3] = ["JWT", "at+jwt", "application/at+jwt"];

/// A token that was read, but not believed.
pub(super) struct CompactToken<'t> {
    /// Header and payload as they were sent.
    signed: &'t str,
    payload: &'t str,
    signature: &'t str,
    /// The header's JSON.
    header_text: String,
    nonce: Option<String>,
    algorithm: Algorithm,
    kid: String,
    claims: Claims,
}

/// What to make of a `nonce` in a token's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NonceRule {
    /// It is a member like any other.
    Plain,
    /// As in tokens for Microsoft Graph: what was signed held the base64url of
    /// the nonce's SHA-256 in its place. Source: contract section 3.1.
    Hashed,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    nonce: Option<String>,
    #[serde(default)]
    crit: Presence,
}

/// Whether a member is there, whatever it is.
#[derive(Default)]
struct Presence(bool);

impl<'de> Deserialize<'de> for Presence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Presence, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Presence(true))
    }
}

impl<'t> CompactToken<'t> {
    /// Reads a token and refuses what no key could make acceptable.
    ///
    /// # Errors
    /// [`AuthFault::NoDots`], else [`AuthFault::Invalid`].
    pub(super) fn parse(token: &'t str) -> Result<CompactToken<'t>, AuthError> {
        let (signed, signature) = token
            .rsplit_once('.')
            .ok_or_else(|| AuthError::new(AuthFault::NoDots, "the token has no dots"))?;
        let (header, payload) =
            signed.split_once('.').ok_or_else(|| AuthError::invalid("the token has one dot only"))?;
        if payload.contains('.') {
            return Err(AuthError::invalid("the token has more than three parts"));
        }
        let header_text = URL_SAFE_NO_PAD
            .decode(header)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| AuthError::invalid("the token's header is not base64url of UTF-8"))?;
        let header: Header = serde_json::from_str(&header_text)
            .map_err(|_| AuthError::invalid("the token's header is not JSON of the expected form"))?;
        let algorithm = acceptable(&header)?;
        let kid = header.kid.ok_or_else(|| AuthError::invalid("the token names no key"))?;
        let claims = URL_SAFE_NO_PAD
            .decode(payload)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| AuthError::invalid("the token's claims are not of the expected form"))?;
        let nonce = header.nonce;
        Ok(CompactToken { signed, payload, signature, header_text, nonce, algorithm, kid, claims })
    }

    /// Which issuer the token claims to be from.
    pub(super) fn issuer(&self) -> &str {
        &self.claims.iss
    }

    /// Other claims than those that are read of every token. Believe nothing of
    /// them before [`verified_with`](CompactToken::verified_with).
    pub(super) fn more_claims<T: DeserializeOwned>(&self) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(self.payload).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Which key the token claims to be signed with.
    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    /// The claims, if that key signed them.
    ///
    /// # Errors
    /// [`AuthFault::Invalid`].
    pub(super) fn verified_with(&self, key: &VerifyingKey, rule: NonceRule) -> Result<&Claims, AuthError> {
        if !key.allows(self.algorithm) {
            return Err(AuthError::invalid("the token's algorithm is not that of its key"));
        }
        let replaced;
        let message = match (&self.nonce, rule) {
            (Some(nonce), NonceRule::Hashed) => {
                replaced = format!("{}.{}", self.with_hashed(nonce)?, self.payload);
                replaced.as_str()
            }
            _ => self.signed,
        };
        match crypto::verify(self.signature, message.as_bytes(), key.public(), self.algorithm) {
            Ok(true) => Ok(&self.claims),
            Ok(false) => Err(AuthError::invalid("the token's signature is wrong")),
            Err(_) => Err(AuthError::invalid("the token's signature cannot be checked with its key")),
        }
    }

    /// The encoded header with the hash of the nonce in its place. The text
    /// around it has to stay as it was, byte for byte.
    fn with_hashed(&self, nonce: &str) -> Result<String, AuthError> {
        let member = format!(r#""nonce":"{nonce}""#);
        let (before, after) =
            self.header_text.split_once(&member).filter(|(_, after)| !after.contains(&member)).ok_or_else(
                || AuthError::invalid("the nonce in the token's header is written in an odd way"),
            )?;
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, nonce.as_bytes()));
        Ok(URL_SAFE_NO_PAD.encode(format!(r#"{before}"nonce":"{hash}"{after}"#)))
    }
}

/// The algorithm, if the header is acceptable. A key of symmetric algorithms
/// would be a secret shared with every client, and `none` is not a signature.
fn acceptable(header: &Header) -> Result<Algorithm, AuthError> {
    if header.crit.0 {
        return Err(AuthError::invalid("the token's header has critical extensions"));
    }
    if let Some(typ) = &header.typ
        && !TYPES.iter().any(|known| known.eq_ignore_ascii_case(typ))
    {
        return Err(AuthError::invalid("the token is of another type than JWT"));
    }
    header
        .alg
        .parse::<Algorithm>()
        .ok()
        .filter(|algorithm| algorithm.family() != AlgorithmFamily::Hmac)
        .ok_or_else(|| AuthError::invalid("the token's algorithm is not acceptable"))
}
