//! Tokens that the token endpoint would never issue.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;

/// Makes tokens from a good one, signed with the server's own key.
pub struct Forge {
    key: EncodingKey,
    header: Value,
    claims: Value,
}

impl Forge {
    /// From the identity folder of a server with one signing key, and a token
    /// that it issued.
    pub fn new(identity: &Path, token: &str) -> Forge {
        let pem = fs::read_dir(identity.join("signing-keys"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|extension| extension == "pem"))
            .unwrap();
        let key = EncodingKey::from_rsa_pem(&fs::read(pem).unwrap()).unwrap();
        let part = |at| {
            let text: &str = token.split('.').nth(at).unwrap();
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
        };
        Forge { key, header: part(0), claims: part(1) }
    }

    /// A token with other claims and a good signature.
    pub fn signed(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = self.claims.clone();
        change(&mut claims);
        let message = encoded(&self.header, &claims);
        let signature = crypto::sign(message.as_bytes(), &self.key, Algorithm::RS256).unwrap();
        format!("{message}.{signature}")
    }

    /// A token that says `alg: none` and has no signature.
    pub fn without_algorithm(&self) -> String {
        let mut header = self.header.clone();
        header["alg"] = "none".into();
        format!("{}.", encoded(&header, &self.claims))
    }

    /// A token whose claims were changed after it was signed.
    pub fn tampered(&self, change: impl FnOnce(&mut Value)) -> String {
        let good = self.signed(|_| ());
        let (_, signature) = good.rsplit_once('.').unwrap();
        let mut claims = self.claims.clone();
        change(&mut claims);
        format!("{}.{signature}", encoded(&self.header, &claims))
    }
}

fn encoded(header: &Value, claims: &Value) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}
