//! Public keys as the JWKS endpoint shows them.

use serde::Serialize;

use super::signing_key::SigningKey;

/// The answer of `/{tenant}/discovery/v2.0/keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonWebKeySet {
    /// By the time they start to sign.
    pub keys: Vec<JsonWebKey>,
}

/// An RSA key with the members Entra publishes, less the certificate: these
/// keys have none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonWebKey {
    /// `RSA`.
    pub kty: &'static str,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// The thumbprint of RFC 7638.
    pub kid: String,
    /// The modulus, big-endian, base64url.
    pub n: String,
    /// The public exponent, big-endian, base64url.
    pub e: String,
    /// `RS256`.
    pub alg: &'static str,
    /// Whose tokens the key signs.
    pub issuer: String,
}

impl JsonWebKey {
    pub(super) fn of(key: &SigningKey, issuer: &str) -> JsonWebKey {
        JsonWebKey {
            kty: "RSA",
            usage: "sig",
            kid: key.kid().to_owned(),
            n: key.modulus().to_owned(),
            e: key.exponent().to_owned(),
            alg: "RS256",
            issuer: issuer.to_owned(),
        }
    }
}
