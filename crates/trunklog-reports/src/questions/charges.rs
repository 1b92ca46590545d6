//! Reports of what calls and messages cost: what they take, and how they answer.

use trunklog_store::Store;

use super::amounts::{Amount, Amounts, with_currency};
use super::shared::{self, Told};
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::plan::Times;
use crate::report::{Buckets, Report, Takes};
use crate::table::{Answer, Column, Value};

/// What each takes, apart from [`dimensions`].
pub(super) const TAKES: Takes =
    Takes { buckets: Buckets::Asked, filter: true, compare: true, ..Takes::NOTHING };

/// What their rows are told apart by: the type, which each log has by another name, and
/// what all have.
pub(super) const fn dimensions(kind: Dimension) -> [Dimension; 6] {
    [
        kind,
        Dimension::Direction,
        Dimension::Licence,
        Dimension::Destination,
        Dimension::Country,
        Dimension::Currency,
    ]
}

/// Answers a report with the columns `counted`, for which `tell` has the values.
pub(super) fn answer(
    report: &Report,
    amounts: &Amounts,
    (store, ask): (&dyn Store, &Ask),
    counted: Vec<Column>,
    tell: impl Fn(&Amount) -> Vec<Value>,
) -> Result<Answer, ReportError> {
    let times = Times::of(ask, ask.bucket)?;
    let by = with_currency(&ask.by);
    let found = amounts.count(store, ask, &times, &by)?;
    let before = found.before.as_ref();
    let (table, compared) =
        shared::tables(&report.takes, &times, &by, counted, &found.now, before, |amount, _| tell(amount))?;
    let (source, commit) = (found.source, found.commit);
    let told = Told { table, compared, source, commit, notes: Vec::new() };
    Ok(shared::answer(report.key, ask, &times, &by, told))
}
