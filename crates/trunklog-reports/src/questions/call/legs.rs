//! The rows that share an id with a call.

use std::collections::BTreeSet;

use arrow::compute::concat_batches;
use trunklog_odata::Instant;
use trunklog_odata::expr::{Expr, Kind, Literal, Node};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Rows, TimeRange};
use trunklog_store::{PageQuery, Selection, Store, Watermark};

use super::text;
use crate::ReportError;
use crate::ask::Ask;

/// The ids that join rows, and the column that tells how many of them each does.
pub(super) const IDS: [(&str, &str); 3] = [
    ("correlationId", "correlationRows"),
    ("transferorCorrelationId", "transferorRows"),
    ("sharedCorrelationId", "sharedRows"),
];

/// The rows of a call.
pub(super) struct Legs {
    /// In the order of time and id.
    pub(super) rows: Rows,
    /// Where they were looked for.
    pub(super) range: TimeRange,
    pub(super) commit: Watermark,
    pub(super) rows_read: u64,
    /// Whether there are no more.
    pub(super) are_all: bool,
}

/// The most legs that are told. No call has as many; an id that so many rows share
/// is none of a call.
const MOST: u32 = 200;

/// How often ids of legs are followed to further legs: a call that is transferred,
/// and then transferred again, shares no id with the first.
const MOST_STEPS: usize = 8;

/// What some systems write where there is no id.
const NO_ID: &str = "00000000-0000-0000-0000-000000000000";

/// Looks for a call and its legs, a day before and after it at most.
pub(super) fn find(store: &dyn Store, ask: &Ask, time: Instant, id: &str) -> Result<Legs, ReportError> {
    if !ask.range.contains(time) {
        return Err(ReportError::NoSuchCall);
    }
    let commit = store.newest()?;
    let call = store.row(&DIRECT_ROUTING_CALLS, time, id)?.ok_or(ReportError::NoSuchCall)?;
    let since = time.saturating_add_ticks(-Instant::TICKS_PER_DAY);
    let range = ask.range.since(since).until(time.saturating_add_ticks(Instant::TICKS_PER_DAY + 1));
    let mut legs = Legs { rows: call, range, commit, rows_read: 1, are_all: true };
    let (mut known, mut is_settled) = (BTreeSet::new(), false);
    for _ in 0..MOST_STEPS {
        let ids: BTreeSet<String> = all_ids(&legs.rows);
        if ids == known {
            is_settled = true;
            break;
        }
        let selection =
            Selection { filter: Some(has_one_of(&ids)), ..Selection::all(&DIRECT_ROUTING_CALLS, range) };
        let page = store.page(&PageQuery { watermark: Some(commit), ..PageQuery::of(selection, MOST) })?;
        legs.rows_read += page.rows.len() as u64;
        let has_more = page.next.is_some();
        legs.rows = with(page.rows, &legs.rows, (time, id));
        if has_more {
            break;
        }
        known = ids;
    }
    legs.are_all &= is_settled;
    Ok(legs)
}

/// The ids of a row.
pub(super) fn ids(rows: &Rows, at: usize) -> BTreeSet<&str> {
    IDS.iter().filter_map(|(property, _)| id(rows, at, property)).collect()
}

/// An id of a row.
pub(super) fn id<'a>(rows: &'a Rows, at: usize, property: &str) -> Option<&'a str> {
    text(rows, at, property).filter(|id| *id != NO_ID)
}

fn all_ids(rows: &Rows) -> BTreeSet<String> {
    (0..rows.len()).flat_map(|at| ids(rows, at)).map(str::to_owned).collect()
}

/// Whether a row has one of some ids.
pub(super) fn has_one_of(ids: &BTreeSet<String>) -> Expr {
    let literals: Vec<Literal> = ids.iter().cloned().map(Literal::Text).collect();
    let properties = IDS.iter().filter_map(|(name, _)| DIRECT_ROUTING_CALLS.index_of(name));
    let parts = properties.map(|at| {
        let property = Expr::new(Kind::Text, Node::Property(at));
        Expr::new(Kind::Bool, Node::In(Box::new(property), literals.clone()))
    });
    Expr::new(Kind::Bool, Node::Or(parts.collect()))
}

/// The rows that were found, and the call itself, which a page that ends before it or
/// shows an earlier commit does not have.
fn with(found: Rows, known: &Rows, call: (Instant, &str)) -> Rows {
    let place = |rows: &Rows| (0..rows.len()).find(|at| rows.key(*at) == call);
    let (None, Some(at)) = (place(&found), place(known)) else { return found };
    let before = (0..found.len()).take_while(|row| found.key(*row) < call).count();
    let parts = [found.slice(0, before), known.slice(at, 1), found.slice(before, found.len() - before)];
    let batch = concat_batches(&found.batch().schema(), parts.iter().map(Rows::batch));
    let batch = batch.expect("both have the columns of one log");
    Rows::new(&DIRECT_ROUTING_CALLS, batch).expect("both are rows of that log")
}
