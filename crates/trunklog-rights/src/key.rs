//! The key of the hashes by which erased persons are known again.
//!
//! A number has few digits: who has plain hashes finds all of them by trying. So they
//! are keyed, and the key is in a file of the data folder, for its owner alone, and
//! never in the store or its backups.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::rand;
use trunklog_store::Engine;

use crate::files;
use crate::person::Mark;
use crate::{Error, FOLDER, Result};

/// A state by which a store knows the key that its hashes are made with.
pub(crate) const KEY_CHECK: &str = "rights/key";

const KEY_BYTES: usize = 32;

/// A hash of a mark: enough of it that no two agree by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Hash([u8; 16]);

/// The key.
#[derive(Clone)]
pub struct Key {
    key: hmac::Key,
}

impl Key {
    /// The key in a data folder, if there is one.
    pub fn read(data_dir: &Path) -> Result<Option<Key>> {
        let path = file(data_dir);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::file(&path, "read", error)),
        };
        if bytes.len() != KEY_BYTES {
            let text = format!("{} is not a key: put it back from a backup of the folder", path.display());
            return Err(Error::Key(text));
        }
        Ok(Some(Key { key: hmac::Key::new(HMAC_SHA256, &bytes) }))
    }

    /// The key of a store, which is made with the first person who is erased.
    ///
    /// # Errors
    /// When the store has hashes and their key is missing or another.
    pub fn of(data_dir: &Path, engine: &dyn Engine) -> Result<Key> {
        let known = engine.state(KEY_CHECK)?;
        let key = match Key::read(data_dir)? {
            Some(key) => key,
            None if known.is_some() => return Err(missing(data_dir)),
            None => Key::make(data_dir)?,
        };
        let check = key.check();
        match known {
            Some(known) if known == check => Ok(key),
            Some(_) => Err(another(data_dir)),
            None if engine.exchange_state(KEY_CHECK, None, Some(&check))? => Ok(key),
            None => Err(Error::Changed("the key of the list of erased persons")),
        }
    }

    /// The key, where it fits what a store knows of it.
    pub(crate) fn fitting(data_dir: &Path, known: Option<&str>) -> Result<Option<Key>> {
        let key = Key::read(data_dir)?;
        match (&key, known) {
            (None, Some(_)) => Err(missing(data_dir)),
            (Some(key), Some(known)) if key.check() != known => Err(another(data_dir)),
            _ => Ok(key),
        }
    }

    fn make(data_dir: &Path) -> Result<Key> {
        let path = file(data_dir);
        let mut bytes = [0; KEY_BYTES];
        let failed = |error| Error::file(&path, "written", error);
        rand::fill(&mut bytes).map_err(|_| failed(io::Error::other("no random numbers to be had")))?;
        match files::create(&path, &bytes) {
            // Another command was faster: its key is the one.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Key::read(data_dir)?.ok_or_else(|| missing(data_dir))
            }
            Err(error) => Err(failed(error)),
            Ok(()) => Ok(Key { key: hmac::Key::new(HMAC_SHA256, &bytes) }),
        }
    }

    pub(crate) fn hash(&self, mark: &Mark) -> Hash {
        let (kind, text) = match mark {
            Mark::User(name) => ("user", name),
            Mark::Number(digits) | Mark::NumberBefore(digits) => ("number", digits),
        };
        self.hash_of(&format!("{kind}\0{text}"))
    }

    /// By which the key is told from others, without telling anything of it.
    fn check(&self) -> String {
        self.hash_of("key").to_string()
    }

    fn hash_of(&self, text: &str) -> Hash {
        let tag = hmac::sign(&self.key, text.as_bytes());
        let mut hash = [0; 16];
        hash.copy_from_slice(&tag.as_ref()[..16]);
        Hash(hash)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

fn file(data_dir: &Path) -> PathBuf {
    data_dir.join(FOLDER).join("erased.key")
}

fn missing(data_dir: &Path) -> Error {
    Error::Key(format!(
        "the key of the list of erased persons is missing: put {} back from a backup of the folder",
        file(data_dir).display()
    ))
}

fn another(data_dir: &Path) -> Error {
    Error::Key(format!(
        "{} is not the key that the list of erased persons in the store was made with: put that one back",
        file(data_dir).display()
    ))
}

impl Hash {
    pub(crate) fn parse(text: &str) -> Option<Hash> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 32 || !text.bytes().all(is_hex) {
            return None;
        }
        let mut hash = [0; 16];
        for (at, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(Hash(hash))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use trunklog_store_kit::{Fixture, MemoryEngine};

    use super::*;

    #[test]
    fn a_key_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let engine = MemoryEngine::new().open();
        assert!(Key::read(folder.path()).unwrap().is_none());
        let key = Key::of(folder.path(), engine.as_ref()).unwrap();
        let mode = fs::metadata(file(folder.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let mark = Mark::Number("4930123456".to_owned());
        let again = Key::of(folder.path(), engine.as_ref()).unwrap();
        assert_eq!(key.hash(&mark), again.hash(&mark));
        assert_ne!(key.hash(&mark), key.hash(&Mark::User("4930123456".to_owned())));
        let text = key.hash(&mark).to_string();
        assert_eq!(Hash::parse(&text), Some(key.hash(&mark)));
        assert_eq!(
            Hash::parse(&text.to_uppercase()).is_some(),
            !text.bytes().any(|b| b.is_ascii_lowercase())
        );
    }

    #[test]
    fn a_key_that_is_lost_or_another_is_told() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let engine = MemoryEngine::new().open();
        Key::of(folder.path(), engine.as_ref()).unwrap();
        let known = engine.state(KEY_CHECK).unwrap();
        assert!(Key::of(other.path(), engine.as_ref()).unwrap_err().to_string().contains("is missing"));
        let stranger = MemoryEngine::new().open();
        Key::of(other.path(), stranger.as_ref()).unwrap();
        assert!(Key::of(other.path(), engine.as_ref()).unwrap_err().to_string().contains("is not the key"));
        assert!(Key::fitting(other.path(), known.as_deref()).is_err());
        assert!(Key::fitting(folder.path(), known.as_deref()).unwrap().is_some());
    }
}
