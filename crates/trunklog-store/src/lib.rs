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
//! [`Store::forget`] and [`Store::erase`] always, those of [`Appended`] unless
//! the same rows were given before in a call that failed: an engine that cannot
//! tell whether a commit went through may have stored them, and then counts them
//! as unchanged. Only [`Engine::memory_bytes`] is an estimate. A number of a
//! commit may be left out; numbers only have an order.
//!
//! This crate must not know any engine, nor where rows come from.

mod changes;
mod clock;
mod computed;
mod delta_token;
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
#[cfg(test)]
mod testing;
mod unique;
mod verify;
mod watermark;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use trunklog_odata::Instant;
use trunklog_records::{Log, Rows, TenantId};

pub use changes::{BUCKET_TICKS, ChangedBuckets, Changes, ChangesQuery, Reason, Removed, bucket_of};
pub use clock::Clock;
pub use computed::with_computed_logs;
pub use delta_token::{DeltaToken, DeltaTokenError};
pub use erasure::{Erase, Erasure};
pub use error::{Error, ErrorKind, Result};
pub use fingerprint::schema_fingerprint;
pub use page::{Key, OrderValue, Page, PageQuery, Start};
pub use report::{
    Aggregate, BIN_EDGES, EXACT_BINS, Group, GroupRow, MAX_GROUPS, Measure, Operand, Report, ReportQuery,
    ReportValue, bin_of, too_many_groups, values_of_bin,
};
pub use selection::{Columns, MAX_ORDER, ScanQuery, Selection, kind_of, signature};
pub use skip_token::{SkipToken, SkipTokenError};
pub use states::{MAX_STATE_NAME, MAX_STATE_VALUE, check_state};
pub use unique::each_once;
pub use verify::{Fault, Verified};
pub use watermark::Watermark;

/// A storage engine: the logs of all tenants.
///
/// Its methods block, so an async caller runs them on a blocking pool.
pub trait Engine: Send + Sync {
    /// The store of one tenant. A tenant comes into being with its first row.
    fn tenant(&self, tenant: TenantId) -> Arc<dyn Store>;

    /// The tenants that have rows, in the order of their ids.
    fn tenants(&self) -> Result<Vec<TenantId>>;

    /// Settles what was left: checkpoints, brings rows that arrived out of order
    /// into the order in which they are read, removes rows that gave way to
    /// others more than [`SUPERSEDED_KEPT`] ago and the ids of rows that were
    /// deleted longer ago than the engine keeps them. Never needed for
    /// correctness; meant for the end of an import and quiet hours.
    fn tidy(&self) -> Result<()>;

    /// Whether the engine can serve, checked by doing it.
    fn check(&self) -> Result<()>;

    /// The value of a named state, None when there is none.
    ///
    /// States are short texts that outlive the process: marks, positions, jobs
    /// that are not done. They belong to the store as a whole; one that belongs
    /// to a tenant has the tenant's id in its name. A `/` divides the parts of a
    /// name, the first of which says whose it is: `retention/waiting/...`.
    fn state(&self, name: &str) -> Result<Option<String>>;

    /// The states whose names start with `prefix`, with their values, in the
    /// order of their names.
    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>>;

    /// Gives a state a new value, None to remove it, if its value still is
    /// `expected`, None for no such state. Tells whether it was.
    ///
    /// Of several callers who expect the same value and set others, one
    /// succeeds. What was set is durable when this returns. Errors when name or
    /// value are longer than [`MAX_STATE_NAME`] and [`MAX_STATE_VALUE`].
    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool>;

    /// A text that stays the same for as long as the store's commits follow each
    /// other, and differs after a backup was put back, or where the store is a
    /// copy of another: numbers of commits mean something only with it.
    fn epoch(&self) -> Result<String>;

    /// How much memory the engine says it holds, in bytes. None if it does not
    /// know, or cannot tell now.
    fn memory_bytes(&self) -> Option<u64> {
        None
    }

    /// What the engine knows of itself: an error where it cannot serve now.
    /// Asks no disk and waits for nobody, so it answers even while the engine
    /// is busy with its own recovery; [`Engine::check`] finds out more.
    fn health(&self) -> Result<()> {
        Ok(())
    }
}

/// The logs of one tenant.
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
    /// when it is given again. A row that Graph recorded is not changed by one
    /// that another source did.
    fn append(&self, rows: &Rows) -> Result<Appended>;

    /// Reads one page. Without filter and order, what it costs does not depend
    /// on how deep it is or on how much is stored.
    fn page(&self, query: &PageQuery) -> Result<Page>;

    /// How many rows a selection has that were stored at the watermark; without
    /// one, now.
    fn count(&self, selection: &Selection, watermark: Option<Watermark>) -> Result<u64>;

    /// Reads many rows, in the selection's order, and gives them to `each` in
    /// batches until it breaks off. Memory is bounded by a batch. No lock is
    /// held while `each` works, so it may take its time.
    ///
    /// An engine that looked at many rows and found none of the selection may
    /// give a batch without rows, so that `each` can break off all the same.
    ///
    /// Each row that was stored when the scan started comes once.
    fn scan(&self, query: &ScanQuery, each: &mut dyn FnMut(Rows) -> ControlFlow<()>) -> Result<()> {
        scan_by_pages(|page| self.page(page), query, each)
    }

    /// Reads everything that is stored of a log, each value of each row, and
    /// tells what is wrong. It goes part by part: `from` is 0 at first and then
    /// what [`Verified::next`] says. Where something cannot be read it goes on
    /// after it.
    fn verify(&self, log: &'static Log, from: u64) -> Result<Verified> {
        let _ = from;
        verify::by_scan(self, log)
    }

    /// The number of the newest commit, 0 before the first.
    fn newest(&self) -> Result<Watermark>;

    /// When a commit was made; None where the store does not know, as it keeps
    /// the times of commits for as long as the ids of what was deleted, and of
    /// the newest. Before the first commit, number 0, it is [`Instant::ABSENT`].
    fn commit_time(&self, commit: Watermark) -> Result<Option<Instant>>;

    /// A row in its newest state; None when there is no such row.
    fn row(&self, log: &'static Log, time: Instant, id: &str) -> Result<Option<Rows>>;

    /// Counts and sums over a selection. More than [`MAX_GROUPS`] groups are an
    /// error of kind [`ErrorKind::TooMany`].
    fn report(&self, query: &ReportQuery) -> Result<Report> {
        report::by_scan(self, query)
    }

    /// The buckets of time of a log in which a row came, changed or went after a
    /// commit.
    fn changed_buckets(&self, log: &'static Log, after: Watermark) -> Result<ChangedBuckets>;

    /// A page of what changed in a selection after one commit and up to
    /// another: each row that came or was last changed between them, once, in
    /// its newest state, and each that left the selection. What changes again
    /// while pages are read waits for those who ask from the later commit on. New
    /// rows that the filter does not let pass are left out.
    ///
    /// It reads only buckets that changed. An `after` that is older than the
    /// deletions that are kept, or newer than the newest commit, is an error of
    /// kind [`ErrorKind::Gone`].
    fn changes(&self, query: &ChangesQuery) -> Result<Changes>;

    /// Takes rows away, or values from them, and tells of how many rows. Walks
    /// that run do not see them any more. All of it is one commit.
    fn erase(&self, erasure: &Erasure) -> Result<u64>;

    /// Deletes the rows of a log that are older than `before`, and tells how
    /// many there were. On an error some of them may be gone.
    fn forget(&self, log: &'static Log, before: Instant) -> Result<u64>;

    /// What [`forget`](Store::forget) would delete, which is left as it is. Of
    /// a computed log, rows of its own count alone.
    fn forgettable(&self, log: &'static Log, before: Instant) -> Result<Forgettable>;
}

/// The rows of a log that are older than an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgettable {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Appended {
    /// Stored for the first time.
    pub new: u64,
    /// Stored before, with other values.
    pub updated: u64,
    /// Stored before with the same values, or given twice in the call.
    pub unchanged: u64,
    /// Not stored, since another row tells of the same call.
    pub superseded: u64,
}

impl std::ops::AddAssign for Appended {
    fn add_assign(&mut self, other: Appended) {
        self.new += other.new;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.superseded += other.superseded;
    }
}
