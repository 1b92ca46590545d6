//! Sums of rows that are read one by one, where only some of them count and no store can
//! tell which.

use std::ops::ControlFlow;

use trunklog_records::Rows;
use trunklog_store::cube::{Cells, MAX_FOLDED, SumQuery, SumSource, Sums, grouped};
use trunklog_store::{Result, ScanQuery, Store, Watermark, too_many_groups};

use crate::filter::Countries;
use crate::seen::of_countries;

/// Answers a question as a store does, of the rows that are of some countries alone.
pub(super) fn sums(
    store: &dyn Store,
    query: &SumQuery,
    commit: Watermark,
    (countries, digits): (&Countries, u8),
) -> Result<Sums> {
    query.check()?;
    let scan = ScanQuery { selection: query.selection(), skip: 0, limit: None, watermark: Some(commit) };
    let mut cells = Cells::of_one(query.set, query.cube, query.zone.clone(), query.edges.clone());
    let mut read = 0;
    let mut outcome = Ok(());
    store.scan(&scan, &mut |rows: Rows| {
        read += rows.len() as u64;
        (query.set.fold)(&of_countries(&rows, countries, digits), &mut cells);
        if cells.len(query.cube) > MAX_FOLDED {
            outcome = Err(too_many_groups());
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    outcome?;
    Ok(Sums { groups: grouped(query, &cells)?, source: SumSource::Rows(read) })
}
