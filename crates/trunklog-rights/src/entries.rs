//! Who was erased, as the store keeps it: a state for each mark of a person, which
//! holds a keyed hash and nothing that tells who it is.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_store::Engine;

use crate::key::{Hash, Key};
use crate::person::Person;
use crate::{Error, Result};

/// The first part of the names of these states.
pub(crate) const ERASED: &str = "erased/";

/// The most names, ids and numbers that are on the list, of all tenants.
pub const MAX_ERASED: usize = 20_000;

/// What happens to rows in which a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum How {
    /// The person is taken from them, and they stay.
    Blank,
    /// They go as a whole.
    Rows,
}

/// What is kept of an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// What happens to rows that come later.
    pub how: How,
    /// When it was asked for.
    pub since: Instant,
    /// The receipt that tells of it.
    pub receipt: String,
    /// Whether all that was stored before is erased.
    pub is_done: bool,
}

/// An entry and whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedEntry {
    /// The tenant.
    pub tenant: String,
    /// The hash, as hexadecimal digits.
    pub hash: String,
    /// What is kept.
    #[serde(flatten)]
    pub entry: Entry,
}

impl ListedEntry {
    pub(crate) fn tenant(&self) -> Option<TenantId> {
        self.tenant.parse().ok()
    }

    /// The name of its state.
    pub(crate) fn name(&self) -> String {
        format!("{ERASED}{}/{}", self.tenant, self.hash)
    }

    /// The entry that a state holds.
    pub(crate) fn read(name: &str, value: &str) -> Option<ListedEntry> {
        let (tenant, hash) = name.strip_prefix(ERASED)?.split_once('/')?;
        tenant.parse::<TenantId>().ok()?;
        Hash::parse(hash)?;
        let entry = serde_json::from_str(value).ok()?;
        Some(ListedEntry { tenant: tenant.to_owned(), hash: hash.to_owned(), entry })
    }
}

/// All that is on the list of a store.
pub fn entries(engine: &dyn Engine) -> Result<Vec<ListedEntry>> {
    let states = engine.states(ERASED)?;
    Ok(states.iter().filter_map(|(name, value)| ListedEntry::read(name, value)).collect())
}

/// Puts a person on the list, before anything is erased: from then on no row of the
/// person is stored. What is stricter on the list already stays so.
pub(crate) fn put(
    engine: &dyn Engine,
    key: &Key,
    tenant: TenantId,
    person: &Person,
    entry: &Entry,
) -> Result<()> {
    let known = entries(engine)?.len();
    if known + person.marks().len() > MAX_ERASED {
        return Err(Error::Full);
    }
    for mark in person.marks() {
        let listed = ListedEntry {
            tenant: tenant.to_string(),
            hash: key.hash(mark).to_string(),
            entry: entry.clone(),
        };
        set(engine, listed)?;
    }
    Ok(())
}

/// Sets a state, and keeps the stricter of two.
pub(crate) fn set(engine: &dyn Engine, mut listed: ListedEntry) -> Result<()> {
    let name = listed.name();
    let before = engine.state(&name)?;
    let known = before.as_deref().and_then(|value| ListedEntry::read(&name, value));
    if let Some(known) = &known {
        listed.entry.how = listed.entry.how.max(known.entry.how);
        listed.entry.since = listed.entry.since.min(known.entry.since);
    }
    let value = text(&listed.entry);
    if engine.exchange_state(&name, before.as_deref(), Some(&value))? {
        Ok(())
    } else {
        Err(Error::Changed("the list of erased persons"))
    }
}

/// Puts who was erased in one tenant onto the list of another, which gets its rows: they
/// are not stored there either.
pub fn move_entries(engine: &dyn Engine, from: TenantId, into: TenantId) -> Result<()> {
    let (from, into) = (from.to_string(), into.to_string());
    for listed in entries(engine)?.into_iter().filter(|listed| listed.tenant == from) {
        set(engine, ListedEntry { tenant: into.clone(), ..listed })?;
    }
    Ok(())
}

/// Takes a person off the list: rows may come again. Tells how many of the person's
/// names, ids and numbers were on it. A number that a version before put there may be on it
/// by other digits: [`Person::number_as_listed`] has these, too.
pub fn lift(engine: &dyn Engine, key: &Key, tenant: TenantId, person: &Person) -> Result<usize> {
    let mut lifted = 0;
    for mark in person.marks() {
        let name = format!("{ERASED}{tenant}/{}", key.hash(mark));
        let Some(value) = engine.state(&name)? else { continue };
        if !engine.exchange_state(&name, Some(&value), None)? {
            return Err(Error::Changed("the list of erased persons"));
        }
        lifted += 1;
    }
    Ok(lifted)
}

pub(crate) fn text(entry: &Entry) -> String {
    serde_json::to_string(entry).expect("an entry is texts and numbers")
}
