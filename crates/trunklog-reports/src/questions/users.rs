//! What each user did.

mod newest;

use std::collections::BTreeMap;

use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::Store;

use super::figures;
use super::groups::{Counted, Ranked, count, filled, ranked};
use super::shared::{Told, figure_values, figures as figure_columns};
use crate::ReportError;
use crate::ask::Ask;
use crate::calendar::local_date;
use crate::cubes::users;
use crate::plan::{BY_USER, Group};
use crate::report::{Level, Report, Takes};
use crate::table::{Answer, Column, Kind, Table, Value};
use crate::totals::Totals;
use newest::Newest;

/// Users with any row, those with the most first.
pub(crate) static USERS: Report = Report {
    key: "users",
    log: &DIRECT_ROUTING_CALLS,
    level: Level::Personal,
    takes: Takes { filter: true, compare: true, top: Some(TOP), ..Takes::NOTHING },
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
    let Counted { now, before, commit, source } = count(store, ask, &[BY_USER], &[], &["user"])?;
    let (now, before) = (by_user(now), before.map(by_user));
    let rows = ranked(now, before, ask.top.or(Some(TOP)), |totals| totals.rows);
    // Only who has rows in a time has a newest one in it.
    let who = |has_rows: fn(&Ranked<String, Totals>) -> bool| {
        rows.iter().filter(|row| has_rows(row)).map(|row| row.key.clone()).collect()
    };
    let newest = newest::rows(store, ask, who(|row| row.now.rows > 0), commit)?;
    let earlier = match figures::earlier(ask) {
        None => BTreeMap::new(),
        Some(range) => {
            let ask = Ask { range, ..ask.clone() };
            let had_rows = |row: &Ranked<String, Totals>| row.before.as_ref().is_some_and(|of| of.rows > 0);
            newest::rows(store, &ask, who(had_rows), commit)?
        }
    };
    let (mut table, mut compared) = (Table::new(columns()), Table::new(columns()));
    let none = Newest::default();
    for Ranked { key, now, before } in &rows {
        let (of_now, of_before) = (newest.get(key).unwrap_or(&none), earlier.get(key).unwrap_or(&none));
        // Who has no row any more goes by the name of before.
        let named = if of_now.time.is_some() { of_now } else { of_before };
        let row = |totals: &Totals, last: &Newest| {
            let mut row = vec![
                Value::text(key),
                Value::maybe_text(named.display_name.as_deref()),
                Value::maybe_text(named.principal_name.as_deref()),
            ];
            row.extend(figure_values(&FIGURES, totals));
            row.push(Value::maybe_text(last.time.map(|time| local_date(&ask.zone, time))));
            row
        };
        table.rows.push(row(now, of_now));
        compared.rows.extend(before.as_ref().map(|before| row(before, of_before)));
    }
    let compared = ask.compare.map(|_| compared);
    figures::answer(ask, USERS.key, Told { table, compared, source, commit, notes: Vec::new() })
}

/// What each user did.
fn by_user(groups: Vec<Group>) -> BTreeMap<String, Totals> {
    let mut totals = BTreeMap::<String, Totals>::new();
    for group in groups {
        // What no user did is nobody's.
        let Some(user) = group.keys.first().and_then(filled) else { continue };
        totals.entry(user.to_owned()).or_default().add(&totals_of(&group.sums));
    }
    totals
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
