//! The logs of one tenant.

use trunklog_odata::Instant;
use trunklog_records::{Log, Rows, TenantId};
use trunklog_store::evaluate::Place;
use trunklog_store::{
    AppendCounts, ChangedBuckets, Changes, ChangesQuery, Erasure, OldRows, Page, PageQuery, Result,
    Selection, Store, Watermark,
};

use super::read::one_row;
use super::table::Table;
use super::{Contents, MemoryEngine, Tenant};

pub(super) struct MemoryStore {
    engine: MemoryEngine,
    tenant: TenantId,
}

impl MemoryStore {
    pub(super) fn new(engine: MemoryEngine, tenant: TenantId) -> MemoryStore {
        MemoryStore { engine, tenant }
    }

    /// Looks at what the tenant has.
    fn read<T>(&self, look: impl FnOnce(&Tenant) -> T) -> T {
        let shared = self.engine.shared();
        match shared.tenants.get(&self.tenant) {
            Some(tenant) => look(tenant),
            None => look(&Tenant::default()),
        }
    }

    /// Changes a log by a commit.
    fn commit<T>(&self, log: &'static Log, change: impl FnOnce(&mut Table, u64) -> T) -> T {
        let Contents { tenants, clock, .. } = &mut *self.engine.shared();
        tenants.entry(self.tenant).or_default().commit(log.name, clock.now(), change)
    }
}

impl Store for MemoryStore {
    fn append(&self, rows: &Rows) -> Result<AppendCounts> {
        Ok(self.commit(rows.log(), |table, commit| table.append(rows, commit)))
    }

    fn page(&self, query: &PageQuery) -> Result<Page> {
        self.read(|tenant| tenant.page(query))
    }

    fn count(&self, selection: &Selection, watermark: Option<Watermark>) -> Result<u64> {
        self.read(|tenant| {
            let watermark = watermark.unwrap_or(Watermark(tenant.newest()));
            tenant.find(selection, watermark).map(|found| found.len() as u64)
        })
    }

    fn newest(&self) -> Result<Watermark> {
        Ok(Watermark(self.read(Tenant::newest)))
    }

    fn commit_time(&self, commit: Watermark) -> Result<Option<Instant>> {
        Ok(self
            .read(|tenant| if commit.0 == 0 { Some(Instant::ABSENT) } else { tenant.told_time_of(commit.0) }))
    }

    fn row(&self, log: &'static Log, time: Instant, id: &str) -> Result<Option<Rows>> {
        let place = Place { time, id: id.to_owned() };
        Ok(self.read(|tenant| {
            let stored = tenant.logs.get(log.name)?.rows.get(&place)?;
            Some(one_row(log, &stored.cells))
        }))
    }

    fn changed_buckets(&self, log: &'static Log, after: Watermark) -> Result<ChangedBuckets> {
        Ok(self.read(|tenant| tenant.changed_buckets(log, after)))
    }

    fn changes(&self, query: &ChangesQuery) -> Result<Changes> {
        self.read(|tenant| tenant.changes(query))
    }

    fn erase(&self, erasure: &Erasure) -> Result<u64> {
        erasure.check()?;
        Ok(self.commit(erasure.selection.log, |table, commit| table.erase(erasure, commit)))
    }

    fn forget(&self, log: &'static Log, before: Instant) -> Result<u64> {
        Ok(self.commit(log, |table, commit| table.forget(before, commit)))
    }

    fn forgettable(&self, log: &'static Log, before: Instant) -> Result<OldRows> {
        Ok(self.read(|tenant| {
            let Some(table) = tenant.logs.get(log.name) else { return OldRows::default() };
            let mut times = table.rows.keys().map(|place| place.time).take_while(|time| *time < before);
            let oldest = times.next();
            let rows = times.count() as u64 + u64::from(oldest.is_some());
            OldRows { rows, of: table.rows.len() as u64, oldest }
        }))
    }
}
