//! Pages and counts.

use trunklog_odata::expr::Direction;
use trunklog_records::{RowBuilder, TenantId};
use trunklog_store::{Key, OrderValue, Page, PageQuery, Selection, Watermark};

use super::order;
use super::reader::{Reader, direction};
use crate::instance::Instance;
use crate::view::{self, View};

/// Reads one page.
pub(crate) fn page(instance: &Instance, id: TenantId, query: &PageQuery) -> duckdb::Result<Page> {
    let log = query.selection.log;
    let found = view::read(instance, id, log, |view| match direction(&query.selection) {
        Some(direction) => by_time(view, query, direction),
        None => order::page(view, query),
    })?;
    if let Some(page) = found {
        Ok(page)
    } else {
        let watermark = match query.watermark {
            Some(watermark) => watermark,
            None => Watermark(instance.head(id)?),
        };
        Ok(Page { rows: RowBuilder::new(log).finish(), next: None, watermark })
    }
}

/// Reads a page in the order of time and id.
fn by_time(view: &View<'_>, query: &PageQuery, direction: Direction) -> duckdb::Result<Page> {
    let selection = &query.selection;
    let watermark = view.watermark(query.watermark)?;
    let reader = Reader::new(view, selection, watermark, direction);
    let limit = usize::try_from(query.limit.max(1)).unwrap_or(usize::MAX);
    let rows = match reader.begin(&query.start)? {
        Some(position) => reader.rows(position, limit.saturating_add(1))?,
        None => RowBuilder::new(selection.log).finish(),
    };
    let watermark = Watermark(watermark);
    if rows.len() <= limit {
        return Ok(Page { rows, next: None, watermark });
    }
    let rows = rows.slice(0, limit);
    let (time, id) = rows.key(limit - 1);
    // Where time is the order that was asked for, it is a key's value, too.
    let order = selection.order.iter().map(|_| OrderValue::Int(time.ticks())).collect();
    let next = Some(Key { order, ..Key::new(time, id) });
    Ok(Page { rows, next, watermark })
}

/// Counts the rows of a selection.
pub(crate) fn count(
    instance: &Instance,
    id: TenantId,
    selection: &Selection,
    watermark: Option<Watermark>,
) -> duckdb::Result<u64> {
    let counted = view::read(instance, id, selection.log, |view| {
        let watermark = Some(view.watermark(watermark)?);
        view.select_all(selection, watermark).row(view.connection, "count(*)", "", |row| row.get(0))
    })?;
    Ok(counted.unwrap_or(0))
}
