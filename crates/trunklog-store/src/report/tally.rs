//! How the values of a group become one.

use std::collections::{BTreeMap, HashSet};

use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;
use trunklog_records::Log;

use super::{Aggregate, Decimal, Operand, ReportValue, bin_of};
use crate::evaluate::Cell;

/// An aggregate on its way.
#[derive(Debug, Clone)]
pub(super) enum Tally {
    Rows(i64),
    Distinct { of: usize, values: HashSet<Cell> },
    Whole { of: Operand, sum: i128 },
    Decimals { of: usize, sum: Decimal },
    Smallest { of: Operand, value: ReportValue },
    Largest { of: Operand, value: ReportValue },
    Bins { of: Operand, counts: BTreeMap<u16, u64> },
}

impl Tally {
    /// An aggregate of no values.
    pub(super) fn new(of: Aggregate, log: &Log) -> Tally {
        match of {
            Aggregate::Rows => Tally::Rows(0),
            Aggregate::Distinct(at) => Tally::Distinct { of: at, values: HashSet::new() },
            Aggregate::Sum(Operand::Property(at)) if is_decimal(log, at) => {
                Tally::Decimals { of: at, sum: Decimal::default() }
            }
            Aggregate::Sum(of) => Tally::Whole { of, sum: 0 },
            Aggregate::Smallest(of) => Tally::Smallest { of, value: ReportValue::Null },
            Aggregate::Largest(of) => Tally::Largest { of, value: ReportValue::Null },
            Aggregate::Bins(of) => Tally::Bins { of, counts: BTreeMap::new() },
        }
    }

    /// Adds a row. Tells whether a value has to be kept that was not before.
    pub(super) fn add(&mut self, cells: &[Cell]) -> bool {
        match self {
            Tally::Rows(count) => *count = count.saturating_add(1),
            Tally::Distinct { of, values } => {
                return match cells.get(*of) {
                    None | Some(Cell::Null) => false,
                    Some(cell) if values.contains(cell) => false,
                    Some(cell) => values.insert(cell.clone()),
                };
            }
            Tally::Whole { of, sum } => {
                if let ReportValue::Int(value) = value(*of, cells) {
                    *sum = sum.saturating_add(i128::from(value));
                }
            }
            Tally::Decimals { of, sum } => {
                if let Some(Cell::Text(digits)) = cells.get(*of)
                    && let Some(value) = Decimal::of_value(digits)
                {
                    sum.add(value);
                }
            }
            Tally::Smallest { of, value: smallest } => {
                let value = value(*of, cells);
                if value != ReportValue::Null && (*smallest == ReportValue::Null || value < *smallest) {
                    *smallest = value;
                }
            }
            Tally::Largest { of, value: largest } => {
                // Null is smaller than all values.
                let value = value(*of, cells);
                if value > *largest {
                    *largest = value;
                }
            }
            Tally::Bins { of, counts } => {
                if let ReportValue::Int(value) = value(*of, cells)
                    && let Some(bin) = bin_of(value)
                {
                    *counts.entry(bin).or_default() += 1;
                }
            }
        }
        false
    }

    /// What the values became.
    pub(super) fn into_value(self) -> ReportValue {
        match self {
            Tally::Rows(count) => ReportValue::Int(count),
            Tally::Distinct { values, .. } => {
                ReportValue::Int(i64::try_from(values.len()).unwrap_or(i64::MAX))
            }
            Tally::Whole { sum, .. } => {
                let limit = if sum < 0 { i64::MIN } else { i64::MAX };
                ReportValue::Int(i64::try_from(sum).unwrap_or(limit))
            }
            Tally::Decimals { sum, .. } => ReportValue::Text(sum.to_string()),
            Tally::Smallest { value, .. } | Tally::Largest { value, .. } => value,
            Tally::Bins { counts, .. } => ReportValue::Bins(counts.into_iter().collect()),
        }
    }
}

/// What a report tells of a cell.
pub(super) fn told(cell: Option<&Cell>) -> ReportValue {
    match cell {
        None | Some(Cell::Null) => ReportValue::Null,
        Some(Cell::Text(text)) => ReportValue::Text(text.clone()),
        Some(Cell::Ticks(ticks)) => ReportValue::Int(*ticks),
        Some(Cell::Int(value)) => ReportValue::Int(i64::from(*value)),
        Some(Cell::Bool(value)) => ReportValue::Bool(*value),
    }
}

fn value(of: Operand, cells: &[Cell]) -> ReportValue {
    match of {
        Operand::Property(at) => told(cells.get(at)),
        Operand::Millis { from, to } => match (instant(cells.get(from)), instant(cells.get(to))) {
            (Some(from), Some(to)) => {
                ReportValue::Int(to.saturating_sub(from).div_euclid(Instant::TICKS_PER_MS))
            }
            _ => ReportValue::Null,
        },
    }
}

/// An instant that is one.
fn instant(cell: Option<&Cell>) -> Option<i64> {
    match cell {
        Some(Cell::Ticks(ticks)) if *ticks != Instant::ABSENT.ticks() => Some(*ticks),
        _ => None,
    }
}

fn is_decimal(log: &Log, at: usize) -> bool {
    log.properties.get(at).is_some_and(|property| property.edm == EdmType::Decimal)
}
