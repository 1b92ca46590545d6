//! What a store of call logs promises, and what its users may rely on.
//!
//! # Why pages look the way they do
//!
//! A client walks a log page by page, for minutes, while rows arrive. Graph
//! counts (`$skip=1000`), so on Graph a row that arrives behind the client's
//! back shifts all later ones: some come twice, some never. Here each row
//! keeps the sequence number of the commit that first brought it. A walk reads
//! the newest number when it begins, its [`Watermark`], and sees no row above
//! it. Rows are ordered by time and id, which an update never changes. So a
//! walk returns each row that was stored when it began exactly once, and the
//! next page is found by seeking behind the last row's [`Key`] instead of by
//! counting.
//!
//! This crate must not know any engine, nor where rows come from.

mod error;
mod page;
mod selection;
mod skip_token;
mod states;
mod unique;
mod verify;

#[cfg(feature = "kit")]
pub mod kit;

use std::ops::ControlFlow;
use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_records::{Log, Rows, TenantId};

pub use error::{Error, ErrorKind, Result};
pub use page::{Key, OrderValue, Page, PageQuery, Start, Watermark};
pub use selection::{Columns, MAX_ORDER, ScanQuery, Selection};
pub use skip_token::{SkipToken, SkipTokenError};
pub use states::{MAX_STATE_NAME, MAX_STATE_VALUE, check_state};
pub use unique::each_once;
pub use verify::{Fault, Verified};

/// A storage engine: the logs of all tenants.
///
/// Its methods block, so an async caller runs them on a blocking pool.
pub trait Engine: Send + Sync {
    /// The store of one tenant. A tenant comes into being with its first row.
    fn tenant(&self, tenant: TenantId) -> Arc<dyn Store>;

    /// The tenants that have rows, in the order of their ids.
    fn tenants(&self) -> Result<Vec<TenantId>>;

    /// Settles what appends left behind: checkpoints, and brings rows that
    /// arrived out of order into the order in which they are read. Never
    /// needed for correctness; meant for the end of an import and quiet hours.
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

    /// The states whose names begin with `prefix`, with their values, in the
    /// order of their names.
    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>>;

    /// Gives a state a new value, None to remove it, if its value still is
    /// `expected`, None for no such state. Tells whether it was.
    ///
    /// Of several callers who expect the same value and set others, one
    /// succeeds. What was set is durable when this returns. Errors when name or
    /// value are longer than [`MAX_STATE_NAME`] and [`MAX_STATE_VALUE`].
    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool>;

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
    fn append(&self, rows: &Rows) -> Result<Appended>;

    /// Reads one page. Without filter and order, what it costs does not depend
    /// on how deep it lies or on how much is stored.
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
    /// Each row that was stored when the scan began comes once.
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
}

impl std::ops::AddAssign for Appended {
    fn add_assign(&mut self, other: Appended) {
        self.new += other.new;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }
}
