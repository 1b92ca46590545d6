//! Numbers of answers, as pages show them.

use trunklog_odata::Instant;
use trunklog_reports::kpi::Unit;
use trunklog_reports::{Answer, Column, Kind, Table, Value};

use crate::context::PageContext;
use crate::formats::{Change, NOTHING};
use crate::table::Weight;

/// A number of an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figure {
    /// None where it was taken over nothing, or is not told.
    pub(super) value: Option<f64>,
    /// Over how many rows it was taken, where that is told.
    pub(super) n: Option<i64>,
    pub(super) unit: Unit,
}

impl Figure {
    /// The number of a row.
    pub(super) fn of(table: &Table, row: usize, key: &str) -> Figure {
        let unit = table.place(key).and_then(|at| table.columns.get(at)).map_or(Unit::Calls, unit_of);
        let (value, n) = match table.value(row, key) {
            Some(Value::Int(value)) => (Some(float(*value)), None),
            Some(Value::Number(value)) => (Some(*value), None),
            Some(Value::Ratio { value, n }) => (*value, Some(*n)),
            _ => (None, None),
        };
        Figure { value, n, unit }
    }

    /// Nothing.
    pub(super) const NOTHING: Figure = Figure { value: None, n: None, unit: Unit::Calls };

    /// How the page writes it.
    pub(super) fn told(self, page: &PageContext) -> String {
        self.value.map_or_else(|| NOTHING.to_owned(), |value| page.formats.in_unit(self.unit, value))
    }

    /// How much it says. Means and counts are always told.
    pub(super) fn weight(self) -> Weight {
        let weight = self.n.map_or(Weight::Enough, Weight::of);
        if self.unit == Unit::Ratio { weight } else { weight.max(Weight::Few) }
    }

    /// Whether it is told at all.
    pub(super) fn is_told(self) -> bool {
        self.weight() > Weight::TooFew
    }

    /// How it changed since an earlier one, where both are told.
    pub(super) fn change(self, before: Figure, page: &PageContext) -> Option<Change> {
        if !self.is_told() || !before.is_told() {
            return None;
        }
        page.formats.change(self.unit, self.value?, before.value?)
    }
}

fn unit_of(column: &Column) -> Unit {
    match column.kind {
        Kind::Figure(unit) => unit,
        _ => Unit::Calls,
    }
}

/// A whole number of a row; 0 where there is none.
pub(super) fn count(table: &Table, row: usize, key: &str) -> i64 {
    match table.value(row, key) {
        Some(Value::Int(value)) => *value,
        _ => 0,
    }
}

/// A whole number of a row, or none.
pub(super) fn code(table: &Table, row: usize, key: &str) -> Option<i64> {
    match table.value(row, key) {
        Some(Value::Int(value)) => Some(*value),
        _ => None,
    }
}

/// A text of a row.
pub(super) fn text<'a>(table: &'a Table, row: usize, key: &str) -> Option<&'a str> {
    match table.value(row, key) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// A word of a row: its key, and the key of the text that names it.
pub(super) fn word(table: &Table, row: usize, key: &str) -> Option<(&'static str, &'static str)> {
    match table.value(row, key) {
        Some(Value::Word { key, name }) => Some((key, name)),
        _ => None,
    }
}

/// Whether something is said to be so; None where nobody knows.
pub(super) fn flag(table: &Table, row: usize, key: &str) -> Option<bool> {
    match table.value(row, key) {
        Some(Value::Bool(is_so)) => Some(*is_so),
        _ => None,
    }
}

/// A moment of a row.
pub(super) fn moment(table: &Table, row: usize, key: &str) -> Option<Instant> {
    match table.value(row, key) {
        Some(Value::Instant(at)) => Some(*at),
        _ => None,
    }
}

/// The number of the earlier range beside a row.
pub(super) fn before(answer: &Answer, row: usize, key: &str) -> Figure {
    answer.compared.as_ref().map_or(Figure::NOTHING, |compared| Figure::of(compared, row, key))
}

/// A whole number where fractions are shown. Above 2^53 the last digits are lost.
#[allow(clippy::cast_precision_loss)]
pub(super) fn float(number: i64) -> f64 {
    number as f64
}

/// A part of a whole; None of nothing.
pub(super) fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| float(part) / float(whole))
}

/// The least and the most of some numbers, or the one that all are told as; None of none.
pub(super) fn scale(numbers: impl Iterator<Item = f64>, told: impl Fn(f64) -> String) -> Option<String> {
    let (least, most) = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), number| {
        (least.min(number), most.max(number))
    });
    if least > most {
        return None;
    }
    let (least, most) = (told(least), told(most));
    Some(if least == most { most } else { format!("{least} – {most}") })
}
