//! The reference engine: what the traits promise in the plainest way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use trunklog_odata::Instant;
use trunklog_records::schema::Origin;
use trunklog_records::{Log, RowBuilder, Rows, TenantId};

use super::Fixture;
use trunklog_store::evaluate::{Cell, Place, put_together, take_row};
use trunklog_store::evaluate::{Compared, Scope, compare, compared};
use super::summary::Selected;
use trunklog_store::{
    Appended, Columns, Engine, Forgettable, Key, OrderValue, Page, PageQuery, Result, Selection, Start,
    Store, Watermark, check_state, each_once,
};

/// An engine that keeps its rows in memory, for tests. Its clones share their
/// rows, so it is its own [`Fixture`].
#[derive(Debug, Clone, Default)]
pub struct MemoryEngine {
    tables: Arc<Mutex<Tables>>,
}

#[derive(Debug, Default)]
struct Tables {
    /// The number of the last commit. All tables share it, so that one
    /// watermark serves a log that is computed from another and has rows of
    /// its own.
    sequence: u64,
    of: BTreeMap<(TenantId, &'static str), BTreeMap<Place, Stored>>,
    states: BTreeMap<String, String>,
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
        let tables = self.tables();
        let filled = tables.of.iter().filter(|(_, table)| !table.is_empty());
        let mut tenants: Vec<_> = filled.map(|((tenant, _), _)| *tenant).collect();
        tenants.dedup();
        Ok(tenants)
    }

    fn tidy(&self) -> Result<()> {
        Ok(())
    }

    fn check(&self) -> Result<()> {
        Ok(())
    }

    fn state(&self, name: &str) -> Result<Option<String>> {
        Ok(self.tables().states.get(name).cloned())
    }

    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        let tables = self.tables();
        let named = tables.states.iter().filter(|(name, _)| name.starts_with(prefix));
        Ok(named.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool> {
        check_state(name, new)?;
        let states = &mut self.tables().states;
        if states.get(name).map(String::as_str) != expected {
            return Ok(false);
        }
        match new {
            Some(value) => states.insert(name.to_owned(), value.to_owned()),
            None => states.remove(name),
        };
        Ok(true)
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
        let tables = &mut *self.engine.tables();
        tables.sequence += 1;
        let sequence = tables.sequence;
        let table = tables.of.entry((self.tenant, rows.log().name)).or_default();
        let mut appended = Appended::default();
        let given = rows.len() as u64;
        let rows = each_once(rows).expect("columns of rows can be copied");
        for row in 0..rows.len() {
            let row = take_row(&rows, row);
            match table.get_mut(&row.key) {
                None => {
                    table.insert(row.key, Stored { sequence, cells: row.cells });
                    appended.new += 1;
                }
                Some(stored) => appended.updated += u64::from(stored.update(row.cells)),
            }
        }
        appended.unchanged = given - appended.new - appended.updated;
        Ok(appended)
    }

    fn page(&self, query: &PageQuery) -> Result<Page> {
        let selection = &query.selection;
        selection.check()?;
        let (skip, after) = match &query.start {
            Start::Skip(skip) => (usize::try_from(*skip).unwrap_or(usize::MAX), None),
            Start::After(key) => (0, Some(key)),
        };
        Ok(self.read(selection, query.watermark, |found, watermark| {
            let is_behind = |row: &&Found<'_>| {
                after.is_none_or(|key| compare(&selection.order, row.compared(), compared(key)).is_gt())
            };
            let mut found = found.iter().filter(is_behind).skip(skip);
            let mut rows = RowBuilder::new(selection.log);
            let mut last = None;
            for row in found.by_ref().take(query.limit as usize) {
                put_together(&projected(selection, row.cells), &mut rows);
                last = Some(row.key());
            }
            let next = if found.next().is_some() { last } else { None };
            Page { rows: rows.finish(), next, watermark }
        }))
    }

    fn count(&self, selection: &Selection, watermark: Option<Watermark>) -> Result<u64> {
        selection.check()?;
        Ok(self.read(selection, watermark, |found, _| found.len() as u64))
    }

    fn forget(&self, log: &'static Log, before: Instant) -> Result<u64> {
        let mut tables = self.engine.tables();
        let Some(table) = tables.of.get_mut(&(self.tenant, log.name)) else { return Ok(0) };
        let had = table.len();
        table.retain(|place, _| place.time >= before);
        Ok((had - table.len()) as u64)
    }

    fn forgettable(&self, log: &'static Log, before: Instant) -> Result<Forgettable> {
        let tables = self.engine.tables();
        let Some(table) = tables.of.get(&(self.tenant, log.name)) else { return Ok(Forgettable::default()) };
        let mut times = table.keys().map(|place| place.time).filter(|time| *time < before);
        let oldest = times.next();
        let rows = times.count() as u64 + u64::from(oldest.is_some());
        Ok(Forgettable { rows, of: table.len() as u64, oldest })
    }
}

/// A row of a selection.
struct Found<'a> {
    order: Vec<OrderValue>,
    place: &'a Place,
    cells: &'a [Cell],
}

impl MemoryStore {
    /// Gives the rows of a selection, in order, and the watermark to `look`.
    fn read<T>(
        &self,
        selection: &Selection,
        watermark: Option<Watermark>,
        look: impl FnOnce(&[Found<'_>], Watermark) -> T,
    ) -> T {
        let (log, range) = (selection.log, selection.range);
        let tables = self.engine.tables();
        let watermark = watermark.unwrap_or(Watermark(tables.sequence));
        let visible = |log: &Log| {
            let rows = tables.of.get(&(self.tenant, log.name)).into_iter().flatten();
            rows.filter(move |(place, row)| range.contains(place.time) && row.sequence <= watermark.0)
                .map(|(place, row)| (place, row.cells.as_slice()))
        };
        let selected = match log.origin {
            Origin::Stored => None,
            Origin::Computed(summary) => Some(Selected::of(log, summary, visible(summary.of))),
        };
        let computed = selected.as_ref().map_or_else(BTreeMap::new, |rows| rows.summarized(range.from()));
        let mut rows: Vec<(&Place, &[Cell])> = visible(log)
            .filter(|(place, cells)| selected.as_ref().is_none_or(|rows| !rows.replace(place, cells)))
            .collect();
        rows.extend(computed.iter().map(|(place, cells)| (place, cells.as_slice())));
        rows.sort_by_key(|(place, _)| *place);
        let mut found: Vec<Found<'_>> = rows
            .into_iter()
            .map(|(place, cells)| (place, cells, Scope::new(log, cells)))
            .filter(|(_, _, scope)| scope.selects(selection.filter.as_ref()))
            .map(|(place, cells, scope)| Found { order: scope.order_values(&selection.order), place, cells })
            .collect();
        if !selection.order.is_empty() {
            found.sort_by(|left, right| compare(&selection.order, left.compared(), right.compared()));
        }
        look(&found, watermark)
    }
}

impl Found<'_> {
    fn key(&self) -> Key {
        Key { order: self.order.clone(), ..Key::new(self.place.time, self.place.id.as_str()) }
    }

    fn compared(&self) -> Compared<'_> {
        (&self.order, self.place.time, &self.place.id)
    }
}

/// The columns of a row that a selection asks for.
fn projected(selection: &Selection, cells: &[Cell]) -> Vec<Cell> {
    if selection.columns == Columns::All {
        return cells.to_vec();
    }
    let always = [selection.log.time_index(), selection.log.id_index()];
    let is_asked = |at: &usize| selection.columns.contains(*at) || always.contains(at);
    let cell = |(at, cell): (usize, &Cell)| if is_asked(&at) { cell.clone() } else { Cell::Null };
    cells.iter().enumerate().map(cell).collect()
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
