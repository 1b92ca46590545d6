//! Reading many rows, window by window.
//!
//! Each window is read by a call of its own, so that whoever takes the rows
//! may be slow without holding anything up.

use trunklog_records::schema::Origin;
use trunklog_records::{Rows, TenantId};
use trunklog_store::{ScanQuery, Selection, Start, Watermark};

use crate::instance::Instance;
use crate::reader::{Position, Reader, Scanned};
use crate::source::Source;

/// How far a scan has come.
pub(crate) struct Cursor {
    position: Position,
    watermark: Watermark,
    /// The most rows that are still wanted.
    left: u64,
}

/// Whether rows come in the order of time, which windows need.
pub(crate) fn has_windows(selection: &Selection) -> bool {
    selection.order.is_empty() && selection.log.origin == Origin::Stored
}

/// Where a scan begins; None when it has no rows.
pub(crate) fn begin(
    instance: &Instance,
    tenant: TenantId,
    query: &ScanQuery,
) -> duckdb::Result<Option<Cursor>> {
    let Some(Source::Stored(table)) = Source::of(instance, tenant, query.selection.log)? else {
        return Ok(None);
    };
    let left = query.limit.unwrap_or(u64::MAX);
    if left == 0 {
        return Ok(None);
    }
    let watermark = query.watermark.unwrap_or(Watermark(table.sequence()));
    let position = instance.read(|connection| {
        Reader::new(connection, &table, &query.selection, watermark).begin(&Start::Skip(query.skip))
    })?;
    Ok(position.map(|position| Cursor { position, watermark, left }))
}

/// Reads the rows at the cursor.
pub(crate) fn next(
    instance: &Instance,
    tenant: TenantId,
    selection: &Selection,
    cursor: &Cursor,
) -> duckdb::Result<Scanned> {
    let Some(Source::Stored(table)) = Source::of(instance, tenant, selection.log)? else {
        return Ok(Scanned { batches: Vec::new(), next: None });
    };
    instance.read(|connection| {
        Reader::new(connection, &table, selection, cursor.watermark).scan(&cursor.position, cursor.left)
    })
}

impl Cursor {
    /// The cursor behind what was read.
    pub(crate) fn behind(self, scanned: &Scanned) -> Option<Cursor> {
        let read: usize = scanned.batches.iter().map(Rows::len).sum();
        let left = self.left.saturating_sub(read as u64);
        let position = scanned.next.clone()?;
        Some(Cursor { position, left, ..self })
    }
}
