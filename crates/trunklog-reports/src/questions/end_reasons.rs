//! Why calls ended.

use std::collections::{BTreeMap, HashMap, HashSet};

use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::{Store, Watermark, too_many_groups};

use super::figures;
use super::groups::{Ranked, count, ranked};
use super::reasons::{KEYS, Reason};
use super::scan::scan_asked;
use super::shared::{Told, figures as figure_columns};
use crate::ReportError;
use crate::ask::{Ask, Extra};
use crate::cubes::calls;
use crate::facts::Facts;
use crate::kpi::Unit;
use crate::plan::{CALLS, Group};
use crate::report::{Level, Report, Takes};
use crate::table::{Answer, Column, Kind, Source, Table, Value};

/// Rows by the codes with which calls ended, with what these mean.
pub(crate) static END_REASONS: Report = Report {
    key: "endReasons",
    log: &DIRECT_ROUTING_CALLS,
    level: Level::Aggregate,
    takes: Takes { filter: true, compare: true, top: Some(TOP), extras: &[Extra::Users], ..Takes::NOTHING },
    columns,
    run,
};

const TOP: usize = 100;

/// The most pairs of a reason and a user that are kept apart: as much as some
/// hundred megabytes hold.
const MOST_HITS: usize = 4_000_000;

/// What is told of a reason.
#[derive(Default, Clone, Copy)]
struct Ends {
    rows: i64,
    /// How many users were hit; 0 where that was not counted.
    users: i64,
}

/// What was counted.
struct Found {
    now: BTreeMap<Reason, Ends>,
    before: Option<BTreeMap<Reason, Ends>>,
    commit: Watermark,
    source: Source,
}

fn columns() -> Vec<Column> {
    let mut columns = Reason::columns().to_vec();
    columns.extend(figure_columns(&["attempts"]));
    columns.extend([
        Column::of("share", Kind::Figure(Unit::Ratio)),
        Column::of("users", Kind::Count).when_asked(),
    ]);
    columns
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let has_users = ask.wants(Extra::Users);
    let found = if has_users { from_rows(store, ask)? } else { from_cubes(store, ask)? };
    let total = |ends: &BTreeMap<Reason, Ends>| ends.values().map(|ends| ends.rows).sum::<i64>();
    let totals = (total(&found.now), found.before.as_ref().map_or(0, total));
    let columns: Vec<Column> =
        columns().into_iter().filter(|column| has_users || !column.is_optional).collect();
    let (mut table, mut compared) = (Table::new(columns.clone()), Table::new(columns));
    let Found { now, before, commit, source } = found;
    let rows = ranked(now, before, ask.top.or(Some(TOP)), |ends| ends.rows);
    for Ranked { key, now, before } in rows {
        let row = |ends: Ends, total| {
            let mut row = key.values(ask.texts).to_vec();
            row.extend([Value::Int(ends.rows), figures::share(ends.rows, total)]);
            row.extend(has_users.then_some(Value::Int(ends.users)));
            row
        };
        table.rows.push(row(now, totals.0));
        compared.rows.extend(before.map(|before| row(before, totals.1)));
    }
    let compared = ask.compare.map(|_| compared);
    figures::answer(ask, END_REASONS.key, Told { table, compared, source, commit, notes: Vec::new() })
}

/// Sums do not tell who was hit.
fn from_cubes(store: &dyn Store, ask: &Ask) -> Result<Found, ReportError> {
    let counted = count(store, ask, &[CALLS], &[], &KEYS)?;
    let ends = |groups: Vec<Group>| {
        let mut ends = BTreeMap::<Reason, Ends>::new();
        for group in groups {
            ends.entry(Reason::of_group(&group.keys)).or_default().rows += group.sums[calls::ROWS];
        }
        ends
    };
    let before = counted.before.map(ends);
    Ok(Found { now: ends(counted.now), before, commit: counted.commit, source: counted.source })
}

/// Rows tell all, and are counted with their users so that both agree.
fn from_rows(store: &dyn Store, ask: &Ask) -> Result<Found, ReportError> {
    let commit = store.newest()?;
    let mut source = Source { from_rows: true, ..Source::default() };
    let now = ends_of_rows(store, ask, ask.range, commit, &mut source)?;
    let before = match figures::earlier(ask) {
        Some(range) => Some(ends_of_rows(store, ask, range, commit, &mut source)?),
        None => None,
    };
    Ok(Found { now, before, commit, source })
}

fn ends_of_rows(
    store: &dyn Store,
    ask: &Ask,
    range: TimeRange,
    commit: Watermark,
    source: &mut Source,
) -> Result<BTreeMap<Reason, Ends>, ReportError> {
    let columns = ["successfulCall", "finalSipCode", "callEndSubReason", "userId", "userPrincipalName"];
    let mut ends = BTreeMap::<Reason, Ends>::new();
    let mut users = HashMap::<String, usize>::new();
    let mut hits = HashSet::<(Reason, usize)>::new();
    let read = scan_asked(store, ask, (range, &columns), commit, &mut |rows| {
        for fact in Facts::of(rows).rows() {
            let reason = Reason::of(&fact);
            let of_reason = ends.entry(reason).or_default();
            of_reason.rows += 1;
            let Some(user) = fact.user else { continue };
            let number = if let Some(number) = users.get(user) {
                *number
            } else {
                let number = users.len();
                users.insert(user.to_owned(), number);
                number
            };
            if hits.insert((reason, number)) {
                of_reason.users += 1;
            }
        }
        if hits.len() > MOST_HITS { Err(too_many_groups().into()) } else { Ok(()) }
    })?;
    source.rows_read = source.rows_read.saturating_add(read);
    Ok(ends)
}

#[cfg(test)]
mod tests;
