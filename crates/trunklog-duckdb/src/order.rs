//! Pages in an order that a client asked for, and pages of computed logs.
//!
//! There is no index for such an order, so each page reads the whole range and
//! keeps its first rows. A page begins behind the last row of the one before,
//! whose values the walk's key carries.

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::concat_batches;
use duckdb::Connection;
use trunklog_odata::expr::{Direction, Kind, ORDERED_CHARS, OrderBy};
use trunklog_records::Log;
use trunklog_records::schema::ID;
use trunklog_store::{Key, OrderValue, Page, PageQuery, Start};

use crate::append::conversion;
use crate::expression;
use crate::select::Projection;
use crate::source::Source;
use crate::sql::{Parameters, quoted};

/// Reads one page.
pub(crate) fn page(connection: &Connection, source: &Source, query: &PageQuery) -> duckdb::Result<Page> {
    let selection = &query.selection;
    let log = selection.log;
    let watermark = query.watermark.unwrap_or_else(|| source.newest());
    let mut select = source.select(selection, watermark);
    let criteria: Vec<_> =
        selection.order.iter().map(|by| Criterion::new(by, log, &mut select.parameters)).collect();
    let offset = match &query.start {
        // No table has more rows than this.
        Start::Skip(skip) => (*skip).min(u64::from(u32::MAX) << 16),
        Start::After(key) => {
            select.require(|parameters| behind(&criteria, key, log, parameters));
            0
        }
    };
    let projection = Projection::of(log, &selection.columns);
    let mut columns = projection.list();
    let mut terms = Vec::new();
    for (at, criterion) in criteria.iter().enumerate() {
        let name = format!("order_{at}");
        columns.push_str(&format!(", {} AS {name}", criterion.value));
        terms.push(format!("{name} {}", criterion.term()));
    }
    terms.extend([quoted(log.time), ID.to_owned()]);
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let tail = format!(" ORDER BY {} LIMIT {} OFFSET {offset}", terms.join(", "), u64::from(query.limit) + 1);
    let batches = select.batches(connection, &columns, &tail)?;
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

/// What rows are ordered by.
struct Criterion {
    /// The value as SQL.
    value: String,
    kind: Kind,
    direction: Direction,
}

impl Criterion {
    fn new(by: &OrderBy, log: &'static Log, parameters: &mut Parameters) -> Criterion {
        let value = expression::value(&by.by, log, parameters);
        // Each kind has one type, so that keys can be read from the columns.
        let value = match by.by.kind {
            Kind::Text => format!("left({value}, {ORDERED_CHARS})"),
            Kind::Number => format!("CAST({value} AS DOUBLE)"),
            Kind::Bool => format!("CAST({value} AS BOOLEAN)"),
            Kind::Int | Kind::Instant | Kind::Date | Kind::TimeOfDay => format!("CAST({value} AS BIGINT)"),
        };
        Criterion { value, kind: by.by.kind, direction: by.direction }
    }

    fn term(&self) -> &'static str {
        match self.direction {
            Direction::Ascending => "ASC NULLS FIRST",
            Direction::Descending => "DESC NULLS LAST",
        }
    }

    /// The condition that a row lies behind a value, or has the same and
    /// satisfies `rest`.
    fn behind(&self, value: &OrderValue, rest: &str, parameters: &mut Parameters) -> String {
        let of = &self.value;
        match (self.bound(value, parameters), self.direction) {
            (None, Direction::Ascending) => format!("({of} IS NOT NULL OR {rest})"),
            (None, Direction::Descending) => format!("({of} IS NULL AND {rest})"),
            (Some(value), Direction::Ascending) => format!("({of} > {value} OR ({of} = {value} AND {rest}))"),
            (Some(value), Direction::Descending) => {
                format!("({of} < {value} OR {of} IS NULL OR ({of} = {value} AND {rest}))")
            }
        }
    }

    /// A key's value as SQL; None for null, and for one of another kind, which
    /// only a token that was changed can have.
    fn bound(&self, value: &OrderValue, parameters: &mut Parameters) -> Option<String> {
        match (self.kind, value) {
            (Kind::Text, OrderValue::Text(text)) => Some(parameters.bind(text.clone())),
            (Kind::Bool, OrderValue::Bool(value)) => Some(parameters.bind(*value)),
            (Kind::Number, OrderValue::Number(number)) => Some(parameters.bind(*number)),
            (Kind::Number, OrderValue::Int(number)) => {
                Some(format!("CAST({} AS DOUBLE)", parameters.bind(*number)))
            }
            (Kind::Int | Kind::Instant | Kind::Date | Kind::TimeOfDay, OrderValue::Int(number)) => {
                Some(parameters.bind(*number))
            }
            _ => None,
        }
    }
}

/// The condition that a row lies behind a key.
fn behind(criteria: &[Criterion], key: &Key, log: &Log, parameters: &mut Parameters) -> String {
    let time = quoted(log.time);
    let (key_time, key_id) = (parameters.bind(key.time.ticks()), parameters.bind(key.id.clone()));
    let last = format!("({time} > {key_time} OR ({time} = {key_time} AND {ID} > {key_id}))");
    // A key that lacks values was changed, too.
    let null = OrderValue::Null;
    let values = key.order.iter().chain(std::iter::repeat(&null));
    let pairs: Vec<_> = criteria.iter().zip(values).collect();
    pairs.into_iter().rev().fold(last, |rest, (criterion, value)| criterion.behind(value, &rest, parameters))
}

/// The values by which a row is ordered; their columns begin at `first`.
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

#[cfg(test)]
mod tests {
    use trunklog_odata::Instant;
    use trunklog_odata::expr::{Expr, Node};
    use trunklog_records::schema::DIRECT_ROUTING_CALLS;

    use super::*;

    fn by(name: &str, kind: Kind, direction: Direction) -> OrderBy {
        let at = DIRECT_ROUTING_CALLS.index_of(name).unwrap();
        OrderBy { by: Expr::new(kind, Node::Property(at)), direction }
    }

    fn written(order: &[OrderBy], values: Vec<OrderValue>) -> String {
        let log = &DIRECT_ROUTING_CALLS;
        let mut parameters = Parameters::default();
        let criteria: Vec<_> = order.iter().map(|by| Criterion::new(by, log, &mut parameters)).collect();
        let key = Key { order: values, time: Instant::ABSENT, id: String::new() };
        behind(&criteria, &key, log, &mut parameters)
    }

    #[test]
    fn a_key_is_a_nested_condition() {
        let order = [
            by("duration", Kind::Int, Direction::Descending),
            by("callerNumber", Kind::Text, Direction::Ascending),
        ];
        let (duration, caller) = ("CAST(\"duration\" AS BIGINT)", "left(\"callerNumber\", 128)");
        let last = "(\"startDateTime\" > CAST($1 AS BIGINT) OR (\"startDateTime\" = CAST($1 AS BIGINT) AND id > CAST($2 AS VARCHAR)))";
        assert_eq!(
            written(&order, vec![OrderValue::Int(5), OrderValue::Null]),
            format!(
                "({duration} < CAST($3 AS BIGINT) OR {duration} IS NULL OR ({duration} = CAST($3 AS BIGINT) AND \
                 ({caller} IS NOT NULL OR {last})))"
            )
        );
    }

    #[test]
    fn values_of_another_kind_count_as_null() {
        let order = [by("duration", Kind::Int, Direction::Descending)];
        let null = written(&order, vec![OrderValue::Null]);
        assert!(null.starts_with("(CAST(\"duration\" AS BIGINT) IS NULL AND "), "{null}");
        assert_eq!(written(&order, vec![OrderValue::Text("5".to_owned())]), null);
        assert_eq!(written(&order, Vec::new()), null);
    }
}
