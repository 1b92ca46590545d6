//! Reading many rows, window by window.
//!
//! Each window is read by a call of its own, so that whoever takes the rows
//! may be slow without holding anything up.

use trunklog_odata::expr::Direction;
use trunklog_records::{Rows, TenantId};
use trunklog_store::{ScanQuery, Selection, Start};

use super::reader::{Position, Reader, Scanned};
use super::view;
use crate::instance::Instance;

/// How far a scan has come.
pub(crate) struct Cursor {
    position: Position,
    watermark: u64,
    direction: Direction,
    /// The most rows that are still wanted.
    left: u64,
}

/// Where a scan starts; None when it has no rows.
pub(crate) fn begin(
    instance: &Instance,
    id: TenantId,
    query: &ScanQuery,
    direction: Direction,
) -> duckdb::Result<Option<Cursor>> {
    let left = query.limit.unwrap_or(u64::MAX);
    if left == 0 {
        return Ok(None);
    }
    let cursor = view::read(instance, id, query.selection.log, |view| {
        let watermark = view.watermark(query.watermark)?;
        let reader = Reader::new(view, &query.selection, watermark, direction);
        let position = reader.begin(&Start::Skip(query.skip))?;
        Ok(position.map(|position| Cursor { position, watermark, direction, left }))
    })?;
    Ok(cursor.flatten())
}

/// Reads the rows at the cursor.
pub(crate) fn next(
    instance: &Instance,
    id: TenantId,
    selection: &Selection,
    cursor: &Cursor,
) -> duckdb::Result<Scanned> {
    let scanned = view::read(instance, id, selection.log, |view| {
        let watermark = view.watermark(Some(trunklog_store::Watermark(cursor.watermark)))?;
        Reader::new(view, selection, watermark, cursor.direction).scan(&cursor.position, cursor.left)
    })?;
    Ok(scanned.unwrap_or(Scanned { batches: Vec::new(), next: None }))
}

impl Cursor {
    /// The cursor after what was read.
    pub(crate) fn after(self, scanned: &Scanned) -> Option<Cursor> {
        let read: usize = scanned.batches.iter().map(Rows::len).sum();
        let left = self.left.saturating_sub(read as u64);
        let position = scanned.next.clone()?;
        Some(Cursor { position, left, ..self })
    }
}
