//! A key for each person and number, by which they get their pseudonyms.
//!
//! A key is a file. Its name is a hash under a further key, `lookup.key`, so that
//! a folder's listing tells nobody; its content also says whose it is, so that an
//! auditor who may read the folder can be told. To forget somebody is to remove
//! the file: a pseudonym says nothing without it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::chain::hex;
use crate::error::{Error, Result};
use crate::folder::make_folder;
use crate::identity::{Identity, KeyOf, Kind};
use crate::trail::Forgotten;

const OWNER_ONLY_FILE: u32 = 0o600;
const LOOKUP: &str = "lookup.key";
const ENDING: &str = ".json";
const KEY_BYTES: usize = 32;

/// Nobody's name is longer; a larger file is none of ours.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// How many digits of a hash make a pseudonym: 128 bits.
const DIGITS: usize = 32;

/// How old the note of a key's last use may be.
const TOUCHED: Duration = Duration::from_hours(24);

/// The folder of keys.
#[derive(Debug, Clone)]
pub(crate) struct KeyStore {
    folder: PathBuf,
}

/// A key as its file has it.
#[derive(Clone, Serialize, Deserialize)]
struct Record {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant: Option<Uuid>,
    name: String,
    key: String,
}

/// The key of one person or number.
#[derive(Clone)]
pub(crate) struct Key {
    kind: Kind,
    name: String,
    bytes: [u8; KEY_BYTES],
}

impl KeyStore {
    pub(crate) fn new(folder: &Path) -> KeyStore {
        KeyStore { folder: folder.to_owned() }
    }

    /// The key of an identity, made if there is none. Nobody else may write
    /// meanwhile.
    pub(crate) fn key(&self, tenant: Option<Uuid>, identity: &Identity, now: Timestamp) -> Result<Key> {
        let lookup = match self.lookup()? {
            Some(lookup) => lookup,
            None => self.make_lookup()?,
        };
        let path = self.path(&lookup, tenant, identity);
        if let Some(key) = read_key(&path)? {
            touch(&path, now);
            return Ok(key);
        }
        let bytes = random()?;
        let record = Record {
            kind: identity.kind().name().to_owned(),
            tenant,
            name: identity.text().to_owned(),
            key: STANDARD_NO_PAD.encode(bytes),
        };
        let text = serde_json::to_vec(&record)
            .map_err(|error| Error::file(&path, "written")(io::Error::other(error)))?;
        self.write(&path, &text)?;
        Ok(Key { kind: identity.kind(), name: record.name, bytes })
    }

    /// Destroys the keys of an identity: the tenant's and the one that belongs to
    /// none. Nobody else may write meanwhile.
    pub(crate) fn forget(&self, tenant: Option<Uuid>, identity: &Identity) -> Result<Forgotten> {
        let Some(lookup) = self.lookup()? else { return Ok(Forgotten::default()) };
        let mut scopes = vec![None];
        scopes.extend(tenant.map(Some));
        let mut forgotten = Forgotten::default();
        for scope in scopes {
            if destroy(&self.path(&lookup, scope, identity))? {
                forgotten.keys += 1;
            }
        }
        if forgotten.keys > 0 {
            self.sync()?;
        }
        Ok(forgotten)
    }

    /// How many keys of that sort are meant, by the names that they have: those of a
    /// tenant, and those that belong to none.
    pub(crate) fn count_named(
        &self,
        tenant: Option<Uuid>,
        of: KeyOf,
        is_meant: &dyn Fn(KeyOf, &str) -> bool,
    ) -> Result<Forgotten> {
        let found = self.named(tenant, of, is_meant)?;
        Ok(Forgotten { keys: u32::try_from(found.len()).unwrap_or(u32::MAX) })
    }

    /// Destroys these. Nobody else may write meanwhile.
    pub(crate) fn forget_named(
        &self,
        tenant: Option<Uuid>,
        of: KeyOf,
        is_meant: &dyn Fn(KeyOf, &str) -> bool,
    ) -> Result<Forgotten> {
        let mut forgotten = Forgotten::default();
        for path in self.named(tenant, of, is_meant)? {
            if destroy(&path)? {
                forgotten.keys += 1;
            }
        }
        if forgotten.keys > 0 {
            self.sync()?;
        }
        Ok(forgotten)
    }

    /// The files of these. What cannot be read is nobody's.
    fn named(
        &self,
        tenant: Option<Uuid>,
        of: KeyOf,
        is_meant: &dyn Fn(KeyOf, &str) -> bool,
    ) -> Result<Vec<PathBuf>> {
        let mut found = self.files()?;
        found.retain(|path| {
            let record = read_record(path).ok().flatten();
            record.is_some_and(|record| {
                let is_in_scope = record.tenant.is_none() || record.tenant == tenant;
                is_in_scope && record.kind == of.kind().name() && is_meant(of, &record.name)
            })
        });
        Ok(found)
    }

    /// Destroys keys that nobody used since then: the entries in which they were
    /// used are gone.
    pub(crate) fn prune(&self, before: Timestamp) -> Result<u32> {
        let Ok(before) = SystemTime::try_from(before) else { return Ok(0) };
        let mut pruned = 0;
        for path in self.files()? {
            let used = fs::metadata(&path).and_then(|metadata| metadata.modified());
            if used.is_ok_and(|used| used < before) && destroy(&path)? {
                pruned += 1;
            }
        }
        if pruned > 0 {
            self.sync()?;
        }
        Ok(pruned)
    }

    /// All keys. What cannot be read is left out.
    pub(crate) fn all(&self) -> Result<Vec<Key>> {
        Ok(self.files()?.iter().filter_map(|path| read_key(path).ok().flatten()).collect())
    }

    fn files(&self) -> Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::file(&self.folder, "read")(error)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(Error::file(&self.folder, "read"))?.path();
            if path.extension().is_some_and(|ending| ending == &ENDING[1..]) {
                files.push(path);
            }
        }
        Ok(files)
    }

    fn path(&self, lookup: &[u8], tenant: Option<Uuid>, identity: &Identity) -> PathBuf {
        let scope = tenant.map_or_else(String::new, |tenant| tenant.to_string());
        let text = format!("{}\0{scope}\0{}", identity.kind().name(), identity.text());
        self.folder.join(format!("{}{ENDING}", &hmac_of(lookup, text.as_bytes())[..DIGITS]))
    }

    fn lookup(&self) -> Result<Option<Vec<u8>>> {
        let path = self.folder.join(LOOKUP);
        match read_file(&path).map_err(Error::file(&path, "read"))? {
            None => Ok(None),
            Some(bytes) if bytes.len() == KEY_BYTES => Ok(Some(bytes)),
            Some(_) => Err(Error::Damaged {
                path,
                problem: "this is no key of 32 bytes; put a copy in its place, or remove it, after which \
                          all persons and numbers get new pseudonyms",
            }),
        }
    }

    fn make_lookup(&self) -> Result<Vec<u8>> {
        make_folder(&self.folder).map_err(Error::file(&self.folder, "made"))?;
        let bytes = random()?.to_vec();
        self.write(&self.folder.join(LOOKUP), &bytes)?;
        Ok(bytes)
    }

    /// Writes a file that is there as a whole or not at all.
    fn write(&self, path: &Path, content: &[u8]) -> Result<()> {
        let draft = path.with_extension("tmp");
        let written = write_draft(&draft, content).and_then(|()| fs::rename(&draft, path));
        if let Err(error) = written {
            let _ = fs::remove_file(&draft);
            return Err(Error::file(path, "written")(error));
        }
        self.sync()
    }

    fn sync(&self) -> Result<()> {
        let synced = File::open(&self.folder).and_then(|folder| folder.sync_all());
        synced.map_err(Error::file(&self.folder, "written"))
    }
}

impl Key {
    /// What stands for the identity in entries.
    pub(crate) fn pseudonym(&self) -> String {
        format!("{}:{}", self.kind.name(), &hmac_of(&self.bytes, b"pseudonym")[..DIGITS])
    }

    /// What stands for an address, by the key of a month.
    pub(crate) fn address(&self, address: IpAddr) -> String {
        let text = format!("address {}", address.to_canonical());
        format!("{}:{}", Kind::Address.name(), &hmac_of(&self.bytes, text.as_bytes())[..DIGITS])
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Whose it is.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Seals a text, so that it can be read with this key only.
    pub(crate) fn seal(&self, text: &str) -> Result<String> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| Error::Crypto)?;
        let mut sealed = text.as_bytes().to_vec();
        self.cipher()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
            .map_err(|_| Error::Crypto)?;
        Ok(STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what was sealed with this key.
    pub(crate) fn open(&self, sealed: &str) -> Option<String> {
        let bytes = STANDARD_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let text = self.cipher().ok()?.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }

    fn cipher(&self) -> Result<LessSafeKey> {
        let key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.bytes), b"seal");
        let key = UnboundKey::new(&AES_256_GCM, key.as_ref()).map_err(|_| Error::Crypto)?;
        Ok(LessSafeKey::new(key))
    }
}

fn hmac_of(key: &[u8], text: &[u8]) -> String {
    hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref())
}

fn random() -> Result<[u8; KEY_BYTES]> {
    let mut bytes = [0; KEY_BYTES];
    rand::fill(&mut bytes).map_err(|_| Error::Crypto)?;
    Ok(bytes)
}

fn read_key(path: &Path) -> Result<Option<Key>> {
    let Some(record) = read_record(path)? else { return Ok(None) };
    key_of(record).map(Some).ok_or_else(|| no_key(path))
}

fn key_of(record: Record) -> Option<Key> {
    let bytes = STANDARD_NO_PAD.decode(record.key).ok()?.try_into().ok()?;
    Some(Key { kind: Kind::named(&record.kind)?, name: record.name, bytes })
}

fn read_record(path: &Path) -> Result<Option<Record>> {
    let Some(content) = read_file(path).map_err(Error::file(path, "read"))? else { return Ok(None) };
    // What serde would say quotes what it found.
    serde_json::from_slice(&content).map(Some).map_err(|_| no_key(path))
}

fn no_key(path: &Path) -> Error {
    Error::Damaged {
        path: path.to_owned(),
        problem: "this is no key of a person; put a copy in its place, or remove it, after which that person \
                  gets a new pseudonym",
    }
}

fn read_file(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match File::open(path) {
        Ok(file) => {
            let mut content = Vec::new();
            file.take(MAX_FILE_BYTES).read_to_end(&mut content)?;
            Ok(Some(content))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn write_draft(draft: &Path, content: &[u8]) -> io::Result<()> {
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(OWNER_ONLY_FILE).open(draft)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Notes that a key is in use, by which it is kept. A failure costs nothing but
/// that, and is met again tomorrow.
fn touch(path: &Path, now: Timestamp) {
    let Ok(now) = SystemTime::try_from(now) else { return };
    let used = fs::metadata(path).and_then(|metadata| metadata.modified());
    if used.is_ok_and(|used| now.duration_since(used).is_ok_and(|age| age > TOUCHED)) {
        let touched = OpenOptions::new().write(true).open(path).and_then(|file| file.set_modified(now));
        if let Err(error) = touched {
            tracing::warn!(%error, "the use of a key of the audit trail cannot be noted");
        }
    }
}

/// Overwrites a key and removes it; says whether there was one. Whether a disk
/// overwrites in place is the disk's secret.
fn destroy(path: &Path) -> Result<bool> {
    let file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Error::file(path, "destroyed")(error)),
    };
    let overwritten = file.metadata().and_then(|metadata| {
        let length = usize::try_from(metadata.len().min(MAX_FILE_BYTES)).unwrap_or(0);
        (&file).write_all(&vec![0; length])?;
        file.sync_all()
    });
    overwritten.and_then(|()| fs::remove_file(path)).map_err(Error::file(path, "destroyed"))?;
    Ok(true)
}

#[cfg(test)]
mod tests;
