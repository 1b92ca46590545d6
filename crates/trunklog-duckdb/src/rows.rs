//! Rows as columns: picking and ordering them.

use arrow::array::{Array, Int64Array, UInt32Array};
use arrow::compute::take_record_batch;
use trunklog_odata::Instant;
use trunklog_odata::expr::Direction;
use trunklog_records::Rows;

use crate::error::conversion;

/// Some rows, in the order of their numbers.
pub(crate) fn pick(rows: &Rows, numbers: Vec<u32>) -> duckdb::Result<Rows> {
    take_record_batch(rows.batch(), &UInt32Array::from(numbers))
        .map_err(conversion)
        .and_then(|batch| Rows::new(rows.log(), batch).map_err(conversion))
}

/// The times of rows, in their order.
pub(crate) fn times(rows: &Rows) -> impl Iterator<Item = Instant> {
    (0..rows.len()).map(|row| rows.time(row))
}

/// Whether rows are in the order of time, in that direction, and then of id.
pub(crate) fn in_order(rows: &Rows, direction: Direction) -> bool {
    let column = rows.batch().column(rows.log().time_index());
    let Some(times) = column.as_any().downcast_ref::<Int64Array>() else { return false };
    (1..rows.len()).all(|row| {
        let (mut before, mut time) = (times.value(row - 1), times.value(row));
        if direction == Direction::Descending {
            (before, time) = (time, before);
        }
        before < time || (before == time && rows.id(row - 1) <= rows.id(row))
    })
}

/// Orders rows by time, in that direction, and then by id; mostly they are
/// already.
pub(crate) fn sorted(rows: Rows, direction: Direction) -> duckdb::Result<Rows> {
    if in_order(&rows, direction) {
        return Ok(rows);
    }
    let mut numbers: Vec<u32> = (0..u32::try_from(rows.len()).map_err(conversion)?).collect();
    numbers.sort_unstable_by(|a, b| {
        let ((a_time, a_id), (b_time, b_id)) = (rows.key(*a as usize), rows.key(*b as usize));
        let by_time = match direction {
            Direction::Ascending => a_time.cmp(&b_time),
            Direction::Descending => b_time.cmp(&a_time),
        };
        by_time.then_with(|| a_id.cmp(b_id))
    });
    pick(&rows, numbers)
}
