//! Which rows are meant, and in which order.

mod check;

use trunklog_odata::expr::{Direction, Expr, Node, OrderBy};
use trunklog_records::{Log, TimeRange};

use crate::watermark::Watermark;

pub use check::{kind_of, signature};
// A walk's token carries a value of each criterion.
pub use trunklog_odata::filter::MAX_ORDER;

/// Rows of a log: those of a range of time that satisfy a filter.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_odata::filter::{order_by, parse};
/// use trunklog_records::TimeRange;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::Selection;
///
/// let shape = SMS.shape(Version::Beta);
/// let sent = Selection {
///     filter: Some(parse("smsType eq 'outbound'", &shape, &|_| None).unwrap()),
///     order: order_by("sentDateTime desc", &shape).unwrap(),
///     ..Selection::all(&SMS, TimeRange::ALL)
/// };
/// assert!(sent.check().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// The log.
    pub log: &'static Log,
    /// The range of time.
    pub range: TimeRange,
    /// What the rows must satisfy: an expression of kind `Bool` over the log's
    /// properties.
    pub filter: Option<Expr>,
    /// What orders the rows, at most [`MAX_ORDER`] criteria; time and id follow
    /// as the last ones, always ascending. [`keyset`](crate::keyset) has what
    /// an engine needs of it.
    pub order: Vec<OrderBy>,
    /// The columns that the rows need.
    pub columns: Columns,
}

/// The columns that are asked for. Time and id are always there; a column that
/// was not asked for holds nulls.
///
/// ```
/// use trunklog_records::schema::SMS;
/// use trunklog_store::Columns;
///
/// let units = SMS.index_of("smsUnits").unwrap();
/// let columns = Columns::Only(vec![units]);
/// assert!(columns.contains(units) && !columns.contains(units + 1));
/// assert!(Columns::All.contains(units));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Columns {
    /// All properties, and the unknown ones.
    All,
    /// Those at these indices of the log's properties, ascending; the index
    /// after the last property means the unknown ones.
    Only(Vec<usize>),
}

impl Columns {
    /// Whether the column at that index is asked for.
    pub fn contains(&self, at: usize) -> bool {
        match self {
            Columns::All => true,
            Columns::Only(columns) => columns.binary_search(&at).is_ok(),
        }
    }
}

impl Selection {
    /// All rows of a range, in the order of time and id.
    pub fn all(log: &'static Log, range: TimeRange) -> Selection {
        Selection { log, range, filter: None, order: Vec::new(), columns: Columns::All }
    }

    /// The direction in which time orders the rows, where nothing else does
    /// before it: an index of time finds such pages. Rows of one time come in
    /// the order of their ids either way.
    ///
    /// ```
    /// use trunklog_odata::Version;
    /// use trunklog_odata::expr::Direction;
    /// use trunklog_odata::filter::order_by;
    /// use trunklog_records::TimeRange;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_store::Selection;
    ///
    /// let mut selection = Selection::all(&SMS, TimeRange::ALL);
    /// assert_eq!(selection.by_time(), Some(Direction::Ascending));
    /// let shape = SMS.shape(Version::Beta);
    /// selection.order = order_by("sentDateTime desc", &shape).unwrap();
    /// assert_eq!(selection.by_time(), Some(Direction::Descending));
    /// selection.order = order_by("smsType", &shape).unwrap();
    /// assert_eq!(selection.by_time(), None);
    /// ```
    pub fn by_time(&self) -> Option<Direction> {
        match self.order.as_slice() {
            [] => Some(Direction::Ascending),
            [only] if only.by.node == Node::Property(self.log.time_index()) => Some(only.direction),
            _ => None,
        }
    }

    /// Whether a page may have to look at more rows than it gives.
    ///
    /// ```
    /// use trunklog_records::TimeRange;
    /// use trunklog_records::schema::{PSTN_ONLINE_MEETING_DIALOUT, SMS};
    /// use trunklog_store::Selection;
    ///
    /// assert!(!Selection::all(&SMS, TimeRange::ALL).is_search());
    /// assert!(Selection::all(&PSTN_ONLINE_MEETING_DIALOUT, TimeRange::ALL).is_search());
    /// ```
    pub fn is_search(&self) -> bool {
        self.log.summary().is_some() || self.filter.is_some() || self.by_time().is_none()
    }

    /// Whether its changes can be followed ([`Store::changes`](crate::Store::changes)).
    /// A computed row has no commit that brought or changed it.
    ///
    /// ```
    /// use trunklog_records::TimeRange;
    /// use trunklog_records::schema::{PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};
    /// use trunklog_store::Selection;
    ///
    /// assert!(Selection::all(&PSTN_CALLS, TimeRange::ALL).can_be_followed());
    /// assert!(!Selection::all(&PSTN_ONLINE_MEETING_DIALOUT, TimeRange::ALL).can_be_followed());
    /// ```
    pub fn can_be_followed(&self) -> bool {
        self.log.summary().is_none()
    }
}

/// A reading of many rows at once.
///
/// ```
/// use trunklog_records::TimeRange;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::{ScanQuery, Selection, Watermark};
///
/// let selection = Selection::all(&SMS, TimeRange::ALL);
/// let newest = ScanQuery { selection, skip: 0, limit: Some(10), watermark: None };
/// let earlier = ScanQuery { watermark: Some(Watermark(7)), ..newest };
/// assert_eq!(earlier.limit, Some(10));
/// ```
#[derive(Debug, Clone)]
pub struct ScanQuery {
    /// The rows.
    pub selection: Selection,
    /// How many of them to pass over.
    pub skip: u64,
    /// The most rows to read.
    pub limit: Option<u64>,
    /// Rows of later commits stay out; None takes the newest.
    pub watermark: Option<Watermark>,
}

#[cfg(test)]
mod tests;
