//! The keys that sign the built-in issuer's tokens.

mod jwks;
mod schedule;
mod signing_key;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::RsaKeyPair;
use jiff::{SignedDuration, Timestamp};
use trunklog_errors::with_causes;

use self::schedule::Term;
use crate::private_file::{self, Sight, failed_just_now};
use crate::{Clock, Error, ErrorKind, Result};

pub use self::jwks::{JsonWebKey, JsonWebKeySet};
pub use self::schedule::KeyPolicy;
pub use self::signing_key::SigningKey;

const DIRECTORY_NAME: &str = "signing-keys";
const LOCK_NAME: &str = ".lock";

/// Makes key pairs. Tests bring their own, because making one takes a while.
pub(crate) type KeySource = Box<dyn Fn() -> Result<RsaKeyPair> + Send + Sync>;

/// The signing keys in `signing-keys/`, one file each.
///
/// Several processes may share the directory: files are made and removed under
/// a lock, and every look-up first asks whether the directory changed. To
/// revoke a key at once, [`rotate_now`](SigningKeys::rotate_now) and delete its
/// file; every token it signed is refused from then on.
pub struct SigningKeys {
    directory: PathBuf,
    clock: Clock,
    policy: KeyPolicy,
    generate: KeySource,
    state: RwLock<State>,
}

/// What [`SigningKeys::maintain`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyChanges {
    /// Keys made, to be used from a later time on.
    pub added: usize,
    /// Keys removed, because no token they signed is valid any more.
    pub removed: usize,
}

struct State {
    seen: Sight,
    /// When reading failed, if that was the last that was tried.
    failed: Option<Timestamp>,
    /// Grows whenever a key comes or goes.
    generation: u64,
    /// By the time they start to sign.
    keys: Keys,
}

type Keys = Arc<Vec<Arc<SigningKey>>>;

impl SigningKeys {
    /// Opens the keys below `dir`, and makes the first one if there is none.
    ///
    /// Making a key takes a few tenths of a second; this is for a blocking
    /// thread, like [`maintain`](SigningKeys::maintain).
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the directory cannot be used, [`ErrorKind::Damaged`]
    /// if a file in it is not a key, [`ErrorKind::Configuration`] if the policy
    /// cannot work.
    pub fn open(dir: &Path, policy: KeyPolicy, clock: Clock) -> Result<SigningKeys> {
        SigningKeys::open_with(dir, policy, clock, Box::new(generate))
    }

    pub(crate) fn open_with(
        dir: &Path,
        policy: KeyPolicy,
        clock: Clock,
        generate: KeySource,
    ) -> Result<SigningKeys> {
        policy.check()?;
        let directory = dir.join(DIRECTORY_NAME);
        private_file::create_directory(&directory).map_err(Error::file(&directory, "made"))?;
        let keys = load(&directory, &[])?;
        let state = State { seen: Sight::Missing, failed: None, generation: 0, keys: Arc::new(keys) };
        let keys = SigningKeys { directory, clock, policy, generate, state: RwLock::new(state) };
        keys.maintain()?;
        Ok(keys)
    }

    /// The key that signs now.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if all key files were deleted;
    /// [`maintain`](SigningKeys::maintain) makes a new one.
    pub fn current(&self) -> Result<Arc<SigningKey>> {
        let keys = self.keys();
        schedule::signing(&terms(&keys), (self.clock)())
            .and_then(|position| keys.get(position).cloned())
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::NotFound,
                    format!("there is no key in {}, one is made shortly", self.directory.display()),
                )
            })
    }

    /// The key with that id, whether it signs already, still, or not.
    pub fn find(&self, kid: &str) -> Option<Arc<SigningKey>> {
        self.keys().iter().find(|key| key.kid() == kid).cloned()
    }

    /// The public keys, as the JWKS endpoint publishes them for that issuer.
    pub fn jwks(&self, issuer: &str) -> JsonWebKeySet {
        JsonWebKeySet { keys: self.keys().iter().map(|key| JsonWebKey::of(key, issuer)).collect() }
    }

    /// Makes a key that signs at once, within a second, and tells its id. Tokens signed before
    /// stay valid until they expire.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] or [`ErrorKind::Crypto`] if there is no new key; then
    /// the old one goes on signing.
    pub fn rotate_now(&self) -> Result<String> {
        let _held = self.lock()?;
        let now = (self.clock)();
        let terms = terms(&load(&self.directory, &self.read_state().keys)?);
        let kid = self.create(now, schedule::at_once(&terms, now))?;
        self.load_again();
        Ok(kid)
    }

    /// Makes the next key when its time has come and removes those whose last
    /// token has expired. To be called every few minutes, on a blocking thread.
    ///
    /// # Errors
    /// [`ErrorKind::Io`], [`ErrorKind::Damaged`] or [`ErrorKind::Crypto`]; the
    /// keys stay as they were.
    pub fn maintain(&self) -> Result<KeyChanges> {
        let _held = self.lock()?;
        let now = (self.clock)();
        let keys = load(&self.directory, &self.read_state().keys)?;
        let terms = terms(&keys);
        let mut changes = KeyChanges::default();
        for position in schedule::finished(&terms, self.policy, now) {
            let path = self.path_of(&keys[position]);
            private_file::remove(&path).map_err(Error::file(&path, "removed"))?;
            changes.removed += 1;
        }
        if let Some(signs_from) = schedule::next(&terms, self.policy, now) {
            self.create(now, signs_from)?;
            changes.added += 1;
        }
        self.load_again();
        if changes != KeyChanges::default() {
            tracing::info!(added = changes.added, removed = changes.removed, "signing keys changed");
        }
        Ok(changes)
    }

    /// How long a token can be used.
    pub fn token_lifetime(&self) -> SignedDuration {
        self.policy.token_lifetime
    }

    /// Grows whenever a key comes or goes, so that what was derived from the
    /// older keys is recognised.
    pub(crate) fn generation(&self) -> u64 {
        self.keys();
        self.read_state().generation
    }

    /// Writes the file of a new key. The caller holds the lock.
    fn create(&self, created: Timestamp, signs_from: Timestamp) -> Result<String> {
        let key = SigningKey::new((self.generate)()?, created, signs_from)?;
        let path = self.path_of(&key);
        let pem = key.to_pem()?;
        private_file::replace(&path, pem.as_bytes()).map_err(Error::file(&path, "written"))?;
        Ok(key.kid().to_owned())
    }

    /// The keys, read again if the directory changed.
    fn keys(&self) -> Keys {
        let state = self.read_state();
        let is_current = match state.failed {
            Some(failed) => failed_just_now(failed, (self.clock)()),
            None => state.seen == private_file::look(&self.directory),
        };
        if is_current {
            return Arc::clone(&state.keys);
        }
        drop(state);
        self.load_again()
    }

    /// Reads the directory. If that fails the last good keys stay in use, and it is tried
    /// again after a second; what is damaged, when something changes.
    fn load_again(&self) -> Keys {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        // Looked at first: a change during the reading is seen next time.
        let seen = private_file::look(&self.directory);
        state.failed = None;
        match load(&self.directory, &state.keys) {
            Ok(keys) => {
                let same = keys.iter().map(|key| key.kid()).eq(state.keys.iter().map(|key| key.kid()));
                if !same {
                    state.generation += 1;
                }
                state.keys = Arc::new(keys);
            }
            Err(error) => {
                tracing::error!(error = %with_causes(&error), "the signing keys stay as they were");
                state.failed = (error.kind() != ErrorKind::Damaged).then(|| (self.clock)());
            }
        }
        state.seen = if seen.is_settled() { seen } else { Sight::Missing };
        Arc::clone(&state.keys)
    }

    fn lock(&self) -> Result<fs::File> {
        let path = self.directory.join(LOCK_NAME);
        private_file::lock(&path).map_err(Error::file(&path, "locked"))
    }

    fn path_of(&self, key: &SigningKey) -> PathBuf {
        self.directory.join(key.file_name())
    }

    fn read_state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every key in the directory, by the time they start to sign. Those already
/// `known` are not parsed again.
fn load(directory: &Path, known: &[Arc<SigningKey>]) -> Result<Vec<Arc<SigningKey>>> {
    let mut keys = Vec::new();
    for entry in fs::read_dir(directory).map_err(Error::file(directory, "read"))? {
        let entry = entry.map_err(Error::file(directory, "read"))?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| SigningKey::is_file_name(name)) else {
            continue;
        };
        match known.iter().find(|key| key.file_name() == name) {
            Some(key) => keys.push(Arc::clone(key)),
            None => keys.extend(SigningKey::read(directory, name)?.map(Arc::new)),
        }
    }
    keys.sort_by(|one, other| {
        (one.term().signs_from, one.kid()).cmp(&(other.term().signs_from, other.kid()))
    });
    Ok(keys)
}

fn terms(keys: &[Arc<SigningKey>]) -> Vec<Term> {
    keys.iter().map(|key| key.term()).collect()
}

fn generate() -> Result<RsaKeyPair> {
    RsaKeyPair::generate(KeySize::Rsa2048)
        .map_err(|error| Error::because(ErrorKind::Crypto, "no RSA key can be generated", error))
}

#[cfg(test)]
mod tests;
