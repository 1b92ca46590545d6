//! The reference engine: what the traits promise in the plainest way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use trunklog_records::{Log, RowBuilder, Rows, TenantId, TimeRange};

use super::Fixture;
use super::cells::{Cell, put_together, take_row};
use crate::{Appended, Engine, Key, Page, PageQuery, Result, Start, Store, Watermark, each_once};

/// An engine that keeps its rows in memory, for tests. Its clones share their
/// rows, so it is its own [`Fixture`].
#[derive(Debug, Clone, Default)]
pub struct MemoryEngine {
    tables: Arc<Mutex<Tables>>,
}

type Tables = BTreeMap<(TenantId, &'static str), Table>;

#[derive(Debug, Default)]
struct Table {
    sequence: u64,
    rows: BTreeMap<Key, Stored>,
}

#[derive(Debug)]
struct Stored {
    /// The commit that first brought the row.
    sequence: u64,
    cells: Vec<Cell>,
}

impl MemoryEngine {
    /// An engine without rows.
    pub fn new() -> MemoryEngine {
        MemoryEngine::default()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fixture for MemoryEngine {
    fn open(&self) -> Arc<dyn Engine> {
        Arc::new(self.clone())
    }
}

impl Engine for MemoryEngine {
    fn tenant(&self, tenant: TenantId) -> Arc<dyn Store> {
        Arc::new(MemoryStore { engine: self.clone(), tenant })
    }

    fn tenants(&self) -> Result<Vec<TenantId>> {
        let mut tenants: Vec<_> = self.tables().keys().map(|(tenant, _)| *tenant).collect();
        tenants.dedup();
        Ok(tenants)
    }

    fn tidy(&self) -> Result<()> {
        Ok(())
    }

    fn check(&self) -> Result<()> {
        Ok(())
    }
}

struct MemoryStore {
    engine: MemoryEngine,
    tenant: TenantId,
}

impl Store for MemoryStore {
    fn append(&self, rows: &Rows) -> Result<Appended> {
        if rows.is_empty() {
            return Ok(Appended::default());
        }
        let mut tables = self.engine.tables();
        let table = tables.entry((self.tenant, rows.log().name)).or_default();
        let mut appended = Appended::default();
        table.sequence += 1;
        let given = rows.len() as u64;
        let rows = each_once(rows).expect("columns of rows can be copied");
        for row in 0..rows.len() {
            let row = take_row(&rows, row);
            match table.rows.get_mut(&row.key) {
                None => {
                    table.rows.insert(row.key, Stored { sequence: table.sequence, cells: row.cells });
                    appended.new += 1;
                }
                Some(stored) => appended.updated += u64::from(stored.update(row.cells)),
            }
        }
        appended.unchanged = given - appended.new - appended.updated;
        Ok(appended)
    }

    fn page(&self, query: &PageQuery) -> Result<Page> {
        let tables = self.engine.tables();
        let mut rows = RowBuilder::new(query.log);
        let Some(table) = tables.get(&(self.tenant, query.log.name)) else {
            let watermark = query.watermark.unwrap_or(Watermark(0));
            return Ok(Page { rows: rows.finish(), next: None, watermark });
        };
        let watermark = query.watermark.unwrap_or(Watermark(table.sequence));
        let seen = table
            .rows
            .iter()
            .filter(|(key, row)| query.range.contains(key.time) && row.sequence <= watermark.0);
        let (skip, after) = match &query.start {
            Start::Skip(skip) => (usize::try_from(*skip).unwrap_or(usize::MAX), None),
            Start::After(key) => (0, Some(key)),
        };
        let mut seen = seen.filter(|(key, _)| after.is_none_or(|after| *key > after)).skip(skip);
        let mut last = None;
        for (key, row) in seen.by_ref().take(query.limit as usize) {
            put_together(&row.cells, &mut rows);
            last = Some(key.clone());
        }
        let next = if seen.next().is_some() { last } else { None };
        Ok(Page { rows: rows.finish(), next, watermark })
    }

    fn count(&self, log: &'static Log, range: TimeRange) -> Result<u64> {
        let tables = self.engine.tables();
        let Some(table) = tables.get(&(self.tenant, log.name)) else { return Ok(0) };
        Ok(table.rows.keys().filter(|key| range.contains(key.time)).count() as u64)
    }
}

impl Stored {
    /// Takes the values of an update; true when one differs.
    fn update(&mut self, cells: Vec<Cell>) -> bool {
        let mut changed = false;
        for (stored, given) in self.cells.iter_mut().zip(cells) {
            if given != Cell::Null && *stored != given {
                *stored = given;
                changed = true;
            }
        }
        changed
    }
}
