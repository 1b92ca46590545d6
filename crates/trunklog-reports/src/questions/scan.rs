//! Rows that are read one by one, where no cube tells what is asked.

use std::ops::ControlFlow;

use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Rows, TimeRange};
use trunklog_store::{Columns, ScanQuery, Selection, Store, Watermark};

use crate::ReportError;
use crate::ask::Ask;
use crate::facts::Facts;
use crate::plan::no_filter;

/// The rows of a range that are asked for, with some columns.
pub(super) fn selection(ask: &Ask, range: TimeRange, columns: &[&str]) -> Result<Selection, ReportError> {
    let filter = ask.filter.expr().map_err(no_filter)?;
    Ok(Selection { filter, columns: named(columns), ..Selection::all(&DIRECT_ROUTING_CALLS, range) })
}

/// The columns of those names.
pub(super) fn named(columns: &[&str]) -> Columns {
    let mut places: Vec<usize> =
        columns.iter().filter_map(|name| DIRECT_ROUTING_CALLS.index_of(name)).collect();
    places.sort_unstable();
    places.dedup();
    Columns::Only(places)
}

/// Reads rows as they were at a commit, and tells how many there were. It ends at
/// the first error.
pub(super) fn scan(
    store: &dyn Store,
    selection: Selection,
    commit: Watermark,
    each: &mut dyn FnMut(&Facts<'_>) -> Result<(), ReportError>,
) -> Result<u64, ReportError> {
    let query = ScanQuery { selection, skip: 0, limit: None, watermark: Some(commit) };
    let mut read = 0;
    let mut outcome = Ok(());
    store.scan(&query, &mut |rows: Rows| {
        read += rows.len() as u64;
        outcome = each(&Facts::of(&rows));
        if outcome.is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    outcome?;
    Ok(read)
}
