//! When the calls of rows kept channels busy.

use trunklog_records::Rows;
use trunklog_store::busy::Span;

use super::fold::direction;
use crate::facts::Facts;

/// Tells when the call of each row kept a channel of its trunk busy: from its
/// invite on, and while people talked.
pub(super) fn spans(rows: &Rows, tell: &mut dyn FnMut(Span<'_>)) {
    for fact in Facts::of(rows).rows() {
        let (occupied, talking) = (fact.occupied(), fact.talking());
        if occupied.is_some() || talking.is_some() {
            let (at, series) = (fact.time, fact.trunk);
            tell(Span { at, series, direction: direction(&fact), occupied, talking });
        }
    }
}
