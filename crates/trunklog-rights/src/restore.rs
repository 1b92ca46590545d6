//! Finishing erasures that broke off, and doing again those that a restored backup
//! undid.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use trunklog_records::schema::LOGS;
use trunklog_records::{TenantId, TimeRange};
use trunklog_store::Engine;

use crate::entries::{self, Entry, How, ListedEntry};
use crate::erase::erase_found;
use crate::find::find_all;
use crate::guard::Hashes;
use crate::key::{Hash, Key};
use crate::list::ErasedList;
use crate::{Error, Result};

/// What is left to be erased of a tenant.
#[derive(Debug)]
pub struct Unfinished {
    /// The tenant.
    pub tenant: TenantId,
    /// How many names, ids and numbers.
    pub persons: usize,
    entries: Vec<ListedEntry>,
}

/// The erasures that are not known to be done in this store: they broke off, or the
/// store is a backup of before that was put back.
pub fn unfinished(engine: &dyn Engine, data_dir: &Path) -> Result<Vec<Unfinished>> {
    let in_store = entries::entries(engine)?;
    let beside = ErasedList::of(data_dir).read()?;
    let done: HashMap<String, bool> =
        in_store.iter().map(|listed| (listed.name(), listed.entry.is_done)).collect();
    let mut left: BTreeMap<String, ListedEntry> = BTreeMap::new();
    for listed in in_store.into_iter().chain(beside) {
        if !done.get(&listed.name()).copied().unwrap_or(false) {
            left.entry(listed.name()).or_insert(listed);
        }
    }
    let mut by_tenant: BTreeMap<TenantId, Vec<ListedEntry>> = BTreeMap::new();
    for listed in left.into_values() {
        if let Some(tenant) = listed.tenant() {
            by_tenant.entry(tenant).or_default().push(listed);
        }
    }
    let of = |(tenant, entries): (TenantId, Vec<ListedEntry>)| Unfinished {
        tenant,
        persons: entries.len(),
        entries,
    };
    Ok(by_tenant.into_iter().map(of).collect())
}

/// Erases what is left, and tells how many rows went or were changed. The engine knows
/// all logs as stored ones.
///
/// # Errors
/// Those of the store and of the key, and where a hold keeps rows. What is not done
/// stays unfinished.
pub fn finish(engine: &dyn Engine, data_dir: &Path, left: &Unfinished) -> Result<u64> {
    let key = Key::of(data_dir, engine)?;
    let erased: HashMap<Hash, How> = left
        .entries
        .iter()
        .filter_map(|listed| Some((Hash::parse(&listed.hash)?, listed.entry.how)))
        .collect();
    let knows = Hashes { key: &key, erased: &erased };
    let store = engine.tenant(left.tenant);
    let mut rows = 0;
    for log in LOGS {
        for how in [How::Rows, How::Blank] {
            if !erased.values().any(|of| *of == how) {
                continue;
            }
            let found = find_all(store.as_ref(), log, &knows, Some(how), None, TimeRange::ALL)?;
            rows += erase_found(store.as_ref(), &found, None, how)?;
        }
    }
    for listed in &left.entries {
        let entry = Entry { is_done: true, ..listed.entry.clone() };
        entries::set(engine, ListedEntry { entry, ..listed.clone() })?;
    }
    Ok(rows)
}

impl Unfinished {
    /// Whether an error only says that a hold keeps rows, or that the key is not at hand,
    /// without which nothing is stored for the tenant.
    pub fn may_wait(error: &Error) -> bool {
        match error {
            Error::Held(_) | Error::Key(_) => true,
            Error::Store(error) => error.to_string().starts_with("the hold "),
            Error::File { .. } | Error::Full | Error::Changed(_) => false,
        }
    }
}
