//! The rows of a computed log, summed up in the plainest way.

use std::collections::BTreeMap;

use trunklog_odata::Instant;
use trunklog_records::Log;
use trunklog_records::schema::{Measure, Summary};
use trunklog_store::evaluate::{Cell, Place};

/// The rows of a source that a summary selects.
pub(super) struct SourceRows<'a> {
    log: &'static Log,
    summary: &'static Summary,
    rows: Vec<(&'a Place, &'a [Cell])>,
}

impl<'a> SourceRows<'a> {
    /// Selects of the source's rows in a range those that `log` sums up.
    pub(super) fn of(
        log: &'static Log,
        summary: &'static Summary,
        source: impl Iterator<Item = (&'a Place, &'a [Cell])>,
    ) -> SourceRows<'a> {
        let selected_by = there(summary, summary.selected_by);
        let is_selected =
            |cells: &[Cell]| text(&cells[selected_by]).is_some_and(|value| summary.selected.contains(&value));
        SourceRows { log, summary, rows: source.filter(|(_, cells)| is_selected(cells)).collect() }
    }

    /// The rows that the log has for a range that starts at `from`.
    pub(super) fn summarized(&self, from: Instant) -> BTreeMap<Place, Vec<Cell>> {
        let (log, summary) = (self.log, self.summary);
        let there = |property| there(summary, property);
        let here = |property| log.index_of(property).expect("a summary names properties of its log");
        let mut groups: BTreeMap<Vec<Option<&str>>, Vec<&[Cell]>> = BTreeMap::new();
        for &(_, cells) in &self.rows {
            let value = |property| text(&cells[there(property)]).filter(|value| !value.is_empty());
            let group = summary.groups.iter().map(|&(_, property)| value(property)).collect();
            groups.entry(group).or_default().push(cells);
        }
        let row = |(group, rows): (Vec<Option<&str>>, Vec<&[Cell]>)| {
            let id = group.iter().map(|value| value.unwrap_or_default()).collect::<Vec<_>>().join("\u{1f}");
            let mut cells = vec![Cell::Null; log.properties.len() + 1];
            cells[log.time_index()] = Cell::Ticks(from.ticks());
            cells[log.id_index()] = Cell::Text(id.clone());
            for (&(property, _), value) in summary.groups.iter().zip(group) {
                cells[here(property)] = value.map_or(Cell::Null, |value| Cell::Text(value.to_owned()));
            }
            for &(property, measure) in summary.measures {
                let column = |property| rows.iter().map(move |cells| &cells[there(property)]);
                cells[here(property)] = match measure {
                    Measure::Rows => Cell::Int(i32::try_from(rows.len()).unwrap_or(i32::MAX)),
                    Measure::Sum(of) => sum(column(of)),
                    Measure::DecimalSum(of) => Cell::Text(decimal_sum(column(of).filter_map(text))),
                    Measure::Largest(of) => {
                        let largest = column(of).filter_map(text).max();
                        largest.map_or(Cell::Null, |text| Cell::Text(text.to_owned()))
                    }
                };
            }
            (Place { time: from, id }, cells)
        };
        groups.into_iter().map(row).collect()
    }

    /// Whether they take the place of a stored row of the log: one of them
    /// is in the period that it sums up.
    pub(super) fn replace(&self, stored: &Place, cells: &[Cell]) -> bool {
        let end = match self.log.period_end_index().map(|at| &cells[at]) {
            Some(Cell::Ticks(end)) => *end,
            _ => i64::MAX,
        };
        self.rows.iter().any(|(row, _)| row.time >= stored.time && row.time.ticks() < end)
    }
}

fn there(summary: &Summary, property: &str) -> usize {
    summary.of.index_of(property).expect("a summary names properties of its source")
}

fn text(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Text(text) => Some(text),
        _ => None,
    }
}

fn sum<'a>(cells: impl Iterator<Item = &'a Cell>) -> Cell {
    let sum: i64 = cells
        .map(|cell| match cell {
            Cell::Int(value) => i64::from(*value),
            _ => 0,
        })
        .sum();
    let within = sum.clamp(i64::from(i32::MIN), i64::from(i32::MAX));
    Cell::Int(i32::try_from(within).expect("it was brought within 32 bits"))
}

/// The exact sum, with two digits after the point or as many more as it needs.
fn decimal_sum<'a>(decimals: impl Iterator<Item = &'a str>) -> String {
    const FITS: &str = "the cases' sums have fewer than 38 digits";
    let parts: Vec<(&str, &str)> =
        decimals.map(|digits| digits.split_once('.').unwrap_or((digits, ""))).collect();
    let scale = parts.iter().map(|(_, fraction)| fraction.len()).fold(2, usize::max);
    let sum = parts.iter().fold(0_i128, |sum, (whole, fraction)| {
        let units: i128 = format!("{whole}{fraction:0<scale$}").parse().expect(FITS);
        sum.checked_add(units).expect(FITS)
    });
    let digits = format!("{:0>width$}", sum.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let needed = fraction.trim_end_matches('0').len().max(2);
    format!("{}{whole}.{}", if sum < 0 { "-" } else { "" }, &fraction[..needed])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_summed_up_exactly() {
        for (decimals, sum) in [
            (&[][..], "0.00"),
            (&["0.1", "0.2"], "0.30"),
            (&["1", "2.5"], "3.50"),
            (&["0.005", "0.005"], "0.01"),
            (&["0.005", "0.0051"], "0.0101"),
            (&["-1.5", "0.25"], "-1.25"),
            (&["-0.5", "0.5"], "0.00"),
            (&["12345678901234567890.12", "0.01"], "12345678901234567890.13"),
            (&["10", "20.00"], "30.00"),
        ] {
            assert_eq!(decimal_sum(decimals.iter().copied()), sum, "{decimals:?}");
        }
    }
}
