//! Notes which rows came, while they go to the store.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use trunklog_odata::Instant;
use trunklog_records::schema::{Log, RECORDED_BY};
use trunklog_records::{Rows, TimeRange};
use trunklog_store::{
    AppendCounts, ChangedBuckets, Changes, ChangesQuery, Columns, Erasure, OldRows, Page, PageQuery, Report,
    ReportQuery, Result, ScanQuery, Selection, Store, Verification, Watermark,
};

use crate::window::Window;

/// The most rows of a window that are noted, in some 20 MiB. Above that, nothing is
/// said of rows that are gone.
const MOST_ROWS: usize = 1_000_000;

/// A store that notes the keys of rows that are appended: they are made while rows
/// are decoded, so only here they are known.
pub struct Witness {
    store: Arc<dyn Store>,
    hasher: RandomState,
    /// None when there were too many.
    seen: Mutex<Option<HashSet<u64>>>,
}

impl Witness {
    /// Notes what goes to that store.
    pub fn new(store: Arc<dyn Store>) -> Witness {
        Witness { store, hasher: RandomState::new(), seen: Mutex::new(Some(HashSet::new())) }
    }

    /// Forgets what it has seen: another window starts.
    pub fn forget_seen(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(HashSet::new());
    }

    /// How many rows of Graph's own in a window are stored and did not come. None
    /// where that cannot be told.
    ///
    /// # Errors
    /// Those of the store.
    pub fn missing(&self, log: &'static Log, window: Window) -> Result<Option<u64>> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(seen) = seen.as_ref().filter(|_| log.shows_time()) else { return Ok(None) };
        let Ok(range) = TimeRange::of(log, window.from, window.to) else { return Ok(None) };
        let recorded_by = log.index_of(RECORDED_BY);
        let columns = Columns::Only(recorded_by.into_iter().collect());
        let selection = Selection { columns, ..Selection::all(log, range) };
        let query = ScanQuery { selection, skip: 0, limit: None, watermark: None };
        let mut missing = 0;
        self.store.scan(&query, &mut |rows: Rows| {
            for row in 0..rows.len() {
                let is_graphs = recorded_by.is_none_or(|column| rows.batch().column(column).is_null(row));
                if is_graphs && !seen.contains(&self.mark(rows.time(row), rows.id(row))) {
                    missing += 1;
                }
            }
            ControlFlow::Continue(())
        })?;
        Ok(Some(missing))
    }

    fn mark(&self, time: Instant, id: &str) -> u64 {
        self.hasher.hash_one((time, id))
    }

    fn note(&self, rows: &Rows) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(marks) = seen.as_mut() else { return };
        marks.extend((0..rows.len()).map(|row| self.mark(rows.time(row), rows.id(row))));
        if marks.len() > MOST_ROWS {
            *seen = None;
        }
    }
}

impl Store for Witness {
    fn append(&self, rows: &Rows) -> Result<AppendCounts> {
        let counts = self.store.append(rows)?;
        self.note(rows);
        Ok(counts)
    }

    fn page(&self, query: &PageQuery) -> Result<Page> {
        self.store.page(query)
    }

    fn count(&self, selection: &Selection, watermark: Option<Watermark>) -> Result<u64> {
        self.store.count(selection, watermark)
    }

    fn scan(&self, query: &ScanQuery, each: &mut dyn FnMut(Rows) -> ControlFlow<()>) -> Result<()> {
        self.store.scan(query, each)
    }

    fn verify(&self, log: &'static Log, from: u64) -> Result<Verification> {
        self.store.verify(log, from)
    }

    fn newest(&self) -> Result<Watermark> {
        self.store.newest()
    }

    fn commit_time(&self, commit: Watermark) -> Result<Option<Instant>> {
        self.store.commit_time(commit)
    }

    fn row(&self, log: &'static Log, time: Instant, id: &str) -> Result<Option<Rows>> {
        self.store.row(log, time, id)
    }

    fn report(&self, query: &ReportQuery) -> Result<Report> {
        self.store.report(query)
    }

    fn changed_buckets(&self, log: &'static Log, after: Watermark) -> Result<ChangedBuckets> {
        self.store.changed_buckets(log, after)
    }

    fn changes(&self, query: &ChangesQuery) -> Result<Changes> {
        self.store.changes(query)
    }

    fn erase(&self, erasure: &Erasure) -> Result<u64> {
        self.store.erase(erasure)
    }

    fn forget(&self, log: &'static Log, before: Instant) -> Result<u64> {
        self.store.forget(log, before)
    }

    fn forgettable(&self, log: &'static Log, before: Instant) -> Result<OldRows> {
        self.store.forgettable(log, before)
    }
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    use trunklog_store::Engine;
    use trunklog_store_kit::MemoryEngine;
    use trunklog_testkit::{TENANT, append, call_rows};

    use super::*;

    #[test]
    fn rows_that_did_not_come_are_counted() {
        let log = &DIRECT_ROUTING_CALLS;
        let engine = MemoryEngine::new();
        append(&engine, TENANT, log, &call_rows(0, 5, "2026-11-23T08:00:00Z"));
        append(&engine, TENANT, log, &call_rows(9, 1, "2026-11-25T00:00:00Z"));
        let day = |day| Instant::from_date(2026, 11, day).unwrap();
        let window = Window { from: day(23), to: day(25) };
        let witness = Witness::new(engine.tenant(TENANT));
        assert_eq!(witness.missing(log, window).unwrap(), Some(5));
        let decoder = trunklog_records::json::RowDecoder::new(log);
        let mut rows = trunklog_records::RowBuilder::new(log);
        for row in call_rows(0, 3, "2026-11-23T08:00:00Z") {
            decoder.decode(row.as_bytes(), &mut rows).unwrap();
        }
        let counts = witness.append(&rows.finish()).unwrap();
        assert_eq!(counts.unchanged, 3);
        assert_eq!(witness.missing(log, window).unwrap(), Some(2));
        witness.forget_seen();
        assert_eq!(witness.missing(log, window).unwrap(), Some(5));
    }
}
