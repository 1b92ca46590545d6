//! What calls out of meetings cost, by organiser: as the log of dial-out tells it, which
//! is computed from calls.

use std::cmp::Reverse;

use trunklog_records::schema::PSTN_ONLINE_MEETING_DIALOUT as LOG;
use trunklog_records::{Cell, Rows};
use trunklog_store::{Decimal, Selection, Store};

use super::figures;
use super::scan::scan_rows;
use super::shared::{Told, minutes};
use crate::ReportError;
use crate::ask::Ask;
use crate::kpi::Unit;
use crate::plan::no_filter;
use crate::report::{Level, Report, Takes};
use crate::table::{Answer, Column, Kind, Source, Table, Value};

/// Dial-out by organiser, location, destination and currency.
pub(crate) static DIAL_OUT: Report = Report {
    key: "dialOut",
    log: &LOG,
    level: Level::Personal,
    takes: Takes { filter: true, top: Some(TOP), ..Takes::NOTHING },
    columns,
    run,
};

const TOP: usize = 100;

/// The texts of a row, in the order of columns.
const TEXTS: [&str; 6] =
    ["userId", "userDisplayName", "userPrincipalName", "usageLocation", "destinationContext", "currency"];

fn columns() -> Vec<Column> {
    let mut columns = TEXTS.map(|key| Column::key(key, Kind::Text)).to_vec();
    columns.extend([
        Column::of("totalCalls", Kind::Count),
        Column::of("totalMinutes", Kind::Figure(Unit::Minutes)),
        Column::of("totalCharge", Kind::Money),
    ]);
    columns
}

/// A row of the log.
struct Row {
    texts: [Option<String>; TEXTS.len()],
    calls: i64,
    secs: i64,
    charge: Decimal,
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let commit = store.newest()?;
    let filter = ask.filter.expr().map_err(no_filter)?;
    let mut found = Vec::new();
    // It is computed, and never larger than a store makes at once.
    let selection = Selection { filter, ..Selection::all(&LOG, ask.range) };
    let rows_read = scan_rows(store, selection, commit, &mut |rows| {
        found.extend((0..rows.len()).map(|row| Row::of(rows, row)));
        Ok(())
    })?;
    // Those of most calls first; nobody can compare charges across currencies.
    found.sort_by(|a, b| (Reverse(a.calls), &a.texts).cmp(&(Reverse(b.calls), &b.texts)));
    found.truncate(ask.top.unwrap_or(TOP));
    let mut table = Table::new(columns());
    table.rows.extend(found.into_iter().map(Row::told));
    let source = Source { from_rows: true, rows_read, ..Source::default() };
    figures::answer(ask, DIAL_OUT.key, Told { table, compared: None, source, commit, notes: Vec::new() })
}

impl Row {
    fn of(rows: &Rows, row: usize) -> Row {
        let cell = |name: &str| rows.column(LOG.index_of(name)?).value(row);
        let text = |name: &str| match cell(name)? {
            Cell::Text(text) if !text.is_empty() => Some(text.to_owned()),
            _ => None,
        };
        let int = |name: &str| match cell(name) {
            Some(Cell::Int(value)) => i64::from(value),
            _ => 0,
        };
        let charge = match cell("totalCallCharge") {
            Some(Cell::Decimal(digits)) => Decimal::of_sum(digits).unwrap_or_default(),
            _ => Decimal::default(),
        };
        Row { texts: TEXTS.map(text), calls: int("totalCalls"), secs: int("totalCallSeconds"), charge }
    }

    fn told(self) -> Vec<Value> {
        let mut values: Vec<Value> = self.texts.into_iter().map(Value::maybe_text).collect();
        values.extend([Value::Int(self.calls), minutes(self.secs), Value::Decimal(self.charge)]);
        values
    }
}

#[cfg(test)]
mod tests;
