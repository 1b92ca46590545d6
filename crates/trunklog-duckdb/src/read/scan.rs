//! Reading many rows, window by window.
//!
//! Each window is read by a call of its own, so that whoever takes the rows
//! may be slow without holding anything up.

use arrow::array::RecordBatch;
use trunklog_odata::expr::Direction;
use trunklog_records::{Rows, TenantId};
use trunklog_store::{ScanQuery, Selection, Start};

use super::reader::{LEAST_ROWS, Position, Reader};
use crate::instance::Instance;
use crate::rows::{in_order, sorted};
use crate::view::{self, View};

/// Rows that a scan reads at a time. Enough to keep all threads busy, few
/// enough to hold.
const SCANNED_ROWS: u64 = 131_072;

/// A part of a scan.
pub(crate) struct ScanPart {
    /// Rows in order.
    pub(crate) batches: Vec<Rows>,
    /// Where the next part starts; None after the last.
    pub(crate) next: Option<Position>,
}

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
) -> duckdb::Result<ScanPart> {
    let scanned = view::read(instance, id, selection.log, |view| {
        let watermark = view.watermark(Some(trunklog_store::Watermark(cursor.watermark)))?;
        let reader = Reader::new(view, selection, watermark, cursor.direction);
        part(&reader, &cursor.position, cursor.left)
    })?;
    Ok(scanned.unwrap_or(ScanPart { batches: Vec::new(), next: None }))
}

/// Reads all rows of a selection in their order, within one view.
pub(crate) fn all(
    view: &View<'_>,
    selection: &Selection,
    mut each: impl FnMut(&Rows) -> duckdb::Result<()>,
) -> duckdb::Result<()> {
    let reader = Reader::new(view, selection, view.head, Direction::Ascending);
    let mut position = reader.begin(&Start::Skip(0))?;
    while let Some(at) = position {
        let found = part(&reader, &at, u64::MAX)?;
        found.batches.iter().try_for_each(&mut each)?;
        position = found.next;
    }
    Ok(())
}

impl Cursor {
    /// The cursor after what was read.
    pub(crate) fn after(self, scanned: &ScanPart) -> Option<Cursor> {
        let read: usize = scanned.batches.iter().map(Rows::len).sum();
        let left = self.left.saturating_sub(read as u64);
        let position = scanned.next.clone()?;
        Some(Cursor { position, left, ..self })
    }
}

/// Reads the next part of a scan, at most `most` rows.
fn part(reader: &Reader<'_>, position: &Position, most: u64) -> duckdb::Result<ScanPart> {
    if !reader.is_within(position) {
        return Ok(ScanPart { batches: Vec::new(), next: None });
    }
    let wanted = if reader.filtered() {
        SCANNED_ROWS
    } else {
        most.saturating_add(position.skip).clamp(LEAST_ROWS, SCANNED_ROWS)
    };
    let span = reader.span(position, wanted)?;
    let (mut batches, next) = if span.read <= 2 * SCANNED_ROWS {
        (ordered(reader, &reader.all(position, span)?)?, reader.beyond(span, position.skip))
    } else {
        // So many rows have nearly the same time that they are not held at
        // once.
        let rows = reader.first(position, span, SCANNED_ROWS, 0)?;
        let next = if rows.len() as u64 == SCANNED_ROWS {
            Some(Position::after(&rows, rows.len() - 1, position.skip))
        } else {
            reader.beyond(span, position.skip)
        };
        (vec![rows], next)
    };
    batches.retain(|rows| !rows.is_empty());
    Ok(cut(batches, next, position.skip, most))
}

/// Batches in the order of time and id: as they came, when they came so.
fn ordered(reader: &Reader<'_>, batches: &[RecordBatch]) -> duckdb::Result<Vec<Rows>> {
    let rows =
        batches.iter().map(|batch| reader.projection.rows(batch)).collect::<duckdb::Result<Vec<_>>>()?;
    let ends_meet = rows.windows(2).all(|pair| {
        let (before, after) = (&pair[0], &pair[1]);
        if before.is_empty() || after.is_empty() {
            return true;
        }
        let ((a, a_id), (b, b_id)) = (before.key(before.len() - 1), after.key(0));
        match reader.direction {
            Direction::Ascending => (a, a_id) <= (b, b_id),
            Direction::Descending => a > b || (a == b && a_id <= b_id),
        }
    });
    let ordered = ends_meet && rows.iter().all(|rows| in_order(rows, reader.direction));
    if ordered { Ok(rows) } else { Ok(vec![sorted(reader.projection.joined(batches)?, reader.direction)?]) }
}

/// Takes away the rows to skip and those after the most wanted.
fn cut(batches: Vec<Rows>, next: Option<Position>, mut skip: u64, most: u64) -> ScanPart {
    let mut kept = Vec::with_capacity(batches.len());
    let mut left = usize::try_from(most).unwrap_or(usize::MAX);
    for rows in batches {
        let passed = usize::try_from(skip).unwrap_or(usize::MAX).min(rows.len());
        skip -= passed as u64;
        let taken = (rows.len() - passed).min(left);
        left -= taken;
        if taken > 0 {
            kept.push(rows.slice(passed, taken));
        }
    }
    let next = next.filter(|_| left > 0).map(|mut next| {
        next.skip = skip;
        next
    });
    ScanPart { batches: kept, next }
}
