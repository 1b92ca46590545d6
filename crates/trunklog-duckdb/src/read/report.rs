//! Reports as SQL.

use arrow::array::{
    Array, ArrayRef, BooleanArray, Int32Array, Int64Array, MapArray, RecordBatch, StringArray, UInt16Array,
    UInt64Array,
};
use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;
use trunklog_records::{Log, TenantId};
use trunklog_store::{
    Aggregate, Group, GroupRow, MAX_GROUPS, Measure, Operand, Report, ReportQuery, ReportValue, Watermark,
    too_many_groups,
};

use crate::error::{conversion, refusal};
use crate::expression::{self, BIN};
use crate::instance::Instance;
use crate::sql::{Parameters, quoted};
use crate::view::{self, View};

/// Buckets are found by looking into a list when they are made of at most so
/// many parts of one width.
const MOST_PARTS: i64 = 50_000;

/// Answers a report.
pub(crate) fn report(instance: &Instance, id: TenantId, query: &ReportQuery) -> duckdb::Result<Report> {
    let found = view::read(instance, id, query.selection.log, |view| of_view(view, query))?;
    if let Some(report) = found {
        Ok(report)
    } else {
        let watermark = query.watermark.unwrap_or(Watermark(instance.head(id)?));
        let mut groups = Vec::new();
        if query.groups.is_empty() {
            let measures = query.measures.iter().map(|measure| of_nothing(measure, query.selection.log));
            groups.push(GroupRow { by: Vec::new(), measures: measures.collect() });
        }
        Ok(Report { groups, watermark })
    }
}

/// What a measure tells of no rows.
fn of_nothing(measure: &Measure, log: &Log) -> ReportValue {
    match measure.of {
        Aggregate::Sum(of) if is_decimal(of, log) => ReportValue::Text("0.00".to_owned()),
        Aggregate::Rows | Aggregate::Distinct(_) | Aggregate::Sum(_) => ReportValue::Int(0),
        Aggregate::Smallest(_) | Aggregate::Largest(_) => ReportValue::Null,
        Aggregate::Bins(_) => ReportValue::Bins(Vec::new()),
    }
}

fn is_decimal(of: Operand, log: &Log) -> bool {
    matches!(of, Operand::Property(at) if log.properties[at].edm == EdmType::Decimal)
}

fn of_view(view: &View<'_>, query: &ReportQuery) -> duckdb::Result<Report> {
    let log = query.selection.log;
    let watermark = view.watermark(query.watermark)?;
    let mut select = view.select_all(&query.selection, Some(watermark));
    select.is_rare();
    let mut columns = Vec::new();
    for (at, group) in query.groups.iter().enumerate() {
        columns.push(format!("{} AS g{at}", group_by(group, log)));
    }
    for (at, measure) in query.measures.iter().enumerate() {
        columns.push(format!("{} AS m{at}", measured(measure, log, &mut select.parameters)));
    }
    if columns.is_empty() {
        columns.push("count(*) AS rows".to_owned());
    }
    let names: Vec<_> = (0..query.groups.len()).map(|at| format!("g{at}")).collect();
    let tail = if names.is_empty() {
        String::new()
    } else {
        let list = names.join(", ");
        let order: Vec<_> = names.iter().map(|name| format!("{name} NULLS FIRST")).collect();
        format!(" GROUP BY {list} ORDER BY {} LIMIT {}", order.join(", "), MAX_GROUPS + 1)
    };
    let mut groups = Vec::new();
    for batch in select.batches(view.connection, &columns.join(", "), &tail)? {
        for row in 0..batch.num_rows() {
            groups.push(group_row(&batch, row, query)?);
        }
    }
    if groups.len() > MAX_GROUPS {
        return Err(refusal(too_many_groups()));
    }
    Ok(Report { groups, watermark: Watermark(watermark) })
}

fn group_row(batch: &RecordBatch, row: usize, query: &ReportQuery) -> duckdb::Result<GroupRow> {
    let value = |at: usize| value(batch.column(at), row);
    let by = (0..query.groups.len()).map(value).collect::<duckdb::Result<_>>()?;
    let first = query.groups.len();
    let measures = (0..query.measures.len())
        .map(|at| {
            let value = value(first + at)?;
            // No bin at all is a null in SQL.
            let is_bins = matches!(query.measures[at].of, Aggregate::Bins(_));
            Ok(if is_bins && value == ReportValue::Null { ReportValue::Bins(Vec::new()) } else { value })
        })
        .collect::<duckdb::Result<_>>()?;
    Ok(GroupRow { by, measures })
}

/// What a group's rows share, as SQL.
fn group_by(group: &Group, log: &Log) -> String {
    let name = |at: usize| quoted(log.properties[at].name);
    match group {
        Group::Property(at) if log.properties[*at].edm == EdmType::Int32 => {
            format!("CAST({} AS BIGINT)", name(*at))
        }
        Group::Property(at) => name(*at),
        Group::Prefix { property, chars } => format!("left({}, {chars})", name(*property)),
        Group::Buckets { property, edges } => bucket(&name(*property), edges),
    }
}

/// The number of the bucket that holds an instant; null where none does.
pub(crate) fn bucket(time: &str, edges: &[Instant]) -> String {
    let (first, last) = (edges[0].ticks(), edges[edges.len() - 1].ticks());
    let inside = format!("{time} >= {first} AND {time} < {last}");
    let width = edges.windows(2).fold(0, |width, pair| divisor(width, pair[1].ticks() - pair[0].ticks()));
    let parts = (last - first) / width.max(1);
    let part = format!("(({time} - {first}) // {width})");
    let number = if edges.windows(2).all(|pair| pair[1].ticks() - pair[0].ticks() == width) {
        part
    } else if parts <= MOST_PARTS {
        let mut numbers = Vec::new();
        for (number, pair) in edges.windows(2).enumerate() {
            let parts = (pair[1].ticks() - pair[0].ticks()) / width;
            numbers.extend((0..parts).map(|_| number.to_string()));
        }
        format!("CAST(list_extract([{}], {part} + 1) AS BIGINT)", numbers.join(", "))
    } else {
        let edges: Vec<_> = edges[1..].iter().map(|edge| edge.ticks().to_string()).collect();
        // The edges that are not after it.
        format!("CAST(len(list_filter([{}]::BIGINT[], edge -> edge <= {time})) AS BIGINT)", edges.join(", "))
    };
    format!("CASE WHEN {inside} THEN {number} END")
}

/// The greatest common divisor.
fn divisor(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// A measure as SQL.
fn measured(measure: &Measure, log: &'static Log, parameters: &mut Parameters) -> String {
    let when = measure.when.as_ref().map(|when| expression::condition(when, log, parameters));
    let filter = |more: Option<String>| {
        let conditions: Vec<_> = when.iter().cloned().chain(more).collect();
        if conditions.is_empty() {
            return String::new();
        }
        format!(" FILTER (WHERE {})", conditions.join(" AND "))
    };
    let operand = |of: Operand| operand(of, log);
    match measure.of {
        Aggregate::Rows => format!("count(*){}", filter(None)),
        Aggregate::Distinct(at) => {
            format!("count(DISTINCT {}){}", quoted(log.properties[at].name), filter(None))
        }
        Aggregate::Sum(of) if is_decimal(of, log) => {
            // Eighteen digits before the point leave the sum of ten thousand
            // million rows room in a decimal of 38 digits. Ten digits stand
            // after it, of which the last eight are needless when they are
            // zeros.
            let sum = format!("sum(TRY_CAST({} AS DECIMAL(28, 10))){}", operand(of), filter(None));
            format!("regexp_replace(CAST(coalesce({sum}, 0) AS VARCHAR), '0{{1,8}}$', '')")
        }
        Aggregate::Sum(of) => {
            // What does not fit is held at the limit, as the fold does.
            let sum = format!("coalesce(sum({}){}, 0)", operand(of), filter(None));
            format!("CAST(least(greatest({sum}, {}), {}) AS BIGINT)", i64::MIN, i64::MAX)
        }
        Aggregate::Smallest(of) => format!("min({}){}", operand(of), filter(None)),
        Aggregate::Largest(of) => format!("max({}){}", operand(of), filter(None)),
        Aggregate::Bins(of) => {
            let of = operand(of);
            format!("histogram({BIN}({of})){}", filter(Some(format!("{of} >= 0"))))
        }
    }
}

/// A value of a row as SQL; whole numbers are `BIGINT`.
fn operand(of: Operand, log: &Log) -> String {
    let name = |at: usize| quoted(log.properties[at].name);
    match of {
        Operand::Property(at) if log.properties[at].edm == EdmType::Int32 => {
            format!("CAST({} AS BIGINT)", name(at))
        }
        Operand::Property(at) => name(at),
        Operand::Millis { from, to } => {
            let instant = |at| format!("nullif({}, {})", name(at), Instant::ABSENT.ticks());
            // Division rounds toward zero in SQL, and down here.
            let ticks = format!("({} - {})", instant(to), instant(from));
            format!("(({ticks} - (({ticks} % 10000) + 10000) % 10000) // 10000)")
        }
    }
}

pub(crate) fn value(column: &ArrayRef, row: usize) -> duckdb::Result<ReportValue> {
    let any = column.as_any();
    Ok(if column.is_null(row) {
        ReportValue::Null
    } else if let Some(values) = any.downcast_ref::<Int64Array>() {
        ReportValue::Int(values.value(row))
    } else if let Some(values) = any.downcast_ref::<StringArray>() {
        ReportValue::Text(values.value(row).to_owned())
    } else if let Some(values) = any.downcast_ref::<BooleanArray>() {
        ReportValue::Bool(values.value(row))
    } else if let Some(values) = any.downcast_ref::<Int32Array>() {
        ReportValue::Int(i64::from(values.value(row)))
    } else if let Some(values) = any.downcast_ref::<MapArray>() {
        let entries = values.value(row);
        let keys = entries.column(0).as_any().downcast_ref::<UInt16Array>();
        let counts = entries.column(1).as_any().downcast_ref::<UInt64Array>();
        let (Some(keys), Some(counts)) = (keys, counts) else { return Err(unexpected(column)) };
        let mut bins: Vec<_> = keys.values().iter().copied().zip(counts.values().iter().copied()).collect();
        bins.sort_unstable();
        ReportValue::Bins(bins)
    } else {
        return Err(unexpected(column));
    })
}

fn unexpected(column: &ArrayRef) -> duckdb::Error {
    conversion(std::io::Error::other(format!("a report has no values of type {}", column.data_type())))
}
