//! The engine: the logs of all tenants in one file.

mod background;
mod shared;
mod tenant;

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use trunklog_records::TenantId;
use trunklog_store::{Engine, Result, Store, StoredPart, check_state};

use self::background::Background;
use self::shared::Shared;
use self::tenant::TenantStore;
use crate::options::{Access, Options};
use crate::read::row;
use crate::upkeep::{scrub, tidy, verify};
use crate::{cubes, files, format, sizes, states, tables};

/// The logs of all tenants in one DuckDB file.
#[derive(Clone)]
pub struct DuckDbEngine {
    shared: Arc<Running>,
}

/// What all users of an engine share. With the last of them, what is done in the
/// background ends first, and then the file is closed.
struct Running {
    /// None where nothing is.
    background: Option<Background>,
    shared: Arc<Shared>,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.background.take());
    }
}

impl Deref for Running {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

impl DuckDbEngine {
    /// Opens the store in `file`, or makes it.
    pub fn open(file: &Path, options: Options) -> Result<DuckDbEngine> {
        DuckDbEngine::open_for(file, options, Access::Write)
    }

    /// Opens the store in `file` and changes nothing there, not even the form
    /// in which an older program left it.
    pub fn open_read_only(file: &Path, options: Options) -> Result<DuckDbEngine> {
        DuckDbEngine::open_for(file, options, Access::Read)
    }

    fn open_for(file: &Path, options: Options, access: Access) -> Result<DuckDbEngine> {
        let file = files::resolve(file)?;
        let shared = Arc::new(Shared::open(file, options, access)?);
        let background = shared.makes_cubes().then(|| Background::begin(&shared));
        Ok(DuckDbEngine { shared: Arc::new(Running { background, shared }) })
    }
}

/// So many days of cubes are looked at when the store is tidied: whoever stores rows
/// all the time must not keep it from ending.
const MOST_DAYS: usize = 20_000;

impl Engine for DuckDbEngine {
    fn tenant(&self, tenant: TenantId) -> Arc<dyn Store> {
        Arc::new(TenantStore { shared: self.shared.clone(), tenant })
    }

    fn tenants(&self) -> Result<Vec<TenantId>> {
        let mut tenants = self.shared.try_to_run("listing tenants", |instance| {
            let mut tenants = Vec::new();
            for (tenant, log) in instance.read(tables::stored_logs)? {
                // A log whose rows were all deleted stays.
                if !tenants.contains(&tenant) && row::any(instance, tenant, log)? {
                    tenants.push(tenant);
                }
            }
            Ok(tenants)
        })?;
        tenants.sort();
        Ok(tenants)
    }

    fn tidy(&self) -> Result<()> {
        for (tenant, log) in
            self.shared.try_to_run("listing logs", |instance| instance.read(tables::stored_logs))?
        {
            // One at a time, so that others come in between.
            while self.shared.write("splitting a log", |instance| tidy::step(instance, tenant, log))? {
                self.shared.checkpoint(shared::TIDYING)?;
            }
            self.shared.write("putting rows in order", |instance| tidy::finish(instance, tenant, log))?;
            for _ in 0..MOST_DAYS {
                if !self.shared.write("adding up sums", |instance| cubes::tidy(instance, tenant, log))? {
                    break;
                }
            }
        }
        self.shared.checkpoint(shared::TIDYING)
    }

    fn scrub(&self) -> Result<()> {
        // Texts that no sum has any more, and rows that gave way, go first.
        self.tidy()?;
        let logs = self.shared.try_to_run("listing logs", |instance| instance.read(tables::stored_logs))?;
        for (tenant, log) in logs {
            self.shared.write("writing rows anew", |instance| scrub::segments(instance, tenant, log))?;
        }
        self.shared.write("writing tables anew", scrub::others)?;
        // What a checkpoint frees can be used from the next one on.
        for _ in 0..2 {
            self.shared.checkpoint_surely()?;
        }
        self.shared.write("overwriting unused blocks", scrub::fill)?;
        self.shared.checkpoint_surely()?;
        self.shared.write("giving blocks back", scrub::empty)?;
        self.shared.checkpoint_surely()
    }

    fn epoch(&self) -> Result<String> {
        self.shared.try_to_run("reading the store's epoch", |instance| instance.read(format::epoch))
    }

    fn check(&self) -> Result<()> {
        let doing = "checking the store";
        self.shared.is_in_place(doing)?;
        // What a probe finds counts for itself, and not as somebody's request.
        self.shared.try_to_run(doing, verify::probe)
    }

    fn health(&self) -> Result<()> {
        self.shared.health.check()
    }

    fn state(&self, name: &str) -> Result<Option<String>> {
        self.shared.try_to_run("reading a state", |instance| states::state(instance, name))
    }

    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        self.shared.try_to_run("listing states", |instance| states::states(instance, prefix))
    }

    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool> {
        check_state(name, new)?;
        self.shared.write("setting a state", |instance| states::exchange(instance, name, expected, new))
    }

    fn memory_bytes(&self) -> Option<u64> {
        let sql = "SELECT CAST(coalesce(sum(memory_usage_bytes), 0) AS BIGINT) FROM duckdb_memory()";
        let held: Result<i64> = self.shared.try_to_run("measuring memory", |instance| {
            instance.read(|connection| connection.query_row(sql, [], |row| row.get(0)))
        });
        u64::try_from(held.ok()?).ok()
    }

    fn stored_parts(&self) -> Result<Vec<StoredPart>> {
        self.shared
            .try_to_run("measuring the store", |instance| instance.read_at_leisure(sizes::stored_parts))
    }
}
