//! Pages and how to ask for them.

use trunklog_odata::Instant;
use trunklog_odata::expr::ORDERED_CHARS;
use trunklog_records::{Log, Rows, TimeRange};

use crate::selection::Selection;
use crate::watermark::Watermark;

/// A row's place in a walk: what orders the rows, then time, then id, compared
/// byte by byte.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_store::{Key, OrderValue};
///
/// let time = Instant::from_date(2026, 11, 30).unwrap();
/// let by_time = Key::new(time, "a");
/// assert!(by_time.order.is_empty());
/// let by_units = Key { order: vec![OrderValue::Int(2)], ..by_time };
/// assert_eq!((by_units.time, by_units.id.as_str()), (time, "a"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The values of the selection's order, one each. Where rows are ordered by time
    /// alone, the one value is [`Key::time`] again, and an engine may go by either.
    pub order: Vec<OrderValue>,
    /// The row's time.
    pub time: Instant,
    /// The row's id.
    pub id: String,
}

impl Key {
    /// A row's place in the order of time and id.
    pub fn new(time: Instant, id: impl Into<String>) -> Key {
        Key { order: Vec::new(), time, id: id.into() }
    }
}

/// The value of one criterion of an order. Instants, dates and times of day
/// are whole numbers, as in [`trunklog_odata::expr::Kind`].
///
/// ```
/// use trunklog_odata::expr::ORDERED_CHARS;
/// use trunklog_store::OrderValue;
///
/// let long = "x".repeat(ORDERED_CHARS + 1);
/// assert_eq!(OrderValue::of_text(&long), OrderValue::Text("x".repeat(ORDERED_CHARS)));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum OrderValue {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with digits after the point.
    Number(f64),
    /// The start of a text, see [`OrderValue::of_text`].
    Text(String),
}

impl OrderValue {
    /// A text as an order compares it: its first [`ORDERED_CHARS`] characters.
    pub fn of_text(text: &str) -> OrderValue {
        OrderValue::Text(beginning(text).to_owned())
    }
}

/// The part of a text that takes part in an order.
pub(crate) fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(ORDERED_CHARS).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// One page of a walk.
///
/// ```
/// use trunklog_records::TimeRange;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::{PageQuery, Selection, Start};
///
/// let first = PageQuery::of(Selection::all(&SMS, TimeRange::ALL), 10);
/// assert_eq!((&first.start, first.watermark), (&Start::Skip(0), None));
/// let sixth = PageQuery { start: Start::Skip(50), ..first };
/// assert_eq!(sixth.limit, 10);
/// ```
#[derive(Debug, Clone)]
pub struct PageQuery {
    /// The walk's rows and their order.
    pub selection: Selection,
    /// Where the page starts.
    pub start: Start,
    /// The walk's watermark; None starts a walk at the newest.
    pub watermark: Option<Watermark>,
    /// The most rows that the page may have, at least one: engines rely on it.
    pub limit: u32,
}

impl PageQuery {
    /// The first page of a walk over all rows of a range.
    pub fn first(log: &'static Log, range: TimeRange, limit: u32) -> PageQuery {
        PageQuery::of(Selection::all(log, range), limit)
    }

    /// The first page of a walk.
    pub fn of(selection: Selection, limit: u32) -> PageQuery {
        PageQuery { selection, start: Start::Skip(0), watermark: None, limit }
    }

    /// The page after `page` in the same walk; None when it was the last.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_records::{RowBuilder, TimeRange};
    /// use trunklog_store::{Key, Page, PageQuery, Start, Watermark};
    ///
    /// let query = PageQuery::first(&SMS, TimeRange::ALL, 1_000);
    /// let (rows, key) = (RowBuilder::new(&SMS).finish(), Key::new(Instant::ABSENT, "a"));
    /// let page = Page { rows, next: Some(key.clone()), watermark: Watermark(7) };
    /// let next = query.after(&page).unwrap();
    /// assert_eq!((next.start, next.watermark), (Start::After(key), Some(Watermark(7))));
    /// ```
    #[must_use]
    pub fn after(&self, page: &Page) -> Option<PageQuery> {
        let key = page.next.clone()?;
        Some(PageQuery { start: Start::After(key), watermark: Some(page.watermark), ..self.clone() })
    }
}

/// Where a page starts.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_store::{Key, Start};
///
/// let start = |last: Option<Key>| last.map_or(Start::Skip(0), Start::After);
/// assert_eq!(start(None), Start::Skip(0));
/// assert!(matches!(start(Some(Key::new(Instant::ABSENT, "a"))), Start::After(_)));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// After that many rows of the selection.
    Skip(u64),
    /// After a row.
    After(Key),
}

/// Rows, and how the walk goes on.
///
/// ```
/// use trunklog_records::schema::SMS;
/// use trunklog_records::{RowBuilder, TimeRange};
/// use trunklog_store::{Page, PageQuery, Watermark};
///
/// let last = Page { rows: RowBuilder::new(&SMS).finish(), next: None, watermark: Watermark(7) };
/// assert!(PageQuery::first(&SMS, TimeRange::ALL, 1_000).after(&last).is_none());
/// ```
#[derive(Debug)]
pub struct Page {
    /// The rows, in the selection's order.
    pub rows: Rows,
    /// The last row's key when more rows follow.
    pub next: Option<Key>,
    /// The walk's watermark.
    pub watermark: Watermark,
}
