//! What of given rows may be stored.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringArray, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::record_batch::RecordBatch;
use trunklog_records::Rows;
use trunklog_store::{Error, ErrorKind, Result};

use crate::entries::How;
use crate::person::text_of;
use crate::rows::{Knows, Look};

/// What may be stored of rows.
pub(super) struct Admitted {
    pub(super) rows: Rows,
    /// How many rows are left out.
    pub(super) withheld: u64,
}

/// Leaves out rows of erased persons, or the persons in them.
pub(super) fn admit(rows: &Rows, knows: &dyn Knows) -> Result<Option<Admitted>> {
    let log = rows.log();
    let mut look = Look::new(log, knows);
    let mut withheld = Vec::new();
    // The rows of which a property becomes null.
    let mut blanked: Vec<Vec<bool>> = vec![Vec::new(); log.properties.len() + 1];
    for row in 0..rows.len() {
        let Some(hits) = look.at(rows, row) else { continue };
        if hits.how == How::Rows {
            withheld.push(row);
            continue;
        }
        let call_type = look.places.own.and_then(|own| text_of(rows, own.direction, row));
        for at in look.blanked(&hits, call_type) {
            let of_column = &mut blanked[at];
            if of_column.is_empty() {
                of_column.resize(rows.len(), false);
            }
            of_column[row] = true;
        }
    }
    if withheld.is_empty() && blanked.iter().all(Vec::is_empty) {
        return Ok(None);
    }
    let mut columns = rows.batch().columns().to_vec();
    for (column, blanked) in columns.iter_mut().zip(&blanked) {
        if !blanked.is_empty() {
            *column = without(column, blanked)?;
        }
    }
    let mut batch = RecordBatch::try_new(rows.batch().schema(), columns).map_err(failed)?;
    if !withheld.is_empty() {
        let mut out = withheld.iter().copied().peekable();
        let kept = (0..rows.len()).filter(|row| out.next_if_eq(row).is_none());
        let kept: Vec<u32> = kept.map(|row| u32::try_from(row).unwrap_or(u32::MAX)).collect();
        batch = take_record_batch(&batch, &UInt32Array::from(kept)).map_err(failed)?;
    }
    let rows = Rows::new(log, batch).map_err(failed)?;
    Ok(Some(Admitted { rows, withheld: withheld.len() as u64 }))
}

/// A column of text in which some rows are null.
fn without(column: &ArrayRef, blanked: &[bool]) -> Result<ArrayRef> {
    let texts: Option<&StringArray> = column.as_any().downcast_ref();
    let texts = texts.ok_or_else(|| failed("a property of persons is no text"))?;
    let left = texts.iter().zip(blanked).map(|(text, is_blanked)| text.filter(|_| !is_blanked));
    Ok(Arc::new(left.collect::<StringArray>()))
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Other, "rows of erased persons could not be left out").caused_by(error)
}
