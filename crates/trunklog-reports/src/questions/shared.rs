//! What questions have in common: rows by bucket and dimension, beside those of an
//! earlier time, and what an answer says of itself.

use std::collections::{BTreeMap, BTreeSet};

use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_store::{ReportValue, Watermark};

use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::calendar::local_text;
use crate::cubes::direction_of;
use crate::kpi::{self, Definition, Unit};
use crate::plan::Times;
use crate::report::{Buckets, Takes};
use crate::table::{Answer, Column, Kind, Source, Table, Value};
use crate::totals::Totals;
use crate::version::DEFINITIONS;

/// What was counted, by the number of the bucket and the values of dimensions.
pub(super) type Groups<T> = BTreeMap<(usize, Vec<ReportValue>), T>;

/// The most rows that an answer has.
const MAX_ROWS: usize = 25_000;

/// What is told, apart from what every answer says of itself.
pub(super) struct Told {
    pub(super) table: Table,
    pub(super) compared: Option<Table>,
    pub(super) source: Source,
    pub(super) commit: Watermark,
    pub(super) notes: Vec<&'static str>,
}

/// The column of a key figure.
pub(super) const fn figure(definition: &Definition) -> Column {
    Column::of(definition.key, Kind::Figure(definition.unit))
}

/// The columns of some key figures.
pub(super) fn figures(keys: &[&str]) -> Vec<Column> {
    keys.iter().filter_map(|key| kpi::definition(key)).map(figure).collect()
}

/// What a key figure comes to.
pub(super) fn figure_value(unit: Unit, told: kpi::Value) -> Value {
    match unit {
        Unit::Ratio | Unit::Seconds => Value::Ratio { value: told.value, n: told.n },
        Unit::Calls | Unit::Channels => Value::maybe_int(told.value.map(whole)),
        Unit::Minutes | Unit::Erlangs => Value::maybe_number(told.value),
    }
}

/// A number that counts something, and so is whole.
#[allow(clippy::cast_possible_truncation)]
fn whole(number: f64) -> i64 {
    number.round() as i64
}

/// What a dimension's value is.
pub(super) fn dimension_value(dimension: Dimension, value: &ReportValue) -> Value {
    match (dimension, value) {
        (Dimension::Direction, ReportValue::Int(key)) => direction_word(*key),
        (Dimension::Direction, _) => direction_word(trunklog_store::cube::NO_KEY),
        (_, ReportValue::Text(text)) => Value::text(text),
        (_, _) => Value::Null,
    }
}

/// The word for what the key `direction` of cubes is.
pub(super) fn direction_word(key: i64) -> Value {
    use trunklog_records::call_types::Direction;
    let (key, name) = match direction_of(key) {
        Some(Direction::Inbound) => ("inbound", "direction-inbound"),
        Some(Direction::Outbound) => ("outbound", "direction-outbound"),
        None => ("unknown", "direction-unknown"),
    };
    Value::Word { key, name }
}

/// All columns of a report that has rows by bucket and dimension: those that say
/// what rows are about, and then what is counted.
pub(super) fn columns(takes: &Takes, counted: Vec<Column>) -> Vec<Column> {
    let mut columns = match takes.buckets {
        Buckets::None => Vec::new(),
        Buckets::Asked => START.map(Column::when_asked).to_vec(),
        Buckets::Always(_) => START.to_vec(),
    };
    let dimensions = Dimension::ALL.into_iter().filter(|dimension| takes.by.contains(dimension));
    columns.extend(dimensions.map(dimension_column));
    columns.extend(counted);
    columns
}

/// When a bucket starts.
const START: [Column; 2] = [Column::key("start", Kind::Moment), Column::key("startLocal", Kind::Text)];

/// How many different users there were, where they are asked for.
pub(super) const USERS: Column = Column::of("users", Kind::Count).when_asked();

/// The column of a dimension.
pub(super) fn dimension_column(dimension: Dimension) -> Column {
    let kind = if dimension == Dimension::Direction { Kind::Word } else { Kind::Text };
    match dimension {
        // Charges are never told without it.
        Dimension::Currency => Column::key(dimension.key(), kind),
        _ => Column::optional(dimension.key(), kind),
    }
}

/// Rows for each bucket and each value of the dimensions that has any in either
/// time, and beside them those of the earlier time. What has none is told as
/// nothing, so that who fell silent is seen.
///
/// `tell` has a value for each of the columns `counted`, from what was counted in a
/// range.
///
/// # Errors
/// When there are too many rows.
pub(super) fn tables<T: Default>(
    takes: &Takes,
    times: &Times,
    by: &[Dimension],
    counted: Vec<Column>,
    now: &Groups<T>,
    before: Option<&Groups<T>>,
    tell: impl Fn(&T, TimeRange) -> Vec<Value>,
) -> Result<(Table, Option<Table>), ReportError> {
    let keys = now.keys().chain(before.into_iter().flat_map(BTreeMap::keys));
    let mut values: BTreeSet<&[ReportValue]> = keys.map(|(_, by)| by.as_slice()).collect();
    if by.is_empty() {
        values.insert(&[]);
    }
    if times.len().saturating_mul(values.len()) > MAX_ROWS {
        let problem = format!("the answer has more than {MAX_ROWS} rows");
        return Err(ReportError::asked(
            "range",
            problem,
            "take longer buckets, a shorter range, or a filter",
        ));
    }
    let mut columns = columns(takes, counted);
    columns.retain(|column| match column.key {
        "start" | "startLocal" => times.bucket.is_some(),
        key => Dimension::by_key(key).is_none_or(|dimension| by.contains(&dimension)),
    });
    let mut table = Table::new(columns);
    let mut compared = before.map(|_| Table::new(table.columns.clone()));
    let (none, whole) = (T::default(), times.now.range());
    for bucket in 0..times.len() {
        let range = times.now.bucket(bucket).unwrap_or(whole);
        for values in &values {
            let group = now.get(&(bucket, values.to_vec())).unwrap_or(&none);
            let mut row = key_values(times, by, Some(range.from()), values);
            row.extend(tell(group, range));
            table.rows.push(row);
            let (Some(before), Some(compared), Some(earlier)) = (before, &mut compared, &times.earlier)
            else {
                continue;
            };
            let place = earlier.places.get(bucket).copied().flatten();
            compared.rows.push(match place {
                None => {
                    let mut row = key_values(times, by, None, values);
                    row.resize(compared.columns.len(), Value::Null);
                    row
                }
                Some(place) => {
                    let range = earlier.window.bucket(place).unwrap_or(earlier.window.range());
                    let group = before.get(&(place, values.to_vec())).unwrap_or(&none);
                    let mut row = key_values(times, by, Some(range.from()), values);
                    row.extend(tell(group, range));
                    row
                }
            });
        }
    }
    Ok((table, compared))
}

/// The values of a row's keys.
fn key_values(times: &Times, by: &[Dimension], start: Option<Instant>, values: &[ReportValue]) -> Vec<Value> {
    let mut row = Vec::new();
    if times.bucket.is_some() {
        row.push(Value::maybe_instant(start));
        row.push(Value::maybe_text(start.map(|start| local_text(&times.zone, start))));
    }
    // In the order of the columns, whatever was asked for first.
    for dimension in Dimension::ALL {
        let at = by.iter().position(|asked| *asked == dimension);
        if let Some(value) = at.and_then(|at| values.get(at)) {
            row.push(dimension_value(dimension, value));
        }
    }
    row
}

/// Seconds as minutes.
#[allow(clippy::cast_precision_loss)]
pub(super) fn minutes(secs: i64) -> Value {
    Value::Number(secs as f64 / 60.0)
}

/// The answer to a question.
pub(super) fn answer(report: &'static str, ask: &Ask, times: &Times, by: &[Dimension], told: Told) -> Answer {
    Answer {
        report,
        definitions: DEFINITIONS,
        zone: ask.zone.clone(),
        range: times.now.range(),
        bucket: times.bucket,
        by: by.to_vec(),
        filter: ask.filter.text().map(str::to_owned),
        comparison: times.comparison(),
        commit: told.commit,
        complete_until: ask.complete_until,
        source: told.source,
        notes: told.notes,
        table: told.table,
        compared: told.compared,
    }
}

/// What some key figures of calls come to.
pub(super) fn figure_values(keys: &[&str], totals: &Totals) -> Vec<Value> {
    let of = |key: &&str| kpi::KPIS.iter().find(|kpi| kpi.definition.key == *key);
    keys.iter().filter_map(of).map(|kpi| figure_value(kpi.definition.unit, kpi.of(totals))).collect()
}
