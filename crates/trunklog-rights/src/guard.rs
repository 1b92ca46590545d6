//! An engine that stores nothing of who was erased, and deletes nothing that is held.

mod admission;
mod rights;
mod store;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use trunklog_records::TenantId;
use trunklog_store::{Engine, Error, ErrorKind, Result, Store, StoredPart};

use self::rights::Rights;
use self::store::GuardedStore;
use crate::closed::CLOSED;
use crate::entries::{ERASED, ListedEntry};
use crate::hold::HOLDS;
use crate::key::KEY_CHECK;
use crate::list::ErasedList;

pub(crate) use self::rights::Hashes;

/// The same engine, which obeys the list of erased persons, the holds and what is
/// closed: those that its states and the files of the data folder tell.
///
/// An engine is wrapped once, in the process that owns the store, and below what is
/// computed from rows. What is changed through it counts from the next append on: an
/// append that is under way when a person is put on the list ends first.
///
/// ```
/// use std::path::Path;
/// use std::sync::Arc;
///
/// use trunklog_rights::with_rights;
/// use trunklog_store::{Engine, with_computed_logs};
///
/// fn whole(engine: Arc<dyn Engine>, data_dir: &Path) -> Arc<dyn Engine> {
///     with_computed_logs(with_rights(engine, data_dir))
/// }
/// ```
pub fn with_rights(engine: Arc<dyn Engine>, data_dir: &Path) -> Arc<dyn Engine> {
    let shared = Shared {
        engine,
        data_dir: data_dir.to_owned(),
        list: ErasedList::of(data_dir),
        rights: RwLock::new(None),
    };
    Arc::new(Guarded { shared: Arc::new(shared) })
}

struct Guarded {
    shared: Arc<Shared>,
}

/// What all stores of an engine share.
struct Shared {
    engine: Arc<dyn Engine>,
    data_dir: PathBuf,
    list: ErasedList,
    /// None until somebody asks. Who stores or deletes rows holds it for reading, who
    /// changes what it was made of for writing.
    rights: RwLock<Option<Arc<Rights>>>,
}

/// What holds for as long as this is kept.
struct InForce<'s> {
    _guard: RwLockReadGuard<'s, Option<Arc<Rights>>>,
    rights: Arc<Rights>,
}

impl Shared {
    /// What is in force, and stays so as long as the answer is kept.
    fn in_force(&self) -> Result<InForce<'_>> {
        loop {
            let guard = self.rights.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(rights) = guard.as_ref().map(Arc::clone) {
                return Ok(InForce { _guard: guard, rights });
            }
            drop(guard);
            let mut rights = self.rights.write().unwrap_or_else(PoisonError::into_inner);
            if rights.is_none() {
                let read = Rights::read(self.engine.as_ref(), &self.data_dir, &self.list)?;
                *rights = Some(Arc::new(read));
            }
        }
    }

    /// Changes a state that others are made of.
    fn exchange(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool> {
        let mut rights = self.rights.write().unwrap_or_else(PoisonError::into_inner);
        // Whatever comes of it, they are read again.
        *rights = None;
        let is_listing = name.starts_with(ERASED) && new.is_some();
        if is_listing && self.engine.state(name)?.as_deref() == expected {
            // The list beside the store first: what is on neither after a crash was never
            // promised.
            self.write_list(name, new)?;
        }
        let is_exchanged = self.engine.exchange_state(name, expected, new)?;
        if is_exchanged && name.starts_with(ERASED) && new.is_none() {
            self.write_list(name, None)?;
        }
        Ok(is_exchanged)
    }

    fn write_list(&self, name: &str, value: Option<&str>) -> Result<()> {
        let entry = value.and_then(|value| ListedEntry::read(name, value));
        self.list.set(name, entry).map_err(|error| {
            let text = "the list of erased persons beside the store could not be changed";
            Error::new(ErrorKind::Other, text).caused_by(error)
        })
    }
}

impl Engine for Guarded {
    fn tenant(&self, tenant: TenantId) -> Arc<dyn Store> {
        let (shared, inner) = (Arc::clone(&self.shared), self.shared.engine.tenant(tenant));
        Arc::new(GuardedStore { shared, inner, tenant })
    }

    fn tenants(&self) -> Result<Vec<TenantId>> {
        self.shared.engine.tenants()
    }

    fn tidy(&self) -> Result<()> {
        self.shared.engine.tidy()
    }

    fn scrub(&self) -> Result<()> {
        self.shared.engine.scrub()
    }

    fn check(&self) -> Result<()> {
        self.shared.engine.check()
    }

    fn state(&self, name: &str) -> Result<Option<String>> {
        self.shared.engine.state(name)
    }

    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        self.shared.engine.states(prefix)
    }

    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool> {
        let concerns = [ERASED, HOLDS, CLOSED, KEY_CHECK].iter().any(|start| name.starts_with(start));
        if concerns {
            self.shared.exchange(name, expected, new)
        } else {
            self.shared.engine.exchange_state(name, expected, new)
        }
    }

    fn epoch(&self) -> Result<String> {
        self.shared.engine.epoch()
    }

    fn memory_bytes(&self) -> Option<u64> {
        self.shared.engine.memory_bytes()
    }

    fn stored_parts(&self) -> Result<Vec<StoredPart>> {
        self.shared.engine.stored_parts()
    }

    fn health(&self) -> Result<()> {
        self.shared.engine.health()
    }
}
