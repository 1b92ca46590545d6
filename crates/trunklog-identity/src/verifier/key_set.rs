//! The public keys of an issuer.

use std::collections::HashMap;
use std::sync::Arc;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::guid::guid;

const RSA: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// More than any issuer publishes.
const MAX_KEYS: usize = 256;

/// A public key and what it may be used for.
pub(super) struct VerifyingKey {
    public: DecodingKey,
    algorithms: Vec<Algorithm>,
    /// The one tenant whose tokens the key signs, if the issuer says so.
    tenant: Option<Uuid>,
}

/// The keys of an issuer by their ids.
pub(super) type KeySet = HashMap<String, Arc<VerifyingKey>>;

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl VerifyingKey {
    /// A key for RS256 and no other algorithm.
    pub(super) fn rs256(public: DecodingKey) -> VerifyingKey {
        VerifyingKey { public, algorithms: vec![Algorithm::RS256], tenant: None }
    }

    pub(super) fn public(&self) -> &DecodingKey {
        &self.public
    }

    /// Whether tokens with that algorithm may be signed with the key.
    pub(super) fn allows(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }

    /// Whether the key may sign tokens of that tenant.
    pub(super) fn speaks_for(&self, tenant: Uuid) -> bool {
        self.tenant.is_none_or(|own| own == tenant)
    }

    fn from_jwk(jwk: &Jwk, issuer: Option<&str>) -> Option<VerifyingKey> {
        if !is_for_signatures(jwk) {
            return None;
        }
        let public = DecodingKey::from_jwk(jwk).ok()?;
        let mut algorithms = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => RSA.to_vec(),
            AlgorithmParameters::EllipticCurve(key) => match key.curve {
                EllipticCurve::P256 => vec![Algorithm::ES256],
                EllipticCurve::P384 => vec![Algorithm::ES384],
                _ => return None,
            },
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
                vec![Algorithm::EdDSA]
            }
            _ => return None,
        };
        if let Some(published) = jwk.common.key_algorithm {
            let published = Algorithm::try_from(published).ok()?;
            algorithms.retain(|algorithm| *algorithm == published);
        }
        let usable = !algorithms.is_empty() && public.family() != AlgorithmFamily::Hmac;
        usable.then(|| VerifyingKey { public, algorithms, tenant: issuer.and_then(tenant_in) })
    }
}

/// Reads a JWKS document. Keys of an unknown sort are left out, as RFC 7517
/// section 5 asks for; `None` if no usable key is left.
pub(super) fn read(document: &[u8]) -> Option<KeySet> {
    let document: Document = serde_json::from_slice(document).ok()?;
    let mut set = KeySet::new();
    for key in document.keys.into_iter().take(MAX_KEYS) {
        let issuer = key.get("issuer").and_then(Value::as_str).map(str::to_owned);
        let Ok(jwk) = serde_json::from_value::<Jwk>(key) else {
            continue;
        };
        if let Some(kid) = &jwk.common.key_id
            && let Some(key) = VerifyingKey::from_jwk(&jwk, issuer.as_deref())
        {
            set.insert(kid.clone(), Arc::new(key));
        }
    }
    (!set.is_empty()).then_some(set)
}

/// The tenant named in an issuer's address, if one is.
pub(super) fn tenant_in(issuer: &str) -> Option<Uuid> {
    issuer.split('/').find_map(guid)
}

fn is_for_signatures(jwk: &Jwk) -> bool {
    let used = jwk.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    let operates =
        jwk.common.key_operations.as_ref().is_none_or(|listed| listed.contains(&KeyOperations::Verify));
    used && operates
}
