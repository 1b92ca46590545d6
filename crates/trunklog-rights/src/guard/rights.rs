//! What is in force, read from states and files.

use std::collections::HashMap;
use std::path::Path;

use trunklog_records::TenantId;
use trunklog_store::{Engine, Error, ErrorKind, Result};

use crate::closed::{self, CLOSED, Closed};
use crate::entries::{ERASED, How, ListedEntry};
use crate::hold::{HOLDS, Hold, unreadable};
use crate::key::{Hash, KEY_CHECK, Key};
use crate::list::ErasedList;
use crate::person::Mark;
use crate::rows::Knows;

/// What is in force in a store.
pub(super) struct Rights {
    /// None where nobody was erased.
    key: Option<Key>,
    /// Why the key cannot be used.
    key_fault: Option<String>,
    erased: HashMap<TenantId, HashMap<Hash, How>>,
    /// The holds of a tenant, or which of them cannot be read.
    holds: HashMap<TenantId, std::result::Result<Vec<Hold>, String>>,
    closed: HashMap<TenantId, Closed>,
}

/// The erased persons of a tenant.
pub(crate) struct Hashes<'r> {
    pub(crate) key: &'r Key,
    pub(crate) erased: &'r HashMap<Hash, How>,
}

impl Knows for Hashes<'_> {
    fn how(&self, mark: &Mark) -> Option<How> {
        self.erased.get(&self.key.hash(mark)).copied()
    }
}

impl Rights {
    pub(super) fn read(engine: &dyn Engine, data_dir: &Path, list: &ErasedList) -> Result<Rights> {
        let mut erased: HashMap<TenantId, HashMap<Hash, How>> = HashMap::new();
        let states = engine.states(ERASED)?;
        let of_store = states.iter().filter_map(|(name, value)| ListedEntry::read(name, value));
        // What is on the list beside the store alone was erased before a backup was put
        // back.
        let beside = list.read().map_err(of_list)?;
        for listed in of_store.chain(beside) {
            let Some((tenant, hash)) = listed.tenant().zip(Hash::parse(&listed.hash)) else { continue };
            let how = erased.entry(tenant).or_default().entry(hash).or_insert(listed.entry.how);
            *how = (*how).max(listed.entry.how);
        }
        let (key, key_fault) = if erased.is_empty() {
            (None, None)
        } else {
            match Key::fitting(data_dir, engine.state(KEY_CHECK)?.as_deref()) {
                Ok(Some(key)) => (Some(key), None),
                Ok(None) => (None, Some("the key of the list of erased persons is missing".to_owned())),
                Err(error) => (None, Some(error.to_string())),
            }
        };
        let mut holds: HashMap<TenantId, std::result::Result<Vec<Hold>, String>> = HashMap::new();
        for (name, value) in engine.states(HOLDS)? {
            let tenant = name.strip_prefix(HOLDS).and_then(|rest| rest.split('/').next()?.parse().ok());
            let Some(tenant) = tenant else { continue };
            let of_tenant = holds.entry(tenant).or_insert_with(|| Ok(Vec::new()));
            match (serde_json::from_str::<Hold>(&value), of_tenant) {
                (Ok(hold), Ok(all)) => all.push(hold),
                (Ok(_), Err(_)) => {}
                (Err(_), of_tenant) => *of_tenant = Err(unreadable(&name).to_string()),
            }
        }
        let closed = engine.states(CLOSED)?;
        let closed = closed.iter().filter_map(|(name, value)| closed::parse(name, value)).collect();
        Ok(Rights { key, key_fault, erased, holds, closed })
    }

    /// The erased persons of a tenant; None where there are none.
    ///
    /// # Errors
    /// When they cannot be known: then nothing can be stored.
    pub(super) fn erased(&self, tenant: TenantId) -> Result<Option<Hashes<'_>>> {
        let Some(erased) = self.erased.get(&tenant).filter(|erased| !erased.is_empty()) else {
            return Ok(None);
        };
        match (&self.key, &self.key_fault) {
            (Some(key), _) => Ok(Some(Hashes { key, erased })),
            (None, fault) => {
                let fault = fault.as_deref().unwrap_or_default();
                let text = format!("no rows are stored, as who was erased could come back: {fault}");
                Err(Error::new(ErrorKind::Other, text))
            }
        }
    }

    /// The holds of a tenant.
    ///
    /// # Errors
    /// When one of them cannot be read: then nothing is deleted.
    pub(super) fn holds(&self, tenant: TenantId) -> Result<&[Hold]> {
        match self.holds.get(&tenant) {
            None => Ok(&[]),
            Some(Ok(holds)) => Ok(holds),
            Some(Err(fault)) => Err(Error::new(ErrorKind::Other, fault.clone())),
        }
    }

    /// Fails where a tenant takes no rows.
    pub(super) fn is_open(&self, tenant: TenantId) -> Result<()> {
        match self.closed.get(&tenant) {
            None => Ok(()),
            Some(closed) => Err(Error::new(ErrorKind::Other, closed.text(tenant))),
        }
    }
}

fn of_list(error: crate::Error) -> Error {
    Error::new(ErrorKind::Other, "the list of erased persons beside the store cannot be used")
        .caused_by(error)
}
