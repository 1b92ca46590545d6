//! Reads entries back, and who they are about as long as there is the key.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::entry::{Entry, Line};
use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::identity::{Identity, Kind};
use crate::keys::Key;

/// How much later an entry may be written than what it tells happened.
const SLACK: SignedDuration = SignedDuration::from_hours(1);

/// Which entries are looked for; all of them by default.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// What happened then or later.
    pub since: Option<Timestamp>,
    /// What happened before.
    pub until: Option<Timestamp>,
    /// Entries with a smaller number, for the next page.
    pub before: Option<u64>,
    /// What was done: a name such as `calls.read`, or the part before the point.
    pub what: Option<String>,
    /// Whose log.
    pub tenant: Option<Uuid>,
    /// Who did it, to whom, or from where: any of these, as entries have them.
    pub whose: Option<Vec<String>>,
}

/// Whose pseudonyms are whose, as far as there are keys.
pub struct Names(HashMap<String, Key>, Vec<Key>);

impl Search {
    /// The newest entries, the newest first.
    ///
    /// # Errors
    /// When a file cannot be read. A line that is no entry is left out;
    /// [`verify`](crate::verify()) tells of it.
    pub fn newest_first(&self, folder: &Path, most: usize) -> Result<Vec<Entry>> {
        let folder = Folder::new(folder);
        let mut found = Vec::new();
        for number in folder.numbers()?.iter().rev() {
            let path = folder.file(*number);
            let bytes = fs::read(&path).map_err(Error::file(&path, "read"))?;
            for line in bytes.rsplit(|byte| *byte == b'\n') {
                if found.len() >= most {
                    return Ok(found);
                }
                let Some(Line { entry, .. }) = Line::parse(line) else { continue };
                if self.since.is_some_and(|since| entry.at.saturating_add(SLACK).is_ok_and(|at| at < since)) {
                    return Ok(found);
                }
                if self.matches(&entry) {
                    found.push(entry);
                }
            }
        }
        Ok(found)
    }

    /// Hands over each entry with its line, the oldest first, until `visit` breaks.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn each(&self, folder: &Path, visit: &mut dyn FnMut(&Entry, &[u8]) -> ControlFlow<()>) -> Result<()> {
        let folder = Folder::new(folder);
        for number in folder.numbers()? {
            let path = folder.file(number);
            let file = File::open(&path).map_err(Error::file(&path, "read"))?;
            for line in BufReader::new(file).split(b'\n') {
                let line = line.map_err(Error::file(&path, "read"))?;
                if let Some(Line { entry, .. }) = Line::parse(&line)
                    && self.matches(&entry)
                    && visit(&entry, &line).is_break()
                {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn matches(&self, entry: &Entry) -> bool {
        let Search { since, until, before, what, tenant, whose } = self;
        let is_of = |whose: &Vec<String>| {
            [&entry.who, &entry.subject, &entry.from].into_iter().flatten().any(|text| whose.contains(text))
        };
        since.is_none_or(|since| entry.until.unwrap_or(entry.at) >= since)
            && until.is_none_or(|until| entry.at < until)
            && before.is_none_or(|before| entry.n < before)
            && what.as_deref().is_none_or(|what| is_named(&entry.what, what))
            && tenant.is_none_or(|tenant| entry.tenant == Some(tenant))
            && whose.as_ref().is_none_or(is_of)
    }
}

/// Whether a name is that one, or starts with it and a point.
fn is_named(name: &str, wanted: &str) -> bool {
    name.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Names {
    /// Reads the keys beside the trail.
    ///
    /// # Errors
    /// When their folder cannot be read.
    pub fn read(folder: &Path) -> Result<Names> {
        let keys = Folder::new(folder).keys().all()?;
        let (months, keys): (Vec<Key>, Vec<Key>) =
            keys.into_iter().partition(|key| key.kind() == Kind::Address);
        Ok(Names(keys.into_iter().map(|key| (key.pseudonym(), key)).collect(), months))
    }

    /// Whose pseudonym it is, as long as nobody forgot them.
    pub fn of(&self, pseudonym: &str) -> Option<&str> {
        self.0.get(pseudonym).map(Key::name)
    }

    /// Why somebody did it, in their own words.
    pub fn reason(&self, entry: &Entry) -> Option<String> {
        let sealed = entry.reason.as_deref()?;
        let by = |pseudonym: Option<&str>| self.0.get(pseudonym?)?.open(sealed);
        by(entry.subject.as_deref()).or_else(|| by(entry.who.as_deref()))
    }

    /// All pseudonyms of a person or number, whatever the tenant.
    pub fn pseudonyms_of(&self, identity: &Identity) -> Vec<String> {
        let is_theirs = |key: &Key| key.kind() == identity.kind() && key.name() == identity.text();
        self.0.iter().filter(|(_, key)| is_theirs(key)).map(|(pseudonym, _)| pseudonym.clone()).collect()
    }

    /// All pseudonyms of an address, one for each month.
    pub fn pseudonyms_of_address(&self, address: IpAddr) -> Vec<String> {
        self.1.iter().map(|month| month.address(address)).collect()
    }
}

#[cfg(test)]
mod tests;
