//! Pages and how to ask for them.

use trunklog_odata::Instant;
use trunklog_records::{Log, Rows, TimeRange};

/// The sequence number of a commit. Rows up to it were stored when it was
/// read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Watermark(pub u64);

/// A row's place in its log: logs are ordered by time, then by id, compared
/// byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The row's time.
    pub time: Instant,
    /// The row's id.
    pub id: String,
}

/// One page of a walk.
#[derive(Debug, Clone)]
pub struct PageQuery {
    /// The log.
    pub log: &'static Log,
    /// The range of time.
    pub range: TimeRange,
    /// Where the page begins.
    pub start: Start,
    /// The walk's watermark; None begins a walk at the newest.
    pub watermark: Option<Watermark>,
    /// The most rows that the page may have, at least one.
    pub limit: u32,
}

impl PageQuery {
    /// The first page of a walk.
    pub fn first(log: &'static Log, range: TimeRange, limit: u32) -> PageQuery {
        PageQuery { log, range, start: Start::Skip(0), watermark: None, limit }
    }

    /// The page behind `page` in the same walk; None when it was the last.
    #[must_use]
    pub fn after(&self, page: &Page) -> Option<PageQuery> {
        let key = page.next.clone()?;
        Some(PageQuery { start: Start::After(key), watermark: Some(page.watermark), ..self.clone() })
    }
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// Behind that many rows of the range.
    Skip(u64),
    /// Behind a row.
    After(Key),
}

/// Rows, and how the walk goes on.
#[derive(Debug)]
pub struct Page {
    /// The rows, ordered by time and id.
    pub rows: Rows,
    /// The last row's key when more rows follow.
    pub next: Option<Key>,
    /// The walk's watermark.
    pub watermark: Watermark,
}
