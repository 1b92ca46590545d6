//! What the unit tests share: a clock that stands still, RSA keys that are generated once
//! per process, because that is what takes the time, and an issuer with an application.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use crate::keys::KeySource;
use crate::{
    Application, Applications, Clock, Issuer, IssuerSettings, KeyPolicy, NewApplication, PlainSecret, Role,
    SigningKeys,
};

/// A moment every test starts at.
pub(crate) const START: &str = "2026-11-24T08:00:00Z";

/// Shows the time it was told.
#[derive(Clone)]
pub(crate) struct FakeClock(Arc<Mutex<Timestamp>>);

impl FakeClock {
    pub(crate) fn new() -> FakeClock {
        FakeClock(Arc::new(Mutex::new(START.parse().unwrap())))
    }

    pub(crate) fn clock(&self) -> Clock {
        let time = Arc::clone(&self.0);
        Arc::new(move || *time.lock().unwrap())
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    pub(crate) fn advance(&self, by: SignedDuration) {
        let mut time = self.0.lock().unwrap();
        *time = time.checked_add(by).unwrap();
    }
}

static KEYS: [OnceLock<RsaKeyPair>; 5] = [const { OnceLock::new() }; 5];

/// One of a few keys, the same for the same number.
pub(crate) fn rsa_key(number: usize) -> RsaKeyPair {
    KEYS[number % KEYS.len()].get_or_init(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap()).clone()
}

/// Hands out the shared keys one after the other.
pub(crate) fn shared_keys() -> KeySource {
    let next = AtomicUsize::new(0);
    Box::new(move || Ok(rsa_key(next.fetch_add(1, Ordering::Relaxed))))
}

/// A token with any header and any claims.
pub(crate) fn signed_token(key: &RsaKeyPair, header: &Value, claims: &Value) -> String {
    sign_parts(key, &header.to_string(), &claims.to_string())
}

/// A token whose parts are those texts, whatever they hold.
pub(crate) fn sign_parts(key: &RsaKeyPair, header: &str, claims: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The tenant of a [`TestIssuer`]'s application.
pub(crate) const TENANT: Uuid = Uuid::from_u128(0x1000);

/// A built-in issuer with one application.
pub(crate) struct TestIssuer {
    pub(crate) issuer: Arc<Issuer>,
    pub(crate) applications: Arc<Applications>,
    pub(crate) keys: Arc<SigningKeys>,
    pub(crate) clock: FakeClock,
    pub(crate) application: Application,
    pub(crate) secret: PlainSecret,
    /// Where its files are, until it is dropped.
    pub(crate) dir: tempfile::TempDir,
}

impl TestIssuer {
    /// One whose application has a role, and a secret that is valid for so long, or for
    /// ever.
    pub(crate) fn new(settings: IssuerSettings, role: Role, valid_for: Option<SignedDuration>) -> TestIssuer {
        let dir = tempfile::tempdir().unwrap();
        let clock = FakeClock::new();
        let applications = Arc::new(Applications::open(dir.path(), clock.clock()).unwrap());
        let keys = SigningKeys::open_with(dir.path(), KeyPolicy::default(), clock.clock(), shared_keys());
        let keys = Arc::new(keys.unwrap());
        let (application, secret) = applications
            .add(NewApplication {
                tenant: TENANT,
                name: "billing".to_owned(),
                roles: BTreeSet::from([role]),
                client_id: None,
                valid_for,
            })
            .unwrap();
        let issuer = Issuer::new(settings, Arc::clone(&applications), Arc::clone(&keys), clock.clock());
        TestIssuer { issuer: Arc::new(issuer), applications, keys, clock, application, secret, dir }
    }
}
