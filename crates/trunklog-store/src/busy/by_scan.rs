//! Busy channels by a scan: what [`Store::busy`] does where an engine keeps no
//! minutes, and what engines that do are compared with.

use std::ops::ControlFlow;

use trunklog_records::Rows;

use super::sweep::Sweep;
use super::{BusyAnswer, BusyQuery, MAX_SPAN, Span};
use crate::Store;
use crate::cube::SumSource;
use crate::error::Result;
use crate::selection::ScanQuery;
use crate::watermark::Watermark;

/// Answers a question at the newest commit.
pub(crate) fn by_scan<S: Store + ?Sized>(store: &S, query: &BusyQuery) -> Result<BusyAnswer> {
    busy_by_scan(store, query, store.newest()?)
}

/// Answers a question by a sweep over rows, of which memory holds the times of
/// a day and a batch. For engines that read rows where no minutes answer.
pub fn busy_by_scan<S: Store + ?Sized>(
    store: &S,
    query: &BusyQuery,
    watermark: Watermark,
) -> Result<BusyAnswer> {
    let mut count = BusyCount::new(query)?;
    let scan = ScanQuery { selection: query.selection(), skip: 0, limit: None, watermark: Some(watermark) };
    let mut outcome = Ok(());
    store.scan(&scan, &mut |rows: Rows| {
        outcome = count.add(&rows);
        if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    outcome?;
    count.finish(watermark)
}

/// A count of the busy channels of rows that somebody else reads: those of
/// [`BusyQuery::selection`], in the order of time.
#[derive(Debug)]
pub struct BusyCount<'a> {
    query: &'a BusyQuery,
    sweep: Sweep,
    read: u64,
}

impl<'a> BusyCount<'a> {
    /// No rows yet. An error when the question does not fit the log.
    pub fn new(query: &'a BusyQuery) -> Result<BusyCount<'a>> {
        query.check()?;
        Ok(BusyCount { query, sweep: Sweep::new(query.edges.clone(), query.by_series), read: 0 })
    }

    /// Adds the calls of some rows, and counts what no later row can change.
    pub fn add(&mut self, rows: &Rows) -> Result<()> {
        let Some(last) = rows.len().checked_sub(1) else { return Ok(()) };
        self.read += rows.len() as u64;
        let mut outcome = Ok(());
        (self.query.set.spans)(rows, &mut |span: Span<'_>| {
            if outcome.is_ok() && self.query.takes(&span) {
                outcome = self.sweep.add(&span);
            }
        });
        outcome?;
        self.sweep.settle(rows.time(last).ticks().saturating_sub(MAX_SPAN))
    }

    /// The answer, which is true of the rows up to a commit.
    pub fn finish(self, watermark: Watermark) -> Result<BusyAnswer> {
        Ok(BusyAnswer { groups: self.sweep.finish()?, source: SumSource::Rows(self.read), watermark })
    }
}
