//! A computed log made whole, then filtered, ordered and cut into pages.

use std::ops::ControlFlow;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array, new_null_array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::error::ArrowError;
use trunklog_records::Rows;
use trunklog_records::schema::Summary;

use super::made;
use super::own::{self, PERIODS_AT_A_TIME, Periods};
use crate::evaluate::{Scope, compare, compared, take_row};
use crate::report::{MAX_GROUPS, too_many_groups};
use crate::{Columns, Key, Page, Result, SCAN_ROWS, Selection, Start, Store, Watermark};

/// All rows of a selection.
pub(super) struct Whole {
    selection: Selection,
    watermark: Watermark,
    /// The rows, and others that the filter left out, in no order.
    rows: Rows,
    /// The rows of the selection in its order.
    places: Vec<Place>,
}

/// A row's place.
struct Place {
    key: Key,
    row: u32,
}

impl Whole {
    /// Reads and computes the rows as of a watermark; without one, of now.
    pub(super) fn of(
        store: &dyn Store,
        summary: &'static Summary,
        selection: &Selection,
        watermark: Option<Watermark>,
    ) -> Result<Whole> {
        selection.check()?;
        let (log, range) = (selection.log, selection.range);
        let watermark = match watermark {
            Some(watermark) => watermark,
            None => store.newest()?,
        };
        let made = made::rows(store, summary, log, range, watermark)?;
        let mut stored = own::stored(store, selection, watermark)?;
        if !made.is_empty() && !stored.is_empty() {
            stored = Periods { store, summary, range, watermark, at_a_time: PERIODS_AT_A_TIME }
                .remaining(stored)?;
        }
        let computed = made.len();
        let batches = [&made].into_iter().chain(&stored).map(Rows::batch);
        let batch = concat_batches(made.batch().schema_ref(), batches)
            .map_err(|error| made::failed(log).caused_by(error))?;
        let rows = Rows::new(log, batch).map_err(|error| made::failed(log).caused_by(error))?;
        if rows.len() > MAX_GROUPS {
            return Err(too_many_groups());
        }
        let mut places = Vec::new();
        for (row, number) in (0..rows.len()).zip(0..) {
            let taken = take_row(&rows, row);
            let scope = Scope::new(log, &taken.cells);
            // The stored ones were filtered by the store.
            if row >= computed || scope.selects(selection.filter.as_ref()) {
                let order = scope.order_values(&selection.order);
                places
                    .push(Place { key: Key { order, time: taken.key.time, id: taken.key.id }, row: number });
            }
        }
        let order = &selection.order;
        places.sort_by(|left, right| compare(order, compared(&left.key), compared(&right.key)));
        Ok(Whole { selection: selection.clone(), watermark, rows, places })
    }

    /// How many rows there are.
    pub(super) fn count(&self) -> u64 {
        self.places.len() as u64
    }

    /// One page.
    pub(super) fn page(&self, start: &Start, limit: u32) -> Result<Page> {
        let first = match start {
            Start::Skip(skip) => usize::try_from(*skip).unwrap_or(usize::MAX).min(self.places.len()),
            Start::After(key) => self.place_after(key),
        };
        let rest = &self.places[first..];
        let page = &rest[..rest.len().min(limit as usize)];
        let next = if page.len() < rest.len() { page.last().map(|place| place.key.clone()) } else { None };
        Ok(Page { rows: self.rows(page)?, next, watermark: self.watermark })
    }

    /// All rows from one on, in batches.
    pub(super) fn scan(
        &self,
        skip: u64,
        limit: Option<u64>,
        each: &mut dyn FnMut(Rows) -> ControlFlow<()>,
    ) -> Result<()> {
        let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        let rest = self.places.get(number(skip)..).unwrap_or_default();
        let wanted = &rest[..rest.len().min(limit.map_or(usize::MAX, number))];
        for part in wanted.chunks(SCAN_ROWS as usize) {
            if each(self.rows(part)?).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The place after a key.
    ///
    /// The time of a computed row is the start of the range that was read. That
    /// moves on with the oldest row that can be read, and the places of the rows
    /// with it.
    fn place_after(&self, key: &Key) -> usize {
        let time = key.time.max(self.selection.range.from());
        let key = Key { time, ..key.clone() };
        let order = &self.selection.order;
        self.places.partition_point(|place| compare(order, compared(&place.key), compared(&key)).is_le())
    }

    /// The rows at some places, with the columns that were asked for.
    fn rows(&self, places: &[Place]) -> Result<Rows> {
        let log = self.selection.log;
        let rows: UInt32Array = places.iter().map(|place| place.row).collect();
        let batch = take_record_batch(self.rows.batch(), &rows)
            .and_then(|batch| projected(&self.selection, batch))
            .map_err(|error| made::failed(log).caused_by(error))?;
        Rows::new(log, batch).map_err(|error| made::failed(log).caused_by(error))
    }
}

/// The columns that a selection asks for, and time and id; the others hold
/// nulls.
fn projected(selection: &Selection, batch: RecordBatch) -> std::result::Result<RecordBatch, ArrowError> {
    if selection.columns == Columns::All {
        return Ok(batch);
    }
    let always = [selection.log.time_index(), selection.log.id_index()];
    let columns: Vec<ArrayRef> = batch
        .columns()
        .iter()
        .enumerate()
        .map(|(at, column)| {
            if selection.columns.contains(at) || always.contains(&at) {
                Arc::clone(column)
            } else {
                new_null_array(column.data_type(), column.len())
            }
        })
        .collect();
    RecordBatch::try_new(batch.schema(), columns)
}
