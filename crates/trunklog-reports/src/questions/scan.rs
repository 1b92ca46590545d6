//! Rows that are read one by one, where no cube tells what is asked.

use std::ops::ControlFlow;

use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, Rows, TimeRange};
use trunklog_store::{Columns, ScanQuery, Selection, Store, Watermark};

use crate::ReportError;
use crate::ask::Ask;
use crate::facts::Facts;
use crate::seen::{OF_COUNTRY, of_countries};

/// Reads the rows of a range that are asked for, with some columns, as they were at a
/// commit, and tells how many there were. It ends at the first error.
pub(super) fn scan_asked(
    store: &dyn Store,
    ask: &Ask,
    (range, columns): (TimeRange, &[&str]),
    commit: Watermark,
    each: &mut dyn FnMut(&Rows) -> Result<(), ReportError>,
) -> Result<u64, ReportError> {
    let (filter, countries) = ask.filter.apart();
    let mut names = columns.to_vec();
    if !countries.is_all() {
        names.extend(OF_COUNTRY);
    }
    let selection =
        Selection { filter, columns: named(&names), ..Selection::all(&DIRECT_ROUTING_CALLS, range) };
    let digits = ask.mask.digits();
    scan_rows(store, selection, commit, &mut |rows| each(&of_countries(rows, &countries, digits)))
}

/// The columns of those names.
pub(super) fn named(columns: &[&str]) -> Columns {
    columns_of(&DIRECT_ROUTING_CALLS, columns)
}

/// Those of any log.
pub(super) fn columns_of(log: &Log, columns: &[&str]) -> Columns {
    let mut places: Vec<usize> = columns.iter().filter_map(|name| log.index_of(name)).collect();
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
    scan_rows(store, selection, commit, &mut |rows| each(&Facts::of(rows)))
}

/// The same of the rows of any log.
pub(super) fn scan_rows(
    store: &dyn Store,
    selection: Selection,
    commit: Watermark,
    each: &mut dyn FnMut(&Rows) -> Result<(), ReportError>,
) -> Result<u64, ReportError> {
    let query = ScanQuery { selection, skip: 0, limit: None, watermark: Some(commit) };
    let mut read = 0;
    let mut outcome = Ok(());
    store.scan(&query, &mut |rows: Rows| {
        read += rows.len() as u64;
        outcome = each(&rows);
        if outcome.is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    outcome?;
    Ok(read)
}
