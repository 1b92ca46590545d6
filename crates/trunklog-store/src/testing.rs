//! A store in memory for the tests of this crate. The reference engine is in
//! the conformance kit, which is built upon this crate.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use trunklog_odata::Instant;
use trunklog_records::json::RowDecoder;
use trunklog_records::{Log, RowBuilder, Rows};

use crate::evaluate::{Cell, Scope, compare, compared, put_together, take_apart};
use crate::{
    AppendCounts, ChangedBuckets, Changes, ChangesQuery, Columns, Erasure, Error, ErrorKind, Key, OldRows,
    Page, PageQuery, Result, Selection, Start, Store, Watermark, bucket_of,
};

/// Rows of a log from their JSON.
pub(crate) fn decoded(log: &'static Log, rows: &[&str]) -> Rows {
    let mut builder = RowBuilder::new(log);
    for row in rows {
        RowDecoder::new(log).decode(row.as_bytes(), &mut builder).unwrap();
    }
    builder.finish()
}

/// Keeps what is appended, each commit for itself. Of a log that is computed it
/// knows its stored rows alone, as any engine does.
#[derive(Default)]
pub(crate) struct TestStore {
    commits: Mutex<Vec<Rows>>,
    pages: AtomicU64,
}

impl TestStore {
    /// A store with those commits, of which the first has the number 1.
    pub(crate) fn of(commits: impl IntoIterator<Item = Rows>) -> TestStore {
        TestStore { commits: Mutex::new(commits.into_iter().collect()), ..TestStore::default() }
    }

    /// How many pages were read.
    pub(crate) fn pages(&self) -> u64 {
        self.pages.load(Ordering::Relaxed)
    }

    /// The rows of a selection in order.
    fn found(&self, selection: &Selection, watermark: Watermark) -> Vec<(Key, Vec<Cell>)> {
        let commits = self.commits.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = usize::try_from(watermark.0).unwrap_or(usize::MAX).min(commits.len());
        let mut found = Vec::new();
        for rows in commits[..seen].iter().filter(|rows| rows.log() == selection.log) {
            for row in take_apart(rows) {
                let scope = Scope::new(selection.log, &row.cells);
                if selection.range.contains(row.key.time) && scope.selects(selection.filter.as_ref()) {
                    let order = scope.order_values(&selection.order);
                    found.push((Key { order, time: row.key.time, id: row.key.id.clone() }, row.cells));
                }
            }
        }
        found.sort_by(|(left, _), (right, _)| compare(&selection.order, compared(left), compared(right)));
        found
    }
}

impl Store for TestStore {
    fn append(&self, rows: &Rows) -> Result<AppendCounts> {
        self.commits.lock().unwrap_or_else(PoisonError::into_inner).push(rows.clone());
        Ok(AppendCounts { new: rows.len() as u64, ..AppendCounts::default() })
    }

    fn page(&self, query: &PageQuery) -> Result<Page> {
        self.pages.fetch_add(1, Ordering::Relaxed);
        let selection = &query.selection;
        selection.check()?;
        let watermark = query.watermark.unwrap_or(self.newest()?);
        let mut found = self.found(selection, watermark);
        match &query.start {
            Start::Skip(skip) => {
                found.drain(..usize::try_from(*skip).unwrap_or(usize::MAX).min(found.len()));
            }
            Start::After(key) => {
                found.retain(|(row, _)| compare(&selection.order, compared(row), compared(key)).is_gt());
            }
        }
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let next = (found.len() > limit).then(|| found[limit - 1].0.clone());
        let mut rows = RowBuilder::new(selection.log);
        for (_, cells) in found.iter().take(limit) {
            put_together(&projected(selection, cells), &mut rows);
        }
        Ok(Page { rows: rows.finish(), next, watermark })
    }

    fn count(&self, selection: &Selection, watermark: Option<Watermark>) -> Result<u64> {
        selection.check()?;
        Ok(self.found(selection, watermark.unwrap_or(self.newest()?)).len() as u64)
    }

    fn newest(&self) -> Result<Watermark> {
        Ok(Watermark(self.commits.lock().unwrap_or_else(PoisonError::into_inner).len() as u64))
    }

    fn commit_time(&self, _: Watermark) -> Result<Option<Instant>> {
        Ok(None)
    }

    fn row(&self, _: &'static Log, _: Instant, _: &str) -> Result<Option<Rows>> {
        Ok(None)
    }

    /// It does not say what the first commit changed.
    fn changed_buckets(&self, log: &'static Log, after: Watermark) -> Result<ChangedBuckets> {
        if after == Watermark(0) {
            return Ok(ChangedBuckets::All);
        }
        let commits = self.commits.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = BTreeMap::new();
        for (rows, commit) in commits.iter().zip(1..) {
            if rows.log() == log && commit > after.0 {
                changed.extend((0..rows.len()).map(|row| (bucket_of(rows.time(row)), Watermark(commit))));
            }
        }
        Ok(ChangedBuckets::These(changed.into_iter().collect()))
    }

    fn changes(&self, _: &ChangesQuery) -> Result<Changes> {
        Err(nothing_changes())
    }

    fn erase(&self, _: &Erasure) -> Result<u64> {
        Err(nothing_changes())
    }

    fn forget(&self, _: &'static Log, _: Instant) -> Result<u64> {
        Err(nothing_changes())
    }

    fn forgettable(&self, _: &'static Log, _: Instant) -> Result<OldRows> {
        Ok(OldRows::default())
    }
}

fn nothing_changes() -> Error {
    Error::new(ErrorKind::Other, "the store of the tests only appends")
}

/// The columns of a row that a selection asks for.
fn projected(selection: &Selection, cells: &[Cell]) -> Vec<Cell> {
    let always = [selection.log.time_index(), selection.log.id_index()];
    let is_there = |at: usize| selection.columns.contains(at) || always.contains(&at);
    let cell = |(at, cell): (usize, &Cell)| if is_there(at) { cell.clone() } else { Cell::Null };
    match selection.columns {
        Columns::All => cells.to_vec(),
        Columns::Only(_) => cells.iter().enumerate().map(cell).collect(),
    }
}
