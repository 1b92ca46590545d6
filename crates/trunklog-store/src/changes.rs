//! What changed in a log since a commit.
//!
//! Each commit that changes what readers see has a number, in one sequence for
//! all logs of a tenant. A row knows the commit that brought it and the one
//! that last changed it; what was deleted leaves its id and the number of the
//! commit that deleted it. So a follower needs one number to be told what is
//! new to him, and nobody keeps old versions of rows.

use trunklog_odata::Instant;
use trunklog_records::{Rows, TimeRange};

use crate::error::{Error, ErrorKind, Result};
use crate::page::Key;
use crate::selection::Selection;
use crate::watermark::Watermark;

/// How wide a bucket of time is whose changes a store tells apart: an hour, in
/// units of 100 ns.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_store::BUCKET_TICKS;
///
/// assert_eq!(BUCKET_TICKS, Instant::TICKS_PER_HOUR);
/// ```
pub const BUCKET_TICKS: i64 = Instant::TICKS_PER_HOUR;

/// The start of the bucket that holds an instant. Buckets start with the hours
/// of UTC.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_store::bucket_of;
///
/// let at = Instant::parse("2026-11-30T10:59:59.9Z").unwrap();
/// assert_eq!(bucket_of(at).to_string(), "2026-11-30T10:00:00Z");
/// ```
pub fn bucket_of(instant: Instant) -> Instant {
    let start = instant.ticks().div_euclid(BUCKET_TICKS) * BUCKET_TICKS;
    Instant::from_ticks(start.max(Instant::ABSENT.ticks())).unwrap_or(Instant::ABSENT)
}

/// The buckets of time of a log that changed after a commit.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_store::ChangedBuckets;
///
/// /// Whether the sums over an hour have to be made anew.
/// fn is_stale(changed: &ChangedBuckets, hour: Instant) -> bool {
///     match changed {
///         ChangedBuckets::All => true,
///         ChangedBuckets::These(hours) => hours.iter().any(|(start, _)| *start == hour),
///     }
/// }
///
/// assert!(is_stale(&ChangedBuckets::All, Instant::ABSENT));
/// assert!(!is_stale(&ChangedBuckets::These(Vec::new()), Instant::ABSENT));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangedBuckets {
    /// All that there are: the store does not know that far back, or has no such
    /// commit. It may always be said, and only costs its reader more.
    All,
    /// Those that start at these instants, ascending, each with the number of
    /// the last commit that changed it.
    These(Vec<(Instant, Watermark)>),
}

/// A page of changes: rows of a selection that came or changed after one
/// commit and up to another.
///
/// ```
/// use trunklog_records::TimeRange;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::{ChangesQuery, Selection, Watermark};
///
/// let all = Selection::all(&SMS, TimeRange::ALL);
/// let query = ChangesQuery::first(all, Watermark(7), 1_000);
/// assert!(query.check().is_ok());
/// assert_eq!((query.range(), query.until), (TimeRange::ALL, None));
/// ```
#[derive(Debug, Clone)]
pub struct ChangesQuery {
    /// The rows that are followed. Its order must be empty.
    pub selection: Selection,
    /// The commit up to which everything is known.
    pub after: Watermark,
    /// The commit up to which changes are told, at most the newest; None takes the
    /// newest.
    pub until: Option<Watermark>,
    /// The last place of the page before.
    pub start: Option<Key>,
    /// The most rows and removals together that the page may have, at least
    /// one. A page that others follow has as many.
    pub limit: u32,
}

impl ChangesQuery {
    /// The first page.
    pub fn first(selection: Selection, after: Watermark, limit: u32) -> ChangesQuery {
        ChangesQuery { selection, after, until: None, start: None, limit }
    }

    /// Checks what the types of the fields leave open, as
    /// [`Selection::check`] does.
    ///
    /// ```
    /// use trunklog_odata::Version;
    /// use trunklog_odata::filter::order_by;
    /// use trunklog_records::TimeRange;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_store::{ChangesQuery, Selection, Watermark};
    ///
    /// let order = order_by("smsType", &SMS.shape(Version::Beta)).unwrap();
    /// let by_type = Selection { order, ..Selection::all(&SMS, TimeRange::ALL) };
    /// assert!(ChangesQuery::first(by_type, Watermark(0), 10).check().is_err());
    /// ```
    pub fn check(&self) -> Result<()> {
        self.selection.check()?;
        if self.selection.order.is_empty() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Other, "changes come in the order of time and id: ask for no other"))
    }

    /// The page after `page`; None when it was the last.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_records::{RowBuilder, TimeRange};
    /// use trunklog_store::{Changes, ChangesQuery, Key, Selection, Watermark};
    ///
    /// let first = ChangesQuery::first(Selection::all(&SMS, TimeRange::ALL), Watermark(7), 1_000);
    /// let rows = RowBuilder::new(&SMS).finish();
    /// let next = Some(Key::new(Instant::ABSENT, "a"));
    /// let page = Changes { rows, removed: Vec::new(), next, until: Watermark(9) };
    /// assert_eq!(first.next(&page).unwrap().until, Some(Watermark(9)));
    /// ```
    #[must_use]
    pub fn next(&self, page: &Changes) -> Option<ChangesQuery> {
        let key = page.next.clone()?;
        Some(ChangesQuery { start: Some(key), until: Some(page.until), ..self.clone() })
    }

    /// The range of time that is followed.
    pub fn range(&self) -> TimeRange {
        self.selection.range
    }
}

/// Rows that changed, and what is no longer there.
///
/// ```
/// use trunklog_records::schema::SMS;
/// use trunklog_records::{RowBuilder, TimeRange};
/// use trunklog_store::{Changes, ChangesQuery, Selection, Watermark};
///
/// let rows = RowBuilder::new(&SMS).finish();
/// let last = Changes { rows, removed: Vec::new(), next: None, until: Watermark(9) };
/// // After the last page, the next question starts where this one ended.
/// let later = ChangesQuery::first(Selection::all(&SMS, TimeRange::ALL), last.until, 1_000);
/// assert_eq!(later.after, Watermark(9));
/// ```
#[derive(Debug)]
pub struct Changes {
    /// Rows of the selection in their newest state, in the order of time and
    /// id.
    pub rows: Rows,
    /// What left the selection, in the same order. It may name rows that never
    /// were in it.
    pub removed: Vec<Removal>,
    /// The last place of the page when more follow.
    pub next: Option<Key>,
    /// The commit up to which changes are told.
    pub until: Watermark,
}

/// A row that is no longer in a selection.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_odata::envelope::write_removed;
/// use trunklog_store::{Reason, Removal};
///
/// let gone = Removal { time: Instant::ABSENT, id: "a".to_owned(), reason: Reason::Deleted };
/// let mut json = Vec::new();
/// write_removed(&gone.id, Some(("startDateTime", gone.time)), gone.reason.name(), &mut json);
/// assert!(json.starts_with(br#"{"@removed":{"reason":"deleted"},"id":"a","startDateTime":"#));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Its time.
    pub time: Instant,
    /// Its id.
    pub id: String,
    /// Why.
    pub reason: Reason,
}

/// Why a row is no longer in a selection. Source: OData JSON Format 4.01,
/// section 15.3.
///
/// ```
/// use trunklog_store::Reason;
///
/// assert_eq!((Reason::Changed.name(), Reason::Deleted.name()), ("changed", "deleted"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It changed and does not satisfy the filter any more.
    Changed,
    /// It was deleted, or another row took its place.
    Deleted,
}

impl Reason {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Changed => "changed",
            Reason::Deleted => "deleted",
        }
    }
}

#[cfg(test)]
mod tests {
    use trunklog_records::RowBuilder;
    use trunklog_records::schema::SMS;

    use super::*;

    #[test]
    fn each_instant_lies_in_its_bucket() {
        for (instant, start) in [
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:00:00Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:00:00Z"),
        ] {
            assert_eq!(bucket_of(Instant::parse(instant).unwrap()).to_string(), start, "{instant}");
        }
    }

    #[test]
    fn a_page_follows_the_one_before_up_to_the_same_commit() {
        let first = ChangesQuery::first(Selection::all(&SMS, TimeRange::ALL), Watermark(3), 10);
        assert_eq!(first.range(), TimeRange::ALL);
        let page = |next| Changes {
            rows: RowBuilder::new(&SMS).finish(),
            removed: Vec::new(),
            next,
            until: Watermark(9),
        };
        assert!(first.next(&page(None)).is_none());
        let key = Key::new(Instant::ABSENT, "x");
        let second = first.next(&page(Some(key.clone()))).unwrap();
        assert_eq!((second.start, second.until), (Some(key), Some(Watermark(9))));
        assert_eq!((second.after, second.limit), (Watermark(3), 10));
    }
}
