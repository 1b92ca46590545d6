//! What a store of call logs promises, and what its users may rely on.
//!
//! # Why pages look the way they do
//!
//! A client walks a log page by page, for minutes, while rows arrive. Graph
//! counts (`$skip=1000`), so on Graph a row that arrives meanwhile shifts all
//! later ones: some come twice, some never. Here each commit of a tenant has a
//! number, in one sequence for all its logs, and each row keeps the number of
//! the commit that first brought it. A walk reads the newest number when it
//! starts, its [`Watermark`], and sees no row above it. Rows are ordered by time
//! and id, which an update never changes. So a walk returns each row that was
//! stored when it started exactly once, and the next page is found by seeking
//! past the last row's [`Key`] instead of by counting.
//!
//! # How changes are followed
//!
//! Each commit that changes what readers see takes a number: an append of new
//! rows, an update, a deletion, an erasure, a row that gives way to another. A
//! number can be seen only after all lower ones. A row also knows the commit
//! that last changed it, and what is deleted leaves its id for a time. So one
//! number is all that a follower has to keep ([`Store::changes`]), and one
//! that keeps sums of rows asks which hours changed ([`Store::changed_buckets`]).
//!
//! What changes nothing takes no number: the same rows again, a row that gives way at
//! once, deleting or erasing what is not there, states, tidying.
//!
//! # What an engine need not know
//!
//! Orders and keys are expressions ([`keyset`]), which an engine translates as it
//! does filters. Logs that are computed from others are made above it
//! ([`with_computed_logs`]): of such a log an engine keeps what is stored, as of
//! any other.
//!
//! # What an engine may not know exactly
//!
//! Counts are exact: those of [`Store::count`], [`Store::report`],
//! [`Store::forget`] and [`Store::erase`] always, those of [`AppendCounts`] unless
//! the same rows were given before in a call that failed: an engine that cannot
//! tell whether a commit went through may have stored them, and then counts them
//! as unchanged. Only [`Engine::memory_bytes`] is an estimate. A number of a
//! commit may be left out; numbers only have an order.
//!
//! This crate must not know any engine, nor where rows come from.

mod asker;
pub mod busy;
mod changes;
mod clock;
mod computed;
pub mod cube;
mod delta_token;
mod engine;
mod erasure;
mod error;
pub mod evaluate;
mod fields;
mod fingerprint;
pub mod keyset;
mod page;
mod report;
mod selection;
mod skip_token;
mod states;
mod stored_part;
#[cfg(test)]
mod testing;
mod unique;
mod verify;
mod watermark;

use std::ops::ControlFlow;
use std::time::Duration;

use trunklog_odata::Instant;
use trunklog_records::{Log, Rows, TimeRange};

use busy::{BusyAnswer, BusyQuery};
use cube::{CubeCheck, CubeDays, Mend, SumAnswers, SumQuery};

pub use asker::Asker;
pub use changes::{BUCKET_TICKS, ChangedBuckets, Changes, ChangesQuery, Reason, Removal, bucket_of};
pub use clock::Clock;
pub use computed::with_computed_logs;
pub use delta_token::{DeltaToken, DeltaTokenError};
pub use engine::Engine;
pub use erasure::{Erase, Erasure};
pub use error::{Error, ErrorKind, Result};
pub use fingerprint::schema_fingerprint;
pub use page::{Key, OrderValue, Page, PageQuery, Start};
pub use report::{
    Aggregate, BIN_EDGES, Decimal, EXACT_BINS, Group, GroupRow, MAX_GROUPS, Measure, Operand, Report,
    ReportQuery, ReportValue, bin_of, too_many_groups, values_of_bin,
};
pub use selection::{Columns, MAX_ORDER, ScanQuery, Selection, kind_of, signature};
pub use skip_token::{SkipToken, SkipTokenError};
pub use states::{MAX_STATE_NAME, MAX_STATE_VALUE, check_state};
pub use stored_part::{PartKind, StoredPart};
pub use unique::each_once;
pub use verify::{Fault, Verification};
pub use watermark::Watermark;

/// The logs of one tenant.
///
/// ```
/// use trunklog_records::{Log, TimeRange};
/// use trunklog_store::{PageQuery, Result, Store};
///
/// /// Walks over a log and tells how many rows it has.
/// fn walk(store: &dyn Store, log: &'static Log) -> Result<usize> {
///     let mut rows = 0;
///     let mut next = Some(PageQuery::first(log, TimeRange::ALL, 1_000));
///     while let Some(query) = next {
///         let page = store.page(&query)?;
///         rows += page.rows.len();
///         next = query.after(&page);
///     }
///     Ok(rows)
/// }
/// ```
pub trait Store: Send + Sync {
    /// Stores rows, and returns when they are durable.
    ///
    /// A row whose time and id are stored already is an update: its values
    /// replace the stored ones, except that null never erases a value (a page
    /// of v1.0 does not know the properties of beta). The same rows again, in
    /// any order, change nothing. Either all rows of a call are stored or, on
    /// an error, none.
    ///
    /// Where the log says so ([`Log::supersession`]), a row gives way to another
    /// of the same call, whichever comes first: from the commit that brings the
    /// second of the two it is gone for walks that start then, and it stays gone
    /// when it is given again. While it is kept for older walks ([`SUPERSEDED_KEPT`]),
    /// that holds whatever was erased from the two; later, what is left of the other
    /// row tells. A row that Graph recorded is not changed by one that another
    /// source did.
    ///
    /// ```
    /// use trunklog_records::Rows;
    /// use trunklog_store::{Result, Store};
    ///
    /// fn store_rows(store: &dyn Store, rows: &Rows) -> Result<String> {
    ///     let done = store.append(rows)?;
    ///     Ok(format!("{} new, {} updated, {} unchanged", done.new, done.updated, done.unchanged))
    /// }
    /// ```
    fn append(&self, rows: &Rows) -> Result<AppendCounts>;

    /// Reads one page. Without filter and order, what it costs does not depend
    /// on how deep it is or on how much is stored.
    fn page(&self, query: &PageQuery) -> Result<Page>;

    /// How many rows a selection has that were stored at the watermark; without
    /// one, now.
    ///
    /// ```
    /// use trunklog_store::{Page, Result, Selection, Store};
    ///
    /// /// How many rows a walk has in all that a page belongs to.
    /// fn total(store: &dyn Store, selection: &Selection, page: &Page) -> Result<u64> {
    ///     store.count(selection, Some(page.watermark))
    /// }
    /// ```
    fn count(&self, selection: &Selection, watermark: Option<Watermark>) -> Result<u64>;

    /// Reads many rows, in the selection's order, and gives them to `each` in
    /// batches until it breaks off. Memory is bounded by a batch. No lock is
    /// held while `each` works, so it may take its time.
    ///
    /// An engine that looked at many rows and found none of the selection may
    /// give a batch without rows, so that `each` can break off all the same.
    ///
    /// Each row that was stored when the scan started comes once.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    ///
    /// use trunklog_records::schema::SMS;
    /// use trunklog_records::{Rows, TimeRange};
    /// use trunklog_store::{Result, ScanQuery, Selection, Store};
    ///
    /// fn ids(store: &dyn Store) -> Result<Vec<String>> {
    ///     let selection = Selection::all(&SMS, TimeRange::ALL);
    ///     let query = ScanQuery { selection, skip: 0, limit: None, watermark: None };
    ///     let mut ids = Vec::new();
    ///     store.scan(&query, &mut |rows: Rows| {
    ///         ids.extend((0..rows.len()).map(|row| rows.id(row).to_owned()));
    ///         ControlFlow::Continue(())
    ///     })?;
    ///     Ok(ids)
    /// }
    /// ```
    fn scan(&self, query: &ScanQuery, each: &mut dyn FnMut(Rows) -> ControlFlow<()>) -> Result<()> {
        scan_by_pages(|page| self.page(page), query, each)
    }

    /// Reads everything that is stored of a log, each value of each row, and
    /// tells what is wrong. It goes part by part: `from` is 0 at first and then
    /// what [`Verification::next`] says. Where something cannot be read it goes on
    /// after it.
    ///
    /// ```
    /// use trunklog_records::Log;
    /// use trunklog_store::{Result, Store};
    ///
    /// fn faults(store: &dyn Store, log: &'static Log) -> Result<usize> {
    ///     let (mut faults, mut from) = (0, Some(0));
    ///     while let Some(at) = from {
    ///         let part = store.verify(log, at)?;
    ///         faults += part.faults.len();
    ///         from = part.next;
    ///     }
    ///     Ok(faults)
    /// }
    /// ```
    fn verify(&self, log: &'static Log, from: u64) -> Result<Verification> {
        let _ = from;
        verify::by_scan(self, log)
    }

    /// The number of the newest commit, 0 before the first.
    fn newest(&self) -> Result<Watermark>;

    /// When a commit was made; None where the store does not know. It keeps the
    /// times of commits for as long as the ids of what was deleted, and of those
    /// that are older the newest of each log, which may be the last that a
    /// follower knows. Before the first commit, number 0, it is
    /// [`Instant::ABSENT`]; above the newest, None.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_store::{Result, Store};
    ///
    /// fn last_change(store: &dyn Store) -> Result<Option<Instant>> {
    ///     store.commit_time(store.newest()?)
    /// }
    /// ```
    fn commit_time(&self, commit: Watermark) -> Result<Option<Instant>>;

    /// A row in its newest state; None when there is no such row. Of a computed log
    /// only rows of its own are found, and those too that are left out where what
    /// they sum up is counted.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_store::{Result, Store};
    ///
    /// fn is_stored(store: &dyn Store, time: Instant, id: &str) -> Result<bool> {
    ///     Ok(store.row(&SMS, time, id)?.is_some())
    /// }
    /// ```
    fn row(&self, log: &'static Log, time: Instant, id: &str) -> Result<Option<Rows>>;

    /// Counts and sums over a selection. More than [`MAX_GROUPS`] groups are an
    /// error of kind [`ErrorKind::TooMany`].
    ///
    /// ```
    /// use trunklog_records::TimeRange;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_store::{Group, Measure, Report, ReportQuery, Result, Selection, Store};
    ///
    /// fn by_type(store: &dyn Store) -> Result<Report> {
    ///     store.report(&ReportQuery {
    ///         selection: Selection::all(&SMS, TimeRange::ALL),
    ///         watermark: None,
    ///         groups: vec![Group::Property(SMS.index_of("smsType").unwrap())],
    ///         measures: vec![Measure::ROWS],
    ///     })
    /// }
    /// ```
    fn report(&self, query: &ReportQuery) -> Result<Report> {
        report::by_scan(self, query)
    }

    /// Sums of rows by slots of time and keys, all of one commit: the newest. From
    /// cubes, where the engine has them and they fit the question
    /// ([`SumQuery::fits_cube`](cube::SumQuery::fits_cube)), else from rows; both
    /// give the same. More than [`MAX_GROUPS`] groups are an error of kind
    /// [`ErrorKind::TooMany`].
    ///
    /// ```
    /// use trunklog_store::cube::{SumAnswers, SumQuery};
    /// use trunklog_store::{Result, Store};
    ///
    /// fn first(store: &dyn Store, query: SumQuery) -> Result<usize> {
    ///     let SumAnswers { sums, .. } = store.sums(&[query])?;
    ///     Ok(sums[0].groups.len())
    /// }
    /// ```
    fn sums(&self, queries: &[SumQuery]) -> Result<SumAnswers> {
        cube::by_scan(self, queries)
    }

    /// How many channels were busy at once, and for how long, by bucket of time, at
    /// the newest commit. From what the engine keeps, where that fits the question,
    /// else from rows; both give the same. More than [`MAX_GROUPS`] groups are an
    /// error of kind [`ErrorKind::TooMany`].
    ///
    /// ```
    /// use trunklog_store::busy::BusyQuery;
    /// use trunklog_store::{Result, Store};
    ///
    /// fn most_at_once(store: &dyn Store, query: &BusyQuery) -> Result<i64> {
    ///     let groups = store.busy(query)?.groups;
    ///     Ok(groups.iter().map(|group| group.occupied.peak).max().unwrap_or(0))
    /// }
    /// ```
    fn busy(&self, query: &BusyQuery) -> Result<BusyAnswer> {
        busy::by_scan(self, query)
    }

    /// Of which days sums are kept, and how many are still to be made: none without
    /// cubes.
    ///
    /// ```
    /// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    /// use trunklog_store::{Result, Store};
    ///
    /// fn are_whole(store: &dyn Store) -> Result<bool> {
    ///     Ok(store.cube_days(&DIRECT_ROUTING_CALLS)?.waiting == 0)
    /// }
    /// ```
    fn cube_days(&self, log: &'static Log) -> Result<CubeDays> {
        let _ = log;
        Ok(CubeDays::default())
    }

    /// Compares what cubes keep of some days with the rows, and tells what it found.
    /// Days that are not kept whole are left out: without cubes all of them.
    /// [`cube::check_days`] does so for all days.
    ///
    /// ```
    /// use trunklog_records::TimeRange;
    /// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    /// use trunklog_store::cube::Mend;
    /// use trunklog_store::{Result, Store};
    ///
    /// fn is_exact(store: &dyn Store, day: TimeRange) -> Result<bool> {
    ///     Ok(store.check_cubes(&DIRECT_ROUTING_CALLS, day, Mend::Nothing)?.different() == 0)
    /// }
    /// ```
    fn check_cubes(&self, log: &'static Log, days: TimeRange, mend: Mend) -> Result<CubeCheck> {
        let _ = (log, days, mend);
        Ok(CubeCheck::default())
    }

    /// The buckets of time of a log in which a row came, changed or went after a
    /// commit. A computed log has none: that is an error, as it is to ask for its
    /// changes.
    ///
    /// ```
    /// use trunklog_records::schema::SMS;
    /// use trunklog_store::{ChangedBuckets, Result, Store, Watermark};
    ///
    /// fn is_unchanged(store: &dyn Store, since: Watermark) -> Result<bool> {
    ///     Ok(store.changed_buckets(&SMS, since)? == ChangedBuckets::These(Vec::new()))
    /// }
    /// ```
    fn changed_buckets(&self, log: &'static Log, after: Watermark) -> Result<ChangedBuckets>;

    /// A page of what changed in a selection after one commit and up to
    /// another: each row that came or was last changed between them, once, in
    /// its newest state, and each that left the selection. What changes again
    /// while pages are read waits for those who ask from the later commit on. New
    /// rows that the filter does not let pass are left out.
    ///
    /// It reads only buckets that changed. An `after` that is older than the
    /// deletions that are kept, or an `after` or `until` above the newest commit,
    /// is an error of kind [`ErrorKind::Gone`].
    ///
    /// ```
    /// use trunklog_store::{ChangesQuery, Result, Selection, Store, Watermark};
    ///
    /// /// How many rows came, changed or went, and up to which commit.
    /// fn follow(store: &dyn Store, selection: Selection, seen: Watermark) -> Result<(usize, Watermark)> {
    ///     let mut query = ChangesQuery::first(selection, seen, 1_000);
    ///     let mut told = 0;
    ///     loop {
    ///         let page = store.changes(&query)?;
    ///         told += page.rows.len() + page.removed.len();
    ///         let Some(next) = query.next(&page) else { return Ok((told, page.until)) };
    ///         query = next;
    ///     }
    /// }
    /// ```
    fn changes(&self, query: &ChangesQuery) -> Result<Changes>;

    /// Takes rows away, or values from them, and tells of how many rows. Walks
    /// that run do not see them any more. All of it is one commit. Of a computed
    /// log it takes rows of its own, and those too that are left out.
    ///
    /// ```
    /// use trunklog_store::{Erase, Erasure, Result, Selection, Store};
    ///
    /// fn erase_rows(store: &dyn Store, selection: Selection) -> Result<u64> {
    ///     store.erase(&Erasure { selection, what: Erase::Rows })
    /// }
    /// ```
    fn erase(&self, erasure: &Erasure) -> Result<u64>;

    /// Deletes the rows of a log that are older than `before`, and tells how
    /// many there were. It may take several commits, the oldest rows first, so that
    /// others come in between: on an error some of them may be gone.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::schema::LOGS;
    /// use trunklog_store::{Result, Store};
    ///
    /// fn forget_all(store: &dyn Store, before: Instant) -> Result<u64> {
    ///     LOGS.into_iter().map(|log| store.forget(log, before)).sum()
    /// }
    /// ```
    fn forget(&self, log: &'static Log, before: Instant) -> Result<u64>;

    /// What [`forget`](Store::forget) would delete, which is left as it is. Of
    /// a computed log, rows of its own count alone.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::Log;
    /// use trunklog_store::{Result, Store};
    ///
    /// fn would_leave(store: &dyn Store, log: &'static Log, before: Instant) -> Result<u64> {
    ///     let old = store.forgettable(log, before)?;
    ///     Ok(old.of - old.rows)
    /// }
    /// ```
    fn forgettable(&self, log: &'static Log, before: Instant) -> Result<OldRows>;
}

/// The rows of a log that are older than an instant.
///
/// ```
/// use trunklog_store::OldRows;
///
/// let nothing = OldRows { of: 8, ..OldRows::default() };
/// assert_eq!((nothing.rows, nothing.oldest), (0, None));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OldRows {
    /// How many there are.
    pub rows: u64,
    /// How many rows the log has in all.
    pub of: u64,
    /// The time of the oldest, if there is one.
    pub oldest: Option<Instant>,
}

/// How long a row that gave way to another is kept for walks that started before.
/// A walk that is older than what was removed fails with [`ErrorKind::Gone`].
pub const SUPERSEDED_KEPT: Duration = Duration::from_hours(24);

/// Rows that a scan reads at a time.
const SCAN_ROWS: u32 = 50_000;

/// A scan that reads page after page: what [`Store::scan`] does where an engine
/// knows nothing better.
///
/// All pages have the watermark of the first, so each row comes once whatever is
/// stored meanwhile. Between two pages nothing is held.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use trunklog_records::Rows;
/// use trunklog_store::{Result, ScanQuery, Store, scan_by_pages};
///
/// fn count(store: &dyn Store, query: &ScanQuery) -> Result<usize> {
///     let mut count = 0;
///     scan_by_pages(|page| store.page(page), query, &mut |rows: Rows| {
///         count += rows.len();
///         ControlFlow::Continue(())
///     })?;
///     Ok(count)
/// }
/// ```
pub fn scan_by_pages(
    read: impl Fn(&PageQuery) -> Result<Page>,
    query: &ScanQuery,
    each: &mut dyn FnMut(Rows) -> ControlFlow<()>,
) -> Result<()> {
    let mut left = query.limit.unwrap_or(u64::MAX);
    let mut page = PageQuery {
        start: Start::Skip(query.skip),
        watermark: query.watermark,
        ..PageQuery::of(query.selection.clone(), SCAN_ROWS)
    };
    while left > 0 {
        Asker::check()?;
        page.limit = u32::try_from(left).unwrap_or(u32::MAX).min(SCAN_ROWS);
        let found = read(&page)?;
        let next = page.after(&found);
        left -= left.min(found.rows.len() as u64);
        if !found.rows.is_empty() && each(found.rows).is_break() {
            break;
        }
        let Some(next) = next else { break };
        page = next;
    }
    Ok(())
}

/// What an append did, in rows.
///
/// ```
/// use trunklog_store::AppendCounts;
///
/// let mut total = AppendCounts { new: 3, ..AppendCounts::default() };
/// total += AppendCounts { new: 1, unchanged: 2, ..AppendCounts::default() };
/// assert_eq!((total.new, total.unchanged), (4, 2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AppendCounts {
    /// Stored for the first time.
    pub new: u64,
    /// Stored before, with other values.
    pub updated: u64,
    /// Stored before with the same values, or given twice in the call.
    pub unchanged: u64,
    /// Not stored, since another row tells of the same call.
    pub superseded: u64,
    /// Not stored, since a person in it was erased. No engine knows of it: what is
    /// around the engine does.
    pub withheld: u64,
    /// Rows of other sources that from now on stay beside one of Graph which may tell of
    /// the same call: they agree in what comes first in
    /// [`Supersession::same`](trunklog_records::schema::Supersession::same) and in their
    /// times, and not in all the rest. Each is counted by the append that brings the one
    /// or the other, so these are no rows apart from those above.
    pub ambiguous: u64,
}

impl std::ops::AddAssign for AppendCounts {
    fn add_assign(&mut self, other: AppendCounts) {
        self.new += other.new;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.superseded += other.superseded;
        self.withheld += other.withheld;
        self.ambiguous += other.ambiguous;
    }
}
