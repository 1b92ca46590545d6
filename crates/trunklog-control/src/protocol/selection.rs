//! Selections on the socket.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_odata::expr::{Expr, OrderBy};
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::{Columns, Result, Selection};

use super::{LogRef, from_json, misunderstood, to_json};

/// A [`Selection`] without its expressions.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SelectionHead {
    log: LogRef,
    from: Instant,
    end: Instant,
    /// None for all.
    columns: Option<Vec<usize>>,
}

/// The expressions of a [`Selection`]. They can be long and deep, so they are a
/// body, which is empty when there are none.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Expressions {
    filter: Option<Expr>,
    order: Vec<OrderBy>,
}

impl SelectionHead {
    pub(crate) fn of(selection: &Selection) -> SelectionHead {
        SelectionHead {
            log: LogRef::of(selection.log),
            from: selection.range.from(),
            end: selection.range.end(),
            columns: match &selection.columns {
                Columns::All => None,
                Columns::Only(columns) => Some(columns.clone()),
            },
        }
    }

    /// The selection, with the expressions that came after it, when they fit
    /// its log.
    pub(crate) fn into_selection(self, expressions: &[u8]) -> Result<Selection> {
        let bare = self.into_bare()?;
        let Expressions { filter, order } = Expressions::decode(expressions)?;
        let selection = Selection { filter, order, ..bare };
        selection.check()?;
        Ok(selection)
    }

    /// The selection without expressions. Nobody has checked it.
    pub(super) fn into_bare(self) -> Result<Selection> {
        let log = self.log.into_log()?;
        let range = range(self.from, self.end)?;
        let columns = self.columns.map_or(Columns::All, Columns::Only);
        Ok(Selection { columns, ..Selection::all(log, range) })
    }
}

/// The range from one instant up to and without another.
pub(crate) fn range(from: Instant, end: Instant) -> Result<TimeRange> {
    // The end is settled already, so it is read as the upper bound of a log whose
    // ranges do not include theirs.
    TimeRange::of(&DIRECT_ROUTING_CALLS, from, end).map_err(|error| misunderstood("a range").caused_by(error))
}

impl Expressions {
    /// The body with a selection's expressions.
    pub(crate) fn encode(selection: &Selection) -> Result<Vec<u8>> {
        if selection.filter.is_none() && selection.order.is_empty() {
            return Ok(Vec::new());
        }
        let expressions = Expressions { filter: selection.filter.clone(), order: selection.order.clone() };
        to_json(&expressions, "a selection")
    }

    fn decode(body: &[u8]) -> Result<Expressions> {
        if body.is_empty() { Ok(Expressions::default()) } else { from_json(body, "a selection") }
    }
}
