//! The computed rows: a report over the log that is summed up.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use trunklog_odata::expr::{Expr, Kind, Literal, Node};
use trunklog_records::schema::{ID, Measure, Summary};
use trunklog_records::{Log, RowBuilder, Rows, TimeRange, Value};

use crate::report::{self, Aggregate, Decimal, Group, Operand, ReportQuery, ReportValue};
use crate::{Columns, Error, ErrorKind, Result, Selection, Store, Watermark};

/// Joins the values of a group to the id of its row.
const SEPARATOR: &str = "\u{1f}";

/// The rows that a summary counts.
pub(super) fn counted(summary: &'static Summary, range: TimeRange) -> Result<Selection> {
    let selected_by = Expr::new(Kind::Text, Node::Property(index(summary.of, summary.selected_by)?));
    let values = summary.selected.iter().map(|value| Literal::Text((*value).to_owned())).collect();
    let filter = Expr::new(Kind::Bool, Node::In(Box::new(selected_by), values));
    let columns = Columns::Only(Vec::new());
    Ok(Selection { filter: Some(filter), columns, ..Selection::all(summary.of, range) })
}

/// The rows of `log` that sum up what of a range satisfies all conditions.
pub(super) fn rows(
    store: &dyn Store,
    summary: &'static Summary,
    log: &'static Log,
    range: TimeRange,
    conditions: Vec<Expr>,
    watermark: Watermark,
) -> Result<Rows> {
    let mut groups = Vec::new();
    for (_, there) in summary.groups {
        groups.push(Group::Property(index(summary.of, there)?));
    }
    let mut measures = vec![report::Measure::ROWS];
    for (_, measure) in summary.measures {
        measures.push(report::Measure::of(aggregate(summary, *measure)?));
    }
    let mut selection = counted(summary, range)?;
    if !conditions.is_empty() {
        let all = selection.filter.into_iter().chain(conditions).collect();
        selection.filter = Some(Expr::new(Kind::Bool, Node::And(all)));
    }
    let found = store.report(&ReportQuery { selection, watermark: Some(watermark), groups, measures })?;

    let mut sums: BTreeMap<Vec<Option<String>>, Vec<ReportValue>> = BTreeMap::new();
    for group in found.groups {
        let by = group.by.into_iter().map(text_of).collect();
        let mut values = group.measures.into_iter();
        if !matches!(values.next(), Some(ReportValue::Int(1..))) {
            continue;
        }
        match sums.entry(by) {
            Entry::Vacant(sum) => {
                sum.insert(values.collect());
            }
            Entry::Occupied(mut sum) => {
                let pairs = sum.get_mut().iter_mut().zip(values);
                for ((sum, value), (_, measure)) in pairs.zip(summary.measures) {
                    add(*measure, sum, value).ok_or_else(|| failed(log))?;
                }
            }
        }
    }
    let mut rows = RowBuilder::new(log);
    for (by, sums) in sums {
        push(summary, log, range, &by, sums, &mut rows)?;
    }
    Ok(rows.finish())
}

/// Adds the row of a group.
fn push(
    summary: &'static Summary,
    log: &'static Log,
    range: TimeRange,
    by: &[Option<String>],
    sums: Vec<ReportValue>,
    rows: &mut RowBuilder,
) -> Result<()> {
    let mut values: Vec<Option<Value<'_>>> = vec![None; log.properties.len()];
    let texts: Vec<&str> = by.iter().map(|value| value.as_deref().unwrap_or_default()).collect();
    values[index(log, log.time)?] = Some(Value::Instant(range.from()));
    values[index(log, ID)?] = Some(Value::Text(texts.join(SEPARATOR).into()));
    for ((here, _), value) in summary.groups.iter().zip(by) {
        values[index(log, here)?] = value.as_deref().map(|value| Value::Text(value.into()));
    }
    for ((here, _), sum) in summary.measures.iter().zip(sums) {
        values[index(log, here)?] = match sum {
            ReportValue::Int(sum) => Some(Value::Int(within_32_bits(sum))),
            ReportValue::Text(text) => Some(Value::Text(text.into())),
            ReportValue::Null | ReportValue::Bool(_) | ReportValue::Bins(_) => None,
        };
    }
    rows.push(&mut values, None).map_err(|error| failed(log).caused_by(error))
}

fn aggregate(summary: &Summary, measure: Measure) -> Result<Aggregate> {
    let of = |there| index(summary.of, there).map(Operand::Property);
    Ok(match measure {
        Measure::Rows => Aggregate::Rows,
        Measure::Sum(there) | Measure::DecimalSum(there) => Aggregate::Sum(of(there)?),
        Measure::Largest(there) => Aggregate::Largest(of(there)?),
    })
}

/// The value of a group. Null and empty would give two groups one id.
fn text_of(value: ReportValue) -> Option<String> {
    match value {
        ReportValue::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Adds what a part of a group has to what the others have; None for values
/// that no report tells of such a measure.
fn add(measure: Measure, sum: &mut ReportValue, value: ReportValue) -> Option<()> {
    match (measure, &mut *sum, value) {
        (Measure::Rows | Measure::Sum(_), ReportValue::Int(sum), ReportValue::Int(value)) => {
            *sum = sum.saturating_add(value);
        }
        (Measure::DecimalSum(_), ReportValue::Text(sum), ReportValue::Text(value)) => {
            let mut both = Decimal::of_sum(sum)?;
            both.add(Decimal::of_sum(&value)?);
            *sum = both.to_string();
        }
        (Measure::Largest(_), largest, value) => {
            if value > *largest {
                *largest = value;
            }
        }
        _ => return None,
    }
    Some(())
}

fn within_32_bits(sum: i64) -> i32 {
    i32::try_from(sum).unwrap_or(if sum < 0 { i32::MIN } else { i32::MAX })
}

/// The index of a property that a summary names.
pub(super) fn index(log: &Log, name: &str) -> Result<usize> {
    log.index_of(name).ok_or_else(|| {
        Error::new(ErrorKind::Other, format!("{} has no {name}, which its summary names", log.name))
    })
}

/// Rows of a log that could not be computed.
pub(super) fn failed(log: &Log) -> Error {
    Error::new(ErrorKind::Other, format!("rows of {} could not be computed", log.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_group_become_one() {
        let text = |text: &str| ReportValue::Text(text.to_owned());
        let int = ReportValue::Int;
        for (measure, left, right, both) in [
            (Measure::Rows, int(1), int(2), int(3)),
            (Measure::Sum("x"), int(i64::MAX), int(1), int(i64::MAX)),
            (Measure::DecimalSum("x"), text("0.105"), text("2.50"), text("2.605")),
            (
                Measure::DecimalSum("x"),
                text("9000000000000000000.00"),
                text("0.01"),
                text("9000000000000000000.01"),
            ),
            (Measure::DecimalSum("x"), text("-1.00"), text("1.00"), text("0.00")),
            (Measure::Largest("x"), ReportValue::Null, text("a"), text("a")),
            (Measure::Largest("x"), text("b"), text("a"), text("b")),
            (Measure::Largest("x"), text("b"), ReportValue::Null, text("b")),
        ] {
            let mut sum = left.clone();
            add(measure, &mut sum, right.clone()).unwrap();
            assert_eq!(sum, both, "{left:?} and {right:?}");
            let mut sum = right;
            add(measure, &mut sum, left).unwrap();
            assert_eq!(sum, both, "the other way");
        }
        for (measure, other) in [
            (Measure::Rows, ReportValue::Null),
            (Measure::DecimalSum("x"), int(1)),
            (Measure::DecimalSum("x"), text("one")),
        ] {
            assert_eq!(add(measure, &mut text("1.00"), other.clone()), None, "{other:?}");
        }
    }

    #[test]
    fn sums_stay_within_32_bits() {
        for (sum, expected) in
            [(7, 7), (1 << 40, i32::MAX), (-(1 << 40), i32::MIN), (i64::from(i32::MIN), i32::MIN)]
        {
            assert_eq!(within_32_bits(sum), expected);
        }
    }
}
