//! Which rows are meant, and in which order.

mod check;

use trunklog_odata::expr::{Expr, OrderBy};
use trunklog_records::{Log, TimeRange};

use crate::page::Watermark;

pub use check::{kind_of, signature};
// A walk's token carries a value of each criterion.
pub use trunklog_odata::filter::MAX_ORDER;

/// Rows of a log: those of a range of time that satisfy a filter.
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
    /// as the last ones, always ascending.
    pub order: Vec<OrderBy>,
    /// The columns that the rows need.
    pub columns: Columns,
}

/// The columns that are asked for. Time and id are always there; a column that
/// was not asked for holds nulls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Columns {
    /// All properties, and the unknown ones.
    All,
    /// Those at these indices of the log's properties, ascending; the index
    /// behind the last property means the unknown ones.
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
}

/// A reading of many rows at once.
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
