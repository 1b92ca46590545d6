//! What reading everything finds.

use std::ops::ControlFlow;

use trunklog_odata::Instant;
use trunklog_records::{Log, Rows, TimeRange};

use crate::{Result, ScanQuery, Selection, Store};

/// What reading a part of a log found.
///
/// ```
/// use trunklog_store::Verification;
///
/// let part = Verification { rows: 100, faults: Vec::new(), next: Some(1) };
/// assert!(part.faults.is_empty() && part.next.is_some(), "well so far");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verification {
    /// How many rows were read and are whole.
    pub rows: u64,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// Where the next part starts, in the engine's own count; None after the
    /// last one.
    pub next: Option<u64>,
}

/// Something that is wrong with stored rows.
///
/// ```
/// use trunklog_store::Fault;
///
/// let what = "a block of rows cannot be read".to_owned();
/// let fault = Fault { what, rows: 0, times: None };
/// assert!(fault.times.is_none(), "it is not known which rows these are");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong. It holds no value of a row.
    pub what: String,
    /// How many rows it concerns; 0 where that is not known.
    pub rows: u64,
    /// The first and the last time of these rows, where that is known. Rows
    /// around a fault tell it where those within cannot be read.
    pub times: Option<(Instant, Instant)>,
}

/// Reads a whole log as a scan does: what [`Store::verify`] does where an
/// engine knows nothing better.
pub(crate) fn by_scan<S: Store + ?Sized>(store: &S, log: &'static Log) -> Result<Verification> {
    let selection = Selection::all(log, TimeRange::ALL);
    let query = ScanQuery { selection, skip: 0, limit: None, watermark: None };
    let mut rows = 0;
    store.scan(&query, &mut |batch: Rows| {
        rows += batch.len() as u64;
        ControlFlow::Continue(())
    })?;
    Ok(Verification { rows, ..Verification::default() })
}
