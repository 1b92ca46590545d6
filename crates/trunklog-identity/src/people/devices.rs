//! Browsers from which somebody signed in with an account before.
//!
//! After many wrong passwords an account is held: for a while nobody is listened to who
//! may be the one that guesses. By their addresses people cannot always be told from
//! that one, such as behind a proxy that does not say for whom it speaks. So a browser
//! gets a mark once its person has proved to have both the password and the app, and is
//! not held with that account afterwards (OWASP, "Slow Down Online Guessing Attacks with
//! Device Cookies"). It has a limit of its own instead, after which it is as good as any
//! other; so a mark that was stolen is worth a few guesses.
//!
//! A mark is sealed, under a key that outlives the process. It counts for one account
//! and for some months, and until the account is reset or gets another app.

use std::fmt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account::Account;
use super::seal::{KEY_BYTES, Sealer};
use crate::failures::Counts;
use crate::private_file;
use crate::{Error, ErrorKind, Result};

const FILE_NAME: &str = "devices.key";
const LOCK_NAME: &str = "devices.key.lock";
const MAX_BYTES: u64 = 1024;

const MARK: &str = "a device of an account";

/// Wrong passwords and codes of one device in an hour.
const MOST_FAILURES: u32 = 10;
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Gives marks to browsers and knows them again.
pub struct Devices {
    sealer: Sealer,
    failures: Counts<Uuid>,
}

/// What a browser keeps to be known again. `Debug` does not show it.
pub struct DeviceMark(String);

/// What a mark holds.
#[derive(Serialize, Deserialize)]
pub(super) struct Device {
    /// Tells it from other devices of the account.
    id: Uuid,
    account: Uuid,
    /// From when on sessions of the account count: a reset moves that.
    since: Timestamp,
}

impl Devices {
    /// Those that are known by the key in that directory, which is made if needed, as
    /// the key is.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if directory or file cannot be used, [`ErrorKind::Damaged`] if
    /// what is in the file is no key.
    pub fn open(dir: &Path) -> Result<Devices> {
        private_file::create_directory(dir).map_err(Error::file(dir, "made"))?;
        let (path, lock_path) = (dir.join(FILE_NAME), dir.join(LOCK_NAME));
        let _held = private_file::lock(&lock_path).map_err(Error::file(&lock_path, "locked"))?;
        let read = private_file::read(&path, MAX_BYTES).map_err(Error::file(&path, "read"))?;
        let key = if let Some((_, content)) = read {
            key_in(&content).ok_or_else(|| damaged(&path))?
        } else {
            let key = Sealer::new_key()?;
            let content = format!("{}\n", URL_SAFE_NO_PAD.encode(key));
            private_file::replace(&path, content.as_bytes()).map_err(Error::file(&path, "written"))?;
            key
        };
        Ok(Devices { sealer: Sealer::with(&key)?, failures: Counts::new(MOST_FAILURES, WINDOW) })
    }

    /// A mark for the browser from which somebody has just signed in.
    pub(super) fn mark(&self, account: &Account, now: Timestamp) -> Result<DeviceMark> {
        let device = Device { id: Uuid::new_v4(), account: account.id, since: account.sessions_from };
        let lasting = SignedDuration::from_secs(DeviceMark::MAX_AGE_SECS.into());
        let until = now.checked_add(lasting).unwrap_or(Timestamp::MAX);
        self.sealer.seal(MARK, device, until).map(DeviceMark)
    }

    /// The device of a mark, if it is one of that account and did not fail too often.
    pub(super) fn known(&self, mark: &str, account: &Account, now: Timestamp) -> Option<Device> {
        let device: Device = self.sealer.open(MARK, mark, now)?;
        let is_its = device.account == account.id && device.since == account.sessions_from;
        (is_its && self.failures.refused_for(&device.id, now).is_none()).then_some(device)
    }

    /// Counts a wrong password or code.
    pub(super) fn failed(&self, device: &Device, now: Timestamp) {
        self.failures.count(device.id, now);
    }
}

impl DeviceMark {
    /// For how many seconds it counts after the sign-in that it was given at. Who signs
    /// in now and then stays known.
    pub const MAX_AGE_SECS: u32 = 90 * 24 * 60 * 60;

    /// The mark itself, for the cookie.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DeviceMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceMark(..)")
    }
}

fn key_in(content: &[u8]) -> Option<[u8; KEY_BYTES]> {
    let bytes = URL_SAFE_NO_PAD.decode(std::str::from_utf8(content).ok()?.trim()).ok()?;
    bytes.try_into().ok()
}

fn damaged(path: &Path) -> Error {
    let text = format!(
        "{}: this is no key; put a backup in its place, or remove it: then browsers are known again once people \
         have signed in with them",
        path.display()
    );
    Error::new(ErrorKind::Damaged, text)
}

#[cfg(test)]
mod tests;
