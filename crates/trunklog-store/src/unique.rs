//! Removing duplicates within one append.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::take;
use arrow::error::ArrowError;
use trunklog_records::Rows;

/// The rows of a batch that an engine must store, each once, ordered by time
/// and id: each row is after the one before it, and rows that were so already are
/// given as they are.
///
/// Of rows with the same time and id each property has the last value that is
/// not null, so that the result is the same as if they had come one by one.
///
/// # Errors
/// When a column cannot be copied, which no column of [`Rows`] brings about.
///
/// ```
/// use trunklog_records::RowBuilder;
/// use trunklog_records::json::RowDecoder;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::each_once;
///
/// let mut rows = RowBuilder::new(&SMS);
/// for json in [
///     r#"{"id":"1","sentDateTime":"2026-11-30T10:00:00Z","smsUnits":1}"#,
///     r#"{"id":"1","sentDateTime":"2026-11-30T10:00:00Z","smsUnits":2}"#,
/// ] {
///     RowDecoder::new(&SMS).decode(json.as_bytes(), &mut rows).unwrap();
/// }
/// assert_eq!(each_once(&rows.finish()).unwrap().len(), 1);
/// ```
pub fn each_once(rows: &Rows) -> Result<Rows, ArrowError> {
    let len = u32::try_from(rows.len()).map_err(|_| ArrowError::OffsetOverflowError(rows.len()))?;
    // Rows mostly come in order. Such a batch is not copied.
    if (1..rows.len()).all(|row| rows.key(row - 1) < rows.key(row)) {
        return Ok(rows.clone());
    }
    let mut places: HashMap<_, Vec<u32>> = HashMap::with_capacity(rows.len());
    for row in 0..len {
        places.entry(rows.key(row as usize)).or_default().push(row);
    }
    let mut places: Vec<_> = places.into_iter().collect();
    places.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let columns: Vec<ArrayRef> = rows
        .batch()
        .columns()
        .iter()
        .map(|column| {
            let last = |places: &Vec<u32>| {
                let filled = places.iter().rev().find(|row| column.is_valid(**row as usize));
                filled.or(places.last()).copied()
            };
            let numbers: UInt32Array = places.iter().map(|(_, places)| last(places)).collect();
            take(column, &numbers, None)
        })
        .collect::<Result<_, _>>()?;
    let batch = RecordBatch::try_new(Arc::clone(rows.batch().schema_ref()), columns)?;
    Rows::new(rows.log(), batch).map_err(|error| ArrowError::ExternalError(Box::new(error)))
}
