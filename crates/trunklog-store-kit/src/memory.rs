//! The reference engine: what the traits promise in the plainest way.

mod append;
mod changes;
mod matching;
mod read;
mod store;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_store::{Clock, Engine, Result, SUPERSEDED_KEPT, Store, check_state};

use super::Fixture;
use store::MemoryStore;
use table::Table;

/// How long the ids of deleted rows are kept.
const DELETIONS_KEPT: Duration = Duration::from_hours(90 * 24);

/// An engine that keeps its rows in memory, for tests. Its clones share their
/// rows and their clock, so it is its own [`Fixture`].
///
/// It takes each log for one whose rows are stored, as every engine does;
/// `trunklog_store` computes what is computed of them.
#[derive(Debug, Clone, Default)]
pub struct MemoryEngine {
    shared: Arc<Mutex<Contents>>,
}

/// What the clones of an engine share.
#[derive(Debug)]
struct Contents {
    clock: Clock,
    epoch: String,
    deletions_kept: Duration,
    tenants: BTreeMap<TenantId, Tenant>,
    states: BTreeMap<String, String>,
}

/// What an engine has of a tenant.
#[derive(Debug, Default)]
struct Tenant {
    /// The first one has the number 1.
    commits: Vec<Commit>,
    logs: BTreeMap<&'static str, Table>,
}

/// A commit.
#[derive(Debug)]
struct Commit {
    log: &'static str,
    made: Instant,
    /// Whether its time is still told.
    is_told: bool,
}

impl Default for Contents {
    fn default() -> Contents {
        static ENGINES: AtomicU64 = AtomicU64::new(0);
        let number = ENGINES.fetch_add(1, Ordering::Relaxed);
        Contents {
            clock: Clock::system(),
            epoch: format!("memory {} {number}", std::process::id()),
            deletions_kept: DELETIONS_KEPT,
            tenants: BTreeMap::new(),
            states: BTreeMap::new(),
        }
    }
}

impl MemoryEngine {
    /// An engine without rows.
    pub fn new() -> MemoryEngine {
        MemoryEngine::default()
    }

    fn shared(&self) -> MutexGuard<'_, Contents> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tenant {
    /// The number of the newest commit.
    fn newest(&self) -> u64 {
        self.commits.len() as u64
    }

    /// When the commit of that number was.
    fn time_of(&self, commit: u64) -> Option<Instant> {
        self.commit_of(commit).map(|commit| commit.made)
    }

    /// The same for those who ask for it.
    fn told_time_of(&self, commit: u64) -> Option<Instant> {
        self.commit_of(commit).filter(|commit| commit.is_told).map(|commit| commit.made)
    }

    fn commit_of(&self, number: u64) -> Option<&Commit> {
        self.commits.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// Forgets the times of commits that are more than `kept` ago, but for the
    /// newest of those of each log.
    fn drop_times(&mut self, now: Instant, kept: Duration) {
        let earliest = before(now, kept);
        let mut with_newer = BTreeSet::new();
        for commit in self.commits.iter_mut().rev().filter(|commit| commit.made < earliest) {
            commit.is_told &= with_newer.insert(commit.log);
        }
    }

    /// Changes a log by a commit, whose number `change` is given. Where nothing
    /// changes, there is no commit.
    fn commit<T>(&mut self, log: &'static str, now: Instant, change: impl FnOnce(&mut Table, u64) -> T) -> T {
        let number = self.newest() + 1;
        let table = self.logs.entry(log).or_default();
        let result = change(table, number);
        if table.last_commit() == number {
            self.commits.push(Commit { log, made: now, is_told: true });
        }
        result
    }

    /// The newest commit that is more than `kept` ago, 0 where none is.
    fn last_before(&self, now: Instant, kept: Duration) -> u64 {
        let earliest = before(now, kept);
        let is_old = |commit: &u64| self.time_of(*commit).is_some_and(|time| time < earliest);
        // A clock may have been set back, so later commits may be older.
        (1..=self.newest()).take_while(is_old).last().unwrap_or(0)
    }
}

fn before(now: Instant, kept: Duration) -> Instant {
    let kept = i64::try_from(kept.as_nanos() / 100).unwrap_or(i64::MAX);
    now.saturating_add_ticks(-kept)
}

impl Fixture for MemoryEngine {
    fn open_with(&self, clock: Clock) -> Arc<dyn Engine> {
        self.shared().clock = clock;
        Arc::new(self.clone())
    }
}

impl Engine for MemoryEngine {
    fn tenant(&self, tenant: TenantId) -> Arc<dyn Store> {
        Arc::new(MemoryStore::new(self.clone(), tenant))
    }

    fn tenants(&self) -> Result<Vec<TenantId>> {
        let shared = self.shared();
        let filled = shared.tenants.iter().filter(|(_, tenant)| tenant.logs.values().any(Table::has_rows));
        Ok(filled.map(|(id, _)| *id).collect())
    }

    fn tidy(&self) -> Result<()> {
        let shared = &mut *self.shared();
        let now = shared.clock.now();
        for tenant in shared.tenants.values_mut() {
            let superseded = tenant.last_before(now, SUPERSEDED_KEPT);
            let deleted = tenant.last_before(now, shared.deletions_kept);
            for table in tenant.logs.values_mut() {
                table.drop_superseded(superseded);
                table.drop_deletions(deleted);
            }
            tenant.drop_times(now, shared.deletions_kept);
        }
        Ok(())
    }

    /// What is gone from memory is gone.
    fn scrub(&self) -> Result<()> {
        self.tidy()
    }

    fn check(&self) -> Result<()> {
        Ok(())
    }

    fn state(&self, name: &str) -> Result<Option<String>> {
        Ok(self.shared().states.get(name).cloned())
    }

    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        let shared = self.shared();
        let named = shared.states.iter().filter(|(name, _)| name.starts_with(prefix));
        Ok(named.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool> {
        check_state(name, new)?;
        let states = &mut self.shared().states;
        if states.get(name).map(String::as_str) != expected {
            return Ok(false);
        }
        match new {
            Some(value) => states.insert(name.to_owned(), value.to_owned()),
            None => states.remove(name),
        };
        Ok(true)
    }

    fn epoch(&self) -> Result<String> {
        Ok(self.shared().epoch.clone())
    }
}
