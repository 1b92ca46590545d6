//! A computed log made whole, then filtered, ordered and cut into pages.

use std::ops::ControlFlow;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array, new_null_array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::error::ArrowError;
use trunklog_records::Rows;
use trunklog_records::schema::Summary;

use super::own::{self, PERIODS_AT_A_TIME, Periods};
use super::{conditions, made};
use crate::evaluate::{OrderKey, Scope, compare, compared, take_row};
use crate::report::{MAX_GROUPS, too_many_groups};
use crate::{Columns, Key, OrderValue, Page, Result, SCAN_ROWS, Selection, Start, Store, Watermark};

/// All rows of a selection.
pub(super) struct Whole {
    selection: Selection,
    watermark: Watermark,
    /// The rows of the selection in its order, with the columns that it asks for.
    rows: Rows,
    /// The values that order each of them; none where time and id alone do.
    order: Vec<Vec<OrderValue>>,
    /// About how much memory both hold.
    bytes: usize,
}

/// A row's place.
struct Place {
    key: Key,
    row: u32,
}

impl Whole {
    /// Reads and computes the rows as of a watermark.
    pub(super) fn of(
        store: &dyn Store,
        summary: &'static Summary,
        selection: &Selection,
        watermark: Watermark,
    ) -> Result<Whole> {
        selection.check()?;
        let (log, range) = (selection.log, selection.range);
        let conditions = conditions::of_source(summary, log, selection.filter.as_ref())?;
        // With conditions, that nothing was made does not say that nothing counts.
        let all_made = conditions.is_empty();
        let made = made::rows(store, summary, log, range, conditions, watermark)?;
        let mut stored = own::stored(store, selection, watermark)?;
        let nothing_counts = all_made && made.is_empty();
        if !nothing_counts && !stored.is_empty() {
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
        let by = &selection.order;
        places.sort_by(|left, right| compare(by, compared(&left.key), compared(&right.key)));
        let rows = in_order(selection, &rows, &places).map_err(|error| made::failed(log).caused_by(error))?;
        let rows = Rows::new(log, rows).map_err(|error| made::failed(log).caused_by(error))?;
        let order = if by.is_empty() {
            Vec::new()
        } else {
            places.into_iter().map(|place| place.key.order).collect()
        };
        let bytes =
            rows.batch().get_array_memory_size() + order.iter().map(|values| bytes_of(values)).sum::<usize>();
        Ok(Whole { selection: selection.clone(), watermark, rows, order, bytes })
    }

    /// How many rows there are.
    pub(super) fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    /// About how much memory it holds, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// One page.
    pub(super) fn page(&self, start: &Start, limit: u32) -> Page {
        let first = match start {
            Start::Skip(skip) => usize::try_from(*skip).unwrap_or(usize::MAX).min(self.rows.len()),
            Start::After(key) => self.place_after(key),
        };
        let left = self.rows.len() - first;
        let len = left.min(limit as usize);
        let next = (0 < len && len < left).then(|| self.key(first + len - 1));
        Page { rows: self.rows.slice(first, len), next, watermark: self.watermark }
    }

    /// All rows from one on, in batches.
    pub(super) fn scan(&self, skip: u64, limit: Option<u64>, each: &mut dyn FnMut(Rows) -> ControlFlow<()>) {
        let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        let mut first = number(skip).min(self.rows.len());
        let end = first.saturating_add(limit.map_or(usize::MAX, number)).min(self.rows.len());
        while first < end {
            let len = (end - first).min(SCAN_ROWS as usize);
            if each(self.rows.slice(first, len)).is_break() {
                break;
            }
            first += len;
        }
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
        let (mut first, mut end) = (0, self.rows.len());
        while first < end {
            let middle = first + (end - first) / 2;
            if compare(order, self.compared(middle), compared(&key)).is_le() {
                first = middle + 1;
            } else {
                end = middle;
            }
        }
        first
    }

    fn key(&self, row: usize) -> Key {
        let (order, time, id) = self.compared(row);
        Key { order: order.to_vec(), time, id: id.to_owned() }
    }

    /// What orders a row.
    fn compared(&self, row: usize) -> OrderKey<'_> {
        let (time, id) = self.rows.key(row);
        (self.order.get(row).map_or(&[][..], Vec::as_slice), time, id)
    }
}

/// About how much memory the values of a row's order hold.
fn bytes_of(values: &[OrderValue]) -> usize {
    let texts = values.iter().map(|value| match value {
        OrderValue::Text(text) => text.capacity(),
        _ => 0,
    });
    size_of::<Vec<OrderValue>>() + size_of_val(values) + texts.sum::<usize>()
}

/// The rows at some places, with the columns that were asked for.
fn in_order(
    selection: &Selection,
    rows: &Rows,
    places: &[Place],
) -> std::result::Result<RecordBatch, ArrowError> {
    let numbers: UInt32Array = places.iter().map(|place| place.row).collect();
    take_record_batch(rows.batch(), &numbers).and_then(|batch| projected(selection, batch))
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
