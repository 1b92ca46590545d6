//! Sums made of a scan: what [`Store::sums`] does where an engine has no cubes,
//! and what engines that have some are compared with.

use std::ops::ControlFlow;

use trunklog_records::Rows;

use super::cells::{Cells, NO_KEY};
use super::{KeyKind, SumAnswers, SumQuery, SumSource, Sums};
use crate::Store;
use crate::error::Result;
use crate::report::{GroupRow, MAX_GROUPS, ReportValue, too_many_groups};
use crate::selection::ScanQuery;
use crate::watermark::Watermark;

/// Answers questions one after the other, all at the newest commit.
pub(crate) fn by_scan<S: Store + ?Sized>(store: &S, queries: &[SumQuery]) -> Result<SumAnswers> {
    let watermark = store.newest()?;
    let sums = queries.iter().map(|query| sums_by_scan(store, query, watermark)).collect::<Result<_>>()?;
    Ok(SumAnswers { sums, watermark })
}

/// Answers a question by folding rows, of which memory holds a batch at a time.
/// For engines that read rows where no cube answers.
pub fn sums_by_scan<S: Store + ?Sized>(store: &S, query: &SumQuery, watermark: Watermark) -> Result<Sums> {
    query.check()?;
    let scan = ScanQuery { selection: query.selection(), skip: 0, limit: None, watermark: Some(watermark) };
    let mut cells = Cells::of_one(query.set, query.cube, query.zone.clone(), query.edges.clone());
    let mut read = 0;
    let mut outcome = Ok(());
    store.scan(&scan, &mut |rows: Rows| {
        read += rows.len() as u64;
        (query.set.fold)(&rows, &mut cells);
        if cells.len(query.cube) > MAX_FOLDED {
            outcome = Err(too_many_groups());
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    outcome?;
    Ok(Sums { groups: grouped(query, &cells)?, source: SumSource::Rows(read) })
}

/// The most cells that rows are folded into to answer a question.
pub const MAX_FOLDED: usize = 4_000_000;

/// The groups that cells add up to, which were made for the question: of its cube
/// alone, with its edges for buckets.
pub fn grouped(query: &SumQuery, cells: &Cells) -> Result<Vec<GroupRow>> {
    let cube = query.cube();
    let value = |at: usize, key: i64| match cube.keys[at].kind {
        _ if key == NO_KEY => ReportValue::Null,
        KeyKind::Text => {
            cells.text_of(key).map_or(ReportValue::Null, |text| ReportValue::Text(text.to_owned()))
        }
        KeyKind::Int => ReportValue::Int(key),
    };
    let mut groups = std::collections::BTreeMap::<Vec<ReportValue>, Vec<i64>>::new();
    for cell in cells.sorted(query.cube) {
        let is_chosen = |only: &super::KeyChoice| only.holds(&value(only.key, cell.key.keys[only.key]));
        if !query.only.iter().all(is_chosen) {
            continue;
        }
        let bucket = query.edges.as_ref().map(|_| ReportValue::Int(cell.key.slot));
        let by = bucket.into_iter().chain(query.by.iter().map(|at| value(*at, cell.key.keys[*at]))).collect();
        let known = groups.len();
        let sums = match groups.entry(by) {
            std::collections::btree_map::Entry::Occupied(group) => group.into_mut(),
            std::collections::btree_map::Entry::Vacant(_) if known >= MAX_GROUPS => {
                return Err(too_many_groups());
            }
            std::collections::btree_map::Entry::Vacant(group) => group.insert(vec![0; cube.measures.len()]),
        };
        for (at, (sum, value)) in sums.iter_mut().zip(cell.sums).enumerate() {
            if query.asks_for(at) {
                *sum = sum.saturating_add(*value);
            }
        }
    }
    let has_any = |(_, sums): &(Vec<ReportValue>, Vec<i64>)| sums.iter().any(|sum| *sum != 0);
    let row = |(by, sums): (Vec<ReportValue>, Vec<i64>)| GroupRow {
        by,
        measures: sums.into_iter().map(ReportValue::Int).collect(),
    };
    Ok(groups.into_iter().filter(has_any).map(row).collect())
}
