//! Pages and counts.

use trunklog_records::{RowBuilder, TenantId};
use trunklog_store::{Key, Page, PageQuery, Selection, Watermark};

use crate::instance::Instance;
use crate::order;
use crate::reader::Reader;
use crate::select::Select;
use crate::source::{Source, within};
use crate::sql::Parameters;

/// Reads one page.
pub(crate) fn page(instance: &Instance, tenant: TenantId, query: &PageQuery) -> duckdb::Result<Page> {
    let selection = &query.selection;
    let Some(source) = Source::of(instance, tenant, selection.log)? else {
        let rows = RowBuilder::new(selection.log).finish();
        return Ok(Page { rows, next: None, watermark: query.watermark.unwrap_or(Watermark(0)) });
    };
    instance.read(|connection| match &source {
        Source::Stored(table) if selection.order.is_empty() => {
            let watermark = query.watermark.unwrap_or_else(|| source.newest());
            in_time(&Reader::new(connection, table, selection, watermark), query, watermark)
        }
        Source::Stored(_) | Source::Computed { .. } => order::page(connection, &source, query),
    })
}

/// Reads a page in the order of time and id.
fn in_time(reader: &Reader<'_>, query: &PageQuery, watermark: Watermark) -> duckdb::Result<Page> {
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let rows = match reader.begin(&query.start)? {
        Some(position) => reader.rows(position, limit.saturating_add(1))?,
        None => RowBuilder::new(query.selection.log).finish(),
    };
    if rows.len() <= limit {
        return Ok(Page { rows, next: None, watermark });
    }
    let rows = rows.slice(0, limit);
    let (time, id) = rows.key(limit - 1);
    let next = Some(Key::new(time, id));
    Ok(Page { rows, next, watermark })
}

/// Counts the rows of a selection.
pub(crate) fn count(
    instance: &Instance,
    tenant: TenantId,
    selection: &Selection,
    watermark: Option<Watermark>,
) -> duckdb::Result<u64> {
    let Some(source) = Source::of(instance, tenant, selection.log)? else { return Ok(0) };
    let select = match (&source, watermark) {
        // One column less to read.
        (Source::Stored(table), None) => {
            let mut select = Select::new(table.name.as_str(), Parameters::default());
            select.require(|parameters| within(selection.log, selection.range, parameters));
            select.require_filter(selection);
            select
        }
        (_, Some(watermark)) => source.select(selection, watermark),
        (Source::Computed { .. }, None) => source.select(selection, source.newest()),
    };
    instance.read(|connection| select.row(connection, "count(*)", "", |row| row.get(0)))
}
