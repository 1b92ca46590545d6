//! A report made of a scan: what [`Store::report`] does where an engine knows
//! nothing better, and what engines that do are compared with.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;

use trunklog_odata::Instant;
use trunklog_records::Rows;

use super::tally::{Tally, told};
use super::{
    Aggregate, Group, GroupRow, MAX_GROUPS, Operand, Report, ReportQuery, ReportValue, too_many_groups,
};
use crate::Store;
use crate::error::{Error, ErrorKind, Result};
use crate::evaluate::{Cell, Scope, take_row};
use crate::selection::{Columns, ScanQuery, Selection};

/// The most values that are kept to tell how many are different.
const MAX_DIFFERENT: usize = 1_000_000;

/// Folds the rows of a scan, of which memory holds a batch at a time.
pub(crate) fn by_scan<S: Store + ?Sized>(store: &S, query: &ReportQuery) -> Result<Report> {
    query.check()?;
    let watermark = match query.watermark {
        Some(watermark) => watermark,
        None => store.newest()?,
    };
    let columns = Columns::Only(columns(query).into_iter().collect());
    let selection = Selection { columns, ..query.selection.clone() };
    let scan = ScanQuery { selection, skip: 0, limit: None, watermark: Some(watermark) };
    let mut fold = Fold::new(query);
    let mut outcome = Ok(());
    store.scan(&scan, &mut |rows: Rows| {
        outcome = fold.add(&rows);
        if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    outcome?;
    Ok(Report { groups: fold.into_groups(), watermark })
}

/// The groups so far.
struct Fold<'a> {
    query: &'a ReportQuery,
    groups: HashMap<Vec<ReportValue>, Vec<Tally>>,
    /// How many values are kept to tell how many are different.
    different: usize,
}

impl<'a> Fold<'a> {
    fn new(query: &'a ReportQuery) -> Fold<'a> {
        let mut groups = HashMap::new();
        if query.groups.is_empty() {
            groups.insert(Vec::new(), tallies(query));
        }
        Fold { query, groups, different: 0 }
    }

    fn add(&mut self, rows: &Rows) -> Result<()> {
        let log = self.query.selection.log;
        for row in 0..rows.len() {
            let cells = take_row(rows, row).cells;
            let by = self.query.groups.iter().map(|group| group_of(group, &cells)).collect();
            let known = self.groups.len();
            let tallies = match self.groups.entry(by) {
                Entry::Occupied(group) => group.into_mut(),
                Entry::Vacant(_) if known >= MAX_GROUPS => return Err(too_many_groups()),
                Entry::Vacant(group) => group.insert(tallies(self.query)),
            };
            let scope = Scope::new(log, &cells);
            for (measure, tally) in self.query.measures.iter().zip(tallies) {
                if scope.selects(measure.when.as_ref()) && tally.add(&cells) {
                    self.different += 1;
                }
            }
            if self.different > MAX_DIFFERENT {
                return Err(too_many_different());
            }
        }
        Ok(())
    }

    fn into_groups(self) -> Vec<GroupRow> {
        let row = |(by, tallies): (Vec<ReportValue>, Vec<Tally>)| GroupRow {
            by,
            measures: tallies.into_iter().map(Tally::into_value).collect(),
        };
        let mut groups: Vec<GroupRow> = self.groups.into_iter().map(row).collect();
        groups.sort_unstable_by(|left, right| left.by.cmp(&right.by));
        groups
    }
}

fn tallies(query: &ReportQuery) -> Vec<Tally> {
    query.measures.iter().map(|measure| Tally::new(measure.of, query.selection.log)).collect()
}

fn too_many_different() -> Error {
    let text =
        format!("the report counts more than {MAX_DIFFERENT} different values: take a shorter range of time");
    Error::new(ErrorKind::TooMany, text)
}

/// What of a row a group has in common.
fn group_of(group: &Group, cells: &[Cell]) -> ReportValue {
    match group {
        Group::Property(at) => told(cells.get(*at)),
        Group::Prefix { property, chars } => match cells.get(*property) {
            Some(Cell::Text(text)) => ReportValue::Text(text.chars().take(usize::from(*chars)).collect()),
            _ => ReportValue::Null,
        },
        Group::Buckets { property, edges } => match cells.get(*property) {
            Some(Cell::Ticks(ticks)) => bucket(edges, *ticks),
            _ => ReportValue::Null,
        },
    }
}

/// The number of the bucket that an instant is in.
fn bucket(edges: &[Instant], ticks: i64) -> ReportValue {
    let started = edges.partition_point(|edge| edge.ticks() <= ticks);
    if started == 0 || started == edges.len() {
        return ReportValue::Null;
    }
    i64::try_from(started - 1).map_or(ReportValue::Null, ReportValue::Int)
}

/// The properties that a report looks at, those of its filter left out: what
/// gives the rows has applied it.
fn columns(query: &ReportQuery) -> BTreeSet<usize> {
    let mut columns = BTreeSet::new();
    for group in &query.groups {
        match group {
            Group::Property(property) | Group::Prefix { property, .. } | Group::Buckets { property, .. } => {
                columns.insert(*property)
            }
        };
    }
    for measure in &query.measures {
        match measure.of {
            Aggregate::Rows => {}
            Aggregate::Distinct(at) => {
                columns.insert(at);
            }
            Aggregate::Sum(of) | Aggregate::Smallest(of) | Aggregate::Largest(of) | Aggregate::Bins(of) => {
                match of {
                    Operand::Property(at) => columns.extend([at]),
                    Operand::Millis { from, to } => columns.extend([from, to]),
                }
            }
        }
        columns.extend(measure.when.iter().flat_map(|when| when.properties()));
    }
    columns
}

#[cfg(test)]
mod tests;
