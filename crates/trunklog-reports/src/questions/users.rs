//! What each user did.

mod newest;

use std::collections::BTreeMap;

use trunklog_store::Store;

use super::figures;
use super::groups::{Counted, Ranked, count, filled, ranked};
use super::shared::{Told, figure_values, figures as figure_columns};
use crate::ReportError;
use crate::ask::Ask;
use crate::calendar::local_date;
use crate::cubes::users;
use crate::plan::BY_USER;
use crate::report::{Level, Report, Takes};
use crate::table::{Answer, Column, Kind, Table, Value};
use crate::totals::Totals;

/// Users with any row, those with the most first.
pub(crate) static USERS: Report = Report {
    key: "users",
    level: Level::Personal,
    takes: Takes { filter: true, top: Some(TOP), ..Takes::NOTHING },
    columns,
    run,
};

const TOP: usize = 50;

/// Key figures that are told.
const FIGURES: [&str; 4] = ["attempts", "answered", "missed", "minutes"];

fn columns() -> Vec<Column> {
    let mut columns = vec![
        Column::key("user", Kind::Text),
        Column::key("displayName", Kind::Text),
        Column::key("userPrincipalName", Kind::Text),
    ];
    columns.extend(figure_columns(&FIGURES));
    columns.push(Column::of("lastDay", Kind::Date));
    columns
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let Counted { now, commit, source, .. } = count(store, ask, &[BY_USER], &[], &["user"])?;
    let mut totals = BTreeMap::<String, Totals>::new();
    for group in now {
        // What no user did is nobody's.
        let Some(user) = group.keys.first().and_then(filled) else { continue };
        totals.entry(user.to_owned()).or_default().add(&totals_of(&group.sums));
    }
    let rows = ranked(totals, None, ask.top.or(Some(TOP)), |totals| totals.rows);
    let of_table = rows.iter().map(|row| row.key.clone()).collect();
    let mut newest = newest::rows(store, ask, of_table, commit)?;
    let mut table = Table::new(columns());
    for Ranked { key, now, .. } in rows {
        let newest = newest.remove(&key).unwrap_or_default();
        let mut row = vec![
            Value::text(key),
            Value::maybe_text(newest.display_name),
            Value::maybe_text(newest.principal_name),
        ];
        row.extend(figure_values(&FIGURES, &now));
        row.push(Value::maybe_text(newest.time.map(|time| local_date(&ask.zone, time))));
        table.rows.push(row);
    }
    figures::answer(ask, USERS.key, Told { table, compared: None, source, commit, notes: Vec::new() })
}

/// What the sums of a user tell.
fn totals_of(sums: &[i64]) -> Totals {
    Totals {
        rows: sums[users::ROWS],
        answered: sums[users::ANSWERED],
        missed: sums[users::MISSED],
        duration_s: sums[users::DURATION_S],
        ..Totals::default()
    }
}

#[cfg(test)]
mod tests;
