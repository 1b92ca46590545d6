//! Pages in an order that a client asked for.
//!
//! There is no index for such an order, so each page reads the whole range and
//! keeps its first rows. A page starts after the last row of the one before,
//! whose values the walk's key carries.

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::concat_batches;
use trunklog_odata::expr::{Direction, Expr, Kind};
use trunklog_records::Log;
use trunklog_records::schema::ID;
use trunklog_store::{Key, OrderValue, Page, PageQuery, Start, Watermark, keyset};

use super::select::Projection;
use crate::error::conversion;
use crate::expression;
use crate::sql::{Parameters, quoted};
use crate::view::View;

/// Reads one page.
pub(crate) fn page(view: &View<'_>, query: &PageQuery) -> duckdb::Result<Page> {
    let selection = &query.selection;
    let log = selection.log;
    let watermark = view.watermark(query.watermark)?;
    let mut select = view.select_all(selection, Some(watermark));
    let values: Vec<_> = keyset::ordered_values(selection)
        .iter()
        .map(|value| ordered(value, log, &mut select.parameters))
        .collect();
    let offset = match &query.start {
        // No table has more rows than this.
        Start::Skip(skip) => (*skip).min(u64::from(u32::MAX) << 16),
        Start::After(key) => {
            let after = keyset::after(selection, key);
            select.require(|parameters| expression::condition(&after, log, parameters));
            0
        }
    };
    let watermark = Watermark(watermark);
    let projection = Projection::of(log, &selection.columns);
    let mut columns = projection.list();
    let mut terms = Vec::new();
    for (at, (value, criterion)) in values.iter().zip(&selection.order).enumerate() {
        let name = format!("order_{at}");
        columns.push_str(&format!(", {value} AS {name}"));
        terms.push(format!("{name} {}", term(criterion.direction)));
    }
    terms.extend([quoted(log.time), ID.to_owned()]);
    let limit = usize::try_from(query.limit.max(1)).unwrap_or(usize::MAX);
    let tail =
        format!(" ORDER BY {} LIMIT {} OFFSET {offset}", terms.join(", "), u64::from(query.limit.max(1)) + 1);
    let batches = select.batches(view.connection, &columns, &tail)?;
    let Some(first) = batches.first() else {
        return Ok(Page { rows: projection.none(), next: None, watermark });
    };
    let batch = concat_batches(&first.schema(), &batches).map_err(conversion)?;
    let rows = projection.rows(&batch)?;
    if rows.len() <= limit {
        return Ok(Page { rows, next: None, watermark });
    }
    let rows = rows.slice(0, limit);
    let (time, id) = rows.key(limit - 1);
    let next = Key { order: order_of(&batch, projection.len(), limit - 1), time, id: id.to_owned() };
    Ok(Page { rows, next: Some(next), watermark })
}

/// A value that orders rows. Each kind has one type, so that keys can be read
/// from the columns.
fn ordered(value: &Expr, log: &'static Log, parameters: &mut Parameters) -> String {
    let text = expression::value(value, log, parameters);
    match value.kind {
        Kind::Text => text,
        Kind::Number => format!("CAST({text} AS DOUBLE)"),
        Kind::Bool => format!("CAST({text} AS BOOLEAN)"),
        Kind::Int | Kind::Instant | Kind::Date | Kind::TimeOfDay => format!("CAST({text} AS BIGINT)"),
    }
}

fn term(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "ASC NULLS FIRST",
        Direction::Descending => "DESC NULLS LAST",
    }
}

/// The values by which a row is ordered; their columns start at `first`.
fn order_of(batch: &RecordBatch, first: usize, row: usize) -> Vec<OrderValue> {
    batch.columns()[first..].iter().map(|column| order_value(column, row)).collect()
}

fn order_value(column: &ArrayRef, row: usize) -> OrderValue {
    let any = column.as_any();
    if column.is_null(row) {
        OrderValue::Null
    } else if let Some(values) = any.downcast_ref::<Int64Array>() {
        OrderValue::Int(values.value(row))
    } else if let Some(values) = any.downcast_ref::<Float64Array>() {
        OrderValue::Number(values.value(row))
    } else if let Some(values) = any.downcast_ref::<BooleanArray>() {
        OrderValue::Bool(values.value(row))
    } else if let Some(values) = any.downcast_ref::<StringArray>() {
        OrderValue::Text(values.value(row).to_owned())
    } else {
        OrderValue::Null
    }
}
